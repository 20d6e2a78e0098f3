"""The adding problem: find two marked numbers and add them."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

import torch
from torch import Tensor, nn

from rnnbook.cells.checks import positive_int
from rnnbook.tasks import draws
from rnnbook.tasks.base import Batch, Task, answer_at_the_end, at_least


@dataclass(frozen=True)
class Adding(Task):
    """Two of the numbers are marked; the answer, due at the end, is their sum.

    A step has two inputs: a number, uniform on [0, 1], and a marker, which is 1 at one step of the
    first half and at one step of the second half, and 0 elsewhere.

    This is the form of Le et al. (2015) and Arjovsky et al. (2016). Hochreiter & Schmidhuber (1997)
    draw numbers from [−1, 1], set the markers of the first and the last step to −1, mark one of
    the first ten steps and one of the first half, vary the length from T to T + T/10, ask for
    0.5 + (X1 + X2)/4 and call an answer correct if it is off by less than 0.04.

    Args:
        length: ``T``, the number of steps; the first half has ⌊T/2⌋.

    Raises:
        ValueError: if ``length`` is not an int of at least 2.
    """

    length: int = 50

    input_size: ClassVar[int] = 2
    output_size: ClassVar[int] = 1
    metric: ClassVar[str] = "mean squared error (squared units of the sum)"

    def __post_init__(self) -> None:
        at_least("length", self.length, 2)

    @property
    def steps(self) -> int:
        """``T``."""
        return self.length

    def sample(self, batch_size: int, generator: torch.Generator) -> Batch:
        """Draw ``batch_size`` sequences."""
        positive_int("batch_size", batch_size)
        T, B, half = self.length, batch_size, self.length // 2
        numbers = draws.uniform((T, B), generator)
        first = draws.ints(0, half, (1, B), generator)
        second = draws.ints(half, T, (1, B), generator)
        markers = torch.zeros_like(numbers).scatter_(0, torch.cat([first, second]), 1.0)
        x = torch.stack([numbers, markers], dim=-1)
        return answer_at_the_end(x, (numbers * markers).sum(dim=0))

    def loss(self, output: Tensor, batch: Batch) -> Tensor:
        """The mean squared error of the answer at the end."""
        answers, sums = self.scored(output, batch)
        return nn.functional.mse_loss(answers.squeeze(-1), sums)

    def baseline(self) -> float:
        """The variance of the sum, which is the error of always answering its mean.

        One that reads the last number alone gains a little, as that one may be marked. Papers that
        give 0.1767 carry an error along: two variances of 1/12 make 1/6.
        """
        mean, mean_square = Fraction(1, 2), Fraction(1, 3)  # ∫ u du and ∫ u² du over [0, 1]
        return float(2 * (mean_square - mean**2))
