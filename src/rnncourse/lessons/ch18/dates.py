"""Dates as people write them in eight languages, and as ISO 8601 writes them: 2024-03-07."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import NamedTuple

import torch
from babel.dates import format_date, format_skeleton
from torch import Generator, Tensor

from rnnbook.cells import checks
from rnnbook.data import Vocabulary
from rnnbook.data.padding import mask, pad
from rnnbook.tasks import draws

LOCALES = ("en", "de", "fr", "es", "it", "nl", "pl", "pt")
FORMATS = ("full", "long", "medium", "short", "yMMMEd", "yMEd", "yMd")
"""Four formats of CLDR and three of its skeletons (E is the day of the week, MMM a short name)."""
MONTH_FIRST = frozenset({("en", "short"), ("en", "yMEd"), ("en", "yMd")})
"""Left out: American 3/4/24 is in March, and the same text is in April everywhere else."""
KINDS = tuple((a, b) for a in LOCALES for b in FORMATS if (a, b) not in MONTH_FIRST)
"""What is drawn from: in all of these a day in figures comes before its month."""
FIRST, LAST = date(1950, 1, 1), date(2049, 12, 31)
"""A hundred years, so that of two figures 50 to 99 are 19.. and 00 to 49 are 20..: for certain."""
PARTS = ("train", "validation", "test")
FILLER = (
    *("lorem", "ipsum", "dolor", "sit", "amet", "elit", "tempor", "labore", "magna", "aliqua"),
    *("enim", "minim", "quis", "nostrud", "ullamco", "nisi", "aliquip", "commodo", "irure"),
    *("velit", "esse", "cillum", "fugiat", "nulla", "sint", "cupidatat", "proident", "culpa"),
    *("officia", "mollit"),
)
"""Words that can be put around a date; none of them is a part of one."""
PAD, START, END = "·", "<", ">"


class Pair(NamedTuple):
    """A date in two writings.

    Attributes:
        text: the source.
        iso: the target, such as ``"2024-03-07"``.
        locale: the language of the source.
        format: which of ``FORMATS`` it has.
        begins: where the date begins in the text: at 0 where there is no filler.
        ends: where it has ended.
    """

    text: str
    iso: str
    locale: str
    format: str
    begins: int
    ends: int


class DateBatch(NamedTuple):
    """Pairs in ids, side by side.

    Attributes:
        source: the texts, padded at the end, shape (S, B).
        lengths: of the texts, shape (B).
        fed: ``START`` and the target, what the decoder reads, shape (T, B).
        wanted: the target and ``END``, what it is to write, shape (T, B).
        mask: which of these count, bools of shape (T, B).
    """

    source: Tensor
    lengths: Tensor
    fed: Tensor
    wanted: Tensor
    mask: Tensor


def write(day: date, locale: str, format: str) -> str:
    """A date as CLDR writes it in a language.

    Args:
        day: the date.
        locale: one of ``LOCALES``.
        format: one of ``FORMATS``.

    Raises:
        ValueError: if there is no such language or format, or it is ambiguous (``MONTH_FIRST``).
    """
    if (locale, format) not in KINDS:
        raise ValueError(f"locale and format must be one of KINDS, got {(locale, format)!r}")
    if format in ("full", "long", "medium", "short"):
        return format_date(day, format, locale=locale)
    return format_skeleton(format, day, locale=locale)


def part_of(day: date) -> str:
    """The part that a date is in, in whatever language it is written.

    A hash of the ISO text decides: about 80 % of the days are to train with, 10 % are to choose
    on and 10 % to test. No date of one part is in another.
    """
    tenth = hashlib.sha256(day.isoformat().encode()).digest()[0] % 10
    return PARTS[max(0, tenth - 7)]


@lru_cache(maxsize=1)
def days() -> dict[str, list[date]]:
    """The dates of each part, in order."""
    found: dict[str, list[date]] = {part: [] for part in PARTS}
    for number in range(FIRST.toordinal(), LAST.toordinal() + 1):
        day = date.fromordinal(number)
        found[part_of(day)].append(day)
    return found


def draw(
    count: int,
    generator: Generator,
    part: str = "train",
    *,
    kinds: Sequence[tuple[str, str]] = KINDS,
    filler: int = 0,
) -> list[Pair]:
    """Draw pairs: a date of a part, and a language and format, all equally often.

    With the same seed the dates and their kinds are the same, whatever is put around them.

    Args:
        count: how many, with repetition.
        generator: decides everything.
        part: one of ``PARTS``.
        kinds: the languages and formats to draw from, some of ``KINDS``.
        filler: how many words of ``FILLER`` are put around each date, which may be first, last or
            anywhere between them.

    Raises:
        TypeError, ValueError: if an argument is none of these.
    """
    checks.positive_int("count", count)
    checks.whole_number("filler", filler)
    if filler < 0:
        raise ValueError(f"filler must be 0 or more, got {filler}")
    if part not in PARTS:
        raise ValueError(f"part must be one of {', '.join(PARTS)}, got {part!r}")
    if not kinds or not set(kinds) <= set(KINDS):
        raise ValueError(f"kinds must be some of KINDS, got {kinds!r:.80}")
    among = days()[part]
    which = draws.ints(0, len(among), (count,), generator).tolist()
    how = draws.ints(0, len(kinds), (count,), generator).tolist()
    words = draws.ints(0, len(FILLER), (count, filler), generator).tolist()
    places = draws.ints(0, filler + 1, (count,), generator).tolist()
    pairs = []
    for day, kind, around, place in zip(which, how, words, places, strict=True):
        locale, format = kinds[kind]
        said = [FILLER[word] for word in around]
        before = "".join(word + " " for word in said[:place])
        text = write(among[day], locale, format)
        after = "".join(" " + word for word in said[place:])
        ends = len(before) + len(text)
        iso = among[day].isoformat()
        pairs.append(Pair(before + text + after, iso, locale, format, len(before), ends))
    return pairs


@lru_cache(maxsize=1)
def vocabularies() -> tuple[Vocabulary, Vocabulary]:
    """The characters of the sources and those of the targets. ``PAD`` is 0 in both.

    They are those that can occur, whatever is drawn: a week of every month in every language and
    format has all names in it, and figures and filler come from lists.
    """
    week = [date(2024, month, day) for month in range(1, 13) for day in range(10, 17)]
    texts = [write(day, *kind) for day in week for kind in KINDS]
    characters = "".join(sorted(set("".join([*texts, *FILLER, " 0123456789"]))))
    return Vocabulary(PAD + characters), Vocabulary(PAD + START + END + "-0123456789")


def batch(pairs: Sequence[Pair]) -> DateBatch:
    """Pairs as ids of `vocabularies`, ready for an encoder and a decoder."""
    reads, writes = vocabularies()
    source, lengths = pad([reads.encode(pair.text) for pair in pairs])
    fed, targets = pad([writes.encode(START + pair.iso) for pair in pairs])
    wanted, _ = pad([writes.encode(pair.iso + END) for pair in pairs])
    return DateBatch(source, lengths, fed, wanted, mask(targets, len(fed)))


def read_back(written: Tensor) -> list[str]:
    """The texts of ids (T, B) that a decoder wrote, each up to its ``END``."""
    _, writes = vocabularies()
    checks.tensor("written", written, "T, B")
    return [writes.decode(column).partition(END)[0] for column in torch.unbind(written, 1)]
