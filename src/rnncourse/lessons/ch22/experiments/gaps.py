"""Half of the observations missing: who is told which, and who was trained with gaps."""

from __future__ import annotations

from typing import Any

import torch
from torch import Generator

from rnnbook.tasks.cartpole import CartPole
from rnncourse.lessons.ch22.balancing import CAP, FramePolicy, MemoryPolicy, balance, cost
from rnncourse.lessons.ch22.balancing import run as act
from rnncourse.lessons.ch22.filters import FilteredLaw, KalmanFilter

DESCRIPTION = "Pole on a cart, observations missing: a filter, GRUs and frames, told or not"
GRID = {"policy": ["filter, told", "16 frames", "gru", "gru, told"]}
RATES = [0.01, 0.03, 0.1]
TUNE_ON = "cost"
TUNING_SEEDS = 2
CHEAP = {"policy": "gru, told", "lr": 0.03, "updates": 10, "episodes": 4}
TESTS = {"none": 0.0, "half": 0.5, "most": 0.8}
"""The share of the observations that is missing; the networks are trained with ``half``."""


def run(
    seed: int, policy: str, lr: float, updates: int = 200, episodes: int = 100
) -> dict[str, float]:
    """Train a policy with half of the observations missing, and let it balance new poles.

    Args:
        seed: of weights, starts and noise.
        policy: ``filter, told`` is a Kalman filter with a linear law, which learns nothing.
        lr: the first rate of Adam, which falls to nothing.
        updates: how many.
        episodes: new poles of each test.

    Returns:
        For each of ``TESTS`` the share of poles that were up to the end; ``cost``: of the runs
        with half of the observations missing, the mean over poles.
    """
    torch.manual_seed(seed)
    told = policy.endswith("told")
    model: Any
    if policy == "filter, told":
        model = FilteredLaw(KalmanFilter())
    else:
        model = FramePolicy(16) if policy == "16 frames" else MemoryPolicy("gru", told=told)
        balance(model, updates=updates, lr=lr, unseen=0.5, told=told, seed=seed)
    generator = Generator().manual_seed(10_000 + seed)
    found = {}
    for name, unseen in TESTS.items():
        start = CartPole().start(episodes, generator)
        with torch.no_grad():
            done = act(model, start, CAP, generator, unseen=unseen, told=told)
        found[name] = float((done.steps == CAP).double().mean().item())
        if name == "half":
            found["cost"] = float(cost(done.states).item())
    return found
