"""Temporal XOR: predict a stream of bits of which every third one follows from two before it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import ClassVar

import torch
from torch import Tensor

from rnnbook.cells.checks import positive_int
from rnnbook.tasks.base import Batch, BinaryTask, at_least, random_bits


@dataclass(frozen=True)
class TemporalXOR(BinaryTask):
    """A stream of bits, two of chance and then their XOR, over and over: predict the next bit.

    Bits are numbered from 1; bits 3, 6, 9, … are the XOR of the two before. The input at ``t`` is
    bit ``t`` and the answer is bit ``t + 1``, so only the answers at ``t`` = 2, 5, 8, … can be
    known, and a mean over all steps hides it: look at ``squared_error`` by step.

    Args:
        length: ``T``, the number of predictions; one batch row of some thousands is Elman's stream.

    Raises:
        ValueError: if ``length`` is not an int of at least 2.

    Source: Elman (1990), Finding structure in time.
    """

    length: int = 30

    input_size: ClassVar[int] = 1
    metric: ClassVar[str] = "cross-entropy (nats a step)"

    def __post_init__(self) -> None:
        at_least("length", self.length, 2)

    @property
    def steps(self) -> int:
        """``T``."""
        return self.length

    @property
    def predictable(self) -> Tensor:
        """Which steps have an answer that follows from what was read: bools of shape (T)."""
        return (torch.arange(1, self.length + 1) + 1) % 3 == 0

    def sample(self, batch_size: int, generator: torch.Generator) -> Batch:
        """Draw ``batch_size`` streams; each starts with two bits of chance."""
        positive_int("batch_size", batch_size)
        bits = random_bits(self.length + 1, batch_size, generator)
        # The last triple may be cut off: the XOR is written where there is a third bit.
        thirds = len(bits[2::3])
        bits[2::3] = (bits[0::3][:thirds] + bits[1::3][:thirds]) % 2
        target = bits[1:].contiguous()
        return Batch(bits[:-1].unsqueeze(-1), target, torch.ones_like(target, dtype=torch.bool))

    def squared_error(self, output: Tensor, batch: Batch) -> Tensor:
        """Elman's measure: the mean squared error of the predicted probability, by step.

        Args:
            output: logits, shape (T, B, 1).
            batch: what was asked.

        Returns:
            Shape (T); 0.25 where the answer is a coin toss and the prediction 1/2.
        """
        return (output.squeeze(-1).sigmoid() - batch.target).square().mean(dim=1)

    def target_distribution(self) -> Tensor:
        """How often each answer is 0 and 1, from the four equally frequent triples."""
        triples = torch.tensor([(a, b, a ^ b) for a, b in product((0, 1), repeat=2)])
        ones = triples.double().mean(dim=0)
        answers = ones[torch.arange(1, self.length + 1) % 3]
        return torch.stack([1 - answers, answers], dim=-1)

    def best(self) -> float:
        """The loss with perfect memory: the coin tosses remain."""
        tosses = torch.special.entr(self.target_distribution()).sum(dim=-1)[~self.predictable]
        return tosses.sum().item() / self.length
