"""What a network is compared with: a parser of dates by rule, with the names of CLDR.

It knows the languages and how dates are put together there: a month is a name or a number, a day
comes before it, or after a name and before a comma as in America. It knows neither how pairs are
drawn nor what is put around them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from itertools import chain

from babel import Locale

from rnncourse.lessons.ch18.dates import LOCALES

DAY, YEAR, OF = r"(?P<day>\d{1,2})", r"(?P<year>\d{4}|\d{2})", r"(?:\s+de)?\s+"
PIVOT = 50
"""Of two figures, from here on they are of the last century."""


@lru_cache(maxsize=1)
def months() -> dict[str, int]:
    """The names of months in all languages, in small letters and without a full stop.

    A name that two languages give to different months is left out.
    """
    found: dict[str, set[int]] = {}
    for locale in map(Locale.parse, LOCALES):
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for number, name in locale.months[context][width].items():
                    found.setdefault(name.casefold().rstrip("."), set()).add(number)
    return {name: min(numbers) for name, numbers in found.items() if len(numbers) == 1}


@lru_cache(maxsize=1)
def rules() -> tuple[re.Pattern[str], ...]:
    """How a date may be put together; what comes first is tried first."""
    names = "|".join(sorted(map(re.escape, months()), key=len, reverse=True))
    month = rf"(?P<name>{names})\b\.?"
    texts = (
        rf"\b{DAY}\.?{OF}{month}{OF}{YEAR}\b",  # 7 de março de 2024, 7. März 2024, 7 mar 2024
        rf"\b{month}\s+{DAY},\s+{YEAR}\b",  # March 7, 2024
        r"\b(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})\b",  # 2024-03-07
        rf"\b{DAY}(?P<mark>[./-])(?P<month>\d{{1,2}})(?P=mark){YEAR}\b",  # 7.3.2024, 07/03/24
    )
    return tuple(re.compile(text, re.IGNORECASE) for text in texts)


def parse(text: str) -> str | None:
    """The first date that a text tells, in ISO 8601, or None: ``"7. März 2024"``, 2024-03-07."""
    return next(chain(_dates(text), [None]))


def _dates(text: str) -> Iterator[str]:
    for rule in rules():
        for match in rule.finditer(text):
            parts = match.groupdict()
            month = months()[parts["name"].casefold()] if "name" in parts else int(parts["month"])
            year = int(parts["year"])
            if len(parts["year"]) == 2:
                year += 1900 if year >= PIVOT else 2000
            try:
                yield date(year, month, int(parts["day"])).isoformat()
            except ValueError:  # there is no such day
                continue
