"""Exercise: the Jacobian of one step of the simple recurrent network."""

from __future__ import annotations

import torch
from torch import Tensor

from rnncourse.checking.exercise import Exercise, Mistake


def jacobian(x: Tensor, h: Tensor, W: Tensor, U: Tensor, b: Tensor) -> Tensor:
    """``∂h_t/∂h_{t-1}``, ``(D), (H) -> (H, H)``, rows the later state.

    Source: Pascanu, Mikolov & Bengio (2013), in this book's notation.
    """
    h_new = torch.tanh(W @ x + U @ h + b)
    slope = 1 - h_new**2
    # J_t = diag(1 − h_t²) U
    return torch.diag(slope) @ U


PRODUCT = "torch.diag(slope) @ U"
SLOPE = "1 - h_new**2"

EXERCISE = Exercise(
    name="step-jacobian",
    title="The Jacobian of one step",
    level="write",
    minutes=10,
    objective="05.2",
    hints=(
        "Take one entry: by how much does unit i of the new state move when unit j of the old one "
        "does? The chain rule gives two factors.",
        "One factor is the weight from j to i. The other is the slope of the tanh of unit i, "
        "1 minus the square of what that tanh gave.",
        "So each row of U is multiplied by its own unit's slope: a diagonal matrix of the slopes "
        "on the left of U, or the slopes as a column, (H, 1), times U.",
    ),
    notice="x, h and b are nowhere in diag(slopes) U, and still decide: the closer they push a "
    "unit to ±1, the closer its slope comes to 0, and its row of J with it.",
    takes={"x": "D", "h": "H", "W": "H D", "U": "H H", "b": "H"},
    returns={"J": "H H"},
    reference=jacobian,
    by_hand=True,
    mistakes=(
        Mistake(
            "transposed",
            "rows and columns are exchanged. A row belongs to a unit of "
            "the later state, a column to a unit of the earlier one.",
            {PRODUCT: f"({PRODUCT}).T"},
        ),
        Mistake(
            "slope-forgotten",
            "this is U itself: the derivative of a network without tanh. "
            "Which factor does the chain rule take from the tanh?",
            {PRODUCT: "U"},
        ),
        Mistake(
            "slope-on-columns",
            "the slopes scale the columns of U, that is the units that the signal comes from. "
            "The tanh stands at the end of the step: which units does it belong to?",
            {PRODUCT: "U @ torch.diag(slope)"},
        ),
        Mistake(
            "slope-on-columns-transposed",
            "this is U.T with a slope for each column: U was turned, as it is for rows of a batch, "
            "and the slopes with it. Here rows belong to the later state.",
            {PRODUCT: "torch.diag(slope) @ U.T"},
        ),
        Mistake(
            "diagonal-only",
            "everything off the diagonal is 0: a diagonal matrix is multiplied with U entry by "
            "entry. Which product lets it scale whole rows?",
            {PRODUCT: "torch.diag(slope) * U"},
        ),
        Mistake(
            "slope-not-squared",
            "the slope is taken to be 1 - h. What is the derivative of tanh(a), written with "
            "h = tanh(a)?",
            {SLOPE: "1 - h_new"},
        ),
        Mistake(
            "all-squared",
            "the slope is taken to be (1 - h)². Is it all squared, or h alone?",
            {SLOPE: "(1 - h_new) ** 2"},
        ),
        Mistake(
            "sigmoid-slope",
            "h (1 - h) is the slope of a sigmoid. What is that of tanh?",
            {SLOPE: "h_new * (1 - h_new)"},
        ),
        Mistake(
            "slope-at-old-state",
            "the slope is taken at the old state. Which state did this step's tanh give?",
            {SLOPE: "1 - h**2"},
        ),
        Mistake(
            "slope-of-sum",
            "the slope is 1 minus the square of the sum inside the tanh. It should be the square "
            "of what the tanh made of it.",
            {SLOPE: "1 - (W @ x + U @ h + b) ** 2"},
        ),
        Mistake(
            "tanh-twice",
            "the slope is 1 − tanh(h)² of the new state, with one tanh too many: h has come out of "
            "the tanh already.",
            {SLOPE: "1 - torch.tanh(h_new) ** 2"},
        ),
        Mistake(
            "tanh-for-slope",
            "the rows of U are multiplied by the new state itself, not by the slope of the tanh "
            "there.",
            {SLOPE: "h_new"},
        ),
        Mistake(
            "W-for-U",
            "this is the derivative with respect to the input, (H, D). Which matrix does the old "
            "state go through?",
            {PRODUCT: "torch.diag(slope) @ W"},
        ),
        Mistake(
            "input-ignored",
            "the slopes are those of a step without input. The input does not stand in the "
            "product, but it decides where on the tanh each unit is.",
            {"W @ x + ": ""},
        ),
        Mistake(
            "state-ignored",
            "the slopes are those of a step from a state of zeros. The old state, too, decides "
            "where on the tanh each unit is.",
            {" + U @ h": ""},
        ),
        Mistake(
            "bias-ignored",
            "the slopes are those of a step without b. It does not stand in the product, "
            "but it decides where on the tanh each unit is.",
            {" + b": ""},
        ),
        Mistake(
            "U-turned-in-the-step",
            "the slopes are those of a step in which U works the wrong way round. For one state "
            "it is U @ h: row i of U leads to unit i.",
            {"U @ h": "h @ U"},
        ),
        Mistake(
            "slopes-only",
            "this is the diagonal matrix of the slopes. Where has U gone?",
            {PRODUCT: "torch.diag(slope)"},
        ),
    ),
)
