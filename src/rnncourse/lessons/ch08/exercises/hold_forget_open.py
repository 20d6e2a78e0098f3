"""Exercise: hold an LSTM's forget gate open by its weights alone."""

from __future__ import annotations

from torch import Tensor

from rnncourse.checking.exercise import Exercise, Mistake

Weights = tuple[Tensor, Tensor, Tensor]
"""``(W, U, b)`` with shapes (4H, D), (4H, H), (4H,)."""


def hold_open(W: Tensor, U: Tensor, b: Tensor) -> Weights:
    """Weights whose forget gate is σ(40) = 1 whatever comes in, and all else as it was."""
    W_new, U_new, b_new = W.clone(), U.clone(), b.clone()
    H = len(b) // 4
    f = slice(H, 2 * H)
    W_new[f] = 0.0
    U_new[f] = 0.0
    b_new[f] = 40.0
    return W_new, U_new, b_new


ROWS = "slice(H, 2 * H)"
W_LEFT = {"    W_new[f] = 0.0\n": ""}
U_LEFT = {"    U_new[f] = 0.0\n": ""}

MISTAKES = (
    Mistake(
        "unchanged",
        "the weights have not changed. What must be true of a gate's sum, if it is to be the same "
        "whatever comes in?",
        {**W_LEFT, **U_LEFT, "    b_new[f] = 40.0\n": ""},
    ),
    Mistake(
        "weights-left",
        "the bias is right, but the gate still listens to x and h: a large enough sum could shut "
        "it.",
        {**W_LEFT, **U_LEFT},
    ),
    Mistake(
        "bias-left",
        "the gate sees neither x nor h now, but its bias is what it was: it stands still, and not "
        "at 1.",
        {"    b_new[f] = 40.0\n": ""},
    ),
    Mistake(
        "bias-of-one",
        "the bias of the forget gate is 1, and σ(1) is 0.73: a good deal is lost at every step. "
        "A bias goes in before the sigmoid.",
        {"40.0": "1.0"},
    ),
    Mistake(
        "bias-of-one-and-weights-left",
        "the bias of the forget gate is 1, but σ(1) is only 0.73; and the gate still listens to x "
        "and h.",
        {**W_LEFT, **U_LEFT, "40.0": "1.0"},
    ),
    Mistake(
        "half-open",
        "the forget gate sees nothing now, and has a bias of 0: it stands at σ(0) = ½.",
        {"40.0": "0.0"},
    ),
    Mistake(
        "held-shut",
        "the forget gate is held shut: f = 0 clears, f = 1 keeps.",
        {"40.0": "-40.0"},
    ),
    Mistake(
        "input-gate",
        "you hold the input gate. The blocks are i f g o: which rows are the second one's?",
        {ROWS: "slice(0, H)"},
    ),
    Mistake(
        "candidate",
        "you hold the candidate. The blocks are i f g o: which rows are the second one's?",
        {ROWS: "slice(2 * H, 3 * H)"},
    ),
    Mistake(
        "output-gate",
        "you hold the output gate. The blocks are i f g o: which rows are the second one's?",
        {ROWS: "slice(3 * H, 4 * H)"},
    ),
    Mistake(
        "every-gate",
        "every gate is held open, the candidate too. Only the rows of f should change.",
        {ROWS: "slice(0, 4 * H)"},
    ),
    Mistake(
        "every-fourth-row",
        "you have changed every fourth row. The rows of a gate stand together in a block of H.",
        {ROWS: "slice(1, None, 4)"},
    ),
    Mistake(
        "one-row",
        "you have changed one row. A gate is a vector: H units have H forget gates.",
        {ROWS: "slice(1, 2)"},
    ),
    Mistake(
        "only-U-left",
        "the gate no longer sees x, but it still listens to h: a large enough state could shut it.",
        U_LEFT,
    ),
    Mistake(
        "only-W-left",
        "the gate no longer sees h, but it still listens to x: a large enough input could shut it.",
        W_LEFT,
    ),
    Mistake(
        "added-to-the-bias",
        "40 is added to the bias that was there. The gate stands open, but asked is a bias of 40.",
        {"b_new[f] = ": "b_new[f] += "},
    ),
    Mistake(
        "ones-for-weights",
        "the rows of f are set to 1. A gate that sees neither x nor h multiplies both by 0.",
        {"W_new[f] = 0.0": "W_new[f] = 1.0", "U_new[f] = 0.0": "U_new[f] = 1.0"},
    ),
    Mistake(
        "bias-of-every-gate",
        "the weights are right, but every gate has a bias of 40. Only that of f should change.",
        {"b_new[f]": "b_new[:]"},
    ),
    Mistake(
        "weights-of-every-gate",
        "no gate sees anything now. Only the rows of f should be cleared.",
        {"W_new[f]": "W_new[:]", "U_new[f]": "U_new[:]"},
    ),
    Mistake(
        "all-else-lost",
        "the rows of f are right, and all others have become 0. They should be as they were: "
        "start from a copy, not from zeros.",
        {"W.clone(), U.clone(), b.clone()": "0 * W, 0 * U, 0 * b"},
    ),
    Mistake(
        "first-two-blocks",
        "the input gates are held too: your rows begin at 0. Those of f begin at H.",
        {ROWS: "slice(0, 2 * H)"},
    ),
    Mistake(
        "one-row-late",
        "your rows begin one too late and end one too late. Counted from 0, those of f are H to "
        "2H − 1.",
        {ROWS: "slice(H + 1, 2 * H + 1)"},
    ),
    Mistake(
        "to-the-end",
        "your rows go on to the end: those of g and o are changed too.",
        {ROWS: "slice(H, None)"},
    ),
    Mistake(
        "columns",
        "columns are cleared, not rows. A row of W holds what one gate of one unit listens to.",
        {"W_new[f] = 0.0": "W_new[:, f] = 0.0", "U_new[f] = 0.0": "U_new[:, f] = 0.0"},
    ),
)

EXERCISE = Exercise(
    name="hold-forget-open",
    title="Hold the forget gate open",
    level="write",
    minutes=10,
    objective="08.3",
    hints=(
        "A gate is σ of a sum of three parts. What must two of them be, so that only the third "
        "counts?",
        "The rows of the forget gate are the second block of four: in W, in U and in b, rows H to "
        "2H − 1.",
        "Clone all three first. Then set those rows of W and U to 0, and those of b to 40.",
    ),
    notice="such a gate cannot be closed by any input; and since f (1 - f) is 0 there to the last "
    "digit, training cannot close it either.",
    takes={"W": "4H D", "U": "4H H", "b": "4H"},
    returns={"W_new": "4H D", "U_new": "4H H", "b_new": "4H"},
    reference=hold_open,
    mistakes=MISTAKES,
)
