"""Which learning rate suits which policy: on starts and noise that no test has."""

from __future__ import annotations

import torch
from torch import Generator

from rnnbook.tasks.cartpole import CartPole
from rnncourse.lessons.ch22.balancing import CAP, balance, cost
from rnncourse.lessons.ch22.balancing import run as act
from rnncourse.lessons.ch22.experiments.frames_or_memory import POLICIES, made

DESCRIPTION = "Pole on a cart: six learning rates for each policy, on validation"
SEEDS = 2
GRID = {"policy": list(POLICIES), "lr": [0.001, 0.003, 0.01, 0.03, 0.1, 0.3]}
CHEAP = {"policy": "gru", "lr": 0.01, "updates": 3, "episodes": 4}


def run(
    seed: int, policy: str, lr: float, updates: int = 200, episodes: int = 100
) -> dict[str, float]:
    """Train a policy, and let it balance new poles.

    Args:
        seed: of weights, starts and noise.
        policy: one of ``POLICIES``.
        lr: the first rate of Adam, which falls to nothing.
        updates: how many.
        episodes: new poles.

    Returns:
        ``cost``: the mean over them; ``steps``: the mean number for which they were up.
    """
    torch.manual_seed(1000 + seed)
    model = made(policy)
    balance(model, updates=updates, lr=lr, seed=1000 + seed)
    generator = Generator().manual_seed(11_000 + seed)
    with torch.no_grad():
        done = act(model, CartPole().start(episodes, generator), CAP, generator)
    return {
        "cost": float(cost(done.states).item()),
        "steps": float(done.steps.double().mean().item()),
    }
