"""Exercise: clip the gradient of a whole network by its norm."""

from __future__ import annotations

import torch
from torch import Tensor

from rnncourse.checking.exercise import Exercise, Mistake, Tensors

# torch divides by the norm + 1e-6, so that nothing is divided by zero; the drawn norms are not tiny
_STABILISED = 1e-5
_NORMS = (3.0, 2.0, 0.5, 4.0, 6.0, 0.7)
_THRESHOLDS = (0.9, 4.0, 0.3, 5.2, 0.6, 1.2)
"""Norms and thresholds of the drawn calls: some clip, some do not, on both sides of 1."""


class ClipExercise(Exercise):
    """Draws a positive threshold, and accepts a small number added to the norm as torch does."""

    def draw(self, generator: torch.Generator) -> list[Tensors]:
        """Draw gradients of several sizes, each with a threshold above or below its norm."""
        calls = []
        for drawn, norm, threshold in zip(
            super().draw(generator), _NORMS, _THRESHOLDS, strict=True
        ):
            factor = norm / torch.cat([g.flatten() for g in drawn[:-1]]).norm()
            calls.append((*(factor * g for g in drawn[:-1]), torch.full_like(drawn[-1], threshold)))
        return calls

    def accepts(self, mine: Tensors, expected: Tensors) -> bool:
        """Compare up to one common factor that is 1 but for what keeps the division safe."""
        if [t.shape for t in mine] != [t.shape for t in expected]:
            return False
        rtol, atol = self.tolerance
        a, b = (torch.cat([t.flatten() for t in tensors]) for tensors in (mine, expected))
        factor = a @ b / (b @ b)
        near = 1 - max(_STABILISED, rtol) < factor < 1 + rtol
        return bool(near) and torch.allclose(a, factor * b, rtol, atol)

    def alike(self, mine: Tensors, other: Tensors) -> bool:
        """Compare as loosely as ``accepts`` does, so that a safe division hides no mistake."""
        rtol, atol = self.tolerance
        return all(
            a.shape == b.shape and torch.allclose(a, b, max(_STABILISED, rtol), atol)
            for a, b in zip(mine, other, strict=True)
        )


def clip(dW: Tensor, dU: Tensor, db: Tensor, threshold: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Clip by norm (Pascanu et al. 2013, algorithm 1): one factor for the whole gradient."""
    norm = torch.sqrt(dW.square().sum() + dU.square().sum() + db.square().sum())
    # g ← g · threshold / ‖g‖ where ‖g‖ is above the threshold
    factor = torch.clamp(threshold / norm, max=1.0)
    return factor * dW, factor * dU, factor * db


NORM = "torch.sqrt(dW.square().sum() + dU.square().sum() + db.square().sum())"
FACTOR = "torch.clamp(threshold / norm, max=1.0)"
RETURNED = "factor * dW, factor * dU, factor * db"
LONG = "if norm > threshold else 1.0"

EXERCISE = ClipExercise(
    name="clip-by-norm",
    title="Clip a gradient by its norm",
    level="write",
    minutes=10,
    starred=True,
    objective="06.2",
    hints=(
        "The three tensors are one long vector that was cut in three. How long is it? And by which "
        "one number do you multiply all of it?",
        "The norm of the whole: add up the squares of all elements of all three, then take the "
        "root. The factor is 1 while that norm is at most the threshold.",
        "A longer gradient is to be as long as the threshold: its factor is threshold / norm. Both "
        "cases at once: the smaller of threshold / norm and 1, times each of the three.",
    ),
    notice="with a threshold below every norm that occurs, all gradients come out equally long, "
    "and making the loss ten times as large changes no step any more.",
    takes={"dW": "H D", "dU": "H H", "db": "H", "threshold": ""},
    returns={"dW": "H D", "dU": "H H", "db": "H"},
    reference=clip,
    mistakes=(
        Mistake(
            "each-tensor-separately",
            "each tensor is clipped by its own norm, so the three are shortened by different "
            "factors and the step points elsewhere. There is one gradient, and one norm of it.",
            {RETURNED: "tuple(g * min(1, threshold / g.norm()) for g in (dW, dU, db))"},
        ),
        Mistake(
            "by-value",
            "every element is cut off at ±threshold. That is clipping by value, and it turns the "
            "gradient. Here the gradient as a whole is to be shortened.",
            {RETURNED: "tuple(g.clamp(-threshold, threshold) for g in (dW, dU, db))"},
        ),
        Mistake(
            "small-ones-scaled-up",
            "a gradient whose norm is below the threshold is made longer. Clipping bounds; it "
            "never scales up. What is the factor to be when the norm is small?",
            {FACTOR: "threshold / norm"},
        ),
        Mistake(
            "squared-norm",
            "the length is measured without the square root: a sum of squares is the norm squared.",
            {"torch.sqrt(": "("},
        ),
        Mistake(
            "without-the-threshold",
            "a long gradient comes out with length 1, whatever the threshold is. "
            "What length should it have?",
            {FACTOR: f"1 / norm {LONG}"},
        ),
        Mistake(
            "clipped-at-one",
            "the gradient is clipped at a length of 1, whatever the threshold is.",
            {"threshold / norm": "1 / norm"},
        ),
        Mistake(
            "always-to-one",
            "every gradient comes out with length 1. Short ones should be left alone, and long "
            "ones brought down to the threshold.",
            {FACTOR: "1 / norm"},
        ),
        Mistake(
            "unclipped",
            "what comes out is what went in. (In a training loop, clipping before `backward` does "
            "just this: there is no gradient yet.)",
            {RETURNED: "dW, dU, db"},
        ),
        Mistake(
            "short-ones-clipped",
            "short gradients are stretched to the threshold, and long ones are left alone. "
            "Should your factor be at most 1, or at least?",
            {"max=1.0": "min=1.0"},
        ),
        Mistake(
            "upside-down",
            "long gradients become longer: the fraction stands on its head.",
            {FACTOR: f"norm / threshold {LONG}"},
        ),
        Mistake(
            "upside-down-and-bounded",
            "short gradients become shorter, and long ones stay as they are: the fraction stands "
            "on its head.",
            {"threshold / norm": "norm / threshold"},
        ),
        Mistake(
            "upside-down-always",
            "long gradients become longer and short ones shorter: the fraction stands on its head, "
            "and nothing keeps it from going above 1.",
            {FACTOR: "norm / threshold"},
        ),
        Mistake(
            "new-length-for-factor",
            "the gradient is multiplied by the length it should have: the smaller of norm and "
            "threshold. How long is it then, if it was not of length 1 before?",
            {FACTOR: "torch.minimum(norm, threshold)"},
        ),
        Mistake(
            "norms-added",
            "the norms of the three tensors are added up, which is more than the norm of the "
            "whole. Add the squares, and take the root at the end.",
            {NORM: "dW.norm() + dU.norm() + db.norm()"},
        ),
        Mistake(
            "largest-tensor",
            "the length is that of the longest of the three tensors. The others belong to the "
            "gradient too.",
            {NORM: "max(dW.norm(), dU.norm(), db.norm())"},
        ),
        Mistake(
            "largest-element",
            "the length is measured by the largest element. This exercise asks for the ordinary "
            "(Euclidean) norm.",
            {NORM: "max(dW.abs().max(), dU.abs().max(), db.abs().max())"},
        ),
        Mistake(
            "absolute-values",
            "the length is measured by the sum of absolute values. This exercise asks for the "
            "ordinary (Euclidean) norm: squares, sum, root.",
            {NORM: "dW.abs().sum() + dU.abs().sum() + db.abs().sum()"},
        ),
        Mistake(
            "mean-of-squares",
            "the length is measured by the root of the mean square. The norm is the root of their "
            "sum.",
            {"/ norm": "/ norm * (dW.numel() + dU.numel() + db.numel()) ** 0.5"},
        ),
        Mistake(
            "thrown-away",
            "a long gradient becomes zero, so that nothing is learned from the step. It should "
            "keep its direction and be as long as the threshold.",
            {FACTOR: f"0.0 {LONG}"},
        ),
        Mistake(
            "one-after-the-other",
            "after dW the norm is measured again, with a part shortened already. "
            "There is one norm: measure it once, before anything is changed.",
            {
                RETURNED: "(one := factor * dW, "
                "two := dU * min(1, threshold / torch.cat([one, dU, db[:, None]], 1).norm()), "
                "db * min(1, threshold / torch.cat([one, two, db[:, None]], 1).norm()))"
            },
        ),
        Mistake(
            "another-order",
            "the three come in another order: dW, db, dU. Return dW, dU, db.",
            {RETURNED: "factor * dW, factor * db, factor * dU"},
        ),
        Mistake(
            "cat-of-different-shapes",
            "the three have different shapes and cannot be joined as they are: what makes a vector "
            "of each?",
            {NORM: "torch.cat([dW, dU, db]).norm()"},
        ),
    ),
)
