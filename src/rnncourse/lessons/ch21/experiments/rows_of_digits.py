"""Digits of 8 × 8 pixels, a row a step: five cells, and two networks that see them whole."""

from __future__ import annotations

from rnncourse.lessons.ch21.images import digits
from rnncourse.lessons.ch21.reading import accuracy
from rnncourse.lessons.ch21.studies import MODELS, ORDERS, trained

DESCRIPTION = "Digits of 8 × 8 by rows, as they are and with pixels shuffled: seven networks"
GRID = {"model": MODELS, "order": ORDERS}
CHEAP = {"model": "gru", "order": "as is", "updates": 20}
RATES_FOUND = {
    **{"simple": 0.01, "irnn": 0.03, "lstm": 0.03, "chrono": 0.1, "gru": 0.01},
    **{"linear": 0.1, "convolution": 0.03},
}
"""By `rows_rates`."""


def run(seed: int, model: str, order: str, updates: int = 600) -> dict[str, float]:
    """Train a network, and measure it on the test part.

    Args:
        seed: of images, permutation, weights and batches.
        model: one of ``MODELS``.
        order: one of ``ORDERS``.
        updates: how many.

    Returns:
        ``accuracy``: the share of 300 new digits that is right; ``parameters``.
    """
    parts = digits(seed)
    network, reads = trained(model, order, parts, seed, lr=RATES_FOUND[model], updates=updates)
    return {
        "accuracy": accuracy(network, parts.test, reads),
        "parameters": float(sum(one.numel() for one in network.parameters())),
    }
