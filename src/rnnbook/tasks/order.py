"""Temporal order: two symbols in a long distraction; which came first?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor, nn

from rnnbook.cells.checks import positive_int
from rnnbook.tasks import draws
from rnnbook.tasks.base import Batch, Classification, answer_at_the_end, at_least

SYMBOLS, DISTRACTORS = 2, 4


@dataclass(frozen=True)
class TemporalOrder(Classification):
    """Two symbols A or B stand among distractors c–f; the answer is AA, AB, BA or BB.

    Inputs are one-hot over A, B, c, d, e, f. The first symbol stands at a step drawn from
    [T/10, 2T/10] and the second from [4T/10, 5T/10], counted from 0 and rounded down; the answer,
    one of four classes in the order above, is due at the last step.

    Args:
        length: ``T``, the number of steps.

    Raises:
        ValueError: if ``length`` is not an int of at least 10.

    Source: Pascanu, Mikolov & Bengio (2013), after experiment 6a of Hochreiter & Schmidhuber
    (1997), which starts with a symbol E, ends with a trigger B and varies the length from 100 to
    110.
    """

    length: int = 50

    input_size: ClassVar[int] = SYMBOLS + DISTRACTORS
    output_size: ClassVar[int] = SYMBOLS**2
    metric: ClassVar[str] = "cross-entropy (nats an answer)"

    def __post_init__(self) -> None:
        at_least("length", self.length, 10)

    @property
    def steps(self) -> int:
        """``T``."""
        return self.length

    def sample(self, batch_size: int, generator: torch.Generator) -> Batch:
        """Draw ``batch_size`` sequences."""
        positive_int("batch_size", batch_size)
        T, B = self.length, batch_size
        read = draws.ints(SYMBOLS, self.input_size, (T, B), generator)
        first = draws.ints(T // 10, 2 * T // 10 + 1, (1, B), generator)
        second = draws.ints(4 * T // 10, 5 * T // 10 + 1, (1, B), generator)
        shown = draws.ints(0, SYMBOLS, (2, B), generator)
        read.scatter_(0, torch.cat([first, second]), shown)
        x = nn.functional.one_hot(read, self.input_size).to(torch.get_default_dtype())
        return answer_at_the_end(x, SYMBOLS * shown[0] + shown[1])

    def target_distribution(self) -> Tensor:
        """Each pair of symbols equally often."""
        return torch.full((1, self.output_size), 1 / SYMBOLS**2, dtype=torch.float64)
