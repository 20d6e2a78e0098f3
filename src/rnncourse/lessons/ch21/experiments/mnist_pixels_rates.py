"""Which learning rate suits which cell on MNIST's pixels, one a step: on validation.

The images are the download `mnist`, brought to 14 × 14. Rates are judged by the end of a
whole training: after 300 updates others are ahead, and fall behind later.
"""

from __future__ import annotations

from rnncourse.lessons.ch21.reading import CELLS, cross_entropy
from rnncourse.lessons.ch21.studies import ORDERS, trained
from rnncourse.lessons.ch21.trials import parts

DESCRIPTION = "MNIST's 14 × 14 pixels, one a step: five learning rates for each cell and order"
SEEDS = 1
GRID = {"cell": list(CELLS), "order": ORDERS, "lr": [0.001, 0.003, 0.01, 0.03, 0.1]}
CHEAP = {"cell": "gru", "order": "as is", "lr": 0.01, "corpus": "digits", "updates": 5}


def run(
    seed: int, cell: str, order: str, lr: float, corpus: str = "mnist", updates: int = 1000
) -> dict[str, float]:
    """Train a network, and measure it on validation.

    Args:
        seed: of permutation, weights and batches.
        cell: one of ``CELLS``.
        order: one of ``ORDERS``.
        lr: the first rate of Adam, which falls to nothing.
        corpus: ``mnist``, or ``digits``, which needs no download.
        updates: how many.

    Returns:
        ``loss``: nats an image of validation.
    """
    of = parts(corpus, 1000 + seed, side=14)
    network, reads = trained(
        cell, order, of, 1000 + seed, lr=lr, updates=updates, pixels=True, every=100
    )
    return {"loss": cross_entropy(network, of.validation, reads)}
