"""Exercise: one step of the chapter's cell. Replace it by the chapter's own."""

from __future__ import annotations

import torch
from torch import Tensor

from rnncourse.checking.exercise import Exercise, Mistake


def step(x: Tensor, h: Tensor, W: Tensor, U: Tensor, b: Tensor) -> Tensor:
    """One step, ``(B, D), (B, H) -> (B, H)``."""
    # h_t = tanh(W x_t + U h_{t-1} + b)
    return torch.tanh(x @ W.T + h @ U.T + b)


EXERCISE = Exercise(
    name="ch00-step",
    title="One step of the chapter's cell",
    level="write",
    minutes=10,
    objective="00.1",
    hints=(
        "What is added up before anything is squashed?",
        "x is (B, D) and W is (H, D): which axis is summed over, and which way must W stand?",
        "The sum is x @ W.T, h @ U.T and b; tanh comes around it, once.",
    ),
    notice="U is square, so a forgotten transpose raises no error: only the numbers tell.",
    takes={"x": "B D", "h": "B H", "W": "H D", "U": "H H", "b": "H"},
    returns={"h_new": "B H"},
    reference=step,
    mistakes=(
        Mistake(
            "tanh-forgotten",
            "the sum is right, but nothing keeps it between -1 and 1. What comes around the sum?",
            {"torch.tanh(": "("},
        ),
        Mistake(
            "sigmoid-for-tanh",
            "the new state lies between 0 and 1. Which function has a range from -1 to 1?",
            {"torch.tanh": "torch.sigmoid"},
        ),
        Mistake(
            "bias-forgotten",
            "the bias is missing from the sum. What is the state if x and h are zero?",
            {" + b)": ")"},
        ),
        Mistake(
            "state-ignored",
            "the new state depends on the input alone. Where does the old state come in?",
            {" + h @ U.T": ""},
        ),
        Mistake(
            "U-not-transposed",
            "U works the wrong way round. Its rows are the units that it leads to.",
            {"U.T": "U"},
        ),
    ),
)
