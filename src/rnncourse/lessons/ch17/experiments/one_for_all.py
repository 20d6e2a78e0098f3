"""Many short series: one model for all of them, or one each.

Each series is a season of twelve months and what is left of past shocks: y_t = s_t + u_t, where
u_t = φ u_{t−1} + N(0, 0.5²). Alike series share the season's shape and φ = 0.8; unlike ones have
a shape of their own and a φ between −0.8 and 0.8.
"""

from __future__ import annotations

from functools import partial
from itertools import product
from statistics import fmean
from typing import Any

import torch
from torch import Generator, Tensor

from rnnbook.tasks import draws
from rnncourse.lessons.ch17.backtest import (
    Backtest,
    LinearWindow,
    backtest,
    mase,
    seasonal_naive,
)
from rnncourse.lessons.ch17.network import RecurrentForecaster, train_forecaster

DESCRIPTION = "Twelve short series, alike or not: a model for all of them, or one for each"
SEEDS = 5
GRID = {
    "series": ["alike", "unlike"],
    "method": ["best", "seasonal naive", "window each", "window all", "lstm each", "lstm all"],
}
CHEAP = {"series": "alike", "method": "lstm all", "count": 3, "updates": 10}
HORIZON = SEASON = 12
TRAIN, TEST, END = 60, 84, 120
"""Months: the first that is not trained on, the first of the test part, and how many there are."""
RATES_TRIED = (0.005, 0.02)
RIDGES_TRIED = (1e-3, 1e-2, 1e-1, 1.0)
WINDOWS_TRIED = (2, 13, 24)


def run(
    seed: int, series: str, method: str, count: int = 12, updates: int = 200
) -> dict[str, float]:
    """Forecast twelve months of each series, from all origins of its test part.

    Args:
        seed: of series, weights and windows.
        series: ``alike`` or ``unlike``.
        method: ``best``, which knows shapes and φ; seasonal naive; a linear window or an LSTM, one
            for ``all`` series or ``each``.
        count: of series.
        updates: the most that a network is trained for.

    Returns:
        ``mase``, the mean absolute scaled error of all twelve steps, the mean over the series.
    """
    generator = Generator().manual_seed(seed)
    alike = series == "alike"
    shapes = draws.normal((1 if alike else count, SEASON), generator).expand(count, -1)
    phi = torch.full((count,), 0.8) if alike else 1.6 * draws.uniform((count,), generator) - 0.8
    values = _made(shapes, phi, generator)  # (count, END)
    known = values[:, :TRAIN]
    scaled = (values - known.mean(dim=1, keepdim=True)) / known.std(dim=1, keepdim=True)
    if method == "best":
        scaled, found = values, [_best(*one) for one in zip(values, shapes, phi, strict=True)]
    elif method == "seasonal naive":
        last_year = partial(seasonal_naive, season=SEASON)
        found = [backtest(last_year, one, TEST, HORIZON) for one in scaled]
    else:
        model, _, how_many = method.partition(" ")
        groups = [scaled] if how_many == "all" else scaled.split(1)
        fitted = _windows if model == "window" else partial(_networks, seed, updates)
        found = [one for group in groups for one in fitted(group)]
    errors = [
        mase(one.forecast, one.actual, own[:TEST], SEASON)
        for one, own in zip(found, scaled, strict=True)
    ]
    return {"mase": fmean(errors)}


def _made(shapes: Tensor, phi: Tensor, generator: Generator) -> Tensor:
    shocks = 0.5 * draws.normal((len(phi), END), generator)
    left = [shocks[:, 0] / (1 - phi**2).sqrt()]
    for shock in shocks[:, 1:].T:
        left.append(phi * left[-1] + shock)
    return torch.stack(left, dim=1) + shapes.repeat(1, END // SEASON)


def _best(values: Tensor, shape: Tensor, phi: Tensor) -> Backtest:
    """What is to come of the season, and of the shocks so far."""

    def forecaster(history: Tensor, horizon: int) -> Tensor:
        steps = torch.arange(horizon)
        left = history[-1] - shape[(len(history) - 1) % SEASON]
        return shape[(len(history) + steps) % SEASON] + left * phi ** (steps + 1)

    return backtest(forecaster, values, TEST, HORIZON)


def _windows(series: Tensor) -> list[Backtest]:
    """A linear window for all of some series (S, T), its length and ridge chosen on validation."""

    def error(choice: tuple[int, float]) -> float:
        fitted = _fitted(series[:, :TRAIN], *choice)
        return fmean(_error(backtest(fitted, one[:TEST], TRAIN, HORIZON)) for one in series)

    best = min(product(WINDOWS_TRIED, RIDGES_TRIED), key=error)
    fitted = _fitted(series[:, :TEST], *best)
    return [backtest(fitted, one, TEST, HORIZON) for one in series]


def _fitted(known: Tensor, k: int, ridge: float) -> LinearWindow:
    """A linear window fitted by least squares on the windows of all series (S, T)."""
    window = LinearWindow(k, HORIZON, ridge)
    pieces = known.double().unfold(1, k + HORIZON, 1).flatten(0, 1)
    last = pieces[:, k - 1 : k]
    x, y = pieces[:, :k] - last, pieces[:, k:] - last
    x_mean, y_mean = x.mean(dim=0), y.mean(dim=0)
    x, y = x - x_mean, y - y_mean
    penalty = ridge * (x.square().sum() / k) * torch.eye(k, dtype=x.dtype)
    weight = torch.linalg.pinv(x.T @ x + penalty, hermitian=True) @ x.T @ y
    window.weight = torch.cat([weight, (y_mean - x_mean @ weight)[None]])
    return window


def _networks(seed: int, updates: int, series: Tensor) -> list[Backtest]:
    """One LSTM for all series (S, T); its rate is chosen on validation."""
    tried: list[tuple[float, RecurrentForecaster]] = []
    for lr in RATES_TRIED:
        torch.manual_seed(seed)
        model = RecurrentForecaster("lstm", horizon=HORIZON)
        options: dict[str, Any] = {"window": 36, "skip": 12, "patience": 4, "seed": seed}
        train, held = list(series[:, :TRAIN]), list(series[:, TRAIN:TEST])
        history = train_forecaster(model, train, held, updates=updates, lr=lr, **options)
        tried.append((min(loss for _, loss in history.validation), model))
    best = min(tried, key=lambda pair: pair[0])[1]
    return [best.backtest(one, TEST, HORIZON) for one in series]


def _error(found: Backtest) -> float:
    return float((found.forecast - found.actual).abs().mean())
