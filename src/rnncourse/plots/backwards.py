"""The unrolled row of one unit, and what is left of a gradient on its way back."""

import math
from collections.abc import Sequence
from itertools import accumulate
from operator import mul

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from rnncourse.plots._boxes import arrow, box
from rnncourse.plots.numbers import power_of_ten
from rnncourse.plots.style import COLORS, figure


def backwards(h: Sequence[float], factors: Sequence[float]) -> tuple[Figure, Axes]:
    """Draw a unit's states from left to right, and its gradient from right to left.

    Above each state stands how much the last state still depends on it; the arrows that carry the
    gradient back are as thick as that.

    Args:
        h: the states ``h_1 … h_T``.
        factors: ``∂h_t/∂h_{t-1}`` for ``t = 2 … T``, one fewer.

    Returns:
        The figure and its axes.

    Raises:
        ValueError: If there is not one factor fewer than states, or there are fewer than two.
    """
    steps = len(h)
    if steps < 2 or len(factors) != steps - 1:
        raise ValueError(f"factors must be one fewer than the states, {steps}, got {len(factors)}")
    left = [*accumulate([1.0, *reversed(factors)], mul)][::-1]
    fig, ax = figure(height=1.7)
    ax.set(xlim=(-0.6, steps - 0.4), ylim=(-0.62, 0.98))
    ax.axis("off")
    for t, value in enumerate(h):
        box(ax, t, f"{value:.2f}".replace("-", "−"))
        ax.text(t, -0.32, f"$h_{{{t + 1}}}$", ha="center", va="top")
        ax.text(t, 0.86, short(left[t]), ha="center", va="center", color=COLORS["accent"])
        if t + 1 < steps:
            arrow(ax, (t + 0.29, 0), (t + 0.71, 0))
            share = min(abs(left[t]), 1.5)
            back = {
                "arrowstyle": "-|>",
                "color": COLORS["accent"],
                "alpha": 0.25 + 0.5 * min(share, 1),
                "lw": 0.6 + 6 * share,
                "shrinkA": 0,
                "shrinkB": 0,
                "mutation_scale": 8 + 10 * share,
            }
            ax.annotate("", (t + 0.22, 0.5), (t + 0.78, 0.5), arrowprops=back)
            ax.text(t + 0.5, -0.32, f"×{short(factors[t])}", ha="center", va="top", size="small")
    return fig, ax


def short(value: float) -> str:
    """A number in few characters: `0.35`, `12`, and beyond that its power of ten."""
    size, sign = abs(value), "−" if value < 0 else ""
    if size == 0:
        return "0"
    if 0.005 <= size < 1000:
        return sign + (f"{size:.2f}" if size < 9.995 else f"{size:.0f}")
    return sign + power_of_ten(round(math.log10(size)))
