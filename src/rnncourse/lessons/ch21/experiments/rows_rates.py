"""Which learning rate suits which network on digits of 8 × 8 pixels: on validation."""

from __future__ import annotations

from rnncourse.lessons.ch21.images import digits
from rnncourse.lessons.ch21.reading import cross_entropy
from rnncourse.lessons.ch21.studies import MODELS, trained

DESCRIPTION = "Digits of 8 × 8 by rows: five learning rates for each network, on validation"
SEEDS = 2
GRID = {"model": MODELS, "lr": [0.003, 0.01, 0.03, 0.1, 0.3]}
CHEAP = {"model": "gru", "lr": 0.01, "updates": 50}


def run(seed: int, model: str, lr: float, updates: int = 600) -> dict[str, float]:
    """Train a network, and measure it on validation.

    Args:
        seed: of images, weights and batches.
        model: one of ``MODELS``.
        lr: the first rate of Adam, which falls to nothing.
        updates: how many.

    Returns:
        ``loss``: nats an image of validation.
    """
    parts = digits(1000 + seed)
    network, reads = trained(model, "as is", parts, 1000 + seed, lr=lr, updates=updates)
    return {"loss": cross_entropy(network, parts.validation, reads)}
