"""Delayed echo: repeat each bit some steps later."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from rnnbook.cells.checks import positive_int
from rnnbook.tasks.base import Batch, BinaryTask, random_bits


@dataclass(frozen=True)
class DelayedEcho(BinaryTask):
    """Fair coin tosses come in; the answer at ``t`` is the toss of ``t − lag``.

    To answer is to hold the last ``lag`` bits at once, as a shift register does. The first ``lag``
    steps do not count.

    Args:
        lag: steps from a bit to its echo.
        echoes: how many steps count; ``T = lag + echoes``.

    Raises:
        ValueError: if either is not a positive int.
    """

    lag: int = 3
    echoes: int = 20

    input_size: ClassVar[int] = 1
    metric: ClassVar[str] = "cross-entropy (nats a step)"

    def __post_init__(self) -> None:
        positive_int("lag", self.lag)
        positive_int("echoes", self.echoes)

    @property
    def steps(self) -> int:
        """``T``: the lag and the echoes."""
        return self.lag + self.echoes

    def sample(self, batch_size: int, generator: torch.Generator) -> Batch:
        """Draw ``batch_size`` sequences."""
        positive_int("batch_size", batch_size)
        bits = random_bits(self.steps, batch_size, generator)
        target = torch.zeros_like(bits)
        target[self.lag :] = bits[: self.echoes]
        mask = torch.zeros_like(bits, dtype=torch.bool)
        mask[self.lag :] = True
        return Batch(bits.unsqueeze(-1), target, mask)

    def target_distribution(self) -> Tensor:
        """Both bits equally often at each step that counts."""
        return torch.full((self.echoes, 2), 1 / 2, dtype=torch.float64)
