"""What every task is: sequences made by rule, a loss, and the loss without looking."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import torch
from torch import Tensor, nn

from rnnbook.cells.checks import floats, instance, of_shape
from rnnbook.tasks import draws


class Batch(NamedTuple):
    """Sequences, what should be answered, and where the answer counts.

    Attributes:
        x: inputs, shape (T, B, D), float.
        target: answers, shape (T, B); float, or class numbers (long) where there are classes.
        mask: bools of shape (T, B); the loss counts the steps that are true.
    """

    x: Tensor
    target: Tensor
    mask: Tensor


@dataclass(frozen=True)
class Task(ABC):
    """A rule that makes sequences and says how well they were answered.

    A network for a task reads ``input_size`` numbers a step and answers with ``output_size``;
    ``metric`` says what ``loss`` measures, with its unit.
    """

    input_size: ClassVar[int]
    output_size: ClassVar[int]
    metric: ClassVar[str]

    @property
    @abstractmethod
    def steps(self) -> int:
        """``T``, the number of steps of a sequence."""

    @abstractmethod
    def sample(self, batch_size: int, generator: torch.Generator) -> Batch:
        """Draw sequences.

        Args:
            batch_size: ``B``, how many.
            generator: the source of all randomness; the batch is on its device.

        Raises:
            TypeError: if ``generator`` is none.
            ValueError: if ``batch_size`` is not a positive int.
        """

    @abstractmethod
    def loss(self, output: Tensor, batch: Batch) -> Tensor:
        """The mean loss over the steps that count, a scalar.

        Args:
            output: the network's answers, shape (T, B, output_size).
            batch: what was asked.

        Raises:
            TypeError: if ``batch`` is none, or the output no tensor of floats.
            ValueError: if the output has another shape.
        """

    @abstractmethod
    def baseline(self) -> float:
        """The best loss of an answer that may depend on the step, but on no input.

        Computed from the task's definition. A loss that stays here is a loss without memory.
        """

    def scored(self, output: Tensor, batch: Batch) -> tuple[Tensor, Tensor]:
        """The outputs (N, output_size) and targets (N) of the steps that count."""
        instance("batch", batch, Batch, "a Batch (x, target, mask), as sample draws it")
        expected = (*batch.target.shape, self.output_size)
        floats("output", of_shape("output", output, "T, B, output_size", expected))
        return output[batch.mask], batch.target[batch.mask]


class Classification(Task):
    """A task whose answers are classes: one score (logit) a class, loss in nats."""

    @abstractmethod
    def target_distribution(self) -> Tensor:
        """How often each class is the answer, shape (steps that count, classes), float64."""

    def baseline(self) -> float:
        """The mean entropy of the answers: what is left when each step's frequencies are known."""
        return torch.special.entr(self.target_distribution()).sum(dim=-1).mean().item()

    def loss(self, output: Tensor, batch: Batch) -> Tensor:
        """The mean cross-entropy of the steps that count, in nats."""
        scores, classes = self.scored(output, batch)
        return nn.functional.cross_entropy(scores, classes)

    def correct(self, output: Tensor, target: Tensor) -> Tensor:
        """Which answers (..., output_size) meet the targets (...): bools."""
        return output.argmax(dim=-1) == target

    def accuracy(self, output: Tensor, batch: Batch) -> float:
        """The fraction of the steps that count which are answered correctly."""
        return self.correct(*self.scored(output, batch)).double().mean().item()


class BinaryTask(Classification):
    """A task of yes or no: one score (logit), positive for yes; targets are 0.0 and 1.0."""

    output_size: ClassVar[int] = 1

    def loss(self, output: Tensor, batch: Batch) -> Tensor:
        """The mean cross-entropy of the steps that count, in nats."""
        scores, bits = self.scored(output, batch)
        return nn.functional.binary_cross_entropy_with_logits(scores.squeeze(-1), bits)

    def correct(self, output: Tensor, target: Tensor) -> Tensor:
        """Which scores (..., 1) have the sign that the targets (...) ask for: bools."""
        return (output.squeeze(-1) > 0) == (target > 0.5)


def answer_at_the_end(x: Tensor, answer: Tensor) -> Batch:
    """A batch whose only answer (B) is due at the last step of ``x`` (T, B, D)."""
    T, B, _ = x.shape
    target = answer.new_zeros(T, B)
    target[-1] = answer
    mask = torch.zeros_like(target, dtype=torch.bool)
    mask[-1] = True
    return Batch(x, target, mask)


def random_bits(steps: int, batch_size: int, generator: torch.Generator) -> Tensor:
    """Fair coin tosses 0.0 and 1.0, shape (T, B)."""
    return draws.ints(0, 2, (steps, batch_size), generator).to(torch.get_default_dtype())


def at_least(name: str, value: object, low: int) -> int:
    """Return ``value`` if it is an int of at least ``low``, else raise an error that names it."""
    if isinstance(value, bool) or not isinstance(value, int) or value < low:
        raise ValueError(f"{name} must be an int of at least {low}, got {value!r}")
    return value
