"""The LSTM cell as a picture: the whole of it, and each of its three paths by itself."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from rnncourse.plots import _cells
from rnncourse.plots._cells import (
    HALF_HEIGHT,
    IN,
    OUT,
    RADIUS,
    RAIL,
    SIGMA,
    TANH,
    TOP,
    Box,
    Cell,
    Operation,
    View,
    Wire,
)
from rnncourse.plots.style import COLORS, INK

# Columns and rows of the drawing.
_F, _I, _G, _O, _H = 2.3, 3.85, 5.4, 6.95, 8.55
_GATES, _SHOWN, _WRITTEN, _SQUASHED = 0.95, 1.75, 2.3, 2.75

# The letters of the paths: k(eep), w(rite), r(ead).
VIEWS = (
    View("all of it", "kwr", r"$c_t = f_t\,c_{t-1} + i_t\,g_t$,   $h_t = o_t\,\tanh(c_t)$"),
    View("keep", "k", r"$f_t\,c_{t-1}$"),
    View("write", "w", r"$+\;i_t\,g_t$"),
    View("read", "r", r"$h_t = o_t\,\tanh(c_t)$"),
)


_GATES_AT = (
    ("k", _F, SIGMA, "f"),
    ("w", _I, SIGMA, "i"),
    ("w", _G, TANH, "g"),
    ("r", _O, SIGMA, "o"),
)
_BELOW, _ABOVE = _GATES - HALF_HEIGHT, _GATES + HALF_HEIGHT
CELL = Cell(
    rail=[(IN, RAIL), (_O, RAIL)],
    boxes=(
        *(Box(paths, x, _GATES, sign, COLORS[gate]) for paths, x, sign, gate in _GATES_AT),
        Box("r", _H, _SQUASHED, TANH, INK),
    ),
    operations=(
        Operation("k", _F, TOP, "×"),
        Operation("kw", _G, TOP, "+"),
        Operation("w", _G, _WRITTEN, "×"),
        Operation("r", _H, _SHOWN, "×"),
    ),
    wires=(
        *(Wire(paths, [(x, RAIL), (x, _BELOW)], forks=x != _O) for paths, x, _, _ in _GATES_AT),
        Wire("k", [(IN, TOP), (_F - RADIUS, TOP)]),
        Wire("k", [(_F + RADIUS, TOP), (_G - RADIUS, TOP)]),
        Wire("kwr", [(_G + RADIUS, TOP), (OUT, TOP)]),
        Wire("k", [(_F, _ABOVE), (_F, TOP - RADIUS)], "$f_t$", (_F + 0.15, 2.3)),
        Wire(
            "w",
            [(_I, _ABOVE), (_I, _WRITTEN), (_G - RADIUS, _WRITTEN)],
            "$i_t$",
            (_I + 0.15, 1.8),
        ),
        Wire("w", [(_G, _ABOVE), (_G, _WRITTEN - RADIUS)], "$g_t$", (_G + 0.15, 1.65)),
        Wire("w", [(_G, _WRITTEN + RADIUS), (_G, TOP - RADIUS)]),
        Wire("r", [(_O, _ABOVE), (_O, _SHOWN), (_H - RADIUS, _SHOWN)], "$o_t$", (_O + 0.35, 2.05)),
        Wire("r", [(_H, TOP), (_H, _SQUASHED + HALF_HEIGHT)], forks=True),
        Wire("r", [(_H, _SQUASHED - HALF_HEIGHT), (_H, _SHOWN + RADIUS)]),
        Wire("r", [(_H, _SHOWN - RADIUS), (_H, RAIL), (OUT, RAIL)]),
    ),
    ends=(
        ("$c_{t-1}$", IN, TOP, "right"),
        ("$h_{t-1}$", IN, RAIL, "right"),
        ("$c_t$", OUT, TOP, "left"),
        ("$h_t$", OUT, RAIL, "left"),
    ),
)
LEGEND = (
    _cells.WITH_WEIGHTS,
    _cells.NUMBER_BY_NUMBER,
    _cells.WITHOUT_WEIGHTS,
    _cells.COPIED,
    _cells.CARRIES,
    _cells.JOINED,
)


def lstm_cell() -> tuple[Figure, list[Axes]]:
    """Draw an LSTM cell four times: all of it, then what keeps, writes and reads.

    Returns:
        The figure and its four axes.
    """
    return _cells.panels(CELL, VIEWS, LEGEND)
