"""Frames or memory? Policies that see places and no velocities, and what happens to each."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from torch import Generator, Tensor

from rnnbook.tasks.cartpole import CartPole
from rnncourse.lessons.ch22.balancing import (
    CAP,
    FramePolicy,
    MemoryPolicy,
    Policy,
    balance,
)
from rnncourse.lessons.ch22.balancing import (
    run as act,
)

DESCRIPTION = "Pole on a cart, velocities unseen: frames and recurrent policies, in nine tests"
POLICIES: dict[str, Callable[[], Policy]] = {
    "sees all": partial(FramePolicy, 1, (0, 1, 2, 3)),
    "1 frame": partial(FramePolicy, 1),
    "2 frames": partial(FramePolicy, 2),
    "4 frames": partial(FramePolicy, 4),
    "8 frames": partial(FramePolicy, 8),
    "16 frames": partial(FramePolicy, 16),
    "simple": partial(MemoryPolicy, "simple"),
    "lstm": partial(MemoryPolicy, "lstm"),
    "gru": partial(MemoryPolicy, "gru"),
}
GRID = {"policy": list(POLICIES)}
CHEAP = {"policy": "gru", "updates": 3, "episodes": 4}
RATES_FOUND = {
    **{"sees all": 0.1, "1 frame": 0.003, "2 frames": 0.03, "4 frames": 0.03},
    **{"8 frames": 0.03, "16 frames": 0.01, "simple": 0.03, "lstm": 0.03, "gru": 0.1},
}
"""By `balance_rates`."""
HALF = CAP // 2


def run(seed: int, policy: str, updates: int = 200, episodes: int = 100) -> dict[str, float]:
    """Train a policy with noise of 0.1, and let it balance new poles in nine tests.

    Args:
        seed: of weights, starts and noise.
        policy: one of ``POLICIES``.
        updates: how many.
        episodes: new poles of each test.

    Returns:
        For the ``same`` noise and pole as in training, for ``no_noise``, ``twice_the_noise`` and
        ``four_times`` it, where half of the observations are ``unseen``, for a pole of
        ``half_length`` and ``twice_length``, where memory was ``wiped`` after 250 steps, and where
        it was ``frozen`` there: the median number of steps for which poles were up, and in
        ``…_full`` the share that were up to the end.
    """
    torch.manual_seed(seed)
    model = made(policy)
    balance(model, updates=updates, lr=RATES_FOUND[policy], seed=seed)
    generator = Generator().manual_seed(10_000 + seed)
    found = {}
    for name, options in tests().items():
        done = tried(model, episodes, generator, **options)
        found[name] = float(done.double().median().item())
        found[f"{name}_full"] = float((done == CAP).double().mean().item())
    return found


def made(policy: str) -> Policy:
    """A policy as it is before training."""
    return POLICIES[policy]()


def tests() -> dict[str, dict[str, Any]]:
    """What each test changes."""
    kept: list[Any] = []

    def wiped(t: int, memory: Any) -> Any:
        return None if t == HALF else memory

    def frozen(t: int, memory: Any) -> Any:
        if t == HALF:
            kept[:] = [memory]
        return kept[0] if t >= HALF else memory

    return {
        "same": {},
        "no_noise": {"noise": 0.0},
        "twice_the_noise": {"noise": 0.2},
        "four_times": {"noise": 0.4},
        "unseen": {"unseen": 0.5},
        "half_length": {"world": CartPole(0.25)},
        "twice_length": {"world": CartPole(1.0)},
        "wiped": {"between": wiped},
        "frozen": {"between": frozen},
    }


@torch.no_grad()
def tried(model: Policy, episodes: int, generator: Generator, **options: Any) -> Tensor:
    """For how many steps each of so many new poles was up."""
    start = CartPole().start(episodes, generator)
    return act(model, start, CAP, generator, **options).steps
