"""How far three cells count that never saw a word with more than thirty of a letter.

All are trained on the same words until the budget ends. Rates are chosen by the loss on words as
long as those of training: what happens further out is looked at, never chosen by.
"""

from __future__ import annotations

import torch

from rnnbook.training import TrainingDiverged, fit
from rnncourse.lessons.ch11.networks import Network, hidden_size, parameters
from rnncourse.lessons.ch11.words import AnBn, AnBnCn

DESCRIPTION = "Words aⁿbⁿ and aⁿbⁿcⁿ up to n = 30: how far three cells count beyond"
GRID = {"task": ["ab", "abc"], "cell": ["simple", "lstm", "gru"]}
RATES = [0.003, 0.01, 0.03]
TUNE_ON = "loss"
CHEAP = {"task": "abc", "cell": "lstm", "lr": 0.01, "steps": 20, "far": 60}

TASKS: dict[str, type[AnBn]] = {"ab": AnBn, "abc": AnBnCn}
LONGEST, FAR = 30, 300
UNITS = 10
"""Of the LSTM; the others have as many as give at most its number of parameters."""
BATCH_SIZE = 32
STEPS = 1500
WORST = 10.0


def size(task: type[AnBn], cell: str) -> int:
    """The hidden size of a cell."""
    budget = parameters("lstm", task.input_size, UNITS, task.output_size)
    return hidden_size(cell, task.input_size, task.output_size, budget)


@torch.no_grad()
def reach(model: Network, far: AnBn) -> int:
    """The largest n such that all words up to it are right at every step."""
    words = far.words(torch.arange(1, far.longest + 1))
    wrong = ~far.whole(model(words.x), words)
    return int(wrong.float().argmax()) if wrong.any() else far.longest


def trained(seed: int, task: str, cell: str, lr: float, steps: int = STEPS) -> Network:
    """A network after its training.

    Raises:
        TrainingDiverged: the loss is not finite any more.
    """
    kind = TASKS[task]
    asked = kind(LONGEST)
    torch.manual_seed(seed)
    model = Network(cell, kind.input_size, size(kind, cell), kind.output_size)
    fit(
        model,
        sample=lambda generator: asked.sample(BATCH_SIZE, generator),
        loss=lambda model, batch: asked.loss(model(batch.x), batch),
        steps=steps,
        lr=lr,
        seed=seed,
        progress=False,
    )
    return model


def run(
    seed: int, task: str, cell: str, lr: float, steps: int = STEPS, far: int = FAR
) -> dict[str, float]:
    """Train, and count further and further.

    Returns:
        ``loss`` on all words of training's lengths, as a share of the loss without memory (10 if
        training diverged); ``right``: the share of these words that are right at every step;
        ``reach``: the largest n, up to 300, such that all words up to it are right.
    """
    try:
        model = trained(seed, task, cell, lr, steps)
    except TrainingDiverged:
        return {"loss": WORST, "right": 0.0, "reach": 0}
    kind = TASKS[task]
    asked = kind(LONGEST)
    known = asked.words(torch.arange(1, LONGEST + 1))
    with torch.no_grad():
        output = model(known.x)
    return {
        "loss": asked.loss(output, known).item() / asked.baseline(),
        "right": asked.whole(output, known).double().mean().item(),
        "reach": reach(model, kind(far)),
    }
