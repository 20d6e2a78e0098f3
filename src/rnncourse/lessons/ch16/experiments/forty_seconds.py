"""Three cells with the same number of units and of seconds, on Shakespeare's plays.

The text is the download `tinyshakespeare`. On one thread of the machine that recorded it, with 128
units and chunks of 32 strips and 64 steps, an update took 11.9 ms (simple), 23.0 ms (LSTM) and
29.3 ms (GRU): the updates below are 40 seconds of each.
"""

from __future__ import annotations

from math import log

import torch

from rnncourse.lessons.ch16.networks import NextToken, Plan, bits, learn
from rnncourse.lessons.ch16.texts import characters, shakespeare

DESCRIPTION = "Bits a character of Shakespeare after forty seconds of training: three cells"
GRID = {"cell": ["simple", "lstm", "gru"]}
RATES = [0.004, 0.008]
TUNE_ON = "validation"
TUNING_SEEDS = 1
CHEAP = {"cell": "simple", "lr": 0.02, "updates": 6, "text": "code"}

TEXTS = {"code": characters, "shakespeare": shakespeare}
UPDATES = {"simple": 3360, "lstm": 1740, "gru": 1360}


def run(
    seed: int, cell: str, lr: float, updates: int | None = None, text: str = "shakespeare"
) -> dict[str, float]:
    """Train one network, with a rate that falls to nothing, and measure it.

    Args:
        seed: of the weights.
        cell: ``simple``, ``lstm`` or ``gru``.
        lr: learning rate.
        updates: how many; forty seconds of them if not given.
        text: ``shakespeare``, or ``code``, which needs no download.

    Returns:
        ``test`` and ``validation``, bits a character.
    """
    pieces = TEXTS[text]()
    plan = Plan(128, 0.0, 32, 64, updates or UPDATES[cell])
    torch.manual_seed(seed)
    network = NextToken(cell, len(pieces.tokens), plan.hidden_size)
    measured, _ = learn(network, pieces, plan, ["schedule"], lr=lr, seed=seed)
    none = log(len(pieces.tokens), 2)
    return {
        "test": min(bits(measured, pieces.test), none),
        "validation": min(bits(measured, pieces.validation), none),
    }
