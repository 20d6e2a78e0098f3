"""Exercise: a pipeline with three faults around padding, to be mended."""

from __future__ import annotations

import torch
from torch import Tensor

from rnncourse.checking.exercise import Mistake
from rnncourse.lessons.ch13.exercises.last_states import PaddedExercise


def summaries(x: Tensor, lengths: Tensor, W: Tensor, U: Tensor, b: Tensor) -> Tensor:
    """Each sequence's last state and mean state, (B, 2H), from ``x`` (B, T, D), padded right."""
    h = torch.zeros(len(x), len(U))
    states = []
    for x_t in x.transpose(0, 1):
        h = torch.tanh(x_t @ W.T + h @ U.T + b)
        states.append(h)
    output = torch.stack(states, dim=1)
    mask = torch.arange(x.shape[1]) < lengths[:, None]
    last = output[torch.arange(len(x)), lengths - 1]
    mean = (output * mask[:, :, None]).sum(dim=1) / lengths[:, None]
    return torch.cat([last, mean], dim=1)


MASK = "torch.arange(x.shape[1]) < lengths[:, None]"
OWN_LAST = "output[torch.arange(len(x)), lengths - 1]"
OWN_MEAN = "(output * mask[:, :, None]).sum(dim=1) / lengths[:, None]"
SIDE_BY_SIDE = "torch.cat([last, mean], dim=1)"

WALKS = {"len(x), len(U)": "len(U)", "x.transpose(0, 1)": "x", "states, dim=1": "states"}
LAST = {OWN_LAST: "output[:, -1]"}
MEAN = {OWN_MEAN: "output.mean(dim=1)"}

EXERCISE = PaddedExercise(
    name="padded-pipeline",
    title="Three faults around padding",
    level="find the fault",
    minutes=15,
    starred=True,
    objective="13.2",
    hints=(
        "Give the function a short sequence alone, then with a longer one, then change the first "
        "step of its neighbour. What should change? What does?",
        "x is (B, T, D). What does `for x_t in x` walk over? And which of the T states are a short "
        "sequence's own?",
        "Walk over x.transpose(0, 1) from zeros of (B, H), and stack the states at dim=1: (B, T, "
        "H). last is output[arange(B), lengths - 1]; the mean needs a mask, over lengths[:, None].",
    ),
    notice="all shapes were right from the start, so that nothing could complain. What shows such "
    "faults is a test: the same sequence, alone and in company.",
    takes={"x": "B T D", "lengths": "B", "W": "H D", "U": "H H", "b": "H"},
    returns={"summary": "B 2H"},
    reference=summaries,
    mistakes=(
        Mistake(
            "as-it-was",
            "it does what the colleague's does. Begin with the loop: over which axis of x does it "
            "walk, and which axis is time?",
            {**WALKS, **LAST, **MEAN},
        ),
        Mistake(
            "loop-alone",
            "the loop walks over time now, so that torch.stack gives (T, B, H). The lines below it "
            "still read that as (B, T, H).",
            {"states, dim=1": "states", **LAST, **MEAN},
        ),
        Mistake(
            "walks-over-the-batch",
            "the padding is left out as it should be. But the loop takes the sequences for steps: "
            "each starts where the sequence before it in the batch has ended.",
            WALKS,
        ),
        Mistake(
            "walk-and-mean",
            "the last state is picked at the right place. But the loop walks over sequences "
            "instead of steps, and the mean counts the padding.",
            {**WALKS, **MEAN},
        ),
        Mistake(
            "walk-and-last",
            "the mean leaves the padding out. But the loop walks over sequences instead of steps, "
            "and the last state is that of the batch's last step.",
            {**WALKS, **LAST},
        ),
        Mistake(
            "padding-in-both",
            "the loop walks over time now. The other two faults are still there: both halves of "
            "the summary hold what the network made of the padding.",
            {**LAST, **MEAN},
        ),
        Mistake(
            "last-after-the-padding",
            "the mean is right. The last state of a short sequence has gone on through the "
            "padding: zeros as input still move it, by U and b.",
            LAST,
        ),
        Mistake(
            "mean-with-the-padding",
            "the last state is right. The mean still runs over all T steps, padding included.",
            MEAN,
        ),
        Mistake(
            "mean-divided-by-T",
            "the last state is right, and the padding is out of the sum. But the sum is divided "
            "by T: how many steps went into it?",
            {"sum(dim=1) / lengths[:, None]": "mean(dim=1)"},
        ),
        Mistake(
            "padding-in-the-sum",
            "the last state is right, and the sum is divided by the lengths. But the padding is "
            "still in the sum.",
            {"output * mask[:, :, None]": "output"},
        ),
        Mistake(
            "last-in-the-padding-mean-divided-by-T",
            "the padding is out of the sum, but not out of the last state; and the sum is divided "
            "by T. How many steps went into it?",
            {**LAST, "sum(dim=1) / lengths[:, None]": "mean(dim=1)"},
        ),
        Mistake(
            "held-in-the-mean",
            "the last state is right: it is held through the padding. But the mean counts it again "
            "for each step of padding.",
            {OWN_MEAN: "torch.where(mask[:, :, None], output, last[:, None]).mean(dim=1)"},
        ),
        Mistake(
            "zeros-for-the-last",
            "the mean is right. But you take the last step after the padding has been set to 0, "
            "so that short sequences have no last state at all.",
            {OWN_LAST: "(output * mask[:, :, None])[:, -1]"},
        ),
        Mistake(
            "read-in-the-padding-only",
            "the mask is the wrong way round: the mean is of the padding.",
            {MASK: "torch.arange(x.shape[1]) >= lengths[:, None]"},
        ),
        Mistake(
            "one-too-many-in-the-mean",
            "the last state is right. The mean holds one step of the padding: a sequence of n "
            "steps has those with the indices 0 to n - 1.",
            {MASK: "torch.arange(x.shape[1]) <= lengths[:, None]"},
        ),
        Mistake(
            "one-step-too-far",
            "the last step of a sequence of n has the index n - 1: at n it is over.",
            {"lengths - 1": "lengths"},
        ),
        Mistake(
            "one-step-too-early",
            "the mean is right. The last state is one step too early: of n steps the last has the "
            "index n - 1.",
            {"lengths - 1": "lengths - 2"},
        ),
        Mistake(
            "halves-exchanged",
            "both halves are right, but they have changed places: the last state comes first.",
            {SIDE_BY_SIDE: "torch.cat([mean, last], dim=1)"},
        ),
        Mistake(
            "one-below-the-other",
            "the halves lie one below the other, (2B, H). Side by side is dim=1.",
            {SIDE_BY_SIDE: "torch.cat([last, mean])"},
        ),
        Mistake(
            "sequences-for-steps",
            "the loop walks over the sequences, so that T rows meet a state of B rows. x is "
            "(B, T, D): which axis has to come first for `for x_t in x`?",
            {"x.transpose(0, 1)": "x"},
        ),
        Mistake(
            "time-first-kept",
            "the states are stacked with time first, (T, B, H), and then read as (B, T, H). Either "
            "stack at dim=1, or change the indices below.",
            {"states, dim=1": "states"},
        ),
        Mistake(
            "every-with-every",
            "each length has picked a step of *every* sequence, (B, B, H). Give the sequence as "
            "an index as well, so that the two go side by side.",
            {OWN_LAST: "output[:, lengths - 1]"},
        ),
        Mistake(
            "mask-transposed",
            "the mask is (T, B), and the states are (B, T, H) here. Which of steps and lengths "
            "should stand in a column?",
            {MASK: "torch.arange(x.shape[1])[:, None] < lengths"},
        ),
        Mistake(
            "viewed-not-transposed",
            "x is cut anew instead of turned: view and reshape keep the numbers in their order in "
            "memory, and mix the sequences. transpose(0, 1) exchanges the axes.",
            {"x.transpose(0, 1)": "x.reshape(x.shape[1], x.shape[0], -1)"},
        ),
    ),
)
