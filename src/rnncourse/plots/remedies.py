"""Where the remedies of a simple network act: at its weights, its slope, its gradient."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle

from rnncourse.plots._boxes import arrow, box
from rnncourse.plots.style import COLORS, INK, figure

_BEFORE, _U, _SQUASH, _AFTER = 0.0, 2.0, 3.95, 5.6
"""From left to right: the old state, its weight, the squashing, the new state."""
_BACK = -0.75


def remedies() -> tuple[Figure, Axes]:
    """Draw one step of a simple network, its gradient below, and each remedy at its place.

    Returns:
        The figure and its axes.
    """
    fig, ax = figure(height=3.4)
    ax.set(xlim=(-0.6, 6.7), ylim=(-1.7, 2.2), aspect="equal")
    ax.axis("off")
    box(ax, _BEFORE, "$h_{t-1}$")
    box(ax, _AFTER, "$h_t$")
    for x, words in ((_U, "$U$"), (_SQUASH, "tanh")):
        ax.add_patch(Circle((x, 0), 0.33, ec=INK, fc="none", lw=1.5))
        ax.text(x, 0, words, ha="center", va="center")
    for left, right in ((_BEFORE + 0.32, _U - 0.36), (_U + 0.36, _SQUASH - 0.36)):
        arrow(ax, (left, 0), (right, 0))
    arrow(ax, (_SQUASH + 0.36, 0), (_AFTER - 0.32, 0))
    for x, title, words in (
        (_U, "how $U$ starts", "scaled, identity,\northogonal"),
        (_SQUASH, "the slope", "ReLU"),
    ):
        ax.plot([x, x], [0.36, 0.5], color=INK, lw=1)
        _named(ax, x, 1.0, title, words)
    color = COLORS["accent"]
    arrow(ax, (_AFTER, _BACK), (_BEFORE, _BACK), color=color, lw=2.2)
    ax.text(_AFTER + 0.12, _BACK, "gradient", ha="left", va="center", color=color)
    _named(ax, (_BEFORE + _AFTER) / 2, _BACK - 0.5, "its length", "clipping")
    curve = {"connectionstyle": "arc3,rad=-0.55", "linestyle": (0, (4, 3)), "lw": 1.8}
    arrow(ax, (_BEFORE, 0.26), (_AFTER, 0.26), color=COLORS["lstm"], **curve)
    ax.text(
        *((_BEFORE + _AFTER) / 2, 2.02),
        "a factor computed at each step: ?",
        ha="center",
        va="center",
        color=COLORS["lstm"],
    )
    return fig, ax


def _named(ax: Axes, x: float, y: float, title: str, words: str) -> None:
    ax.text(x, y, f"{title}:", ha="center", va="bottom")
    ax.text(x, y, words, ha="center", va="top", weight="bold")
