"""Exercise: one step of a leaky unit whose leak is a gate."""

from __future__ import annotations

import torch
from torch import Tensor

from rnncourse.checking.exercise import Exercise, Mistake


def step(
    x: Tensor,
    h: Tensor,
    W: Tensor,
    U: Tensor,
    b: Tensor,
    W_alpha: Tensor,
    U_alpha: Tensor,
    b_alpha: Tensor,
) -> Tensor:
    """One step of a leaky unit with a gate for its leak, ``(B, D), (B, H) -> (B, H)``."""
    alpha = torch.sigmoid(x @ W_alpha.T + h @ U_alpha.T + b_alpha)
    n = torch.tanh(x @ W.T + h @ U.T + b)
    # h_t = (1 − α_t) ⊙ h_{t-1} + α_t ⊙ n_t
    h_new = (1 - alpha) * h + alpha * n
    return h_new


MIXED = "(1 - alpha) * h + alpha * n"
GATE = "torch.sigmoid(x @ W_alpha.T + h @ U_alpha.T + b_alpha)"

MISTAKES = (
    Mistake(
        "gate-the-wrong-way-round",
        "the gate works the wrong way round: where α is 1 the old state stays. A leak of 1 should "
        "let all of it go. (Other texts define their gate so; this one does not.)",
        {MIXED: "alpha * h + (1 - alpha) * n"},
    ),
    Mistake(
        "old-state-kept-whole",
        "the new part comes on top of the whole old state, which can then grow without end. What "
        "share of the old state stays when α is let in?",
        {MIXED: "h + alpha * n"},
    ),
    Mistake(
        "new-part-whole",
        "the new part enters whole, whatever the gate says. How much of it should be written?",
        {MIXED: "(1 - alpha) * h + n"},
    ),
    Mistake(
        "old-state-dropped",
        "nothing of the old state is left but what went through tanh. The gate should keep "
        "1 − α of it as it was.",
        {MIXED: "alpha * n"},
    ),
    Mistake(
        "gate-unused",
        "the new state is that of the simple cell: the gate is computed, perhaps, but nothing is "
        "mixed with it.",
        {MIXED: "n"},
    ),
    Mistake(
        "both-with-the-gate",
        "old and new are both multiplied by α. Their shares should add up to 1.",
        {MIXED: "alpha * h + alpha * n"},
    ),
    Mistake(
        "gate-without-sigmoid",
        "the gate's sum is used as it is, so shares come out negative or above 1. What turns any "
        "number into one between 0 and 1?",
        {"torch.sigmoid(": "("},
    ),
    Mistake(
        "tanh-for-the-gate",
        "the gate is squashed by tanh, so it can be negative. “How much” is a number between 0 "
        "and 1.",
        {"torch.sigmoid": "torch.tanh"},
    ),
    Mistake(
        "gate-without-state",
        "the gate sees the input alone. It should also know what is held: which matrix brings "
        "the old state to it?",
        {" + h @ U_alpha.T": ""},
    ),
    Mistake(
        "gate-without-input",
        "the gate sees the old state alone, so no input can tell it to open.",
        {"x @ W_alpha.T + ": ""},
    ),
    Mistake(
        "gate-without-bias",
        "something is missing from the gate's sum. Which of your arguments is never used?",
        {" + b_alpha)": ")"},
    ),
    Mistake(
        "constant-leak",
        "the leak depends on its bias alone: it is the same at every step.",
        {GATE: "torch.sigmoid(b_alpha).expand_as(h)"},
    ),
    Mistake(
        "one-gate-for-all",
        "all units of a sequence share one gate. Each unit has a gate of its own: α is a vector.",
        {"    n = ": "    alpha = alpha.mean(dim=-1, keepdim=True)\n    n = "},
    ),
    Mistake(
        "candidate-without-tanh",
        "the sum that is written is not squashed, so the state can leave the range from −1 to 1.",
        {"torch.tanh(": "("},
    ),
    Mistake(
        "sigmoid-for-tanh",
        "what is written lies between 0 and 1. Content has a sign; the gate has none.",
        {"torch.tanh": "torch.sigmoid"},
    ),
    Mistake(
        "candidate-without-state",
        "what is written depends on the input alone. Which of your matrices is never used?",
        {" + h @ U.T": ""},
    ),
    Mistake(
        "candidate-without-bias",
        "the sum inside tanh lacks its bias.",
        {" + b)": ")"},
    ),
    Mistake(
        "tanh-around-the-mixture",
        "tanh comes around the whole mixture. It belongs to the candidate alone: what is kept is "
        "kept as it is.",
        {"torch.tanh(": "(", MIXED: f"torch.tanh({MIXED})"},
    ),
    Mistake(
        "tanh-twice",
        "the mixture goes through tanh once more. What is kept should stay as it is, and the "
        "candidate has been squashed already.",
        {MIXED: f"torch.tanh({MIXED})"},
    ),
    Mistake(
        "gate-on-the-candidates-state",
        "the candidate reads α times the old state. That is the reset gate of a later chapter; "
        "here the gate mixes, and the candidate sees h as it is.",
        {"h @ U.T": "(alpha * h) @ U.T"},
    ),
    Mistake(
        "candidate-from-what-is-kept",
        "the candidate reads what is kept of the old state, (1 − α) ⊙ h. It sees h as it is; only "
        "then are the two mixed.",
        {"h @ U.T": "((1 - alpha) * h) @ U.T"},
    ),
    Mistake(
        "weights-swapped",
        "the gate is computed with the weights of the candidate, and the candidate with those of "
        "the gate.",
        {
            "x @ W_alpha.T + h @ U_alpha.T + b_alpha": "x @ W.T + h @ U.T + b",
            "x @ W.T + h @ U.T + b)": "x @ W_alpha.T + h @ U_alpha.T + b_alpha)",
        },
    ),
    Mistake(
        "U-not-transposed",
        "U works the wrong way round. It is square, so torch cannot warn you: compare with what "
        "you do to W.",
        {"U.T": "U"},
    ),
    Mistake(
        "gate-U-not-transposed",
        "the gate's U works the wrong way round. It is square, so torch cannot warn you.",
        {"U_alpha.T": "U_alpha"},
    ),
)

EXERCISE = Exercise(
    name="gated-step",
    title="One step with a gate",
    level="write",
    minutes=15,
    starred=True,
    objective="07.1",
    hints=(
        "There are two sums of the same form: one becomes the gate, the other what is written.",
        "The gate is a share, so it lies between 0 and 1; what is written has a sign, so it lies "
        "between −1 and 1. Which function gives which?",
        "With alpha = σ(…) and n = tanh(…), what is left to do is to mix: 1 − alpha of the old "
        "state and alpha of n.",
    ),
    notice="h + α (n − h) is the same: the gate says how far the state moves towards what the "
    "simple cell would have made of it.",
    takes={
        "x": "B D",
        "h": "B H",
        "W": "H D",
        "U": "H H",
        "b": "H",
        "W_alpha": "H D",
        "U_alpha": "H H",
        "b_alpha": "H",
    },
    returns={"h_new": "B H"},
    reference=step,
    mistakes=MISTAKES,
)
