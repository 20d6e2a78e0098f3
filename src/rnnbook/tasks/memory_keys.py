"""A pocket calculator's memory: add to it, clear it, recall it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor, nn

from rnnbook.cells.checks import floats, of_shape, positive_int
from rnnbook.tasks import draws
from rnnbook.tasks.base import Batch, Task


@dataclass(frozen=True)
class MemoryKeys(Task):
    """Numbers on a calculator's display, and its memory keys; show the memory when asked.

    ``x_t`` holds the number on the display, uniform on [−1, 1]; the memory key: +1 for ``M+`` (add
    the number to the memory), −1 for ``MC`` (clear the memory), 0 for none; and 1 if ``MR``
    (recall) is pressed, else 0. One key at most is pressed at a step. The answer is what the
    memory holds at ``MR``, and 0 at all other steps.

    Args:
        length: ``T``, the number of steps.

    Raises:
        ValueError: if ``length`` is not a positive int.
    """

    length: int = 20

    input_size: ClassVar[int] = 3
    output_size: ClassVar[int] = 1
    metric: ClassVar[str] = "mean squared error (squared units of the display)"
    add: ClassVar[float] = 0.3
    clear: ClassVar[float] = 0.1
    recall: ClassVar[float] = 0.3

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
        number = 2 * draws.uniform(shape, generator) - 1
        finger = draws.uniform(shape, generator)
        add = finger < self.add
        clear = ~add & (finger < self.add + self.clear)
        recall = finger >= 1 - self.recall
        x = torch.stack([number, add.float() - clear.float(), recall.float()], dim=-1)
        return Batch(x, memory(x) * recall, torch.ones_like(recall))

    def loss(self, output: Tensor, batch: Batch) -> Tensor:
        """The mean squared error over all steps."""
        answers, shown = self.scored(output, batch)
        return nn.functional.mse_loss(answers.squeeze(-1), shown)

    def baseline(self) -> float:
        """The mean square of the answers: who knows no more than the step's keys says 0."""
        variance, total = 0.0, 0.0
        for _ in range(self.length):
            total += self.recall * variance
            variance = (1 - self.clear) * variance + self.add / 3  # 1/3: a number's mean square
        return total / self.length


def memory(x: Tensor) -> Tensor:
    """What the calculator's memory holds after each step: from keys (T, B, 3) to (T, B).

    Raises:
        TypeError, ValueError: if ``x`` is no tensor, or has another shape.
    """
    _keys(x)
    held, after = x.new_zeros(x.shape[1]), []
    for number, key, _ in (x_t.unbind(dim=-1) for x_t in x):
        held = torch.where(key < 0, 0.0, held) + number * (key > 0)
        after.append(held)
    return torch.stack(after)


def by_key(gate: Tensor, x: Tensor) -> dict[str, Tensor]:
    """A gate's mean over all steps with the same key: from (T, B, H) to (H) by key's name.

    Args:
        gate: what it was at every step, shape (T, B, H).
        x: the keys, shape (T, B, 3).

    Raises:
        TypeError, ValueError: if one is no tensor of floats, or the shapes do not fit together.
    """
    T, B, _ = _keys(x).shape
    of_shape("gate", gate, "T, B, H", (T, B, floats("gate", gate, "T, B, H").shape[-1]))
    key, recall = x[..., 1], x[..., 2] > 0
    pressed = {"M+": key > 0, "MC": key < 0, "MR": recall, "none": (key == 0) & ~recall}
    return {name: gate[where].mean(dim=0) for name, where in pressed.items()}


def _keys(x: Tensor) -> Tensor:
    """The number, the key and the recall of every step, if they are that."""
    return of_shape("x", x, "T, B, 3", (*floats("x", x, "T, B, 3").shape[:2], 3))
