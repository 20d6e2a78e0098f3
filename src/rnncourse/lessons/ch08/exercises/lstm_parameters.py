"""Exercise: how many parameters an LSTM has."""

from __future__ import annotations

import torch
from torch import Tensor

from rnncourse.checking.exercise import Exercise, Mistake, Tensors


class CountExercise(Exercise):
    """Draws whole numbers: sizes of networks, one network an element."""

    def draw(self, generator: torch.Generator) -> list[Tensors]:
        """Draw sizes up to 40, one to four layers, one or two directions."""
        # the simplest networks first, so that what is said about a wrong count is simple too
        kinds = [_networks(*most, generator) for most in ((3, 1, 1), (3, 4, 1), (6, 4, 2))]
        mixed = tuple(torch.cat(sizes) for sizes in zip(*kinds, strict=True))
        return [mixed, _networks(7, 4, 1, generator), _networks(1, 4, 2, generator)]

    def alike(self, mine: Tensors, other: Tensors) -> bool:
        """Counts are equal or not."""
        return all(torch.equal(a, b) for a, b in zip(mine, other, strict=True))

    def explain(self, mine: Tensors, expected: Tensors) -> str:
        """Name the first network with a wrong count, and its sizes."""
        k = int((mine[0] != expected[0]).nonzero()[0])
        (drawn,) = (t for t in self.trials if torch.equal(parameters(*t).double(), expected[0]))
        sizes = ", ".join(f"{name} = {t[k]}" for name, t in zip(self.takes, drawn, strict=True))
        yours, right = mine[0][k].item(), expected[0][k].item()
        return f"count first differs at {sizes}: yours {yours:.12g}, expected {right:.0f}."


def _networks(number: int, layers: int, directions: int, generator: torch.Generator) -> Tensors:
    """Sizes of so many networks, with at most so many layers and directions."""
    return tuple(
        torch.randint(1, most + 1, (number,), generator=generator, device="cpu")
        for most in (40, 40, layers, directions)
    )


def parameters(D: Tensor, H: Tensor, layers: Tensor, directions: Tensor) -> Tensor:
    """How many numbers W, U and b of all layers and directions hold."""
    rows = 4 * H
    U, b = rows * H, rows
    first = rows * D + U + b
    # further layers read the states of all directions
    read = directions * H
    further = rows * read + U + b
    count = directions * (first + (layers - 1) * further)
    return count


ROWS, U, B, READ = "rows = 4 * H", "U, b = rows * H,", "* H, rows", "read = directions * H"
FIRST, FURTHER = "rows * D + U", "rows * read + U"

MISTAKES = (
    Mistake(
        "one-block",
        "that is the simple network's count. How many blocks of H rows has the LSTM?",
        {ROWS: "rows = H"},
    ),
    Mistake(
        "three-blocks",
        "you have counted three blocks. There are three gates, and what else has weights?",
        {ROWS: "rows = 3 * H"},
    ),
    Mistake(
        "five-blocks",
        "you have counted five blocks. The cell state is computed from the others, without "
        "weights of its own.",
        {ROWS: "rows = 5 * H"},
    ),
    Mistake(
        "six-blocks",
        "you have counted six blocks. W, U and b hold four each: one for each gate and one for the "
        "candidate.",
        {ROWS: "rows = 6 * H"},
    ),
    Mistake(
        "two-biases",
        "you have counted two biases for each gate, as torch has them. Here it is one, their sum.",
        {B: "* H, 2 * rows"},
    ),
    Mistake(
        "no-bias",
        "the biases are missing: H for each block.",
        {B: "* H, 0"},
    ),
    Mistake(
        "one-bias-for-all",
        "the bias is counted once for each layer and direction. Each row of W has one of its own.",
        {B: "* H, 1"},
    ),
    Mistake(
        "one-bias-a-block",
        "there is one bias for each block. Each of a block's H rows has one of its own.",
        {B: "* H, 4"},
    ),
    Mistake(
        "bias-once-for-the-gates",
        "there are H biases in a layer, one for each unit. Each unit has four rows, and each row a "
        "bias.",
        {B: "* H, H"},
    ),
    Mistake(
        "bias-of-one-direction",
        "the biases of the second direction are missing: it has its own, like its W and U.",
        {"return count": "return count - (directions - 1) * layers * b"},
    ),
    Mistake(
        "bias-of-one-layer",
        "the biases are counted for one layer and one direction alone. Every W has its own b.",
        {B: "* H, 0", "return count": "return count + rows"},
    ),
    Mistake(
        "further-layers-read-x",
        "the first layer is right. But the second one does not read x, so it has other sizes: what "
        "does it read?",
        {READ: "read = D"},
    ),
    Mistake(
        "further-layers-read-one-direction",
        "in a network of two directions, a further layer reads the states of both. You let it read "
        "those of one.",
        {READ: "read = H"},
    ),
    Mistake(
        "further-layers-read-all",
        "you let a further layer read x as well. It reads the states of the layer below, and those "
        "alone.",
        {READ: "read = D + directions * H"},
    ),
    Mistake(
        "one-direction",
        "the second direction has weights of its own.",
        {"count = directions * (": "count = ("},
    ),
    Mistake(
        "first-layer-only",
        "you have counted the first layer only.",
        {" + (layers - 1) * further": ""},
    ),
    Mistake(
        "one-layer-too-many",
        "there is one further layer too many: of all the layers, how many read x?",
        {"(layers - 1)": "layers"},
    ),
    Mistake(
        "no-U",
        "U is missing: H × H for each block.",
        {U: "U, b = 0,"},
    ),
    Mistake(
        "U-like-W",
        "U is counted with as many columns as W. It reads the state of its own layer and "
        "direction, which has H numbers.",
        {FIRST: "rows * D + rows * D", FURTHER: "rows * read + rows * read"},
    ),
    Mistake(
        "direction-in-U",
        "U is counted as if it read both directions. It reads the state of its own, H numbers; "
        "only the W of a further layer reads both.",
        {U: "U, b = rows * directions * H,"},
    ),
    Mistake(
        "direction-in-further-U",
        "U of a further layer is counted as if it read both directions, as W does. It reads the "
        "state of its own, H numbers.",
        {FURTHER: "rows * read + rows * read"},
    ),
    Mistake(
        "one-number",
        "that is one number, for all networks together. Each is to be counted by itself: a vector "
        "comes back.",
        {"return count": "return count.sum()"},
    ),
)

EXERCISE = CountExercise(
    name="lstm-parameters",
    title="Count an LSTM's parameters",
    level="write",
    minutes=10,
    objective="08.2",
    hints=(
        "Begin with one layer and one direction: how many rows has W, and how many numbers are in "
        "each?",
        "A further layer reads, at each step, the states of the layer below: H numbers from each "
        "direction.",
        "Each direction of each layer has its own W, U and b: 4H rows, and in each row as many "
        "weights as it reads, H for the state and one bias.",
    ),
    notice="D counts in the first layer alone: from the second on, twice the H makes W and U four "
    "times as large, whatever comes in.",
    takes={"D": "N", "H": "N", "layers": "N", "directions": "N"},
    returns={"count": "N"},
    reference=parameters,
    mistakes=MISTAKES,
)
