"""First sign: keep what came first, whatever comes after it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from rnnbook.cells.checks import positive_int
from rnnbook.tasks import draws
from rnnbook.tasks.base import Batch, BinaryTask, answer_at_the_end


@dataclass(frozen=True)
class FirstSign(BinaryTask):
    """Signs among zeros; at the end: what was the first one?

    ``x_t`` is 0 up to a step that is drawn evenly from all; there it is −1 or +1, and after it it
    is again a sign at one step in five, 0 at the others.

    Args:
        length: ``T``, the number of steps.

    Raises:
        ValueError: if ``length`` is not a positive int.
    """

    length: int = 40

    input_size: ClassVar[int] = 1
    metric: ClassVar[str] = "cross-entropy (nats an answer)"

    def __post_init__(self) -> None:
        positive_int("length", self.length)

    @property
    def steps(self) -> int:
        """``T``."""
        return self.length

    def sample(self, batch_size: int, generator: torch.Generator) -> Batch:
        """Draw ``batch_size`` sequences."""
        positive_int("batch_size", batch_size)
        shape = self.length, batch_size
        signs = 2.0 * draws.ints(0, 2, shape, generator) - 1
        later = draws.uniform(shape, generator) < 0.2
        first = draws.ints(0, self.length, (batch_size,), generator)
        t = torch.arange(self.length, device=first.device)[:, None]
        x = signs * (((t > first) & later) | (t == first))
        answer = (signs.gather(0, first[None])[0] + 1) / 2
        return answer_at_the_end(x[..., None], answer)

    def target_distribution(self) -> Tensor:
        """Both signs equally often."""
        return torch.full((1, 2), 1 / 2, dtype=torch.float64)
