"""Exercise: one step of the simple recurrent network."""

from __future__ import annotations

import torch
from torch import Tensor

from rnncourse.checking.exercise import Exercise, Mistake


def step(x: Tensor, h: Tensor, W: Tensor, U: Tensor, b: Tensor) -> Tensor:
    """One step of the simple recurrent network (Elman 1990), ``(B, D), (B, H) -> (B, H)``."""
    # h_t = tanh(W x_t + U h_{t-1} + b)
    return torch.tanh(x @ W.T + h @ U.T + b)


EXERCISE = Exercise(
    name="simple-step",
    title="One step of the simple cell",
    level="write",
    minutes=10,
    objective="02.1",
    hints=(
        "Three things are added up before anything is squashed: what comes from x, what comes "
        "from h, and b.",
        "x is (B, D) and W is (H, D): what you want has an axis B and an axis H, and D is summed "
        "over. For h and U it is the same, with H twice.",
        "A row of W holds the weights of one unit. For a whole batch that is x @ W.T, and for the "
        "old state likewise; then add b, then tanh, once.",
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
            "the new state lies between 0 and 1, so it never is negative. "
            "Which squashing function has a range from -1 to 1?",
            {"torch.tanh": "torch.sigmoid"},
        ),
        Mistake(
            "relu-for-tanh",
            "every negative sum becomes 0, and a large one stays large. "
            "That is a ReLU; this exercise asks for the squashing function of the equation.",
            {"torch.tanh": "torch.relu"},
        ),
        Mistake(
            "tanh-each-part",
            "the input's part and the state's part are squashed one by one and then added. "
            "Which comes first in the equation, the sum or the squashing?",
            {"x @ W.T + h @ U.T + b)": "x @ W.T + b) + torch.tanh(h @ U.T)"},
        ),
        Mistake(
            "tanh-each-part-bias-outside",
            "input's part and state's part are squashed one by one, and b is added to them as it "
            "is. Which comes first in the equation, the sum or the squashing?",
            {"x @ W.T + h @ U.T + b)": "x @ W.T) + torch.tanh(h @ U.T) + b"},
        ),
        Mistake(
            "tanh-input-only",
            "the state's part is added after the tanh. What stands inside its brackets?",
            {"x @ W.T + h @ U.T + b)": "x @ W.T + b) + h @ U.T"},
        ),
        Mistake(
            "bias-outside-tanh",
            "b is added after the tanh, so the state can leave the range from -1 to 1. "
            "What stands inside the brackets of the tanh?",
            {" + b)": ") + b"},
        ),
        Mistake(
            "bias-forgotten",
            "both products are right, but something is missing from the sum. "
            "Which of your arguments is never used?",
            {" + b)": ")"},
        ),
        Mistake(
            "bias-twice",
            "b is added twice, once with each product perhaps. The book's cell has one bias "
            "(torch keeps two, of which only the sum matters).",
            {" + b)": " + 2 * b)"},
        ),
        Mistake(
            "state-ignored",
            "the new state depends on the input alone: this network has no memory. "
            "Where does the old state come in?",
            {" + h @ U.T": ""},
        ),
        Mistake(
            "input-ignored",
            "the new state depends on the old state alone: this network hears nothing. "
            "Where does the input come in?",
            {"x @ W.T + ": ""},
        ),
        Mistake(
            "state-without-weights",
            "the old state enters as it is. Which matrix should mix its units?",
            {"h @ U.T": "h"},
        ),
        Mistake(
            "state-added",
            "the old state is added once more to the new one. The simple cell replaces its state "
            "at each step; adding to it is a later chapter's idea.",
            {"return ": "return h + "},
        ),
        Mistake(
            "U-not-transposed",
            "U works the wrong way round. Its rows are the units it leads to, its columns those it "
            "comes from. U is square, so torch cannot warn you: compare with what you do to W.",
            {"U.T": "U"},
        ),
        Mistake(
            "W-not-transposed",
            "x and W do not fit: x is (B, D) and W is (H, D). The axis that is summed over must "
            "stand last in the first factor and first in the second.",
            {"W.T": "W"},
        ),
        Mistake(
            "result-transposed",
            "the numbers are right, but the result is (H, B). Every row should be one batch "
            "element, as in x and h.",
            {"+ b)": "+ b).T"},
        ),
    ),
)
