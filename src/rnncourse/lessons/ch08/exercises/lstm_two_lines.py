"""Exercise: the last two lines of an LSTM's step."""

from __future__ import annotations

from torch import Tensor

from rnncourse.checking.exercise import Exercise, Mistake


def two_lines(i: Tensor, f: Tensor, g: Tensor, o: Tensor, c: Tensor) -> tuple[Tensor, Tensor]:
    """The new states from squashed gates and the old cell state, all (B, H)."""
    c_new = f * c + i * g
    h_new = o * c_new.tanh()
    return h_new, c_new


SHOWN = "o * c_new.tanh()"

EXERCISE = Exercise(
    name="lstm-two-lines",
    title="The two lines of the states",
    level="complete",
    minutes=5,
    starred=True,
    objective="08.2",
    hints=(
        "The new c has two parts: something of the old c, and something of the candidate g.",
        "f says how much is kept, i how much is written; the two parts are added.",
        "The new h is o times tanh of the new c, not of the old one.",
    ),
    notice="no weight is in these two lines: each unit does them by itself.",
    takes={"i": "B H", "f": "B H", "g": "B H", "o": "B H", "c": "B H"},
    returns={"h_new": "B H", "c_new": "B H"},
    reference=two_lines,
    mistakes=(
        Mistake(
            "i-and-f-exchanged",
            "i and f have changed places: f multiplies the old c, i the candidate.",
            {"f * c + i * g": "i * c + f * g"},
        ),
        Mistake(
            "coupled",
            "the candidate is multiplied by 1 - f. The LSTM has an input gate of its own for it.",
            {"i * g": "(1 - f) * g"},
        ),
        Mistake(
            "forgets-for-keeps",
            "the old c is multiplied by 1 - f. In this book, as in torch, f = 1 keeps.",
            {"f * c": "(1 - f) * c"},
        ),
        Mistake(
            "not-forgotten",
            "the old c stays whole: the forget gate is not used. (That is the LSTM of 1997.)",
            {"f * c": "c"},
        ),
        Mistake(
            "not-gated",
            "the candidate is written whole, whatever the input gate says.",
            {"i * g": "g"},
        ),
        Mistake(
            "gates-squashed",
            "the gates are put through a sigmoid. They are gates already, as they come.",
            {"    c_new = f": "    i, f, o = i.sigmoid(), f.sigmoid(), o.sigmoid()\n    c_new = f"},
        ),
        Mistake(
            "h-without-tanh",
            "h is o times c itself. Something stands between the cell state and the output gate.",
            {SHOWN: "o * c_new"},
        ),
        Mistake(
            "h-from-the-old-c",
            "h is made of the old cell state. It should show what this step has written.",
            {SHOWN: "o * c.tanh()"},
        ),
        Mistake(
            "tanh-around-the-gate",
            "the output gate is inside the tanh. It multiplies what comes out of it.",
            {SHOWN: "(o * c_new).tanh()"},
        ),
        Mistake(
            "squashed-cell-state",
            "the new cell state is put through tanh and kept like that. The tanh belongs to h "
            "alone.",
            {"h_new, c_new\n": "h_new, c_new.tanh()\n"},
        ),
        Mistake(
            "c-and-h-exchanged",
            "both are right, but c comes first. Return h_new, then c_new.",
            {"h_new, c_new\n": "c_new, h_new\n"},
        ),
    ),
)
