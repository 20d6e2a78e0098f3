"""Exercise: one step of the simple recurrent network."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from rnncourse.checking.exercise import Exercise, Mistake

Step = Callable[[Tensor, Tensor, Tensor, Tensor, Tensor], Tensor]
"""``(x, h, W, U, b) -> h_new``, with shapes (B, D), (B, H), (H, D), (H, H), (H,) -> (B, H)."""


def step(x: Tensor, h: Tensor, W: Tensor, U: Tensor, b: Tensor) -> Tensor:
    """One step of the simple recurrent network (Elman 1990), ``(B, D), (B, H) -> (B, H)``."""
    # h_t = tanh(W x_t + U h_{t-1} + b)
    return torch.tanh(x @ W.T + h @ U.T + b)


MISTAKES = (
    Mistake(
        "tanh-forgotten",
        "the sum is right, but nothing keeps it between -1 and 1. What comes around the sum?",
        lambda x, h, W, U, b: x @ W.T + h @ U.T + b,
    ),
    Mistake(
        "sigmoid-for-tanh",
        "the new state lies between 0 and 1, so it never is negative. "
        "Which squashing function has a range from -1 to 1?",
        lambda x, h, W, U, b: torch.sigmoid(x @ W.T + h @ U.T + b),
    ),
    Mistake(
        "relu-for-tanh",
        "every negative sum becomes 0, and a large one stays large. "
        "That is a ReLU; this exercise asks for the squashing function of the equation.",
        lambda x, h, W, U, b: torch.relu(x @ W.T + h @ U.T + b),
    ),
    Mistake(
        "tanh-twice",
        "the sum is squashed twice. How often does tanh stand in the equation?",
        lambda x, h, W, U, b: torch.tanh(torch.tanh(x @ W.T + h @ U.T + b)),
    ),
    Mistake(
        "tanh-each-part",
        "the input's part and the state's part are squashed one by one and then added. "
        "Which comes first in the equation, the sum or the squashing?",
        lambda x, h, W, U, b: torch.tanh(x @ W.T + b) + torch.tanh(h @ U.T),
    ),
    Mistake(
        "tanh-input-only",
        "the state's part is added after the tanh. What stands inside its brackets?",
        lambda x, h, W, U, b: torch.tanh(x @ W.T + b) + h @ U.T,
    ),
    Mistake(
        "tanh-state-only",
        "the input's part is added after the tanh. What stands inside its brackets?",
        lambda x, h, W, U, b: torch.tanh(h @ U.T + b) + x @ W.T,
    ),
    Mistake(
        "bias-outside-tanh",
        "b is added after the tanh, so the state can leave the range from -1 to 1. "
        "What stands inside the brackets of the tanh?",
        lambda x, h, W, U, b: torch.tanh(x @ W.T + h @ U.T) + b,
    ),
    Mistake(
        "bias-forgotten",
        "both products are right, but something is missing from the sum. "
        "Which of your arguments is never used?",
        lambda x, h, W, U, b: torch.tanh(x @ W.T + h @ U.T),
    ),
    Mistake(
        "bias-twice",
        "b is added twice, once with each product perhaps. The book's cell has one bias "
        "(torch keeps two, of which only the sum matters).",
        lambda x, h, W, U, b: torch.tanh(x @ W.T + h @ U.T + 2 * b),
    ),
    Mistake(
        "bias-subtracted",
        "b comes in with the wrong sign.",
        lambda x, h, W, U, b: torch.tanh(x @ W.T + h @ U.T - b),
    ),
    Mistake(
        "state-ignored",
        "the new state depends on the input alone: this network has no memory. "
        "Where does the old state come in?",
        lambda x, h, W, U, b: torch.tanh(x @ W.T + b),
    ),
    Mistake(
        "input-ignored",
        "the new state depends on the old state alone: this network hears nothing. "
        "Where does the input come in?",
        lambda x, h, W, U, b: torch.tanh(h @ U.T + b),
    ),
    Mistake(
        "state-without-weights",
        "the old state enters as it is. Which matrix should mix its units?",
        lambda x, h, W, U, b: torch.tanh(x @ W.T + h + b),
    ),
    Mistake(
        "state-added",
        "the old state is added once more to the new one. The simple cell replaces its state "
        "at each step; adding to it is a later chapter's idea.",
        lambda x, h, W, U, b: h + torch.tanh(x @ W.T + h @ U.T + b),
    ),
    Mistake(
        "U-not-transposed",
        "U works the wrong way round. Its rows are the units it leads to, its columns those it "
        "comes from. U is square, so torch cannot warn you: compare with what you do to W.",
        lambda x, h, W, U, b: torch.tanh(x @ W.T + h @ U + b),
    ),
    Mistake(
        "W-not-transposed",
        "x and W do not fit: x is (B, D) and W is (H, D). The axis that is summed over must "
        "stand last in the first factor and first in the second.",
        lambda x, h, W, U, b: torch.tanh(x @ W + h @ U.T + b),
    ),
    Mistake(
        "W-and-U-swapped",
        "the input meets the matrix that belongs to the state. W is for x, U is for h.",
        lambda x, h, W, U, b: torch.tanh(x @ U.T + h @ W.T + b),
    ),
)

_TRANSPOSED = Mistake(
    "result-transposed",
    "the numbers are right, but the result is (H, B). Every row should be one batch element, "
    "as in x and h.",
    lambda x, h, W, U, b: step(x, h, W, U, b).T,
)


EXERCISE = Exercise(
    name="simple-step",
    title="One step of the simple cell",
    takes={"x": "B D", "h": "B H", "W": "H D", "U": "H H", "b": "H"},
    returns={"h_new": "B H"},
    reference=step,
    mistakes=(*MISTAKES, _TRANSPOSED),
)
