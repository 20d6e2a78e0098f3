"""Exercise: who is ahead in a race by seconds, from updates and the time of an update."""

from __future__ import annotations

import torch
from torch import Tensor

from rnncourse.checking.exercise import Exercise, Mistake, Tensors

MOST_UPDATES = 600


class RaceExercise(Exercise):
    """Draws runs of up to so many updates; those that make all of them have not solved it."""

    def draw(self, generator: torch.Generator) -> list[Tensors]:
        """Draw runs of a minute at most, and moments in which some are there and some are not."""
        trials: list[Tensors] = []
        for updates, _, ms, seconds in super().draw(generator):
            solved = (updates.abs() < 0.7).long()
            solved[:, 0] = 1
            made = torch.where(solved == 1, 50 + (500 * updates.abs()).long(), MOST_UPDATES)
            ms = 125 / 64 * (20 + 18 * ms).round()  # so that all times are exact, in single too
            seconds = 14 + 13 * seconds
            if len(seconds) > 1:
                seconds[0] = 0.1  # nobody is there yet
                seconds[1] = (made * ms / 1000)[solved == 1].median()  # one is there just then
            if len(made) == 1:  # whether a single cell leads before it is there may be disputed
                seconds = seconds + (made * ms / 1000)[solved == 1].min()
            trials.append((made, solved, ms, seconds))
        return trials


def race(updates: Tensor, solved: Tensor, ms: Tensor, seconds: Tensor) -> tuple[Tensor, Tensor]:
    """Who is ahead at each moment.

    Args:
        updates: made by each run, (C, S): cells, seeds.
        solved: 1 where the run solved the task, 0 where its updates ran out, (C, S).
        ms: milliseconds that an update took, (C, S).
        seconds: moments, (M).

    Returns:
        The share of a cell's seeds that have solved it by each moment, (C, M); and the cell with
        the largest share, −1 where several have it, (M).
    """
    took = updates * ms / 1000
    there = took[:, :, None] <= seconds
    share = (there * solved[:, :, None]).double().mean(dim=1)
    first = share == share.amax(dim=0)
    alone = first.sum(dim=0) == 1
    ahead = torch.where(alone, share.argmax(dim=0), -1)
    return share, ahead


TIME = "updates * ms / 1000"
SOLVED = " * solved[:, :, None]"
SHARE = "(there * solved[:, :, None]).double().mean(dim=1)"
ALONE = "first.sum(dim=0) == 1"
AHEAD = "torch.where(alone, share.argmax(dim=0), -1)"

EXERCISE = RaceExercise(
    name="race-by-seconds",
    title="A race by seconds",
    level="transfer",
    minutes=20,
    objective="11.2",
    hints=(
        "First ask of a single run: when was it there, if at all? Then of a cell at a moment: "
        "which share of its seeds is there? Then of a moment: which cell has the largest share?",
        "A run takes updates * ms / 1000 seconds, and counts if it is within the moment and "
        "solved is 1. Compare (C, S, 1) with seconds, (M), and take the mean over the seeds.",
        "share == share.amax(dim=0) marks who has the largest share, (C, M). Where one cell is "
        "marked, ahead is share.argmax(dim=0); where several are, torch.where puts -1 there.",
    ),
    notice="ms never changes who solves it, only when: at a late moment each cell's share is that "
    "of its solved seeds, however long an update takes.",
    takes={"updates": "C S", "solved": "C S", "ms": "C S", "seconds": "M"},
    returns={"share": "C M", "ahead": "M"},
    places={"C": "cell {i}", "S": "seed {i}", "M": "moment {i}"},
    reference=race,
    mistakes=(
        Mistake(
            "not-in-seconds",
            "nobody is ever there by your count. What do you compare with the seconds: "
            "milliseconds, or updates?",
            {" / 1000": ""},
        ),
        Mistake(
            "divided-by-the-time",
            "the updates are divided by the milliseconds of one. Ten updates of 30 ms take ten "
            "times as long as one.",
            {TIME: "updates / ms"},
        ),
        Mistake(
            "one-clock-for-a-cell",
            "every seed of a cell gets the cell's mean time an update. Each run has its own, and "
            "a slow one may have the fewest updates.",
            {"* ms": "* ms.mean(dim=1, keepdim=True)"},
        ),
        Mistake(
            "unsolved-counted",
            "a run whose updates ran out counts as there when it ends. What does solved say of it?",
            {SOLVED: ""},
        ),
        Mistake(
            "unsolved-at-once",
            "runs that never solved it are there from the start: 0 times their updates is 0 "
            "seconds. They should never be there.",
            {"updates * ms": "updates * solved * ms", SOLVED: ""},
        ),
        Mistake(
            "unsolved-left-out",
            "the share is of the seeds that solve it in the end. Those that never do belong to the "
            "cell as well: divide by all S.",
            {SHARE: "(there * solved[:, :, None]).sum(dim=1) / solved.sum(dim=1, keepdim=True)"},
        ),
        Mistake(
            "number-for-share",
            "that is how many seeds are there. Asked is their share, from 0 to 1.",
            {".double().mean(dim=1)": ".sum(dim=1)"},
        ),
        Mistake(
            "not-there-yet",
            "these are the runs that will solve it later. Asked are those that have solved it by "
            "the moment.",
            {"<= seconds": "> seconds"},
        ),
        Mistake(
            "strictly-before",
            "a run that ends at the very moment is not there by your count. By the moment it is.",
            {"<= seconds": "< seconds"},
        ),
        Mistake(
            "whole-seconds",
            "times are cut to whole seconds, so that runs are there up to a second early.",
            {TIME: "(updates * ms / 1000).floor()"},
        ),
        Mistake(
            "mean-time",
            "a cell counts as a whole, there or not, by a mean over its runs. Ask each seed by "
            "itself, and take the share of them.",
            {SHARE: "(took.mean(dim=1)[:, None] <= seconds).double()"},
        ),
        Mistake(
            "first-of-the-tied",
            "share is right. But where several cells have the largest share, you name the first of "
            "them: nobody is ahead there, and ahead is -1.",
            {AHEAD: "share.argmax(dim=0)"},
        ),
        Mistake(
            "tied-at-zero-only",
            "share is right, and ahead is -1 where nobody is there yet. Cells may share the first "
            "place later, too.",
            {ALONE: "share.amax(dim=0) > 0"},
        ),
        Mistake(
            "tied-only-if-all-are",
            "share is right, and ahead is -1 where all cells have the same share. Two of them may "
            "share the first place, and the others be behind.",
            {ALONE: "share.amax(dim=0) > share.amin(dim=0)"},
        ),
        Mistake(
            "last-for-first",
            "share is right, and ahead names the cell with the smallest share.",
            {"share.amax": "share.amin", "share.argmax": "share.argmin"},
        ),
        Mistake(
            "counted-from-one",
            "share is right, and ahead counts the cells from 1. Python counts from 0.",
            {"share.argmax(dim=0), -1": "share.argmax(dim=0) + 1, -1"},
        ),
        Mistake(
            "nobody-is-none",
            "share is right, but where several have the largest share ahead is 0, which is the "
            "first cell. It should be -1.",
            {"dim=0), -1)": "dim=0), 0)"},
        ),
    ),
)
