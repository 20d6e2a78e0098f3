"""One passage, three readers: what each answer hangs on, by the gradient and in truth."""

from __future__ import annotations

from html import escape
from itertools import groupby
from typing import Any, ClassVar, NamedTuple

import torch
import traitlets
from torch import Tensor

from rnnbook.cells import GRUCell, LSTMCell, SimpleCell
from rnnbook.data import KINDS, Vocabulary
from rnnbook.models.reader import Changes, Reader, changes
from rnncourse import plots
from rnncourse.figures.base import Figure

SHOWS = ("forecast", "norm")
FULL = 8.0  # bits: the end of the scale
_CELLS = {"simple": SimpleCell, "lstm": LSTMCell, "gru": GRUCell}
_OTHERS = "ea"  # what a character becomes that is the new letter already
_SHADES = 8
_CELL, _LEFT, _TEXT, _STAVE, _BAND = 9, 52, 20, 16, 6  # user units


class OnePassage(Figure):
    """Three readers go through one passage, and say of each character: code, comment or string.

    The reader of the book moves a cursor. For every character before it, each reader's gradient
    foretells how far the answer at the cursor would move if that one character were another, and
    the page also replaces it and runs the reader again. The answer is the log-odds of the true
    kind, in bits::

        OnePassage(**shipped())
        OnePassage(**shipped(), passage=2, at=58, letter="#")

    Args:
        readers: one a cell: its ``title``, its ``kind`` (``"simple"``, ``"lstm"`` or ``"gru"``),
            ``H``, and its ``parameters`` by letter, as `rnnbook.models.reader.Reader.pack` gives
            them.
        alphabet: the characters that the readers know; the last stands for all others.
        passages: what can be read: ``title``, ``text``, ``source``, the true ``kinds`` (a digit a
            character, an index into `rnnbook.data.KINDS`), and where it opens, ``at`` and
            ``origin``.
        passage: which passage is shown first, from 0.
        at: the cursor, a character of the passage counted from 1; the passage's own if not given.
        origin: the character that is replaced, the same.
        letter: what characters are replaced by, one of ``alphabet``; ``"e"``, and a character that
            is one already becomes ``"a"``.
        shows: what the gradient's band shows, ``"forecast"`` (what it foretells of the
            replacement) or ``"norm"`` (its Euclidean norm at that character).

    Raises:
        traitlets.TraitError: if one of them is none of those, here or when a trait is set later.

    Attributes:
        readers: as they were given; of each parameter ``levels``, the rows of
            `rnnbook.models.packing` in one line, and ``scales``, one a row.
    """

    name: ClassVar[str] = "one_passage"

    readers: Any = traitlets.List().tag(sync=True)
    alphabet = traitlets.Unicode().tag(sync=True)
    passages: Any = traitlets.List().tag(sync=True)
    passage = traitlets.Int(0).tag(sync=True)
    at = traitlets.Int(1).tag(sync=True)
    origin = traitlets.Int(1).tag(sync=True)
    letter = traitlets.Unicode("e").tag(sync=True)
    shows = traitlets.Unicode("forecast").tag(sync=True)

    def __init__(
        self,
        *,
        readers: list[dict[str, Any]],
        alphabet: str,
        passages: list[dict[str, Any]],
        passage: int = 0,
        at: int | None = None,
        origin: int | None = None,
        letter: str = "e",
        shows: str = "forecast",
    ) -> None:
        _check_range("passage", passage, 0, len(passages) - 1)
        opens = passages[passage]
        self._networks = {trait["kind"]: _network(trait, len(alphabet)) for trait in readers}
        super().__init__(
            readers=[_in_one_line(trait) for trait in readers],
            alphabet=alphabet,
            passages=passages,
            passage=passage,
            at=opens["at"] if at is None else at,
            origin=opens["origin"] if origin is None else origin,
            letter=letter,
            shows=shows,
        )

    @traitlets.validate("passage", "at", "origin")
    def _check_place(self, proposal: Any) -> int:
        name, value = proposal["trait"].name, proposal["value"]
        if name == "passage":
            return _check_range(name, value, 0, len(self.passages) - 1)
        return _check_range(name, value, 1, self._length())

    @traitlets.validate("letter", "shows")
    def _check_name(self, proposal: Any) -> str:
        name, value = proposal["trait"].name, proposal["value"]
        allowed = SHOWS if name == "shows" else tuple(self.alphabet)
        if value not in allowed:
            some = " or ".join(map(repr, SHOWS)) if name == "shows" else "one of alphabet"
            raise traitlets.TraitError(f"{name} must be {some}, got {value!r}")
        return value

    @traitlets.observe("passage")
    def _keep_places_within(self, change: Any) -> None:
        self.at, self.origin = min(self.at, self._length()), min(self.origin, self._length())

    def _length(self) -> int:
        return len(self.passages[self.passage]["text"])

    def changes(self, cell: str) -> Changes:
        """What replacing each character of the passage by the letter does to a reader's answers.

        Args:
            cell: ``"simple"``, ``"lstm"`` or ``"gru"``.

        Returns:
            Bits, (T, T) each: a row a cursor, a column a character.
        """
        ids, kinds, new = self._read()
        with torch.enable_grad():
            return changes(self._networks[cell], ids, kinds, new)

    def _read(self) -> tuple[Tensor, Tensor, Tensor]:
        """Ids, true kinds, and what each character becomes: (T) each."""
        known = Vocabulary(self.alphabet, unknown=self.alphabet[-1])
        shown = self.passages[self.passage]
        ids = known.encode(shown["text"])
        kinds = torch.tensor([int(kind) for kind in shown["kinds"]])
        letter = known.encode(self.letter)
        other = known.encode(next(other for other in _OTHERS if other != self.letter))
        return ids, kinds, torch.where(ids == letter, other, letter)

    def still(self) -> str:
        """The state it is in: text and bands as a picture, and what stands out as a table."""
        rows = [self._findings(trait["kind"], trait["title"]) for trait in self.readers]
        text, at = self.passages[self.passage]["text"], self.at - 1
        above = (
            "the norm of its gradient" if self.shows == "norm" else "how far its gradient foretells"
        )
        legend = (
            f"If one character were {_named(self.letter)}, how far would the answer at the boxed "
            f"one move? Under each, two bands for each reader: in violet, {above}; in its own "
            f"colour, how far it really moves. Darkest from {FULL:g} bits on."
        )
        return f"<p>{escape(legend)}</p>{_picture(text, at, rows)}{_table(text, at, rows)}"

    def _findings(self, cell: str, title: str) -> _Found:
        at, found = self.at - 1, self.changes(cell)
        p = self._networks[cell](self._read()[0][:, None])[at, 0].detach().softmax(dim=-1)
        upper = (found.norm if self.shows == "norm" else found.foretold)[at, : self.at]
        best = int(p.argmax())
        return _Found(
            cell,
            title,
            KINDS[best],
            float(p[best]),
            upper.tolist(),
            found.real[at, : self.at].tolist(),
        )


class _Found(NamedTuple):
    """What one reader says at the cursor, and its two bands in bits, a number a character."""

    cell: str
    title: str
    says: str
    p: float
    upper: list[float]
    lower: list[float]


def _network(trait: dict[str, Any], symbols: int) -> Reader:
    """A reader in double precision; the random numbers of whoever looks on are left alone."""
    with torch.random.fork_rng(devices=[]):
        reader = Reader(_CELLS[trait["kind"]], symbols, trait["H"]).double()
    return reader.unpack(trait["parameters"])


def _check_range(name: str, value: int, low: int, high: int) -> int:
    if not isinstance(value, int) or not low <= value <= high:
        raise traitlets.TraitError(f"{name} must be {low} to {high}, got {value!r}")
    return value


def _in_one_line(trait: dict[str, Any]) -> dict[str, Any]:
    """A reader with the rows of each parameter joined: half a kilobyte less for a page to carry."""
    parameters = {
        name: {"levels": "".join(packed["rows"]), "scales": packed["scales"]}
        for name, packed in trait["parameters"].items()
    }
    return {**trait, "parameters": parameters}


def _named(character: str) -> str:
    names = {" ": "space", "\n": "line end", '"': "double quote", "'": "single quote"}
    return names.get(character, f"“{character}”")


def _strongest(text: str, at: int, bits: list[float]) -> str:
    """`“e” 3 back: 4.2 bits`, as the page says it."""
    t = max(range(len(bits)), key=bits.__getitem__)
    return f"{_named(text[t])} {at - t} back: {bits[t]:.1f}\u00a0bits"


def _rows(text: str) -> list[tuple[int, int]]:
    """First and last + 1 of each row; empty lines take no row of their own."""
    starts = [t for t in range(len(text)) if t == 0 or (text[t - 1] == "\n" and text[t] != "\n")]
    return list(zip(starts, [*starts[1:], len(text)], strict=True))


def _picture(text: str, at: int, found: list[_Found]) -> str:
    """The passage with its bands, as SVG; neighbours of one shade are one stroke."""
    rows, tall = _rows(text), _TEXT + _STAVE * len(found) + 10
    color = {name: f"var(--rnnbook-{name},{plots.COLORS[name]})" for name in plots.COLORS}
    strokes: dict[tuple[str, int], str] = {}
    parts = []
    for index, (start, end) in enumerate(rows):
        top, seen = index * tall, min(end, at + 1) - start
        line = escape(text[start:end].replace("\n", "↵").replace(" ", "\u00a0"))
        parts.append(
            f'<text x="{_LEFT}" y="{top + 14}" textLength="{(end - start) * _CELL}" '
            f'style="font:15px monospace">{line}</text>'
        )
        for number, one in enumerate(found):
            y = top + _TEXT + number * _STAVE
            if seen > 0:
                parts.append(
                    f'<text x="{_LEFT - 6}" y="{y + 10}" text-anchor="end">{one.title}</text>'
                )
            for bits, name, middle in ((one.upper, "accent", y + 3), (one.lower, one.cell, y + 10)):
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
    alt = f"Read up to {_named(text[at])}, {at + 1} characters. " + " ".join(
        f"{one.title} really hangs on {_strongest(text, at, one.lower)}; its gradient names "
        f"{_strongest(text, at, one.upper)}."
        for one in found
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{escape(alt)}" '
        f'viewBox="0 0 {width + 2} {len(rows) * tall}" width="{width + 2}" style="display:block;'
        f'max-width:100%;height:auto;fill:currentColor;font-size:11px">{"".join(parts)}'
        f'<g transform="translate({_LEFT})scale({_CELL} 1)" stroke-width="{_BAND}">{paths}</g>'
        f'<rect x="{x}" y="{row * tall + 1}" width="{_CELL}" height="{tall - 10}" fill="none" '
        f'stroke="currentColor" stroke-width="2"/></svg>'
    )


def _shade(bits: float) -> int:
    """By the root, as the page draws it, or a weak one would not be seen."""
    return round(_SHADES * min(bits / FULL, 1.0) ** 0.5)


def _table(text: str, at: int, found: list[_Found]) -> str:
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
