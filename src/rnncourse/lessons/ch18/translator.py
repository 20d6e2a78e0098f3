"""The translators that the pages carry: one reads dates, the other numbers in English words.

Both are an `EncoderDecoder` of GRUs with additive attention, small, so that a page stays light;
their weights are rounded as `rnncourse.experiments.packing` says. They lie in ``translator.json``
and ``number_translator.json``: ``network`` (its sizes and weights), ``reads`` and ``writes`` (the
tokens of the sources and of the targets, in the order of their ids: characters, or words and German
morphemes), and ``exact``, how many of ``pairs`` test pairs it writes without a mistake, with the
weights as rounded: of dates without filler, with one word and with two; of numbers below 1,000 and
below a million. To train one anew and replace its file, in a minute and a half:

    python -m rnncourse.lessons.ch18.translator date
    python -m rnncourse.lessons.ch18.translator number
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterable
from functools import cache
from math import cos, pi
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import Generator, Tensor, nn

from rnnbook.cells.gru import GRUCell
from rnnbook.data import Vocabulary, WordVocabulary
from rnnbook.models import EncoderDecoder
from rnnbook.tasks import draws
from rnnbook.training import fit
from rnncourse.experiments.files import write_atomically
from rnncourse.experiments.packing import pack_all, unpack_all
from rnncourse.lessons.ch18 import dates, numbers
from rnncourse.lessons.ch18.dates import END, START, DateBatch

BATCH, UPDATES, RATE, SEED = 64, 1200, 4e-3, 0
FILLER = (0, 1, 2)
"""How many words are around a date: all equally often."""
BELOW = (1000, numbers.LIMIT)
"""What the numbers that it is tested on are below: all such numbers equally often."""
PAIRS = 500
"""Pairs that it is tested on, of each number of words around them, or below each limit."""


class Kind(NamedTuple):
    """What one of the translators reads.

    Attributes:
        shipped: the file that it lies in.
        H: units of the decoder, and of each direction of the encoder.
        D: the size of the embeddings.
        vocabularies: the tokens of its sources and those of its targets.
        sample: draws a batch to train with.
        tested: what it is tested on, one after the other.
        draw: the pairs of one of these: how many, from which part, and by which generator.
    """

    shipped: Path
    H: int
    D: int
    vocabularies: Callable[[], tuple[Vocabulary | WordVocabulary, Vocabulary | WordVocabulary]]
    sample: Callable[[Generator], DateBatch]
    tested: tuple[int, ...]
    draw: Callable[[int, int, str, Generator], DateBatch]


@cache
def shipped(kind: str = "date") -> dict[str, Any]:
    """What the file of a kind holds: `rnncourse.figures.Translator` is made of it."""
    return json.loads(KINDS[kind].shipped.read_text(encoding="utf-8"))


def new(kind: str = "date") -> EncoderDecoder:
    """The network before it has learned; its weights are drawn from torch's generator."""
    of = KINDS[kind]
    reads, writes = map(len, of.vocabularies())
    return EncoderDecoder(GRUCell, reads, writes, of.H, embedding_size=of.D, attention="additive")


def translator(kind: str = "date") -> EncoderDecoder:
    """The trained network, with the weights as the page has them, in double precision."""
    with torch.random.fork_rng(devices=[]):  # the caller's random numbers are left alone
        model = new(kind).double()
    return unpack_all(model, shipped(kind)["network"]["parameters"])


def learn(
    model: nn.Module, updates: int = UPDATES, seed: int = SEED, *, kind: str = "date"
) -> None:
    """Train it by teacher forcing, at a rate that falls to nothing along a cosine."""

    def loss(model: nn.Module, pairs: DateBatch) -> Tensor:
        logits = model(pairs.source, pairs.lengths, pairs.fed)
        return nn.functional.cross_entropy(logits[pairs.mask], pairs.wanted[pairs.mask])

    def optimizer(parameters: Iterable[nn.Parameter]) -> torch.optim.Optimizer:
        adam = torch.optim.Adam(parameters, lr=RATE)
        falling = torch.optim.lr_scheduler.LambdaLR(
            adam, lambda n: (1 + cos(pi * min(n / updates, 1))) / 2
        )
        adam.register_step_post_hook(lambda *_: falling.step())
        return adam

    sample = KINDS[kind].sample
    fit(model, sample, loss, steps=updates, optimizer=optimizer, seed=seed, progress=False)


def exact(
    model: EncoderDecoder, on: int, part: str = "test", seed: int = 18, *, kind: str = "date"
) -> int:
    """How many of ``PAIRS`` drawn pairs it writes as they should be, each token of them.

    Args:
        model: the network.
        on: how many words are around the dates, one of ``FILLER``; or what the numbers are below,
            one of ``BELOW``.
        part: of the dates or numbers.
        seed: of what is drawn.
        kind: ``date`` or ``number``.
    """
    pairs = KINDS[kind].draw(PAIRS, on, part, Generator().manual_seed(seed))
    start, end = KINDS[kind].vocabularies()[1].encode(START + END).tolist()
    written = model.translate(pairs.source, pairs.lengths, start, end, len(pairs.wanted))
    return int(((written == pairs.wanted) | ~pairs.mask).all(dim=0).sum())


def renew(kind: str) -> None:
    """Train it, round its weights, test it, and write it down."""
    torch.manual_seed(SEED)
    model = new(kind)
    learn(model, kind=kind)
    packed = pack_all(model)
    unpack_all(model.double(), packed)
    reads, writes = map(_tokens, KINDS[kind].vocabularies())
    content = {
        "reads": reads,
        "writes": writes,
        "pairs": PAIRS,
        "exact": {str(on): exact(model, on, kind=kind) for on in KINDS[kind].tested},
        "network": {"H": KINDS[kind].H, "D": KINDS[kind].D, "parameters": packed},
    }
    as_json = json.dumps(content, ensure_ascii=False, separators=(",", ":")) + "\n"
    write_atomically(KINDS[kind].shipped, as_json)


def _tokens(known: Vocabulary | WordVocabulary) -> str | list[str]:
    """All tokens, in the order of their ids."""
    return known.characters if isinstance(known, Vocabulary) else list(known.words)


def _dates(count: int, filler: int, part: str, generator: Generator) -> DateBatch:
    return dates.batch(dates.draw(count, generator, part, filler=filler))


def _some_dates(generator: Generator) -> DateBatch:
    filler = FILLER[int(draws.ints(0, len(FILLER), (1,), generator))]
    return _dates(BATCH, filler, "train", generator)


def _numbers(count: int, below: int, part: str, generator: Generator) -> DateBatch:
    """Numbers of a part below a limit, all equally often, with repetition."""
    found: list[int] = []
    while len(found) < count:
        drawn = draws.ints(0, below, (count,), generator).tolist()
        found += [number for number in drawn if numbers.part_of(number) == part]
    return numbers.batch([numbers.translated(number) for number in found[:count]])


def _some_numbers(generator: Generator) -> DateBatch:
    """Half of them below a million, half below 10, 100 … a million: each limit equally often.

    In the second half some digits at the end, as the lot says, become 0, so that round numbers are
    among them. Numbers of the test part are never drawn. Those of validation are, because nothing
    is chosen by them, and a number of one word that was left out is hard to guess.
    """
    found: list[int] = []
    while len(found) < BATCH:
        if len(found) < BATCH // 2:
            number = int(draws.ints(0, numbers.LIMIT, (1,), generator))
        else:
            digits = int(draws.ints(1, 7, (1,), generator))
            zeros = int(draws.ints(0, digits, (1,), generator))
            number = int(draws.ints(0, 10**digits, (1,), generator)) // 10**zeros * 10**zeros
        if numbers.part_of(number) != "test":
            found.append(number)
    return numbers.batch([numbers.translated(number) for number in found])


KINDS = {
    "date": Kind(
        Path(__file__).with_name("translator.json"),
        32,
        24,
        dates.vocabularies,
        _some_dates,
        FILLER,
        _dates,
    ),
    "number": Kind(
        Path(__file__).with_name("number_translator.json"),
        24,
        20,
        numbers.vocabularies,
        _some_numbers,
        BELOW,
        _numbers,
    ),
}


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description="Train a translator anew.")
    asked.add_argument("kind", choices=KINDS)
    renew(asked.parse_args().kind)
