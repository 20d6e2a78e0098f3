"""Which learning rate suits which network where a cue decides what comes: on validation."""

from __future__ import annotations

import torch
from torch import Generator

from rnncourse.lessons.ch17.experiments.memory_pays import network
from rnncourse.lessons.ch17.network import forecast_loss, train_forecaster
from rnncourse.lessons.ch17.series import cue_response

DESCRIPTION = "Cue and response: four learning rates for each cell, on validation"
SEEDS = 2
METHODS = ["simple", "lstm", "lstm opened", "gru"]
GRID = {"method": METHODS, "lr": [0.0025, 0.005, 0.01, 0.02, 0.04]}
CHEAP = {"method": "lstm", "lr": 0.01, "updates": 3, "count": 2000, "window": 64}


def run(
    seed: int, method: str, lr: float, updates: int = 1000, count: int = 20_000, window: int = 256
) -> dict[str, float]:
    """Train a network, and measure it on what follows.

    Args:
        seed: of series, weights and windows.
        method: a network as `memory_pays` has it.
        lr: learning rate.
        updates: how many.
        count: values to train with; a quarter of them is for validation.
        window: values of each window.

    Returns:
        ``loss``, the mean squared error of validation, where the variance in training is 1.
    """
    series = cue_response(count + count // 4, Generator().manual_seed(1000 + seed))
    torch.manual_seed(1000 + seed)
    model = network(method)
    known = series[:count]
    train_forecaster(model, known, updates=updates, lr=lr, window=window, skip=32, seed=1000 + seed)
    with torch.no_grad():
        loss = forecast_loss(model, model.scaled(series)[:, None], count - 1)
    return {"loss": float(loss.item())}
