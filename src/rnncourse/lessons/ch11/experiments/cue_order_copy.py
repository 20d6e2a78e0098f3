"""Three tasks more: the cue, temporal order and copying, by three cells of as many parameters.

Each cell has a rate of its own at each of two starts; trained and measured as in `tries`.
"""

from __future__ import annotations

from rnnbook.tasks import CopyMemory, Cue, Task, TemporalOrder
from rnncourse.lessons.ch11.tries import cost, train_and_measure

DESCRIPTION = "Cue, temporal order and copying: three cells at two starts, each at its own rate"
GRID = {
    "task": ["cue 40", "order 40", "copy 10"],
    "cell": ["simple", "lstm", "gru"],
    "start": ["stock", "kept"],
}
RATES = [0.001, 0.003, 0.01, 0.03, 0.1]
TUNE_ON = "cost"
TUNING_SEEDS = 3
CHEAP = {"task": "copy 10", "cell": "lstm", "start": "kept", "lr": 0.01, "steps": 30}

TASKS: dict[str, Task] = {
    "cue 40": Cue(40),
    "order 40": TemporalOrder(40),
    "copy 10": CopyMemory(10, symbols=5),
}
STEPS = 1000


def run(
    seed: int, task: str, cell: str, start: str, lr: float, steps: int = STEPS
) -> dict[str, float]:
    """Train until the validation loss is a tenth of the loss without memory, or on the budget.

    Returns:
        What `train_and_measure` does, and `cost`.
    """
    found = train_and_measure(TASKS[task], seed, cell, start, lr, steps)
    return {**found, "cost": cost(found, steps)}
