"""Forecast from many origins, as if each were today; what must be beaten; and the scaled error.

A forecaster is called with a history (T) and a horizon and returns the next values (horizon).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from rnnbook.cells import checks
from rnnbook.cells.checks import positive_int

Forecaster = Callable[[Tensor, int], Tensor]


class Backtest(NamedTuple):
    """What was forecast from each of N origins, and what came.

    Attributes:
        origins: how many values were known at each.
        forecast: shape (N, horizon), or (N, horizon, Q) where a forecaster gives Q quantiles.
        actual: shape (N, horizon).
    """

    origins: range
    forecast: Tensor
    actual: Tensor


def origins(count: int, first: int, horizon: int, every: int = 1) -> range:
    """Rolling origins: an origin is how many values are known, and ``horizon`` more must follow.

    Args:
        count: of the values of a series.
        first: the first origin.
        horizon: how many values are forecast from each.
        every: steps from one origin to the next.

    Raises:
        ValueError: if an argument is no positive int, or there is no origin.
    """
    for name, value in (("count", count), ("first", first), ("horizon", horizon), ("every", every)):
        positive_int(name, value)
    if first + horizon > count:
        raise ValueError(
            f"first must leave horizon = {horizon} of {count} values to forecast, got {first}"
        )
    return range(first, count - horizon + 1, every)


def backtest(
    forecaster: Forecaster, series: Tensor, first: int, horizon: int, every: int = 1
) -> Backtest:
    """Forecast from every origin; the forecaster is handed the values before the origin alone.

    Args:
        forecaster: called with a history (T) and the horizon.
        series: shape (T).
        first: the first origin; what learns must have learned from the values before it.
        horizon: how many values to forecast from each origin.
        every: steps from one origin to the next.

    Raises:
        TypeError, ValueError: if an argument is none of these, or a forecast has another shape.
    """
    checks.function("forecaster", forecaster)
    places = origins(len(checks.floats("series", series, "T")), first, horizon, every)
    forecasts = []
    for origin in places:
        found = checks.tensor("forecaster", forecaster(series[:origin].clone(), horizon))
        if found.shape[:1] != (horizon,):
            raise ValueError(
                f"forecaster must return shape (horizon) = ({horizon},), got {tuple(found.shape)}"
            )
        forecasts.append(found)
    return Backtest(places, torch.stack(forecasts), future(series, places, horizon))


def future(series: Tensor, origins: range, horizon: int) -> Tensor:
    """The values that follow each origin, shape (N, horizon)."""
    return torch.stack([series[origin : origin + horizon] for origin in origins])


def mase(forecast: Tensor, actual: Tensor, history: Tensor, season: int = 1) -> float:
    """Mean absolute scaled error: 1 is as wrong as seasonal naive, one step ahead, in the history.

    Args:
        forecast: any shape.
        actual: the same shape.
        history: the values before the first origin, shape (T), which alone give the scale: the
            mean of |y_t − y_{t − season}|.
        season: steps of a season; 1 compares with the last value.

    Raises:
        TypeError, ValueError: if the shapes differ, or the history is no longer than a season, or
            repeats it exactly.

    Source: Hyndman & Koehler (2006), Another look at measures of forecast accuracy.
    """
    history = _history(history, positive_int("season", season) + 1)
    checks.of_shape("forecast", forecast, "as actual", tuple(actual.shape))
    scale = (history[season:] - history[:-season]).abs().mean()
    if scale == 0:
        raise ValueError("history must change from season to season, got one that never does")
    return float((forecast - actual).abs().mean() / scale)


def correlation_by_lag(x: Tensor, y: Tensor, lags: int) -> Tensor:
    """The correlation of x_t with y_{t − k}, for lags k of 0, 1, … ``lags``, shape (lags + 1).

    With the differences of a one-step forecast for x and of the true values for y, a peak at lag 1
    unmasks a forecast that is yesterday's value.

    Args:
        x: shape (T).
        y: shape (T).
        lags: the most steps that y is moved by.
    """
    checks.of_shape("y", y, "T", tuple(checks.floats("x", x, "T").shape))
    if positive_int("lags", lags) > len(x) - 2:
        raise ValueError(f"lags must be at most T − 2 = {len(x) - 2}, got {lags}")
    pairs = [torch.stack([x[k:], y[: len(y) - k]]) for k in range(lags + 1)]
    return torch.stack([torch.corrcoef(pair)[0, 1] for pair in pairs])


def naive(history: Tensor, horizon: int) -> Tensor:
    """The last value, again and again."""
    return _history(history)[-1:].repeat(positive_int("horizon", horizon))


def seasonal_naive(history: Tensor, horizon: int, season: int) -> Tensor:
    """The last season, again and again; ``partial(seasonal_naive, season=12)`` is a forecaster."""
    last = _history(history, positive_int("season", season))[-season:]
    return last.repeat(-(-positive_int("horizon", horizon) // season))[:horizon]


def mean(history: Tensor, horizon: int) -> Tensor:
    """The mean of all values so far, again and again."""
    return _history(history).mean().repeat(positive_int("horizon", horizon))


def recursive(one_step: Forecaster) -> Forecaster:
    """Forecast many steps with what forecasts one: each forecast counts as seen for the next."""
    checks.function("one_step", one_step)

    def forecaster(history: Tensor, horizon: int) -> Tensor:
        for _ in range(positive_int("horizon", horizon)):
            history = torch.cat([history, one_step(history, 1)])
        return history[-horizon:]

    return forecaster


class LinearWindow:
    """One linear layer: each forecast is the last value and a weighted sum of the last ``k``.

    The weights are those of least squares with a ridge on all windows, each minus its last value.
    Steps beyond ``horizon`` are forecast from forecasts.

    Args:
        k: how many values a window has.
        horizon: how many steps are forecast at once.
        ridge: what is added to the squared error for weights, in variances of the windows.

    Attributes:
        weight: shape (k + 1, horizon), the last row the bias; after `fit`.
    """

    def __init__(self, k: int, horizon: int = 1, ridge: float = 1e-4) -> None:
        self.k, self.horizon = positive_int("k", k), positive_int("horizon", horizon)
        self.ridge = checks.positive_number("ridge", ridge)
        self.weight: Tensor | None = None

    def fit(self, series: Tensor) -> LinearWindow:
        """Find the weights on a series (T), or on the training part of one."""
        series = _history(series, self.k + self.horizon).double()
        pieces = series.unfold(0, self.k + self.horizon, 1)
        last = pieces[:, self.k - 1 : self.k]
        x, y = pieces[:, : self.k] - last, pieces[:, self.k :] - last
        x_mean, y_mean = x.mean(dim=0), y.mean(dim=0)
        x, y = x - x_mean, y - y_mean
        penalty = self.ridge * (x.square().sum() / self.k) * torch.eye(self.k, dtype=x.dtype)
        # A line's windows are all the same: pinv, where solve would refuse.
        weight = torch.linalg.pinv(x.T @ x + penalty, hermitian=True) @ x.T @ y
        self.weight = torch.cat([weight, (y_mean - x_mean @ weight)[None]])
        return self

    def __call__(self, history: Tensor, horizon: int) -> Tensor:
        """The next values, shape (horizon)."""
        if self.weight is None:
            raise ValueError("fit must be called before a forecast, got a window without weights")
        known = _history(history, self.k).double()
        for _ in range(-(-positive_int("horizon", horizon) // self.horizon)):
            window = known[-self.k :] - known[-1]
            next_ones = known[-1] + window @ self.weight[:-1] + self.weight[-1]
            known = torch.cat([known, next_ones])
        return known[len(history) : len(history) + horizon].to(history.dtype)


def ar(known: Tensor, lags: int) -> Forecaster:
    """Autoregression on the last ``lags`` values and a constant, by statsmodels' ``AutoReg``.

    Args:
        known: shape (T), what it is fitted on, once.
        lags: how many values.
    """
    from statsmodels.tsa.ar_model import AutoReg

    fitted = AutoReg(_numpy(known), positive_int("lags", lags)).fit()
    return _continued(fitted.apply)


def arima(known: Tensor, order: tuple[int, int, int]) -> Forecaster:
    """ARIMA by statsmodels, fitted once; its state is that after the history.

    Args:
        known: shape (T), what it is fitted on.
        order: p lags, d differences, q errors.
    """
    from statsmodels.tsa.arima.model import ARIMA

    return _continued(ARIMA(_numpy(known), order=order).fit().apply)


def ets(
    known: Tensor, *, trend: bool = False, damped: bool = False, season: int | None = None
) -> Forecaster:
    """Exponential smoothing with additive parts, by statsmodels' ``ETSModel``, fitted once.

    Args:
        known: shape (T), what it is fitted on; histories must begin as it does.
        trend: whether the level has a trend.
        damped: whether that fades.
        season: steps of a season, if there is one.
    """
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    parts: dict[str, Any] = {
        "trend": "add" if trend else None,
        "damped_trend": damped,
        "seasonal": "add" if season else None,
        "seasonal_periods": season,
    }
    parameters = ETSModel(_numpy(known), **parts).fit(disp=False).params
    return _continued(lambda history: ETSModel(history, **parts).smooth(parameters))


def theta(history: Tensor, horizon: int, season: int = 1) -> Tensor:
    """The Theta method by statsmodels, fitted anew on each history (some 30 ms).

    The forecast is exponential smoothing with half the slope of a straight line through all
    values; where a test finds a season, it is taken out before and put back after.

    Source: Assimakopoulos & Nikolopoulos (2000), The theta model: a decomposition approach to
    forecasting.
    """
    from statsmodels.tsa.forecasting.theta import ThetaModel

    model = ThetaModel(_numpy(history), period=season, deseasonalize=season > 1)
    return _like(history, model.fit().forecast(positive_int("horizon", horizon)))


def _continued(after: Callable[[Any], Any]) -> Forecaster:
    """A forecaster of a fitted model, where ``after`` gives its results after a history."""

    def forecaster(history: Tensor, horizon: int) -> Tensor:
        known = after(_numpy(history))
        return _like(history, known.forecast(positive_int("horizon", horizon)))

    return forecaster


def _numpy(history: Tensor) -> Any:
    return _history(history).double().numpy()


def _like(history: Tensor, forecast: Any) -> Tensor:
    return torch.tensor(np.asarray(forecast), dtype=history.dtype)


def _history(history: Tensor, least: int = 1) -> Tensor:
    """Return a history if it has as many values as are needed."""
    if len(checks.floats("history", history, "T")) < least:
        raise ValueError(f"history must have at least {least} values, got {len(history)}")
    return history
