"""Exercise: one step of the GRU, as `torch.nn.GRU` computes it."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from rnncourse.checking.exercise import Exercise, Mistake

Gates = tuple[Tensor, Tensor, Tensor]


def step(x: Tensor, h: Tensor, W: Tensor, U: Tensor, b: Tensor, b_U: Tensor) -> Tensor:
    """One step of the GRU, ``(B, D), (B, H) -> (B, H)``; blocks of W, U, b in the order r z n."""
    return _step(x, h, W, U, b, b_U)


def _step(
    x: Tensor,
    h: Tensor,
    W: Tensor,
    U: Tensor,
    b: Tensor,
    b_U: Tensor,
    *,
    order: tuple[int, int, int] = (0, 1, 2),
    r_of: Callable[[Tensor], Tensor] = torch.sigmoid,
    z_of: Callable[[Tensor], Tensor] = torch.sigmoid,
    n_of: Callable[[Tensor], Tensor] = torch.tanh,
    inside: Callable[[Tensor, Tensor, Tensor, Tensor, Tensor, Tensor], Tensor] | None = None,
    mix: Callable[[Tensor, Tensor, Tensor], Tensor] | None = None,
) -> Tensor:
    """The step, any part of which can be exchanged for a mistaken one.

    Args:
        x: inputs, shape (B, D).
        h: old states, shape (B, H).
        W: input weights, shape (3H, D).
        U: recurrent weights, shape (3H, H).
        b: biases, shape (3H).
        b_U: bias inside the reset product, shape (H).
        order: which blocks are taken for r, z and n.
        r_of: squashes r's sum.
        z_of: squashes z's sum.
        n_of: squashes n's sum.
        inside: n's sum, from ``W_n x + b_n``, r, h, U_n, b_U and ``U_n h``.
        mix: the new state, from z, n and h.
    """
    W_r, W_z, W_n = (W.chunk(3)[k] for k in order)
    U_r, U_z, U_n = (U.chunk(3)[k] for k in order)
    b_r, b_z, b_n = (b.chunk(3)[k] for k in order)
    r = r_of(x @ W_r.T + b_r + h @ U_r.T)
    z = z_of(x @ W_z.T + b_z + h @ U_z.T)
    fed, product = x @ W_n.T + b_n, h @ U_n.T
    n = n_of(fed + r * (product + b_U) if inside is None else inside(fed, r, h, U_n, b_U, product))
    return (1 - z) * n + z * h if mix is None else mix(z, n, h)


def _with(**changes: object) -> Callable[..., Tensor]:
    return lambda *arguments: _step(*arguments, **changes)  # type: ignore[arg-type]


MISTAKES = (
    Mistake(
        "z-the-other-way",
        "z and 1 - z are exchanged. Papers write it both ways; in this book, as in torch, "
        "z = 1 keeps the old state.",
        _with(mix=lambda z, n, h: z * n + (1 - z) * h),
    ),
    Mistake(
        "blocks-z-r-n",
        "the blocks for r and z are exchanged. Their order here is r z n, as in torch.",
        _with(order=(1, 0, 2)),
    ),
    Mistake(
        "blocks-r-n-z",
        "the blocks for z and n are exchanged. Their order here is r z n, as in torch.",
        _with(order=(0, 2, 1)),
    ),
    Mistake(
        "reset-before-the-product",
        "r multiplies the old state before U_n does. That is the GRU of the published paper; "
        "here r multiplies the product.",
        _with(inside=lambda fed, r, h, U_n, b_U, product: fed + (r * h) @ U_n.T + b_U),
    ),
    Mistake(
        "reset-before-with-bias",
        "r multiplies the old state before U_n does. That is the GRU of the published paper; "
        "here r multiplies the product, and the bias with it.",
        _with(inside=lambda fed, r, h, U_n, b_U, product: fed + r * b_U + (r * h) @ U_n.T),
    ),
    Mistake(
        "bias-outside-the-reset",
        "b_U is added after r has acted. It stands inside the brackets, with U_n h, so r "
        "multiplies it too.",
        _with(inside=lambda fed, r, h, U_n, b_U, product: fed + r * product + b_U),
    ),
    Mistake(
        "bias-of-the-product-forgotten",
        "b_U is never used. It is added to U_n h before r acts.",
        _with(inside=lambda fed, r, h, U_n, b_U, product: fed + r * product),
    ),
    Mistake(
        "reset-on-everything",
        "r multiplies the input's part of the candidate as well. It filters only what comes "
        "from the old state.",
        _with(inside=lambda fed, r, h, U_n, b_U, product: r * (fed + product + b_U)),
    ),
    Mistake(
        "reset-forgotten",
        "r is computed and never used, or not computed at all. Where does it act?",
        _with(inside=lambda fed, r, h, U_n, b_U, product: fed + product + b_U),
    ),
    Mistake(
        "reset-on-the-kept-state",
        "r multiplies the state that is kept. What is kept is z's business; r acts inside the "
        "candidate alone.",
        lambda x, h, W, U, b, b_U: _reset_on_the_kept(x, h, W, U, b, b_U),
    ),
    Mistake(
        "candidate-with-a-sigmoid",
        "the candidate lies between 0 and 1. It is content, with a sign: which function goes from "
        "-1 to 1?",
        _with(n_of=torch.sigmoid),
    ),
    Mistake(
        "candidate-not-squashed",
        "the candidate's sum is right, but nothing is put around it.",
        _with(n_of=lambda a: a),
    ),
    Mistake(
        "gates-with-a-tanh",
        "r and z can become negative. They say how much, from 0 to 1: which function does that?",
        _with(r_of=torch.tanh, z_of=torch.tanh),
    ),
    Mistake(
        "gates-not-squashed",
        "r and z are the bare sums. They say how much, from 0 to 1.",
        _with(r_of=lambda a: a, z_of=lambda a: a),
    ),
    Mistake(
        "old-state-forgotten",
        "the new state is (1 - z) n, and z h is missing: nothing is kept.",
        _with(mix=lambda z, n, h: (1 - z) * n),
    ),
    Mistake(
        "old-state-whole",
        "the old state is kept whole, whatever z says. It is to be multiplied by z.",
        _with(mix=lambda z, n, h: (1 - z) * n + h),
    ),
    Mistake(
        "candidate-whole",
        "the candidate is added whole, whatever z says. It is to be multiplied by 1 - z.",
        _with(mix=lambda z, n, h: n + z * h),
    ),
    Mistake(
        "bias-forgotten",
        "b is never used. Each block of it stands in the sum of its gate, or of the candidate.",
        lambda x, h, W, U, b, b_U: step(x, h, W, U, torch.zeros_like(b), b_U),
    ),
    Mistake(
        "gates-ignore-the-state",
        "r and z depend on the input alone. What else stands in their sums?",
        lambda x, h, W, U, b, b_U: step(x, h, W, _without_gates(U), b, b_U),
    ),
    Mistake(
        "one-minus-r",
        "r and 1 - r are exchanged: r = 1 lets the past in.",
        _with(inside=lambda fed, r, h, U_n, b_U, product: fed + (1 - r) * (product + b_U)),
    ),
    Mistake(
        "candidate-alone",
        "the new state is the candidate, and z is never used. What does z mix?",
        _with(mix=lambda z, n, h: n),
    ),
    Mistake(
        "U-not-transposed",
        "U works the wrong way round: its rows are the units it leads to. Each block is square, so "
        "torch cannot warn you.",
        lambda x, h, W, U, b, b_U: step(
            x, h, W, torch.cat([block.T for block in U.chunk(3)]), b, b_U
        ),
    ),
    Mistake(
        "tanh-at-the-end",
        "the new state is squashed once more. A mixture of two numbers between -1 and 1 needs no "
        "tanh; that is the LSTM's way.",
        _with(mix=lambda z, n, h: torch.tanh((1 - z) * n + z * h)),
    ),
)


def _without_gates(U: Tensor) -> Tensor:
    H = U.shape[1]
    return torch.cat([torch.zeros_like(U[: 2 * H]), U[2 * H :]])


def _reset_on_the_kept(
    x: Tensor, h: Tensor, W: Tensor, U: Tensor, b: Tensor, b_U: Tensor
) -> Tensor:
    H = h.shape[1]
    r = torch.sigmoid(x @ W[:H].T + b[:H] + h @ U[:H].T)
    return _step(x, h, W, U, b, b_U, mix=lambda z, n, h: (1 - z) * n + z * (r * h))


EXERCISE = Exercise(
    name="gru-step",
    title="One step of the GRU",
    takes={"x": "B D", "h": "B H", "W": "3H D", "U": "3H H", "b": "3H", "b_U": "H"},
    returns={"h_new": "B H"},
    reference=step,
    mistakes=MISTAKES,
)
