"""Depth, direction and a learned start at equal weights, on three real tasks.

The names and the prose ship with what is installed; the hours need the download `etth1`.
"""

from __future__ import annotations

import torch

from rnncourse.lessons.ch13.networks import Classifier, learn, wrong
from rnncourse.lessons.ch13.three_tasks import TASKS

DESCRIPTION = "Which language, where words begin, which hour: seven networks of equal weights"
GRID = {
    "task": ["which language", "where words begin", "which hour"],
    "network": [
        *("simple", "lstm", "gru", "gru, two directions", "gru, two layers", "gru, four layers"),
        "gru, learned start",
    ],
}
RATES = [0.003, 0.01]
TUNE_ON = "error"
TUNING_SEEDS = 1
CHEAP = {"task": "made up", "network": "gru, two layers", "lr": 0.01, "epochs": 1, "part": 0.1}

BUDGETS = {"which language": 30_000}
BUDGET = 15_000
"""Parameters that a network may have, its read-out included, where `BUDGETS` says nothing."""
BATCH_SIZE = 128
EPOCHS = 12


def run(
    seed: int, task: str, network: str, lr: float, epochs: int = EPOCHS, part: float = 1.0
) -> dict[str, float]:
    """Train one network, and measure it.

    Args:
        seed: of weights, dropout and the order of the examples.
        task: a key of `TASKS`.
        network: as `Classifier` has it.
        lr: learning rate.
        epochs: at most so many.
        part: which share of the training examples is read.

    Returns:
        ``right``, the share of test targets that are found; ``error``, of validation's those that
        are not, what the rate is chosen by; ``train``, of the training targets those found;
        ``epochs`` made.
    """
    parts = TASKS[task]()
    kept = int(part * len(parts.train.inputs))
    train = parts.train._replace(
        inputs=parts.train.inputs[:kept], targets=parts.train.targets[:kept]
    )
    torch.manual_seed(seed)
    model = Classifier(network, train, BUDGETS.get(task, BUDGET))
    history = learn(
        model, train, parts.validation, lr=lr, seed=seed, epochs=epochs, batch_size=BATCH_SIZE
    )
    return {
        "right": 1 - wrong(model, parts.test),
        "error": wrong(model, parts.validation),
        "train": 1 - wrong(model, train),
        "epochs": len(history.loss) / -(-kept // BATCH_SIZE),
    }
