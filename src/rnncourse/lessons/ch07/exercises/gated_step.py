"""Exercise: one step of a leaky unit whose leak is a gate."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from rnncourse.checking.exercise import Exercise, Mistake

Step = Callable[[Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor], Tensor]
"""``(x, h, W, U, b, W_alpha, U_alpha, b_alpha) -> h_new``; x is (B, D), h is (B, H)."""


def _gate(x: Tensor, h: Tensor, W_alpha: Tensor, U_alpha: Tensor, b_alpha: Tensor) -> Tensor:
    # α_t = σ(W_α x_t + U_α h_{t-1} + b_α)
    return torch.sigmoid(x @ W_alpha.T + h @ U_alpha.T + b_alpha)


def _candidate(x: Tensor, h: Tensor, W: Tensor, U: Tensor, b: Tensor) -> Tensor:
    # n_t = tanh(W x_t + U h_{t-1} + b)
    return torch.tanh(x @ W.T + h @ U.T + b)


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
    alpha = _gate(x, h, W_alpha, U_alpha, b_alpha)
    n = _candidate(x, h, W, U, b)
    # h_t = (1 − α_t) ⊙ h_{t-1} + α_t ⊙ n_t
    return (1 - alpha) * h + alpha * n


def _mixed(mix: Callable[[Tensor, Tensor, Tensor], Tensor]) -> Step:
    """The right gate and the right candidate, mixed in another way: ``mix(α, h, n)``."""
    return lambda x, h, W, U, b, Wa, Ua, ba: mix(
        _gate(x, h, Wa, Ua, ba), h, _candidate(x, h, W, U, b)
    )


def _gated_by(gate: Callable[[Tensor, Tensor, Tensor, Tensor, Tensor], Tensor]) -> Step:
    """The right candidate and mixture, with another gate of ``(x, h, W_α, U_α, b_α)``."""

    def step(
        x: Tensor, h: Tensor, W: Tensor, U: Tensor, b: Tensor, Wa: Tensor, Ua: Tensor, ba: Tensor
    ) -> Tensor:
        alpha = gate(x, h, Wa, Ua, ba)
        return (1 - alpha) * h + alpha * _candidate(x, h, W, U, b)

    return step


def _writing(candidate: Callable[[Tensor, Tensor, Tensor, Tensor, Tensor], Tensor]) -> Step:
    """The right gate and mixture, with another candidate of ``(x, h, W, U, b)``."""

    def step(
        x: Tensor, h: Tensor, W: Tensor, U: Tensor, b: Tensor, Wa: Tensor, Ua: Tensor, ba: Tensor
    ) -> Tensor:
        alpha = _gate(x, h, Wa, Ua, ba)
        return (1 - alpha) * h + alpha * candidate(x, h, W, U, b)

    return step


MISTAKES = (
    Mistake(
        "gate-the-wrong-way-round",
        "the gate works the wrong way round: where α is 1 the old state stays. A leak of 1 should "
        "let all of it go. (Other texts define their gate so; this one does not.)",
        _mixed(lambda alpha, h, n: alpha * h + (1 - alpha) * n),
    ),
    Mistake(
        "old-state-kept-whole",
        "the new part comes on top of the whole old state, which then grows without end. What "
        "share of the old state stays when α is let in?",
        _mixed(lambda alpha, h, n: h + alpha * n),
    ),
    Mistake(
        "new-part-whole",
        "the new part enters whole, whatever the gate says. How much of it should be written?",
        _mixed(lambda alpha, h, n: (1 - alpha) * h + n),
    ),
    Mistake(
        "old-state-dropped",
        "nothing of the old state is left but what went through tanh. The gate should keep "
        "1 − α of it as it was.",
        _mixed(lambda alpha, h, n: alpha * n),
    ),
    Mistake(
        "gate-unused",
        "the new state is that of the simple cell: the gate is computed, perhaps, but nothing is "
        "mixed with it.",
        _mixed(lambda alpha, h, n: n),
    ),
    Mistake(
        "both-with-the-gate",
        "old and new are both multiplied by α. Their shares should add up to 1.",
        _mixed(lambda alpha, h, n: alpha * h + alpha * n),
    ),
    Mistake(
        "gate-without-sigmoid",
        "the gate's sum is used as it is, so shares come out negative or above 1. What turns any "
        "number into one between 0 and 1?",
        _gated_by(lambda x, h, Wa, Ua, ba: x @ Wa.T + h @ Ua.T + ba),
    ),
    Mistake(
        "tanh-for-the-gate",
        "the gate is squashed by tanh, so it can be negative. “How much” is a number between 0 "
        "and 1.",
        _gated_by(lambda x, h, Wa, Ua, ba: torch.tanh(x @ Wa.T + h @ Ua.T + ba)),
    ),
    Mistake(
        "gate-without-state",
        "the gate sees the input alone. It should also know what is held: which matrix brings "
        "the old state to it?",
        _gated_by(lambda x, h, Wa, Ua, ba: torch.sigmoid(x @ Wa.T + ba)),
    ),
    Mistake(
        "gate-without-input",
        "the gate sees the old state alone, so no input can tell it to open.",
        _gated_by(lambda x, h, Wa, Ua, ba: torch.sigmoid(h @ Ua.T + ba)),
    ),
    Mistake(
        "gate-without-bias",
        "something is missing from the gate's sum. Which of your arguments is never used?",
        _gated_by(lambda x, h, Wa, Ua, ba: torch.sigmoid(x @ Wa.T + h @ Ua.T)),
    ),
    Mistake(
        "constant-leak",
        "the leak depends on its bias alone: it is the same at every step.",
        _gated_by(lambda x, h, Wa, Ua, ba: torch.sigmoid(ba).expand_as(h)),
    ),
    Mistake(
        "one-gate-for-all",
        "all units of a sequence share one gate. Each unit has a gate of its own: α is a vector.",
        _gated_by(lambda x, h, Wa, Ua, ba: _gate(x, h, Wa, Ua, ba).mean(dim=-1, keepdim=True)),
    ),
    Mistake(
        "candidate-without-tanh",
        "the sum that is written is not squashed, so the state can leave the range from −1 to 1.",
        _writing(lambda x, h, W, U, b: x @ W.T + h @ U.T + b),
    ),
    Mistake(
        "sigmoid-for-tanh",
        "what is written lies between 0 and 1. Content has a sign; the gate has none.",
        _writing(lambda x, h, W, U, b: torch.sigmoid(x @ W.T + h @ U.T + b)),
    ),
    Mistake(
        "candidate-without-state",
        "what is written depends on the input alone. Which of your matrices is never used?",
        _writing(lambda x, h, W, U, b: torch.tanh(x @ W.T + b)),
    ),
    Mistake(
        "candidate-without-bias",
        "the sum inside tanh lacks its bias.",
        _writing(lambda x, h, W, U, b: torch.tanh(x @ W.T + h @ U.T)),
    ),
    Mistake(
        "weights-swapped",
        "the gate is computed with the weights of the candidate, and the candidate with those of "
        "the gate.",
        lambda x, h, W, U, b, Wa, Ua, ba: step(x, h, Wa, Ua, ba, W, U, b),
    ),
    Mistake(
        "U-not-transposed",
        "U works the wrong way round. It is square, so torch cannot warn you: compare with what "
        "you do to W.",
        lambda x, h, W, U, b, Wa, Ua, ba: step(x, h, W, U.T, b, Wa, Ua, ba),
    ),
    Mistake(
        "gate-U-not-transposed",
        "the gate's U works the wrong way round. It is square, so torch cannot warn you.",
        lambda x, h, W, U, b, Wa, Ua, ba: step(x, h, W, U, b, Wa, Ua.T, ba),
    ),
)

EXERCISE = Exercise(
    name="gated-step",
    title="One step with a gate",
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
