"""Networks on series whose best forecast is known: a random walk, and a seasonal one."""

from __future__ import annotations

from functools import partial

import torch
from torch import Generator

from rnncourse.lessons.ch17.backtest import (
    LinearWindow,
    backtest,
    correlation_by_lag,
    naive,
    seasonal_naive,
)
from rnncourse.lessons.ch17.network import RecurrentForecaster, train_forecaster
from rnncourse.lessons.ch17.series import random_walk, seasonal

DESCRIPTION = "Random walks and seasonal walks: a network on values, on changes, and naive ones"
SERIES = {"walk": random_walk, "seasonal": seasonal}
PERIODS = {"walk": 1, "seasonal": 12}
GRID = {
    "series": list(SERIES),
    "method": ["best", "window 24", "values", "changes"],
}
CHEAP = {"series": "walk", "method": "values", "count": 400, "updates": 20}


def run(
    seed: int, series: str, method: str, count: int = 2000, updates: int = 600
) -> dict[str, float]:
    """Forecast one step at a time what a method was not trained on.

    Args:
        seed: of series, weights and windows.
        series: one of ``SERIES``.
        method: the naive or seasonal naive forecast, which is ``best``; a linear window; an LSTM
            that forecasts ``values``, or ``changes`` from the last one.
        count: values to train with, of which the last eighth decides when a network was best; a
            quarter of it follows to test on.
        updates: how many a network is trained for at most.

    Returns:
        ``r2``, 1 less the squared errors' mean for the variance of the test part. ``error``, the
        mean absolute error for that of the best forecast. ``lag_0`` and ``lag_1``, the correlation
        of the forecasts' changes with the true changes, at the same step and a step before.
    """
    values = SERIES[series](count + count // 4, Generator().manual_seed(seed))
    known = values[:count]
    best = naive if series == "walk" else partial(seasonal_naive, season=PERIODS[series])
    reference = backtest(best, values, count, 1)
    if method == "best":
        found = reference
    elif method.startswith("window"):
        found = backtest(LinearWindow(int(method.split()[1])).fit(known), values, count, 1)
    else:
        torch.manual_seed(seed)
        model = RecurrentForecaster("lstm", minus_last=method == "changes")
        learned, chosen = known[: -count // 8], known[-count // 8 :]
        train_forecaster(model, learned, chosen, updates=updates, lr=0.01, window=64, seed=seed)
        found = model.backtest(values, count, 1)
    forecast, actual = found.forecast[:, 0], found.actual[:, 0]
    errors = (forecast - actual).abs().mean() / (reference.forecast[:, 0] - actual).abs().mean()
    lags = correlation_by_lag(forecast.diff(), actual.diff(), 1)
    return {
        "r2": float(1 - (forecast - actual).square().mean() / actual.var(correction=0)),
        "error": float(errors),
        "lag_0": float(lags[0]),
        "lag_1": float(lags[1]),
    }
