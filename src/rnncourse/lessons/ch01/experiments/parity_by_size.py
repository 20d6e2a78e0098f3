"""How many parameters does parity need: over a window, and with a memory?

Running parity of twelve bits, a window of twelve, and 1,024 training sequences, which is plenty for
either network. What varies is the number of hidden units.
"""

from __future__ import annotations

import torch

from rnnbook.tasks import RunningParity
from rnncourse.lessons.ch01.networks import MemoryNet, WindowNet, learn

DESCRIPTION = "Right answers to the parity of twelve bits, by the number of hidden units"
GRID = {"network": ["window", "memory"], "units": [2, 4, 8, 16, 64]}
RATES = [0.01, 0.03, 0.1]
TUNE_ON = "wrong"
CHEAP = {"network": "memory", "units": 8, "lr": 0.03, "steps": 40}

TASK = RunningParity(length=12)
EXAMPLES, TESTS = 1024, 2000
STEPS = 1000


def run(seed: int, network: str, units: int, lr: float, steps: int = STEPS) -> dict[str, float]:
    """Train on 1,024 sequences, and ask about 2,000 fresh ones.

    Returns:
        ``accuracy``, the share of right answers at the last step, which needs all twelve bits,
        and ``wrong``, the others; ``steps``, the updates made; ``parameters``.
    """
    generator = torch.Generator().manual_seed(10_000 + seed)
    seen, fresh = TASK.sample(EXAMPLES, generator), TASK.sample(TESTS, generator)
    torch.manual_seed(seed)
    size = TASK.input_size
    model = WindowNet(TASK.steps, size, units) if network == "window" else MemoryNet(size, units)
    history = learn(model, TASK, seen, steps=steps, lr=lr, seed=seed)
    with torch.no_grad():
        right = TASK.correct(model(fresh.x)[-1], fresh.target[-1]).double().mean().item()
    return {
        "accuracy": right,
        "wrong": 1 - right,
        "steps": len(history.loss),
        "parameters": sum(p.numel() for p in model.parameters()),
    }
