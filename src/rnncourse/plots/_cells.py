"""What pictures of cells are made of: boxes, circles, wires, and a legend that explains them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle, FancyBboxPatch, PathPatch, Polygon
from matplotlib.path import Path

from rnncourse.plots.style import COLORS, INK, figure

# A telephone shows a picture of this width at nine tenths of its size: 12 points stay legible.
WIDTH = 3.9
SIZE = 12.0
FAINT = 0.35

SIGMA, TANH = "σ", "tanh"
TOP, RAIL = 3.6, 0.0
"""Heights of the state that passes by, and of what the boxes read."""
LEFT, RIGHT = 0.5, 9.4
"""The borders of a cell."""
RADIUS = 0.33
HALF_WIDTH, HALF_HEIGHT = 0.64, 0.38
READ = 1.2
"""Where the input joins the rail."""
IN, OUT = LEFT - 0.6, RIGHT + 0.6
"""Where a wire begins before a cell, and where it ends behind it."""
_PANEL, _ROW = 2.1, 0.36  # inches

Points = Sequence[tuple[float, float]]
Painter = Callable[[Axes, float, float], None]


class Box(NamedTuple):
    """A function of a whole vector. One without weights has the colour INK."""

    paths: str
    x: float
    y: float
    sign: str
    color: str


class Operation(NamedTuple):
    """Something that is done number by number."""

    paths: str
    x: float
    y: float
    sign: str


class Wire(NamedTuple):
    """A vector on its way to the last of `points`, with its name beside it. One that `forks` is a
    copy of the one that it begins at."""

    paths: str
    points: Points
    name: str = ""
    at: tuple[float, float] = (0.0, 0.0)
    forks: bool = False


class Cell(NamedTuple):
    """One step, drawn. The letters of `paths` say which paths through the cell a part is on.

    `rail` is the way of what the boxes read, and `ends` are the names of what enters and leaves,
    and where they stand.
    """

    rail: Points
    boxes: Sequence[Box]
    operations: Sequence[Operation]
    wires: Sequence[Wire]
    ends: Sequence[tuple[str, float, float, Literal["left", "center", "right"]]]


class View(NamedTuple):
    """A panel's title, the paths that it shows in full, and what they compute."""

    title: str
    paths: str
    equation: str


def panels(
    cell: Cell, views: Sequence[View], legend: Sequence[tuple[str, Painter]]
) -> tuple[Figure, list[Axes]]:
    """Draw a cell once for each view, one below the other, under a legend.

    Args:
        cell: The parts.
        views: What each panel shows.
        legend: Words, and what paints the sign that they explain.

    Returns:
        The figure and the axes of its views.
    """
    rows = (len(legend) + 1) // 2
    heights = [_ROW * rows, *[_PANEL] * len(views)]
    fig, (key, *axes) = figure(
        WIDTH, sum(heights), len(heights), gridspec_kw={"height_ratios": heights}
    )
    for place, (words, paint) in enumerate(legend):
        x, y = (-0.4, 5.9)[place % 2], -float(place // 2)
        paint(key, x, y)
        key.text(x + 0.85, y, words, size=SIZE - 1.5, va="center")
    _finish(key, 0.5 - rows, 0.5)
    for ax, view in zip(axes, views, strict=True):
        frame(ax, LEFT, RIGHT)
        draw(ax, cell, view.paths)
        ax.set_title(view.title, weight="bold", pad=3)
        ax.text((LEFT + RIGHT) / 2, -1.1, view.equation, size=SIZE + 1, ha="center", va="top")
        _finish(ax, -1.75, TOP + 0.5)
    return fig, axes


def draw(ax: Axes, cell: Cell, paths: str) -> None:
    """Draw a cell in full on the given paths, and faintly elsewhere."""

    def strength(of: str) -> float:
        return 1.0 if set(of) & set(paths) else FAINT

    line(ax, cell.rail)
    join(ax, READ, RAIL, below=0.9)
    for wire in cell.wires:
        arrow(ax, wire.points, strength(wire.paths), forks=wire.forks)
        if wire.name:
            ax.text(*wire.at, wire.name, size=SIZE, alpha=strength(wire.paths), va="center")
    for part in cell.boxes:
        box(ax, part.x, part.y, part.sign, part.color, strength(part.paths))
    for each in cell.operations:
        operation(ax, each.x, each.y, each.sign, strength(each.paths))
    ax.text(READ - 0.15, RAIL - 0.75, "$x_t$", size=SIZE, ha="right", va="center")
    for name, x, y, side in cell.ends:
        ax.text(x, y, name, size=SIZE, ha=side, va="center")


def line(ax: Axes, points: Points, alpha: float = 1.0, *, forks: bool = False) -> None:
    """A vector on its way."""
    path = PathPatch(Path(list(points)), fc="none", ec=(INK, alpha), lw=1.5, clip_on=False)
    ax.add_patch(path)
    if forks:
        ax.plot(*points[0], "o", color=INK, ms=4.5, mew=0, alpha=alpha, clip_on=False)


def arrow(ax: Axes, points: Points, alpha: float = 1.0, *, forks: bool = False) -> None:
    """A vector on its way, and the side that it comes in from."""
    line(ax, points, alpha, forks=forks)
    (x0, y0), (x, y) = points[-2:]
    dx, dy = (x > x0) - (x < x0), (y > y0) - (y < y0)  # wires are level or upright
    back, side = 0.26, 0.11
    corners = [
        (x, y),
        (x - back * dx - side * dy, y - back * dy - side * dx),
        (x - back * dx + side * dy, y - back * dy + side * dx),
    ]
    ax.add_patch(Polygon(corners, fc=(INK, alpha), ec="none", clip_on=False))


def join(ax: Axes, x: float, y: float, below: float) -> None:
    """A wire that comes from below and runs into another one, to the right."""
    bend = 0.4
    corners = [(x, y - below), (x, y - bend), (x, y), (x + bend, y)]
    codes = [Path.MOVETO, Path.LINETO, Path.CURVE3, Path.CURVE3]
    ax.add_patch(PathPatch(Path(corners, codes), fc="none", ec=INK, lw=1.5, clip_on=False))


def box(ax: Axes, x: float, y: float, sign: str, color: str, alpha: float = 1.0) -> None:
    """A function of a whole vector; round and empty, one without weights."""
    weights = color != INK
    patch = FancyBboxPatch(
        (x - HALF_WIDTH, y - HALF_HEIGHT),
        2 * HALF_WIDTH,
        2 * HALF_HEIGHT,
        boxstyle="square,pad=0" if weights else "round,pad=0,rounding_size=0.35",
        ec=(color, alpha),
        fc=(color, 0.18 * alpha) if weights else "none",
        lw=1.8 if weights else 1.5,
        clip_on=False,
    )
    ax.add_patch(patch)
    size = SIZE - 1.5 if sign == TANH else SIZE
    ax.text(x, y, sign, ha="center", va="center", size=size, alpha=alpha)


def operation(ax: Axes, x: float, y: float, sign: str, alpha: float = 1.0) -> None:
    """Something that is done number by number."""
    patch = Circle((x, y), RADIUS, fc="none", ec=(INK, alpha), lw=1.5, clip_on=False)
    ax.add_patch(patch)
    size = SIZE if len(sign) == 1 else SIZE - 2.5
    ax.text(x, y, sign, ha="center", va="center", size=size, alpha=alpha)


def frame(ax: Axes, left: float, right: float) -> None:
    """The border of a cell."""
    patch = FancyBboxPatch(
        (left, RAIL - 0.4),
        right - left,
        TOP - RAIL + 0.8,
        boxstyle="round,pad=0,rounding_size=0.4",
        ec=(INK, 0.3),
        fc=(INK, 0.03),
        lw=1,
        clip_on=False,
    )
    ax.add_patch(patch)


def _finish(ax: Axes, low: float, high: float) -> None:
    room = 1.0  # for the names of what enters and leaves
    ax.set(xlim=(IN - room, OUT + room), ylim=(low, high), aspect="equal")
    ax.set_axis_off()


def _weights(ax: Axes, x: float, y: float) -> None:
    box(ax, x, y, SIGMA, COLORS["i"])


def _squash(ax: Axes, x: float, y: float) -> None:
    box(ax, x, y, TANH, INK)


def _number_by_number(ax: Axes, x: float, y: float) -> None:
    operation(ax, x, y, "×")


def _fork(ax: Axes, x: float, y: float) -> None:
    line(ax, [(x - 0.6, y), (x + 0.6, y)])
    line(ax, [(x, y), (x, y + 0.4)], forks=True)


def _join(ax: Axes, x: float, y: float) -> None:
    line(ax, [(x - 0.6, y), (x + 0.6, y)])
    join(ax, x - 0.2, y, 0.45)


def _wire(ax: Axes, x: float, y: float) -> None:
    line(ax, [(x - 0.6, y), (x + 0.6, y)])


WITH_WEIGHTS: tuple[str, Painter] = ("weights and squash", _weights)
WITHOUT_WEIGHTS: tuple[str, Painter] = ("tanh alone", _squash)
NUMBER_BY_NUMBER: tuple[str, Painter] = ("number by number", _number_by_number)
COPIED: tuple[str, Painter] = ("copied", _fork)
JOINED: tuple[str, Painter] = ("$x$ and $h$ joined", _join)
CARRIES: tuple[str, Painter] = ("vector of $H$ ($x$: of $D$)", _wire)
