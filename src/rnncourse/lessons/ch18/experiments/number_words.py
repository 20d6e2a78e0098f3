"""Numbers in words, from a thousand pairs, with and without attention; and where it looks.

German says the unit before the tens, so that the map of the weights crosses there. On one thread of
a busy machine an update took about 14 ms without attention and 34 with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean
from typing import NamedTuple

import torch
from torch import Generator, Tensor
from torch.nn.functional import cross_entropy
from torch.optim import Adam
from torch.optim.lr_scheduler import CosineAnnealingLR

from rnnbook.cells import GRUCell
from rnnbook.models import EncoderDecoder, beam_search
from rnncourse.lessons.ch18.dates import END, START, DateBatch
from rnncourse.lessons.ch18.numbers import (
    LONGEST,
    Crossing,
    Pair,
    batch,
    draw,
    read_back,
    training,
    translated,
    units_and_tens,
    vocabularies,
)
from rnncourse.lessons.ch18.translating import step_of

DESCRIPTION = "English number words into German and French from 1,000 pairs, with attention or none"
GRID = {"language": ["de", "fr"], "attention": ["none", "additive"]}
RATES = [0.002, 0.004, 0.008]
TUNE_ON = "error"
TUNING_SEEDS = 1
CHEAP = {
    **{"language": "de", "attention": "additive", "lr": 0.004},
    **{"updates": 20, "pairs": 100, "measured": 40},
}

HIDDEN = 64
UPDATES = 500
BATCH_SIZE = 64
PAIRS = 1000
WIDTH, BEAMED = 4, 100
"""Hypotheses of the beam, and how many pairs it translates."""
SHORT = 100
"""Numbers below it are the short ones: of those to train with nine in ten have six figures."""
MEASURED = (
    *("crosses", "unit_looks", "tens_look"),
    *("unit_changes", "left_out", "others_change", "unit_changes_elsewhere"),
)
"""What German with attention has beside."""


def run(
    seed: int,
    language: str,
    attention: str,
    lr: float,
    updates: int = UPDATES,
    pairs: int = PAIRS,
    measured: int = 500,
) -> dict[str, float]:
    """Train one model, and measure it.

    Args:
        seed: of weights, of the order of the pairs, and of the numbers that it is measured on. The
            pairs to train with are the same in all runs.
        language: one of ``LANGUAGES``.
        attention: its score, or ``none``.
        lr: learning rate, which falls to nothing along a cosine.
        updates: how many.
        pairs: how many there are to train with.
        measured: on how many numbers of validation, and of test.

    Returns:
        ``right``, exact match on test; ``loss`` there, nats a token where the right target is fed;
        ``right_short``, exact match on the numbers below ``SHORT``; ``error``, on validation the
        share that has a fault, what the rate is chosen by; ``right_beam``, exact match of a beam
        on some of test. Of the tokens of test those that are wrong: ``wrong_before`` and with the
        first mistake of a text; after it, where the model is fed the right target, ``wrong_fed``,
        and where it is fed what it wrote, ``wrong_own`` (0 where there is no mistake). And, NaN
        without attention or in French, of the places in test where a unit and its tens are turned
        round, in right answers (in all where none is right): ``unit_looks``, the share whose unit
        looks most at its own word; ``tens_look``, the same of the tens' first morpheme;
        ``crosses``, of both. Where attention cannot look at the word that the unit looked at most:
        ``unit_changes``, the share whose unit or *und* is written otherwise; ``left_out``, whose
        number is written as it was but without these two; ``others_change``, where anything else
        changes. ``unit_changes_elsewhere`` is as ``unit_changes``, where another word is blocked
        in its place, chosen by lot.
    """
    torch.manual_seed(seed)
    generator = Generator().manual_seed(seed)
    reads, writes = vocabularies(language)
    score = None if attention == "none" else attention
    model = EncoderDecoder(GRUCell, len(reads), len(writes), HIDDEN, attention=score)
    optimizer = Adam(model.parameters(), lr=lr)
    schedule = CosineAnnealingLR(optimizer, updates)
    train = batch(training(pairs, language))
    for _ in range(updates):
        columns = torch.randperm(pairs, generator=generator)[:BATCH_SIZE]
        step_of(model, optimizer, DateBatch(*(part[..., columns] for part in train)))
        schedule.step()
    held = Generator().manual_seed(10_000 + seed)
    validation, test = (draw(measured, held, part, language) for part in ("validation", "test"))
    right = _right(model, test)
    among = [pair for pair, is_right in zip(test, right, strict=True) if is_right] or test
    short = [translated(number, language) for number in range(SHORT)]
    return {
        "right": fmean(right),
        "right_short": fmean(_right(model, short)),
        "loss": _loss(model, test),
        "error": 1 - fmean(_right(model, validation)),
        "right_beam": _right_by_beam(model, test[:BEAMED]),
        **_exposed(model, test),
        **(
            _crossed(model, among, held)
            if score and language == "de"
            else dict.fromkeys(MEASURED, float("nan"))
        ),
    }


@torch.no_grad()
def _loss(model: EncoderDecoder, pairs: Sequence[Pair]) -> float:
    """Nats a token, with the right target fed."""
    source, lengths, fed, wanted, own = batch(pairs)
    return cross_entropy(model(source, lengths, fed)[own], wanted[own]).item()


def _right(model: EncoderDecoder, pairs: Sequence[Pair]) -> list[bool]:
    """Which are written without a fault."""
    language = pairs[0].language
    texts = read_back(_written(model, pairs), language)
    return [text == pair.target for text, pair in zip(texts, pairs, strict=True)]


def _right_by_beam(model: EncoderDecoder, pairs: Sequence[Pair]) -> float:
    """The share that a beam writes without a fault."""
    writes = vocabularies(pairs[0].language)[1]
    start, end = writes.encode([START, END]).tolist()
    right = 0
    for pair in pairs:
        source, lengths, *_ = batch([pair])
        with torch.no_grad():
            state = model.encode(source, lengths)
            best, *_ = beam_search(model.step, state, start, width=WIDTH, steps=LONGEST, end=end)
        right += tuple(writes.words[token] for token in best.tokens if token != end) == pair.target
    return right / len(pairs)


@torch.no_grad()
def _exposed(model: EncoderDecoder, pairs: Sequence[Pair]) -> dict[str, float]:
    """How much more is wrong after a mistake, by what the decoder is fed then."""
    source, lengths, fed, wanted, own = batch(pairs)
    start, end = vocabularies(pairs[0].language)[1].encode([START, END]).tolist()
    forced = model(source, lengths, fed).argmax(dim=2) != wanted
    alone = model.translate(source, lengths, start, end, len(wanted)) != wanted
    clean = (forced & own).cumsum(dim=0) - (forced & own).long() == 0  # up to the first mistake

    def share(wrong: Tensor, among: Tensor) -> float:
        return wrong[among].double().mean().item() if among.any() else 0.0

    return {
        "wrong_before": share(forced, own & clean),
        "wrong_fed": share(forced, own & ~clean),
        "wrong_own": share(alone, own & ~clean),
    }


def _written(
    model: EncoderDecoder, pairs: Sequence[Pair], places: Sequence[int] | None = None
) -> Tensor:
    """The ids (T, B) that a model writes; attention may look at all but one place of each."""
    source, lengths, *_ = batch(pairs)
    start, end = vocabularies(pairs[0].language)[1].encode([START, END]).tolist()
    options = {}
    if places is not None:
        options["block"] = torch.arange(len(source))[:, None] == torch.tensor(places)
    return model.translate(source, lengths, start, end, LONGEST, **options)


@torch.no_grad()
def _crossed(
    model: EncoderDecoder, pairs: Sequence[Pair], generator: Generator
) -> dict[str, float]:
    """Where the model looks at units and tens, and what it writes when it cannot."""
    source, lengths, fed, *_ = batch(pairs)
    most = model.read(fed, model.encode(source, lengths))[1].argmax(dim=1)  # (T, B)
    turned: list[tuple[int, Crossing]] = [
        (b, crossing) for b, pair in enumerate(pairs) for crossing in units_and_tens(pair)
    ]
    units = [most[at.unit, b].item() == at.unit_from for b, at in turned]
    tens = [most[at.tens[0], b].item() == at.tens_from for b, at in turned]
    of = [pairs[b] for b, _ in turned]
    seen = [int(most[at.unit, b]) for b, at in turned]
    lots = torch.rand(len(of), generator=generator).tolist()
    others = [
        (place + 1 + int(lot * (len(pair.source) - 1))) % len(pair.source)
        for place, lot, pair in zip(seen, lots, of, strict=True)
    ]
    before, blocked, elsewhere = (
        read_back(_written(model, of, places)) for places in (None, seen, others)
    )
    effects, control = (
        [
            _effect(old, new, at.unit)
            for old, new, (_, at) in zip(before, after, turned, strict=True)
        ]
        for after in (blocked, elsewhere)
    )
    return {
        "crosses": fmean(unit and ten for unit, ten in zip(units, tens, strict=True)),
        "unit_looks": fmean(units),
        "tens_look": fmean(tens),
        "unit_changes": fmean(effect.unit for effect in effects),
        "left_out": fmean(effect.left_out for effect in effects),
        "others_change": fmean(effect.others for effect in effects),
        "unit_changes_elsewhere": fmean(effect.unit for effect in control),
    }


class _Effect(NamedTuple):
    """What a block did: to a unit, whether it was left out, and whether to anything else."""

    unit: bool
    left_out: bool
    others: bool


def _effect(before: tuple[str, ...], after: tuple[str, ...], unit: int) -> _Effect:
    """Compare what is written: the unit has a place, and its *und* the next."""
    head, tail = before[:unit], before[unit + 2 :]
    between = after[unit : len(after) - len(tail)]  # the unit and *und*, or what stands for them
    kept = len(between) <= 2 and (*head, *between, *tail) == after
    return _Effect(
        unit=after[unit : unit + 2] != before[unit : unit + 2],
        left_out=after == head + tail != before,
        others=not kept,
    )
