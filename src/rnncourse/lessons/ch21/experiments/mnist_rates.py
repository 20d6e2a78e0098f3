"""Which learning rate suits which network on MNIST by rows: on validation.

The images are the download `mnist`.
"""

from __future__ import annotations

from rnncourse.lessons.ch21.reading import cross_entropy
from rnncourse.lessons.ch21.studies import MODELS, trained
from rnncourse.lessons.ch21.trials import parts

DESCRIPTION = "MNIST by rows: five learning rates for each network, on validation"
SEEDS = 1
GRID = {"model": MODELS, "lr": [0.001, 0.003, 0.01, 0.03, 0.1]}
CHEAP = {"model": "gru", "lr": 0.01, "corpus": "digits", "updates": 50}


def run(
    seed: int, model: str, lr: float, corpus: str = "mnist", updates: int = 600
) -> dict[str, float]:
    """Train a network, and measure it on validation.

    Args:
        seed: of weights and batches.
        model: one of ``MODELS``.
        lr: the first rate of Adam, which falls to nothing.
        corpus: ``mnist``, or ``digits``, which needs no download.
        updates: how many.

    Returns:
        ``loss``: nats an image of validation.
    """
    of = parts(corpus, 1000 + seed)
    network, reads = trained(model, "as is", of, 1000 + seed, lr=lr, updates=updates, every=100)
    return {"loss": cross_entropy(network, of.validation, reads)}
