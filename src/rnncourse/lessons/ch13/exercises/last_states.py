"""Exercise: the last state of each direction, from the output of a padded batch."""

from __future__ import annotations

import torch
from torch import Tensor

from rnncourse.checking.exercise import Exercise, Mistake, Tensors


class PaddedExercise(Exercise):
    """Draws lengths from 1 to T, the longest of which is T, as in a padded batch."""

    def draw(self, generator: torch.Generator) -> list[Tensors]:
        """Draw the arguments; the first has steps, and ``lengths`` holds whole numbers."""
        trials: list[Tensors] = []
        axis = next(iter(self.takes.values())).split().index("T")
        for first, lengths, *others in super().draw(generator):
            steps, lengths = first.shape[axis], self._lengths(first.shape[axis], lengths, generator)
            padding = torch.arange(steps, device="cpu")[:, None] >= lengths
            padding = padding if axis == 0 else padding.T
            trials.append((self.padded(first, padding[:, :, None]), lengths, *others))
        return trials

    def padded(self, steps: Tensor, padding: Tensor) -> Tensor:
        """Return the steps as they come to the reader; ``padding`` is true where there are none."""
        return steps.masked_fill(padding, 0.0)

    @staticmethod
    def _lengths(T: int, like: Tensor, generator: torch.Generator) -> Tensor:
        lengths = torch.randint(1, T + 1, like.shape, generator=generator, device="cpu")
        lengths[-1] = T
        if len(lengths) > 1:
            lengths[0] = 1  # one that is padded, and one that fills the batch
        if len(lengths) > 2:
            lengths[1] = max(1, T - 1)
        return lengths


def last_states(output: Tensor, lengths: Tensor) -> Tensor:
    """The last state of each direction, (B, 2H), from ``output`` (T, B, 2H)."""
    H = output.shape[2] // 2
    rows = torch.arange(len(lengths))
    forward = output[lengths - 1, rows, :H]
    backward = output[0, :, H:]
    return torch.cat([forward, backward], dim=1)


FORWARD = "output[lengths - 1, rows, :H]"
BACKWARD = "output[0, :, H:]"
SIDE_BY_SIDE = "torch.cat([forward, backward], dim=1)"

EXERCISE = PaddedExercise(
    name="last-states",
    title="The last of each direction",
    level="complete",
    minutes=5,
    objective="13.1",
    hints=(
        "Follow each direction with a finger. At which step has it read the whole sequence?",
        "The forward direction ends at the sequence's own last step, which has the index "
        "lengths - 1. The backward direction ends at the first step, whatever the length.",
        "A step for each sequence is output[lengths - 1, rows], with rows = torch.arange(B): two "
        "lists of indices that go side by side. Then :H is the forward half, H: the backward one.",
    ),
    notice="h_n of the packed batch holds the same numbers, so that "
    "torch.cat([h_n[-2], h_n[-1]], dim=1) is all it takes. Now you know what stands in it.",
    takes={"output": "T B 2H", "lengths": "B"},
    returns={"last": "B 2H"},
    reference=last_states,
    mistakes=(
        Mistake(
            "end-of-the-batch",
            "both halves are those of output[-1]. For a short sequence that is padding, and for "
            "the longest one the backward half has read a single step there.",
            {FORWARD: "output[-1, :, :H]", BACKWARD: "output[-1, :, H:]"},
        ),
        Mistake(
            "own-end-for-both",
            "the forward half is right. The backward direction has read one step only at "
            "lengths - 1: it begins there. Where does it end?",
            {BACKWARD: "output[lengths - 1, rows, H:]"},
        ),
        Mistake(
            "start-for-both",
            "the backward half is right. The forward direction has read one step only at "
            "output[0]: it begins there. Where does it end?",
            {FORWARD: "output[0, :, :H]"},
        ),
        Mistake(
            "first-states",
            "each half is the first state of its direction, not the last: the ends have changed "
            "places. Which direction has read everything at output[0]?",
            {FORWARD: "output[0, :, :H]", BACKWARD: "output[lengths - 1, rows, H:]"},
        ),
        Mistake(
            "forward-in-the-padding",
            "the backward half is right. The forward half is that of the batch's last step, and a "
            "short sequence ended long before. Each has a last step of its own.",
            {FORWARD: "output[-1, :, :H]"},
        ),
        Mistake(
            "backward-in-the-padding",
            "the forward half is right. The backward half is that of the batch's last step: for a "
            "short sequence that is padding, and for the longest that direction has just begun.",
            {BACKWARD: "output[-1, :, H:]"},
        ),
        Mistake(
            "start-and-end-of-the-batch",
            "the forward half is that of output[0], the backward half that of output[-1]. It is "
            "the other way round, and a sequence's end is not that of the batch.",
            {FORWARD: "output[0, :, :H]", BACKWARD: "output[-1, :, H:]"},
        ),
        Mistake(
            "one-step-too-far",
            "steps are counted from 0, so that a sequence of n steps has its last at n - 1.",
            {"lengths - 1": "lengths"},
        ),
        Mistake(
            "one-step-too-early",
            "the forward half is one step too early: a sequence of n steps has its last at the "
            "index n - 1. (For n = 1 yours counts from the end of the batch.)",
            {"lengths - 1": "lengths - 2"},
        ),
        Mistake(
            "as-if-padded-left",
            "the backward half is taken where the sequence would begin if the padding stood "
            "before it. Here it stands behind, and every sequence begins at step 0.",
            {BACKWARD: "output[len(output) - lengths, rows, H:]"},
        ),
        Mistake(
            "halves-exchanged",
            "both states are right, but they have changed places: the forward one comes first.",
            {SIDE_BY_SIDE: "torch.cat([backward, forward], dim=1)"},
        ),
        Mistake(
            "directions-exchanged",
            "the steps are right, but the halves have changed places: the forward states are "
            "[..., :H], the backward ones [..., H:].",
            {FORWARD: "output[lengths - 1, rows, H:]", BACKWARD: "output[0, :, :H]"},
        ),
        Mistake(
            "backward-half-twice",
            "both are backward states. The forward half of output is [..., :H].",
            {FORWARD: "output[lengths - 1, rows, H:]"},
        ),
        Mistake(
            "forward-half-twice",
            "both are forward states. The backward half of output is [..., H:].",
            {BACKWARD: "output[0, :, :H]"},
        ),
        Mistake(
            "whole-rows",
            "the steps are right, but you take both halves at each, (B, 4H). One half of each is "
            "a last state; the other has read one step.",
            {FORWARD: "output[lengths - 1, rows]", BACKWARD: "output[0]"},
        ),
        Mistake(
            "batch-for-time",
            "time and batch have changed places in your indices: output is (T, B, 2H), so the "
            "step comes first, then the sequence.",
            {FORWARD: "output[rows, lengths - 1, :H]"},
        ),
        Mistake(
            "batch-for-time-backward",
            "the backward half is that of the first sequence at every step, (T, H). Asked is the "
            "first step of every sequence.",
            {BACKWARD: "output[:, 0, H:]"},
        ),
        Mistake(
            "every-with-every",
            "each length has picked a step of *every* sequence, (B, B, H). Give the sequence as "
            "an index as well, so that the two go side by side.",
            {FORWARD: "output[lengths - 1, :, :H]"},
        ),
        Mistake(
            "every-with-every-both",
            "each length has picked a step of *every* sequence, (B, B, 2H), and the backward half "
            "is looked for at the wrong end.",
            {SIDE_BY_SIDE: "output[lengths - 1]"},
        ),
        Mistake(
            "one-below-the-other",
            "the states lie one below the other, (2B, H): torch.cat joins along the first axis if "
            "nothing is said. Side by side is dim=1.",
            {"], dim=1)": "])"},
        ),
        Mistake(
            "stacked",
            "torch.stack makes a new axis, for the directions. Asked is (B, 2H), side by side.",
            {SIDE_BY_SIDE: "torch.stack([forward, backward])"},
        ),
        Mistake(
            "added",
            "the two states are added. They are states of two networks, and are put side by side.",
            {SIDE_BY_SIDE: "forward + backward"},
        ),
        Mistake(
            "forward-only",
            "the backward direction's state is missing.",
            {SIDE_BY_SIDE: "forward"},
        ),
    ),
)
