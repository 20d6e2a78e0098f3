"""MNIST by rows, as it is and with its pixels shuffled: five cells, two that see it whole.

The images are the download `mnist`. The learning rates are those that `mnist_rates` found best.
"""

from __future__ import annotations

from rnncourse.lessons.ch21.reading import accuracy
from rnncourse.lessons.ch21.studies import MODELS, ORDERS, trained
from rnncourse.lessons.ch21.trials import parts

DESCRIPTION = "MNIST by rows, as it is and with pixels shuffled: accuracy of seven networks"
SEEDS = 3
GRID = {"model": MODELS, "order": ORDERS}
CHEAP = {"model": "gru", "order": "as is", "corpus": "digits", "updates": 20}
RATES_FOUND = {
    **{"simple": 0.01, "irnn": 0.01, "lstm": 0.01, "chrono": 0.03, "gru": 0.03},
    **{"linear": 0.01, "convolution": 0.03},
}
"""By `mnist_rates`."""


def run(
    seed: int, model: str, order: str, corpus: str = "mnist", updates: int = 1500
) -> dict[str, float]:
    """Train a network, and measure it on the test part.

    Args:
        seed: of permutation, weights and batches.
        model: one of ``MODELS``.
        order: one of ``ORDERS``.
        corpus: ``mnist``, or ``digits``, which needs no download.
        updates: how many.

    Returns:
        ``accuracy``: the share of the test images that is right.
    """
    of = parts(corpus, seed)
    network, reads = trained(
        model, order, of, seed, lr=RATES_FOUND[model], updates=updates, every=100
    )
    return {"accuracy": accuracy(network, of.test, reads)}
