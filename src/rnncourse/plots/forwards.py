"""The unrolled row of one unit: its states as the inputs come in."""

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from rnncourse.plots.style import COLORS, INK, figure


def forwards(h: Sequence[float], x: Sequence[float]) -> tuple[Figure, Axes]:
    """Draw a unit's states from left to right, and below each the input that it has read.

    Args:
        h: the states ``h_1 … h_T``.
        x: the inputs ``x_1 … x_T``.

    Returns:
        The figure and its axes.

    Raises:
        ValueError: If there is not one input for each state.
    """
    if len(h) != len(x):
        raise ValueError(f"x must have an input for each of the {len(h)} states, got {len(x)}")
    fig, ax = figure(height=1.7)
    ax.set(xlim=(-0.6, len(h) - 0.4), ylim=(-0.98, 0.62))
    ax.axis("off")
    draw_states(ax, h)
    for t, value in enumerate(x):
        ax.text(t, 0.32, f"$h_{{{t + 1}}}$", ha="center", va="bottom")
        into = {"arrowstyle": "-|>", "color": INK, "shrinkA": 0, "shrinkB": 0, "lw": 1.3}
        ax.annotate("", (t, -0.25), (t, -0.6), arrowprops=into)
        ax.text(t, -0.68, f"{value:.1f}".replace("-", "−"), ha="center", va="top")
    return fig, ax


def draw_states(ax: Axes, h: Sequence[float]) -> None:
    """Draw the boxes of a row, at 0, 1, 2 …, with the states in them and arrows between them."""
    color = COLORS["simple"]
    for t, value in enumerate(h):
        box = FancyBboxPatch(
            (t - 0.27, -0.2), 0.54, 0.4, boxstyle="round,pad=0.02", ec=color, fc=(color, 0.15), lw=2
        )
        ax.add_patch(box)
        ax.text(t, 0, f"{value:.2f}".replace("-", "−"), ha="center", va="center")
        if t + 1 < len(h):
            forth = {"arrowstyle": "-|>", "color": INK, "shrinkA": 0, "shrinkB": 0, "lw": 1.3}
            ax.annotate("", (t + 0.71, 0), (t + 0.29, 0), arrowprops=forth)
