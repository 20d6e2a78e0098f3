"""How much three leaks flatter: the same windows of the test part, forecast with and without.

A network reads a window and forecasts the next twelve values. It is stopped, and its learning rate
chosen, where the windows held for validation are forecast best. A leak changes one thing:
``scale``: mean and deviation are those of all values; ``stop``: the windows of the test are held
for validation, too; ``shuffle``: windows of the whole series are dealt out at random to train,
validation and test, so that those of the test overlap with those trained on.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import torch
from torch import Generator, Tensor

from rnnbook.training import fit
from rnncourse.lessons.ch17.backtest import mase
from rnncourse.lessons.ch17.network import RecurrentForecaster, forecast_loss
from rnncourse.lessons.ch17.series import SEASONS, co2, random_walk, sunspots

DESCRIPTION = "Three leaks on a random walk, sunspots, carbon dioxide: what a network then claims"
SEEDS = 5
GRID = {
    "series": ["walk", "sunspots", "co2"],
    "reads": ["values", "changes"],
    "leak": ["none", "scale", "stop", "shuffle"],
}
CHEAP = {"series": "walk", "reads": "changes", "leak": "shuffle", "updates": 10}
HORIZON = 12
RATES_TRIED = (0.005, 0.02)


class Part(NamedTuple):
    """A series in its order, and the windows of it.

    Attributes:
        make: all its values, from a generator.
        validation: the first value that is not trained on.
        test: the first value of the test part.
        season: steps.
        window: how many values are read.
    """

    make: Callable[[Generator], Tensor]
    validation: int
    test: int
    season: int
    window: int


PARTS = {
    "walk": Part(partial(random_walk, 600), 300, 400, 1, 32),
    "sunspots": Part(lambda _: sunspots(), 139, 209, SEASONS["sunspots"], 32),
    "co2": Part(lambda _: co2(), 1322, 1522, SEASONS["co2"], 64),
}


def run(seed: int, series: str, reads: str, leak: str, updates: int = 400) -> dict[str, float]:
    """Train a network, and measure it on a third of the test part's windows.

    Args:
        seed: of series, weights and windows, and of which windows are the test.
        series: one of `PARTS`.
        reads: ``values``, or ``changes`` as well, where it forecasts changes from the last value.
        leak: one, or ``none``.
        updates: the most that it is trained for.

    Returns:
        The mean absolute scaled error, ``one`` of the next value and ``twelve`` of the next twelve
        on average; ``naive_one`` and ``naive_twelve``, those errors over the naive forecast's.
    """
    generator = Generator().manual_seed(seed)
    part = PARTS[series]
    values = part.make(generator)
    windows = values.unfold(0, part.window + HORIZON, 1)  # (N, window + 12)
    origin = torch.arange(len(windows)) + part.window  # of each
    dealt = torch.rand(len(windows), generator=generator)
    tested = (origin >= part.test) & (dealt < 1 / 3)
    train = origin + HORIZON <= part.validation
    held = (origin >= part.validation) & (origin + HORIZON <= part.test)
    if leak == "stop":
        held = tested
    if leak == "shuffle":
        train, held = dealt > 1 / 2, (dealt >= 1 / 3) & (dealt <= 1 / 2)
    known = values if leak == "scale" else values[: part.validation]
    parts = windows[train], windows[held]
    trained = [_learn(seed, reads, known, *parts, lr=lr, updates=updates) for lr in RATES_TRIED]
    model = min(trained, key=lambda pair: pair[1])[0]
    return _scores(model, windows[tested], part, values)


def _learn(
    seed: int, reads: str, known: Tensor, train: Tensor, held: Tensor, *, lr: float, updates: int
) -> tuple[RecurrentForecaster, float]:
    """A network, and its loss on the windows held for validation."""
    torch.manual_seed(seed)
    model = RecurrentForecaster("lstm", horizon=HORIZON, minus_last=reads == "changes")
    model.scale_by(known)
    train, held = model.scaled(train), model.scaled(held)

    def sample(generator: Generator) -> Tensor:
        return train[torch.randint(len(train), (32,), generator=generator)].T

    def loss(model: Any, values: Tensor) -> Tensor:
        return forecast_loss(model, values, skip=8)

    def validate(model: Any) -> float:
        return forecast_loss(model, held.T, skip=held.shape[1] - HORIZON - 1).item()

    stopping: dict[str, Any] = {"validate": validate, "every": 25, "patience": 5}
    fit(model, sample, loss, steps=updates, lr=lr, seed=seed, progress=False, **stopping)
    with torch.no_grad():
        return model, validate(model)


def _scores(
    model: RecurrentForecaster, windows: Tensor, part: Part, values: Tensor
) -> dict[str, float]:
    read, actual = windows[:, : part.window], windows[:, part.window :]
    with torch.no_grad():
        forecast = model(model.scaled(read).T[..., None])[-1] * model.std + model.mean
    naive = read[:, -1:].expand_as(actual)
    known = values[: part.test]
    scores = {"one": slice(1), "twelve": slice(HORIZON)}
    found = {
        name: [
            mase(one[:, steps], actual[:, steps], known, part.season) for one in (forecast, naive)
        ]
        for name, steps in scores.items()
    }
    return {
        **{name: own for name, (own, _) in found.items()},
        **{f"naive_{name}": own / naives for name, (own, naives) in found.items()},
    }
