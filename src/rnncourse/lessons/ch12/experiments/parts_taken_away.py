"""LSTMs with all their parts, trained; then one part is taken away, and nothing is learned anew.

A network that has never done without a part meets states that it never saw. So a large error says
that the part was relied on, not that the task needs it: that is `gate_ablations`.
"""

from __future__ import annotations

from rnncourse.experiments.music import collection, measure_on
from rnncourse.lessons.ch12 import chorales
from rnncourse.lessons.ch12.networks import FULL, LESS_A_PART, TASKS, error, train, unseen, without

DESCRIPTION = "LSTMs trained with all parts on two tasks and chorales, one part taken away after"
GRID = {"task": ["adding", "memory keys", "JSB"]}
LSTM_RATE = {"adding": 0.03, "memory keys": 0.1, "JSB": 0.03}
CHEAP = {"task": "memory keys", "steps": 50}


def run(seed: int, task: str, steps: int | None = None) -> dict[str, float]:
    """Train the LSTM at the rate that suits it, and measure it whole and less each part.

    Returns:
        ``LSTM`` and each of `LESS_A_PART`: on test data, the error as a share of the error without
        memory, at most 2, or nats a frame.
    """
    if task in TASKS:
        model, _ = train(seed, task, FULL, LSTM_RATE[task], steps)
        batch = unseen(seed, task)
        measured = {FULL: error(model, task, batch)}
        return measured | {part: error(without(model, part), task, batch) for part in LESS_A_PART}
    music = collection(task)
    model, _ = chorales.train(seed, music, FULL, LSTM_RATE[task], steps or chorales.EPOCHS)
    measure = measure_on(music.test)
    return {FULL: measure(model)} | {part: measure(without(model, part)) for part in LESS_A_PART}
