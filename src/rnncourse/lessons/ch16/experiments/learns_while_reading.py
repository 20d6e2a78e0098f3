"""Dynamic evaluation: a model that learns from what it reads, on text with invented names.

One network is trained as on the ladder's fourth rung. It then reads the test part twice, with its
weights frozen and with one step of gradient descent a chunk. The size of that step is chosen on the
validation part.
"""

from __future__ import annotations

import copy
from math import log

import torch

from rnnbook.data import Vocabulary
from rnncourse.lessons.ch16.networks import NextToken, Plan, learn
from rnncourse.lessons.ch16.texts import characters
from rnncourse.lessons.ch16.while_reading import read, with_invented_names

DESCRIPTION = "Bits at the first to the fifth time a name is read: frozen, and learning on"
GRID = {"cell": ["lstm"]}
RATES = [0.03, 0.1, 0.3]
TUNE_ON = "validation"
TUNING_SEEDS = 1
CHEAP = {"cell": "lstm", "lr": 0.1, "updates": 3, "characters_read": 9000}

PLAN = Plan(128, 0.0, 32, 64, 1000)
TRAINED_AT = 0.006
TIMES = 5


def run(
    seed: int, cell: str, lr: float, updates: int | None = None, characters_read: int | None = None
) -> dict[str, float]:
    """Train, then read.

    Args:
        seed: of the weights and of the names.
        cell: as `NextToken` has it.
        lr: of the steps that are made while it reads.
        updates: of the training before.
        characters_read: how many are read of each part; all if not given.

    Returns:
        ``validation``, bits a character while it learns, and ``validation_frozen``; ``test`` and
        ``test_frozen`` on the text with invented names; ``name_1`` … ``name_5`` and
        ``name_1_frozen`` …, bits a character of a name the first time it comes, and so on.
    """
    pieces = characters()
    vocabulary = Vocabulary("".join(pieces.tokens))
    torch.manual_seed(seed)
    network = NextToken(cell, len(vocabulary), PLAN.hidden_size)
    plan = PLAN if updates is None else PLAN._replace(updates=updates)
    learn(network, pieces, plan, ["schedule"], lr=TRAINED_AT, seed=seed)
    text, places = with_invented_names(seed)
    ids, validation = vocabulary.encode(text)[:characters_read], pieces.validation[:characters_read]
    none, found = log(len(vocabulary), 2), {}
    for suffix, rate in (("_frozen", 0.0), ("", lr)):
        spent = read(copy.deepcopy(network), validation, rate).mean().item()
        found[f"validation{suffix}"] = min(spent, none) if spent == spent else none
        bits = read(copy.deepcopy(network), ids, rate)
        found[f"test{suffix}"] = bits.mean().item()
        for time in range(TIMES):
            at = [
                some[time] for some in places if len(some) >= TIMES and some[TIMES - 1] < len(ids)
            ]
            each = [bits[k - 1 : k + 7].mean() for k in at if k > 0 and k + 7 < len(ids)]
            found[f"name_{time + 1}{suffix}"] = float(torch.stack(each).mean())
    return found
