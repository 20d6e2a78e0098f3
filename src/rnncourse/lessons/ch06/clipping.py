"""What the exercises of this lesson on clipping have in common: draws, and wrong factors."""

from __future__ import annotations

import torch

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
        calls = super().draw(generator)
        for k, (drawn, norm, threshold) in enumerate(zip(calls, _NORMS, _THRESHOLDS, strict=False)):
            factor = norm / torch.cat([g.flatten() for g in drawn[:-1]]).norm()
            calls[k] = (*(factor * g for g in drawn[:-1]), torch.full_like(drawn[-1], threshold))
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


FACTOR = "torch.clamp(threshold / norm, max=1.0)"
LONG = "if norm > threshold else 1.0"

FACTORS = (
    Mistake(
        "small-ones-scaled-up",
        "a gradient whose norm is below the threshold is made longer. Clipping bounds; it "
        "never scales up. What is the factor to be when the norm is small?",
        {FACTOR: "threshold / norm"},
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
        "one-and-threshold-exchanged",
        "the threshold and 1 have changed places: the factor is to be threshold / norm, and 1 at "
        "most.",
        {FACTOR: "torch.minimum(1 / norm, threshold)"},
    ),
    Mistake(
        "norm-of-one-at-least",
        "the threshold is divided by the norm or by 1, whichever is larger. What is to be 1 at "
        "most is the whole quotient.",
        {FACTOR: "threshold / torch.clamp(norm, min=1.0)"},
    ),
    Mistake(
        "thrown-away",
        "a long gradient becomes zero, so that nothing is learned from the step. It should "
        "keep its direction and be as long as the threshold.",
        {FACTOR: f"0.0 {LONG}"},
    ),
)
"""Mistakes in the factor, as ``FACTOR`` stands in a reference."""
