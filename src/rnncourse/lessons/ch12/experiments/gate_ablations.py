"""What each part of an LSTM is needed for, and what its small relatives do: each at its own rate.

Every variant lacks its part from the start, and its learning rate is searched for it alone, on the
same budget. (What a network loses that was trained with the part: `parts_taken_away`. What one sees
at the LSTM's rate: `untuned_ablations`.)
"""

from __future__ import annotations

from rnncourse.lessons.ch12.networks import VARIANTS, measure

DESCRIPTION = "The LSTM less a part, and its relatives, on two tasks, each at a rate of its own"
GRID = {"task": ["adding", "memory keys"], "variant": VARIANTS}
RATES = [0.003, 0.01, 0.03]
TUNE_ON = "cost"
CHEAP = {"task": "memory keys", "variant": "no output gate", "lr": 0.01, "steps": 50}


def run(
    seed: int, task: str, variant: str, lr: float, steps: int | None = None
) -> dict[str, float]:
    """One network; see `measure`."""
    return measure(seed, task, variant, lr, steps)
