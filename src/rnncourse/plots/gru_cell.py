"""The GRU cell as a picture: the whole of it, and what each of its two gates is for."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from rnncourse.plots import _cells
from rnncourse.plots._cells import (
    HALF_HEIGHT,
    HALF_WIDTH,
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
from rnncourse.plots.style import COLORS

# Columns and rows of the drawing.
_Z, _R, _U, _N, _H = 2.3, 3.85, 5.4, 7.1, 8.55
_COPY = 0.95
_GATES, _CANDIDATE, _SHARES = 1.1, 2.05, 2.65

# The letters of the paths: k(ept and replaced), c(andidate).
VIEWS = (
    View("all of it", "kc", r"$h_t = z_t\,h_{t-1} + (1 - z_t)\,n_t$"),
    View("kept and replaced", "k", r"$z_t\,h_{t-1} + (1 - z_t)\,n_t$"),
    View(
        "what the candidate may look at",
        "c",
        r"$n_t = \tanh(w_n x_t + b_n + r_t\,(u_n h_{t-1} + b_U))$",
    ),
)

_BELOW, _ABOVE = _GATES - HALF_HEIGHT, _GATES + HALF_HEIGHT


CELL = Cell(
    rail=[(IN, TOP), (_COPY, TOP), (_COPY, RAIL), (_N, RAIL)],
    boxes=(
        Box("k", _Z, _GATES, SIGMA, COLORS["z"]),
        Box("c", _R, _GATES, SIGMA, COLORS["r"]),
        Box("c", _U, _GATES, "$U_n$", COLORS["n"]),
        Box("c", _N, _CANDIDATE, TANH, COLORS["n"]),
    ),
    operations=(
        Operation("k", _Z, TOP, "×"),
        Operation("k", _R, _SHARES, "1−"),
        Operation("k", _H, _SHARES, "×"),
        Operation("k", _H, TOP, "+"),
        Operation("c", _U, _CANDIDATE, "×"),
    ),
    wires=(
        Wire("k", [(_COPY, TOP), (_Z - RADIUS, TOP)], forks=True),
        Wire("k", [(_Z + RADIUS, TOP), (_H - RADIUS, TOP)]),
        Wire("k", [(_H + RADIUS, TOP), (OUT, TOP)]),
        Wire("k", [(_Z, RAIL), (_Z, _BELOW)], forks=True),
        Wire("c", [(_R, RAIL), (_R, _BELOW)], forks=True),
        Wire("c", [(_U, RAIL), (_U, _BELOW)], "$h_{t-1}$", (_U + 0.12, 0.36), forks=True),
        Wire("c", [(_N, RAIL), (_N, _CANDIDATE - HALF_HEIGHT)], "$x_t$", (_N + 0.12, 0.36)),
        Wire("k", [(_Z, _ABOVE), (_Z, TOP - RADIUS)], "$z_t$", (_Z + 0.12, 1.95)),
        Wire("k", [(_Z, _SHARES), (_R - RADIUS, _SHARES)], forks=True),
        Wire("k", [(_R + RADIUS, _SHARES), (_H - RADIUS, _SHARES)]),
        Wire("k", [(_H, _SHARES + RADIUS), (_H, TOP - RADIUS)]),
        Wire(
            "c",
            [(_R, _ABOVE), (_R, _CANDIDATE), (_U - RADIUS, _CANDIDATE)],
            "$r_t$",
            (_R + 0.12, 1.76),
        ),
        Wire("c", [(_U, _ABOVE), (_U, _CANDIDATE - RADIUS)]),
        Wire("c", [(_U + RADIUS, _CANDIDATE), (_N - HALF_WIDTH, _CANDIDATE)]),
        Wire(
            "kc",
            [(_N + HALF_WIDTH, _CANDIDATE), (_H, _CANDIDATE), (_H, _SHARES - RADIUS)],
            "$n_t$",
            (_H - 0.4, 1.72),
        ),
    ),
    ends=(("$h_{t-1}$", IN, TOP, "right"), ("$h_t$", OUT, TOP, "left")),
)
LEGEND = (
    _cells.WITH_WEIGHTS,
    _cells.NUMBER_BY_NUMBER,
    _cells.ONLY_WEIGHTS,
    _cells.COPIED,
    _cells.CARRIES,
    _cells.JOINED,
)


def gru_cell() -> tuple[Figure, list[Axes]]:
    """Draw a GRU cell three times: all of it, then what `z` is for, and what `r` is for.

    The reset gate acts after the product, as in `torch.nn.GRU`.

    Returns:
        The figure and its three axes.
    """
    return _cells.panels(CELL, VIEWS, LEGEND)
