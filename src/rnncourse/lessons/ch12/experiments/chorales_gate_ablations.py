"""Chorales by the LSTM less a part and by its relatives, each at a rate of its own.

As `gate_ablations`, on music.
"""

from __future__ import annotations

from rnncourse.experiments.music import collection
from rnncourse.lessons.ch12.chorales import EPOCHS, measure
from rnncourse.lessons.ch12.networks import VARIANTS

DESCRIPTION = "Chorales by the LSTM less a part, and by its relatives, each at a rate of its own"
GRID = {"data": ["JSB"], "variant": VARIANTS}
RATES = [0.003, 0.01, 0.03]
TUNE_ON = "validation"
TUNING_SEEDS = 2
AS_GOOD = 0.002
"""Two per cent of a validation loss would be 0.17 nats, more than lies between most variants."""
CHEAP = {"data": "made up", "variant": "coupled gates", "lr": 0.01, "epochs": 2}


def run(seed: int, data: str, variant: str, lr: float, epochs: int = EPOCHS) -> dict[str, float]:
    """One network; see `measure`."""
    return measure(seed, collection(data), variant, lr, epochs)
