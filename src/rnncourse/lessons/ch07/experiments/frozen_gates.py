"""What a trained gate does: how wide it opens where it matters, and what it is worth if it stands.

Networks with a gate of x and h are trained as in `leak_or_gate`. Then each gate is clamped to its
own mean over the test sequences: the same time constants as before, on average, and no choice.
(What a network learns when its leaks are constant from the start is that study's "leaky".)
"""

from __future__ import annotations

import torch

from rnncourse.lessons.ch07.experiments.leak_or_gate import LENGTH, STEPS, TASKS, train, written_at

DESCRIPTION = "Trained gates: openings and writes at the step that matters, and gates clamped"
GRID = {"task": ["marked", "first"]}
RATES = [0.003, 0.01, 0.03]
TUNE_ON = "score"
CHEAP = {"task": "first", "lr": 0.01, "steps": 20}


def run(seed: int, task: str, lr: float, steps: int = STEPS) -> dict[str, float]:
    """Train, look at the gates, and clamp them.

    Returns:
        ``accuracy``, and ``clamped``, the accuracy with each unit's gate at its mean;
        ``opening``, the mean gate at the step that is to be kept as a multiple of that at all
        others; ``writing``, the same of the distance by which the state moves; ``score``, what
        the rate is chosen by, as in `leak_or_gate`.
    """
    problem = TASKS[task](length=LENGTH)
    model, history = train(seed, problem, "gate of x and h", lr, steps)
    batch = problem.sample(1000, torch.Generator().manual_seed(20_000 + seed))
    here = torch.zeros(batch.x.shape[:2], dtype=torch.bool)
    here[written_at(problem, batch), torch.arange(1000)] = True
    with torch.no_grad():
        trace = model.layer.trace(batch.x)
        alpha, h = trace.alpha, trace.h
        moved = torch.diff(h, dim=0, prepend=torch.zeros_like(h[:1])).norm(dim=-1)
        accuracy = problem.accuracy(model(batch.x), batch)
        with model.layer.clamp(alpha=alpha.mean(dim=(0, 1))):
            clamped = problem.accuracy(model(batch.x), batch)
    solved = history.stopped.startswith("validation fell below")
    return {
        "accuracy": accuracy,
        "clamped": clamped,
        "opening": (alpha[here].mean() / alpha[~here].mean()).item(),
        "writing": (moved[here].mean() / moved[~here].mean()).item(),
        "score": len(history.loss) / steps if solved else 2 - accuracy,
    }
