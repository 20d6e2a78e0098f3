"""What experiments on tasks share: how gates start, training until it is right, what came of it."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from rnnbook.cells.modes import evaluating
from rnnbook.tasks import Batch
from rnnbook.tasks.base import Classification
from rnnbook.training import History, fit

BATCH_SIZE = 32
ENOUGH = 0.99
"""The share of right answers on held-out sequences at which training stops."""

Loss = Callable[[nn.Module, Batch], Tensor]


def held_out(task: Classification, seed: int) -> Batch:
    """500 sequences that decide when training stops, apart from those of training and of tests."""
    return task.sample(500, torch.Generator().manual_seed(10_000 + seed))


def until_right(
    model: nn.Module,
    task: Classification,
    *,
    lr: float,
    seed: int,
    steps: int,
    loss: Loss | None = None,
) -> History:
    """Train until 99 % of the held-out answers are right, or for ``steps`` updates.

    Args:
        model: gives scores (T, B, output_size) for inputs (T, B, D).
        task: what is asked.
        lr: learning rate.
        seed: of the batches and of the held-out sequences.
        steps: the most updates to make.
        loss: of a batch; the task's own if not given.
    """
    validation = held_out(task, seed)
    return fit(
        model,
        sample=lambda generator: task.sample(BATCH_SIZE, generator),
        loss=loss or (lambda model, batch: task.loss(model(batch.x), batch)),
        steps=steps,
        lr=lr,
        validate=lambda model: 1 - task.accuracy(model(validation.x), validation),
        every=25,
        stop_below=1 - ENOUGH,
        seed=seed,
        progress=False,
    )


@torch.no_grad()
def outcome(
    model: nn.Module, task: Classification, history: History, test_seed: int
) -> dict[str, float]:
    """What came of it, on 1,000 sequences that were neither trained nor stopped on.

    Returns:
        ``accuracy``, the share of right answers; ``solved``, 1 or 0; ``updates`` made; ``cost``,
        the updates, and where it was not solved as many again times the share of wrong answers,
        so that rates which all solve it can be told apart.
    """
    test = task.sample(1000, torch.Generator().manual_seed(test_seed))
    with evaluating(model):
        accuracy = task.accuracy(model(test.x), test)
    solved, updates = history.validation[-1][1] < 1 - ENOUGH, len(history.loss)
    return {
        "accuracy": accuracy,
        "solved": float(solved),
        "updates": updates,
        "cost": updates if solved else updates * (2 - accuracy),
    }


@torch.no_grad()
def later_accuracy(model: nn.Module, task: Classification, lag: int, seed: int) -> Tensor:
    """The share of right answers when asked after ``lag`` steps and at each later one.

    Args:
        model: trained at ``lag``.
        task: the same task at a longer lag.
        lag: the first that is asked for.
        seed: of the sequences.

    Returns:
        One entry for each lag from ``lag`` to the task's.
    """
    batch = task.sample(200, torch.Generator().manual_seed(20_000 + seed))
    # The noise goes on as it was, so what is said at step t is the answer to the lag t − 1.
    with evaluating(model):
        answers = model(batch.x)[lag:]
    right = task.correct(answers, batch.target[-1].expand(len(answers), -1))
    return right.double().mean(dim=1)


@torch.no_grad()
def set_bias(layer: nn.RNNBase, gate: str, values: float | Tensor) -> None:
    """Set the bias of a gate in every unit: torch adds two, so the second one becomes zero.

    Args:
        layer: its first layer is changed, in place.
        gate: one of ``i f g o``; of a GRU, one of ``r z n``.
        values: one number, or one a unit (H).
    """
    gates = "rzn" if isinstance(layer, nn.GRU) else "ifgo"
    H, k = layer.hidden_size, gates.index(gate)
    for name, value in (("bias_ih_l0", values), ("bias_hh_l0", 0.0)):
        getattr(layer, name)[k * H : (k + 1) * H] = value
