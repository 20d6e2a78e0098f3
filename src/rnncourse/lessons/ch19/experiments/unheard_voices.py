"""Voices that a recogniser has never heard: each of a synthesiser's is held out once."""

from __future__ import annotations

import torch
from torch import Generator

from rnncourse.lessons.ch19.digits import draw, statistics
from rnncourse.lessons.ch19.recordings import at_speeds, split, synthetic
from rnncourse.lessons.ch19.training import (
    SPEEDS,
    DigitRecogniser,
    blank,
    inside,
    learn,
    listen,
    word_error_rate,
)

DESCRIPTION = "Strings of digits in voices held out of training, three of seventeen at a time"
GRID = {"fold": [0, 1, 2, 3, 4, 5]}
CHEAP = {"fold": 0, "updates": 5, "measured": 10}
RATE = 0.003
"""As the lesson has it."""


def run(seed: int, fold: int, updates: int = 150, measured: int = 100) -> dict[str, float]:
    """Train a recogniser without some voices, and measure it on them and on the others.

    Args:
        seed: of weights and strings.
        fold: which voices are held out: every sixth, from this one on.
        updates: how many.
        measured: on how many strings.

    Returns:
        ``heard`` and ``unheard``, word error rates on new strings of voices in training and of
        those held out; ``inside``, of the spikes in the latter the share within their digit; and
        ``blank``, there the share of steps where the blank is likeliest.
    """
    voices = sorted({one.speaker for one in synthetic()})
    parts = split(synthetic(), voices[fold::6], known=0, validation=0)
    train = at_speeds(parts.train, SPEEDS)
    torch.manual_seed(seed)
    model = DigitRecogniser()
    fixed = statistics(draw(100, train, Generator().manual_seed(seed)))
    learn(model, train, fixed, seed, lr=RATE, updates=updates)
    held = Generator().manual_seed(10_000 + seed)
    heard, unheard = (draw(measured, of, held) for of in (parts.train, parts.unseen))
    paths = listen(model, unheard, fixed)
    return {
        "heard": word_error_rate(heard, listen(model, heard, fixed)),
        "unheard": word_error_rate(unheard, paths),
        "inside": inside(unheard, paths),
        "blank": blank(paths),
    }
