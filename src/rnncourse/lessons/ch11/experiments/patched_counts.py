"""A network counts a's: is there one unit that holds the number, and does it obey it?

The unit is found by what a further a does to it: it is the one that moves most. After the last a
its memory is moved by hand, by so many of its own steps, up or down. If it holds the count, the
network wants so many more or fewer b's; and if it alone does, moving all the others in the same way
changes nothing. Trained as in `counting`, at the rates that were chosen there.
"""

from __future__ import annotations

from statistics import fmean

import torch
from torch import Tensor

from rnnbook.tasks import AnBn
from rnncourse.lessons.ch11.counter import counted, steps_per_letter, walk
from rnncourse.lessons.ch11.experiments.counting import STEPS, reach, trained

DESCRIPTION = "The unit that counts: moved by hand while three cells count letters"
GRID = {"cell": ["simple", "lstm", "gru"]}
CHEAP = {"cell": "lstm", "steps": 200, "furthest": 2}

RATES_CHOSEN = {"simple": 0.01, "lstm": 0.1, "gru": 0.01}
NUMBERS = (15, 20, 25)
FURTHEST = 10
"""Of the moves, in steps of the unit."""
MOST = 60
"""Letters after which a network that has not said *the end* is no longer asked."""


def run(seed: int, cell: str, steps: int = STEPS, furthest: int = FURTHEST) -> dict[str, float]:
    """Train, find the unit, move it, move all others.

    Returns:
        ``step``: by how much a letter moves the unit, ``second``: the unit that moves most after
        it; ``obeyed``: the share of 60 changes of the unit after which the network wants exactly
        so many more or fewer b's; ``together``: the same, of changes of the whole memory;
        ``others``: the share of changes of all *other* units that change the number of b's at all.
        ``drift``: how much further from where it began the unit is after 80 a's and 80 b's than
        after 10 and 10, in steps; ``reach``, as in `counting`.
    """
    network = trained(seed, "ab", cell, RATES_CHOSEN[cell], steps)
    moved = steps_per_letter(network)
    unit = int(moved.abs().argmax())
    alone = torch.zeros_like(moved)
    alone[unit] = moved[unit]
    others = moved - alone
    before = {n: counted(network, n, most=MOST) for n in NUMBERS}

    def shift(change: Tensor) -> list[tuple[int, int]]:
        """Pairs of what was asked for and what was got."""
        return [
            (k, counted(network, n, k * change, most=MOST) - before[n])
            for n in NUMBERS
            for k in range(-furthest, furthest + 1)
            if k
        ]

    def left(n: int) -> float:
        """Where the unit is after as many b's as a's, in steps."""
        return (walk(network, n, b=n)[-1, unit] / moved[unit]).item()

    def obeyed(change: Tensor) -> float:
        return fmean(asked == got for asked, got in shift(change))

    return {
        "step": moved[unit].abs().item(),
        "second": others.abs().max().item(),
        "obeyed": obeyed(alone),
        "together": obeyed(moved),
        "others": fmean(got != 0 for _, got in shift(others)),
        "drift": abs(left(80) - left(10)),
        "reach": reach(network, AnBn(300)),
    }
