"""MNIST's 14 × 14 pixels, one a step, in order and in another: five cells.

The images are the download `mnist`. 1,000 updates of 64 images see each of them about once. The
learning rates are those that `mnist_pixels_rates` found best.
"""

from __future__ import annotations

from rnncourse.lessons.ch21.reading import CELLS, accuracy
from rnncourse.lessons.ch21.studies import ORDERS, trained
from rnncourse.lessons.ch21.trials import parts

DESCRIPTION = "MNIST's 14 × 14 pixels, one a step, as they are and shuffled: accuracy of five cells"
SEEDS = 3
GRID = {"cell": list(CELLS), "order": ORDERS}
CHEAP = {"cell": "gru", "order": "as is", "corpus": "digits", "updates": 5}
RATES_FOUND = {
    **{("simple", "as is"): 0.001, ("simple", "shuffled"): 0.003},
    **{("irnn", "as is"): 0.003, ("irnn", "shuffled"): 0.01},
    **{("lstm", "as is"): 0.003, ("lstm", "shuffled"): 0.03},
    **{("chrono", "as is"): 0.03, ("chrono", "shuffled"): 0.03},
    **{("gru", "as is"): 0.03, ("gru", "shuffled"): 0.03},
}
"""By `mnist_pixels_rates`."""


def run(
    seed: int, cell: str, order: str, corpus: str = "mnist", updates: int = 1000
) -> dict[str, float]:
    """Train a network, and measure it on the first 2,000 images of the test part.

    Args:
        seed: of permutation, weights and batches.
        cell: one of ``CELLS``.
        order: one of ``ORDERS``.
        corpus: ``mnist``, or ``digits``, which needs no download.
        updates: how many.

    Returns:
        ``accuracy``: the share of the test images that is right.
    """
    of = parts(corpus, seed, side=14, tested=2000)
    lr = RATES_FOUND[cell, order]
    network, reads = trained(cell, order, of, seed, lr=lr, updates=updates, pixels=True, every=100)
    return {"accuracy": accuracy(network, of.test, reads)}
