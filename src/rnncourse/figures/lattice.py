"""The lattice of CTC: all paths of a short word through a few frames, and one to walk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, ClassVar

import traitlets

from rnncourse.figures._lattice import (
    RECORDINGS,
    SYMBOLS,
    WORDS,
    Reading,
    came_from,
    checked_path,
    checked_symbols,
    frames_needed,
    ids_of,
    likeliest_path,
    packed_recordings,
    read,
    ways,
    with_blanks,
)
from rnncourse.figures.base import Figure
from rnncourse.plots import number

_PITCH = 40, 34  # of the still picture's cells, in its own units: to be read on a phone
_CELL = 24, 26


class Lattice(Figure):
    """Connectionist temporal classification (CTC): the paths of a word, counted and added up.

    A row is a state of the word, its letters with a blank before, between and after them; a column
    is a frame. The reader walks a path from left to right and sees what it collapses to and how
    probable it is, beside how many paths there are and their probability together. Cells show what
    the network gives, how many ways lead there, their probability α, or the occupancy. Another word
    can be typed, and another recording chosen::

        Lattice()                                            # four recordings made up by hand
        Lattice("–abc", {"one": log_p.exp()}, words=["abc"])  # (T, V), as a network gives them

    Args:
        symbols: a character for each of the V symbols, the first the blank; 2 to 30.
        recordings: probabilities (T, V) by name, rows that add up to 1, T from 1 to 12. The page
            carries six digits of them.
        words: the word that each recording begins with, of at most five letters.
        recording: the recording at first, from 0.
        word: the word at first; that of the recording if not given. It may need more frames than
            there are: the figure says so.
        path: the states, from 0, of a path or the beginning of one; the likeliest path of the word
            if not given.
        numbers: what the cells show: ``"given"`` (the network's probabilities), ``"counted"``
            (ways that lead there), ``"weighted"`` (α) or ``"where"`` (the occupancy).
        question: what the reader is asked to find out.

    Raises:
        traitlets.TraitError: if one of them is none of those, here or when a trait is set later.
            When ``word`` or ``recording`` is set, ``path`` becomes the likeliest one.
    """

    name: ClassVar[str] = "lattice"

    symbols = traitlets.Unicode().tag(sync=True)
    recordings: Any = traitlets.List(traitlets.Dict()).tag(sync=True)
    words: Any = traitlets.List(traitlets.Unicode()).tag(sync=True)
    recording = traitlets.Int().tag(sync=True)
    word = traitlets.Unicode().tag(sync=True)
    path: Any = traitlets.List(traitlets.Int()).tag(sync=True)
    numbers = traitlets.Unicode().tag(sync=True)
    question = traitlets.Unicode().tag(sync=True)

    def __init__(
        self,
        symbols: str = SYMBOLS,
        recordings: Mapping[str, Any] = RECORDINGS,
        words: Sequence[str] = WORDS,
        *,
        recording: int = 0,
        word: str | None = None,
        path: Sequence[int] | None = None,
        numbers: str = "counted",
        question: str = "How many paths spell this word, and what are they worth together?",
    ) -> None:
        rows = packed_recordings(recordings, len(checked_symbols(symbols)))
        starts = [words] if isinstance(words, str) else list(words)
        if len(starts) != len(rows):
            raise traitlets.TraitError(
                f"words must be {len(rows)}, one a recording, got {len(starts)}"
            )
        for start, one in zip(starts, rows, strict=True):
            needed = frames_needed(ids_of("each of words", start, symbols))
            if needed > len(one["p"]):
                raise traitlets.TraitError(
                    f"each of words must fit its recording: {start!r} needs {needed} frames, one a "
                    f"letter and one more between equal letters, got {len(one['p'])}"
                )
        at = _checked_place(recording, len(rows))
        first = starts[at] if word is None else word
        states = with_blanks(ids_of("word", first, symbols))
        super().__init__(
            symbols=symbols,
            recordings=rows,
            words=starts,
            recording=at,
            word=first,
            path=likeliest_path(rows[at]["p"], states) if path is None else list(path),
            numbers=numbers,
            question=question,
        )
        self.observe(self._begin_anew, ["word", "recording"])

    def _begin_anew(self, _: Any) -> None:
        self.path = likeliest_path(self._p(), self._states())

    def _p(self) -> list[list[float]]:
        return self.recordings[self.recording]["p"]

    def _states(self) -> list[int]:
        return with_blanks(ids_of("word", self.word, self.symbols))

    @traitlets.validate("recording")
    def _check_recording(self, proposal: Any) -> int:
        return _checked_place(proposal["value"], len(self.recordings))

    @traitlets.validate("word")
    def _check_word(self, proposal: Any) -> str:
        ids = ids_of("word", proposal["value"], self.symbols)
        return "".join(self.symbols[k] for k in ids)

    @traitlets.validate("path")
    def _check_path(self, proposal: Any) -> list[int]:
        return checked_path(proposal["value"], len(self._p()), self._states())

    @traitlets.validate("numbers")
    def _check_numbers(self, proposal: Any) -> str:
        if proposal["value"] not in (known := ("given", "counted", "weighted", "where")):
            some = ", ".join(map(repr, known))
            raise traitlets.TraitError(f"numbers must be one of {some}, got {proposal['value']!r}")
        return proposal["value"]

    def reading(self) -> Reading:
        """What the page says of the word and the path that it shows."""
        ids = ids_of("word", self.word, self.symbols)
        return read(self._p(), ids, self.path, self.symbols)

    def still(self) -> str:
        """The lattice, its arrows and the path; a cell is shaded by its symbol’s probability."""
        p, states = self._p(), self._states()
        found, named = self.reading(), f"“{escape(self.word)}”" if self.word else "nothing"
        T, S = len(p), len(states)
        if not found.paths:
            needed = frames_needed(ids_of("word", self.word, self.symbols))
            says = f"{named} needs at least {needed} frames, and there are {T}."
        else:
            s = "" if found.paths == 1 else "s"
            says = (
                f"{found.paths} path{s} through {T} frames collapse{'' if s else 's'} to {named}, "
                f"together with probability {number(found.p, 2)}."
            )
        if self.path:
            whole = len(self.path) == T
            says += (
                f" The path drawn {'is' if whole else 'begins'} {escape(found.path)}: it collapses "
                f"to {escape(found.collapsed) or 'nothing'}, and has {number(found.p_path, 2)}."
            )
        width, height = 30 + T * _PITCH[0], 26 + S * _PITCH[1]
        return (
            '<div class="rnnbook-lattice-still">'
            f'<svg viewBox="0 0 {width} {height}" style="max-width:{width}px" role="img" '
            f'aria-label="A row a state, a column a frame. {says}">'
            f'<path class="rnnbook-lattice-arrow" d="{self._arrows(p, states)}"/>'
            f"{self._cells(p, states)}{self._heads(T, states)}"
            f'<path class="rnnbook-lattice-walk" d="{_walk(self.path)}"/></svg><p>{says}</p></div>'
        )

    def _arrows(self, p: list[list[float]], states: list[int]) -> str:
        counts = ways(len(p), states)
        return "".join(
            f"M{_left(t - 1) + _CELL[0]} {_middle(r)}L{_left(t)} {_middle(s)}"
            for t in range(1, len(p))
            for s in range(len(states))
            for r in came_from(states, s)
            if counts[t - 1, r]
        )

    def _cells(self, p: list[list[float]], states: list[int]) -> str:
        size = f'width="{_CELL[0]}" height="{_CELL[1]}"'
        back = "".join(
            f'<rect x="{_left(t)}" y="{_middle(s) - _CELL[1] // 2}" {size} '
            f'fill-opacity="{0.6 * row[k]:.2f}"/>'
            for t, row in enumerate(p)
            for s, k in enumerate(states)
        )
        return f'<g class="rnnbook-lattice-cells">{back}</g>'

    def _heads(self, T: int, states: list[int]) -> str:
        rows = "".join(
            f'<text x="10" y="{_middle(s) + 5}">{escape(self.symbols[k])}</text>'
            for s, k in enumerate(states)
        )
        columns = "".join(f'<text x="{_left(t) + 8}" y="16">{t + 1}</text>' for t in range(T))
        return rows + columns


def _left(t: int) -> int:
    return 30 + t * _PITCH[0]


def _middle(s: int) -> int:
    return 26 + s * _PITCH[1] + _CELL[1] // 2


def _walk(path: Sequence[int]) -> str:
    """The path from cell to cell: along each, and on to the next."""
    return "".join(
        f"{'L' if t else 'M'}{_left(t)} {_middle(s)}h{_CELL[0]}" for t, s in enumerate(path)
    )


def _checked_place(recording: Any, count: int) -> int:
    if not isinstance(recording, int) or not 0 <= recording < count:
        raise traitlets.TraitError(
            f"recording must be one of {count}, from 0 to {count - 1}, got {recording!r}"
        )
    return recording
