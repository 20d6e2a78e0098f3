"""Exercise: how many parameters an LSTM has."""

from __future__ import annotations

import torch
from torch import Tensor

from rnncourse.checking.exercise import Exercise, Mistake, Tensors


class CountExercise(Exercise):
    """Draws whole numbers: sizes of networks, one network an element."""

    def draw(self, generator: torch.Generator) -> list[Tensors]:
        """Draw sizes up to 40, one to four layers, one or two directions."""

        def _networks(number: int, layers: int, directions: int) -> Tensors:
            """So many networks, with at most so many layers and directions."""
            return tuple(
                torch.randint(1, most + 1, (number,), generator=generator, device="cpu")
                for most in (40, 40, layers, directions)
            )

        # the simplest networks first, so that what is said about a wrong count is simple too
        kinds = [_networks(3, 1, 1), _networks(3, 4, 1), _networks(6, 4, 2)]
        mixed = tuple(torch.cat(sizes) for sizes in zip(*kinds, strict=True))
        return [mixed, _networks(7, 4, 1), _networks(1, 4, 2)]

    def alike(self, mine: Tensors, other: Tensors) -> bool:
        """Counts are equal or not."""
        return all(torch.equal(a, b) for a, b in zip(mine, other, strict=True))

    def explain(self, mine: Tensors, expected: Tensors) -> str:
        """Name the first network with a wrong count."""
        k = int((mine[0] != expected[0]).nonzero()[0])
        yours, right = mine[0][k].item(), expected[0][k].item()
        return f"count first differs for network {k}: yours {yours:.12g}, expected {right:.0f}."


def parameters(D: Tensor, H: Tensor, layers: Tensor, directions: Tensor) -> Tensor:
    """How many numbers W, U and b of all layers and directions hold."""
    first = 4 * H * (D + H + 1)
    # further layers read the states of all directions
    further = 4 * H * (directions * H + H + 1)
    count = directions * (first + (layers - 1) * further)
    return count


MISTAKES = (
    Mistake(
        "one-block",
        "that is the simple network's count. How many blocks of H rows has the LSTM?",
        {"4 * H * (D": "H * (D", "4 * H * (directions": "H * (directions"},
    ),
    Mistake(
        "three-blocks",
        "you have counted three blocks. There are three gates, and what else has weights?",
        {"4 * H * (D": "3 * H * (D", "4 * H * (directions": "3 * H * (directions"},
    ),
    Mistake(
        "five-blocks",
        "you have counted five blocks. The cell state is computed from the others, without "
        "weights of its own.",
        {"4 * H * (D": "5 * H * (D", "4 * H * (directions": "5 * H * (directions"},
    ),
    Mistake(
        "two-biases",
        "you have counted two biases for each gate, as torch has them. Here it is one, their sum.",
        {"(D + H + 1)": "(D + H + 2)", "* H + H + 1)": "* H + H + 2)"},
    ),
    Mistake(
        "no-bias",
        "the biases are missing: H for each block.",
        {"(D + H + 1)": "(D + H)", "* H + H + 1)": "* H + H)"},
    ),
    Mistake(
        "further-layers-read-x",
        "the first layer is right. But the second one does not read x, so it has other sizes: what "
        "does it read?",
        {"(directions * H + H + 1)": "(D + H + 1)"},
    ),
    Mistake(
        "further-layers-read-one-direction",
        "all is right for one direction. In a network of two, a further layer reads the states of "
        "both.",
        {"(directions * H + H + 1)": "(H + H + 1)"},
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
        "six-blocks",
        "you have counted six blocks. W, U and b hold four each: one for each gate and one for the "
        "candidate.",
        {"4 * H * (D": "6 * H * (D", "4 * H * (directions": "6 * H * (directions"},
    ),
    Mistake(
        "one-bias-for-all",
        "the bias is counted once for each layer and direction. Each row of W has one of its own.",
        {
            "4 * H * (D + H + 1)": "4 * H * (D + H) + 1",
            "4 * H * (directions * H + H + 1)": "4 * H * (directions * H + H) + 1",
        },
    ),
    Mistake(
        "one-bias-a-block",
        "there is one bias for each block. Each of a block's H rows has one of its own.",
        {
            "4 * H * (D + H + 1)": "4 * H * (D + H) + 4",
            "4 * H * (directions * H + H + 1)": "4 * H * (directions * H + H) + 4",
        },
    ),
    Mistake(
        "bias-once-for-the-gates",
        "there are H biases in a layer, one for each unit. Each unit has four rows, and each row a "
        "bias.",
        {
            "4 * H * (D + H + 1)": "4 * H * (D + H) + H",
            "4 * H * (directions * H + H + 1)": "4 * H * (directions * H + H) + H",
        },
    ),
    Mistake(
        "no-U",
        "U is missing: H × H for each block.",
        {"(D + H + 1)": "(D + 1)", "* H + H + 1)": "* H + 1)"},
    ),
    Mistake(
        "U-like-W",
        "U is counted with D columns. It reads the state, which has H numbers.",
        {"(D + H + 1)": "(D + D + 1)"},
    ),
    Mistake(
        "direction-in-U",
        "U of a further layer reads its own direction's state alone, H numbers. W reads both.",
        {"(directions * H + H + 1)": "(directions * H + directions * H + 1)"},
    ),
)

EXERCISE = CountExercise(
    name="lstm-parameters",
    title="Count an LSTM's parameters",
    level="write",
    minutes=10,
    objective="08.1",
    hints=(
        (
            "Begin with one layer and one direction: how many rows has W, and how many "
            "numbers are in each?"
        ),
        (
            "A further layer reads, at each step, the states of the layer below: H numbers "
            "from each direction."
        ),
        (
            "Each direction of each layer has its own W, U and b: 4H rows, and in each row as"
            " many weights as it reads, H for the state and one bias."
        ),
    ),
    notice="D counts in the first layer alone; all the rest grows with H times H.",
    takes={"D": "N", "H": "N", "layers": "N", "directions": "N"},
    returns={"count": "N"},
    reference=parameters,
    mistakes=MISTAKES,
)
