"""Exercise: one step of parity, the line that is missing."""

from __future__ import annotations

import torch
from torch import Tensor

from rnncourse.checking.exercise import Exercise, Mistake, Tensors

_SIZES = (7, 12, 2, 1)
"""``B`` of each call."""


class StepExercise(Exercise):
    """Draws a state and a bit for each sequence; in the first call all four pairs."""

    def draw(self, generator: torch.Generator) -> list[Tensors]:
        """Draw whole numbers 0 and 1, two tensors a call."""
        calls = [
            tuple(torch.randint(2, (size,), generator=generator, device="cpu") for _ in range(2))
            for size in _SIZES
        ]
        every = torch.tensor([0, 0, 1, 1, 0, 1, 1]), torch.tensor([0, 1, 0, 1, 1, 1, 0])
        return [every, *calls[1:]]


def parity_step(state: Tensor, bit: Tensor) -> Tensor:
    """The new state, 1 where the number of ones so far is odd, ``(B), (B) -> (B)``."""
    new = (state + bit) % 2
    return new


NEW = "(state + bit) % 2"

EXERCISE = StepExercise(
    name="parity-step",
    title="One step of parity",
    level="complete",
    minutes=5,
    objective="01.1",
    hints=(
        "There are four cases: the state is 0 or 1, and the bit is 0 or 1. Write down what the "
        "new state should be in each.",
        "A 0 leaves the state as it is. A 1 turns it round: 0 becomes 1, and 1 becomes 0.",
        "The remainder of state + bit by 2 does that. So does abs(state - bit), and so does the "
        "operator ^ between whole numbers.",
    ),
    notice="the function sees one bit and one number, and says what to keep. It does not know "
    "which step it is at, so it serves at every step.",
    takes={"state": "B", "bit": "B"},
    returns={"new": "B"},
    places={"B": "sequence {i}"},
    varied=False,  # of two bits there are sixteen functions; what deserves words is listed
    reference=parity_step,
    mistakes=(
        Mistake(
            "input-repeated",
            "your new state is the bit: nothing of the past is in it. What has the old state to "
            "do with the new one?",
            {NEW: "bit"},
        ),
        Mistake(
            "state-kept",
            "your new state is the old one, whatever comes in. What should a 1 do to it?",
            {NEW: "state"},
        ),
        Mistake(
            "or",
            "once the state is 1 it stays 1: that is OR. What should a second 1 do to it?",
            {NEW: "torch.maximum(state, bit)"},
        ),
        Mistake(
            "and",
            "your state is 1 only if it was 1 before and a 1 comes in: that is AND. From a state "
            "of 0 it never gets away.",
            {NEW: "state * bit"},
        ),
        Mistake(
            "count",
            "two ones make 2: you count them, and whether their number is odd is one bit. "
            "(% binds as * does, before +.)",
            {NEW: "state + bit"},
        ),
        Mistake(
            "zeros-counted",
            "the state turns round at each 0 and stays at a 1. Which of the two should turn it?",
            {NEW: "(state + 1 - bit) % 2"},
        ),
        Mistake(
            "every-step-turns",
            "the state turns round whatever the bit is. What should a 0 do to it?",
            {NEW: "1 - state"},
        ),
        Mistake(
            "sign-kept",
            "your new state can be -1: the difference turns the state round, but from 1 and 0 "
            "it makes -1. Which part of the difference do you want?",
            {NEW: "bit - state"},
        ),
        Mistake(
            "falls-below-zero",
            "your new state can be -1: from a state of 0, a 1 takes one away. Which part of the "
            "difference do you want?",
            {NEW: "state - bit"},
        ),
        Mistake(
            "if-of-a-tensor",
            "`if` wants one yes or no, and is given one for each sequence, (B). Which arithmetic "
            "turns a 0 into a 1 and a 1 into a 0 just where the bit is 1?",
            {NEW: "1 - state if bit else state"},
        ),
    ),
)
