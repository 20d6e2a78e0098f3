"""Exercise: how many frames a labelling needs, so that there is a path at all."""

from __future__ import annotations

import torch
from torch import Tensor

from rnncourse.checking.exercise import Exercise, Mistake, Tensors

_SIZES = (5, 8), (7, 6), (4, 9), (6, 10), (1, 7), (3, 1)
"""``B, U`` of each call."""


class TargetsExercise(Exercise):
    """Draws targets of few different labels, so that equal ones often stand side by side."""

    def draw(self, generator: torch.Generator) -> list[Tensors]:
        """Draw the arguments; the padding may have a label's number: it counts for nothing."""
        trials: list[Tensors] = []
        for pad, (B, U) in enumerate(_SIZES):
            lengths = torch.randint(1, U + 1, (B,), generator=generator, device="cpu")
            lengths[0], lengths[-1] = max(1, U - 3), U
            targets = torch.randint(1, 4, (B, U), generator=generator, device="cpu")
            same = torch.rand(B, generator=generator, dtype=torch.float64, device="cpu") < 0.2
            targets[same] = targets[same, :1]  # some say one label again and again
            inside = torch.arange(U, device="cpu") < lengths[:, None]
            targets[~inside] = (pad + 1) % 4
            if U > 1:
                targets[0, lengths[0] - 1] = (pad + 1) % 4  # as if a pair went on into the padding
            trials.append((targets, lengths))
        return trials

    def explain(self, mine: Tensors, expected: Tensors) -> str:
        """Show the first target with a wrong number."""
        b = int((mine[0] != expected[0]).nonzero()[0])
        found = (t for t in self.trials if torch.equal(frames_needed(*t).double(), expected[0]))
        targets, lengths = next(found)
        shown = " ".join(map(str, targets[b, : lengths[b]].tolist()))
        yours, right = mine[0][b].item(), expected[0][b].item()
        return f"frames first differs for the target {shown}: yours {yours:g}, expected {right:g}."


def frames_needed(targets: Tensor, lengths: Tensor) -> Tensor:
    """The least number of frames, (B), of targets (B, U), of which the first ``lengths`` count."""
    repeats = targets[:, 1:] == targets[:, :-1]
    inside = torch.arange(1, targets.shape[1]) < lengths[:, None]
    return lengths + (repeats & inside).sum(dim=1)


REPEATS = "targets[:, 1:] == targets[:, :-1]"
INSIDE = "torch.arange(1, targets.shape[1]) < lengths[:, None]"
FRAMES = "lengths + (repeats & inside).sum(dim=1)"
ALL_PAIRS = "torch.tensor([len(set(t[:n].tolist())) for t, n in zip(targets, lengths)])"

EXERCISE = TargetsExercise(
    name="frames-needed",
    title="How many frames?",
    level="transfer",
    minutes=10,
    objective="19.1",
    hints=(
        "Write the shortest path for 1 2 3, and for 1 1 2. Where must it hold a blank, and where "
        "need it not?",
        "A frame a label, and one more for each pair of equal neighbours. targets[:, 1:] and "
        "targets[:, :-1] are each label and the one before it; the padding is not to be counted.",
        "Pair k is of the labels k and k + 1, and counts if k + 1 < lengths: torch.arange(1, U) "
        "< lengths[:, None]. Add up what is both equal and inside, along dim=1, to lengths.",
    ),
    notice="run this over your training set before anything else: one sequence with fewer frames "
    "has no path at all, its loss is infinite, and so is the batch's.",
    takes={"targets": "B U", "lengths": "B"},
    returns={"frames": "B"},
    places={"U": "label {i}"},
    reference=frames_needed,
    mistakes=(
        Mistake(
            "labels-alone",
            "you have counted a frame for each label. What becomes of 1 1 if both stand side by "
            "side?",
            {FRAMES: "lengths"},
        ),
        Mistake(
            "repeats-alone",
            "you have counted the equal neighbours. Each label needs a frame, too.",
            {FRAMES: "(repeats & inside).sum(dim=1)"},
        ),
        Mistake(
            "blanks-everywhere",
            "you have put a blank between all labels. It may stand there; it must only between "
            "equal ones.",
            {FRAMES: "2 * lengths - 1"},
        ),
        Mistake(
            "blank-with-each",
            "you have given each label a blank of its own. It may have one; it must only where the "
            "next label is the same.",
            {FRAMES: "2 * lengths"},
        ),
        Mistake(
            "states-for-frames",
            "that is the number of states, 2U + 1: a blank before, between and behind all labels. "
            "A path need not pass them all.",
            {FRAMES: "2 * lengths + 1"},
        ),
        Mistake(
            "blank-at-an-end",
            "there is one frame too many. A path may begin with the first label and end in the "
            "last one.",
            {FRAMES: f"{FRAMES} + 1"},
        ),
        Mistake(
            "blanks-at-both-ends",
            "there are two frames too many. A path may begin with the first label and end in the "
            "last one.",
            {FRAMES: f"{FRAMES} + 2"},
        ),
        Mistake(
            "padding-compared",
            "equal neighbours are counted in the padding as well. It is no part of the target: "
            "mask the pairs.",
            {"repeats & inside": "repeats"},
        ),
        Mistake(
            "pair-with-the-padding",
            "one pair too many is looked at: the last label and the first of the padding. In a "
            "target of n labels there are n - 1 pairs.",
            {INSIDE: INSIDE.replace("<", "<=")},
        ),
        Mistake(
            "last-pair-left-out",
            "the last pair of each target is not looked at. In a target of n labels there are "
            "n - 1 pairs, and the last ends at n - 1, counted from 0.",
            {INSIDE: INSIDE.replace("1, targets.shape[1]", "2, targets.shape[1] + 1")},
        ),
        Mistake(
            "all-labels-padded",
            "each target counts as U labels, the longest. Its own number stands in lengths.",
            {FRAMES: "targets.shape[1] + (repeats & inside).sum(dim=1)"},
        ),
        Mistake(
            "padding-is-label",
            "the padding counts in full: U labels a target, and the equal neighbours in it. The "
            "first lengths labels are the target.",
            {FRAMES: "targets.shape[1] + repeats.sum(dim=1)"},
        ),
        Mistake(
            "equal-anywhere",
            "a label that has come before costs a frame more, wherever that was. In 1 2 1 no blank "
            "is needed: only neighbours matter.",
            {FRAMES: f"2 * lengths - {ALL_PAIRS}"},
        ),
        Mistake(
            "different-labels",
            "you count how many different labels there are. A label needs a frame each time that "
            "it is said.",
            {FRAMES: ALL_PAIRS},
        ),
        Mistake(
            "repeats-merged",
            "equal neighbours count as one label, as if they had been collapsed. The target is "
            "what is to be said: in 1 1, two labels and a blank.",
            {FRAMES: "lengths - (repeats & inside).sum(dim=1)"},
        ),
        Mistake(
            "different-neighbours",
            "a blank is counted between different labels, where none is needed. It is equal ones "
            "that collapse.",
            {REPEATS: "targets[:, 1:] != targets[:, :-1]"},
        ),
        Mistake(
            "one-for-all-repeats",
            "there is one frame more for a target with equal neighbours, however many. Each pair "
            "needs a blank of its own: 1 1 1 has two.",
            {"(repeats & inside).sum(dim=1)": "(repeats & inside).any(dim=1)"},
        ),
        Mistake(
            "longest-for-all",
            "all targets get the number of the one that needs most. Each is asked for by itself, "
            "since each sequence has frames of its own.",
            {FRAMES: f"({FRAMES}).max().expand(len(lengths))"},
        ),
        Mistake(
            "one-number",
            "that is one number for all targets together. Which axis of (B, U - 1) is to be added "
            "up?",
            {FRAMES: "(lengths.sum() + (repeats & inside).sum())"},
        ),
    ),
)
