"""Train an encoder and a decoder on dates, and see how much of what they write is right."""

from __future__ import annotations

from collections.abc import Sequence
from math import nan

import torch
from torch import Generator, Tensor
from torch.nn.functional import cross_entropy
from torch.optim import Adam

from rnnbook.cells import GRUCell
from rnnbook.models import EncoderDecoder
from rnncourse.lessons.ch18.dates import (
    END,
    START,
    DateBatch,
    Pair,
    batch,
    draw,
    read_back,
    vocabularies,
)
from rnncourse.lessons.ch18.parser import rules

HIDDEN = 64
"""Units of the decoder, and of each direction of the encoder."""
ISO = len("2024-03-07>")
"""How many tokens a right target has, with its end."""
BLOCKED = ("on_month", "month_kept", "month_kept_one", "month_kept_elsewhere")
"""What `what_blocking_does` measures."""
MONTH = slice(5, 7)
"""Where the month stands in it."""


def step_of(model: EncoderDecoder, optimizer: torch.optim.Optimizer, pairs: DateBatch) -> float:
    """One update: the decoder is fed the right target, and what is padding does not count.

    Returns:
        The loss before it, nats a token.
    """
    logits = model(pairs.source, pairs.lengths, pairs.fed)
    loss = cross_entropy(logits[pairs.mask], pairs.wanted[pairs.mask])
    optimizer.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    return loss.item()


def written(model: EncoderDecoder, pairs: Sequence[Pair], block: Tensor | None = None) -> list[str]:
    """What a model writes for each source, by the likeliest token at each step.

    Args:
        model: the encoder and decoder.
        pairs: the sources.
        block: where attention must not look, bools (S, B).
    """
    source, lengths, *_ = batch(pairs)
    start, end = (vocabularies()[1].encode(mark).item() for mark in (START, END))
    blocked = {} if block is None else {"block": block}
    return read_back(model.translate(source, lengths, int(start), int(end), ISO, **blocked))


def exact(model: EncoderDecoder, pairs: Sequence[Pair]) -> float:
    """The share of pairs whose target is written without a fault."""
    texts = written(model, pairs)
    return sum(text == pair.iso for text, pair in zip(texts, pairs, strict=True)) / len(pairs)


@torch.no_grad()
def maps(model: EncoderDecoder, pairs: Sequence[Pair]) -> Tensor:
    """The weights (T, S, B) with which attention looks, while the right targets are read."""
    source, lengths, fed, *_ = batch(pairs)
    weights = model.read(fed, model.encode(source, lengths))[1]
    if weights is None:
        raise ValueError("model must have attention, got one without")
    return weights


def month_of(text: str) -> tuple[int, int]:
    """Where the month begins in a source, and where it has ended: a name or a number."""
    for rule in rules():
        for match in rule.finditer(text):
            return match.span("name" if "name" in match.groupdict() else "month")
    raise ValueError(f"text must tell a date, got {text!r}")


def month_kept(model: EncoderDecoder, pairs: Sequence[Pair], places: Sequence[list[int]]) -> float:
    """The share of pairs whose month is still right when attention cannot look at some places.

    Args:
        model: the encoder and decoder, with attention.
        pairs: the sources.
        places: for each source, which of its characters are blocked.
    """
    block = torch.zeros(batch(pairs).source.shape, dtype=torch.bool)
    for column, blocked in enumerate(places):
        block[blocked, column] = True
    texts = written(model, pairs, block)
    right = [text[MONTH] == pair.iso[MONTH] for text, pair in zip(texts, pairs, strict=True)]
    return sum(right) / len(pairs)


def elsewhere(pair: Pair, generator: Generator) -> list[int]:
    """Characters of a source outside its month, chosen by lot, as many as the month has."""
    begins, ends = month_of(pair.text)
    outside = [at for at in range(len(pair.text)) if not begins <= at < ends]
    mixed = torch.randperm(len(outside), generator=generator).tolist()
    return [outside[at] for at in mixed[: min(ends - begins, len(outside) - 1)]]


def learn(
    model: EncoderDecoder,
    lr: float,
    seed: int,
    *,
    filler: int,
    updates: int,
    looks: Sequence[int],
    measured: int = 300,
) -> dict[str, float]:
    """Train a model on dates, and measure it as it learns.

    Args:
        model: the encoder and decoder.
        lr: learning rate of Adam.
        seed: of the data.
        filler: how many words stand around each date.
        updates: how many are made, each on 64 pairs.
        looks: after how many of them it is measured, in rising order.
        measured: on how many pairs.

    Returns:
        ``right_100`` …, exact match on test at each look, NaN where it was not reached; ``slow``,
        the mean share of faults on validation over the looks of the first 600 updates; ``loss``,
        nats a token in training up to the first look.
    """
    optimizer = Adam(model.parameters(), lr=lr)
    generator, held = Generator().manual_seed(seed), Generator().manual_seed(10_000 + seed)
    validation = draw(measured, held, "validation", filler=filler)
    test = draw(measured, held, "test", filler=filler)
    found, faults, losses = dict.fromkeys((f"right_{n}" for n in looks), nan), [], []
    for update in range(1, min(updates, looks[-1]) + 1):
        loss = step_of(model, optimizer, batch(draw(64, generator, filler=filler)))
        losses.append(loss if update <= looks[0] else 0.0)
        if update in looks:
            found[f"right_{update}"] = exact(model, test)
            if update <= 600:
                faults.append(1 - exact(model, validation))
    return {**found, "slow": sum(faults) / len(faults), "loss": sum(losses) / looks[0]}


def at_lengths(
    model: EncoderDecoder, seed: int, fillers: Sequence[int], measured: int = 300
) -> dict[str, float]:
    """Exact match on test with other numbers of words around the dates: ``right_with_5`` …"""
    found = {}
    for filler in fillers:
        pairs = draw(measured, Generator().manual_seed(20_000 + seed), "test", filler=filler)
        found[f"right_with_{filler}"] = exact(model, pairs)
    return found


def what_blocking_does(model: EncoderDecoder, seed: int, measured: int = 300) -> dict[str, float]:
    """Where a model with attention looks while it writes the month, and whether it has to.

    Returns:
        ``on_month``, the weight on the month's characters while the month is written; and the
        share of test pairs whose month stays right where attention cannot look at the month
        (``month_kept``), at its character with most weight (``month_kept_one``), or at as many
        characters elsewhere (``month_kept_elsewhere``). NaN without attention.
    """
    if model.attention is None:
        return dict.fromkeys(BLOCKED, nan)
    generator = Generator().manual_seed(30_000 + seed)
    test = draw(measured, generator, "test")
    weights = maps(model, test)[MONTH].sum(dim=0)  # (S, B)
    months = [list(range(*month_of(pair.text))) for pair in test]
    on = [weights[month, n] for n, month in enumerate(months)]
    most = [[month[int(at.argmax())]] for month, at in zip(months, on, strict=True)]
    others = [elsewhere(pair, generator) for pair in test]
    return {
        "on_month": sum(at.sum().item() for at in on) / (2 * len(on)),
        "month_kept": month_kept(model, test, months),
        "month_kept_one": month_kept(model, test, most),
        "month_kept_elsewhere": month_kept(model, test, others),
    }


def a_model(attention: str, seed: int) -> EncoderDecoder:
    """An untrained model of 64 units for dates; its attention is a score, or ``none``."""
    torch.manual_seed(seed)
    reads, writes = vocabularies()
    score = None if attention == "none" else attention
    return EncoderDecoder(GRUCell, len(reads), len(writes), HIDDEN, attention=score)
