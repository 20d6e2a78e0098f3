"""Exercise: the mean loss of a padded batch."""

from __future__ import annotations

import torch
from torch import Tensor

from rnncourse.checking.exercise import Exercise, Mistake, Tensors

_SIZES = ((7, 5), (4, 6), (6, 3), (5, 2), (3, 1), (1, 4))
"""``(T, B)`` of each call."""


class PaddedExercise(Exercise):
    """Draws lengths from 1 to T, the longest of which is T, as in a padded batch."""

    def draw(self, generator: torch.Generator) -> list[Tensors]:
        """Draw the arguments; what a loss holds beyond its length is large, to be seen."""
        trials: list[Tensors] = []
        for T, B in _SIZES:
            loss = torch.rand(T, B, generator=generator, dtype=torch.float64, device="cpu") + 1
            lengths = torch.randint(1, T + 1, (B,), generator=generator, device="cpu")
            if B > 1:  # one that is padded, and one that fills the batch
                lengths[0], lengths[-1] = 1, T
            else:
                lengths[0] = T
            padding = torch.arange(T, device="cpu")[:, None] >= lengths
            trials.append((loss + 5 * padding, lengths))
        return trials


def masked_mean(loss: Tensor, lengths: Tensor) -> Tensor:
    """The mean of ``loss`` (T, B) over the first ``lengths`` (B) steps of each sequence."""
    steps = torch.arange(len(loss))[:, None]
    mask = steps < lengths
    total = (loss * mask).sum()
    count = mask.sum()
    return total / count


MASK = "steps < lengths"
MEAN = "total / count"
A_STEP_MORE = "A sequence of length n has the steps with indices 0 to n - 1."
LAST_SEQUENCE = (
    "only the last sequence is in your sum, or mean: is it set anew in each turn of a loop?"
)
TRANSPOSED = (
    "loss is (T, B), and what meets it ends with an axis of T. Is it the mask? Which of steps and "
    "lengths should stand in a column, so that it is (T, B), too?"
)

EXERCISE = PaddedExercise(
    name="masked-loss",
    title="The loss of a padded batch",
    level="write",
    minutes=10,
    objective="03.1",
    hints=(
        "Which of the T·B numbers are real? Answer with a tensor of True and False, (T, B).",
        "Step t of a sequence is real if t, counted from 0, is less than its length. Compare all "
        "steps, as a column (T, 1), with all lengths, (B).",
        "Add up what is real, over both axes at once, and divide by how many numbers those are. "
        "loss[mask] picks them out, too.",
    ),
    notice="had the padding held a NaN, loss * mask would have let it through, since NaN times 0 "
    "is NaN; loss[mask] and torch.where never look at it.",
    takes={"loss": "T B", "lengths": "B"},
    returns={"mean": ""},
    reference=masked_mean,
    mistakes=(
        Mistake(
            "padding-counted",
            "the mean is over all T·B steps, padding included. Which of them are real?",
            {MEAN: "loss.mean()"},
        ),
        Mistake(
            "zeroed-but-counted",
            "the padding's loss is set to 0, but its steps are still counted in the mean: "
            "what is the sum divided by?",
            {"mask.sum()": "mask.numel()"},
        ),
        Mistake(
            "sum",
            "this is a sum over steps; what was asked for is their mean. How many are they?",
            {MEAN: "total"},
        ),
        Mistake(
            "divided-by-batch",
            "the sum is divided by the number of sequences. How many numbers went into it?",
            {"mask.sum()": "len(lengths)"},
        ),
        Mistake(
            "divided-by-steps",
            "the sum is divided by T, the longest length. How many numbers went into it?",
            {"mask.sum()": "len(loss)"},
        ),
        Mistake(
            "mean-of-means",
            "each sequence gets a mean of its own, and then all sequences weigh the same, however "
            "long they are. Here each real step should weigh the same.",
            {MEAN: "((loss * mask).sum(dim=0) / lengths).mean()"},
        ),
        Mistake(
            "a-mean-each",
            "this is one mean for each sequence, (B). What was asked for is one number, over the "
            "real steps of them all.",
            {MEAN: "(loss * mask).sum(dim=0) / lengths"},
        ),
        Mistake(
            "per-step-means",
            "this is the mean over t of each step's mean over the sequences still there, so the "
            "late steps of the longest sequence weigh too much. Each real step should weigh the "
            "same.",
            {MEAN: "((loss * mask).sum(dim=1) / mask.sum(dim=1).clamp(min=1)).mean()"},
        ),
        Mistake(
            "mask-inverted",
            "this is the mean over the padding: the mask is the wrong way round.",
            {MASK: "steps >= lengths"},
        ),
        Mistake(
            "padding-summed",
            "what you add up is the padding; what you divide by is the number of real steps. The "
            "mask of the sum is the wrong way round.",
            {"loss * mask": "loss * ~mask"},
        ),
        Mistake(
            "not-averaged",
            "these are the losses of the real steps, one by one. What was asked for is their mean.",
            {MEAN: "loss[mask]"},
        ),
        Mistake(
            "last-sequence-only",
            LAST_SEQUENCE,
            {"(loss * mask).sum()": "(loss * mask)[:, -1].sum()"},
        ),
        Mistake(
            "last-sequence-mean",
            LAST_SEQUENCE,
            {MEAN: "loss[: lengths[-1], -1].mean()"},
        ),
        Mistake(
            "one-too-many",
            f"each sequence counts one step too many. {A_STEP_MORE}",
            {MASK: "steps <= lengths"},
        ),
        Mistake(
            "one-too-few",
            f"each sequence counts one step too few. {A_STEP_MORE}",
            {MASK: "steps < lengths - 1"},
        ),
        Mistake(
            "one-too-many-in-the-sum",
            f"the sum holds one step more of each sequence than you divide by. {A_STEP_MORE}",
            {"loss * mask": "loss * (steps <= lengths)"},
        ),
        Mistake(
            "one-too-few-in-the-sum",
            f"the sum holds one step less of each sequence than you divide by. {A_STEP_MORE}",
            {"loss * mask": "loss * (steps < lengths - 1)"},
        ),
        Mistake(
            "last-step-only",
            "this is the mean of the last real step of each sequence. All real steps count.",
            {MEAN: "loss[lengths - 1, torch.arange(loss.shape[1])].mean()"},
        ),
        Mistake(
            "cut-at-the-shortest",
            "every sequence is cut to the length of the shortest one. Each has a length of its "
            "own, and all of its steps count.",
            {MASK: "(steps < lengths.min()).expand_as(loss)"},
        ),
        Mistake(
            "padded-on-the-left",
            "the mask lets the last steps of each sequence through; padding stands at the end.",
            {MASK: "(steps < lengths).flip(0)"},
        ),
        Mistake(
            "batch-for-time",
            "you walk along the steps as if they were the sequences: loss is (T, B), so that "
            "loss[:, b] is the sequence b.",
            {MEAN: "torch.cat([loss[b, :n] for b, n in enumerate(lengths)]).mean()"},
        ),
        Mistake(
            "no-column",
            "an axis of T meets an axis of B, one to one. Every step should meet every length: a "
            "column of T steps, (T, 1), compared with the lengths is (T, B).",
            {"[:, None]": ""},
        ),
        Mistake(
            "mask-transposed",
            TRANSPOSED,
            {MASK: "(steps < lengths).T"},
        ),
        Mistake(
            "mask-transposed-index",
            TRANSPOSED,
            {MEAN: "loss[mask.T].mean()"},
        ),
    ),
)
