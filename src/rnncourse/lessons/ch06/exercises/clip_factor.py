"""Exercise: the factor by which a gradient is clipped."""

from __future__ import annotations

import torch
from torch import Tensor

from rnncourse.checking.exercise import Mistake
from rnncourse.lessons.ch06.clipping import FACTOR, FACTORS, LONG, ClipExercise


def clip_one(g: Tensor, threshold: Tensor) -> Tensor:
    """Clip a gradient that is one vector by its norm, ``(N), () -> (N)``."""
    norm = g.norm()
    factor = torch.clamp(threshold / norm, max=1.0)
    clipped = factor * g
    return clipped


CLIPPED = "factor * g"

EXERCISE = ClipExercise(
    name="clip-factor",
    title="The factor",
    level="complete",
    minutes=5,
    objective="06.2",
    hints=(
        "There are two cases. A gradient that is short enough stays as it is: what is the factor "
        "then? A longer one is to be as long as the threshold.",
        "A gradient of length 6 is to have a length of 3: by what is it multiplied? Write that "
        "with the threshold and g.norm().",
        "threshold / g.norm() is below 1 just where the gradient is too long. So the factor is the "
        "smaller of it and 1: min(1.0, …), or clamp(max=1.0).",
    ),
    notice="the factor is one number, so all elements keep their proportions: the step is shorter, "
    "and goes the same way.",
    takes={"g": "N", "threshold": ""},
    returns={"clipped": "N"},
    reference=clip_one,
    places={"N": "element {i}"},
    mistakes=(
        *FACTORS,
        Mistake(
            "unclipped",
            "what comes out is what went in: your factor is always 1.",
            {CLIPPED: "g"},
        ),
        Mistake(
            "subtracted",
            "the factor is by how much the gradient is too long, or that over its length: what is "
            "to be taken away. Asked is what is left, as a share.",
            {FACTOR: f"1 - threshold / norm {LONG}"},
        ),
        Mistake(
            "difference-for-factor",
            "the gradient is multiplied by threshold − norm. A factor is a quotient: which number "
            "times the norm gives the threshold?",
            {FACTOR: f"threshold - norm {LONG}"},
        ),
        Mistake(
            "threshold-for-factor",
            "the gradient is multiplied by the threshold. That makes its length norm × threshold; "
            "it is to be the threshold itself.",
            {FACTOR: f"threshold {LONG}"},
        ),
        Mistake(
            "always-the-threshold",
            "every gradient is multiplied by the threshold. What is its length to be, and what is "
            "it now?",
            {FACTOR: "threshold"},
        ),
        Mistake(
            "by-value",
            "every element is cut off at ±threshold, as if it had a norm of its own. That is "
            "clipping by value, and it turns the gradient: one factor for all keeps its direction.",
            {CLIPPED: "g.clamp(-threshold, threshold)"},
        ),
        Mistake(
            "squared-norm",
            "the length is measured without the square root: a sum of squares is the norm squared.",
            {"g.norm()": "g.square().sum()"},
        ),
        Mistake(
            "absolute-values",
            "the length is measured by the sum of absolute values. The norm is that of Euclid: "
            "squares, sum, root.",
            {"g.norm()": "g.abs().sum()"},
        ),
        Mistake(
            "largest-element",
            "the length is measured by the largest element. Others add to it.",
            {"g.norm()": "g.abs().max()"},
        ),
        Mistake(
            "elements-summed",
            "the length is measured by the sum of the elements, in which those of opposite sign "
            "cancel.",
            {"g.norm()": "g.sum()"},
        ),
        Mistake(
            "mean-of-squares",
            "the length is measured by the root of the mean square. The norm is the root of their "
            "sum.",
            {"g.norm()": "g.square().mean().sqrt()"},
        ),
        Mistake(
            "one-added",
            "1 is added to the norm, so that every long gradient comes out too short. Against a "
            "division by zero something like 1e-6 is enough.",
            {"threshold / norm": "threshold / (norm + 1)"},
        ),
    ),
)
