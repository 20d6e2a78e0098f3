"""What a number of tries is worth: three cells of as many parameters, at every rate, twice started.

Nothing is tuned: the grid is what a reader might try. A comparison that gives each cell k tries is
drawn from these runs: the try with the smallest validation loss is kept, and its test loss counts.
"""

from __future__ import annotations

from rnnbook.tasks import Adding, Task, ThreeSigns
from rnncourse.lessons.ch11.tries import train_and_measure

DESCRIPTION = "Two tasks over 20 and 30 steps: three cells at six learning rates and two starts"
GRID = {
    "task": ["signs 20", "adding 30"],
    "cell": ["simple", "lstm", "gru"],
    "start": ["stock", "kept"],
    "rate": [0.0003, 0.001, 0.003, 0.01, 0.03, 0.1],
}
CHEAP = {"task": "signs 20", "cell": "gru", "start": "kept", "rate": 0.01, "steps": 30}

TASKS: dict[str, Task] = {"signs 20": ThreeSigns(lag=20), "adding 30": Adding(30)}
STEPS = 600


def run(
    seed: int, task: str, cell: str, start: str, rate: float, steps: int = STEPS
) -> dict[str, float]:
    """Train until the validation loss is a tenth of the loss without memory, or on the budget.

    See `train_and_measure`.
    """
    return train_and_measure(TASKS[task], seed, cell, start, rate, steps)
