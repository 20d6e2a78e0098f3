"""Folk tunes as in Table 2 of Chung et al. (2014): three cells of about as many weights.

As `chung`, on a collection thirteen times as large, with about as many updates: a third of the
epochs, and five seeds.
"""

from __future__ import annotations

from rnncourse.lessons.ch11.experiments import chung

DESCRIPTION = "Folk tunes frame by frame, as Chung et al. (2014): three cells, noise on the weights"
GRID = {"data": ["Nottingham"], "cell": ["simple", "gru", "lstm"]}
RATES = [0.001, 0.003, 0.01, 0.03]
TUNE_ON = "validation"
TUNING_SEEDS = 1
SEEDS = 5
"""Fewer than elsewhere: a run takes minutes."""
CHEAP = {"data": "made up", "cell": "lstm", "lr": 0.01, "epochs": 5}

EPOCHS = 60


def run(seed: int, data: str, cell: str, lr: float, epochs: int = EPOCHS) -> dict[str, float]:
    """One network; see `chung.run`."""
    return chung.run(seed, data, cell, lr, epochs)
