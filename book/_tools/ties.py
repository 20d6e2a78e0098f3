"""Numbers in prose that state a result, and the claims that they are tied to.

A tie is an invisible comment behind the number. It names a claim and which figure of it the number
is: ``97 %<!--claim:reads-comments:median-->``. The number is written from the claim's record, in
the form in which it stands (its places, its per cent, its power of ten, a word up to twelve).
Without a figure, ``<!--claim:ID-->``, the number is an end of the claim's bound, as its author
typed it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

Claims = Mapping[str, Mapping[str, Any]]

FIGURES = ("median", "low", "high", "count", "measured", "published", "bound")
WORDS = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
WORDS += ("eleven", "twelve")

_DIGITS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
_RAISED = str.maketrans("0123456789-−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁻")
_POWER = r"10\s*(?:\^\s*\{?\s*(?P<latex>[-−]?\d+)\s*\}?|(?P<superscript>[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+))"
_DECIMAL = r"\d[\d,]*(?:\.\d+)?(?:[eE][-+]?\d+)?|\.\d+"
_NUMBER = re.compile(
    rf"(?P<sign>[-−])?(?<![\w.,])"
    rf"(?:(?:(?P<factor>{_DECIMAL})\s*(?:×|·|\\times|\\cdot)\s*)?{_POWER}|(?P<decimal>{_DECIMAL})"
    rf"|(?P<word>{'|'.join(WORDS)}))"
    r"\s*(?P<percent>\\?%|per\s?cent\b)?[\s$*_`]*$",
    re.IGNORECASE,
)
_OF = re.compile(rf"(?:(?<=\s)|^)\s*of (?P<seeds>\d+|{'|'.join(WORDS)})[\s$*_`]*$", re.IGNORECASE)
_TIE = re.compile(r"<!--\s*claim:\s*(?P<id>[^>:]*?)\s*(?::\s*(?P<figure>[^>]*?)\s*)?-->")
_SHOWN = re.compile(r"`[^`\n]*<!--[^`\n]*`")  # a tie that is shown, not made


class Place(NamedTuple):
    """A tie, and the number before it."""

    id: str
    figure: str | None
    number: re.Match[str] | None
    """Matched against ``before``."""
    seeds: re.Match[str] | None
    """What stands behind a count, as in "8 of 10"."""
    before: str
    start: int
    """Where ``before`` begins in the text."""


def places(prose: str) -> Iterator[Place]:
    """All ties of some Markdown."""
    # What is shown is blanked, so that places stay where they are.
    source = _SHOWN.sub(lambda shown: " " * len(shown[0]), prose)
    for tie in _TIE.finditer(source):
        start = max(0, tie.start() - 60)
        before = source[start : tie.start()]
        seeds = _OF.search(before) if tie["figure"] == "count" else None
        number = _NUMBER.search(before, 0, seeds.start() if seeds else len(before))
        yield Place(tie["id"], tie["figure"], number, seeds, before, start)


def problems(prose: str, known: Claims) -> list[str]:
    """Where the number before a tie is not what its claim says.

    Args:
        prose: Markdown.
        known: all claims of the book by their ids.
    """
    found = []
    for place in places(prose):
        id, figure = place.id, place.figure
        if id not in known:
            found.append(f"the prose is tied to claim {id!r}, which nothing makes")
        elif place.number is None:
            tail = place.before[-30:].strip()
            found.append(f"no number stands before <!--claim:{id}-->, but {tail!r}")
        elif figure is None or figure == "bound":
            values = _values(place.number)
            if not any(_is_end(value, known[id]["bound"]) for value in values):
                found.append(
                    f"the prose says {values[0]:g}, but the bound of claim {id} is "
                    f"{known[id]['bound']}"
                )
        elif figure not in FIGURES:
            found.append(f"claim {id} is asked for {figure!r}; there are {', '.join(FIGURES)}")
        elif _of(known[id], figure) is None:
            found.append(f"claim {id} has no {figure} that is a number")
        else:
            for before, after in _changes(place, known[id]):
                found.append(f"the prose says {before!r}, and claim {id}: {figure} {after!r}")
    return found


def rewritten(prose: str, known: Claims) -> str:
    """Markdown whose tied numbers say what the claims say; bounds are left as they were typed."""
    for place in reversed(list(places(prose))):
        record = known.get(place.id)
        if record is None or place.number is None or place.figure in (None, "bound"):
            continue
        if place.figure not in FIGURES or _of(record, place.figure) is None:
            continue
        for match, text in reversed(_spans(place, record)):
            start, end = (place.start + edge for edge in match)
            prose = prose[:start] + text + prose[end:]
    return prose


def _changes(place: Place, record: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for (start, end), text in _spans(place, record):
        if place.before[start:end] != text:
            yield place.before[start:end], text


def _spans(place: Place, record: Mapping[str, Any]) -> list[tuple[tuple[int, int], str]]:
    """What has to stand where in ``place.before``, in reading order."""
    assert place.number is not None
    assert place.figure is not None
    value = _of(record, place.figure)
    assert value is not None
    spans = _written(place.number, value)
    if place.seeds is not None:
        number = place.seeds["seeds"]
        spans.append((place.seeds.span("seeds"), _whole(number, record["recorded"]["seeds"])))
    return spans


def _of(record: Mapping[str, Any], figure: str) -> float | None:
    """A figure of a claim, if it has it."""
    summary = record.get("recorded") or {}
    if figure in ("measured", "published"):
        value = record.get(figure)
    elif figure == "count":
        value = summary.get("median") if summary.get("counted") else record.get("measured")
    else:
        value = summary.get(figure)
    return value if isinstance(value, int | float) else None


def _written(found: re.Match[str], value: float) -> list[tuple[tuple[int, int], str]]:
    """A value in the form of the number that was found."""
    if found["percent"] and abs(value) <= 1:  # a claim may measure a fraction or a percentage
        value *= 100
    sign = "−" if value < 0 else ""
    if sign and found["sign"]:
        sign = found["sign"]
    size = abs(value)
    if found["word"]:
        spans = [(found.span("word"), _whole(found["word"], size))]
    elif found["decimal"]:
        spans = [(found.span("decimal"), _decimal(found["decimal"], size, found["percent"]))]
    else:
        spans = _power(found, size)
    before = found.start(), found.end("sign") if found["sign"] else found.start()
    return [(before, sign), *spans]


def _whole(like: str, value: float) -> str:
    """A whole number as a word, where a word stood and there is one."""
    if like.isdigit() or value != int(value) or value >= len(WORDS):
        return _decimal("", value, None)
    word = WORDS[int(value)]
    return word.capitalize() if like[:1].isupper() else word


def _decimal(like: str, size: float, percent: str | None) -> str:
    if "e" in like.lower():
        return _scientific(size, _places(re.split("[eE]", like)[0]))
    count = _places(like)
    # What is not nothing must not read as nothing, nor as all.
    limits = (0.0, 100.0) if percent else (0.0, 1.0) if size < 1 else (0.0,)
    while any(float(f"{size:.{count}f}") == limit != size for limit in limits) and count < 12:
        count += 1
    if 0 < size < 1e-6:
        return _scientific(size, 0)
    commas = "," if size >= 1000 and ("," in like or count == 0) else ""
    return f"{size:{commas}.{count}f}"


def _scientific(size: float, places: int) -> str:
    mantissa, exponent = f"{size:.{places}e}".split("e")
    return f"{mantissa}e{int(exponent)}"


def _power(found: re.Match[str], size: float) -> list[tuple[tuple[int, int], str]]:
    """The factor, if there is one, and the exponent."""
    spans = []
    if found["factor"]:
        factor, exponent = _scientific(size, _places(found["factor"])).split("e")
        spans.append((found.span("factor"), factor))
    else:
        exponent = str(round(math.log10(size)) if size else 0)
    if found["latex"]:
        minus = "−" if "−" in found["latex"] else "-"
        spans.append((found.span("latex"), exponent.replace("-", minus)))
    else:
        spans.append((found.span("superscript"), exponent.translate(_RAISED)))
    return spans


def _places(number: str) -> int:
    return len(number.partition(".")[2])


def _values(number: re.Match[str]) -> list[float]:
    """What a number may mean."""
    sign = -1.0 if number["sign"] else 1.0
    if number["word"]:
        value = sign * WORDS.index(number["word"].lower())
    elif number["decimal"]:
        value = sign * float(number["decimal"].replace(",", ""))
    else:
        power = (number["latex"] or number["superscript"]).translate(_DIGITS).replace("−", "-")
        value = sign * float((number["factor"] or "1").replace(",", "")) * 10.0 ** int(power)
    # A claim may measure a fraction or a percentage; the prose says 90 % of either.
    return [value / 100, value] if number["percent"] else [value]


def _is_end(value: float, bound: list[float | None]) -> bool:
    return any(end is not None and math.isclose(value, end, rel_tol=1e-9) for end in bound)
