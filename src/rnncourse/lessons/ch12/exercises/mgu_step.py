"""Exercise: one step of the minimal gated unit."""

from __future__ import annotations

import torch
from torch import Tensor

from rnncourse.checking.exercise import Exercise, Mistake


def step(x: Tensor, h: Tensor, W: Tensor, U: Tensor, b: Tensor) -> Tensor:
    """One step, ``(B, D), (B, H) -> (B, H)``; the blocks are those of z and n."""
    W_z, W_n = W.chunk(2)
    U_z, U_n = U.chunk(2)
    b_z, b_n = b.chunk(2)
    z = torch.sigmoid(x @ W_z.T + h @ U_z.T + b_z)
    n = torch.tanh(x @ W_n.T + ((1 - z) * h) @ U_n.T + b_n)
    return z * h + (1 - z) * n


CANDIDATE = "torch.tanh(x @ W_n.T + ((1 - z) * h) @ U_n.T + b_n)"
RESET = "((1 - z) * h) @ U_n.T"
MIXED = "z * h + (1 - z) * n"

EXERCISE = Exercise(
    name="mgu-step",
    title="One gate for both",
    level="complete",
    minutes=5,
    objective="12.3",
    hints=(
        "There is one gate, z. It does the work of two: it says how much is kept, and how much of "
        "the old state the candidate sees.",
        "Where z keeps, the candidate must not see: what stands in front of h inside the tanh is "
        "1 - z.",
        "First h times (1 - z), then the product with U_n, then b_n and the tanh; last, z of the "
        "old state and 1 - z of the candidate.",
    ),
    notice="z is used three times, and computed once: two blocks of weights where a GRU has three "
    "and an LSTM four.",
    takes={"x": "B D", "h": "B H", "W": "2H D", "U": "2H H", "b": "2H"},
    returns={"h_new": "B H"},
    reference=step,
    mistakes=(
        Mistake(
            "reset-by-z",
            "the candidate sees z ⊙ h. Where z is 1 the unit keeps, and its candidate is not used; "
            "where it is 0 the candidate must see h: that is 1 - z.",
            {RESET: "(z * h) @ U_n.T"},
        ),
        Mistake(
            "no-reset",
            "the candidate sees the whole old state. That is a GRU without its reset gate.",
            {RESET: "h @ U_n.T"},
        ),
        Mistake(
            "reset-after-the-product",
            "1 - z multiplies U_n h. Here it multiplies h, before the product.",
            {RESET: "(1 - z) * (h @ U_n.T)"},
        ),
        Mistake(
            "z-writes",
            "z and 1 - z have changed places in the last line. In this book z keeps. (The authors' "
            "f is our 1 - z.)",
            {MIXED: "(1 - z) * h + z * n"},
        ),
        Mistake(
            "authors-convention",
            "that is the cell with the authors' f for our z, everywhere. Here z is what keeps.",
            {RESET: "(z * h) @ U_n.T", MIXED: "(1 - z) * h + z * n"},
        ),
        Mistake(
            "blocks-exchanged",
            "the blocks of z and n have changed places: z is the first.",
            {
                "W_z, W_n =": "W_n, W_z =",
                "U_z, U_n =": "U_n, U_z =",
                "b_z, b_n =": "b_n, b_z =",
            },
        ),
        Mistake(
            "squashes-exchanged",
            "σ and tanh have changed places: z says how much and needs σ, n has a sign and needs "
            "tanh.",
            {
                "torch.sigmoid(x @ W_z": "torch.tanh(x @ W_z",
                "torch.tanh(x @ W_n": "torch.sigmoid(x @ W_n",
            },
        ),
        Mistake(
            "candidate-not-squashed",
            "the candidate is used as it comes, without tanh.",
            {CANDIDATE: CANDIDATE.removeprefix("torch.tanh")},
        ),
        Mistake(
            "all-of-the-old",
            "the old state stays whole beside the new part. z says how much of it is kept.",
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
