"""A task learned by one of the three cells at a given setting, and how well."""

from __future__ import annotations

from math import isfinite

import torch

from rnnbook.tasks import Batch, Task
from rnnbook.training import TrainingDiverged, fit
from rnncourse.lessons.ch11.networks import Network, hidden_size

BUDGET = 4500
"""Parameters that a network may have, its read-out included."""
BATCH_SIZE = 32
SOLVED = 0.1
"""The share of the loss without memory below which a task counts as solved, and training stops."""
WORST = 2.0


def train_and_measure(
    asked: Task,
    seed: int,
    cell: str,
    start: str,
    rate: float,
    steps: int,
    clip: float | None = 1.0,
) -> dict[str, float]:
    """Train until the validation loss is a tenth of the loss without memory, or on the budget.

    Returns:
        ``validation`` and ``test``: losses as shares of the loss without memory, at most 2 (2 if
        training diverged); ``solved``, 1 or 0; ``updates`` made.
    """
    torch.manual_seed(seed)
    H = hidden_size(cell, asked.input_size, asked.output_size, BUDGET)
    model = Network(cell, asked.input_size, H, asked.output_size, start)
    validation = asked.sample(500, torch.Generator().manual_seed(10_000 + seed))
    test = asked.sample(1000, torch.Generator().manual_seed(30_000 + seed))

    def share(batch: Batch) -> float:
        with torch.no_grad():
            found = asked.loss(model(batch.x), batch).item() / asked.baseline()
        return min(found, WORST) if isfinite(found) else WORST

    try:
        history = fit(
            model,
            sample=lambda generator: asked.sample(BATCH_SIZE, generator),
            loss=lambda model, batch: asked.loss(model(batch.x), batch),
            steps=steps,
            lr=rate,
            clip=clip,
            validate=lambda _: share(validation),
            every=25,
            stop_below=SOLVED,
            seed=seed,
            progress=False,
        )
    except TrainingDiverged as error:
        return {
            "validation": WORST,
            "test": WORST,
            "solved": 0.0,
            "updates": len(error.history.loss),
        }
    last = history.validation[-1][1]
    return {
        "validation": last,
        "test": share(test),
        "solved": float(last < SOLVED),
        "updates": len(history.loss),
    }


def cost(found: dict[str, float], steps: int) -> float:
    """What a rate is chosen by: the share of the budget used if solved, else 1 + validation.

    A loss says little of runs that end as soon as they have solved their task.
    """
    return found["updates"] / steps if found["solved"] else 1 + found["validation"]
