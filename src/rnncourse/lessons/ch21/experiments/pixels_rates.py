"""Which learning rate suits which cell, a pixel a step: on validation."""

from __future__ import annotations

from rnncourse.lessons.ch21.images import digits
from rnncourse.lessons.ch21.reading import CELLS, cross_entropy
from rnncourse.lessons.ch21.studies import ORDERS, trained

DESCRIPTION = "Digits of 8 × 8, a pixel a step: six learning rates for each cell and order"
SEEDS = 1
GRID = {"cell": list(CELLS), "order": ORDERS, "lr": [0.001, 0.003, 0.01, 0.03, 0.1, 0.3]}
CHEAP = {"cell": "gru", "order": "as is", "lr": 0.01, "updates": 5}


def run(seed: int, cell: str, order: str, lr: float, updates: int = 1000) -> dict[str, float]:
    """Train a network, and measure it on validation.

    Args:
        seed: of images, permutation, weights and batches.
        cell: one of ``CELLS``.
        order: one of ``ORDERS``.
        lr: the first rate of Adam, which falls to nothing.
        updates: how many.

    Returns:
        ``loss``: nats an image of validation.
    """
    parts = digits(1000 + seed)
    network, reads = trained(cell, order, parts, 1000 + seed, lr=lr, updates=updates, pixels=True)
    return {"loss": cross_entropy(network, parts.validation, reads)}
