"""What the exercises of this lesson on bits have in common: how they are drawn and looked at."""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import Tensor

from rnncourse.checking.exercise import Complaint, Exercise, Tensors


class BitsExercise(Exercise):
    """Draws bits, in sequences long enough for a lost memory to show."""

    drawn: ClassVar[tuple[tuple[int, int], ...]] = ((20, 6), (13, 8), (30, 3), (9, 1), (1, 7))
    """``(T, B)`` of each call."""

    def draw(self, generator: torch.Generator) -> list[Tensors]:
        """Draw whole numbers 0 and 1, one tensor a call."""
        return [(torch.randint(2, size, generator=generator, device="cpu"),) for size in self.drawn]

    def examine(self, name: str, value: Tensor) -> None:
        """Ask for the dtype of the bits."""
        if value.dtype != torch.int64:
            raise Complaint(
                f"{name} has dtype {value.dtype}; the bits came as torch.int64, and the answer "
                "should, too. Which line changes it?",
                "dtype-changed",
            )
