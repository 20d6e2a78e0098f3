"""What each start of a simple network buys on signs and on adding, and what it leaves behind.

All networks are trained by Adam, clipped by norm at 1, on the same budget of updates, each start
with the learning rate that suits it best. Where ``U`` is started by us, the biases are zero.

A network that knows the signs after the lag that it was trained on is asked again at later steps,
without further training: one that *holds* the signs does not mind when it is asked.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import isfinite, nan, sqrt
from typing import cast

import torch
from torch import Tensor, nn

from rnnbook.cells import Cell, SimpleCell
from rnnbook.cells.init import blocks, identity, orthogonal, scaled, spectral_radius
from rnnbook.tasks import Adding, Cue, Task, ThreeSigns
from rnnbook.tasks.base import Classification
from rnnbook.training import History, TrainingDiverged, fit
from rnnbook.unroll import Recurrent
from rnncourse.experiments.protocol import later_accuracy

DESCRIPTION = "Starts of a simple network on signs and on adding: loss, updates, later answers"
GRID = {
    "task": ["one sign 40", "three signs 40", "three signs 80", "adding 40"],
    "start": [
        "tanh",
        "tanh scaled",
        "tanh orthogonal",
        "tanh identity",
        "relu",
        "relu orthogonal",
        "relu orthogonal √2",
        "relu identity",
    ],
}
RATES = [0.001, 0.003, 0.01]
TUNE_ON = "score"
TUNING_SEEDS = 10
CHEAP = {"task": "three signs 40", "start": "relu orthogonal", "lr": 0.003, "updates": 30}

HIDDEN_SIZE, BATCH_SIZE = 32, 32
TASKS: dict[str, Callable[[int], Task]] = {
    "one sign": Cue,
    "three signs": ThreeSigns,
    "adding": Adding,
}
STEPS = {"one sign": 300, "three signs": 400, "adding": 500}
SOLVED = {"one sign": 0.05, "three signs": 0.05, "adding": 0.02}
"""Held-out loss at which training stops: nats, squared units of the sum."""

STARTS: dict[str, Callable[[Cell], Cell]] = {
    "scaled": scaled,
    "orthogonal": orthogonal,
    "orthogonal √2": partial(orthogonal, gain=sqrt(2)),
    "identity": identity,
}
WORST_SHARE = 10.0
LONG = 20


class Network(nn.Module):
    """A simple recurrent layer, started in one of eight ways, and a linear read-out.

    Args:
        task: what it is for.
        start: the nonlinearity and, after a blank, how ``U`` starts: ``scaled`` to spectral radius
            1, ``orthogonal``, √2 times that, ``identity``, all with zero biases; nothing for the
            library's start.
    """

    def __init__(self, task: Task, start: str) -> None:
        super().__init__()
        nonlinearity, _, recurrent = start.partition(" ")
        self.layer = Recurrent(SimpleCell, task.input_size, HIDDEN_SIZE, nonlinearity=nonlinearity)
        self.readout = nn.Linear(HIDDEN_SIZE, task.output_size)
        if recurrent:
            STARTS[recurrent](self.layer.cell)
            nn.init.zeros_(self.layer.cell.get_parameter("b"))

    def forward(self, x: Tensor) -> Tensor:
        """From inputs (T, B, D) to answers at every step (T, B, output_size)."""
        return self.readout(self.layer(x)[0])


def train(
    seed: int, task: Task, start: str, lr: float, budget: int, enough: float
) -> tuple[Network, History, bool]:
    """Train until the held-out loss says that the task is solved, or the budget is spent.

    Returns:
        The network, its history, and whether training diverged.
    """
    torch.manual_seed(seed)
    model = Network(task, start)
    held_out = task.sample(300, torch.Generator().manual_seed(10_000 + seed))
    try:
        history = fit(
            model,
            sample=lambda generator: task.sample(BATCH_SIZE, generator),
            loss=lambda model, batch: task.loss(model(batch.x), batch),
            steps=budget,
            lr=lr,
            validate=lambda model: task.loss(model(held_out.x), held_out).item(),
            every=25,
            stop_below=enough,
            seed=seed,
            progress=False,
        )
    except TrainingDiverged as error:
        return model, error.history, True
    return model, history, False


def run(
    seed: int, task: str, start: str, lr: float, updates: int | None = None
) -> dict[str, float]:
    """Train, and measure on sequences that were neither trained nor stopped on.

    Returns:
        ``share``: the loss as a share of the loss without memory, at most 10 (10 if training
        diverged); ``updates`` made; ``score``, what the rate is chosen by: the share of the
        budget used if the task was solved, else 1 + ``share``; ``clipped``: the share of updates
        that clipping changed; ``radius``: the spectral radius of ``U`` after training; for signs,
        ``accuracy``; ``later``: the lowest accuracy over the lags up to half as long again;
        ``long``: the accuracy at 20 times the lag (NaN for adding).
    """
    kind, _, number = task.rpartition(" ")
    steps = int(number)
    asked = TASKS[kind](steps)
    budget = updates or STEPS[kind]
    model, history, diverged = train(seed, asked, start, lr, budget, SOLVED[kind])
    test = asked.sample(1000, torch.Generator().manual_seed(30_000 + seed))
    with torch.no_grad():
        loss = asked.loss(model(test.x), test).item()
    share = loss / asked.baseline() if isfinite(loss) and not diverged else WORST_SHARE
    share = min(share, WORST_SHARE)
    made = len(history.loss)
    solved = history.stopped.startswith("validation fell below")
    measured = {
        "share": share,
        "updates": made,
        "score": made / budget if solved else 1 + share,
        "clipped": sum(norm > 1 for norm in history.grad_norm) / max(made, 1),
        "radius": spectral_radius(blocks(model.layer.cell)[0]),
        "accuracy": nan,
        "later": nan,
        "long": nan,
    }
    if kind != "adding":
        longer = cast(Classification, TASKS[kind](LONG * steps))
        accuracy = later_accuracy(model, longer, steps, seed)
        measured["accuracy"] = accuracy[0].item()
        measured["later"] = accuracy[1 : steps // 2 + 1].min().item()
        measured["long"] = accuracy[-1].item()
    return measured
