"""Where a run is chaotic: a rounding error at the start is another result at the end.

Two processors round differently. Where training is chaotic, one seed then ends elsewhere on the
other machine, and only the distribution over seeds repeats. That can be seen on one machine: the
first seed of every point runs again, at a learning rate that is larger by a millionth.
"""

from __future__ import annotations

from collections.abc import Sequence

from rnncourse.experiments._cheap import differences
from rnncourse.experiments._tuning import Point, Row

NUDGE = 1e-6
"""By what share the learning rate of the second run is larger."""


def nudged(points: Sequence[Point]) -> list[Point]:
    """The same points of the grid, each at a learning rate that is larger by a millionth."""
    return [{**point, "lr": point["lr"] * (1 + NUDGE)} for point in points]


def chaotic(points: Sequence[Point], rows: Sequence[Row], again: Sequence[Row]) -> list[Point]:
    """The points whose run ended elsewhere once it was nudged.

    Args:
        points: of the grid, with the learning rate of each as ``lr``.
        rows: what the first seed measured at each.
        again: what it measured at each of the `nudged` points.
    """
    found = []
    for point, row, other in zip(points, rows, again, strict=True):
        measured = row.keys() - point.keys() - {"seed", "_seconds"}
        if differences({name: other[name] for name in measured}, {n: row[n] for n in measured}):
            found.append({name: value for name, value in point.items() if name != "lr"})
    return found
