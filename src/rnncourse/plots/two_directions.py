"""Two layers in two directions: who reads what, and where the last states are."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from rnncourse.plots.style import COLORS, INK, figure

STEPS = 4
_FORWARD, _BACKWARD = COLORS["simple"], COLORS["accent"]
_HALF = 0.34
_ROWS = {  # place, colour, direction, index of h_n
    "layer 1, forwards": (1.15, _FORWARD, 1, 0),
    "layer 1, backwards": (1.95, _BACKWARD, -1, 1),
    "layer 2, forwards": (3.45, _FORWARD, 1, 2),
    "layer 2, backwards": (4.25, _BACKWARD, -1, 3),
}
_BETWEEN, _TOP = 2.75, 5.05


def two_directions() -> tuple[Figure, Axes]:
    """Draw two layers in two directions, unrolled over four steps, with every shape.

    Filled boxes are the states that ``h_n`` holds: of each direction the last that it computes,
    which is the first step's for the one that reads backwards.
    """
    fig, ax = figure(height=3.3)
    ax.set(xlim=(-2.25, STEPS + 0.1), ylim=(-0.3, 5.65))
    ax.axis("off")
    for name, (y, color, direction, index) in _ROWS.items():
        ax.text(-0.55, y, name, ha="right", va="center", color=color)
        last = STEPS - 1 if direction > 0 else 0
        for t in range(STEPS):
            _box(ax, t, y, color, f"h_n[{index}]" if t == last else "")
            if t != last:
                ends = (t + _HALF * direction, y), (t + (1 - _HALF) * direction, y)
                _arrow(ax, *ends, color)
    for t in range(STEPS):
        ax.text(t, 0, f"$x_{t + 1}$", ha="center", va="center")
        for low, high in ((0.25, 0.87), (_BETWEEN + 0.12, 3.17), (4.53, _TOP + 0.05)):
            _arrow(ax, (t, low), (t, high), INK)
        _arrow(ax, (t, 2.23), (t, _BETWEEN - 0.12), INK)
        ax.plot([t - 0.33, t + 0.33], [_BETWEEN] * 2, color=INK, lw=1.2)
        ax.text(t, _TOP + 0.28, f"[{t}]", ha="center", va="center")
    shapes = {0.0: "x (T, B, D)", _BETWEEN: "(T, B, 2H)", _TOP + 0.28: "output (T, B, 2H)"}
    for y, words in shapes.items():
        ax.text(-0.55, y, words, ha="right", va="center", weight="bold")
    return fig, ax


def _box(ax: Axes, x: float, y: float, color: str, words: str) -> None:
    """A state; one that h_n holds is filled."""
    box = FancyBboxPatch(
        (x - _HALF, y - 0.24),
        2 * _HALF,
        0.48,
        boxstyle="round,pad=0.02",
        ec=color,
        fc=(color, 0.35 if words else 0.06),
        lw=1.8,
    )
    ax.add_patch(box)
    ax.text(x, y, words, ha="center", va="center", size=10)


def _arrow(ax: Axes, start: tuple[float, float], end: tuple[float, float], color: str) -> None:
    style = {"arrowstyle": "-|>", "color": color, "shrinkA": 0, "shrinkB": 0, "lw": 1.4}
    ax.annotate("", end, start, arrowprops=style)
