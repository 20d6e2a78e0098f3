"""Exercise: how much of a gradient arrives, lag by lag, from the Jacobians of the steps."""

from __future__ import annotations

import torch
from torch import Tensor

from rnncourse.checking.exercise import Exercise, Mistake


def norms_by_lag(J: Tensor, v: Tensor) -> Tensor:
    """``‖∂ℓ/∂h_{T−lag}‖`` for lags 1 … T, ``(T, H, H), (H) -> (T)``."""
    g, norms = v, []
    for J_t in J.flip(0):
        # ∂ℓ/∂h_{t-1} = J_tᵀ ∂ℓ/∂h_t
        g = J_t.T @ g
        norms.append(g.norm())
    return torch.stack(norms)


START = "g, norms = v, []"
STEP = "g = J_t.T @ g"
NORM = "g.norm()"
EYE = "g, norms, P = v, [], torch.eye(len(v))"
LARGEST = "torch.linalg.matrix_norm"

EXERCISE = Exercise(
    name="norms-by-lag",
    title="What arrives, lag by lag",
    level="write",
    minutes=10,
    starred=True,
    objective="05.2",
    hints=(
        "Start with v, the gradient at the last state, and go back step by step. Every step turns "
        "the gradient of a state into that of the state before it.",
        "A row of J_t belongs to the later state, a column to the earlier one. What column j gets "
        "is a sum over the rows: the transpose of J_t times the gradient.",
        "Loop over the Jacobians from the last one to the first; in each turn replace the vector "
        "by J_t.T @ vector, then keep its norm. At the end, stack the norms.",
    ),
    notice="twice v makes every norm twice as large and leaves their ratios alone: what vanishes "
    "on the way cannot be brought back by a larger loss.",
    takes={"J": "T H H", "v": "H"},
    returns={"norms": "T"},
    reference=norms_by_lag,
    places={"T": "lag {t}"},
    mistakes=(
        Mistake(
            "first-step-first",
            "your loop starts at J[0]. The gradient enters at the last step: whose Jacobian does "
            "it meet first?",
            {"J.flip(0)": "J"},
        ),
        Mistake(
            "not-transposed",
            "each Jacobian is used the way forwards, J v. A column of J belongs to the earlier "
            "state: which way round must it stand to bring a gradient back?",
            {STEP: "g = J_t @ g"},
        ),
        Mistake(
            "product-reversed",
            "the matrices are multiplied in the wrong order. A gradient coming back meets the "
            "Jacobian of the last step first: which end of your product touches v?",
            {START: EYE, STEP: "P = J_t @ P\n        g = P.T @ v"},
        ),
        Mistake(
            "elementwise-product",
            "the matrices are multiplied element by element. Which product chains them?",
            {START: "g, norms, P = v, [], 1", STEP: "P = P * J_t\n        g = P.T @ v"},
        ),
        Mistake(
            "norms-multiplied",
            "the norms of the matrices are multiplied (their largest singular values). That is an "
            "upper bound: it says what would arrive if every step stretched the same direction "
            "most.",
            {STEP: f"g = {LARGEST}(J_t, 2) * g"},
        ),
        Mistake(
            "frobenius-norms-multiplied",
            "the norms of the matrices are multiplied (their Frobenius norms). That is an upper "
            "bound; let the matrices act on v first, then take one norm.",
            {STEP: "g = J_t.norm() * g"},
        ),
        Mistake(
            "norm-of-product",
            "this is the largest singular value of each product: the gradient that would arrive "
            "from the luckiest v of length 1. Where does v come in?",
            {START: EYE, STEP: f"P = P @ J_t\n        g = {LARGEST}(P, 2)"},
        ),
        Mistake(
            "norm-of-product-times-v",
            "the norm of each product is multiplied by that of v. That is an upper bound, reached "
            "by the luckiest direction of v only: let the product act on v, then take the norm.",
            {START: EYE, STEP: f"P = P @ J_t\n        g = {LARGEST}(P, 2) * v"},
        ),
        Mistake(
            "frobenius-norm-of-product",
            "this is the Frobenius norm of each product of Jacobians. Where does v come in?",
            {START: EYE, STEP: "g = P = P @ J_t"},
        ),
        Mistake(
            "off-by-one",
            "the list starts with the norm of v, which has lag 0, so every norm stands one place "
            "too late. The first is for lag 1.",
            {f"{STEP}\n        norms.append({NORM})": f"norms.append({NORM})\n        {STEP}"},
        ),
        Mistake(
            "with-lag-zero",
            "there is one norm too many: the list starts with that of v, which has lag 0.",
            {START: "g, norms = v, [v.norm()]"},
        ),
        Mistake(
            "oldest-first",
            "the longest lag stands first. norms[0] is for lag 1.",
            {"stack(norms)": "stack(norms[::-1])"},
        ),
        Mistake(
            "no-chain",
            "each Jacobian is applied to v itself, so that every lag has one factor. "
            "What should the next step start from?",
            {STEP: "g = J_t.T @ v"},
        ),
        Mistake(
            "same-jacobian",
            "every step uses the Jacobian of the last one. U is the same at every step; the slopes "
            "of the tanh are not.",
            {STEP: "g = J[-1].T @ g"},
        ),
        Mistake(
            "one-jacobian-late",
            "J[-T - 1] is asked for, and from the end J[-T] is the last there is. Either your "
            "index is one too far, so that the Jacobian of the last step is left out, or your loop "
            "makes a turn too many.",
            {"for J_t in J.flip(0):": "for t in range(len(J)):\n        J_t = J[-t - 2]"},
        ),
        Mistake(
            "added-up",
            "what arrives is added to what was there. The loss reads the last state only, so "
            "nothing new comes in on the way back.",
            {STEP: "g = g + J_t.T @ g"},
        ),
        Mistake(
            "squared",
            "these are squares of the norms. Is there a root missing?",
            {NORM: "g.square().sum()"},
        ),
        Mistake(
            "absolute-values-summed",
            "the sizes are sums of absolute values. The norm asked for is the Euclidean one.",
            {NORM: "g.abs().sum()"},
        ),
        Mistake(
            "mean-of-squares",
            "these are roots of the mean square. The norm is the root of the sum of the squares.",
            {NORM: "g.square().mean().sqrt()"},
        ),
        Mistake(
            "shares-of-v",
            "each norm is divided by that of v: the share that arrives. Asked for is the length "
            "itself.",
            {NORM: "g.norm() / v.norm()"},
        ),
        Mistake(
            "vectors",
            "these are the gradients themselves, (T, H). Asked for is the length of each.",
            {NORM: "g"},
        ),
        Mistake(
            "normalised",
            "the gradient is brought back to length 1 before each step, so each number is what one "
            "step does. What has happened over the whole lag?",
            {STEP: "g = J_t.T @ (g / g.norm())"},
        ),
        Mistake(
            "normalised-after",
            "the gradient is brought back to length 1 after each step, so from lag 2 on each "
            "number is what one step does. What has happened over the whole lag?",
            {"    return": "        g = g / g.norm()\n    return"},
        ),
    ),
)
