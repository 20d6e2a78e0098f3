"""The GRU cell as one picture: what is kept, what is written, and what the candidate may look at.

The boxes stand in the order of the equations, r z n, and so that no two wires cross: r and n below,
z between them and the state, which runs along the top.
"""

from __future__ import annotations

from typing import NamedTuple

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle, FancyBboxPatch, Patch, PathPatch, Polygon
from matplotlib.path import Path

from rnncourse.plots.style import COLORS, INK, figure

WIDTH, HEIGHT = 7.1, 2.92  # inches, and the units of the drawing: full width of the text
# A telephone shows the picture at 46 % of its size: in 10 px the words, and the t of h_t.
SIZE, NAME, WORD = 18.5, 23.5, 16.6
TOP, MIDDLE, BOTTOM = 2.48, 1.59, 0.78
KEEP, CANDIDATE, WRITE = 3.15, 4.65, 5.9
RESET = 1.86
HALF_HEIGHT = 0.27
SPACE = 0.13  # between a name and its wire; a browser's font may be wider

Point = tuple[float, float]


class Part(NamedTuple):
    """A box with weights, or, without a colour, what is done number by number."""

    name: str
    x: float
    y: float
    half_width: float
    color: str = ""

    @property
    def left(self) -> Point:
        """The middle of the left side."""
        return (self.x - self.half_width, self.y)

    @property
    def right(self) -> Point:
        """The middle of the right side."""
        return (self.x + self.half_width, self.y)

    @property
    def top(self) -> Point:
        """The middle of the upper side."""
        return (self.x, self.y + HALF_HEIGHT)

    @property
    def bottom(self) -> Point:
        """The middle of the lower side."""
        return (self.x, self.y - HALF_HEIGHT)


class Wire(NamedTuple):
    """A vector on its way to the last of `points`. One with a colour carries a gate's numbers."""

    points: tuple[Point, ...]
    color: str = INK


R = Part("$r$", RESET, BOTTOM, 0.33, COLORS["r"])
Z = Part("$z$", KEEP, MIDDLE, 0.33, COLORS["z"])
N = Part("$n$", CANDIDATE, BOTTOM, 0.33, COLORS["n"])
TIMES_R = Part("$×\\,r$", KEEP, BOTTOM, 0.4)
TIMES_Z = Part("$×\\,z$", KEEP, TOP, 0.4)
TIMES_REST = Part("$×\\,(1-z)$", WRITE, MIDDLE, 0.8)
PLUS = Part("$+$", WRITE, TOP, HALF_HEIGHT)
PARTS = (R, Z, N, TIMES_R, TIMES_Z, TIMES_REST, PLUS)

_BOTH = "$x_t,\\,h_{t-1}$"
_STUB = 0.36
_STATE, _NEXT = (0.75, TOP), (WIDTH - 0.48, TOP)

WIRES = (
    Wire((_STATE, TIMES_Z.left)),
    Wire((TIMES_Z.right, PLUS.left)),
    Wire((PLUS.right, _NEXT)),
    Wire(((R.left[0] - _STUB, BOTTOM), R.left)),
    Wire(((Z.left[0] - _STUB, MIDDLE), Z.left)),
    Wire(((N.x, 0.1), N.bottom)),
    Wire(((KEEP, 0.1), TIMES_R.bottom)),
    Wire((R.right, TIMES_R.left), COLORS["r"]),
    Wire((Z.top, TIMES_Z.bottom), COLORS["z"]),
    Wire((Z.right, TIMES_REST.left), COLORS["z"]),
    Wire((TIMES_R.right, N.left)),
    Wire((N.right, (WRITE, BOTTOM), TIMES_REST.bottom), COLORS["n"]),
    Wire((TIMES_REST.top, PLUS.bottom), COLORS["n"]),
)

# Each name, and the end of the wire that it stands at or beside: ha, va, x, y.
NAMES = (
    ("$h_{t-1}$", "right", "center", _STATE[0] - SPACE, TOP),
    ("$h_t$", "left", "center", _NEXT[0] + SPACE, TOP),
    (_BOTH, "right", "center", R.left[0] - _STUB - SPACE, BOTTOM),
    (_BOTH, "right", "center", Z.left[0] - _STUB - SPACE, MIDDLE),
    ("$x_t$", "left", "center", N.x + SPACE, 0.2),
    ("$U_n h_{t-1} + b_U$", "right", "center", KEEP - 2 * SPACE, 0.2),
    ("kept", "center", "bottom", (TIMES_Z.right[0] + PLUS.left[0]) / 2, TOP + 0.06),
    ("written", "left", "center", WRITE + 1.6 * SPACE, (MIDDLE + TOP) / 2),
)


def gru_cell() -> tuple[Figure, Axes]:
    """Draw a GRU cell, its reset gate acting after the product, as in `torch.nn.GRU`.

    Returns:
        The figure and its axes.
    """
    fig, ax = figure(WIDTH, HEIGHT)
    ax.set(xlim=(0, WIDTH), ylim=(0, HEIGHT), aspect="equal")
    ax.set_axis_off()
    for wire in WIRES:
        _draw_wire(ax, wire)
    for part in PARTS:
        _draw_part(ax, part)
    for name, ha, va, x, y in NAMES:
        ax.text(x, y, name, ha=ha, va=va, size=NAME if "$" in name else WORD)
    return fig, ax


def _draw_wire(ax: Axes, wire: Wire) -> None:
    width = 1.7 if wire.color == INK else 2.4
    (x0, y0), (x, y) = wire.points[-2:]
    dx, dy = (x > x0) - (x < x0), (y > y0) - (y < y0)  # wires are level or upright
    back, side = 0.16, 0.075
    end = (x - back * dx, y - back * dy)
    path = Path([*wire.points[:-1], end])
    ax.add_patch(PathPatch(path, fc="none", ec=wire.color, lw=width, clip_on=False))
    left, right = ((end[0] + k * side * dy, end[1] + k * side * dx) for k in (-1, 1))
    corners = [(x, y), left, right]
    ax.add_patch(Polygon(corners, fc=wire.color, ec="none", clip_on=False))


def _draw_part(ax: Axes, part: Part) -> None:
    patch: Patch
    if part is PLUS:
        patch = Circle((part.x, part.y), HALF_HEIGHT, fc="none", ec=INK, lw=1.5, clip_on=False)
    else:
        patch = FancyBboxPatch(
            (part.x - part.half_width, part.y - HALF_HEIGHT),
            2 * part.half_width,
            2 * HALF_HEIGHT,
            boxstyle="square,pad=0" if part.color else f"round,pad=0,rounding_size={HALF_HEIGHT}",
            ec=part.color or INK,
            fc=(part.color, 0.18) if part.color else "none",
            lw=2.2 if part.color else 1.5,
            clip_on=False,
        )
    ax.add_patch(patch)
    size = SIZE + 3 if part.color else SIZE
    ax.text(part.x, part.y, part.name, ha="center", va="center", size=size)
