"""The cue: remember one sign through noise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from rnnbook.cells.checks import finite_number, positive_int
from rnnbook.tasks import draws
from rnnbook.tasks.base import Batch, BinaryTask, answer_at_the_end


@dataclass(frozen=True)
class Cue(BinaryTask):
    """A sign at ``t = 1``, noise after it, and the question at the end: which sign was it?

    ``x_1`` is −1 or +1, ``x_2 … x_T`` are Gaussian with mean 0; the answer, due at ``T``, is 1 if
    ``x_1`` was +1 and 0 if it was −1. The lag is fixed, so no shorter one teaches the longer.

    Args:
        lag: steps from the sign to the answer; ``T = lag + 1``.
        noise: standard deviation of the noise.

    Raises:
        ValueError: if ``lag`` is not a positive int or ``noise`` is negative.

    Source: the two-sequence problem of Bengio, Simard & Frasconi (1994), with the class shown once
    and at a fixed lag. Random weight guessing solves the original one quickly
    (Hochreiter & Schmidhuber 1997, section 5.3), so compare with it here too.
    """

    lag: int = 20
    noise: float = 0.2

    input_size: ClassVar[int] = 1
    metric: ClassVar[str] = "cross-entropy (nats an answer)"

    def __post_init__(self) -> None:
        positive_int("lag", self.lag)
        finite_number("noise", self.noise, "a number of at least 0", lambda found: found >= 0)

    @property
    def steps(self) -> int:
        """``T``: the sign and the lag."""
        return self.lag + 1

    def sample(self, batch_size: int, generator: torch.Generator) -> Batch:
        """Draw ``batch_size`` sequences."""
        positive_int("batch_size", batch_size)
        x = self.noise * draws.normal((self.steps, batch_size, 1), generator)
        answer = draws.ints(0, 2, (batch_size,), generator).to(x.dtype)
        x[0, :, 0] = 2 * answer - 1
        return answer_at_the_end(x, answer)

    def target_distribution(self) -> Tensor:
        """Both signs equally often."""
        return torch.full((1, 2), 1 / 2, dtype=torch.float64)
