"""Digits of 8 × 8 pixels, a pixel a step, in order and in another: five cells."""

from __future__ import annotations

from rnncourse.lessons.ch21.images import digits
from rnncourse.lessons.ch21.reading import CELLS, accuracy
from rnncourse.lessons.ch21.studies import ORDERS, trained

DESCRIPTION = "Digits of 8 × 8, a pixel a step, as they are and shuffled: five cells"
GRID = {"cell": list(CELLS), "order": ORDERS}
CHEAP = {"cell": "gru", "order": "as is", "updates": 5}
RATES_FOUND = {
    **{("simple", "as is"): 0.01, ("simple", "shuffled"): 0.003},
    **{("irnn", "as is"): 0.03, ("irnn", "shuffled"): 0.03},
    **{("lstm", "as is"): 0.03, ("lstm", "shuffled"): 0.01},
    **{("chrono", "as is"): 0.03, ("chrono", "shuffled"): 0.1},
    **{("gru", "as is"): 0.03, ("gru", "shuffled"): 0.01},
}
"""By `pixels_rates`."""


def run(seed: int, cell: str, order: str, updates: int = 1000) -> dict[str, float]:
    """Train a network, and measure it on the test part.

    Args:
        seed: of images, permutation, weights and batches.
        cell: one of ``CELLS``.
        order: one of ``ORDERS``.
        updates: how many.

    Returns:
        ``accuracy``: the share of 300 new digits that is right.
    """
    parts = digits(seed)
    lr = RATES_FOUND[cell, order]
    network, reads = trained(cell, order, parts, seed, lr=lr, updates=updates, pixels=True)
    return {"accuracy": accuracy(network, parts.test, reads)}
