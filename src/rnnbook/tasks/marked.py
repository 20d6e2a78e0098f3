"""The marked bit: one bit of many matters, and a mark says which."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from rnnbook.cells.checks import positive_int, whole_number
from rnnbook.tasks import draws
from rnnbook.tasks.base import Batch, BinaryTask, answer_at_the_end, random_bits


@dataclass(frozen=True)
class MarkedBit(BinaryTask):
    """Fair coin tosses come in, one of them marked; at the end: what was the marked one?

    ``x_t`` is the pair of a toss and a mark, which is 1 at one step and 0 at the others. All steps
    bear the mark equally often, so the lag from it to the answer varies from 0 to ``T − 1``.

    Args:
        length: ``T``, the number of steps.
        never: lags that no sequence has.

    Raises:
        ValueError: if ``length`` is not a positive int, or no lag is left.
    """

    length: int = 12
    never: tuple[int, ...] = ()

    input_size: ClassVar[int] = 2
    metric: ClassVar[str] = "cross-entropy (nats an answer)"

    def __post_init__(self) -> None:
        positive_int("length", self.length)
        try:
            for lag in self.never:
                whole_number("each of never", lag)
        except TypeError:
            raise TypeError(f"never must be some lags, got {self.never!r}") from None
        if not set(range(self.length)) - set(self.never):
            raise ValueError(
                f"never must leave a lag below length = {self.length}, got {self.never}"
            )

    @property
    def steps(self) -> int:
        """``T``."""
        return self.length

    def sample(self, batch_size: int, generator: torch.Generator) -> Batch:
        """Draw ``batch_size`` sequences."""
        positive_int("batch_size", batch_size)
        bits = random_bits(self.length, batch_size, generator)
        seen = [lag for lag in range(self.length) if lag not in self.never]
        lags = torch.tensor(seen, device=bits.device)
        lag = lags[draws.ints(0, len(lags), (batch_size,), generator)]
        mark = torch.zeros_like(bits)
        mark.scatter_(0, self.length - 1 - lag[None], 1.0)
        answer = (bits * mark).sum(dim=0)
        return answer_at_the_end(torch.stack([bits, mark], dim=-1), answer)

    def target_distribution(self) -> Tensor:
        """Both bits equally often."""
        return torch.full((1, 2), 1 / 2, dtype=torch.float64)
