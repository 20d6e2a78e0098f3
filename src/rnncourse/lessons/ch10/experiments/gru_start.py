"""How the start of the update gate decides over which lag a GRU learns three signs."""

from __future__ import annotations

import torch

from rnnbook.tasks import ThreeSigns
from rnncourse.lessons.ch10.experiments.gru_clamped import STEPS, Network, learn, right

DESCRIPTION = "Three signs over a lag, by GRUs whose update gates start differently"
GRID = {"lag": [20, 60], "keep_bias": [0.0, 1.0, 3.0]}
RATES = [0.003, 0.01, 0.03]
TUNE_ON = "cost"
TUNING_SEEDS = 10
CHEAP = {"lag": 5, "keep_bias": 1.0, "lr": 0.01, "steps": 60}


def run(seed: int, lag: int, keep_bias: float, lr: float, steps: int = STEPS) -> dict[str, float]:
    """Train for up to 300 updates.

    Returns:
        ``accuracy`` on fresh sequences; ``updates``; ``cost``, for tuning: updates, and more of
        them the further from right.
    """
    task = ThreeSigns(lag=lag)
    torch.manual_seed(seed)
    model = Network(task, keep_bias=keep_bias)
    updates = learn(model, task, lr, seed, steps)
    accuracy = right(model, task, seed)
    return {"accuracy": accuracy, "updates": updates, "cost": updates * (2 - accuracy)}
