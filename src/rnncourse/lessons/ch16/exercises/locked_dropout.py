"""Exercise: dropout whose mask stays the same over a sequence."""

from __future__ import annotations

import torch
from torch import Tensor

from rnncourse.checking.exercise import Exercise, Mistake, Tensors


class DroppedExercise(Exercise):
    """Draws uniform numbers from 0 to 1, a share that is no half, and whether it is training."""

    def draw(self, generator: torch.Generator) -> list[Tensors]:
        """Draw the arguments; the first is training, the third and the last but one are not."""
        trials: list[Tensors] = []
        shares = (0.4, 0.2, 0.3, 0.7, 0.6, 0.4, 0.3)
        for k, (x, p, u, _) in enumerate(super().draw(generator)):
            training = torch.tensor(k not in (2, 5))
            trials.append((x, 0 * p + shares[k], u.abs(), training))
        return trials


def locked_dropout(x: Tensor, p: Tensor, u: Tensor, training: Tensor) -> Tensor:
    """Take away a share ``p`` of the units of ``x`` (T, B, D), the same ones at every step.

    Args:
        x: what is thinned out.
        p: the share that is taken away.
        u: uniform numbers, as many as ``x`` has; those of the first step are used.
        training: whether anything is taken away.
    """
    if not training:
        return x
    kept = u[0] >= p
    return x * kept / (1 - p)


KEPT = "u[0] >= p"
SCALED = "x * kept / (1 - p)"
AS_IT_WAS = "return x\n"

EXERCISE = DroppedExercise(
    name="locked-dropout",
    title="Dropout with a locked mask",
    level="write",
    minutes=15,
    starred=True,
    objective="16.2",
    hints=(
        "Three questions: when does it do anything, which numbers does it keep, and by what must "
        "those grow so that the mean stays?",
        "In evaluation x comes back as it is. In training the mask is (B, D), from the numbers of "
        "the first step: kept where u is at least p. It meets every step of x (T, B, D).",
        "A share 1 - p is kept, so what is kept is divided by that: x * kept / (1 - p), with kept "
        "= u[0] >= p.",
    ),
    notice="u[0] is all there is to locking: with u instead it would be torch's dropout, a fresh "
    "mask at each step. That is why nobody notices which of the two a program has.",
    takes={"x": "T B D", "p": "", "u": "T B D", "training": ""},
    returns={"y": "T B D"},
    places={"D": "unit {i}"},
    reference=locked_dropout,
    mistakes=(
        Mistake(
            "fresh-mask",
            "each step has a mask of its own. A locked mask is drawn once a sequence, and what is "
            "away is away at every step.",
            {KEPT: "u >= p"},
        ),
        Mistake(
            "torchs-own",
            "torch's dropout draws by itself, and a fresh mask at each step. The locked one uses "
            "the numbers of u, those of the first step.",
            {SCALED: "torch.nn.functional.dropout(x, float(p))"},
        ),
        Mistake(
            "numbers-of-its-own",
            "each step has a mask of its own, and the numbers are not u's: nobody could draw the "
            "same mask again. u holds all the chance that is needed.",
            {KEPT: "torch.rand(x.shape) >= p"},
        ),
        Mistake(
            "locked-by-its-own-numbers",
            "the mask is locked, but its numbers are not u's: nobody could draw it again. Take "
            "those of u's first step.",
            {KEPT: "torch.rand(x.shape[1:]) >= p"},
        ),
        Mistake(
            "shared-by-the-batch",
            "all sequences lose the same units. Each has a mask of its own; only the steps of one "
            "sequence share it.",
            {KEPT: "u[0, 0] >= p"},
        ),
        Mistake(
            "fresh-and-shared",
            "the mask changes from step to step, and is the same for all sequences. It is the "
            "other way round: fresh for each sequence, the same at each of its steps.",
            {KEPT: "u[:, :1] >= p"},
        ),
        Mistake(
            "whole-vectors",
            "a sequence is taken away or kept as a whole: one draw decides for all D units. Each "
            "unit has a draw of its own.",
            {KEPT: "u[0, :, :1] >= p"},
        ),
        Mistake(
            "whole-steps",
            "at each step the whole vector is taken away or kept. Each unit has a draw of its own, "
            "which holds for all steps.",
            {KEPT: "u[:, :, :1] >= p"},
        ),
        Mistake(
            "last-step",
            "the mask is locked, but made of the last step's numbers. Take those of the first.",
            {KEPT: "u[-1] >= p"},
        ),
        Mistake(
            "first-sequence",
            "your mask has the axes (T, D): those are the numbers of the first sequence. Which "
            "axis of u comes first?",
            {KEPT: "u[:, 0] >= p"},
        ),
        Mistake(
            "kept-with-p",
            "the mask is the wrong way round: a unit is kept with probability p. p is the share "
            "that is taken away.",
            {KEPT: "u[0] < p"},
        ),
        Mistake(
            "p-for-the-kept",
            "p is taken for the share that is kept, in the mask and in the scale. It is the share "
            "that is taken away.",
            {KEPT: "u[0] < p", SCALED: "x * kept / p"},
        ),
        Mistake(
            "not-scaled",
            "the mask is right. What is kept must grow, so that the mean of a unit is what it is "
            "in evaluation: what share is kept?",
            {SCALED: "x * kept"},
        ),
        Mistake(
            "scaled-down",
            "the mask is right. You make what is kept smaller, by the share that is kept. It must "
            "grow by it, to make up for what is away.",
            {SCALED: "x * kept * (1 - p)"},
        ),
        Mistake(
            "divided-by-p",
            "the mask is right. What is kept is divided by the share that is taken away. Which "
            "share makes up for what is missing?",
            {SCALED: "x * kept / p"},
        ),
        Mistake(
            "scaled-in-evaluation",
            "training is right. In evaluation nothing is away, so nothing has to be made up for: "
            "x comes back as it is.",
            {AS_IT_WAS: "return x / (1 - p)\n"},
        ),
        Mistake(
            "shrunk-in-evaluation",
            "training is right. But evaluation shrinks as well, as if training did not make up for "
            "what is away.",
            {AS_IT_WAS: "return x * (1 - p)\n"},
        ),
        Mistake(
            "as-first-published",
            "that is dropout as it was first published: nothing is scaled in training, and all is "
            "shrunk in evaluation. Here training makes up for it, and evaluation leaves x alone.",
            {AS_IT_WAS: "return x * (1 - p)\n", SCALED: "x * kept"},
        ),
        Mistake(
            "dropped-in-evaluation",
            "units are taken away in evaluation as well, so that the same text would get another "
            "answer at each reading. What does training tell you?",
            {"if not training:\n        return x\n    ": ""},
        ),
        Mistake(
            "training-inverted",
            "units are taken away in evaluation, and none in training. Which way round is it?",
            {"if not training": "if training"},
        ),
        Mistake(
            "mask-returned",
            "that is the mask, scaled. What does it act on?",
            {SCALED: "(kept / (1 - p)).expand(x.shape)"},
        ),
    ),
)
