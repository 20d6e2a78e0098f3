"""Exercise: the Jacobian of one step of the simple recurrent network."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from rnncourse.checking.exercise import Exercise, Mistake


def jacobian(x: Tensor, h: Tensor, W: Tensor, U: Tensor, b: Tensor) -> Tensor:
    """``∂h_t/∂h_{t-1}`` at the input x (D) and the old state h (H): (H, H), rows the later state.

    Source: Pascanu, Mikolov & Bengio (2013), in this book's notation.
    """
    # J_t = diag(1 − h_t²) U
    return (1 - _after(x, h, W, U, b) ** 2)[:, None] * U


def _after(x: Tensor, h: Tensor, W: Tensor, U: Tensor, b: Tensor) -> Tensor:
    return torch.tanh(W @ x + U @ h + b)


MISTAKES = (
    Mistake(
        "transposed",
        "the numbers are right, but rows and columns are exchanged. A row belongs to a unit of "
        "the later state, a column to a unit of the earlier one.",
        lambda x, h, W, U, b: jacobian(x, h, W, U, b).T,
    ),
    Mistake(
        "slope-forgotten",
        "this is U itself: the derivative of a network without tanh. "
        "Which factor does the chain rule take from the tanh?",
        lambda x, h, W, U, b: U.clone(),
    ),
    Mistake(
        "slope-on-columns",
        "the slopes scale the columns of U, that is the units that the signal comes from. "
        "The tanh stands at the end of the step: which units does it belong to?",
        lambda x, h, W, U, b: U * (1 - _after(x, h, W, U, b) ** 2),
    ),
    Mistake(
        "square-forgotten",
        "the slope is taken to be 1 - h. What is the derivative of tanh(a), written with "
        "h = tanh(a)?",
        lambda x, h, W, U, b: (1 - _after(x, h, W, U, b))[:, None] * U,
    ),
    Mistake(
        "sigmoid-slope",
        "h (1 - h) is the slope of a sigmoid. What is that of tanh?",
        lambda x, h, W, U, b: _rows(lambda new: new * (1 - new), x, h, W, U, b),
    ),
    Mistake(
        "slope-at-old-state",
        "the slope is taken at the old state. Which state did this step's tanh give?",
        lambda x, h, W, U, b: (1 - h**2)[:, None] * U,
    ),
    Mistake(
        "slope-of-sum",
        "the slope is 1 minus the square of the sum inside the tanh. It should be the square of "
        "what the tanh made of it.",
        lambda x, h, W, U, b: (1 - (W @ x + U @ h + b) ** 2)[:, None] * U,
    ),
    Mistake(
        "tanh-for-slope",
        "the rows of U are multiplied by the new state itself, not by the slope of the tanh there.",
        lambda x, h, W, U, b: _rows(lambda new: new, x, h, W, U, b),
    ),
    Mistake(
        "W-for-U",
        "this is the derivative with respect to the input, (H, D). Which matrix does the old "
        "state go through?",
        lambda x, h, W, U, b: (1 - _after(x, h, W, U, b) ** 2)[:, None] * W,
    ),
    Mistake(
        "input-ignored",
        "the slopes are those of a step without input. The input does not stand in the product, "
        "but it decides where on the tanh each unit is.",
        lambda x, h, W, U, b: _rows(lambda new: 1 - new**2, 0 * x, h, W, U, b),
    ),
    Mistake(
        "bias-ignored",
        "the slopes are those of a step without b. It does not stand in the product, "
        "but it decides where on the tanh each unit is.",
        lambda x, h, W, U, b: _rows(lambda new: 1 - new**2, x, h, W, U, 0 * b),
    ),
    Mistake(
        "slopes-only",
        "this is the diagonal matrix of the slopes. Where has U gone?",
        lambda x, h, W, U, b: torch.diag(1 - _after(x, h, W, U, b) ** 2),
    ),
)


def _rows(
    factor: Callable[[Tensor], Tensor], x: Tensor, h: Tensor, W: Tensor, U: Tensor, b: Tensor
) -> Tensor:
    """U, each row times a function of the new state's unit."""
    return factor(_after(x, h, W, U, b))[:, None] * U


EXERCISE = Exercise(
    name="step-jacobian",
    title="The Jacobian of one step",
    takes={"x": "D", "h": "H", "W": "H D", "U": "H H", "b": "H"},
    returns={"J": "H H"},
    reference=jacobian,
    mistakes=MISTAKES,
)
