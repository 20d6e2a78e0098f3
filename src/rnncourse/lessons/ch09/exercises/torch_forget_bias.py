"""Exercise: set the forget bias of a `torch.nn.LSTM`, which has two."""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor

from rnncourse.checking.exercise import Complaint, Exercise, Mistake, Tensors

UNITS = 5
ASKED = (0.0, 3.0, 0.0, 0.0)
_DRAWN_BELOW = 2 / UNITS**0.5
"""The sum of two biases as torch draws them stays below it."""


class TwoBiasesExercise(Exercise):
    """Judges two biases by their sum, which is all that acts: how they share it is free."""

    def behaviour(self, returned: Tensors) -> Tensors:
        """Add the two.

        Raises:
            Complaint: Outside the forget gates, the sums look as torch draws them.
        """
        self.require_shapes(returned, {})
        total = returned[0] + returned[1]
        others = total[torch.arange(4 * UNITS) // UNITS != 1]
        sizes = others.abs()
        if len(others.unique()) == len(others) and 1e-3 < sizes.min() < sizes.max() < _DRAWN_BELOW:
            raise Complaint(
                "outside the forget gates your two biases add up to small numbers, no two alike, "
                "where 0 is asked. torch draws all biases at random: has one of the two been left "
                "as it was drawn?",
                "left-as-drawn",
            )
        return (total,)

    def explain(self, mine: Tensors, expected: Tensors) -> str:
        """Say what each gate gets, or name the first gate and unit with another bias."""
        blocks = mine[0].view(4, UNITS)
        gets = [f"{value:.6g}" for value in blocks[:, 0].tolist()]
        if (blocks == blocks[:, :1]).all() and gets != [f"{value:g}" for value in ASKED]:
            given = [f"{value} for {gate}" for value, gate in zip(gets, "ifgo", strict=True)]
            return (
                f"your two biases add up to {', '.join(given[:3])} and {given[3]}; asked are 3 "
                "for f, and 0 for the others."
            )
        total = replace(self, returns={"b_W + b_U": "4H"})
        return Exercise.explain(total, mine, expected)


def biases() -> tuple[Tensor, Tensor]:
    """Two biases, (4H) each in the order i f g o: the forget gates get 3, the others 0."""
    b_W = torch.zeros(20)
    b_U = torch.zeros(20)
    b_W[5:10] = 3.0
    return b_W, b_U


BLOCK = "b_W[5:10]"

EXERCISE = TwoBiasesExercise(
    name="torch-forget-bias",
    title="Set the forget bias of torch's LSTM",
    level="write",
    minutes=5,
    objective="09.2",
    hints=(
        "Two questions: which 5 of the 20 numbers belong to the forget gates, and what does torch "
        "do with its two biases?",
        "The blocks lie one behind the other in the order i f g o, 5 numbers each. And torch adds "
        "the two biases.",
        "Start from two tensors of 20 zeros. In one of them set the second block, the elements 5 "
        "to 9, to 3; leave the other at 0.",
    ),
    notice="in training both biases get the same gradient, always: with plain gradient descent "
    "their sum moves twice as far at each update as a single bias would.",
    takes={},
    returns={"b_W": str(4 * UNITS), "b_U": str(4 * UNITS)},
    reference=biases,
    mistakes=(
        Mistake(
            "both-filled",
            "what you set comes out twice as large. torch adds its two biases: what must stand in "
            "the one if the value stands in the other?",
            {"return b_W, b_U": "return b_W, b_W"},
        ),
        Mistake(
            "every-gate",
            "every gate is set, where only the forget gates should be: the second of the four "
            "blocks.",
            {BLOCK: "b_W[:]"},
        ),
        Mistake(
            "input-gate",
            "you have set the input gates. The order of the blocks is i f g o.",
            {BLOCK: "b_W[:5]"},
        ),
        Mistake(
            "candidate",
            "you have set the candidates, the third block. The order is i f g o.",
            {BLOCK: "b_W[10:15]"},
        ),
        Mistake(
            "output-gate",
            "you have set the output gates. The order of the blocks is i f g o.",
            {BLOCK: "b_W[15:]"},
        ),
        Mistake(
            "every-fourth",
            "every fourth element is set. The gates lie in blocks of H, one behind the other.",
            {BLOCK: "b_W[1::4]"},
        ),
        Mistake(
            "one-unit",
            "one unit has the forget bias. Each of the units has a forget gate of its own.",
            {BLOCK: "b_W[5]"},
        ),
        Mistake(
            "one-number",
            "one number is set, the second, which belongs to an input gate. The second *block* "
            "belongs to the forget gates: one number for each of the 5 units.",
            {BLOCK: "b_W[1]"},
        ),
        Mistake(
            "four-to-eight",
            "you have set the elements 4 to 7. That is the second block where H = 4; here H = 5.",
            {BLOCK: "b_W[4:8]"},
        ),
        Mistake(
            "counted-from-one",
            "your block begins one element too late. With indices from 0 the forget gates are the "
            "elements H to 2H - 1.",
            {BLOCK: "b_W[6:11]"},
        ),
        Mistake(
            "one-too-few",
            "the last unit has no forget bias. The end of a slice is not a part of it.",
            {BLOCK: "b_W[5:9]"},
        ),
        Mistake(
            "one-too-many",
            "the slice is one too long: its last element belongs to the candidate of the first "
            "unit.",
            {BLOCK: "b_W[5:11]"},
        ),
        Mistake(
            "cancelled",
            "the forget bias comes out as 0: nothing is set, or the two biases cancel each other.",
            {"3.0": "0.0"},
        ),
        Mistake(
            "keeps-turned-round",
            "the bias is negative, so that the gates begin nearly closed. f = 1 keeps.",
            {"3.0": "-3.0"},
        ),
        Mistake(
            "one-for-three",
            "the value is 1, the one that is most often recommended. Asked is 3.",
            {"3.0": "1.0"},
        ),
        Mistake(
            "one-in-both",
            "the value is 2, a 1 in each of the two biases perhaps. Asked is a sum of 3.",
            {"3.0": "2.0"},
        ),
        Mistake(
            "half",
            "the value is 1.5, one half of what is asked. If you share it between the two biases, "
            "the other half must stand in the other, at the same places.",
            {"3.0": "1.5"},
        ),
        Mistake(
            "logarithm",
            "the value is ln 3. That is chrono's rule for a time constant; here the bias itself "
            "is to be 3.",
            {"3.0": "torch.tensor(3.0).log()"},
        ),
        Mistake(
            "gate-for-bias",
            "the value is σ(3), the gate that 3 would give. The bias goes in before the sigmoid.",
            {"3.0": "torch.tensor(3.0).sigmoid()"},
        ),
        Mistake(
            "input-gate-too",
            "the input gates get -3, as with chrono. Asked is 0 for every gate but f.",
            {"return b_W, b_U": "b_U[:5] = -3.0\n    return b_W, b_U"},
        ),
    ),
)
