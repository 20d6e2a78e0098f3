"""Exercise: how far clipping by value turns a gradient."""

from __future__ import annotations

import torch
from torch import Tensor

from rnncourse.checking.exercise import Exercise, Mistake, Tensors

_LIMITS = (0.006, 0.1, 0.3)
"""Limits of the drawn calls, as a share of the largest element: something is always cut off, and
by the first even of a gradient brought to length 1."""


class CosineExercise(Exercise):
    """Draws gradients of which a few elements stand out, and a positive limit."""

    def draw(self, generator: torch.Generator) -> list[Tensors]:
        """Draw elements of which some are much larger than others."""
        calls: list[Tensors] = []
        for i, (g, limit) in enumerate(super().draw(generator)):
            # Long, so that a small number added to the norms, against 0 / 0, does no harm.
            g = 100 * (g / g.abs().max()) ** 7
            calls.append((g, torch.full_like(limit, 100 * _LIMITS[i % len(_LIMITS)])))
        return calls


def cosine(g: Tensor, limit: Tensor) -> Tensor:
    """The cosine of the angle between a gradient and what clipping by value leaves of it."""
    clipped = g.clamp(-limit, limit)
    # cos = ⟨g, clipped⟩ / (‖g‖ ‖clipped‖)
    dot = (g * clipped).sum()
    return dot / (g.norm() * clipped.norm())


CLIPPED = "g.clamp(-limit, limit)"
LENGTHS = "(g.norm() * clipped.norm())"
RETURNED = f"dot / {LENGTHS}"
LINE = f"return {RETURNED}"

EXERCISE = CosineExercise(
    name="cosine-after-clipping",
    title="How far clipping by value turns a gradient",
    level="write",
    minutes=5,
    objective="06.2",
    hints=(
        "Two steps: clip first, into a new tensor. Then the angle between two vectors, each of "
        "which holds all elements of a matrix.",
        "A cosine is the dot product divided by both lengths. The dot product of two matrices, "
        "read as vectors, is the sum of their products, element by element.",
        "Clip with clamp, on both sides of zero. Multiply g and the clipped one element by "
        "element, add up, and divide by the norm of the one times the norm of the other.",
    ),
    notice="the turn has a limit: with n elements the cosine stays above 1/√n. One huge element in "
    "a matrix of 100 × 100 gets close: about 0.01, all but a right angle.",
    takes={"g": "H D", "limit": ""},
    returns={"cosine": ""},
    reference=cosine,
    mistakes=(
        Mistake(
            "no-turn",
            "the cosine comes out as 1: what you compare points the same way. Is the gradient "
            "shortened as a whole (that is clipping by norm), or one vector compared with itself? "
            "By value, each element is cut off by itself.",
            {LINE: "return torch.ones_like(dot)"},
        ),
        Mistake(
            "one-side-only",
            "large positive elements are cut off, large negative ones are not. The limit holds on "
            "both sides of zero.",
            {CLIPPED: "g.clamp(max=limit)"},
        ),
        Mistake(
            "other-side-only",
            "large negative elements are cut off, large positive ones are not. The limit holds on "
            "both sides of zero.",
            {CLIPPED: "g.clamp(min=-limit)"},
        ),
        Mistake(
            "sign-lost",
            "what is cut off comes back positive: its sign is lost. An element of -5 with a limit "
            "of 1 becomes -1.",
            {CLIPPED: "torch.where(g.abs() > limit, limit, g)"},
        ),
        Mistake(
            "all-signs-lost",
            "the absolute values are cut off, and nothing gives the negative elements their sign "
            "back. An element of -5 with a limit of 1 becomes -1.",
            {CLIPPED: "g.abs().clamp(max=limit)"},
        ),
        Mistake(
            "all-set-to-the-limit",
            "every element is moved to +limit or -limit, small ones too. Those within the limits "
            "stay as they are.",
            {CLIPPED: "limit * g.sign()"},
        ),
        Mistake(
            "zeroed",
            "elements beyond the limit become 0. Clipping cuts them off *at* the limit.",
            {CLIPPED: "torch.where(g.abs() > limit, 0.0, g)"},
        ),
        Mistake(
            "brought-to-length-one-first",
            "g is brought to length 1 before it is clipped, so that the limit cuts off less. "
            "It is meant for the gradient as it comes.",
            {CLIPPED: "(g / g.norm()).clamp(-limit, limit)"},
        ),
        Mistake(
            "not-normalised",
            "this is the dot product. A cosine does not change when a vector is made longer: what "
            "do you have to divide by?",
            {LINE: "return dot"},
        ),
        Mistake(
            "one-norm-only",
            "the dot product is divided by the length of one of the two vectors only, that of g.",
            {LENGTHS: "g.norm()"},
        ),
        Mistake(
            "norm-squared",
            "the dot product is divided by the squared length of g. The clipped gradient has a "
            "length of its own.",
            {LENGTHS: "g.norm() ** 2"},
        ),
        Mistake(
            "roots-forgotten",
            "the dot product is divided by both lengths squared: a sum of squares is a length only "
            "after the root.",
            {LENGTHS: "(g.norm() * clipped.norm()) ** 2"},
        ),
        Mistake(
            "angle-in-radians",
            "this is the angle itself, in radians. The exercise asks for its cosine.",
            {LINE: f"return torch.arccos({RETURNED})"},
        ),
        Mistake(
            "angle-in-degrees",
            "this is the angle itself, in degrees. The exercise asks for its cosine.",
            {LINE: f"return torch.rad2deg(torch.arccos({RETURNED}))"},
        ),
        Mistake(
            "distance",
            "this is 1 minus the cosine: a distance, 0 for the same direction.",
            {LINE: f"return 1 - {RETURNED}"},
        ),
        Mistake(
            "row-by-row",
            "there is one cosine a row. All elements of the gradient form one vector: sum over "
            "both axes.",
            {LINE: "return torch.cosine_similarity(g, clipped, dim=1)"},
        ),
        Mistake(
            "column-by-column",
            "there is one cosine a column. All elements of the gradient form one vector: sum over "
            "both axes.",
            {LINE: "return torch.cosine_similarity(g, clipped, dim=0)"},
        ),
        Mistake(
            "mean-over-columns",
            "this is the mean of the columns' cosines. All elements of the gradient form one "
            "vector, and long columns count for more in it.",
            {LINE: "return torch.cosine_similarity(g, clipped, dim=0).mean()"},
        ),
        Mistake(
            "mean-over-rows",
            "this is the mean of the rows' cosines. All elements of the gradient form one vector, "
            "and long rows count for more in it.",
            {LINE: "return torch.cosine_similarity(g, clipped, dim=1).mean()"},
        ),
        Mistake(
            "matrix-product",
            "this is (H, H): the matrix product holds the products of every row with every row. "
            "You want one number: each element times its own clipped one, all added up.",
            {"dot = (g * clipped).sum()": "dot = g @ clipped.T"},
        ),
        Mistake(
            "all-pairs-of-rows",
            "every row of g is multiplied with every row of the clipped one, and all is added up. "
            "In a dot product, each element meets its own counterpart alone.",
            {"(g * clipped).sum()": "(g @ clipped.T).sum()"},
        ),
        Mistake(
            "dot-of-matrices",
            "dot takes vectors, and these are matrices. Make a vector of each, or multiply element "
            "by element and add up.",
            {"(g * clipped).sum()": "g.dot(clipped)"},
        ),
    ),
)
