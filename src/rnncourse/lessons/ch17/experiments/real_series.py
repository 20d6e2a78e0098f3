"""Three measured series: naive, classical and linear forecasts, and recurrent networks.

Every method chooses what has to be chosen (lags, parts, an order, a window's length, a learning
rate, and whether twelve steps are forecast at once or one after the other) on the same validation
part. ARIMA has no seasonal terms. The hourly series is the download `etth1`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache, partial
from itertools import product
from typing import Any, NamedTuple

import torch
from torch import Generator, Tensor

from rnncourse.lessons.ch17.backtest import (
    Backtest,
    Forecaster,
    LinearWindow,
    ar,
    arima,
    backtest,
    ets,
    mase,
    naive,
    seasonal_naive,
    theta,
)
from rnncourse.lessons.ch17.network import RecurrentForecaster, train_forecaster
from rnncourse.lessons.ch17.series import SEASONS, co2, etth1, random_walk, sunspots

DESCRIPTION = "Sunspots, carbon dioxide, oil temperature: what forecasts one step best, and twelve"
SEEDS = 5
GRID = {
    "series": ["sunspots", "co2", "etth1"],
    "method": ["naive", "seasonal", "ets", "theta", "ar", "arima", "window", "gru", "lstm"],
}
CHEAP = {"series": "walk", "method": "lstm", "updates": 10}
HORIZON = 12
RATES_TRIED = (0.005, 0.02)
ORDERS = ((1, 1, 1), (2, 1, 2), (3, 0, 1), (9, 0, 1), (9, 1, 1))
"""Of ARIMA, to choose from: lags, differences, errors."""


class Split(NamedTuple):
    """A series in its order: train, validation, test.

    Attributes:
        make: all its values.
        validation: the first value that is not trained on.
        test: the first value that nothing is chosen by.
        end: the number of values that are used.
        every: steps from one origin to the next.
        season: steps.
        lags: of an autoregression, to choose from.
        windows: values of a linear window, to choose from.
        window: values of the windows that a network is trained on.
    """

    make: Callable[[], Tensor]
    validation: int
    test: int
    end: int
    every: int
    season: int
    lags: tuple[int, ...]
    windows: tuple[int, ...]
    window: int


def _walk() -> Tensor:
    return random_walk(300, Generator().manual_seed(0))


SPLITS = {
    "walk": Split(_walk, 160, 200, 300, 1, 1, (2, 9), (11, 22), 32),
    "sunspots": Split(
        sunspots, 139, 209, 309, 1, SEASONS["sunspots"], (3, 9, 18, 27), (9, 11, 22, 33), 64
    ),
    "co2": Split(
        co2, 1322, 1522, 2284, 9, SEASONS["co2"], (12, 26, 60, 104), (26, 52, 104, 156), 104
    ),
    # As the literature has it: twelve months, four and four, of thirty days each.
    "etth1": Split(
        *(etth1, 8640, 11520, 14400, 71, SEASONS["etth1"]),
        *((12, 24, 72, 168), (24, 72, 168, 336), 96),
    ),
}


def run(seed: int, series: str, method: str, updates: int = 200) -> dict[str, float]:
    """Choose on the validation part, and forecast from origins of the test part.

    Args:
        seed: of weights and windows; networks alone depend on it.
        series: one of `SPLITS`.
        method: a forecast, or a cell.
        updates: the most that a network is trained for.

    Returns:
        The mean absolute scaled error, with the series' season: ``one`` of the next value,
        ``twelve`` of the next twelve, on average. ``chosen_one`` and ``chosen_twelve`` say which
        candidate was best on validation, counted from 0.
    """
    if method in ("gru", "lstm"):
        return _network(seed, series, method, updates)
    return _classical(series, method)


@cache
def _classical(series: str, method: str) -> dict[str, float]:
    """What nothing random decides: once for all seeds."""
    split, values = SPLITS[series], _values(series)
    fits = _fits(split, method)
    best = (0, 0)
    if len(fits) > 1:
        before, known = values[: split.validation], values[: split.test]
        place = (split.validation, HORIZON, split.every)
        best = _best([backtest(fit(before), known, *place) for fit in fits])
    tested = {
        n: backtest(fits[n](values[: split.test]), values, split.test, HORIZON, split.every)
        for n in set(best)
    }
    return _scores(series, [tested[n] for n in best], best)


def _network(seed: int, series: str, cell: str, updates: int) -> dict[str, float]:
    split, values = SPLITS[series], _values(series)
    train, following = values[: split.validation], values[split.validation : split.test]
    models = []
    for lr, horizon in product(RATES_TRIED, (1, HORIZON)):
        torch.manual_seed(seed)
        model = RecurrentForecaster(cell, horizon=horizon)
        options: dict[str, Any] = {"window": split.window, "seed": seed, "patience": 5}
        train_forecaster(model, train, following, updates=updates, lr=lr, **options)
        models.append(model)
    known = values[: split.test]
    best = _best([model.backtest(known, split.validation, HORIZON) for model in models])
    tested = [models[n].backtest(values, split.test, HORIZON, split.every) for n in best]
    return _scores(series, tested, best)


def _fits(split: Split, method: str) -> list[Callable[[Tensor], Forecaster]]:
    """The candidates of a method: each is handed what is known, and returns a forecaster."""
    season = split.season
    if method == "naive":
        return [lambda known: naive]
    if method == "seasonal":
        return [lambda known: partial(seasonal_naive, season=season)]
    if method == "theta":
        return [lambda known: partial(theta, season=season)]
    if method == "ar":
        return [partial(ar, lags=lags) for lags in split.lags]
    if method == "arima":
        return [partial(arima, order=order) for order in ORDERS]
    if method == "ets":
        trends: tuple[dict[str, Any], ...] = ({}, {"trend": True, "damped": True})
        seasons: Sequence[int | None] = (None, season)
        return [partial(ets, season=one, **trend) for one in seasons for trend in trends]
    sizes = [(k, horizon) for k in split.windows for horizon in (1, HORIZON)]
    return [partial(_window, k, horizon) for k, horizon in sizes]


def _window(k: int, horizon: int, known: Tensor) -> Forecaster:
    return LinearWindow(k, horizon).fit(known)


def _best(found: list[Backtest]) -> tuple[int, int]:
    """The candidate with the smallest error one step ahead, and that over all twelve."""
    errors = torch.stack([(one.forecast - one.actual).abs().mean(dim=0) for one in found])
    return int(errors[:, 0].argmin()), int(errors.mean(dim=1).argmin())


def _scores(series: str, tested: list[Backtest], best: tuple[int, int]) -> dict[str, float]:
    split = SPLITS[series]
    known = _values(series)[: split.test]
    one, twelve = tested
    return {
        "one": mase(one.forecast[:, 0], one.actual[:, 0], known, split.season),
        "twelve": mase(twelve.forecast, twelve.actual, known, split.season),
        "chosen_one": float(best[0]),
        "chosen_twelve": float(best[1]),
    }


@cache
def _values(series: str) -> Tensor:
    return SPLITS[series].make()[: SPLITS[series].end]
