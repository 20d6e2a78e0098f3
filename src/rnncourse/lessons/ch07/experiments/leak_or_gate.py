"""A leak that is the same at every step, or one that the network computes: which can choose?

Two tasks in which keeping must be selective. `MarkedBit` says with a mark which toss to keep;
`FirstSign` says nothing: what to keep depends on whether something is held already. All networks
have the same number of units; leaks and gates start with the same time constants, so that a long
memory alone is no advantage of the gate.
"""

from __future__ import annotations

from math import log10
from typing import Any

import torch
from torch import Tensor, nn

from rnnbook.cells import Cell, GatedLeakCell, LeakyCell, SimpleCell
from rnnbook.cells.init import identity, starting_leaks
from rnnbook.gradients import gradient_norms
from rnnbook.tasks import FirstSign, MarkedBit
from rnnbook.tasks.base import Batch, BinaryTask
from rnnbook.training import History, TrainingDiverged, fit
from rnnbook.unroll import Recurrent

DESCRIPTION = "Constant leaks against gates where keeping must be selective"
GRID = {
    "task": ["marked", "first"],
    "network": ["simple", "relu identity", "leaky", "gate of x", "gate of x and h"],
}
RATES = [0.003, 0.01, 0.03]
TUNE_ON = "score"
CHEAP = {"task": "marked", "network": "gate of x and h", "lr": 0.01, "steps": 20}

LENGTH, HIDDEN_SIZE, BATCH_SIZE = 40, 16, 32
STEPS = 600
SOLVED = 0.01
"""Share of wrong answers on held-out sequences at which training stops."""
LONG = 10
EARLY = 10
"""The gradient is measured at steps up to this one that bear the answer: at lags of 30 or more."""


TASKS: dict[str, type[MarkedBit] | type[FirstSign]] = {"marked": MarkedBit, "first": FirstSign}


class Network(nn.Module):
    """A layer of one of five kinds, and a linear read-out.

    Args:
        task: what it is for.
        kind: one of the kinds of network in `GRID`.
    """

    def __init__(self, task: BinaryTask, kind: str) -> None:
        super().__init__()
        leaks = starting_leaks(HIDDEN_SIZE, task.steps)
        cell, options = _CELLS[kind]
        if kind == "leaky":
            options = {**options, "leak": leaks}
        self.layer = Recurrent(cell, task.input_size, HIDDEN_SIZE, **options)
        self.readout = nn.Linear(HIDDEN_SIZE, task.output_size)
        bias = self.layer.cell.get_parameter("b")
        with torch.no_grad():
            if kind == "relu identity":
                identity(self.layer.cell)
                bias.zero_()
            if cell is GatedLeakCell:
                bias[:HIDDEN_SIZE] = torch.logit(leaks)

    def forward(self, x: Tensor) -> Tensor:
        """From inputs (T, B, D) to answers at every step (T, B, 1)."""
        return self.readout(self.layer(x)[0])


_CELLS: dict[str, tuple[type[Cell], dict[str, Any]]] = {
    "simple": (SimpleCell, {}),
    "relu identity": (SimpleCell, {"nonlinearity": "relu"}),
    "leaky": (LeakyCell, {"learnable": True}),
    "gate of x": (GatedLeakCell, {"reads_state": False}),
    "gate of x and h": (GatedLeakCell, {}),
}


def written_at(task: BinaryTask, batch: Batch) -> Tensor:
    """The step (B), counted from 0, whose input is the one to be kept."""
    shown = batch.x[..., 1] if isinstance(task, MarkedBit) else batch.x[..., 0]
    return (shown != 0).double().argmax(dim=0)


def reach(model: Network, task: BinaryTask, batch: Batch) -> float:
    """How much of the gradient at the last state arrives where the answer came in, as log₁₀.

    The median over the sequences of the batch in which that was at one of the first steps.
    """
    at = written_at(task, batch)
    early = at < EARLY
    x, at = batch.x[:, early], at[early]
    v = model.readout.weight.detach()[0]
    norms = gradient_norms(model.layer.cell, x, lambda h: (h[-1] @ v).sum())["h"]
    share = norms[at, torch.arange(len(at))] / norms[-1]
    return log10(max(share.median().item(), 1e-30))


def train(
    seed: int, problem: BinaryTask, network: str, lr: float, steps: int = STEPS
) -> tuple[Network, History]:
    """Train until less than 1 % of the held-out answers are wrong, or the budget is spent."""
    torch.manual_seed(seed)
    model = Network(problem, network)
    held_out = problem.sample(500, torch.Generator().manual_seed(10_000 + seed))
    try:
        history = fit(
            model,
            sample=lambda generator: problem.sample(BATCH_SIZE, generator),
            loss=lambda model, batch: problem.loss(model(batch.x), batch),
            steps=steps,
            lr=lr,
            validate=lambda model: 1 - problem.accuracy(model(held_out.x), held_out),
            every=25,
            stop_below=SOLVED,
            seed=seed,
            progress=False,
        )
    except TrainingDiverged as error:
        history = error.history
    return model, history


def run(seed: int, task: str, network: str, lr: float, steps: int = STEPS) -> dict[str, float]:
    """Train, and measure on sequences that were neither trained nor stopped on.

    Returns:
        ``accuracy`` at the length trained on, and ``long`` at ten times that length; ``updates``
        made; ``solved``, 1 or 0; ``score``, what the rate is chosen by: the share of the budget
        used if the task was solved, else 1 + the share of wrong answers; ``reach_start`` and
        ``reach_end``, the gradient that arrives over 30 steps or more before and after training
        (log₁₀ of a share).
    """
    make = TASKS[task]
    problem, longer = make(length=LENGTH), make(length=LONG * LENGTH)
    test = problem.sample(1000, torch.Generator().manual_seed(20_000 + seed))
    later = longer.sample(200, torch.Generator().manual_seed(30_000 + seed))
    torch.manual_seed(seed)
    reach_start = reach(Network(problem, network), problem, test)
    model, history = train(seed, problem, network, lr, steps)
    with torch.no_grad():
        accuracy = problem.accuracy(model(test.x), test)
        long = longer.accuracy(model(later.x), later)
    solved = history.stopped.startswith("validation fell below")
    updates = len(history.loss)
    return {
        "accuracy": accuracy,
        "long": long,
        "updates": updates,
        "solved": solved,
        "score": updates / steps if solved else 2 - accuracy,
        "reach_start": reach_start,
        "reach_end": reach(model, problem, test),
    }
