"""A Kalman filter with a linear law, which learned nothing, in the tests of `frames_or_memory`."""

from __future__ import annotations

from typing import Any

from torch import Generator

from rnncourse.lessons.ch22.balancing import CAP
from rnncourse.lessons.ch22.experiments.frames_or_memory import tests, tried
from rnncourse.lessons.ch22.filters import FilteredLaw, KalmanFilter, Law

DESCRIPTION = "Pole on a cart: a Kalman filter and a linear law, in nine tests"
GRID = {"policy": ["LQG", "LQR"]}
CHEAP = {"policy": "LQG", "episodes": 4}
ACTION_SEEING_ALL = 1.0
"""By `classical_choices`, without a filter."""


def run(seed: int, policy: str, episodes: int = 100) -> dict[str, float]:
    """Balance new poles in nine tests: the same ones as the networks of this seed.

    Args:
        seed: of starts and noise.
        policy: ``LQG`` sees places and estimates, ``LQR`` sees all of the state, with noise.
        episodes: new poles of each test.

    Returns:
        As `frames_or_memory.run`.
    """
    model: Any = FilteredLaw(KalmanFilter()) if policy == "LQG" else Law(ACTION_SEEING_ALL)
    generator = Generator().manual_seed(10_000 + seed)
    found = {}
    for name, options in tests().items():
        done = tried(model, episodes, generator, **options)
        found[name] = float(done.double().median().item())
        found[f"{name}_full"] = float((done == CAP).double().mean().item())
    return found
