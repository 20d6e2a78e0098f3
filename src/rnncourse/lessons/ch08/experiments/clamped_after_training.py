"""What a trained LSTM uses: one gate at a time clamped after training, and nothing learned anew.

LSTMs are trained on the memory keys as in `memory_keys`. A clamped network meets states that it
never saw in training, so a large error says that the gate was relied on, not that the task needs
it; what the task needs is in `memory_keys`, where the gate is missing from the start.
"""

from __future__ import annotations

import torch

from rnnbook.tasks.memory_keys import by_key
from rnncourse.lessons.ch08.experiments.memory_keys import STEPS, error, train, unseen

DESCRIPTION = "LSTMs trained on a calculator's memory keys, one gate clamped after training"
GRID: dict[str, list[float]] = {}
RATES = [0.003, 0.01, 0.03]
TUNE_ON = "error"
CHEAP = {"lr": 0.01, "steps": 40}


def run(seed: int, lr: float, steps: int = STEPS) -> dict[str, float]:
    """Train, clamp, and look at the gates.

    Returns:
        ``error`` as it was trained; ``i_one``, ``f_one``, ``o_one`` with this gate at 1;
        ``i_mean``, ``f_mean``, ``o_mean`` with each unit's gate at its own mean over the test
        sequences; all as shares of the error of answering 0 always. Of the forget gate: ``units``
        is how many units keep (f above 0.7 on average) at every key but ``MC`` and clear (below
        0.3) there; ``cleared`` is the mean gate at ``MC`` of the unit that does so most, ``kept``
        its smallest mean at another key; ``others`` is the largest mean at ``MC`` of any unit.
    """
    model, _ = train(seed, "lstm", lr, steps)
    batch = unseen(seed)
    with torch.no_grad():
        trace = model.layer.trace(batch.x)
    measured = {"error": error(model, batch)}
    for name in "ifo":
        with model.layer.clamp(**{name: 1.0}):
            measured[f"{name}_one"] = error(model, batch)
        with model.layer.clamp(**{name: getattr(trace, name).mean(dim=(0, 1))}):
            measured[f"{name}_mean"] = error(model, batch)
    f = by_key(trace.f, batch.x)
    cleared = f.pop("MC")
    kept = torch.stack(list(f.values())).min(dim=0).values
    best = (kept - cleared).argmax()
    return {
        **measured,
        "units": int(((kept > 0.7) & (cleared < 0.3)).sum()),
        "cleared": cleared[best].item(),
        "kept": kept[best].item(),
        "others": cleared.max().item(),
    }
