"""The still picture of `OnePassage`: a passage, one reader's two bands, and a table of all."""

from __future__ import annotations

from html import escape
from itertools import groupby
from typing import NamedTuple

from rnncourse import plots

FULL = 8.0  # bits: the end of the scale
_SHADES = 8
_COLUMNS = 60  # of a row, at most
_CELL, _LEFT, _TEXT, _BAND = 12, 60, 24, 14  # user units


class Found(NamedTuple):
    """What one reader says at the cursor, and its two bands in bits, a number a character."""

    cell: str
    title: str
    says: str
    p: float
    upper: list[float]
    lower: list[float]


def named(character: str) -> str:
    names = {" ": "space", "\n": "line end", '"': "double quote", "'": "single quote"}
    return names.get(character, f"“{character}”")


def _strongest(text: str, at: int, bits: list[float]) -> str:
    """`“e” 3 back: 4.2 bits`, as the page says it."""
    t = max(range(len(bits)), key=bits.__getitem__)
    return f"{named(text[t])} {at - t} back: {bits[t]:.1f}\u00a0bits"


def subject(one: Found) -> str:
    return f"the {one.title}{' network' if one.cell == 'simple' else ''}"


def _rows(text: str) -> list[tuple[int, int]]:
    """First and last + 1 of each row; empty lines take no row of their own."""
    starts: list[int] = []
    for t, character in enumerate(text):
        new = t == 0 or (text[t - 1] == "\n" and character != "\n")
        if new or t - starts[-1] == _COLUMNS:
            starts.append(t)
    return list(zip(starts, [*starts[1:], len(text)], strict=True))


def picture(text: str, at: int, one: Found) -> str:
    """The passage with its bands, as SVG; neighbours of one shade are one stroke."""
    rows, tall = _rows(text), _TEXT + 2 * _BAND + 12
    color = {name: f"var(--rnnbook-{name},{plots.COLORS[name]})" for name in plots.COLORS}
    bands = ((one.upper, "accent", "foretold"), (one.lower, one.cell, "really"))
    strokes: dict[tuple[str, int], str] = {}
    parts = []
    for index, (start, end) in enumerate(rows):
        top, seen = index * tall, min(end, at + 1) - start
        line = escape(text[start:end].replace("\n", "↵").replace(" ", "\u00a0"))
        parts.append(
            f'<text x="{_LEFT}" y="{top + 18}" textLength="{(end - start) * _CELL}" '
            f'style="font:20px monospace">{line}</text>'
        )
        for number, (bits, name, label) in enumerate(bands):
            middle = top + _TEXT + number * (_BAND + 1) + _BAND // 2
            if seen > 0:
                parts.append(
                    f'<text x="{_LEFT - 6}" y="{middle + 4}" text-anchor="end">{label}</text>'
                )
            column = 0
            for shade, run in groupby(bits[start : start + max(seen, 0)], _shade):
                width = len(list(run))
                place = f"M{column} {middle}h{width}"
                strokes[name, shade] = strokes.get((name, shade), "") + place
                column += width
    paths = "".join(
        f'<path d="{d}" stroke="{color[name]}" stroke-opacity="{max(shade / _SHADES, 0.06):.2g}"/>'
        for (name, shade), d in strokes.items()
    )
    row = next(index for index, (_, end) in enumerate(rows) if at < end)
    x, width = _LEFT + (at - rows[row][0]) * _CELL, _LEFT + max(b - a for a, b in rows) * _CELL
    alt = (
        f"Read up to {named(text[at])}, {at + 1} characters: {subject(one)} really hangs on "
        f"{_strongest(text, at, one.lower)}; its gradient names {_strongest(text, at, one.upper)}."
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{escape(alt)}" '
        f'viewBox="0 0 {width + 2} {len(rows) * tall}" width="{width + 2}" style="display:block;'
        f'max-width:100%;height:auto;fill:currentColor;font-size:13px">{"".join(parts)}'
        f'<g transform="translate({_LEFT})scale({_CELL} 1)" stroke-width="{_BAND}">{paths}</g>'
        f'<rect x="{x}" y="{row * tall + 1}" width="{_CELL}" height="{tall - 10}" fill="none" '
        f'stroke="currentColor" stroke-width="2"/></svg>'
    )


def _shade(bits: float) -> int:
    """By the root, as the page draws it, or a weak one would not be seen."""
    return round(_SHADES * min(bits / FULL, 1.0) ** 0.5)


def table(text: str, at: int, found: list[Found]) -> str:
    heads = ("reader", "says", "really moves it most", "its gradient names")
    rows = [
        (
            one.title,
            f"{one.says}, {min(round(100 * one.p), 99)}\u00a0%",
            *(_strongest(text, at, bits) for bits in (one.lower, one.upper)),
        )
        for one in found
    ]
    head = "".join(f'<th scope="col">{words}</th>' for words in heads)
    body = "".join(
        f'<tr><th scope="row">{escape(first)}</th>'
        + "".join(f"<td>{escape(words)}</td>" for words in rest)
        + "</tr>"
        for first, *rest in rows
    )
    return f'<table class="rnnbook-passage-table"><thead><tr>{head}</tr></thead>{body}</table>'
