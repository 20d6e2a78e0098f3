"""Exercise: how many parameters an LSTM has."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from rnncourse.checking.exercise import Exercise, Mistake, Tensors


@dataclass(frozen=True, kw_only=True)
class CountExercise(Exercise):
    """Draws whole numbers: sizes of networks, one network an element."""

    def draw(self, generator: torch.Generator) -> list[Tensors]:
        """Draw sizes up to 40, one to four layers, one or two directions."""
        return [
            # the simplest networks first, so that what is said about a wrong count is simple too
            _networks(8, 1, 1, generator),
            _networks(7, 4, 1, generator),
            _networks(6, 4, 2, generator),
            _networks(1, 4, 2, generator),
        ]

    def alike(self, mine: Tensors, other: Tensors) -> bool:
        """Counts are equal or not."""
        return all(torch.equal(a, b) for a, b in zip(mine, other, strict=True))

    def explain(self, mine: Tensors, expected: Tensors) -> str:
        """Name the first network with a wrong count."""
        k = int((mine[0] != expected[0]).nonzero()[0])
        yours, right = mine[0][k].item(), expected[0][k].item()
        return f"count first differs for network {k}: yours {yours:.12g}, expected {right:.0f}."


def _networks(number: int, layers: int, directions: int, generator: torch.Generator) -> Tensors:
    """Sizes of so many networks, with at most so many layers and directions."""
    highest = 40, 40, layers, directions
    return tuple(
        torch.randint(1, high + 1, (number,), generator=generator, device="cpu").double()
        for high in highest
    )


def parameters(D: Tensor, H: Tensor, layers: Tensor, directions: Tensor) -> Tensor:
    """How many numbers W, U and b of all layers and directions hold."""
    first = 4 * H * (D + H + 1)
    # further layers read the states of all directions
    further = 4 * H * (directions * H + H + 1)
    return directions * (first + (layers - 1) * further)


def _counted(
    rows: float = 4,
    biases: int = 1,
    inputs: Callable[[Tensor, Tensor, Tensor], Tensor] = lambda D, H, directions: directions * H,
    copies: Callable[[Tensor], Tensor] = lambda directions: directions,
) -> Callable[[Tensor, Tensor, Tensor, Tensor], Tensor]:
    def parameters(D: Tensor, H: Tensor, layers: Tensor, directions: Tensor) -> Tensor:
        first = rows * H * (D + H + biases)
        further = rows * H * (inputs(D, H, directions) + H + biases)
        return copies(directions) * (first + (layers - 1) * further)

    return parameters


MISTAKES = (
    Mistake(
        "one-block",
        "that is the simple network's count. How many blocks of H rows has the LSTM?",
        _counted(rows=1),
    ),
    Mistake(
        "three-blocks",
        "you have counted three blocks. There are three gates, and what else has weights?",
        _counted(rows=3),
    ),
    Mistake(
        "five-blocks",
        "you have counted five blocks. The cell state is computed from the others, without "
        "weights of its own.",
        _counted(rows=5),
    ),
    Mistake(
        "two-biases",
        "you have counted two biases for each gate, as torch has them. Here it is one, their sum.",
        _counted(biases=2),
    ),
    Mistake("no-bias", "the biases are missing: H for each block.", _counted(biases=0)),
    Mistake(
        "further-layers-read-x",
        "the first layer is right. But the second one does not read x, so it has other sizes: what "
        "does it read?",
        _counted(inputs=lambda D, H, directions: D),
    ),
    Mistake(
        "further-layers-read-one-direction",
        "all is right for one direction. In a network of two, a further layer reads the states of "
        "both.",
        _counted(inputs=lambda D, H, directions: H),
    ),
    Mistake(
        "one-direction",
        "the second direction has weights of its own.",
        _counted(copies=lambda directions: torch.ones_like(directions)),
    ),
    Mistake(
        "first-layer-only",
        "you have counted the first layer only.",
        lambda D, H, layers, directions: directions * 4 * H * (D + H + 1),
    ),
)

EXERCISE = CountExercise(
    name="lstm-parameters",
    title="Count an LSTM's parameters",
    takes={"D": "N", "H": "N", "layers": "N", "directions": "N"},
    returns={"count": "N"},
    reference=parameters,
    mistakes=MISTAKES,
)
