"""Twelve steps ahead: one step fed back, or all at once; a linear window and an LSTM."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import torch
from torch import Generator, Tensor

from rnnbook.training import fit
from rnncourse.lessons.ch17.backtest import Backtest, LinearWindow, backtest, mase
from rnncourse.lessons.ch17.network import RecurrentForecaster, train_forecaster
from rnncourse.lessons.ch17.series import SEASONS, co2, co2_monthly, random_walk, sunspots

DESCRIPTION = "Twelve steps, one after the other or at once: a linear window and an LSTM"
SEEDS = 5
GRID = {
    "series": ["sunspots", "co2", "co2_monthly"],
    "method": [
        *("window fed back", "window at once"),
        *("lstm fed back", "lstm at once", "lstm trained fed back"),
    ],
}
CHEAP = {"series": "walk", "method": "lstm trained fed back", "updates": 10}
HORIZON = 12
RATES_TRIED = (0.005, 0.02)


class Part(NamedTuple):
    """A series in its order: train, validation, test.

    Attributes:
        make: all its values.
        validation: the first value that is not trained on.
        test: the first value that nothing is chosen by.
        season: steps.
        windows: values of a linear window, to choose from.
        window: values of the windows that a network is trained on.
    """

    make: Callable[[], Tensor]
    validation: int
    test: int
    season: int
    windows: tuple[int, ...]
    window: int


PARTS = {
    "walk": Part(lambda: random_walk(300, Generator().manual_seed(0)), 160, 200, 1, (11,), 32),
    "sunspots": Part(sunspots, 139, 209, SEASONS["sunspots"], (9, 11, 22, 33), 64),
    "co2": Part(co2, 1322, 1522, SEASONS["co2"], (26, 52, 104, 156), 104),
    "co2_monthly": Part(co2_monthly, 290, 350, SEASONS["co2_monthly"], (12, 24, 36, 48), 64),
}


def run(seed: int, series: str, method: str, updates: int = 200) -> dict[str, float]:
    """Train on one part, choose on the next, forecast twelve steps from origins of the last.

    Args:
        seed: of weights and windows; an LSTM alone depends on it.
        series: one of `PARTS`.
        method: a linear ``window`` or an ``lstm``. ``fed back``: one step is learned, from true
            values (teacher forcing), and each forecast is read for the next; ``at once``: twelve
            outputs; ``trained fed back``: as the first, and then trained further on the error of
            all twelve, with its own forecasts read.
        updates: the most that a network is trained for, before its forecasts are fed back.

    Returns:
        Mean absolute scaled errors: ``step_1`` … ``step_12``, and their ``mean``.
    """
    part = PARTS[series]
    values = part.make()
    horizon = HORIZON if method.endswith("at once") else 1
    if method.startswith("window"):
        found = _window(values, part, horizon)
    else:
        found = _lstm(seed, values, part, horizon, updates, more="trained" in method)
    known = values[: part.test]
    errors = [
        mase(found.forecast[:, n], found.actual[:, n], known, part.season) for n in range(HORIZON)
    ]
    return {
        **{f"step_{n}": error for n, error in enumerate(errors, 1)},
        "mean": sum(errors) / HORIZON,
    }


def _window(values: Tensor, part: Part, horizon: int) -> Backtest:
    before, known = values[: part.validation], values[: part.test]

    def error(k: int) -> float:
        fitted = LinearWindow(k, horizon).fit(before)
        return _error(backtest(fitted, known, part.validation, HORIZON))

    fitted = LinearWindow(min(part.windows, key=error), horizon).fit(known)
    return backtest(fitted, values, part.test, HORIZON)


def _lstm(
    seed: int, values: Tensor, part: Part, horizon: int, updates: int, more: bool
) -> Backtest:
    train, held = values[: part.validation], values[part.validation : part.test]
    tried = []
    for lr in RATES_TRIED:
        torch.manual_seed(seed)
        model = RecurrentForecaster("lstm", horizon=horizon)
        options: dict[str, Any] = {"window": part.window, "seed": seed, "patience": 5}
        train_forecaster(model, train, held, updates=updates, lr=lr, **options)
        if more:
            _train_fed_back(model, train, held, part.window, updates // 2, lr / 2, seed)
        found = model.backtest(values[: part.test], part.validation, HORIZON)
        tried.append((_error(found), model))
    best = min(tried, key=lambda pair: pair[0])[1]
    return best.backtest(values, part.test, HORIZON)


def _train_fed_back(
    model: RecurrentForecaster,
    train: Tensor,
    held: Tensor,
    window: int,
    updates: int,
    lr: float,
    seed: int,
) -> None:
    """Go on training on windows, each followed by twelve steps in which forecasts are read."""
    windows = model.scaled(train).unfold(0, window + HORIZON, 1)
    known = torch.cat([train, held])

    def sample(generator: Generator) -> Tensor:
        return windows[torch.randint(len(windows), (32,), generator=generator)].T[..., None]

    def loss(model: Any, values: Tensor) -> Tensor:
        forecast = _continued(model, values[:window])
        return ((forecast - values[window:]) / model.step).square().mean()

    def validate(model: Any) -> float:
        return _error(model.backtest(known, len(train), HORIZON))

    stopping: dict[str, Any] = {"validate": validate, "every": 25, "patience": 4}
    fit(model, sample, loss, steps=updates, lr=lr, seed=seed, progress=False, **stopping)


def _continued(model: RecurrentForecaster, read: Tensor) -> Tensor:
    """Forecasts (12, B, 1) after scaled values (T, B, 1), each read for the next one."""
    forecast, state = model._read(read, None)
    forecasts = [forecast[-1:]]
    while len(forecasts) < HORIZON:
        forecast, state = model._read(forecasts[-1], state)
        forecasts.append(forecast)
    return torch.cat(forecasts)


def _error(found: Backtest) -> float:
    return float((found.forecast - found.actual).abs().mean())
