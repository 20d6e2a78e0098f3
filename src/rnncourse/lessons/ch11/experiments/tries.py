"""What a number of tries is worth: three cells of as many parameters, at every rate, twice started.

Nothing is tuned: the grid is what a reader might try. A comparison that gives each cell k tries is
drawn from these runs: the try with the smallest validation loss is kept, and its test loss counts.
"""

from __future__ import annotations

from math import isfinite

import torch

from rnnbook.tasks import Adding, Batch, Task, ThreeSigns
from rnnbook.training import TrainingDiverged, fit
from rnncourse.lessons.ch11.networks import Network, hidden_size

DESCRIPTION = "Two tasks over 20 and 30 steps: three cells at six learning rates and two starts"
GRID = {
    "task": ["signs 20", "adding 30"],
    "cell": ["simple", "lstm", "gru"],
    "start": ["stock", "kept"],
    "rate": [0.0003, 0.001, 0.003, 0.01, 0.03, 0.1],
}
CHEAP = {"task": "signs 20", "cell": "gru", "start": "kept", "rate": 0.01, "steps": 30}

TASKS: dict[str, Task] = {"signs 20": ThreeSigns(lag=20), "adding 30": Adding(30)}
BUDGET = 4500
"""Parameters that a network may have, its read-out included."""
BATCH_SIZE = 32
STEPS = 600
SOLVED = 0.1
"""The share of the loss without memory below which a task counts as solved, and training stops."""
WORST = 2.0


def run(
    seed: int, task: str, cell: str, start: str, rate: float, steps: int = STEPS
) -> dict[str, float]:
    """Train until the validation loss is a tenth of the loss without memory, or on the budget.

    Returns:
        ``validation`` and ``test``: losses as shares of the loss without memory, at most 2 (2 if
        training diverged); ``solved``, 1 or 0; ``updates`` made.
    """
    asked = TASKS[task]
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
