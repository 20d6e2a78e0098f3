"""What is repeated at every step: in a simple network one function, in an LSTM four."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from rnncourse.plots import _cells
from rnncourse.plots._cells import (
    HALF_HEIGHT,
    IN,
    LEFT,
    OUT,
    RAIL,
    RIGHT,
    SIZE,
    TANH,
    TOP,
    Box,
    Cell,
    Wire,
)
from rnncourse.plots.lstm_cell import CELL as LSTM
from rnncourse.plots.style import COLORS, figure

_GAP, _NEIGHBOUR, _STUB = 1.6, 1.7, 0.6
_X, _Y, _OUT = 4.95, 0.95, 8.55

SIMPLE = Cell(
    rail=[(IN, RAIL), (_X, RAIL)],
    boxes=(Box("a", _X, _Y, TANH, COLORS["simple"]),),
    operations=(),
    wires=(
        Wire("a", [(_X, RAIL), (_X, _Y - HALF_HEIGHT)]),
        Wire("a", [(_X, _Y + HALF_HEIGHT), (_X, 1.75), (_OUT, 1.75), (_OUT, RAIL), (OUT, RAIL)]),
    ),
    ends=(),
)


def repeating_module() -> tuple[Figure, list[Axes]]:
    """Draw three steps of a simple network, and of an LSTM in the same frame, the middle one open.

    Returns:
        The figure and its two axes.
    """
    fig, axes = figure(width=4.8, height=3.9, nrows=2)
    _chain(axes[0], SIMPLE, {"h": RAIL}, "simple network: one box with weights")
    _chain(axes[1], LSTM, {"c": TOP, "h": RAIL}, "LSTM: four")
    return fig, list(axes)


def _chain(ax: Axes, cell: Cell, states: dict[str, float], title: str) -> None:
    wires = [wire._replace(name="") for wire in cell.wires]
    _cells.frame(ax, LEFT, RIGHT)
    _cells.draw(ax, cell._replace(wires=wires, ends=()), "".join(w.paths for w in wires))
    before, after = LEFT - _GAP, RIGHT + _GAP
    for left, step in ((before - _NEIGHBOUR, "t-1"), (after, "t+1")):
        middle = left + _NEIGHBOUR / 2
        _cells.frame(ax, left, left + _NEIGHBOUR)
        ax.text(middle, TOP / 2, f"${step}$", size=SIZE, ha="center", va="center")
        _cells.arrow(ax, [(middle, RAIL - 0.9), (middle, RAIL - 0.4)])
        ax.text(middle, RAIL - 1.2, f"$x_{{{step}}}$", size=SIZE, ha="center", va="center")
    for letter, y in states.items():
        _cells.line(ax, [(before, y), (IN, y)])
        _cells.line(ax, [(OUT, y), (after, y)])
        _cells.line(ax, [(before - _NEIGHBOUR - _STUB, y), (before - _NEIGHBOUR, y)])
        _cells.arrow(ax, [(after + _NEIGHBOUR, y), (after + _NEIGHBOUR + _STUB, y)])
        for x, step in (((before + LEFT) / 2, "t-1"), ((RIGHT + after) / 2, "t")):
            name = f"${letter}_{{{step}}}$"
            ax.text(x, y + 0.2, name, size=SIZE, ha="center", va="bottom")
    ax.set_title(title, weight="bold", pad=3)
    edge = _NEIGHBOUR + _STUB + 0.1
    ax.set(xlim=(before - edge, after + edge), ylim=(-1.5, TOP + 0.75), aspect="equal")
    ax.set_axis_off()
