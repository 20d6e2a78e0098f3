"""The shapes of problems on sequences: how many inputs, how many outputs, and when."""

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from rnncourse.plots.style import COLORS, INK, figure

_SHAPES: tuple[tuple[str, tuple[int, ...], tuple[int, ...]], ...] = (
    ("one to many", (0,), (0, 1, 2, 3)),
    ("many to one", (0, 1, 2, 3), (3,)),
    ("many to many, while reading", (0, 1, 2, 3), (0, 1, 2, 3)),
    ("many to many, after reading", (0, 1), (2, 3)),
)
_STEPS = 4


def shapes(examples: Sequence[str]) -> tuple[Figure, list[Axes]]:
    """Draw four shapes of problems, each as a row of steps that runs from left to right.

    Circles below are inputs, circles above are outputs, boxes are the network at each step, and
    arrows from box to box what it remembers.

    Args:
        examples: One line below each panel: one to many, many to one, many to many while
            reading, many to many after reading.

    Returns:
        The figure and its four axes.

    Raises:
        ValueError: If there are not four examples.
    """
    if len(examples) != len(_SHAPES):
        raise ValueError(f"examples must hold {len(_SHAPES)} lines, got {len(examples)}")
    fig, grid = figure(height=4.8, nrows=2, ncols=2)
    axes = list(grid.flat)
    for ax, (title, inputs, outputs), example in zip(axes, _SHAPES, examples, strict=True):
        ax.set(xlim=(-0.5, _STEPS - 0.5), ylim=(-1.9, 1.2))
        ax.set_title(title, weight="bold")
        ax.axis("off")
        ax.text((_STEPS - 1) / 2, -1.7, example, ha="center", va="bottom")
        for t in range(_STEPS):
            _box(ax, t)
            if t:
                _arrow(ax, (t - 0.72, 0), (t - 0.28, 0))
            if t in inputs:
                _circle(ax, t, -0.85, filled=False)
                _arrow(ax, (t, -0.68), (t, -0.27))
            if t in outputs:
                _circle(ax, t, 0.85, filled=True)
                _arrow(ax, (t, 0.27), (t, 0.68))
    return fig, axes


def _box(ax: Axes, t: int) -> None:
    color = COLORS["simple"]
    box = FancyBboxPatch(
        (t - 0.22, -0.2), 0.44, 0.4, boxstyle="round,pad=0.02", ec=color, fc=(color, 0.15), lw=2
    )
    ax.add_patch(box)


def _circle(ax: Axes, t: int, y: float, *, filled: bool) -> None:
    ax.plot(t, y, "o", ms=10, mec=INK, mfc=INK if filled else "none", mew=1.3)


def _arrow(ax: Axes, start: tuple[float, float], end: tuple[float, float]) -> None:
    style = {"arrowstyle": "-|>", "color": INK, "shrinkA": 0, "shrinkB": 0, "lw": 1.3}
    ax.annotate("", end, start, arrowprops=style)
