"""Three real tasks for networks: which language, where a word begins, which hour of the day."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

import torch
from torch import Generator, Tensor

from rnnbook.data import Vocabulary, country_names, fetch, split_names, stdlib_text
from rnnbook.tasks import draws
from rnncourse.lessons.ch13.networks import Examples

UNKNOWN = "?"
PROSE = re.compile(r"[A-Za-z]+(?: [A-Za-z]+){5,}")
"""Six words or more with a space between each two and nothing else: what is prose in a program."""
DAY = 24
FEWEST_HOURS = 3
MONTH = 30 * DAY
PARTS = {"train": (0, 12 * MONTH), "validation": (12 * MONTH, 16 * MONTH)}
PARTS["test"] = (16 * MONTH, 20 * MONTH)
WINDOWS = {"train": 6000, "validation": 1500, "test": 3000}


class Parts(NamedTuple):
    """What to fit weights to, what to choose on, and what to measure on."""

    train: Examples
    validation: Examples
    test: Examples


class Collection(NamedTuple):
    """The names of countries, languages, days and months, in small letters.

    Attributes:
        parts: the names as ids, and their languages. What is named is in one part alone.
        letters: those of the training part, and one for all others.
        languages: their codes.
        texts: the names of each part.
    """

    parts: Parts
    letters: Vocabulary
    languages: list[str]
    texts: list[list[str]]


@lru_cache(maxsize=1)
def names() -> Collection:
    """Names in 31 languages."""
    split = split_names(country_names())
    texts = [[text.lower() for text in part.texts] for part in split]
    letters = Vocabulary("".join(sorted(set("".join(texts[0])) - {UNKNOWN})) + UNKNOWN, UNKNOWN)
    languages = split[0].languages
    parts = [
        Examples(
            [letters.encode(text) for text in some],
            list(torch.tensor(part.labels)),
            len(letters),
            len(languages),
        )
        for some, part in zip(texts, split, strict=True)
    ]
    return Collection(Parts(*parts), letters, languages, texts)


def which_language() -> Parts:
    """A name; in which of 31 languages is it?"""
    return names().parts


@lru_cache(maxsize=1)
def where_words_begin() -> Parts:
    """The prose in Python's standard library without its spaces: does a word begin here?"""
    runs = [run.lower().split() for run in PROSE.findall(stdlib_text().text)]
    inputs = [torch.tensor([ord(letter) - ord("a") for letter in "".join(run)]) for run in runs]
    targets = [
        torch.tensor([int(place == 0) for word in run for place in range(len(word))])
        for run in runs
    ]
    first, second = int(0.8 * len(runs)), int(0.9 * len(runs))
    cuts = [slice(0, first), slice(first, second), slice(second, None)]
    return Parts(*(Examples(inputs[cut], targets[cut], 26, 2) for cut in cuts))


@lru_cache(maxsize=1)
def which_hour() -> Parts:
    """Three to 24 hours of a transformer's seven sensors (ETTh1, a download): which hour is last?

    Each sensor is in standard deviations of its first year, from that year's mean.
    """
    with open(fetch("etth1.csv"), encoding="utf-8") as file:
        rows = list(csv.reader(file))[1:]
    hours = torch.tensor([int(row[0][11:13]) for row in rows])
    sensors = torch.tensor([[float(cell) for cell in row[1:]] for row in rows])
    year = sensors[: PARTS["train"][1]]
    return _windows((sensors - year.mean(dim=0)) / year.std(dim=0), hours)


@lru_cache(maxsize=1)
def made_up() -> Parts:
    """As `which_hour`, of sensors that are a wave a day and noise: without a download."""
    hours = torch.arange(20 * MONTH) % DAY
    noise = draws.uniform((20 * MONTH, 7), Generator().manual_seed(0)) - 0.5
    return _windows((torch.pi * hours / 12).sin()[:, None] + noise, hours)


TASKS: dict[str, Callable[[], Parts]] = {
    "which language": which_language,
    "where words begin": where_words_begin,
    "which hour": which_hour,
    "made up": made_up,
}


def _windows(sensors: Tensor, hours: Tensor) -> Parts:
    """Windows drawn from each part of the time, the same whatever the seed of a network."""
    found = []
    for number, (part, (begin, end)) in enumerate(PARTS.items()):
        generator = Generator().manual_seed(number)
        lengths = torch.randint(FEWEST_HOURS, DAY + 1, (WINDOWS[part],), generator=generator)
        lasts = torch.randint(begin + DAY, end, (WINDOWS[part],), generator=generator)
        windows = [sensors[t - T + 1 : t + 1] for t, T in zip(lasts, lengths, strict=True)]
        found.append(Examples(windows, list(hours[lasts]), 7, DAY))
    return Parts(*found)
