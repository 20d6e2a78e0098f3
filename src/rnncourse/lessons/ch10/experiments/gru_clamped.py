"""What a GRU can do without: trained with a gate clamped, or with the reset before the product.

Two tasks that ask for opposite things. Three signs must be *kept* through 60 steps of noise; the
parity of coin tosses must be *changed* by every 1. Both are learned by the GRU as it is.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from rnnbook.cells import GRUCell, init
from rnnbook.tasks import RunningParity, ThreeSigns
from rnnbook.tasks.base import Classification
from rnnbook.training import TrainingDiverged
from rnnbook.unroll import Recurrent
from rnncourse.experiments.protocol import until_right

DESCRIPTION = "Keeping three signs and following parity, by GRUs with a gate clamped"
GRID = {
    "task": ["signs", "parity"],
    "form": ["whole", "reset before", "r = 1", "r = 0", "z = 0"],
}
RATES = [0.003, 0.01, 0.03]
TUNE_ON = "cost"
TUNING_SEEDS = 10
CHEAP = {"task": "parity", "form": "r = 1", "lr": 0.01, "steps": 40}

HIDDEN_SIZE = 16
STEPS = 300
# The update gate starts open for keeping where there is something to keep.
TASKS: dict[str, tuple[Classification, Classification, float]] = {
    "signs": (ThreeSigns(lag=60), ThreeSigns(lag=120), 3.0),
    "parity": (RunningParity(length=20), RunningParity(length=200), 0.0),
}


class Network(nn.Module):
    """A GRU layer, some of whose gates may be clamped for good, and a linear read-out.

    Args:
        task: gives the sizes of input and output.
        clamps: gates by name, and the number each is replaced by.
        keep_bias: what the update gate's bias starts at.
        reset_after: where the reset gate acts.
    """

    def __init__(
        self,
        task: Classification,
        clamps: dict[str, float] | None = None,
        keep_bias: float = 0.0,
        *,
        reset_after: bool = True,
    ) -> None:
        super().__init__()
        self.clamps = clamps or {}
        self.layer = Recurrent(GRUCell, task.input_size, HIDDEN_SIZE, reset_after=reset_after)
        self.readout = nn.Linear(HIDDEN_SIZE, task.output_size)
        init.forget_bias(self.layer.cell, keep_bias)

    def forward(self, x: Tensor) -> Tensor:
        """From inputs (T, B, D) to scores at every step (T, B, output_size)."""
        with self.layer.clamp(**self.clamps):
            return self.readout(self.layer(x)[0])


def build(task: str, form: str) -> Network:
    """A network for one point of the grid, with torch's global generator."""
    problem, _, keep_bias = TASKS[task]
    gate, _, value = form.partition(" = ")
    clamps = {gate: float(value)} if value else {}
    return Network(problem, clamps, keep_bias, reset_after=form != "reset before")


def learn(model: Network, task: Classification, lr: float, seed: int, steps: int = STEPS) -> int:
    """Train until 99 % of 500 held-out sequences' answers are right; the updates it took.

    Where training diverges, that is all of them.
    """
    try:
        return len(until_right(model, task, lr=lr, seed=seed, steps=steps).loss)
    except TrainingDiverged:
        return steps


@torch.no_grad()
def right(model: Network, task: Classification, seed: int, **clamps: float) -> float:
    """The share of right answers to 500 fresh sequences, with gates clamped for the test."""
    batch = task.sample(500, torch.Generator().manual_seed(30_000 + seed))
    before = model.clamps
    model.clamps = {**before, **clamps}
    try:
        return task.accuracy(model(batch.x), batch)
    finally:
        model.clamps = before


def run(seed: int, task: str, form: str, lr: float, steps: int = STEPS) -> dict[str, float]:
    """Train, test on fresh sequences, on longer ones, and with each gate clamped only then.

    Returns:
        ``accuracy``; ``longer``, on sequences of 120 and 200 steps; ``updates``; ``cost``, for
        tuning: updates, and more of them the further from right; ``then r = 1`` and so on: the
        accuracy with that clamp put on after training.
    """
    problem, longer, _ = TASKS[task]
    torch.manual_seed(seed)
    model = build(task, form)
    updates = learn(model, problem, lr, seed, steps)
    accuracy = right(model, problem, seed)
    return {
        "accuracy": accuracy,
        "longer": right(model, longer, seed),
        "updates": updates,
        "cost": updates * (2 - accuracy),
        "then r = 1": right(model, problem, seed, r=1.0),
        "then r = 0": right(model, problem, seed, r=0.0),
        "then z = 0": right(model, problem, seed, z=0.0),
    }
