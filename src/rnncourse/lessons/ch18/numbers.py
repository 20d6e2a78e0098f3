"""Numbers in words: English to German, which says the unit before the tens, and to French."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import count as counted
from itertools import pairwise
from typing import NamedTuple

import torch
from num2words import num2words
from torch import Generator, Tensor

from rnnbook.cells import checks
from rnnbook.data import WordVocabulary
from rnnbook.data.padding import mask, pad
from rnnbook.tasks import draws
from rnncourse.lessons.ch18.dates import END, PAD, PARTS, START, DateBatch

SOURCE = "en"
LANGUAGES = ("de", "fr")
"""What is translated into."""
LIMIT = 1_000_000
"""All numbers are smaller, and none is below 0."""
LONGEST = 14
"""The most tokens that a target has, with its end: 777,777 in German, 999,999 in French."""
MOST_PAIRS = 100_000
"""The most that `training` gives."""
DIGITS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
MORPHEMES = (
    *("null", "ein", "eins", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun"),
    *("zehn", "elf", "zwölf", "sech", "sieb", "zwan", "zig", "ßig", "und", "hundert", "tausend"),
)
"""Of German: sech and sieb are in sech-zehn and sieb-zig, zwan in zwan-zig, ßig in drei-ßig."""
UNHYPHENATED = frozenset({"et", "cent", "cents", "mille"})
"""Beside these, French has a space; two other words have a hyphen between them."""
MADE_OF = (*range(22), *range(30, 101, 10), 101, 200, 1000, 1100)
"""Numbers in which all words occur."""


class Pair(NamedTuple):
    """A number in two languages.

    Attributes:
        number: from 0 to 999,999.
        source: it in English, in `pieces`: ``("ninety", "seven")``.
        target: it in the other language: ``("sieben", "und", "neun", "zig")``.
        language: of the target, one of ``LANGUAGES``.
    """

    number: int
    source: tuple[str, ...]
    target: tuple[str, ...]
    language: str


class Crossing(NamedTuple):
    """Where German turns a unit and its tens round.

    Attributes:
        unit: where the unit is in the target.
        tens: where the two morphemes of the tens are there, after it: *neun* and *zig*.
        unit_from: where the unit is in the source.
        tens_from: where the tens are there, before it.
    """

    unit: int
    tens: tuple[int, int]
    unit_from: int
    tens_from: int


def write(number: int, language: str) -> str:
    """A number as num2words writes it: ``"siebenundneunzig"``.

    After a hundred, its German has *einstausend* where people write *eintausend* (101,000).

    Args:
        number: from 0 to 999,999.
        language: one of ``LANGUAGES``, or ``"en"``.

    Raises:
        TypeError, ValueError: if an argument is none of these.
    """
    checks.whole_number("number", number)
    if not 0 <= number < LIMIT:
        raise ValueError(f"number must be from 0 to {LIMIT - 1}, got {number}")
    _check_language(language, (SOURCE, *LANGUAGES))
    text: str = num2words(number, lang=language)
    return text


def pieces(text: str, language: str = "de") -> tuple[str, ...]:
    """The tokens of a number in words; `joined` makes the text of them again.

    German is cut into ``MORPHEMES``: *sieben und neun zig tausend*. English and French are cut at
    spaces and hyphens, and the comma of English is a token: *one thousand , one hundred and one*.

    Raises:
        ValueError: if there is no such language, or the text is not put together as its numbers.
    """
    _check_language(language, (SOURCE, *LANGUAGES))
    if language == "de":
        found = re.findall("|".join(sorted(MORPHEMES, key=len, reverse=True)), text)
    else:
        found = re.findall(r"\w+|,", text)
    if joined(found, language) != text:
        raise ValueError(f"text must be a number in words, in {language!r}, got {text!r:.60}")
    return tuple(found)


def joined(tokens: Sequence[str], language: str = "de") -> str:
    """The text of some tokens, as it is written in a language: of any, right or wrong.

    Raises:
        ValueError: if there is no such language.
    """
    _check_language(language, (SOURCE, *LANGUAGES))
    text = "".join(tokens[:1])
    for before, token in pairwise(tokens):
        if language == "de" or token == ",":
            text += token
        elif language == "fr":
            text += (" " if UNHYPHENATED & {before, token} else "-") + token
        else:
            text += ("-" if before in TENS and token in DIGITS else " ") + token
    return text


def translated(number: int, language: str = "de") -> Pair:
    """A number in English and in another language; errors as `write`."""
    _check_language(language, LANGUAGES)
    source, target = (pieces(write(number, of), of) for of in (SOURCE, language))
    return Pair(number, source, target, language)


def units_and_tens(pair: Pair) -> list[Crossing]:
    """Where German turns units and tens round: in the thousands, in the rest, in both or nowhere.

    That is where the last two digits of such a part are 21 to 99 and the last one is not 0. In
    *fünfzehn* and *fifteen*, *fünfzig* and *fifty* the order is the same.

    Raises:
        ValueError: if the pair is not a German one.
    """
    if pair.language != "de":
        raise ValueError(f"pair must be German, got {pair.language!r}")
    turned = [at for at, token in enumerate(pair.target) if token == "und"]
    straight = [
        at
        for at, (first, second) in enumerate(pairwise(pair.source))
        if first in TENS and second in DIGITS
    ]
    return [
        Crossing(unit=und - 1, tens=(und + 1, und + 2), unit_from=tens + 1, tens_from=tens)
        for und, tens in zip(turned, straight, strict=True)
    ]


def part_of(number: int) -> str:
    """The part that a number is in, in all languages.

    A hash of its digits decides: about 80 % are to train with, 10 % are to choose on and 10 % to
    test. No number of one part is in another.
    """
    tenth = hashlib.sha256(str(number).encode()).digest()[0] % 10
    return PARTS[max(0, tenth - 7)]


def draw(count: int, generator: Generator, part: str = "train", language: str = "de") -> list[Pair]:
    """Draw pairs: numbers of a part, all equally often, so that nine of ten have six digits.

    With the same seed the numbers are the same in both languages.

    Args:
        count: how many, with repetition.
        generator: decides everything.
        part: one of ``PARTS``.
        language: one of ``LANGUAGES``.

    Raises:
        TypeError, ValueError: if an argument is none of these.
    """
    checks.positive_int("count", count)
    if part not in PARTS:
        raise ValueError(f"part must be one of {', '.join(PARTS)}, got {part!r}")
    _check_language(language, LANGUAGES)
    found: list[int] = []
    while len(found) < count:
        numbers = draws.ints(0, LIMIT, (count,), generator).tolist()
        found += [number for number in numbers if part_of(number) == part]
    return [translated(number, language) for number in found[:count]]


def training(count: int, language: str = "de") -> list[Pair]:
    """The first pairs of a list of different numbers to train with, which is always the same.

    Args:
        count: how many, at most ``MOST_PAIRS``.
        language: one of ``LANGUAGES``.

    Raises:
        TypeError, ValueError: if an argument is none of these.
    """
    if checks.positive_int("count", count) > MOST_PAIRS:
        raise ValueError(f"count must be at most {MOST_PAIRS}, got {count}")
    _check_language(language, LANGUAGES)
    found: dict[int, None] = {}
    for place in counted():
        if len(found) == count:
            break
        drawn = hashlib.sha256(f"pair {place}".encode()).digest()
        number = int.from_bytes(drawn[:8], "big") % LIMIT
        if part_of(number) == "train":
            found[number] = None
    return [translated(number, language) for number in found]


@lru_cache(maxsize=2)
def vocabularies(language: str = "de") -> tuple[WordVocabulary, WordVocabulary]:
    """The tokens of the sources and those of the targets. ``PAD`` is 0 in both."""
    pairs = [translated(number, language) for number in MADE_OF]
    reads = {token for pair in pairs for token in pair.source}
    writes = {token for pair in pairs for token in pair.target}
    return (
        WordVocabulary((PAD, *sorted(reads))),
        WordVocabulary((PAD, START, END, *sorted(writes))),
    )


def batch(pairs: Sequence[Pair]) -> DateBatch:
    """Pairs of one language as ids of `vocabularies`, ready for an encoder and a decoder."""
    languages = {pair.language for pair in pairs}
    if len(languages) != 1:
        raise ValueError(f"pairs must be of one language, got {sorted(languages)}")
    reads, writes = vocabularies(*languages)
    source, lengths = pad([reads.encode(pair.source) for pair in pairs])
    fed, targets = pad([writes.encode((START, *pair.target)) for pair in pairs])
    wanted, _ = pad([writes.encode((*pair.target, END)) for pair in pairs])
    return DateBatch(source, lengths, fed, wanted, mask(targets, len(fed)))


def read_back(written: Tensor, language: str = "de") -> list[tuple[str, ...]]:
    """The tokens of ids (T, B) that a decoder wrote, each up to its ``END``."""
    _, writes = vocabularies(language)
    checks.tensor("written", written, "T, B")
    found = []
    for column in torch.unbind(written, 1):
        tokens = writes.decode(column)
        found.append(tuple(tokens[: tokens.index(END)] if END in tokens else tokens))
    return found


def _check_language(language: str, among: tuple[str, ...]) -> None:
    if language not in among:
        raise ValueError(f"language must be one of {', '.join(among)}, got {language!r}")
