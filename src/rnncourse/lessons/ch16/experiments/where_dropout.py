"""Where dropout may act: in and out or on the state, with a fresh mask a step or a locked one.

An LSTM is to keep one sign, or three, for twenty steps. Its forget gates start open, with a bias of
3, so that without dropout it learns both.
"""

from __future__ import annotations

import torch
from torch import nn

from rnnbook.tasks import FirstSign, ThreeSigns
from rnncourse.experiments.protocol import outcome, set_bias, until_right
from rnncourse.lessons.ch16.dropped import PLACES, Dropped

DESCRIPTION = "Dropout nowhere, in and out, or on the state; a fresh mask a step, or a locked one"
TASKS = {"one sign": FirstSign(20), "three signs": ThreeSigns(20)}
GRID = {"task": list(TASKS), "place": list(PLACES)}
RATES = [0.003, 0.01, 0.03]
TUNE_ON = "cost"
TUNING_SEEDS = 2
CHEAP = {"task": "three signs", "place": "state, fresh", "lr": 0.01, "updates": 25}

P = 0.3
UPDATES = 800
"""The most that are made."""
HIDDEN = 32
FORGET_BIAS = 3.0


def run(seed: int, task: str, place: str, lr: float, updates: int = UPDATES) -> dict[str, float]:
    """Train one network, and measure it.

    Returns:
        What `outcome` does.
    """
    torch.manual_seed(seed)
    signs = TASKS[task]
    network = Dropped(nn.Identity(), signs.input_size, HIDDEN, signs.output_size, place, P)
    set_bias(network.layer, "f", FORGET_BIAS)
    model = _Scores(network)
    history = until_right(model, signs, lr=lr, seed=seed, steps=updates)
    return outcome(model, signs, history, test_seed=20_000 + seed)


class _Scores(nn.Module):
    """A network's scores without its state."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.network(x)[0]
