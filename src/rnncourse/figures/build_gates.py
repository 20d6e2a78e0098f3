"""Build the gates: a memory that only adds, four puzzles, and switches to pass them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, NamedTuple

import traitlets

from rnncourse.figures.base import Figure

Switches = Mapping[str, Sequence[int]]

RIGHT: dict[str, tuple[int, int, int]] = {
    "store": (1, 0, 0),
    "add": (1, 1, 0),
    "skip": (0, 1, 0),
    "clear": (0, 0, 0),
    "ask": (0, 1, 1),
}
"""What each command asks of the switches, in the order i (write), f (keep), o (read)."""

_MEANING = {
    "store": "the number replaces what is held",
    "add": "the number is added to what is held",
    "skip": "the number means nothing",
    "clear": "nothing is held any more",
    "ask": "say what is held; the number means nothing",
}
_BEFORE_KEEP = {"store": "hold the number; so far nothing is held"}
"""What is said of a command where the memory cannot let go yet, and only adds."""

Stream = tuple[tuple[str, int], ...]

PUZZLES: tuple[tuple[str, str, str, Stream], ...] = (
    (
        "Hold the first number",
        "Always say the number that came with store.",
        "i",
        (("store", 3), ("skip", 5), ("skip", -2), ("skip", 4), ("skip", -6), ("skip", 1)),
    ),
    (
        "Forget when told",
        "Always say the latest stored number, and 0 after clear.",
        "if",
        (
            *(("store", 4), ("skip", -2), ("clear", 7), ("skip", 5)),
            *(("store", -3), ("skip", 8), ("store", 6), ("skip", 1)),
        ),
    ),
    (
        "Speak only when asked",
        "Say what is held at ask, and 0 at every other step.",
        "ifo",
        (
            *(("store", 4), ("skip", 5), ("ask", 9), ("skip", -2)),
            *(("store", -6), ("ask", 3), ("clear", 2), ("ask", 8)),
        ),
    ),
    (
        "All at once: a cash desk",
        "Store, add and clear; say the sum at ask, and 0 at every other step.",
        "ifo",
        (
            *(("store", 5), ("add", 3), ("skip", 8), ("ask", -4), ("add", -2), ("ask", 7)),
            *(("clear", 9), ("add", 4), ("ask", 1), ("store", 2), ("ask", 6)),
        ),
    ),
)
"""Title, task, the switches that there are, and the commands with their numbers."""


class Run(NamedTuple):
    """What a memory did: ``c_t`` and ``y_t`` for each step."""

    c: list[int]
    y: list[int]


def run(stream: Stream, switches: Switches, there: str = "ifo") -> Run:
    """Run ``c_t = f_t c_{t-1} + i_t x_t``, ``y_t = o_t c_t`` from ``c_0 = 0``.

    Args:
        stream: commands with their numbers.
        switches: for each command i, f and o, each 0 or 1.
        there: which switches there are; the others are 1.
    """
    c, done = 0, Run([], [])
    for command, x in stream:
        set_to = zip("ifo", switches[command], strict=True)
        i, f, o = (value if name in there else 1 for name, value in set_to)
        c = f * c + i * x
        done.c.append(c)
        done.y.append(o * c)
    return done


class BuildGates(Figure):
    """A memory ``c ← c + x``, four puzzles, and the switches that it takes to pass them.

    The reader sets, for each command, what each switch does. A command keeps its switches from
    one puzzle to the next, as it means the same in all of them.

    Attributes:
        puzzle: which of the four, counted from 0.
        switches: for each command i (write), f (keep) and o (read), each 0 or 1.
        puzzles: what the page is given of the puzzles; not to be changed.
    """

    name = "build_gates"

    puzzle = traitlets.Int(0, min=0, max=len(PUZZLES) - 1).tag(sync=True)
    switches = traitlets.Dict().tag(sync=True)
    puzzles = traitlets.List(traitlets.Dict()).tag(sync=True)

    @traitlets.default("switches")
    def _all_on(self) -> dict[str, list[int]]:
        return {command: [1, 1, 1] for command in RIGHT}

    @traitlets.default("puzzles")
    def _puzzles(self) -> list[dict[str, Any]]:
        return [
            {
                "title": title,
                "task": task,
                "there": there,
                "stream": [list(step) for step in stream],
                "held": run(stream, RIGHT, there).c,
                "wanted": run(stream, RIGHT, there).y,
                "commands": [
                    [name, (_MEANING if "f" in there else _MEANING | _BEFORE_KEEP)[name]]
                    for name in dict(stream)
                ],
            }
            for title, task, there, stream in PUZZLES
        ]

    def solved(self) -> list[bool]:
        """Which of the puzzles the switches solve."""
        return [
            run(stream, self.switches, there).y == run(stream, RIGHT, there).y
            for _, _, there, stream in PUZZLES
        ]

    def still(self) -> str:
        """The puzzle as a table: what came, what the memory did, and what was wanted."""
        title, task, there, stream = PUZZLES[self.puzzle]
        c, y = run(stream, self.switches, there)
        wanted = run(stream, RIGHT, there).y
        head = "".join(
            f'<th scope="col">{words}</th>'
            for words in ("t", "command", "x", "memory c", "says y", "wanted")
        )
        rows = "".join(
            f"<tr><td>{t}</td><td>{command}</td>"
            + "".join(f"<td>{number}</td>".replace("-", "−") for number in numbers)
            + "</tr>"
            for t, ((command, x), *rest) in enumerate(zip(stream, c, y, wanted, strict=True), 1)
            for numbers in [(x, *rest)]
        )
        return (
            f"<p>{escape(title)}. {escape(task)} The memory is c ← c + x, and it says y = c.</p>"
            f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
        )
