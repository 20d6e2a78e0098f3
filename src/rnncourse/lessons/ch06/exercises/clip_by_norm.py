"""Exercise: clip the gradient of a whole network by its norm."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from rnncourse.checking.exercise import Exercise, Mistake, Tensors

_RTOL, _ATOL = 1e-7, 1e-9
# torch divides by the norm + 1e-6, so that nothing is divided by zero; the drawn norms are not tiny
_STABILISED = 1e-5
_THRESHOLDS = (0.3, 2.0, 0.6, 1.3, 0.1)
"""Thresholds of the drawn calls, as a share of the gradient's norm: some clip, some do not."""


@dataclass(frozen=True, kw_only=True)
class ClipExercise(Exercise):
    """Draws a positive threshold, and accepts a small number added to the norm as torch does."""

    def draw(self, generator: torch.Generator) -> list[Tensors]:
        """Draw gradients of several sizes, each with a threshold above or below its norm."""
        calls = []
        for i, (*gradients, _) in enumerate(super().draw(generator)):
            gradients = [(1 + i) * g for g in gradients]
            calls.append((*gradients, _THRESHOLDS[i % len(_THRESHOLDS)] * _norm(*gradients)))
        return calls

    def accepts(self, mine: Tensors, expected: Tensors) -> bool:
        """Compare up to one common factor that is 1 but for what keeps the division safe."""
        if [t.shape for t in mine] != [t.shape for t in expected]:
            return False
        a, b = (torch.cat([t.flatten() for t in tensors]) for tensors in (mine, expected))
        factor = a @ b / (b @ b)
        near = 1 - _STABILISED < factor < 1 + _RTOL
        return bool(near) and torch.allclose(a, factor * b, _RTOL, _ATOL)

    def alike(self, mine: Tensors, other: Tensors) -> bool:
        """Compare as loosely as ``accepts`` does, so that a safe division hides no mistake."""
        return all(
            a.shape == b.shape and torch.allclose(a, b, _STABILISED, _ATOL, equal_nan=True)
            for a, b in zip(mine, other, strict=True)
        )


Clipped = tuple[Tensor, Tensor, Tensor]


def _norm(*gradients: Tensor) -> Tensor:
    return torch.cat([g.flatten() for g in gradients]).norm()


def clip(dW: Tensor, dU: Tensor, db: Tensor, threshold: Tensor) -> Clipped:
    """Clip by norm (Pascanu et al. 2013, algorithm 1): one factor for the whole gradient."""
    norm = torch.sqrt(dW.square().sum() + dU.square().sum() + db.square().sum())
    # g ← g · threshold / ‖g‖ where ‖g‖ is above the threshold
    factor = torch.clamp(threshold / norm, max=1.0)
    return factor * dW, factor * dU, factor * db


def _with(
    factor: Callable[[Tensor, Tensor], Tensor], norm: Callable[..., Tensor] = _norm
) -> Callable[..., Clipped]:
    """Clipping with another factor of (norm, threshold), or another norm."""

    def clip(dW: Tensor, dU: Tensor, db: Tensor, threshold: Tensor) -> Clipped:
        f = factor(norm(dW, dU, db), threshold)
        return f * dW, f * dU, f * db

    return clip


def _right(norm: Tensor, threshold: Tensor) -> Tensor:
    return torch.clamp(threshold / norm, max=1.0)


def _where_large(then: Callable[[Tensor, Tensor], Tensor]) -> Callable[[Tensor, Tensor], Tensor]:
    return lambda norm, threshold: torch.where(
        norm > threshold, then(norm, threshold), torch.ones_like(norm)
    )


MISTAKES = (
    Mistake(
        "each-tensor-separately",
        "each tensor is clipped by its own norm, so the three are shortened by different "
        "factors and the step points elsewhere. There is one gradient, and one norm of it.",
        lambda dW, dU, db, threshold: tuple(_right(g.norm(), threshold) * g for g in (dW, dU, db)),
    ),
    Mistake(
        "by-value",
        "every element is cut off at ±threshold. That is clipping by value, and it turns the "
        "gradient. Here the gradient as a whole is to be shortened.",
        lambda dW, dU, db, threshold: tuple(g.clamp(-threshold, threshold) for g in (dW, dU, db)),
    ),
    Mistake(
        "small-ones-scaled-up",
        "a gradient whose norm is below the threshold is made longer. Clipping bounds; it "
        "never scales up. What is the factor to be when the norm is small?",
        _with(lambda norm, threshold: threshold / norm),
    ),
    Mistake(
        "squared-norm",
        "the length is measured without the square root: a sum of squares is the norm squared.",
        _with(_right, lambda *gradients: _norm(*gradients) ** 2),
    ),
    Mistake(
        "without-the-threshold",
        "a long gradient comes out with length 1, whatever the threshold is. "
        "What length should it have?",
        _with(_where_large(lambda norm, threshold: 1 / norm)),
    ),
    Mistake(
        "always-to-one",
        "every gradient comes out with length 1. Short ones should be left alone, and long ones "
        "brought down to the threshold.",
        _with(lambda norm, threshold: 1 / norm),
    ),
    Mistake(
        "unclipped",
        "what comes out is what went in. (In a training loop, clipping before `backward` does "
        "just this: there is no gradient yet.)",
        lambda dW, dU, db, threshold: (dW.clone(), dU.clone(), db.clone()),
    ),
    Mistake(
        "short-ones-clipped",
        "the comparison is the wrong way round: short gradients are changed, long ones are not.",
        _with(
            lambda norm, threshold: torch.where(
                norm < threshold, threshold / norm, torch.ones_like(norm)
            )
        ),
    ),
    Mistake(
        "upside-down",
        "long gradients become longer: the fraction stands on its head.",
        _with(_where_large(lambda norm, threshold: norm / threshold)),
    ),
    Mistake(
        "norms-added",
        "the norms of the three tensors are added up, which is more than the norm of the "
        "whole. Add the squares, and take the root at the end.",
        _with(_right, lambda *gradients: sum(g.norm() for g in gradients)),
    ),
    Mistake(
        "largest-tensor",
        "the length is that of the longest of the three tensors. The others belong to the "
        "gradient too.",
        _with(_right, lambda *gradients: max(g.norm() for g in gradients)),
    ),
    Mistake(
        "largest-element",
        "the length is measured by the largest element. This exercise asks for the ordinary "
        "(Euclidean) norm.",
        _with(_right, lambda *gradients: max(g.abs().max() for g in gradients)),
    ),
    Mistake(
        "absolute-values",
        "the length is measured by the sum of absolute values. This exercise asks for the "
        "ordinary (Euclidean) norm: squares, sum, root.",
        _with(_right, lambda *gradients: sum(g.abs().sum() for g in gradients)),
    ),
    Mistake(
        "thrown-away",
        "a long gradient becomes zero, so that nothing is learned from the step. It should keep "
        "its direction and be as long as the threshold.",
        _with(_where_large(lambda norm, threshold: torch.zeros_like(norm))),
    ),
)

EXERCISE = ClipExercise(
    name="clip-by-norm",
    title="Clip a gradient by its norm",
    takes={"dW": "H D", "dU": "H H", "db": "H", "threshold": ""},
    returns={"dW": "H D", "dU": "H H", "db": "H"},
    reference=clip,
    mistakes=MISTAKES,
)
