"""Which language, by a network with more weights, trained longer.

What `depth_and_direction` and `which_summary` compare has 30,000 weights and twelve epochs. Here is
what more of both buy the best way to read out.
"""

from __future__ import annotations

import torch

from rnncourse.lessons.ch13.networks import Classifier, learn, wrong
from rnncourse.lessons.ch13.three_tasks import which_language

DESCRIPTION = "Which language: a GRU read by its maximum, with 80,000 weights"
GRID = {"weights": [80_000]}
RATES = [0.003, 0.01]
TUNE_ON = "error"
TUNING_SEEDS = 1
CHEAP = {"weights": 2000, "lr": 0.01, "epochs": 1}

BATCH_SIZE = 128
EPOCHS = 30


def run(seed: int, weights: int, lr: float, epochs: int = EPOCHS) -> dict[str, float]:
    """Train one network, and measure it.

    Returns:
        ``right``, the share of test names whose language is found; ``error``, of validation's those
        whose is not; ``train``, of the training names those found.
    """
    train, validation, test = which_language()
    torch.manual_seed(seed)
    model = Classifier("gru, max", train, weights)
    learn(model, train, validation, lr=lr, seed=seed, epochs=epochs, batch_size=BATCH_SIZE)
    return {
        "right": 1 - wrong(model, test),
        "error": wrong(model, validation),
        "train": 1 - wrong(model, train),
    }
