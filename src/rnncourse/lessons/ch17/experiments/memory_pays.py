"""A series that is decided by what came before any window: networks, and what must be beaten."""

from __future__ import annotations

import torch
from torch import Generator, Tensor

from rnncourse.lessons.ch17.backtest import LinearWindow, backtest, mase, mean, naive
from rnncourse.lessons.ch17.network import RecurrentForecaster, opened, train_forecaster
from rnncourse.lessons.ch17.series import cue_response

DESCRIPTION = "Cue and response: three cells, linear windows, and naive forecasts, one step ahead"
METHODS = ["naive", "mean", "window 32", "window 200", "simple", "lstm", "lstm opened", "gru"]
GRID = {"method": METHODS}
CHEAP = {"method": "lstm", "updates": 3, "count": 1000, "window": 64}
RATES_FOUND = {"simple": 0.005, "lstm": 0.02, "lstm opened": 0.01, "gru": 0.01}
"""By `memory_rates`."""
FORECASTERS = {"naive": naive, "mean": mean}


def run(
    seed: int, method: str, updates: int = 1000, count: int = 20_000, window: int = 256
) -> dict[str, float]:
    """Forecast the part that a method was not trained on, one step at a time.

    Args:
        seed: of series, weights and windows.
        method: a forecast, a linear window of so many values, or a network as `network` makes it.
        updates: how many a network is trained for.
        count: values to train with; a quarter of it follows to test on.
        window: values of each window that a network is trained on.

    Returns:
        ``mse``: the mean squared error for the variance of the test part, so that the mean has 1;
        ``mase``: the mean absolute error for that of the naive forecast in training.
    """
    series = cue_response(count + count // 4, Generator().manual_seed(seed))
    known, actual = series[:count], series[count:]
    if method in RATES_FOUND:
        torch.manual_seed(seed)
        model = network(method)
        rate = RATES_FOUND[method]
        train_forecaster(model, known, updates=updates, lr=rate, window=window, skip=32, seed=seed)
        found = model.backtest(series, count, 1)
    elif method.startswith("window"):
        found = backtest(LinearWindow(int(method.split()[1])).fit(known), series, count, 1)
    else:
        found = backtest(FORECASTERS[method], series, count, 1)
    return {
        "mse": _share(found.forecast[:, 0], actual),
        "mase": mase(found.forecast, found.actual, known),
    }


def network(method: str) -> RecurrentForecaster:
    """A network of a cell, or an LSTM with its forget gate ``opened``, that forecasts values."""
    model = RecurrentForecaster(method.split()[0], minus_last=False)
    return opened(model) if method.endswith("opened") else model


def _share(forecast: Tensor, actual: Tensor) -> float:
    """Of the variance, what is not explained."""
    return float((forecast - actual).square().mean() / actual.var(correction=0))
