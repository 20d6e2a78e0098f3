"""What a Kalman filter and a linear law have to be told: chosen on starts and noise of no test."""

from __future__ import annotations

from typing import Any

import torch
from torch import Generator

from rnnbook.tasks.cartpole import CartPole
from rnncourse.lessons.ch22.balancing import CAP, cost
from rnncourse.lessons.ch22.balancing import run as act
from rnncourse.lessons.ch22.filters import FilteredLaw, KalmanFilter, Law

DESCRIPTION = "Pole on a cart: noise of the world and cost of a push, for a filter and a law"
SEEDS = 2
GRID = {
    "process": [0.0, 0.0001, 0.0003, 0.001, 0.003, 0.01],
    "action": [0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 1.0, 10.0],
}
CHEAP = {"process": 0.3, "action": 0.0003, "episodes": 10}


def run(seed: int, process: float, action: float, episodes: int = 100) -> dict[str, float]:
    """Balance new poles.

    Args:
        seed: of starts and noise.
        process: as `KalmanFilter` has it; without a filter, seeing all of the state, if 0.
        action: the cost of a push, as `gain` has it.
        episodes: new poles.

    Returns:
        ``cost``: the mean over them; ``steps``: the mean number for which they were up.
    """
    law = FilteredLaw(KalmanFilter(process=process), action) if process else Law(action)
    policy: Any = law
    generator = Generator().manual_seed(11_000 + seed)
    with torch.no_grad():
        done = act(policy, CartPole().start(episodes, generator), CAP, generator)
    return {
        "cost": float(cost(done.states).item()),
        "steps": float(done.steps.double().mean().item()),
    }
