"""Copy memory: repeat a string of symbols after a long silence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor, nn

from rnnbook.cells.checks import positive_int
from rnnbook.tasks import draws
from rnnbook.tasks.base import Batch, Classification

ALPHABET = 8
BLANK, MARKER = 0, ALPHABET + 1


@dataclass(frozen=True)
class CopyMemory(Classification):
    """``K`` symbols are shown, then blanks; at a marker they are to be repeated in order.

    Inputs are one-hot over a blank (0), eight symbols (1–8) and the marker (9): ``K`` symbols,
    ``length − 1`` blanks, the marker, ``K`` blanks. The answer is a blank at every step but the
    last ``K``. Every step counts, so a small loss can be no memory at all: compare it with
    ``baseline()``, which falls with the length.

    Args:
        length: the ``T`` of the paper. A sequence has ``length + 2K`` steps, and each symbol is
            to be recalled ``length + K`` steps after it was shown.
        symbols: ``K``, how many symbols.

    Raises:
        ValueError: if either is not a positive int.

    Source: Arjovsky, Shah & Bengio (2016), section 4.1, after Hochreiter & Schmidhuber (1997).
    """

    length: int = 30
    symbols: int = 5

    input_size: ClassVar[int] = ALPHABET + 2
    output_size: ClassVar[int] = ALPHABET + 1
    metric: ClassVar[str] = "cross-entropy (nats a step)"

    def __post_init__(self) -> None:
        positive_int("length", self.length)
        positive_int("symbols", self.symbols)

    @property
    def steps(self) -> int:
        """The number of steps of a whole sequence, ``length + 2K``."""
        return self.length + 2 * self.symbols

    def sample(self, batch_size: int, generator: torch.Generator) -> Batch:
        """Draw ``batch_size`` sequences."""
        positive_int("batch_size", batch_size)
        K = self.symbols
        shown = draws.ints(1, ALPHABET + 1, (K, batch_size), generator)
        read = shown.new_full((self.steps, batch_size), BLANK)
        read[:K] = shown
        read[-K - 1] = MARKER
        target = torch.full_like(read, BLANK)
        target[-K:] = shown
        x = nn.functional.one_hot(read, self.input_size).to(torch.get_default_dtype())
        return Batch(x, target, torch.ones_like(target, dtype=torch.bool))

    def target_distribution(self) -> Tensor:
        """A blank for certain, then any of the eight symbols."""
        distribution = torch.zeros(self.steps, self.output_size, dtype=torch.float64)
        distribution[: -self.symbols, BLANK] = 1
        distribution[-self.symbols :, 1:] = 1 / ALPHABET
        return distribution
