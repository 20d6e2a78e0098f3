"""Learned on twelve steps, asked after a thousand: does parity go on?

Both networks learn running parity from 256 sequences of twelve steps, at the learning rates that
the search of ``window_or_memory`` chose for them there. Beyond its width a window must fail.
"""

from __future__ import annotations

import torch

from rnnbook.models import MemoryNet, WindowNet, learn
from rnnbook.tasks import RunningParity

DESCRIPTION = "Right answers to running parity at steps far beyond those of training"
GRID = {"network": ["window", "memory"]}

TASK = RunningParity(length=12)
LONG = RunningParity(length=1000)
EXAMPLES, TESTS = 256, 500
UNITS = {"window": 64, "memory": 16}
RATE = {"window": 0.1, "memory": 0.03}


def run(seed: int, network: str) -> dict[str, float]:
    """Train on sequences of 12 steps, and ask about 500 sequences of 1,000.

    Returns:
        ``accuracy_T``, the share of right answers at step ``T``.
    """
    generator = torch.Generator().manual_seed(10_000 + seed)
    seen, long = TASK.sample(EXAMPLES, generator), LONG.sample(TESTS, generator)
    torch.manual_seed(seed)
    units = UNITS[network]
    model = WindowNet(TASK.steps, 1, units) if network == "window" else MemoryNet(1, units)
    learn(model, TASK, seen, lr=RATE[network], seed=seed)
    with torch.no_grad():
        right = LONG.correct(model(long.x), long.target).double().mean(dim=1)
    return {f"accuracy_{step}": right[step - 1].item() for step in (12, 13, 100, 1000)}
