"""Exercise: hold an LSTM's forget gate open by its weights alone."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from rnncourse.checking.exercise import Exercise, Mistake

OPEN = 40.0
Weights = tuple[Tensor, Tensor, Tensor]
"""``(W, U, b)`` with shapes (4H, D), (4H, H), (4H,)."""


def _block(k: int, W: Tensor, U: Tensor, b: Tensor, bias: float, keep: bool = False) -> Weights:
    """Weights whose block ``k`` sees nothing (or all, with ``keep``), and has this bias."""
    H = len(b) // 4
    seen = torch.ones_like(b)
    if not keep:
        seen[k * H : (k + 1) * H] = 0
    new = b.clone()
    new[k * H : (k + 1) * H] = bias
    return W * seen[:, None], U * seen[:, None], new


def hold_open(W: Tensor, U: Tensor, b: Tensor) -> Weights:
    """Weights whose forget gate is σ(40) = 1 whatever comes in, and all else as it was."""
    return _block(1, W, U, b, OPEN)


def _set(k: int, bias: float, keep: bool = False) -> Callable[[Tensor, Tensor, Tensor], Weights]:
    return lambda W, U, b: _block(k, W, U, b, bias, keep)


def _bias_left(W: Tensor, U: Tensor, b: Tensor) -> Weights:
    W_new, U_new, _ = _block(1, W, U, b, OPEN)
    return W_new, U_new, b.clone()


def _every_gate(W: Tensor, U: Tensor, b: Tensor) -> Weights:
    return 0 * W, 0 * U, torch.full_like(b, OPEN)


def _every_fourth(W: Tensor, U: Tensor, b: Tensor) -> Weights:
    new, seen = b.clone(), torch.ones_like(b)
    new[1::4], seen[1::4] = OPEN, 0
    return W * seen[:, None], U * seen[:, None], new


def _second_row(W: Tensor, U: Tensor, b: Tensor) -> Weights:
    new, seen = b.clone(), torch.ones_like(b)
    new[1], seen[1] = OPEN, 0
    return W * seen[:, None], U * seen[:, None], new


MISTAKES = (
    Mistake(
        "unchanged",
        "the weights have not changed. What must be true of a gate's sum, if it is to be the same "
        "whatever comes in?",
        lambda W, U, b: (W.clone(), U.clone(), b.clone()),
    ),
    Mistake(
        "weights-left",
        "the bias is right, but the gate still listens to x and h: a large enough sum could shut "
        "it.",
        _set(1, OPEN, keep=True),
    ),
    Mistake(
        "bias-left",
        "the gate sees neither x nor h now, but its bias is what it was: it stands still, and not "
        "at 1.",
        _bias_left,
    ),
    Mistake(
        "bias-of-one",
        "the bias of the forget gate is 1, and σ(1) is 0.73: a good deal is lost at every step. "
        "The bias goes in before the sigmoid.",
        _set(1, 1.0),
    ),
    Mistake(
        "bias-of-one-and-weights-left",
        "the bias of the forget gate is 1, but σ(1) is only 0.73; and the gate still listens to x "
        "and h.",
        _set(1, 1.0, keep=True),
    ),
    Mistake(
        "half-open",
        "the forget gate sees nothing now, and has a bias of 0: it stands at σ(0) = ½.",
        _set(1, 0.0),
    ),
    Mistake(
        "held-shut",
        "the forget gate is held shut: f = 0 clears, f = 1 keeps.",
        _set(1, -OPEN),
    ),
    Mistake(
        "input-gate",
        "you hold the input gate. The blocks are i f g o: which rows are the second one's?",
        _set(0, OPEN),
    ),
    Mistake(
        "candidate",
        "you hold the candidate. The blocks are i f g o: which rows are the second one's?",
        _set(2, OPEN),
    ),
    Mistake(
        "output-gate",
        "you hold the output gate. The blocks are i f g o: which rows are the second one's?",
        _set(3, OPEN),
    ),
    Mistake(
        "every-gate",
        "every gate is held open, the candidate too. Only the rows of f should change.",
        _every_gate,
    ),
    Mistake(
        "every-fourth-row",
        "you have changed every fourth row. The rows of a gate stand together in a block of H.",
        _every_fourth,
    ),
    Mistake(
        "one-row",
        "you have changed one row. A gate is a vector: H units have H forget gates.",
        _second_row,
    ),
)

EXERCISE = Exercise(
    name="hold-forget-open",
    title="Hold the forget gate open",
    takes={"W": "4H D", "U": "4H H", "b": "4H"},
    returns={"W_new": "4H D", "U_new": "4H H", "b_new": "4H"},
    reference=hold_open,
    mistakes=MISTAKES,
)
