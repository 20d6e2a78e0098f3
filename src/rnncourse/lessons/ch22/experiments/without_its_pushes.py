"""Policies that do not read their own last push: do the frames tell enough, and does a state?"""

from __future__ import annotations

from typing import Any

import torch
from torch import Generator, Tensor, nn

from rnnbook.tasks.cartpole import CartPole
from rnncourse.lessons.ch22.balancing import CAP, Policy, balance, cost
from rnncourse.lessons.ch22.balancing import run as act
from rnncourse.lessons.ch22.experiments.frames_or_memory import made

DESCRIPTION = "Pole on a cart, velocities and own pushes unseen: frames and recurrent policies"
GRID = {"policy": ["8 frames", "16 frames", "simple", "gru"]}
SEEDS = 5
RATES = [0.01, 0.03, 0.1]
TUNE_ON = "cost"
TUNING_SEEDS = 2
CHEAP = {"policy": "gru", "lr": 0.01, "updates": 3, "episodes": 4}


class Unaware(nn.Module):
    """A policy that sees what it saw, and zero in place of its last push.

    Args:
        policy: that of which it is made.
    """

    def __init__(self, policy: Policy) -> None:
        super().__init__()
        self.policy, self.seen = policy, policy.seen

    def forward(self, x: Tensor, memory: Any = None) -> tuple[Tensor, Any]:
        """As the policy's; the last column of ``x`` (B, D) is not read."""
        return self.policy(nn.functional.pad(x[:, :-1], (0, 1)), memory)


def run(
    seed: int, policy: str, lr: float, updates: int = 200, episodes: int = 100
) -> dict[str, float]:
    """Train a policy as `frames_or_memory` does, and let it balance new poles.

    Args:
        seed: of weights, starts and noise.
        policy: one that sees places.
        lr: the first rate of Adam, which falls to nothing.
        updates: how many.
        episodes: new poles.

    Returns:
        ``steps``: the median number for which poles were up; ``full``: the share that were up to
        the end; ``cost``: the mean over them.
    """
    torch.manual_seed(seed)
    model: Any = Unaware(made(policy))
    balance(model, updates=updates, lr=lr, seed=seed)
    generator = Generator().manual_seed(10_000 + seed)
    with torch.no_grad():
        done = act(model, CartPole().start(episodes, generator), CAP, generator)
    return {
        "steps": float(done.steps.double().median().item()),
        "full": float((done.steps == CAP).double().mean().item()),
        "cost": float(cost(done.states).item()),
    }
