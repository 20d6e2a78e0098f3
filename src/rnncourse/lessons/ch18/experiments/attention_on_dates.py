"""What attention buys on dates: how soon the encoder and decoder write them without a fault.

On one quiet thread of the machine that recorded it, an update takes about 35 ms without attention
and 55 with it.
"""

from __future__ import annotations

from collections.abc import Sequence

from rnncourse.lessons.ch18.translating import a_model, at_lengths, learn, what_blocking_does

DESCRIPTION = "Dates into ISO 8601, without attention and with it"
GRID = {"attention": ["none", "additive"]}
RATES = [0.002, 0.004, 0.008]
TUNE_ON = "slow"
TUNING_SEEDS = 1
CHEAP = {"attention": "additive", "lr": 0.004, "updates": 6, "looks": [6], "measured": 20}

LOOKS = (100, 200, 300, 400, 500, 600, 1000, 2000, 3000)
UPDATES = {"none": 3000, "additive": 600}


def run(
    seed: int,
    attention: str,
    lr: float,
    updates: int | None = None,
    looks: Sequence[int] = LOOKS,
    measured: int = 300,
) -> dict[str, float]:
    """Train one model, and measure it.

    Args:
        seed: of weights and data.
        attention: its score, or ``none``.
        lr: learning rate.
        updates: how many; as `UPDATES` has it if not given.
        looks: after how many of them it is measured.
        measured: on how many pairs.

    Returns:
        What `learn`, `at_lengths` and `what_blocking_does` return.
    """
    model = a_model(attention, seed)
    made = updates or UPDATES[attention]
    found = learn(model, lr, seed, filler=0, updates=made, looks=looks, measured=measured)
    found |= at_lengths(model, seed, (2, 5, 10), measured)
    return found | what_blocking_does(model, seed, measured)
