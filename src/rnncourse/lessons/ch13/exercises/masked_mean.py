"""Exercise: the mean over a sequence's own steps, in a padded batch."""

from __future__ import annotations

import torch
from torch import Tensor

from rnncourse.checking.exercise import Mistake
from rnncourse.lessons.ch13.exercises.last_states import PaddedExercise


class ReadOnExercise(PaddedExercise):
    """Draws outputs of a layer that has gone on through the padding."""

    def padded(self, steps: Tensor, padding: Tensor) -> Tensor:
        """Leave all as drawn: the padding holds numbers like any others."""
        return steps


def masked_mean(output: Tensor, lengths: Tensor) -> Tensor:
    """The mean of ``output`` (T, B, H) over each sequence's own steps, (B, H)."""
    steps = torch.arange(len(output))[:, None]
    mask = steps < lengths
    total = (output * mask[:, :, None]).sum(dim=0)
    return total / lengths[:, None]


MASK = "steps < lengths"
MASKED = "output * mask[:, :, None]"
MEAN = "total / lengths[:, None]"
A_STEP_MORE = "A sequence of n steps has those with the indices 0 to n - 1."

EXERCISE = ReadOnExercise(
    name="masked-mean",
    title="A mean without the padding",
    level="write",
    minutes=10,
    objective="13.2",
    hints=(
        "Two questions: which of a sequence's T rows are its own, and how many are they?",
        "Compare the steps 0 to T - 1, as a column (T, 1), with the lengths (B): that is a mask, "
        "(T, B). Multiply, add up over time, and divide by each sequence's length.",
        "output is (T, B, H), so the mask needs a third axis, mask[:, :, None]; the sum is (B, H), "
        "so the lengths need a second one, lengths[:, None].",
    ),
    notice="the answer for one sequence no longer depends on the longest one of its batch. That "
    "is the test that found the fault: let a longer one join, and see what changes.",
    takes={"output": "T B H", "lengths": "B"},
    returns={"mean": "B H"},
    reference=masked_mean,
    mistakes=(
        Mistake(
            "padding-counted",
            "the mean is over all T steps, padding included. With another longest sequence in the "
            "batch, the answer for all others would change.",
            {MEAN: "output.mean(dim=0)"},
        ),
        Mistake(
            "divided-by-T",
            "the padding is left out of the sum, but the sum is divided by T. How many steps went "
            "into it?",
            {MEAN: "total / len(output)"},
        ),
        Mistake(
            "padding-in-the-sum",
            "you divide by the right number, but the padding is still in the sum. It would be 0 "
            "if the batch had been packed; here it is not.",
            {MASKED: "output"},
        ),
        Mistake(
            "one-too-many",
            f"each sum holds one step too many. {A_STEP_MORE}",
            {MASK: "steps <= lengths"},
        ),
        Mistake(
            "one-too-few",
            f"each sum lacks the sequence's last step. {A_STEP_MORE}",
            {MASK: "steps < lengths - 1"},
        ),
        Mistake(
            "one-less-in-both",
            f"each sequence loses its last step, in the sum and in the number. {A_STEP_MORE}",
            {MASK: "steps < lengths - 1", MEAN: "total / (lengths - 1)[:, None]"},
        ),
        Mistake(
            "one-more-in-both",
            f"each sequence takes one step of the padding along, if there is any. {A_STEP_MORE}",
            {MASK: "steps <= lengths", MEAN: "total / mask.sum(dim=0)[:, None]"},
        ),
        Mistake(
            "mask-inverted",
            "your mask lets the padding through, and nothing else. Which way round does the "
            "comparison go?",
            {MASK: "steps >= lengths"},
        ),
        Mistake(
            "mean-of-the-padding",
            "that is the mean of the padding. (Where there is none, it is 0 divided by 0.)",
            {MASK: "steps >= lengths", MEAN: "total / (len(output) - lengths)[:, None]"},
        ),
        Mistake(
            "as-if-padded-left",
            "your mask lets the last steps through. The padding stands at the end.",
            {MASK: "(steps < lengths).flip(0)"},
        ),
        Mistake(
            "sum",
            "that is the sum over each sequence's own steps. Asked is the mean: how many are they?",
            {MEAN: "total"},
        ),
        Mistake(
            "divided-twice",
            "you divide twice: mean(dim=0) has divided by T already.",
            {".sum(dim=0)": ".mean(dim=0)"},
        ),
        Mistake(
            "divided-by-B",
            "the sum is divided by the number of sequences. How many steps went into it?",
            {MEAN: "total / len(lengths)"},
        ),
        Mistake(
            "one-mean-for-all",
            "that is one mean over all steps of all sequences, (H,). Each sequence has its own; "
            "output[mask] no longer knows which step is whose.",
            {MEAN: "total.sum(dim=0) / lengths.sum()"},
        ),
        Mistake(
            "over-the-units-too",
            "the mean runs over the units as well, and leaves one number for each sequence. "
            "Asked is one for each unit, (B, H).",
            {MEAN: "(total / lengths[:, None]).mean(dim=1)"},
        ),
        Mistake(
            "cut-at-the-shortest",
            "every sequence is cut to the length of the shortest. Each has a length of its own.",
            {MEAN: "output[: lengths.min()].mean(dim=0)"},
        ),
        Mistake(
            "last-state",
            "that is each sequence's last state. Asked is the mean of all its states.",
            {MEAN: "output[lengths - 1, torch.arange(len(lengths))]"},
        ),
        Mistake(
            "divided-by-the-mean-length",
            "every sum is divided by one number, the mean length. Each sequence has its own.",
            {MEAN: "total / lengths.double().mean()"},
        ),
        Mistake(
            "batch-for-time",
            "you walk along the steps as if they were the sequences: output is (T, B, H), so that "
            "output[:, b] is the sequence b.",
            {MEAN: "torch.stack([output[b, :n].mean(dim=0) for b, n in enumerate(lengths)])"},
        ),
        Mistake(
            "summed-over-the-batch",
            "you add up over the batch, and are left with one sum for each step. Time is the first "
            "axis: dim=0.",
            {".sum(dim=0)": ".sum(dim=1)"},
        ),
        Mistake(
            "mask-of-two-axes",
            "the mask is (T, B) and output is (T, B, H): torch lines them up from the right, so "
            "that the sequences meet the units. Which axis does the mask lack?",
            {"mask[:, :, None]": "mask"},
        ),
        Mistake(
            "mask-transposed",
            "the mask is (B, T), and output begins with T. Which of steps and lengths should "
            "stand in a column?",
            {MASK: "(steps < lengths).T"},
        ),
        Mistake(
            "lengths-along-the-units",
            "the sum is (B, H) and lengths is (B): torch lines them up from the right, so that "
            "the lengths meet the units. They should stand in a column.",
            {MEAN: "total / lengths"},
        ),
        Mistake(
            "no-column",
            "T steps meet B lengths, one to one. Every step should meet every length: put the "
            "steps in a column, (T, 1).",
            {"arange(len(output))[:, None]": "arange(len(output))"},
        ),
    ),
)
