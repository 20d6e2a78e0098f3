"""Looking back or remembering: how many sequences must a network see to learn a task?

Three tasks of twelve steps, and a window of twelve inputs: whatever an answer depends on, the
window shows it. So neither network is shut out, and what differs is how much each must be shown.
"""

from __future__ import annotations

import torch
from torch import nn

from rnnbook.tasks import DelayedEcho, MarkedBit, RunningParity
from rnnbook.tasks.base import BinaryTask
from rnncourse.lessons.ch01.networks import MemoryNet, WindowNet, learn

DESCRIPTION = "Right answers within the window's width, by the number of training sequences"
GRID = {
    "task": ["echo", "marked", "parity"],
    "network": ["window", "memory"],
    "examples": [16, 64, 256, 1024],
}
RATES = [0.01, 0.03, 0.1]
TUNE_ON = "wrong"
TUNING_SEEDS = 10
CHEAP = {"task": "echo", "network": "window", "examples": 16, "lr": 0.03, "steps": 20}

WIDTH = 12
TASKS: dict[str, BinaryTask] = {
    "echo": DelayedEcho(lag=8, echoes=WIDTH - 8),
    "marked": MarkedBit(length=WIDTH),
    "parity": RunningParity(length=WIDTH),
}
UNITS = {"window": 64, "memory": 16}
TESTS = 2000
STEPS = 1000


def build(kind: str, input_size: int) -> nn.Module:
    """A network with torch's initialisation, from the global generator."""
    if kind == "window":
        return WindowNet(WIDTH, input_size, UNITS[kind])
    return MemoryNet(input_size, UNITS[kind])


def run(
    seed: int, task: str, network: str, examples: int, lr: float, steps: int = STEPS
) -> dict[str, float]:
    """Train on a fixed set of sequences, and ask about 2,000 fresh ones.

    Returns:
        ``accuracy``, the share of right answers at the last step, which needs the longest memory,
        and ``wrong``, the others; ``accuracy_examples``, the same on the sequences it was trained
        on; ``steps``, the updates made; ``parameters``.
    """
    problem = TASKS[task]
    generator = torch.Generator().manual_seed(10_000 + seed)
    seen, fresh = problem.sample(examples, generator), problem.sample(TESTS, generator)
    torch.manual_seed(seed)
    model = build(network, problem.input_size)
    history = learn(model, problem, seen, steps=steps, lr=lr, seed=seed)
    with torch.no_grad():
        right, known = (
            problem.correct(model(batch.x)[-1], batch.target[-1]).double().mean().item()
            for batch in (fresh, seen)
        )
    return {
        "accuracy": right,
        "wrong": 1 - right,
        "accuracy_examples": known,
        "steps": len(history.loss),
        "parameters": sum(p.numel() for p in model.parameters()),
    }
