"""Series to forecast: three made by rule, whose best forecast is known, and four measured ones."""

from __future__ import annotations

import csv
from typing import Any

import torch
from torch import Generator, Tensor

from rnnbook.cells.checks import positive_int
from rnnbook.data import fetch
from rnnbook.tasks import draws

SEASONS = {"sunspots": 11, "co2": 52, "co2_monthly": 12, "etth1": 24}
"""How many steps a season of each measured series has."""


def random_walk(count: int, generator: Generator) -> Tensor:
    """Each value is the last one and a step of N(0, 1): no forecast beats the last value.

    Args:
        count: ``T``, how many values.
        generator: what the steps are drawn from.

    Returns:
        Shape (T).
    """
    return draws.normal((positive_int("count", count),), generator).cumsum(dim=0)


def seasonal(count: int, generator: Generator, period: int = 12) -> Tensor:
    """Each value is the one a season ago and N(0, 0.3²): no forecast beats that value.

    The first season is of N(0, 1), with its mean taken away.

    Args:
        count: ``T``, how many values.
        generator: what the first season and the steps are drawn from.
        period: how many steps a season has.

    Returns:
        Shape (T).
    """
    T, P = positive_int("count", count), positive_int("period", period)
    first = draws.normal((1, P), generator)
    steps = 0.3 * draws.normal((-(-T // P), P), generator)  # a row a season
    steps[0] = first - first.mean()
    return steps.cumsum(dim=0).flatten()[:T]


def cue_response(count: int, generator: Generator) -> Tensor:
    """A cue says what four bells are answered by, 34 steps later at least: memory pays.

    Again and again: a cue of 1 or −1; four times a quiet gap of 33–45 steps, a bell of 0.5, and
    at the next step the response, twice the cue; and a quiet gap of 5–14 steps. All is under
    noise of N(0, 0.1²). The bell says when, and the cue alone says which. A window of the last
    32 steps never holds a cue or a response when the next response is due.

    Args:
        count: ``T``, how many values.
        generator: what cues, gaps and noise are drawn from.

    Returns:
        Shape (T).
    """
    noise = 0.1 * draws.normal((positive_int("count", count),), generator)
    clean, step = torch.zeros_like(noise), 0
    while step < count:
        cue = 2 * int(draws.ints(0, 2, (), generator)) - 1
        gaps = draws.ints(33, 46, (4,), generator).tolist()
        clean[step : step + 1] = cue
        for gap in gaps:
            step += gap + 1
            clean[step : step + 1] = 0.5
            step += 1
            clean[step : step + 1] = 2 * cue
        step += 1 + int(draws.ints(5, 15, (), generator))
    return clean + noise


def sunspots() -> Tensor:
    """How many spots the sun had in each year from 1700 to 2008, shape (309).

    Raises:
        ModuleNotFoundError: if statsmodels, which they come with, is not installed.
    """
    return _floats(_shipped("sunspots")["SUNACTIVITY"])


def co2() -> Tensor:
    """Carbon dioxide over Mauna Loa in parts per million, March 1958 to 2001, weekly, shape (2284).

    The 59 weeks that are missing lie on straight lines between their neighbours.

    Raises:
        ModuleNotFoundError: if statsmodels, which they come with, is not installed.
    """
    return _floats(_shipped("co2")["co2"].interpolate())


def co2_monthly() -> Tensor:
    """The same, the mean of each month's weeks, shape (526)."""
    return _floats(_shipped("co2")["co2"].resample("MS").mean().interpolate())


def etth1() -> Tensor:
    """A power transformer's oil temperature in °C, hourly, July 2016 to June 2018, shape (17420).

    Raises:
        DataUnavailable: if the file is neither here nor can be downloaded.
    """
    with open(fetch("etth1.csv"), encoding="utf-8", newline="") as file:
        return torch.tensor([float(row["OT"]) for row in csv.DictReader(file)])


def _shipped(name: str) -> Any:
    """A table that statsmodels brings."""
    try:
        from statsmodels import datasets
    except ModuleNotFoundError as missing:
        raise ModuleNotFoundError(
            f"{name} needs statsmodels, which is not installed here; it comes with "
            'rnnbook[course]. In the book\'s folder: pip install -e ".[course]"',
            name=missing.name,
        ) from missing
    return getattr(datasets, name).load_pandas().data


def _floats(column: Any) -> Tensor:
    return torch.tensor(column.to_numpy(), dtype=torch.get_default_dtype())
