"""Exercise: one step of the GRU, as `torch.nn.GRU` computes it."""

from __future__ import annotations

import torch
from torch import Tensor

from rnncourse.checking.exercise import Exercise, Mistake


def step(x: Tensor, h: Tensor, W: Tensor, U: Tensor, b: Tensor, b_U: Tensor) -> Tensor:
    """One step of the GRU, ``(B, D), (B, H) -> (B, H)``; blocks of W, U, b in the order r z n."""
    x_r, x_z, x_n = (x @ W.T + b).chunk(3, dim=1)
    h_r, h_z, h_n = (h @ U.T).chunk(3, dim=1)
    r = torch.sigmoid(x_r + h_r)
    z = torch.sigmoid(x_z + h_z)
    # n_t = tanh(W_n x_t + b_n + r_t ⊙ (U_n h_{t-1} + b_U))
    n = torch.tanh(x_n + r * (h_n + b_U))
    # h_t = (1 − z_t) ⊙ n_t + z_t ⊙ h_{t-1}
    return (1 - z) * n + z * h


PAST = "r * (h_n + b_U)"
MIXED = "(1 - z) * n + z * h"
OF_X = "(x @ W.T + b).chunk(3, dim=1)"
OF_H = "(h @ U.T).chunk(3, dim=1)"

EXERCISE = Exercise(
    name="gru-step",
    title="One step of the GRU",
    level="write",
    minutes=10,
    starred=True,
    objective="10.2",
    hints=(
        "Keep apart what comes from x and what comes from h: two sums of (B, 3H), each cut into "
        "three. Only in the gates may the two be added at once.",
        "r and z are sigmoids of what comes from x plus what comes from h. In the candidate r "
        "multiplies what comes from h, and b_U with it, before that is added to the rest.",
        "Two lines are left: n is the tanh of x's part plus r times (h's part + b_U); and the new "
        "state takes 1 - z of n and keeps z of h.",
    ),
    notice="r and z have one bias each, the candidate has two: r stands between b_n and b_U, so "
    "that no single number could do what both do.",
    takes={"x": "B D", "h": "B H", "W": "3H D", "U": "3H H", "b": "3H", "b_U": "H"},
    returns={"h_new": "B H"},
    reference=step,
    mistakes=(
        Mistake(
            "z-the-other-way",
            "z and 1 - z are exchanged. Papers write it both ways; in this book, as in torch, "
            "z = 1 keeps the old state.",
            {MIXED: "z * n + (1 - z) * h"},
        ),
        Mistake(
            "blocks-z-r-n",
            "the blocks for r and z are exchanged. Their order here is r z n, as in torch.",
            {"x_r, x_z, x_n": "x_z, x_r, x_n", "h_r, h_z, h_n": "h_z, h_r, h_n"},
        ),
        Mistake(
            "blocks-r-n-z",
            "the blocks for z and n are exchanged. Their order here is r z n, as in torch.",
            {"x_r, x_z, x_n": "x_r, x_n, x_z", "h_r, h_z, h_n": "h_r, h_n, h_z"},
        ),
        Mistake(
            "interleaved",
            "you take every third row for a block. The rows of a block stand together: three "
            "blocks of H, one behind the other.",
            {
                OF_X: "(x @ W.T + b).unflatten(1, (-1, 3)).unbind(2)",
                OF_H: "(h @ U.T).unflatten(1, (-1, 3)).unbind(2)",
            },
        ),
        Mistake(
            "batch-cut",
            "chunk(3) cuts the first axis if it is not told which, and here the first is the "
            "batch. Along which axis do the blocks lie?",
            {OF_X: "(x @ W.T + b).chunk(3)", OF_H: "(h @ U.T).chunk(3)"},
        ),
        Mistake(
            "reset-before-the-product",
            "r multiplies the old state before U_n does. That is the GRU of the published paper; "
            "here r multiplies the product, and b_U with it.",
            {PAST: "(r * h) @ U.chunk(3)[2].T + b_U"},
        ),
        Mistake(
            "reset-before-with-bias",
            "r multiplies the old state before U_n does. That is the GRU of the published paper; "
            "here r multiplies the product, and b_U with it.",
            {PAST: "(r * h) @ U.chunk(3)[2].T + r * b_U"},
        ),
        Mistake(
            "bias-outside-the-reset",
            "b_U is added after r has acted. It stands inside the brackets, with U_n h, so r "
            "multiplies it too.",
            {PAST: "r * h_n + b_U"},
        ),
        Mistake(
            "bias-of-the-product-forgotten",
            "b_U is never used. It is added to U_n h before r acts.",
            {"(h_n + b_U)": "h_n"},
        ),
        Mistake(
            "both-biases-inside-the-reset",
            "the candidate's block of b stands inside the brackets, so that r multiplies it. "
            "Inside stands b_U; b_n is outside, with W_n x.",
            {
                "x_n + r * (h_n + b_U)": "x_n - b.chunk(3)[2] + r * (h_n + b.chunk(3)[2] + b_U)",
            },
        ),
        Mistake(
            "reset-on-everything",
            "r multiplies the input's part of the candidate as well. It filters only what comes "
            "from the old state.",
            {"x_n + r * (h_n + b_U)": "r * (x_n + h_n + b_U)"},
        ),
        Mistake(
            "reset-on-the-input",
            "r multiplies what the candidate takes from the input, and the past comes in whole. "
            "It is the past that r filters.",
            {"x_n + r * (h_n + b_U)": "r * x_n + h_n + b_U"},
        ),
        Mistake(
            "reset-forgotten",
            "r is computed and never used, or not computed at all. Where does it act?",
            {PAST: "h_n + b_U"},
        ),
        Mistake(
            "one-minus-r",
            "r and 1 - r are exchanged: r = 1 lets the past in.",
            {PAST: "(1 - r) * (h_n + b_U)"},
        ),
        Mistake(
            "reset-on-the-kept-state",
            "r multiplies the state that is kept. What is kept is z's business; r acts "
            "inside the candidate alone.",
            {"z * h": "z * (r * h)"},
        ),
        Mistake(
            "candidate-ignores-the-state",
            "the candidate depends on the input alone. What else stands inside its tanh?",
            {" + r * (h_n + b_U)": ""},
        ),
        Mistake(
            "candidate-with-a-sigmoid",
            "the candidate lies between 0 and 1. It is content, with a sign: which function goes "
            "from -1 to 1?",
            {"torch.tanh": "torch.sigmoid"},
        ),
        Mistake(
            "candidate-not-squashed",
            "nothing is put around the candidate's sum. What keeps it between -1 and 1?",
            {"torch.tanh": ""},
        ),
        Mistake(
            "gates-with-a-tanh",
            "r and z can become negative. They say how much, from 0 to 1: which function does "
            "that?",
            {"r = torch.sigmoid": "r = torch.tanh", "z = torch.sigmoid": "z = torch.tanh"},
        ),
        Mistake(
            "gates-not-squashed",
            "r and z are the bare sums. They say how much, from 0 to 1.",
            {"r = torch.sigmoid": "r = ", "z = torch.sigmoid": "z = "},
        ),
        Mistake(
            "r-for-z",
            "z's sum takes what U makes of h for r. Each gate has a block of its own in U.",
            {"x_z + h_z": "x_z + h_r"},
        ),
        Mistake(
            "old-state-forgotten",
            "the new state is (1 - z) n, and z h is missing: nothing is kept.",
            {" + z * h": ""},
        ),
        Mistake(
            "old-state-whole",
            "the old state is kept whole, whatever z says. It is to be multiplied by z.",
            {"z * h": "h"},
        ),
        Mistake(
            "candidate-whole",
            "the candidate is added whole, whatever z says. It is to be multiplied by 1 - z.",
            {"(1 - z) * ": ""},
        ),
        Mistake(
            "candidate-alone",
            "the new state is the candidate, and z is never used. What does z mix?",
            {MIXED: "n"},
        ),
        Mistake(
            "bias-forgotten",
            "b is never used. Each block of it stands in the sum of its gate, or of the candidate.",
            {" + b)": ")"},
        ),
        Mistake(
            "bias-on-both-sides",
            "b comes in twice, with W x and with U h once more. It is given once; the only bias "
            "on the side of h is b_U.",
            {"(h @ U.T)": "(h @ U.T + b)"},
        ),
        Mistake(
            "gates-ignore-the-state",
            "r and z depend on the input alone. What else stands in their sums?",
            {"x_r + h_r": "x_r", "x_z + h_z": "x_z"},
        ),
        Mistake(
            "U-not-transposed",
            "U works the wrong way round: its rows are the units it leads to. Each block is "
            "square, so torch cannot warn you.",
            {OF_H: "(h @ block for block in U.chunk(3))"},
        ),
        Mistake(
            "tanh-at-the-end",
            "the new state is squashed once more. A mixture of two numbers between -1 and 1 needs "
            "no tanh; that is the LSTM's way.",
            {MIXED: "torch.tanh((1 - z) * n + z * h)"},
        ),
    ),
)
