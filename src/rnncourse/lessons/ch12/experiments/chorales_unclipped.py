"""Is it the clipping? Chorales by three LSTMs without any, at the rates that suited them with it.

Greff et al. (2017) found that an LSTM suffers without its output activation. With gradients clipped
at a norm of 1, as in `chorales_gate_ablations`, it does not.
"""

from __future__ import annotations

from rnncourse.experiments.music import collection
from rnncourse.lessons.ch12.chorales import EPOCHS, measure

DESCRIPTION = "Chorales by three LSTMs whose gradients are not clipped"
VARIANT_RATES = {"LSTM": 0.03, "no output activation": 0.03, "no forget gate": 0.03}
"""What the search of `chorales_gate_ablations` found."""
GRID = {"data": ["JSB"], "variant": list(VARIANT_RATES)}
CHEAP = {"data": "made up", "variant": "no output activation", "epochs": 2}


def run(seed: int, data: str, variant: str, epochs: int = EPOCHS) -> dict[str, float]:
    """One network; see `measure`."""
    return measure(seed, collection(data), variant, VARIANT_RATES[variant], epochs, clip=None)
