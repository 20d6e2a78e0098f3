"""A person whom a recogniser has never heard: each of five is held out once.

The recordings are the download `fsdd`, the Free Spoken Digit Dataset. The learning rates are those
that `people_rates` found best.
"""

from __future__ import annotations

from statistics import median

import torch
from torch import Generator

from rnncourse.lessons.ch19.digits import draw, statistics
from rnncourse.lessons.ch19.recordings import at_speeds, without
from rnncourse.lessons.ch19.training import (
    SPEEDS,
    DigitRecogniser,
    delays,
    inside,
    learn,
    listen,
    word_error_rate,
)

DESCRIPTION = "Strings of digits of a person held out of training: three cells, one direction, two"
SEEDS = 4
GRID = {
    "cell": ["simple", "lstm", "gru"],
    "directions": [1, 2],
    "speaker": ["george", "jackson", "nicolas", "theo", "yweweler"],
}
CHEAP = {
    **{"cell": "gru", "directions": 2, "speaker": "en+m5"},
    **{"corpus": "voices", "updates": 5, "measured": 10},
}
RATES_FOUND = {"simple": (0.008, 0.008), "lstm": (0.016, 0.004), "gru": (0.004, 0.008)}
"""By `people_rates`, for one direction and two."""


def run(
    seed: int,
    cell: str,
    directions: int,
    speaker: str,
    corpus: str = "people",
    updates: int = 900,
    measured: int = 200,
) -> dict[str, float]:
    """Train a recogniser without a speaker, and measure it on this one and on the others.

    Args:
        seed: of weights and strings.
        cell: of its layer.
        directions: 1, or 2 where it also reads backwards.
        speaker: who is held out.
        corpus: as `without` has it.
        updates: how many.
        measured: on how many strings of each part.

    Returns:
        ``known``, the word error rate on other recordings of the speakers in training, and
        ``unseen``, that on the speaker held out; ``single``, that on single digits of the latter;
        ``inside``, of the spikes in the former strings
        the share within their digit; ``delay``, how many seconds a spike comes after the middle of
        its digit there, the median over strings that are right, or 0 if none is.
    """
    parts = without(speaker, corpus)
    train = at_speeds(parts.train, SPEEDS)
    torch.manual_seed(seed)
    model = DigitRecogniser(cell, bidirectional=directions == 2)
    fixed = statistics(draw(200, train, Generator().manual_seed(seed)))
    rate = RATES_FOUND[cell][directions - 1]
    learn(model, train, fixed, seed, lr=rate, updates=updates, falling=True)
    held = Generator().manual_seed(10_000 + seed)
    known, unseen = (draw(measured, of, held) for of in (parts.known, parts.unseen))
    single = draw(measured, parts.unseen, held, least=1, most=1)
    paths = listen(model, known, fixed)
    return {
        "known": word_error_rate(known, paths),
        "unseen": word_error_rate(unseen, listen(model, unseen, fixed)),
        "single": word_error_rate(single, listen(model, single, fixed)),
        "inside": inside(known, paths),
        "delay": median(delays(known, paths) or [0.0]),
    }
