"""Exercise: how much of a gradient arrives, lag by lag, from the Jacobians of the steps."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from rnncourse.checking.exercise import Exercise, Mistake


def norms_by_lag(J: Tensor, v: Tensor) -> Tensor:
    """``‖∂ℓ/∂h_{T−lag}‖`` for lags 1 … T, shape (T).

    Args:
        J: Jacobians of the steps, shape (T, H, H); ``J[0]`` is ``∂h_1/∂h_0``.
        v: ``∂ℓ/∂h_T``, shape (H).
    """
    g, norms = v, []
    for J_t in J.flip(0):
        # ∂ℓ/∂h_{t-1} = J_tᵀ ∂ℓ/∂h_t
        g = J_t.T @ g
        norms.append(g.norm())
    return torch.stack(norms)


def _stepwise(
    next_g: Callable[[Tensor, Tensor], Tensor], size: Callable[[Tensor], Tensor] = torch.norm
) -> Callable[[Tensor, Tensor], Tensor]:
    """The right loop with another step (of J_t and g) or another measure of size."""

    def norms(J: Tensor, v: Tensor) -> Tensor:
        g, sizes = v, []
        for J_t in J.flip(0):
            g = next_g(J_t, g)
            sizes.append(size(g))
        return torch.stack(sizes)

    return norms


def _right_step(J_t: Tensor, g: Tensor) -> Tensor:
    return J_t.T @ g


def _off_by_one(J: Tensor, v: Tensor) -> Tensor:
    return torch.cat([v.norm()[None], norms_by_lag(J, v)])[:-1]


def _with_lag_zero(J: Tensor, v: Tensor) -> Tensor:
    return torch.cat([v.norm()[None], norms_by_lag(J, v)])


def _products(
    join: Callable[[Tensor, Tensor], Tensor], apply: Callable[[Tensor, Tensor], Tensor]
) -> Callable[[Tensor, Tensor], Tensor]:
    """Norms from running products of the matrices: ``join(product, J_t)``, then ``apply``."""

    def norms(J: Tensor, v: Tensor) -> Tensor:
        product, sizes = None, []
        for J_t in J.flip(0):
            product = J_t if product is None else join(product, J_t)
            sizes.append(apply(product, v))
        return torch.stack(sizes)

    return norms


def _times_v(product: Tensor, v: Tensor) -> Tensor:
    return (product.T @ v).norm()


def _spectral(J: Tensor) -> Tensor:
    return torch.linalg.matrix_norm(J, 2)


def _norms_multiplied(size: Callable[[Tensor], Tensor]) -> Callable[[Tensor, Tensor], Tensor]:
    return lambda J, v: v.norm() * torch.cumprod(torch.stack([size(m) for m in J.flip(0)]), dim=0)


MISTAKES = (
    Mistake(
        "first-step-first",
        "your loop starts at J[0]. The gradient enters at the last step: whose Jacobian does it "
        "meet first?",
        lambda J, v: norms_by_lag(J.flip(0), v),
    ),
    Mistake(
        "not-transposed",
        "each Jacobian is used the way forwards, J v. A column of J belongs to the earlier state: "
        "which way round must it stand to bring a gradient back?",
        _stepwise(torch.mv),
    ),
    Mistake(
        "product-reversed",
        "the matrices are right, their order in the product is not. In the product for lag 2, "
        "the Jacobian of the last step stands on the left.",
        _products(lambda product, J_t: J_t @ product, _times_v),
    ),
    Mistake(
        "elementwise-product",
        "the matrices are multiplied element by element. Which product chains them?",
        _products(torch.mul, _times_v),
    ),
    Mistake(
        "norms-multiplied",
        "the norms of the matrices are multiplied (their largest singular values). That is an "
        "upper bound: it says what would arrive if every step stretched the same direction most.",
        _norms_multiplied(_spectral),
    ),
    Mistake(
        "frobenius-norms-multiplied",
        "the norms of the matrices are multiplied (their Frobenius norms). That is an upper "
        "bound; multiply the matrices first, then take one norm.",
        _norms_multiplied(torch.norm),
    ),
    Mistake(
        "norm-of-product",
        "this is the largest singular value of each product: the gradient that would arrive from "
        "the luckiest v of length 1. Where does v come in?",
        _products(torch.matmul, lambda product, v: _spectral(product)),
    ),
    Mistake(
        "off-by-one",
        "the list starts with the norm of v, which has lag 0, so every norm stands one place too "
        "late. The first is for lag 1.",
        _off_by_one,
    ),
    Mistake(
        "with-lag-zero",
        "there is one norm too many: the list starts with that of v, which has lag 0.",
        _with_lag_zero,
    ),
    Mistake(
        "oldest-first",
        "the norms are right, but the longest lag stands first. norms[0] is for lag 1.",
        lambda J, v: norms_by_lag(J, v).flip(0),
    ),
    Mistake(
        "no-chain",
        "each Jacobian is applied to v itself, so that every lag has one factor. "
        "What should the next step start from?",
        lambda J, v: torch.stack([(J_t.T @ v).norm() for J_t in J.flip(0)]),
    ),
    Mistake(
        "same-jacobian",
        "every step uses the Jacobian of the last one. U is the same at every step; the slopes "
        "of the tanh are not.",
        lambda J, v: norms_by_lag(J[-1:].expand_as(J), v),
    ),
    Mistake(
        "added-up",
        "what arrives is added to what was there. The loss reads the last state only, so nothing "
        "new comes in on the way back.",
        _stepwise(lambda J_t, g: g + J_t.T @ g),
    ),
    Mistake(
        "squared",
        "these are squares of the norms. Is there a root missing?",
        _stepwise(_right_step, lambda g: g.square().sum()),
    ),
    Mistake(
        "absolute-values-summed",
        "the sizes are sums of absolute values. The norm asked for is the Euclidean one.",
        _stepwise(_right_step, lambda g: g.abs().sum()),
    ),
    Mistake(
        "normalised",
        "the gradient is brought back to length 1 before each step, so each number is what one "
        "step does. What has happened over the whole lag?",
        _stepwise(lambda J_t, g: J_t.T @ (g / g.norm())),
    ),
)


EXERCISE = Exercise(
    name="norms-by-lag",
    title="What arrives, lag by lag",
    takes={"J": "T H H", "v": "H"},
    returns={"norms": "T"},
    reference=norms_by_lag,
    mistakes=MISTAKES,
)
