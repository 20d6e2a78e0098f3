"""What the pictures of an unrolled row are made of: a box for a state, and arrows."""

from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch

from rnncourse.plots.style import COLORS, INK


def box(ax: Axes, x: float, words: str) -> None:
    """A state at ``(x, 0)``, with what it holds."""
    color = COLORS["simple"]
    patch = FancyBboxPatch(
        (x - 0.27, -0.2), 0.54, 0.4, boxstyle="round,pad=0.02", ec=color, fc=(color, 0.15), lw=2
    )
    ax.add_patch(patch)
    ax.text(x, 0, words, ha="center", va="center")


def arrow(ax: Axes, start: tuple[float, float], end: tuple[float, float], **style: object) -> None:
    """An arrow from one point to another."""
    usual = {"arrowstyle": "-|>", "color": INK, "shrinkA": 0, "shrinkB": 0, "lw": 1.3}
    ax.annotate("", end, start, arrowprops=usual | style)
