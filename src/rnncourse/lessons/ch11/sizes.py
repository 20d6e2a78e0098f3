"""What the exercises of this lesson on the sizes of networks have in common."""

from __future__ import annotations

import torch
from torch import Tensor

from rnncourse.checking.exercise import Exercise, Tensors

BLOCKS = torch.tensor([1, 3, 4])
"""Of a simple network, a GRU and an LSTM."""


class SizesExercise(Exercise):
    """Answers with whole numbers, one a network: they are equal or not."""

    def alike(self, mine: Tensors, other: Tensors) -> bool:
        """Whole numbers are equal or not."""
        return all(torch.equal(a, b) for a, b in zip(mine, other, strict=True))

    def explain(self, mine: Tensors, expected: Tensors) -> str:
        """Name the first network with a wrong number, and its sizes."""
        ((name, _),) = self.returns.items()
        k = int((mine[0] != expected[0]).nonzero()[0])
        drawn = next(t for t in self.trials if torch.equal(self.reference(*t), expected[0].long()))
        sizes = ", ".join(f"{size} = {t[k]}" for size, t in zip(self.takes, drawn, strict=True))
        yours, right = mine[0][k].item(), expected[0][k].item()
        if yours % 1:
            return f"{name} is no whole number at {sizes}: yours {yours:.4g}, expected {right:.0f}."
        return f"{name} first differs at {sizes}: yours {yours:.12g}, expected {right:.0f}."


def drawn(number: int, most: int, generator: torch.Generator) -> Tensor:
    """So many whole numbers from 1 to ``most``."""
    return torch.randint(1, most + 1, (number,), generator=generator, device="cpu")
