"""One gate as a picture: what it is made of, and what it lets through."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from rnncourse.plots import _cells
from rnncourse.plots._cells import (
    HALF_HEIGHT,
    IN,
    LEFT,
    OUT,
    RADIUS,
    RAIL,
    RIGHT,
    SIGMA,
    TOP,
    Box,
    Cell,
    Operation,
    View,
    Wire,
)
from rnncourse.plots.style import COLORS

_X, _Y = (LEFT + RIGHT) / 2, 1.5

# The letters of the paths: g(ate), p(assed on).
VIEWS = (
    View("open", "gp", r"$\alpha_t = 1$: all of $v$ passes"),
    View("shut", "g", r"$\alpha_t = 0$: nothing passes"),
)
CELL = Cell(
    rail=[(IN, RAIL), (_X, RAIL)],
    boxes=(Box("g", _X, _Y, SIGMA, COLORS["z"]),),
    operations=(Operation("g", _X, TOP, "×"),),
    wires=(
        Wire("g", [(_X, RAIL), (_X, _Y - HALF_HEIGHT)]),
        Wire(
            "g",
            [(_X, _Y + HALF_HEIGHT), (_X, TOP - RADIUS)],
            r"$\alpha_t$",
            (_X + 0.2, 2.5),
        ),
        Wire("g", [(IN, TOP), (_X - RADIUS, TOP)]),
        Wire("p", [(_X + RADIUS, TOP), (OUT, TOP)]),
    ),
    ends=(
        ("$v$", IN - 0.1, TOP, "right"),
        (r"$\alpha_t v$", OUT + 0.1, TOP, "left"),
        ("$h_{t-1}$", IN, RAIL, "right"),
    ),
)
LEGEND = (_cells.WITH_WEIGHTS, _cells.NUMBER_BY_NUMBER, _cells.CARRIES, _cells.JOINED)


def gate() -> tuple[Figure, list[Axes]]:
    """Draw a gate twice: open, and shut.

    Returns:
        The figure and its two axes.
    """
    return _cells.panels(CELL, VIEWS, LEGEND)
