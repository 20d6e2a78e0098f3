"""Learned on twelve steps, asked after a thousand: does parity go on?

Both networks learn running parity from 256 sequences of twelve steps. Beyond its width a window
must fail.
"""

from __future__ import annotations

import torch

from rnnbook.tasks import RunningParity
from rnncourse.lessons.ch01.networks import MemoryNet, WindowNet, learn

DESCRIPTION = "Right answers to running parity at steps far beyond those of training"
GRID = {"network": ["window", "memory"]}
RATES = [0.01, 0.03, 0.1]
TUNE_ON = "wrong_12"
CHEAP = {"network": "memory", "lr": 0.03, "steps": 40}

TASK = RunningParity(length=12)
LONG = RunningParity(length=1000)
EXAMPLES, TESTS = 256, 500
STEPS = 1000
UNITS = {"window": 64, "memory": 16}


def run(seed: int, network: str, lr: float, steps: int = STEPS) -> dict[str, float]:
    """Train on sequences of 12 steps, and ask about 500 sequences of 1,000.

    Returns:
        ``accuracy_T``, the share of right answers at step ``T``; ``wrong_12``, the others at the
        last step of training, what the rate is chosen by.
    """
    generator = torch.Generator().manual_seed(10_000 + seed)
    seen, long = TASK.sample(EXAMPLES, generator), LONG.sample(TESTS, generator)
    torch.manual_seed(seed)
    units = UNITS[network]
    model = WindowNet(TASK.steps, 1, units) if network == "window" else MemoryNet(1, units)
    learn(model, TASK, seen, steps=steps, lr=lr, seed=seed)
    with torch.no_grad():
        right = LONG.correct(model(long.x), long.target).double().mean(dim=1)
    return {
        **{f"accuracy_{step}": right[step - 1].item() for step in (12, 13, 100, 1000)},
        "wrong_12": 1 - right[11].item(),
    }
