"""Two ways to give a network the past: a window that slides, and a state that is carried."""

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch, Rectangle

from rnncourse.plots.style import COLORS, INK, figure

_LEVELS = (0.72, 0.36, 0.0)
"""Heights of three windows above the inputs, one for each of the last three steps."""


def two_ways(
    bits: Sequence[int], states: Sequence[int], k: int
) -> tuple[Figure, tuple[Axes, Axes]]:
    """Draw the same bits twice: above with windows of ``k``, below with one state handed on.

    Args:
        bits: the inputs ``x_1 … x_T``.
        states: what is kept after each of them.
        k: how many inputs a window holds.

    Returns:
        The figure and its two axes.

    Raises:
        ValueError: If there is not one state for each bit, or the three last windows do not fit.
    """
    steps = len(bits)
    if len(states) != steps:
        raise ValueError(f"states must be one for each of the {steps} bits, got {len(states)}")
    if not 1 <= k <= steps - 2:
        raise ValueError(f"k must be a positive int of at most {steps - 2}, got {k}")
    fig, (above, below) = figure(height=3.3, nrows=2, height_ratios=(1.75, 1.2))
    for ax, title, top in ((above, f"a window of {k}", 1.05), (below, "a state", 0.5)):
        ax.set(xlim=(-1.2, steps - 0.4), ylim=(-0.7, top))
        ax.axis("off")
        ax.set_title(title, loc="left", weight="bold")
        for t, bit in enumerate(bits):
            ax.text(t, -0.55, str(bit), ha="center", va="center")
    above.text(-1.1, -0.55, "$x_t$", ha="left", va="center")
    below.text(-1.1, -0.55, "$x_t$", ha="left", va="center")
    below.text(-1.1, 0.2, "$h_t$", ha="left", va="center")
    for back, level in enumerate(_LEVELS):
        _window(above, bits, steps - len(_LEVELS) + back, k, level)
    color = COLORS["simple"]
    for t, state in enumerate(states):
        box = FancyBboxPatch(
            (t - 0.24, 0), 0.48, 0.4, boxstyle="round,pad=0.02", ec=color, fc=(color, 0.15), lw=2
        )
        below.add_patch(box)
        below.text(t, 0.2, str(state), ha="center", va="center")
        _arrow(below, (t, -0.38), (t, -0.04))
        if t:
            _arrow(below, (t - 0.72, 0.2), (t - 0.28, 0.2))
    return fig, (above, below)


def _window(ax: Axes, bits: Sequence[int], t: int, k: int, level: float) -> None:
    """The window of step ``t`` (from 0), with what it holds."""
    color = COLORS["baseline"]
    left = t - k + 0.55
    ax.add_patch(Rectangle((left, level), k - 0.1, 0.27, ec=color, fc=(color, 0.15), lw=2))
    ax.text(left - 0.12, level + 0.13, f"$t = {t + 1}$", ha="right", va="center")
    for seen in range(t - k + 1, t + 1):
        ax.text(seen, level + 0.125, str(bits[seen]), ha="center", va="center", size="small")


def _arrow(ax: Axes, start: tuple[float, float], end: tuple[float, float]) -> None:
    style = {"arrowstyle": "-|>", "color": INK, "shrinkA": 0, "shrinkB": 0, "lw": 1.3}
    ax.annotate("", end, start, arrowprops=style)
