"""Three signs by LSTMs with open forget gates whose gradient ends after a few steps.

The control to ``signs_by_forget_bias``: what is learned here is not owed to a gradient that came
back along the cell state. Settings, budget and stopping are the same.
"""

from __future__ import annotations

import torch
from torch import Tensor

from rnnbook.tasks import ThreeSigns
from rnnbook.tasks.base import Batch
from rnncourse.experiments.protocol import outcome, until_right
from rnncourse.lessons.ch09.experiments.signs_by_forget_bias import STEPS, Network

DESCRIPTION = "Three signs over a lag, by LSTMs with open gates whose gradient ends after five"
GRID = {"lag": [20, 80], "start": ["forget 3", "chrono"]}
RATES = [0.003, 0.01, 0.03]
TUNE_ON = "cost"
TUNING_SEEDS = 10
CHEAP = {"lag": 20, "start": "chrono", "lr": 0.01, "steps": 30}

REACH = 5
"""As in ``cue_at_lag``."""


class CutNetwork(Network):
    """The same network; the gradient may be told to end."""

    def forward(self, x: Tensor, reach: int | None = None) -> Tensor:
        """From inputs (T, B, D) to answers at every step, or at the last ``reach`` steps.

        With ``reach`` the gradient ends before these; the answers are the same.
        """
        if reach is None:
            return super().forward(x)
        with torch.no_grad():
            _, state = self.layer(x[:-reach])
        return self.readout(self.layer(x[-reach:], state)[0])


def run(seed: int, lag: int, start: str, lr: float, steps: int = STEPS) -> dict[str, float]:
    """Train until 99 % of 500 validation sequences are answered rightly, or for 800 updates.

    Returns:
        ``accuracy``, ``solved``, ``updates`` and ``cost`` as `outcome` says.
    """
    asked = ThreeSigns(lag)
    torch.manual_seed(seed)
    model = CutNetwork(asked, start)
    history = until_right(
        model,
        asked,
        lr=lr,
        seed=seed,
        steps=steps,
        loss=lambda model, batch: asked.loss(
            model(batch.x, REACH), Batch(*(part[-REACH:] for part in batch))
        ),
    )
    return outcome(model, asked, history, test_seed=30_000 + seed)
