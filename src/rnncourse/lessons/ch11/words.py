"""The words of counting: as many b as there were a, and as many c."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor, nn

from rnnbook.cells.checks import positive_int, tensor, whole_numbers
from rnnbook.tasks import draws
from rnnbook.tasks.base import Batch, Classification


@dataclass(frozen=True)
class AnBn(Classification):
    """Words aⁿbⁿ: what comes next, said after every letter.

    After an a nobody can know: another a, or the first b (class 0). From the first b on it is
    certain: b (class 1) until there were as many as a, then the end (class 2). Inputs are one-hot;
    after the end they are zero, and the answer stays *the end*, so that words of all lengths have
    the same number of steps, and every step counts.

    Args:
        longest: the largest ``n``; each from 1 on is drawn equally often.

    Raises:
        ValueError: if ``longest`` is not a positive int.

    Source: Gers & Schmidhuber (2001); Weiss, Goldberg & Yahav (2018).
    """

    longest: int = 30

    letters: ClassVar[int] = 2
    input_size: ClassVar[int] = 2
    output_size: ClassVar[int] = 3
    metric: ClassVar[str] = "cross-entropy (nats a step)"

    def __post_init__(self) -> None:
        positive_int("longest", self.longest)

    @property
    def steps(self) -> int:
        """``T``, that of the longest word."""
        return self.letters * self.longest

    def words(self, n: Tensor) -> Batch:
        """The words of these lengths.

        Args:
            n: how often each letter is repeated, whole numbers (B) from 1 to ``longest``.

        Raises:
            TypeError: if ``n`` is no tensor of whole numbers.
            ValueError: if a number is below 1 or above ``longest``, or there is no number.
        """
        whole_numbers("n", tensor("n", n, "B"))
        if not n.numel() or n.min() < 1 or n.max() > self.longest:
            raise ValueError(f"n must be numbers from 1 to {self.longest}, got {n.tolist()}")
        t = torch.arange(self.steps, device=n.device)[:, None]
        letter = (t // n).clamp(max=self.letters)  # as many as there are letters: the end
        target = torch.where(t < n, 0, ((t + 1) // n).clamp(max=self.letters))
        x = nn.functional.one_hot(letter, self.letters + 1)[..., : self.letters]
        mask = torch.ones_like(target, dtype=torch.bool)
        return Batch(x.to(torch.get_default_dtype()), target, mask)

    def sample(self, batch_size: int, generator: torch.Generator) -> Batch:
        """Draw ``batch_size`` words."""
        positive_int("batch_size", batch_size)
        return self.words(draws.ints(1, self.longest + 1, (batch_size,), generator))

    def target_distribution(self) -> Tensor:
        """The answers of all words, step by step."""
        every = self.words(torch.arange(1, self.longest + 1)).target
        return nn.functional.one_hot(every, self.output_size).double().mean(dim=1)

    def whole(self, output: Tensor, batch: Batch) -> Tensor:
        """Which words were answered rightly at every step: bools (B)."""
        self.scored(output, batch)
        return self.correct(output, batch.target).all(dim=0)


@dataclass(frozen=True)
class AnBnCn(AnBn):
    """Words aⁿbⁿcⁿ, as in `AnBn`: one count has to serve twice.

    The answers: a or b (0), b (1), c (2), the end (3).
    """

    letters: ClassVar[int] = 3
    input_size: ClassVar[int] = 3
    output_size: ClassVar[int] = 4
