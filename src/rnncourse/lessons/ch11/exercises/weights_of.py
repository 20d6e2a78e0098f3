"""Exercise: how many weights a recurrent layer of torch has, with its read-out."""

from __future__ import annotations

import torch
from torch import Tensor

from rnncourse.checking.exercise import Mistake, Tensors
from rnncourse.lessons.ch11.sizes import BLOCKS, SizesExercise, drawn


class WeightsExercise(SizesExercise):
    """Draws networks of all three kinds."""

    def draw(self, generator: torch.Generator) -> list[Tensors]:
        """Draw sizes up to 40, and read-outs of up to 10 scores."""
        return [
            (BLOCKS.repeat(3)[:N], *(drawn(N, most, generator) for most in (40, 40, 10)))
            for N in (6, 9, 1)
        ]


def weights_of(blocks: Tensor, D: Tensor, H: Tensor, O: Tensor) -> Tensor:
    """How many numbers a layer of torch and a linear read-out hold; all arguments (N)."""
    rows = blocks * H
    readout = O * H + O
    count = rows * D + rows * H + 2 * rows + readout
    return count


LAYER = "rows * D + rows * H + 2 * rows"
READOUT = "O * H + O"

EXERCISE = WeightsExercise(
    name="weights-of",
    title="How many weights",
    level="complete",
    minutes=5,
    objective="11.2",
    hints=(
        "Each row makes one number out of an input, a state and biases: what does it hold for "
        "each of the three?",
        "In a row there is a weight for each of the D inputs, one for each of the H units, and "
        "torch's two biases.",
        "Multiply rows by D + H + 2: that is the layer. The read-out is counted in the line above; "
        "add it.",
    ),
    notice="D comes in once and H twice: in a large network nearly all weights are those of U, "
    "and twice the units are four times the weights.",
    takes={"blocks": "N", "D": "N", "H": "N", "O": "N"},
    returns={"count": "N"},
    reference=weights_of,
    mistakes=(
        Mistake(
            "one-bias",
            "you count one bias in each row, as the cells of this book have it. torch keeps two, "
            "bias_ih and bias_hh.",
            {"2 * rows": "rows"},
        ),
        Mistake(
            "no-bias",
            "the biases are missing: torch has two in each row.",
            {" + 2 * rows": ""},
        ),
        Mistake(
            "two-biases-in-all",
            "you count two biases in all. Each row has two of its own.",
            {"2 * rows": "2"},
        ),
        Mistake(
            "two-biases-a-block",
            "you count two biases in each block. Each of a block's H rows has two of its own.",
            {"2 * rows": "2 * blocks"},
        ),
        Mistake(
            "two-biases-a-unit",
            "you count two biases for each unit. Each unit has a row in every block, and each row "
            "two biases.",
            {"2 * rows": "2 * H"},
        ),
        Mistake(
            "no-U",
            "U is missing: each row reads the state of all H units.",
            {" + rows * H": ""},
        ),
        Mistake(
            "no-W",
            "W is missing: each row reads all D inputs.",
            {"rows * D + ": ""},
        ),
        Mistake(
            "U-like-W",
            "U is counted with D columns, as W is. U reads the state, which has H numbers.",
            {"rows * H": "rows * D"},
        ),
        Mistake(
            "U-square",
            "U is counted with as many columns as rows. With several blocks it is higher than "
            "wide: all rows read the same H numbers.",
            {"rows * H": "rows * rows"},
        ),
        Mistake(
            "W-times-U",
            "D and H are multiplied. A row has a weight for each of the D inputs and one for each "
            "of the H units: which number is that?",
            {LAYER: "rows * D * H + 2 * rows"},
        ),
        Mistake(
            "bracket-forgotten",
            "only the weights of the inputs are counted in every row. Where does the bracket end?",
            {LAYER: "rows * D + H + 2"},
        ),
        Mistake(
            "readout-of-rows",
            "the read-out reads as many numbers as the layer has rows. It reads the state: H.",
            {READOUT: "O * rows + O"},
        ),
        Mistake(
            "one-row",
            "that is one row of the layer, and the read-out. How many rows are there?",
            {LAYER: "D + H + 2"},
        ),
        Mistake(
            "one-block",
            "every network is counted with one block, as a simple one. blocks says how many it "
            "has.",
            {"blocks * H": "H"},
        ),
        Mistake(
            "four-blocks",
            "every network is counted with four blocks, as an LSTM. A GRU has three, a simple "
            "network one: that is what blocks says.",
            {"blocks * H": "4 * H"},
        ),
        Mistake(
            "blocks-twice",
            "the blocks are multiplied in twice. rows is the number of rows of all blocks already.",
            {"blocks * H": "blocks * blocks * H"},
        ),
        Mistake(
            "readout-in-each-block",
            "the read-out is counted once for each block. There is one, whatever the cell.",
            {" + readout": " + blocks * readout"},
        ),
        Mistake(
            "no-readout",
            "the read-out is missing: O rows of H weights, and O biases.",
            {" + readout": ""},
        ),
        Mistake(
            "readout-without-bias",
            "the read-out has no biases in your count. nn.Linear has one for each score.",
            {READOUT: "O * H"},
        ),
        Mistake(
            "readout-with-two-biases",
            "the read-out has two biases a score in your count. It is an nn.Linear, which has one.",
            {READOUT: "O * H + 2 * O"},
        ),
        Mistake(
            "one-number",
            "that is one number, for all networks together. Each is to be counted by itself: a "
            "vector comes back.",
            {"return count": "return count.sum()"},
        ),
    ),
)
