"""Names of countries, languages, days and months in many languages: texts to tell apart."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from rnnbook.cells import checks

LANGUAGES = (
    *("af", "ca", "cs", "cy", "da", "de", "en", "es", "et", "eu", "fi", "fr", "ga", "hr", "hu"),
    *("id", "is", "it", "lt", "lv", "nb", "nl", "pl", "pt", "ro", "sk", "sl", "sv", "sw", "tr"),
    "vi",
)
"""Languages in the Latin alphabet, by their codes in CLDR."""
KINDS_OF_NAMES = ("countries", "languages", "days", "months")
NO_COUNTRIES = {"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"}
Row = tuple[str, int, str]


class Names(NamedTuple):
    """Names, each with its language and with what it names.

    Attributes:
        texts: the N names, all different.
        labels: of each, its language as an index into ``languages``.
        languages: their codes.
        concepts: of each, what it names, the same in every language: ``"countries DE"``.
    """

    texts: list[str]
    labels: list[int]
    languages: list[str]
    concepts: list[str]


def country_names(
    languages: Sequence[str] | None = None, kinds: Sequence[str] = KINDS_OF_NAMES
) -> Names:
    """Names of countries and territories, of languages, of the days of the week, of the months.

    As CLDR writes them, with capitals where the language has them; they depend on the version of
    Babel alone. A name that two of the languages share, but for capitals, is left out of both.

    Args:
        languages: their codes, such as ``["de", "pl"]``; ``LANGUAGES``, 31 of them, if not given.
        kinds: of ``"countries"``, ``"languages"``, ``"days"`` and ``"months"``, those wanted.

    Raises:
        TypeError, ValueError: if a list is none, is empty or holds another thing, or one twice.
        ModuleNotFoundError: if Babel, which brings the names, is not installed.

    Source: Unicode Common Locale Data Repository (CLDR).
    """
    try:
        from babel import Locale, localedata
    except ModuleNotFoundError as missing:
        raise ModuleNotFoundError(
            "country names need babel, which is not installed here; it comes with "
            'rnnbook[course]. In the book\'s folder: pip install -e ".[course]"',
            name=missing.name,
        ) from missing
    known, wanted = localedata.locale_identifiers(), LANGUAGES if languages is None else languages
    languages = _some("languages", wanted, known, "codes of CLDR such as 'de'")
    kinds = _some("kinds", kinds, KINDS_OF_NAMES, f"of {', '.join(KINDS_OF_NAMES)}")
    found: dict[str, list[Row]] = defaultdict(list)
    for label, language in enumerate(languages):
        for concept, text in _named(Locale.parse(language), kinds):
            found[text.casefold()].append((text, label, concept))
    kept = [same[0] for same in found.values() if len({label for _, label, _ in same}) == 1]
    return _names(kept, languages)


def split_names(names: Names) -> tuple[Names, Names, Names]:
    """Cut names by what they name: a country is in one part with its names in all languages.

    Args:
        names: as `country_names` gives them.

    Returns:
        The names of about 80 % of the concepts to train, 10 % to validate and 10 % to test. A hash
        of the concept decides, so each stays in its part, whatever else there is.

    Raises:
        TypeError: if ``names`` is none.
    """
    checks.instance("names", names, Names, "Names, as country_names gives them")
    parts: tuple[list[Row], ...] = ([], [], [])
    for row in zip(names.texts, names.labels, names.concepts, strict=True):
        tenth = hashlib.sha256(row[2].encode()).digest()[0] % 10
        parts[max(0, tenth - 7)].append(row)
    train, validation, test = (_names(part, names.languages) for part in parts)
    return train, validation, test


def _names(rows: list[Row], languages: list[str]) -> Names:
    texts, labels = [text for text, _, _ in rows], [label for _, label, _ in rows]
    return Names(texts, labels, languages, [concept for _, _, concept in rows])


def _named(locale: Any, kinds: list[str]) -> Iterator[tuple[str, str]]:
    """What a language has names for, and the names."""
    for kind in kinds:
        if kind == "countries":  # codes of three figures are continents
            codes = {k for k in locale.territories if len(k) == 2} - NO_COUNTRIES
            names = {code: locale.territories[code] for code in sorted(codes)}
        elif kind == "languages":
            names = dict(sorted(locale.languages.items()))
        else:
            names = getattr(locale, kind)["stand-alone"]["wide"]
        yield from ((f"{kind} {key}", name) for key, name in names.items())


def _some(name: str, value: Sequence[str], known: Sequence[str], which: str) -> list[str]:
    checks.instance(name, value, list | tuple, "a list")
    if not value or any(value.count(one) > 1 or one not in known for one in value):
        raise ValueError(f"{name} must be {which}, each once, got {value!r}")
    return list(value)
