"""Exercise: one step of an LSTM whose input and forget gate are one."""

from __future__ import annotations

from torch import Tensor

from rnncourse.checking.exercise import Exercise, Mistake


def step(x: Tensor, h: Tensor, c: Tensor, W: Tensor, U: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    """One step, ``(B, D), (B, H), (B, H) -> (B, H), (B, H)``; blocks i, g, o."""
    i, g, o = (x @ W.T + h @ U.T + b).chunk(3, dim=1)
    i, g, o = i.sigmoid(), g.tanh(), o.sigmoid()
    c_new = (1 - i) * c + i * g
    h_new = o * c_new.tanh()
    return h_new, c_new


BLOCKS = "i, g, o = (x"
WRITTEN = "(1 - i) * c + i * g"
SHOWN = "o * c_new.tanh()"

EXERCISE = Exercise(
    name="coupled-step",
    title="Two gates in one",
    level="write",
    minutes=10,
    starred=True,
    objective="12.3",
    hints=(
        "Begin with the step of the LSTM, and ask what becomes of each line when f is 1 - i.",
        "Three blocks are left, in the order i g o: W, U and b have 3H rows.",
        "c_new is 1 - i of the old c and i of g; h_new is o times tanh of c_new. Return both.",
    ),
    notice="c is now a mixture of its own past and of g, so it stays between -1 and 1: it cannot "
    "count up any more. That is the price of the gate.",
    takes={"x": "B D", "h": "B H", "c": "B H", "W": "3H D", "U": "3H H", "b": "3H"},
    returns={"h_new": "B H", "c_new": "B H"},
    reference=step,
    mistakes=(
        Mistake(
            "order-i-o-g",
            "your second block is the output gate and your third the candidate. The order is "
            "i g o.",
            {BLOCKS: "i, o, g = (x"},
        ),
        Mistake(
            "coupled-the-other-way",
            "i and 1 - i have changed places: i is how much is written, 1 - i how much is kept. "
            "(Your block would then be that of f.)",
            {WRITTEN: "i * c + (1 - i) * g"},
        ),
        Mistake(
            "nothing-forgotten",
            "the old c stays whole. The gate that writes also forgets: f is 1 - i.",
            {WRITTEN: "c + i * g"},
        ),
        Mistake(
            "candidate-whole",
            "the candidate is written whole. It is multiplied by i.",
            {WRITTEN: "(1 - i) * c + g"},
        ),
        Mistake(
            "kept-by-i",
            "the old c is multiplied by i as well as g. What is written pushes the old out: 1 - i.",
            {WRITTEN: "i * c + i * g"},
        ),
        Mistake(
            "h-for-c",
            "1 - i multiplies the old h. What is kept is the old cell state, c.",
            {WRITTEN: "(1 - i) * h + i * g"},
        ),
        Mistake(
            "output-coupled-too",
            "h is multiplied by i. The output gate is still there, with a block of its own.",
            {SHOWN: "i * c_new.tanh()"},
        ),
        Mistake(
            "h-without-tanh",
            "h is o times c itself. tanh stands between them.",
            {SHOWN: "o * c_new"},
        ),
        Mistake(
            "h-from-the-old-c",
            "h is made of the old cell state. It should show what this step has written.",
            {SHOWN: "o * c.tanh()"},
        ),
        Mistake(
            "h-not-gated",
            "h is tanh(c), whatever the output gate says.",
            {SHOWN: "c_new.tanh()"},
        ),
        Mistake(
            "tanh-for-the-gates",
            "the gates are squashed by tanh, so they can be negative. “How much” lies between 0 "
            "and 1.",
            {"i.sigmoid()": "i.tanh()", "o.sigmoid()": "o.tanh()"},
        ),
        Mistake(
            "candidate-not-squashed",
            "the candidate is used as it comes. What keeps it between -1 and 1?",
            {"g.tanh()": "g"},
        ),
        Mistake(
            "c-and-h-exchanged",
            "both are right, but c comes first. Return h_new, then c_new.",
            {"h_new, c_new\n": "c_new, h_new\n"},
        ),
        Mistake(
            "no-bias",
            "something is missing from the sums. Which of your arguments is never used?",
            {" + b)": ")"},
        ),
    ),
)
