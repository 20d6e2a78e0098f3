"""Is it the weights? Constant leaks with as many weights as a gated network has, on the marked bit.

A gated unit has twice the weights of a leaky one. Here the leaky network of `leak_or_gate` gets 23
units for its 16: 621 weights, where the one with a gate of x and h has 608 (without the read-out).
"""

from __future__ import annotations

import torch

from rnnbook.experiments.leak_or_gate import LENGTH, STEPS, TASKS, train

DESCRIPTION = "The marked bit with constant leaks and as many weights as a gated network has"
GRID = {"units": [23]}
RATES = [0.003, 0.01, 0.03]
TUNE_ON = "score"


def run(seed: int, units: int, lr: float) -> dict[str, float]:
    """Train, and measure on sequences that were neither trained nor stopped on.

    Returns:
        ``accuracy``; ``solved``, 1 or 0; ``weights``, those of the recurrent layer; ``score``,
        what the rate is chosen by, as in `leak_or_gate`.
    """
    problem = TASKS["marked"](length=LENGTH)
    model, history = train(seed, problem, "leaky", lr, units)
    test = problem.sample(1000, torch.Generator().manual_seed(20_000 + seed))
    with torch.no_grad():
        accuracy = problem.accuracy(model(test.x), test)
    solved = history.stopped.startswith("validation fell below")
    return {
        "accuracy": accuracy,
        "solved": solved,
        "weights": sum(parameter.numel() for parameter in model.layer.parameters()),
        "score": len(history.loss) / STEPS if solved else 2 - accuracy,
    }
