"""Trained on scikit-learn's digits: what of MNIST's, brought to the same 8 × 8 pixels, is read?

MNIST is the download `mnist`. The learning rates are those that `rows_rates` found best.
"""

from __future__ import annotations

from rnncourse.lessons.ch21.eight_by_eight import INK, elsewhere, nine_places
from rnncourse.lessons.ch21.images import digits
from rnncourse.lessons.ch21.reading import accuracy
from rnncourse.lessons.ch21.studies import trained

DESCRIPTION = "Digits of 8 × 8 pixels, trained on one set and tested on another: three networks"
GRID = {"model": ["gru", "linear", "convolution"], "moved": ["no", "yes"]}
CHEAP = {"model": "gru", "moved": "yes", "corpus": "digits", "updates": 20}
RATES_FOUND = {"gru": 0.01, "linear": 0.1, "convolution": 0.03}
"""By `rows_rates`."""
HALF = 0.5


def run(
    seed: int, model: str, moved: str, corpus: str = "mnist", updates: int = 600
) -> dict[str, float]:
    """Train a network on digits, and measure it on new ones and on MNIST's.

    Args:
        seed: of images, weights and batches.
        model: one of ``MODELS``.
        moved: ``yes`` where an image in training may be moved by a pixel, any way.
        corpus: what else it is tested on: ``mnist``; or ``digits``, made as MNIST's are, which
            needs no download.
        updates: how many.

    Returns:
        Shares that are right: ``here`` of 300 new digits of the set that it was trained on;
        ``there`` of 10,000 of the other, where strokes are as broad as in the first;
        ``thin`` of the same where a pixel is ink from half of the brightness on.
    """
    parts = digits(seed)
    if moved == "yes":
        parts = parts._replace(train=nine_places(parts.train))
    network, reads = trained(model, "as is", parts, seed, lr=RATES_FOUND[model], updates=updates)
    return {
        "here": accuracy(network, parts.test, reads),
        "there": accuracy(network, elsewhere(corpus, INK), reads),
        "thin": accuracy(network, elsewhere(corpus, HALF), reads),
    }
