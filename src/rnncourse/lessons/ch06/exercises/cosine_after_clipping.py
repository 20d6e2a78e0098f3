"""Exercise: how far clipping by value turns a gradient."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from rnncourse.checking.exercise import Exercise, Mistake, Tensors

_LIMITS = (0.1, 0.3, 0.2)
"""Limits of the drawn calls, as a share of the largest element: something is always cut off."""


@dataclass(frozen=True, kw_only=True)
class CosineExercise(Exercise):
    """Draws gradients of which a few elements stand out, and a positive limit."""

    def draw(self, generator: torch.Generator) -> list[Tensors]:
        """Cube the elements, so that some are much larger than others."""
        calls: list[Tensors] = []
        for i, (g, _) in enumerate(super().draw(generator)):
            g = 10 * g**3
            calls.append((g, _LIMITS[i % len(_LIMITS)] * g.abs().max()))
        return calls


def cosine(g: Tensor, limit: Tensor) -> Tensor:
    """The cosine of the angle between a gradient and what clipping by value leaves of it."""
    clipped = g.clamp(-limit, limit)
    # cos = ⟨g, clipped⟩ / (‖g‖ ‖clipped‖)
    return (g * clipped).sum() / (g.norm() * clipped.norm())


def _between(g: Tensor, other: Tensor) -> Tensor:
    return (g * other).sum() / (g.norm() * other.norm())


MISTAKES = (
    Mistake(
        "by-norm",
        "the cosine is 1: the gradient is shortened and keeps its direction. That is clipping by "
        "norm. By value, each element is cut off by itself.",
        # exactly 1: of the product of two parallel vectors, rounding would leave nearly 1
        lambda g, limit: torch.ones_like(limit),
    ),
    Mistake(
        "one-side-only",
        "large positive elements are cut off, large negative ones are not. The limit holds on "
        "both sides of zero.",
        lambda g, limit: _between(g, g.clamp(max=limit)),
    ),
    Mistake(
        "other-side-only",
        "large negative elements are cut off, large positive ones are not. The limit holds on "
        "both sides of zero.",
        lambda g, limit: _between(g, g.clamp(min=-limit)),
    ),
    Mistake(
        "sign-lost",
        "what is cut off comes back positive: its sign is lost. An element of -5 with a limit "
        "of 1 becomes -1.",
        lambda g, limit: _between(g, torch.where(g.abs() > limit, limit, g)),
    ),
    Mistake(
        "all-set-to-the-limit",
        "every element is moved to +limit or -limit, small ones too. Those within the limits "
        "stay as they are.",
        lambda g, limit: _between(g, limit * g.sign()),
    ),
    Mistake(
        "zeroed",
        "elements beyond the limit become 0. Clipping cuts them off *at* the limit.",
        lambda g, limit: _between(g, torch.where(g.abs() > limit, 0.0, g)),
    ),
    Mistake(
        "not-normalised",
        "this is the dot product. A cosine does not change when a vector is made longer: what "
        "do you have to divide by?",
        lambda g, limit: (g * g.clamp(-limit, limit)).sum(),
    ),
    Mistake(
        "one-norm-only",
        "the dot product is divided by the length of one of the two vectors only, that of g.",
        lambda g, limit: (g * g.clamp(-limit, limit)).sum() / g.norm(),
    ),
    Mistake(
        "norm-squared",
        "the dot product is divided by the squared length of g. The clipped gradient has a "
        "length of its own.",
        lambda g, limit: (g * g.clamp(-limit, limit)).sum() / g.norm() ** 2,
    ),
    Mistake(
        "angle-in-radians",
        "this is the angle itself, in radians. The exercise asks for its cosine.",
        lambda g, limit: torch.arccos(cosine(g, limit)),
    ),
    Mistake(
        "angle-in-degrees",
        "this is the angle itself, in degrees. The exercise asks for its cosine.",
        lambda g, limit: torch.rad2deg(torch.arccos(cosine(g, limit))),
    ),
    Mistake(
        "row-by-row",
        "there is one cosine a row. All elements of the gradient form one vector: sum over "
        "both axes.",
        lambda g, limit: torch.cosine_similarity(g, g.clamp(-limit, limit), dim=1),
    ),
)

EXERCISE = CosineExercise(
    name="cosine-after-clipping",
    title="How far clipping by value turns a gradient",
    takes={"g": "H D", "limit": ""},
    returns={"cosine": ""},
    reference=cosine,
    mistakes=MISTAKES,
)
