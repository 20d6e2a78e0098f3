"""What ends the plateau on which CTC says nothing but blanks: one thing changed at a time."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Generator
from torch.optim import Adam

from rnncourse.lessons.ch19.digits import BANDS, batch, draw, statistics
from rnncourse.lessons.ch19.recordings import HELD_OUT, at_speeds, split, synthetic
from rnncourse.lessons.ch19.training import (
    BATCH_SIZE,
    SPEEDS,
    DigitRecogniser,
    likeliest,
    step_of,
    word_error_rate,
)

DESCRIPTION = "Updates until a recogniser says digits, with one thing changed at a time"


class Recipe(NamedTuple):
    """How a recogniser is trained: as the lesson does it, if nothing is changed.

    Attributes:
        lr: the rate of Adam.
        stacked: how many windows of 10 ms make a step.
        bias: what is added to the blank's bias at first.
        single: how many updates are on single digits before strings come.
        directions: 1, or 2 where it also reads backwards.
    """

    lr: float = 0.003
    stacked: int = 4
    bias: float = 0.0
    single: int = 0
    directions: int = 2


RECIPES = {
    "nothing": Recipe(),
    "rate × 3": Recipe(lr=0.009),
    "rate ÷ 3": Recipe(lr=0.001),
    "steps of 20 ms": Recipe(stacked=2),
    "steps of 80 ms": Recipe(stacked=8),
    "blank likelier": Recipe(bias=3.0),
    "blank less likely": Recipe(bias=-3.0),
    "single digits first": Recipe(single=30),
    "one direction": Recipe(directions=1),
}
"""By what is changed."""
STUCK = 0.9
"""A word error rate. One with nothing but blanks is 1."""
SEEDS = 6
GRID = {"change": list(RECIPES)}
CHEAP = {"change": "single digits first", "updates": 6, "every": 3, "measured": 5}


def run(
    seed: int, change: str, updates: int = 250, every: int = 5, measured: int = 30
) -> dict[str, float]:
    """Train, and see after how many updates digits are said.

    Args:
        seed: of weights and strings.
        change: one of ``RECIPES``.
        updates: how many in all.
        every: after how many it is listened to.
        measured: on how many strings of voices held out.

    Returns:
        ``left``, after how many updates nine words of ten are no longer wrong for the first time,
        or ``updates`` if they always are; and ``wrong``, the word error rate in the end.
    """
    recipe = RECIPES[change]
    parts = split(synthetic(), HELD_OUT, known=0, validation=0)
    train = at_speeds(parts.train, SPEEDS)
    generator, held = Generator().manual_seed(seed), Generator().manual_seed(10_000 + seed)
    fixed = statistics(draw(100, train, generator))
    strings = draw(measured, parts.unseen, held)
    test = batch(strings, fixed, stacked=recipe.stacked)
    torch.manual_seed(seed)
    model = DigitRecogniser(bidirectional=recipe.directions == 2, size=recipe.stacked * BANDS)
    with torch.no_grad():
        model.readout.bias[0] += recipe.bias
    optimizer = Adam(model.parameters(), lr=recipe.lr)
    left = updates
    for update in range(1, updates + 1):
        least, most = (1, 1) if update <= recipe.single else (2, 4)
        drawn = draw(BATCH_SIZE, train, generator, least=least, most=most)
        step_of(model, optimizer, batch(drawn, fixed, stacked=recipe.stacked))
        if left == updates and update % every == 0:
            left = update if word_error_rate(strings, likeliest(model, test)) < STUCK else left
    return {"left": left, "wrong": word_error_rate(strings, likeliest(model, test))}
