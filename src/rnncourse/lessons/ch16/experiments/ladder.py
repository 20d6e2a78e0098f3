"""What makes a language model better: each rung alone, and one on the other, on two texts.

The characters are many (680,000) and read one and a half times; the words are few (44,000) and read
ten times. Every point has a rate of its own.
"""

from __future__ import annotations

from math import log

import torch

from rnncourse.lessons.ch16.networks import PLANS, RUNGS, SMALL, NextToken, bits, learn
from rnncourse.lessons.ch16.texts import TEXTS

DESCRIPTION = "A language model's ladder: stopping, dropout, tying, schedule, averaging, size, time"
CELLS = ["simple", "gru", "lstm"]
ALONE = [f"lstm + {rung}" for rung in (*RUNGS, SMALL)]
TOGETHER = [" + ".join(["lstm", *RUNGS[: n + 1]]) for n in range(1, len(RUNGS))]
GRID = {"text": ["characters", "words"], "model": [*CELLS, *ALONE, *TOGETHER]}
RATES = [0.003, 0.006, 0.012]
TUNE_ON = "validation"
TUNING_SEEDS = 1
CHEAP = {"text": "words", "model": TOGETHER[-1], "lr": 0.006, "updates": 20}


def run(
    seed: int, text: str, model: str, lr: float, updates: int | None = None
) -> dict[str, float]:
    """Train one network, and measure it.

    Args:
        seed: of weights and dropout.
        text: one of `TEXTS`.
        model: a cell, and after it the rungs.
        lr: learning rate.
        updates: how many; as the plan and the rungs have it if not given.

    Returns:
        ``test`` and ``validation``, bits a token at the end; ``train``, the same on as much of the
        training text as there is of test; ``gap``, test less train; ``turned``, by how many bits
        validation is worse at the end than at the best look.
    """
    pieces, plan = TEXTS[text](), PLANS[text]
    cell, *rungs = model.split(" + ")
    plan = plan._replace(updates=updates or plan.updates * (3 if "longer" in rungs else 1))
    torch.manual_seed(seed)
    network = NextToken(
        cell,
        len(pieces.tokens),
        plan.hidden_size * (2 if "size" in rungs else 1),
        dropout=plan.dropout if "dropout" in rungs else 0.0,
        tied="tying" in rungs,
        small=SMALL in rungs,
    )
    measured, looks = learn(network, pieces, plan, rungs, lr=lr, seed=seed)
    none = log(len(pieces.tokens), 2)
    test = min(bits(measured, pieces.test), none)
    train = min(bits(measured, pieces.train[: len(pieces.test)]), none)
    return {
        "test": test,
        "validation": min(bits(measured, pieces.validation), none),
        "train": train,
        "gap": test - train,
        "turned": min(looks[-1] - min(looks), none),
    }
