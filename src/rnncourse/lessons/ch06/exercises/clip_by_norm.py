"""Exercise: clip the gradient of a whole network by its norm."""

from __future__ import annotations

import torch
from torch import Tensor

from rnncourse.checking.exercise import Mistake
from rnncourse.lessons.ch06.clipping import FACTORS, ClipExercise


def clip(dW: Tensor, dU: Tensor, db: Tensor, threshold: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Clip by norm (Pascanu et al. 2013, algorithm 1): one factor for the whole gradient."""
    norm = torch.sqrt(dW.square().sum() + dU.square().sum() + db.square().sum())
    # g ← g · threshold / ‖g‖ where ‖g‖ is above the threshold
    factor = torch.clamp(threshold / norm, max=1.0)
    return factor * dW, factor * dU, factor * db


NORM = "torch.sqrt(dW.square().sum() + dU.square().sum() + db.square().sum())"
RETURNED = "factor * dW, factor * dU, factor * db"

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
        *FACTORS,
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
            "squared-norm",
            "the length is measured without the square root: a sum of squares is the norm squared.",
            {"torch.sqrt(": "("},
        ),
        Mistake(
            "unclipped",
            "what comes out is what went in. (In a training loop, clipping before `backward` does "
            "just this: there is no gradient yet.)",
            {RETURNED: "dW, dU, db"},
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
