"""The LSTM less a part, and its relatives, all at the rate that suits the LSTM.

What whoever swaps a cell in a program sees, and leaves the rate as it was. The same seeds as in
`gate_ablations`, which searches a rate for each.
"""

from __future__ import annotations

from rnncourse.lessons.ch12.networks import FULL, VARIANTS, measure

DESCRIPTION = "The LSTM less a part, and its relatives, on two tasks, all at the LSTM's rate"
LSTM_RATE = {"adding": 0.03, "memory keys": 0.1}
"""What the search of `gate_ablations` found for the LSTM with all its parts."""
GRID = {"task": list(LSTM_RATE), "variant": [name for name in VARIANTS if name != FULL]}
CHEAP = {"task": "memory keys", "variant": "no output gate", "steps": 50}


def run(seed: int, task: str, variant: str, steps: int | None = None) -> dict[str, float]:
    """One network; see `measure`."""
    return measure(seed, task, variant, LSTM_RATE[task], steps)
