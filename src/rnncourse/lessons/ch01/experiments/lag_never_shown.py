"""What is learned at one lag, does it serve at another that was never shown?

The marked bit in twelve steps, where no training sequence has the mark six steps before the answer.
The window has weights of its own for the input of six steps ago, and nothing to learn them from.
"""

from __future__ import annotations

import torch

from rnnbook.tasks import MarkedBit
from rnncourse.lessons.ch01.networks import MemoryNet, WindowNet, learn

DESCRIPTION = "The marked bit at lags that were shown in training, and at one that was not"
GRID = {"network": ["window", "memory"]}
RATES = [0.01, 0.03, 0.1]
TUNE_ON = "wrong_shown"
CHEAP = {"network": "memory", "lr": 0.03, "steps": 40}

NEVER = 6
TASK = MarkedBit(length=12, never=(NEVER,))
EXAMPLES, TESTS = 1024, 2000
STEPS = 1000
UNITS = {"window": 64, "memory": 16}


def run(seed: int, network: str, lr: float, steps: int = STEPS) -> dict[str, float]:
    """Train without one lag, and ask at every lag.

    Returns:
        ``accuracy_shown`` and ``accuracy_never``, the shares of right answers at the eleven lags
        of training and at the other one; ``wrong_shown``.
    """
    generator = torch.Generator().manual_seed(10_000 + seed)
    seen, shown = TASK.sample(EXAMPLES, generator), TASK.sample(TESTS, generator)
    others = tuple(lag for lag in range(TASK.length) if lag != NEVER)
    missing = MarkedBit(length=TASK.length, never=others).sample(TESTS, generator)
    torch.manual_seed(seed)
    size, units = TASK.input_size, UNITS[network]
    model = WindowNet(TASK.steps, size, units) if network == "window" else MemoryNet(size, units)
    learn(model, TASK, seen, steps=steps, lr=lr, seed=seed)
    with torch.no_grad():
        at_shown, at_never = (TASK.accuracy(model(batch.x), batch) for batch in (shown, missing))
    return {
        "accuracy_shown": at_shown,
        "accuracy_never": at_never,
        "wrong_shown": 1 - at_shown,
    }
