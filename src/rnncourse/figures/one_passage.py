"""One passage, three readers: what each answer hangs on, by the gradient and in truth."""

from __future__ import annotations

from html import escape
from typing import Any, ClassVar

import torch
import traitlets
from torch import Tensor

from rnnbook.data import KINDS, Vocabulary
from rnncourse.experiments.reader import Changes, changes
from rnncourse.figures._passage import FULL, Found, named, picture, subject, table
from rnncourse.figures._reader import CELLS, in_one_line, network
from rnncourse.figures.base import Figure

SHOWS = ("forecast", "norm")
MOST_TYPED = 200  # characters of a reader's own text
_OTHERS = "ea"  # what a character becomes that is the new letter already


class OnePassage(Figure):
    """Three readers go through one passage, and say of each character: code, comment or string.

    The reader of the book looks at one of them at a time, and moves a cursor. For every character
    before it, the gradient foretells how far the answer at the cursor would move if that one
    character were another, and the page also replaces it and runs the reader again. The answer is
    the log-odds of the true kind, in bits. A table sets the three side by side::

        OnePassage(**shipped())
        OnePassage(**shipped(), reader="gru", passage=2, at=58, letter="#")
        OnePassage(**shipped(), text="x = '# no'  # yes")

    What is right in a text that somebody types is not known: there the answer is the log-odds of
    what the reader says itself.

    Args:
        readers: one a cell: its ``title``, its ``kind`` (``"simple"``, ``"lstm"`` or ``"gru"``),
            ``H``, and its ``parameters`` by letter, as `rnncourse.experiments.reader.Reader.pack`
            gives them.
        alphabet: the characters that the readers know; the last stands for all others.
        passages: what can be read: ``title``, ``text``, ``source``, the true ``kinds`` (a digit a
            character, an index into `rnnbook.data.KINDS`), and where it opens, ``at`` and
            ``origin``.
        reader: whose bands are shown, by its kind.
        passage: which passage is shown first, from 0.
        text: what is read in its place, at most 200 characters; nothing if it is empty.
        at: the cursor, a character counted from 1; if not given the passage's own, or the end of
            ``text``.
        origin: the character that is replaced; if not given the passage's own, or the first.
        letter: what characters are replaced by, one of ``alphabet``; ``"e"``, and a character that
            is one already becomes ``"a"``.
        shows: what the gradient's band shows, ``"forecast"`` (what it foretells of the
            replacement) or ``"norm"`` (its Euclidean norm at that character).

    Raises:
        traitlets.TraitError: if one of them is none of those, here or when a trait is set later.

    Attributes:
        readers: as they were given; of each parameter ``levels``, the rows of
            `rnncourse.experiments.packing` in one line, and ``scales``, one a row.
    """

    name: ClassVar[str] = "one_passage"

    readers: Any = traitlets.List().tag(sync=True)
    alphabet = traitlets.Unicode().tag(sync=True)
    passages: Any = traitlets.List().tag(sync=True)
    reader = traitlets.Unicode("simple").tag(sync=True)
    text = traitlets.Unicode("").tag(sync=True)
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
        reader: str = "simple",
        passage: int = 0,
        text: str = "",
        at: int | None = None,
        origin: int | None = None,
        letter: str = "e",
        shows: str = "forecast",
    ) -> None:
        _check_range("passage", passage, 0, len(passages) - 1)
        opens = {"at": len(text), "origin": 1} if text else passages[passage]
        self._networks = {
            trait["kind"]: network(trait, len(alphabet), len(KINDS)) for trait in readers
        }
        super().__init__(
            readers=[in_one_line(trait) for trait in readers],
            alphabet=alphabet,
            passages=passages,
            reader=reader,
            passage=passage,
            text=text,
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

    @traitlets.validate("reader", "letter", "shows")
    def _check_name(self, proposal: Any) -> str:
        name, value = proposal["trait"].name, proposal["value"]
        names = {"reader": tuple(CELLS), "shows": SHOWS}
        if value not in names.get(name, tuple(self.alphabet)):
            some = " or ".join(map(repr, names[name])) if name in names else "one of alphabet"
            raise traitlets.TraitError(f"{name} must be {some}, got {value!r}")
        return value

    @traitlets.validate("text")
    def _check_text(self, proposal: Any) -> str:
        if len(proposal["value"]) > MOST_TYPED:
            raise traitlets.TraitError(
                f"text must have at most {MOST_TYPED} characters, got {len(proposal['value'])}"
            )
        return proposal["value"]

    @traitlets.observe("passage", "text")
    def _keep_places_within(self, change: Any) -> None:
        self.at, self.origin = min(self.at, self._length()), min(self.origin, self._length())

    def _length(self) -> int:
        return len(self._shown())

    def _shown(self) -> str:
        """What is read: the text that was typed, or the passage."""
        return self.text or self.passages[self.passage]["text"]

    def changes(self, cell: str) -> Changes:
        """What replacing each character of the passage by the letter does to a reader's answers.

        Args:
            cell: ``"simple"``, ``"lstm"`` or ``"gru"``.

        Returns:
            Bits, (T, T) each: a row a cursor, a column a character.
        """
        ids, new = self._read()
        with torch.enable_grad():
            return changes(self._networks[cell], ids, self._kinds(cell), new)

    def answers(self, cell: str) -> Tensor:
        """The probability of each kind at each character, by a reader's ``cell``: (T, 3)."""
        with torch.no_grad():
            return self._networks[cell](self._read()[0][:, None])[:, 0].softmax(dim=-1)

    def _read(self) -> tuple[Tensor, Tensor]:
        """Ids, and what each character becomes: (T) each."""
        known = Vocabulary(self.alphabet, unknown=self.alphabet[-1])
        ids = known.encode(self._shown())
        letter = known.encode(self.letter)
        other = known.encode(next(other for other in _OTHERS if other != self.letter))
        return ids, torch.where(ids == letter, other, letter)

    def _kinds(self, cell: str) -> Tensor:
        """The true kinds, (T); of a text that was typed, what the reader says."""
        if self.text:
            return self.answers(cell).argmax(dim=-1)
        return torch.tensor([int(kind) for kind in self.passages[self.passage]["kinds"]])

    def still(self) -> str:
        """The state it is in: text and bands as a picture, and what stands out as a table."""
        rows = [self._findings(trait["kind"], trait["title"]) for trait in self.readers]
        text, at = self._shown(), self.at - 1
        one = next(row for row in rows if row.cell == self.reader)
        above = (
            "the norm of its gradient" if self.shows == "norm" else "how far its gradient foretells"
        )
        legend = (
            f"If one character were {named(self.letter)}, how far would the answer of "
            f"{subject(one)} at the boxed one move? Under each, two bands: in violet, {above}; "
            f"below, how far it really moves. Darkest from {FULL:g} bits on."
        )
        if self.text:
            legend += " What is right here is not known: the bits are of its own answer."
        return f"<p>{escape(legend)}</p>{picture(text, at, one)}{table(text, at, rows)}"

    def _findings(self, cell: str, title: str) -> Found:
        at, found = self.at - 1, self.changes(cell)
        p = self.answers(cell)[at]
        upper = (found.norm if self.shows == "norm" else found.foretold)[at, : self.at]
        best = int(p.argmax())
        return Found(
            cell,
            title,
            KINDS[best],
            float(p[best]),
            upper.tolist(),
            found.real[at, : self.at].tolist(),
        )


def _check_range(name: str, value: int, low: int, high: int) -> int:
    if not isinstance(value, int) or not low <= value <= high:
        raise traitlets.TraitError(f"{name} must be {low} to {high}, got {value!r}")
    return value
