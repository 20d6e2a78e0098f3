"""Three signs at once: the cue that luck does not find."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from rnnbook.cells.checks import finite_number, positive_int
from rnnbook.tasks import draws
from rnnbook.tasks.base import Batch, Classification, answer_at_the_end

SIGNS = 3


@dataclass(frozen=True)
class ThreeSigns(Classification):
    """Three signs at ``t = 1``, noise after them, and the question at the end: which were they?

    It is `Cue` on three channels at once. Each channel of ``x_1`` is −1 or +1, ``x_2 … x_T`` are
    Gaussian with mean 0; the answer, due at ``T``, is the pattern of the signs, one of eight: the
    first channel's + counts 1, the second's 2, the third's 4.

    Args:
        lag: steps from the signs to the answer; ``T = lag + 1``.
        noise: standard deviation of the noise.

    Raises:
        ValueError: if ``lag`` is not a positive int or ``noise`` is negative.
    """

    lag: int = 20
    noise: float = 0.2

    input_size: ClassVar[int] = SIGNS
    output_size: ClassVar[int] = 2**SIGNS
    metric: ClassVar[str] = "cross-entropy (nats an answer)"

    def __post_init__(self) -> None:
        positive_int("lag", self.lag)
        finite_number("noise", self.noise, "a number of at least 0", lambda found: found >= 0)

    @property
    def steps(self) -> int:
        """``T``: the signs and the lag."""
        return self.lag + 1

    def sample(self, batch_size: int, generator: torch.Generator) -> Batch:
        """Draw ``batch_size`` sequences."""
        positive_int("batch_size", batch_size)
        x = self.noise * draws.normal((self.steps, batch_size, SIGNS), generator)
        plus = draws.ints(0, 2, (batch_size, SIGNS), generator)
        x[0] = 2 * plus - 1
        return answer_at_the_end(x, plus @ 2 ** torch.arange(SIGNS, device=plus.device))

    def target_distribution(self) -> Tensor:
        """Every pattern equally often."""
        return torch.full((1, self.output_size), 1 / self.output_size, dtype=torch.float64)
