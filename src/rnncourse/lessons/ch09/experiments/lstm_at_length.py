"""Adding and copying at growing length: the simple network beside LSTMs of three starts."""

from __future__ import annotations

from math import isfinite, nan

import torch

from rnnbook.tasks import Adding, CopyMemory, Task
from rnnbook.training import TrainingDiverged, fit
from rnncourse.lessons.ch09.experiments.signs_by_forget_bias import Network

DESCRIPTION = "Adding and copying at growing length, by simple networks and by LSTMs"
GRID = {
    "task": ["adding 50", "adding 100", "copy 5", "copy 10", "copy 20"],
    "network": ["simple", "torch", "forget 1", "chrono"],
}
RATES = [0.003, 0.01, 0.03]
TUNE_ON = "score"
CHEAP = {"task": "copy 5", "network": "chrono", "lr": 0.01, "steps": 40}

BATCH_SIZE = 32
SYMBOLS = 2
STEPS = {"adding": 1200, "copy": 1000}
SOLVED = 0.1
"""Share of the loss without memory below which a task counts as solved, and training stops."""
WORST_SHARE = 10.0


def make_task(name: str) -> Task:
    """The task of a name such as ``"adding 50"`` or ``"copy 10"``."""
    kind, number = name.split()
    return Adding(int(number)) if kind == "adding" else CopyMemory(int(number), SYMBOLS)


def run(
    seed: int, task: str, network: str, lr: float, steps: int | None = None
) -> dict[str, float]:
    """Train until the held-out loss is a tenth of the loss without memory, or on the budget.

    Returns:
        ``share``: the test loss as a share of the loss without memory, at most 10 (10 if training
        diverged); ``solved``, 1 or 0; ``updates`` made; ``score``, what the rate is chosen by: the
        share of the budget used if the task was solved, else 1 + ``share``; ``recalled``, for
        copy: the share of symbols that were repeated rightly (NaN for adding).
    """
    asked, budget = make_task(task), steps or STEPS[task.split()[0]]
    torch.manual_seed(seed)
    model = Network(asked, network)
    held_out = asked.sample(300, torch.Generator().manual_seed(10_000 + seed))
    diverged = False
    try:
        history = fit(
            model,
            sample=lambda generator: asked.sample(BATCH_SIZE, generator),
            loss=lambda model, batch: asked.loss(model(batch.x), batch),
            steps=budget,
            lr=lr,
            validate=lambda model: asked.loss(model(held_out.x), held_out).item(),
            every=50,
            stop_below=SOLVED * asked.baseline(),
            seed=seed,
            progress=False,
        )
    except TrainingDiverged as error:
        history, diverged = error.history, True
    test = asked.sample(1000, torch.Generator().manual_seed(30_000 + seed))
    with torch.no_grad():
        output = model(test.x)
    share = asked.loss(output, test).item() / asked.baseline()
    share = min(share, WORST_SHARE) if isfinite(share) and not diverged else WORST_SHARE
    solved = history.stopped.startswith("validation fell below")
    recalled = nan
    if isinstance(asked, CopyMemory):
        answers = output[-SYMBOLS:].argmax(dim=-1)
        recalled = (answers == test.target[-SYMBOLS:]).double().mean().item()
    updates = len(history.loss)
    return {
        "share": share,
        "solved": float(solved),
        "updates": updates,
        "score": updates / budget if solved else 1 + share,
        "recalled": recalled,
    }
