"""What clipping is worth to each cell: two tasks, three cells, two starts, three clips.

Each combination has a rate of its own; trained and measured as in `tries`, where every run clips
at norm 1.
"""

from __future__ import annotations

from rnncourse.lessons.ch11.experiments.tries import STEPS, TASKS
from rnncourse.lessons.ch11.tries import cost, train_and_measure

DESCRIPTION = "Clipping at 0.1, at 1 and not at all: three cells, each with start and rate tuned"
GRID = {
    "task": ["signs 20", "adding 30"],
    "cell": ["simple", "lstm", "gru"],
    "start": ["stock", "kept"],
    "clip": ["0.1", "1", "none"],
}
RATES = [0.003, 0.01, 0.03]
TUNE_ON = "cost"
TUNING_SEEDS = 2
CHEAP = {
    "task": "signs 20",
    "cell": "gru",
    "start": "kept",
    "clip": "none",
    "lr": 0.01,
    "steps": 60,
}


def run(
    seed: int, task: str, cell: str, start: str, clip: str, lr: float, steps: int = STEPS
) -> dict[str, float]:
    """Train until the validation loss is a tenth of the loss without memory, or on the budget.

    Returns:
        What `train_and_measure` does, and `cost`.
    """
    norm = None if clip == "none" else float(clip)
    found = train_and_measure(TASKS[task], seed, cell, start, lr, steps, norm)
    return {**found, "cost": cost(found, steps)}
