"""Intervals of 80 %: how often a step lies inside, and how often all twelve of a path do.

An LSTM forecasts three quantiles of each of the next twelve values. Its intervals are then widened,
on the validation part: for each step by what lets 80 % of that step's values inside, or all by one
factor that lets 80 % of the paths inside (conformal prediction).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import torch
from torch import Generator, Tensor

from rnnbook.tasks import draws
from rnncourse.lessons.ch17.backtest import Backtest
from rnncourse.lessons.ch17.network import RecurrentForecaster, train_forecaster
from rnncourse.lessons.ch17.series import co2_monthly, random_walk, sunspots

DESCRIPTION = "80 % intervals of an LSTM: steps inside, whole paths inside, as trained and widened"
SEEDS = 5
GRID = {"series": ["walk", "independent", "co2_monthly", "sunspots"]}
CHEAP = {"series": "cheap", "updates": 10}
HORIZON, QUANTILES, LEVEL = 12, (0.1, 0.5, 0.9), 0.8
RATES_TRIED = (0.005, 0.02)


class Part(NamedTuple):
    """A series in its order: train, validation, test.

    Attributes:
        make: all its values, from a generator.
        validation: the first value that is not trained on.
        test: the first value of the test part.
        window: values of the windows that the network is trained on.
    """

    make: Callable[[Generator], Tensor]
    validation: int
    test: int
    window: int


def _independent(generator: Generator) -> Tensor:
    """A season of twelve that stays as it is, and noise of N(0, 0.5²): errors are independent."""
    season = draws.normal((12,), generator)
    return season.repeat(334)[:4000] + 0.5 * draws.normal((4000,), generator)


PARTS = {
    "cheap": Part(partial(random_walk, 300), 200, 250, 32),
    "walk": Part(partial(random_walk, 4000), 2000, 3000, 48),
    "independent": Part(_independent, 2000, 3000, 48),
    "co2_monthly": Part(lambda _: co2_monthly(), 240, 360, 48),
    "sunspots": Part(lambda _: sunspots(), 139, 209, 48),
}


def run(seed: int, series: str, updates: int = 300) -> dict[str, float]:
    """Train an LSTM on quantiles, and count on the test part what lies inside.

    Args:
        seed: of series, weights and windows.
        series: one of `PARTS`.
        updates: the most that the network is trained for.

    Returns:
        Shares: ``step_1`` … ``step_12`` of the values of a step, ``steps`` of all values, and
        ``paths`` of the origins from which all twelve are inside. ``steps_widened`` and
        ``paths_widened``: the same with intervals that hold 80 % of each step in validation.
        ``steps_band`` and ``paths_band``: with a band that holds 80 % of the paths there; and
        ``band``, how many times as wide as the intervals it is.
    """
    part = PARTS[series]
    values = part.make(Generator().manual_seed(seed))
    model = _trained(seed, values, part, updates)
    held = model.backtest(values[: part.test], part.validation, HORIZON)
    tested = model.backtest(values, part.test, HORIZON)
    needed, new = _needed(held), _needed(tested)
    each = needed.quantile(LEVEL, dim=0)  # (12)
    band = needed.amax(dim=1).quantile(LEVEL)
    return {
        **{f"step_{n}": _share(new[:, n - 1] <= 1) for n in range(1, HORIZON + 1)},
        "steps": _share(new <= 1),
        "paths": _share((new <= 1).all(dim=1)),
        "steps_widened": _share(new <= each),
        "paths_widened": _share((new <= each).all(dim=1)),
        "steps_band": _share(new <= band),
        "paths_band": _share((new <= band).all(dim=1)),
        "band": float(band),
    }


def _trained(seed: int, values: Tensor, part: Part, updates: int) -> RecurrentForecaster:
    """The network whose rate, of two, is best on validation."""
    train, held = values[: part.validation], values[part.validation : part.test]
    tried = []
    for lr in RATES_TRIED:
        torch.manual_seed(seed)
        model = RecurrentForecaster("lstm", horizon=HORIZON, quantiles=QUANTILES)
        options: dict[str, Any] = {"window": part.window, "skip": 12, "seed": seed}
        history = train_forecaster(model, train, held, updates=updates, lr=lr, **options)
        tried.append((min(loss for _, loss in history.validation), model))
    return min(tried, key=lambda pair: pair[0])[1]


def _needed(found: Backtest) -> Tensor:
    """By which factor an interval would have to be wider about its median, (N, 12)."""
    low, middle, high = found.forecast.unbind(dim=2)
    wide = torch.where(found.actual > middle, high - middle, middle - low).clamp(min=1e-6)
    return (found.actual - middle).abs() / wide


def _share(inside: Tensor) -> float:
    return float(inside.double().mean())
