"""The other way round: trained on some of MNIST's digits at 8 × 8, tested on scikit-learn's.

MNIST is the download `mnist`. As many images are trained with as in `other_hands`, at its rates.
"""

from __future__ import annotations

import torch

from rnncourse.lessons.ch21.eight_by_eight import few
from rnncourse.lessons.ch21.images import Images, digits
from rnncourse.lessons.ch21.reading import accuracy
from rnncourse.lessons.ch21.studies import trained

DESCRIPTION = "MNIST's digits at 8 × 8 to train with, scikit-learn's to test on: three networks"
GRID = {"model": ["gru", "linear", "convolution"]}
CHEAP = {"model": "gru", "corpus": "digits", "updates": 20}
RATES_FOUND = {"gru": 0.01, "linear": 0.1, "convolution": 0.03}
"""By `rows_rates`, on scikit-learn's digits."""


def run(seed: int, model: str, corpus: str = "mnist", updates: int = 600) -> dict[str, float]:
    """Train a network on 1,197 of MNIST's digits, and measure it on new ones and on others.

    Args:
        seed: of images, weights and batches.
        model: one of ``MODELS``.
        corpus: what it is trained on: ``mnist``; or ``digits``, made as MNIST's are, which needs
            no download.
        updates: how many.

    Returns:
        Shares that are right: ``here`` of the 10,000 test images of the set that it was trained
        on, ``there`` of scikit-learn's 1,797 digits.
    """
    parts = few(corpus, seed)
    network, reads = trained(model, "as is", parts, seed, lr=RATES_FOUND[model], updates=updates)
    others = Images(*(torch.cat(of) for of in zip(*digits(seed), strict=True)))
    return {
        "here": accuracy(network, parts.test, reads),
        "there": accuracy(network, others, reads),
    }
