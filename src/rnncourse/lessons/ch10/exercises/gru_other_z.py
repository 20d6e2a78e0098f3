"""Exercise: weights of a GRU whose z writes, for a GRU whose z keeps."""

from __future__ import annotations

import torch
from torch import Tensor

from rnncourse.checking.exercise import Exercise, Mistake

Weights = tuple[Tensor, Tensor, Tensor]
"""``(W, U, b)`` with shapes (3H, D), (3H, H), (3H,)."""


def convert(W: Tensor, U: Tensor, b: Tensor) -> Weights:
    """Weights (3H, D), (3H, H), (3H) with ``1 − z`` in place of ``z``; blocks r z n.

    Since ``σ(−a) = 1 − σ(a)``, it is enough to change the sign of everything that feeds z.
    """
    return _signs(W, 1, -1, 1), _signs(U, 1, -1, 1), _signs(b, 1, -1, 1)


def _signs(tensor: Tensor, r: float, z: float, n: float) -> Tensor:
    blocks = zip((r, z, n), tensor.chunk(3), strict=True)
    return torch.cat([sign * block for sign, block in blocks])


def _all(r: float, z: float, n: float, W: Tensor, U: Tensor, b: Tensor) -> Weights:
    return _signs(W, r, z, n), _signs(U, r, z, n), _signs(b, r, z, n)


def _one_minus(W: Tensor, U: Tensor, b: Tensor) -> Weights:
    def block(tensor: Tensor) -> Tensor:
        r, z, n = tensor.chunk(3)
        return torch.cat([r, 1 - z, n])

    return block(W), block(U), block(b)


MISTAKES = (
    Mistake(
        "nothing-changed",
        "the weights come back as they were. Then z would keep what it should write.",
        lambda W, U, b: (W.clone(), U.clone(), b.clone()),
    ),
    Mistake(
        "one-minus-the-weights",
        "1 - z holds for the gate, not for the weights that feed it. What does a sigmoid do when "
        "its argument changes sign?",
        _one_minus,
    ),
    Mistake(
        "bias-forgotten",
        "W and U are right, but b feeds z too.",
        lambda W, U, b: (_signs(W, 1, -1, 1), _signs(U, 1, -1, 1), b.clone()),
    ),
    Mistake(
        "bias-alone",
        "only b was changed. W and U feed z too.",
        lambda W, U, b: (W.clone(), U.clone(), _signs(b, 1, -1, 1)),
    ),
    Mistake(
        "recurrent-weights-forgotten",
        "W and b are right, but U feeds z too.",
        lambda W, U, b: (_signs(W, 1, -1, 1), U.clone(), _signs(b, 1, -1, 1)),
    ),
    Mistake(
        "input-weights-forgotten",
        "U and b are right, but W feeds z too.",
        lambda W, U, b: (W.clone(), _signs(U, 1, -1, 1), _signs(b, 1, -1, 1)),
    ),
    Mistake(
        "input-weights-alone",
        "only W was changed. U and b feed z too.",
        lambda W, U, b: (_signs(W, 1, -1, 1), U.clone(), b.clone()),
    ),
    Mistake(
        "recurrent-weights-alone",
        "only U was changed. W and b feed z too.",
        lambda W, U, b: (W.clone(), _signs(U, 1, -1, 1), b.clone()),
    ),
    Mistake(
        "one-minus-the-bias",
        "W and U are right, but b became 1 - b. The whole sum inside the sigmoid changes its sign, "
        "and b is a part of it.",
        lambda W, U, b: (_signs(W, 1, -1, 1), _signs(U, 1, -1, 1), _one_minus(W, U, b)[2]),
    ),
    Mistake(
        "zeroed",
        "the block of z was set to zero: then z is one half, whatever comes.",
        lambda W, U, b: _all(1, 0, 1, W, U, b),
    ),
    Mistake(
        "reset-gate-changed",
        "the first block was changed. It belongs to r; the order is r z n.",
        lambda W, U, b: _all(-1, 1, 1, W, U, b),
    ),
    Mistake(
        "candidate-changed",
        "the last block was changed. It belongs to the candidate; the order is r z n.",
        lambda W, U, b: _all(1, 1, -1, W, U, b),
    ),
    Mistake(
        "both-gates-changed",
        "r was changed as well as z. Both conventions use the same r.",
        lambda W, U, b: _all(-1, -1, 1, W, U, b),
    ),
    Mistake(
        "everything-changed",
        "every weight changed its sign. Only what feeds z should.",
        lambda W, U, b: (-W, -U, -b),
    ),
)


EXERCISE = Exercise(
    name="gru-other-z",
    title="The other convention for z",
    takes={"W": "3H D", "U": "3H H", "b": "3H"},
    returns={"W_new": "3H D", "U_new": "3H H", "b_new": "3H"},
    reference=convert,
    mistakes=MISTAKES,
)
