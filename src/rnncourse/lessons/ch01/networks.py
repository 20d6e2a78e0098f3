"""Two networks that answer at every step: one looks back a few steps, one remembers."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from rnnbook.cells import SimpleCell, checks
from rnnbook.cells.checks import positive_int
from rnnbook.data import windows
from rnnbook.tasks import draws
from rnnbook.tasks.base import Batch, BinaryTask
from rnnbook.training import History, fit
from rnnbook.unroll import Recurrent

_BATCH_SIZE = 32


class WindowNet(nn.Module):
    """A network of two layers that sees the last ``k`` inputs of each step, and nothing else.

    Args:
        k: the width of the window.
        input_size: ``D``, the number of features of one input.
        hidden_size: units of the hidden layer.

    Raises:
        ValueError: if a size is not a positive int.
    """

    def __init__(self, k: int, input_size: int, hidden_size: int) -> None:
        super().__init__()
        for name, size in (("k", k), ("input_size", input_size), ("hidden_size", hidden_size)):
            positive_int(name, size)
        self.k, self.input_size = k, input_size
        self.hidden = nn.Linear(k * input_size, hidden_size)
        self.readout = nn.Linear(hidden_size, 1)

    def forward(self, x: Tensor) -> Tensor:
        """From inputs (T, B, D) to scores (T, B, 1), positive for yes."""
        checks.inputs("x", x, "T, B, D", self.input_size, self.hidden.weight, "network")
        seen = windows(x, self.k).flatten(2)  # (T, B, k·D)
        return self.readout(torch.tanh(self.hidden(seen)))


class MemoryNet(nn.Module):
    """A simple recurrent layer, and a read-out from its state.

    Args:
        input_size: ``D``, the number of features of one input.
        hidden_size: ``H``, the number of hidden units.

    Raises:
        ValueError: if a size is not a positive int.
    """

    def __init__(self, input_size: int, hidden_size: int) -> None:
        super().__init__()
        self.layer = Recurrent(SimpleCell, input_size, hidden_size)
        self.readout = nn.Linear(hidden_size, 1)

    def forward(self, x: Tensor) -> Tensor:
        """From inputs (T, B, D) to scores (T, B, 1), positive for yes."""
        h, _ = self.layer(x)  # (T, B, H)
        return self.readout(h)


def learn(
    model: nn.Module,
    task: BinaryTask,
    examples: Batch,
    *,
    lr: float,
    steps: int = 1000,
    enough: float = 0.01,
    seed: int = 0,
) -> History:
    """Train on a fixed set of sequences, drawn in batches of 32 with repetition.

    Args:
        model: gives scores (T, B, 1) for inputs (T, B, D).
        task: gives the loss.
        examples: the sequences.
        lr: learning rate.
        steps: the most updates to make.
        enough: stop when the loss over all examples falls below this (nats).
        seed: of the draws.

    Raises:
        TypeError, ValueError: if the task or its examples are none, or as `fit`.
    """
    checks.instance("task", task, BinaryTask, "a task of yes or no")
    checks.instance("examples", examples, Batch, "a Batch (x, target, mask)")

    def sample(generator: torch.Generator) -> Batch:
        count = examples.x.shape[1]
        some = draws.ints(0, count, (_BATCH_SIZE,), generator)
        return Batch(*(tensor[:, some] for tensor in examples))

    return fit(
        model,
        sample,
        lambda model, batch: task.loss(model(batch.x), batch),
        steps=steps,
        lr=lr,
        validate=lambda model: task.loss(model(examples.x), examples).item(),
        every=50,
        stop_below=enough,
        seed=seed,
        progress=False,
    )
