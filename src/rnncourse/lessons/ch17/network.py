"""A recurrent network that forecasts a series, trained on its past alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count
from math import cos, nan, pi
from statistics import fmean
from typing import Any

import torch
from torch import Generator, Tensor, nn

from rnnbook.cells import checks
from rnnbook.cells.checks import positive_int
from rnnbook.cells.modes import evaluating
from rnnbook.tasks import draws
from rnnbook.training import History, fit
from rnncourse.lessons.ch17.backtest import Backtest, future, origins

LAYERS: dict[str, Callable[..., nn.RNNBase]] = {"simple": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}


class RecurrentForecaster(nn.Module):
    """Reads a series a value a step, and forecasts the next ``horizon`` values at every step.

    ``model.forecast`` is a forecaster of the series as it is; ``model(x)`` reads scaled values.

    Args:
        cell: one of ``LAYERS``.
        hidden_size: units.
        horizon: how many steps are forecast at once.
        quantiles: which quantiles are forecast, such as ``(0.1, 0.5, 0.9)``; None for a value.
        minus_last: whether the network reads, beside each value, its change from the last one,
            and says how much the next ones will differ from it, in typical changes.
        levels: False if it reads the changes alone: for a series that leaves the range of the
            values that it was trained on.
    """

    mean: Tensor
    std: Tensor
    step: Tensor  # a typical change from one value to the next, in std

    def __init__(
        self,
        cell: str = "gru",
        hidden_size: int = 32,
        horizon: int = 1,
        *,
        quantiles: Sequence[float] | None = None,
        minus_last: bool = True,
        levels: bool = True,
    ) -> None:
        super().__init__()
        if cell not in tuple(LAYERS):
            raise ValueError(f"cell must be one of {', '.join(LAYERS)}, got {cell!r}")
        self.horizon = positive_int("horizon", horizon)
        self.quantiles = None if quantiles is None else _quantiles(quantiles)
        self.minus_last = checks.flag("minus_last", minus_last)
        self.levels = checks.flag("levels", levels)
        if not (levels or minus_last):
            raise ValueError("levels must be True without minus_last, got False: nothing to read")
        self.layer = LAYERS[cell](levels + minus_last, positive_int("hidden_size", hidden_size))
        self.readout = nn.Linear(hidden_size, horizon * len(self.quantiles or [0]))
        for name, value in (("mean", 0.0), ("std", 1.0), ("step", 1.0)):
            self.register_buffer(name, torch.tensor(value))

    def forward(self, x: Tensor) -> Tensor:
        """Forecasts (T, B, horizon), or (T, B, horizon, Q), of scaled values (T, B, 1)."""
        return self._read(x, None)[0]

    def scale_by(self, *known: Tensor) -> None:
        """Scale from now on by the mean, the deviation and the typical change of these series."""
        values, changes = torch.cat(known), torch.cat([one.diff() for one in known])
        self.mean.copy_(values.mean())
        self.std.copy_(_deviation(values))
        if self.minus_last:
            self.step.copy_(_deviation(changes) / self.std)

    def scaled(self, values: Tensor) -> Tensor:
        """What the network reads: values minus the mean, over the standard deviation."""
        return (values - self.mean) / self.std

    @torch.no_grad()
    def forecast(self, history: Tensor, horizon: int) -> Tensor:
        """The next values, shape (horizon), or (horizon, Q), after reading the history (T).

        Steps beyond the network's own horizon are forecast from its forecasts.
        """
        unknown = torch.full((positive_int("horizon", horizon),), nan)
        known = checks.floats("history", history, "T")
        return self.backtest(torch.cat([known, unknown.to(known)]), len(known), horizon).forecast[0]

    @torch.no_grad()
    def backtest(self, series: Tensor, first: int, horizon: int, every: int = 1) -> Backtest:
        """The same as ``backtest(model.forecast, …)``, with the series read once for all origins.

        Args:
            series: shape (T).
            first: the first origin.
            horizon: how many values to forecast from each origin.
            every: steps from one origin to the next.
        """
        places = origins(len(checks.floats("series", series, "T")), first, horizon, every)
        if horizon > self.horizon and self.quantiles:
            raise ValueError(
                f"horizon must be at most {self.horizon}, got {horizon}: quantiles of forecasts "
                "that are quantiles are none of the series"
            )
        with evaluating(self):
            read = self.scaled(series[: places[-1]])[:, None, None]
            if horizon <= self.horizon:
                found = self(read)[[origin - 1 for origin in places], 0, :horizon]
            else:
                found = self._fed_back(read, places, horizon)
        return Backtest(places, found * self.std + self.mean, future(series, places, horizon))

    def _read(self, x: Tensor, before: tuple[Tensor, Any] | None) -> tuple[Tensor, Any]:
        """Forecasts, and what the next steps need: the last value and the layer's state."""
        last, state = before or (x[:1], None)
        changes = torch.cat([last, x]).diff(dim=0) / self.step  # (T, B, 1)
        read = torch.cat([x] * self.levels + [changes] * self.minus_last, dim=2)
        output, state = self.layer(read, state)
        forecast = self.readout(output).unflatten(2, (self.horizon, -1))  # (T, B, horizon, Q)
        if self.minus_last:
            forecast = x[..., None] + self.step * forecast
        return forecast if self.quantiles else forecast[..., 0], (x[-1:], state)

    def _fed_back(self, read: Tensor, places: range, horizon: int) -> Tensor:
        """Forecasts (N, horizon): from each origin's state, forecasts are read as values."""
        states, state = [], None
        for x in read.split(1):
            forecast, state = self._read(x, state)
            states.append((forecast, state))
        kept = [states[origin - 1] for origin in places]
        blocks = [torch.cat([forecast for forecast, _ in kept], dim=1)]  # (1, N, horizon)
        state = _side_by_side([state for _, state in kept])
        while sum(block.shape[2] for block in blocks) < horizon:
            forecasts, state = self._read(blocks[-1][0].T[..., None], state)
            blocks.append(forecasts[-1:])
        return torch.cat(blocks, dim=2)[0, :, :horizon]


def train_forecaster(
    model: RecurrentForecaster,
    train: Tensor | Sequence[Tensor],
    validation: Tensor | Sequence[Tensor] | None = None,
    *,
    updates: int = 1000,
    lr: float = 5e-3,
    window: int = 128,
    skip: int = 16,
    batch_size: int = 32,
    patience: int = 10,
    every: int = 25,
    seed: int = 0,
    scale: bool = True,
) -> History:
    """Train on windows of a series, scaled by the mean and deviation of ``train`` alone.

    Each value of a window but the first ``skip`` is a place to forecast from, where the true
    values so far have been read (teacher forcing). The rate falls to nothing along a cosine, and
    gradients are clipped at 1.

    Args:
        model: changed in place; `torch.manual_seed` before it is made determines its weights.
        train: values (T) to learn from, or several series of them, scaled together.
        validation: the values (T) that follow ``train``, of each of its series if there are
            several; the weights that forecast them best are kept. None if all updates are made.
        updates: the most to make.
        lr: the learning rate of Adam that is begun with.
        window: values of a window that are read; shorter where a series is.
        skip: values at the beginning of a window that are read without a loss.
        batch_size: windows of an update.
        patience: validations without a better one after which training stops.
        every: updates between validations.
        seed: of the windows.
        scale: False leaves the scale as it was set by ``model.scale_by``.

    Raises:
        TypeError, ValueError: if an argument is none of these, or a series is too short.
    """
    checks.instance("model", model, RecurrentForecaster, "a RecurrentForecaster")
    positive_int("window", window)
    checks.finite_number(
        "skip", skip, f"from 0 to window − 1 = {window - 1}", lambda n: n in range(window)
    )
    known = _listed("train", train, skip + 1 + model.horizon)
    if scale:
        model.scale_by(*known)
    scaled = [model.scaled(one) for one in known]
    length = min([window + model.horizon, *map(len, scaled)])
    windows = torch.cat([one.unfold(0, length, 1) for one in scaled])  # (windows, length)
    following = [] if validation is None else _listed("validation", validation, model.horizon)
    if following and len(following) != len(known):
        raise ValueError(f"validation must be {len(known)} series, got {len(following)}")
    adam = torch.optim.Adam(model.parameters(), lr=lr)
    done = count()

    def sample(generator: Generator) -> Tensor:
        adam.param_groups[0]["lr"] = lr * (1 + cos(pi * next(done) / updates)) / 2
        return windows[draws.ints(0, len(windows), (batch_size,), generator)].T

    def loss(model: Any, values: Tensor) -> Tensor:
        return forecast_loss(model, values, skip)

    def validate(model: Any) -> float:
        return fmean(
            forecast_loss(model, model.scaled(torch.cat(pair))[:, None], len(pair[0]) - 1).item()
            for pair in zip(known, following, strict=True)
        )

    stopping: dict[str, Any] = {"validate": validate, "every": every, "patience": patience}
    return fit(
        model,
        sample,
        loss,
        steps=updates,
        optimizer=lambda _: adam,
        seed=seed,
        **(stopping if following else {}),
    )


def opened(model: RecurrentForecaster) -> RecurrentForecaster:
    """Begin with an LSTM's forget gate open: its bias at 1, so that it keeps 73 % a step, not half.

    Args:
        model: its ``layer`` an `torch.nn.LSTM`; changed in place, and returned.

    Source: Gers, Schmidhuber & Cummins (2000); Jozefowicz, Zaremba & Sutskever (2015).
    """
    checks.instance("model.layer", model.layer, nn.LSTM, "a torch.nn.LSTM")
    H = model.layer.hidden_size
    with torch.no_grad():
        bias: Tensor = model.layer.bias_hh_l0  # type: ignore[assignment]
        bias[H : 2 * H] = 1  # torch's order of gates is i f g o
    return model


def forecast_loss(model: RecurrentForecaster, values: Tensor, skip: int = 0) -> Tensor:
    """How wrong a network's forecasts of scaled values (T, B) are: squared error, or pinball.

    With ``minus_last`` in typical changes, so that a small change on a long trend counts.

    Args:
        model: the network.
        values: T is more than ``skip + model.horizon``.
        skip: steps at the beginning that are read without a loss.
    """
    horizon = model.horizon
    forecast = model(values[:-horizon, :, None])[skip:]  # at step t of t + 1 … t + horizon
    target = values[1:].unfold(0, horizon, 1)[skip:]
    forecast, target = forecast / model.step, target / model.step
    if model.quantiles:
        return pinball(forecast, target, model.quantiles)
    return nn.functional.mse_loss(forecast, target)


def pinball(forecast: Tensor, target: Tensor, quantiles: Sequence[float]) -> Tensor:
    """The loss that quantiles make least: q for each unit too low, 1 − q for each too high.

    Args:
        forecast: shape (…, Q).
        target: shape (…).
        quantiles: Q numbers between 0 and 1.

    Returns:
        The mean, a scalar.

    Source: Koenker & Bassett (1978), Regression quantiles.
    """
    shape = (*checks.floats("target", target).shape, len(quantiles))
    checks.of_shape("forecast", forecast, "…, Q", shape)
    q = forecast.new_tensor(_quantiles(quantiles))
    missing = target[..., None] - forecast  # above 0 where the forecast is too low
    return torch.maximum(q * missing, (q - 1) * missing).mean()


def coverage(low: Tensor, high: Tensor, actual: Tensor) -> float:
    """The share of true values between two quantiles: 0.8 is right for those of 0.1 and 0.9."""
    checks.of_shape("low", low, "as actual", tuple(actual.shape))
    checks.of_shape("high", high, "as actual", tuple(actual.shape))
    return float(((low <= actual) & (actual <= high)).double().mean())


def _quantiles(quantiles: Sequence[float]) -> tuple[float, ...]:
    checks.instance("quantiles", quantiles or None, list | tuple, "a list of numbers")
    for one in quantiles:
        checks.finite_number("each of quantiles", one, "between 0 and 1", lambda q: 0 < q < 1)
    return tuple(quantiles)


def _listed(name: str, series: Tensor | Sequence[Tensor], least: int) -> list[Tensor]:
    """One series (T) or several, as a list, if each has as many values as are needed."""
    found = [series] if isinstance(series, Tensor) else list(series)
    for one in found:
        if len(checks.floats(name, one, "T")) < least:
            raise ValueError(f"{name} must have at least {least} values, got {len(one)}")
    return found


def _deviation(values: Tensor) -> Tensor:
    """The standard deviation, or 1 where there is none to divide by."""
    found = values.std(correction=0)
    return found if found > 0 else torch.ones_like(found)


def _side_by_side(states: list[Any]) -> Any:
    """States (L, 1, H), or tuples of them, as one batch (L, N, H)."""
    if isinstance(states[0], tuple):
        return tuple(_side_by_side(list(parts)) for parts in zip(*states, strict=True))
    return torch.cat(states, dim=1)
