"""Exercise: from equations to code, a gate that looks at the candidate before it lets it in."""

from __future__ import annotations

import torch
from torch import Tensor

from rnncourse.checking.exercise import Exercise, Mistake


def step(x: Tensor, h: Tensor, W: Tensor, U: Tensor, b: Tensor) -> Tensor:
    """One step, ``(B, D), (B, H) -> (B, H)``; the blocks are those of z and n."""
    W_z, W_n = W.chunk(2)
    U_z, U_n = U.chunk(2)
    b_z, b_n = b.chunk(2)
    n = torch.tanh(x @ W_n.T + h @ U_n.T + b_n)
    z = torch.sigmoid(x @ W_z.T + n @ U_z.T + b_z)
    return z * h + (1 - z) * n


LOOKS = "n @ U_z.T"
MIXED = "z * h + (1 - z) * n"

EXERCISE = Exercise(
    name="look-first",
    title="From equations to code",
    level="transfer",
    minutes=20,
    objective="12.3",
    hints=(
        "Which of the two must be known before the other can be computed?",
        "The candidate first, from x and the old h; then the gate, from x and the candidate.",
        "Cut W, U and b into two blocks, z before n, as the weights come in that order. It is the "
        "computing that has the other order.",
    ),
    notice="no cell of this book has such a gate, and we know of no paper that has: whether it is "
    "worth its two blocks is what a row of the table tells.",
    takes={"x": "B D", "h": "B H", "W": "2H D", "U": "2H H", "b": "2H"},
    returns={"h_new": "B H"},
    reference=step,
    mistakes=(
        Mistake(
            "gate-sees-h",
            "the gate reads the old state. Here it reads the candidate, which does not exist yet "
            "when a GRU computes its z.",
            {LOOKS: "h @ U_z.T"},
        ),
        Mistake(
            "gate-sees-both",
            "the gate reads the old state and the candidate. In the equation it is the candidate "
            "alone.",
            {LOOKS: "(n + h) @ U_z.T"},
        ),
        Mistake(
            "z-writes",
            "z and 1 - z have changed places in the last line: z keeps.",
            {MIXED: "(1 - z) * h + z * n"},
        ),
        Mistake(
            "blocks-exchanged",
            "the blocks of z and n have changed places. n is computed first, but its weights are "
            "the second block.",
            {
                "W_z, W_n =": "W_n, W_z =",
                "U_z, U_n =": "U_n, U_z =",
                "b_z, b_n =": "b_n, b_z =",
            },
        ),
        Mistake(
            "gate-without-x",
            "the gate does not see the input.",
            {"x @ W_z.T + n": "n"},
        ),
        Mistake(
            "squashes-exchanged",
            "σ and tanh have changed places.",
            {"torch.tanh(x": "torch.sigmoid(x", "torch.sigmoid(x @ W_z": "torch.tanh(x @ W_z"},
        ),
        Mistake(
            "all-of-the-old",
            "the old state stays whole. z says how much of it is kept.",
            {MIXED: "h + (1 - z) * n"},
        ),
        Mistake(
            "candidate-whole",
            "the candidate is written whole. Its share is what z does not keep.",
            {MIXED: "z * h + n"},
        ),
        Mistake(
            "no-bias",
            "a bias is missing. b has a block for each of the two.",
            {" + b_z": "", " + b_n": ""},
        ),
    ),
)
