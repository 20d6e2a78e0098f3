"""Chorales at the rate that suits the LSTM, by those variants to which another rate was given.

The other variants' runs at this rate are in `chorales_gate_ablations`, with the same seeds.
"""

from __future__ import annotations

from rnncourse.experiments.music import collection
from rnncourse.lessons.ch12.chorales import EPOCHS, measure

DESCRIPTION = "Chorales at the LSTM's rate, by variants whose own rate is another"
LSTM_RATE = 0.03
"""What the search of `chorales_gate_ablations` found for the LSTM with all its parts."""
GRID = {
    "data": ["JSB"],
    "variant": [
        "no peepholes",
        "coupled gates",
        "minimal gated unit",
        "JANET",
        "light GRU",
        "simple",
    ],
}
CHEAP = {"data": "made up", "variant": "JANET", "epochs": 2}


def run(seed: int, data: str, variant: str, epochs: int = EPOCHS) -> dict[str, float]:
    """One network; see `measure`."""
    return measure(seed, collection(data), variant, LSTM_RATE, epochs)
