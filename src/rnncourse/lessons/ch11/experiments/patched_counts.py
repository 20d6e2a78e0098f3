"""A network counts a's: is there one unit that holds the number, and does it obey it?

After the last a the memory of one unit is moved by hand, by so many of its own steps (by how much a
further a moves it), up or down. If it holds the count, the network wants so many more or fewer b's;
and if it alone does, moving all the others in the same way changes nothing. The unit is chosen by
moving each by a few steps after 20 a's, and measured after 15 and 25. (The one that moves most with
the letters is not always the one that is read.) Trained as in `counting`, at its rates.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean

import torch
from torch import Tensor

from rnncourse.lessons.ch11.counter import counted, steps_per_letter, walk
from rnncourse.lessons.ch11.experiments.counting import STEPS, reach, trained
from rnncourse.lessons.ch11.networks import Network
from rnncourse.lessons.ch11.words import AnBn

DESCRIPTION = "The unit that counts: moved by hand while three cells count letters"
GRID = {"cell": ["simple", "lstm", "gru"]}
CHEAP = {"cell": "gru", "steps": 10, "furthest": 2}

RATES_CHOSEN = {"simple": 0.01, "lstm": 0.1, "gru": 0.01}
CHOOSES, MEASURES = (20,), (15, 25)
"""Numbers of a's: one unit is chosen by what happens at the first, and measured at the others."""
TRIED, FURTHEST = 3, 10
"""The furthest move, in steps of a unit: for choosing, and for measuring."""
MOST = 60
"""Letters after which a network that has not said *the end* is no longer asked."""


def moved_alone(steps: Tensor, unit: int) -> Tensor:
    """One step of a unit, and of no other, (H)."""
    alone = torch.zeros_like(steps)
    alone[unit] = steps[unit]
    return alone


def shifts(
    network: Network, change: Tensor, numbers: Sequence[int], furthest: int
) -> list[tuple[int, int]]:
    """How many more b's were asked for, and how many more were wanted, for each move by hand."""
    found = []
    for n in numbers:
        before = counted(network, n, most=MOST)
        for k in range(-furthest, furthest + 1):
            if k:
                found.append((k, counted(network, n, k * change, most=MOST) - before))
    return found


def obeyed(found: list[tuple[int, int]]) -> float:
    """The share of moves after which exactly so many b's more are wanted."""
    return fmean(asked == got for asked, got in found)


def run(seed: int, cell: str, steps: int = STEPS, furthest: int = FURTHEST) -> dict[str, float]:
    """Train, find the unit, move it, move all others.

    Returns:
        ``step``: by how much a letter moves the unit; ``largest``: 1 if no unit moves more, else 0;
        ``obeyed``: the share of 40 changes of the unit after which the network wants exactly so
        many more or fewer b's; ``together``: the same, of changes of the whole memory; ``others``:
        the share of changes of all *other* units that change the number of b's at all; ``drift``:
        how much further from where it began the unit is after 80 a's and 80 b's than after 10 and
        10, in steps; ``reach``, as in `counting`.
    """
    network = trained(seed, "ab", cell, RATES_CHOSEN[cell], steps)
    per_letter = steps_per_letter(network)
    tried = [
        obeyed(shifts(network, moved_alone(per_letter, unit), CHOOSES, TRIED))
        for unit in range(len(per_letter))
    ]
    sizes = per_letter.abs()
    unit = max(range(len(tried)), key=lambda one: (tried[one], sizes[one].item()))
    alone = moved_alone(per_letter, unit)

    def left(n: int) -> float:
        """Where the unit is after as many b's as a's, in steps."""
        return (walk(network, n, b=n)[-1, unit] / per_letter[unit]).item()

    others = shifts(network, per_letter - alone, MEASURES, furthest)
    return {
        "step": sizes[unit].item(),
        "largest": float(sizes[unit] == sizes.max()),
        "obeyed": obeyed(shifts(network, alone, MEASURES, furthest)),
        "together": obeyed(shifts(network, per_letter, MEASURES, furthest)),
        "others": fmean(got != 0 for _, got in others),
        "drift": abs(left(80) - left(10)),
        "reach": reach(network, AnBn(300)),
    }
