"""English and German dates among many words, read in pieces: a word, a digit or a mark each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from torch import Generator

from rnnbook.data import Vocabulary, WordVocabulary
from rnnbook.data.padding import mask, pad
from rnnbook.models import EncoderDecoder
from rnncourse.lessons.ch18 import dates
from rnncourse.lessons.ch18.dates import END, FILLER, KINDS, PAD, START, DateBatch, Pair
from rnncourse.lessons.ch18.translating import ISO

PIECE = re.compile(r"[^\W\d]+|\d|[^\w\s]")
LANGUAGES = ("en", "de")
HERE = tuple(kind for kind in KINDS if kind[0] in LANGUAGES)
"""Kinds of dates that are drawn."""
YEAR = 2023
"""Its days name every month and every day of the week."""


def pieces(text: str) -> list[str]:
    """A source in pieces: ``7. März 2024`` has seven, 7 . März 2 0 2 4."""
    return PIECE.findall(text)


@lru_cache(maxsize=1)
def vocabularies() -> tuple[WordVocabulary, Vocabulary]:
    """The pieces of the sources, and the characters of the targets; ``PAD`` is 0 in both."""
    of_dates = {
        piece
        for day in (day for part in dates.days().values() for day in part if day.year == YEAR)
        for kind in HERE
        for piece in pieces(dates.write(day, *kind))
    }
    reads = sorted(of_dates | set(FILLER) | set("0123456789"))
    return WordVocabulary((PAD, *reads)), dates.vocabularies()[1]


def batch(pairs: Sequence[Pair]) -> DateBatch:
    """Pairs as ids of `vocabularies`, ready for an encoder and a decoder."""
    reads, writes = vocabularies()
    source, lengths = pad([reads.encode(pieces(pair.text)) for pair in pairs])
    fed, targets = pad([writes.encode(START + pair.iso) for pair in pairs])
    wanted, _ = pad([writes.encode(pair.iso + END) for pair in pairs])
    return DateBatch(source, lengths, fed, wanted, mask(targets, len(fed)))


def draw(count: int, generator: Generator, part: str = "train", *, filler: int = 0) -> list[Pair]:
    """Draw pairs of these ``LANGUAGES``; arguments and errors as `dates.draw`."""
    return dates.draw(count, generator, part, kinds=HERE, filler=filler)


def exact(model: EncoderDecoder, pairs: Sequence[Pair]) -> float:
    """The share of pairs whose target is written without a fault."""
    source, lengths, *_ = batch(pairs)
    start, end = (vocabularies()[1].encode(mark).item() for mark in (START, END))
    written = model.translate(source, lengths, int(start), int(end), ISO)
    texts = dates.read_back(written)
    return sum(text == pair.iso for text, pair in zip(texts, pairs, strict=True)) / len(pairs)
