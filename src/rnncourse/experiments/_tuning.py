"""Which learning rate suits a point of the grid, and whether the search went far enough."""

from __future__ import annotations

from math import inf, log
from statistics import fmean
from typing import Any

Row = dict[str, Any]
Point = dict[str, Any]

TUNING_SEEDS = 3
"""How many seeds, from 1000 on, each rate is tried with, where an experiment declares no number."""
AS_GOOD = 0.02
"""Rates whose results are within this share of the best one's count as equally good, where an
experiment declares no other."""
AROUND = 7
"""How many rates are tried where all come out alike."""
ROUND = [float(f"{digit}e{power}") for power in range(-6, 2) for digit in (1, 2, 3, 5)]
"""What rates beyond the declared ones are chosen from."""


def tune(search: list[Row], point: Point, column: str, as_good: float = AS_GOOD) -> float:
    """The learning rate with the smallest mean of a column over the seeds of the search.

    The mean and not the median, so that a rate at which one run of three fails is not the best. Of
    rates that are as good, the one that is furthest from the edge of those tried; so that the
    search goes on only where going on might help.

    Args:
        search: the runs of the search, each with its ``lr``.
        point: the point of the grid that a rate is wanted for.
        column: what to make small. A run that gave NaN counts as infinitely bad.
        as_good: the share of the best result by which another may be worse and yet as good.
    """
    found = _means(search, point, column)
    rates = sorted(found)
    best = min(found.values())
    good = [rate for rate in rates if found[rate] <= best + as_good * abs(best)]

    def inside(rate: float) -> int:
        return min(rates.index(rate), len(rates) - 1 - rates.index(rate))

    return min(good, key=lambda rate: (-inside(rate), found[rate]))


def at_edge(search: list[Row], point: Point, column: str, as_good: float = AS_GOOD) -> bool:
    """Whether the best rate of a point is the smallest or the largest that was tried."""
    rates = sorted(_means(search, point, column))
    return len(rates) > 1 and tune(search, point, column, as_good) in (rates[0], rates[-1])


def wider(search: list[Row], point: Point, column: str, as_good: float = AS_GOOD) -> list[float]:
    """The rates to try next at a point: beyond the edge where the best one lies, if it lies there.

    Where all rates are as good (or as bad) as one another, none of them was found: one more at
    either edge, up to `AROUND` of them.
    """
    found = _means(search, point, column)
    rates, best = sorted(found), min(found.values())
    ratio = (rates[-1] / rates[0]) ** (1 / (len(rates) - 1)) if len(rates) > 1 else 1

    def beyond(down: bool) -> float:
        wanted = rates[0] / ratio if down else rates[-1] * ratio
        there = [rate for rate in ROUND if (rate < rates[0] if down else rate > rates[-1])]
        return min(there, key=lambda rate: abs(log(rate / wanted)))

    finite = [value for value in found.values() if value < inf]
    if len(finite) > 1 and best > 0 and max(finite) <= best + as_good * best:
        return [beyond(down=True), beyond(down=False)] if len(rates) < AROUND else []
    if not at_edge(search, point, column, as_good):
        return []
    return [beyond(down=tune(search, point, column, as_good) == rates[0])]


def _means(search: list[Row], point: Point, column: str) -> dict[float, float]:
    values: dict[float, list[float]] = {}
    for row in search:
        if all(row[key] == value for key, value in point.items()):
            value = row[column]
            values.setdefault(row["lr"], []).append(inf if value != value else value)
    return {rate: fmean(found) for rate, found in values.items()}
