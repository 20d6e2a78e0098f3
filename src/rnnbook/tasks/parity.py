"""Running parity: has the number of ones so far been odd?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from rnnbook.cells.checks import positive_int
from rnnbook.tasks.base import Batch, BinaryTask, random_bits


@dataclass(frozen=True)
class RunningParity(BinaryTask):
    """Fair coin tosses come in; the answer at ``t`` is 1 if an odd number of them were 1 so far.

    One bit of memory is enough, but it must never be wrong: one slip spoils all that follows.
    Every step counts, so that short sequences inside the long one teach it.

    Args:
        length: ``T``, the number of steps.

    Raises:
        ValueError: if ``length`` is not a positive int.
    """

    length: int = 20

    input_size: ClassVar[int] = 1
    metric: ClassVar[str] = "cross-entropy (nats a step)"

    def __post_init__(self) -> None:
        positive_int("length", self.length)

    @property
    def steps(self) -> int:
        """``T``."""
        return self.length

    def sample(self, batch_size: int, generator: torch.Generator) -> Batch:
        """Draw ``batch_size`` sequences."""
        positive_int("batch_size", batch_size)
        bits = random_bits(self.length, batch_size, generator)
        target = bits.cumsum(dim=0) % 2
        return Batch(bits.unsqueeze(-1), target, torch.ones_like(target, dtype=torch.bool))

    def target_distribution(self) -> Tensor:
        """How often the parity is even and odd, step by step from an even start."""
        even, rows = 1.0, []
        for _ in range(self.length):
            even = even / 2 + (1 - even) / 2  # a 0 keeps the parity, a 1 flips it
            rows.append([even, 1 - even])
        return torch.tensor(rows, dtype=torch.float64)
