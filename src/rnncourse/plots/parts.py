"""The parts of a whole side by side, and the whole as the last bar."""

import math

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from rnncourse.plots.curves import as_array, axes
from rnncourse.plots.numbers import power_of_ten
from rnncourse.plots.style import COLORS

_TOO_SMALL_TO_SEE = 1 / 500  # of the longest bar
_STRIDES = (1, 2, 5, 10, 20)


def parts(values: ArrayLike, lag: int, *, ax: Axes | None = None) -> tuple[Figure, Axes]:
    """Draw what paths with 0, 1, 2 … detours add to a gradient, as bars that add up to the last.

    A line adds them up from left to right. At the end, parts are left out that together are too
    small to be seen.

    Args:
        values: ``(M,)`` parts by number of detours, at least two; those below 0 hang from the axis.
        lag: over how many steps.
        ax: where to draw; a new figure if None.

    Returns:
        The figure and its axes.

    Raises:
        ValueError: if there are fewer than two values.
    """
    heights = as_array(values)
    if heights.ndim != 1 or len(heights) < 2:
        raise ValueError(f"values must be two at least, got {heights.shape}")
    whole = heights.sum()
    least = _TOO_SMALL_TO_SEE * max(abs(whole), np.abs(heights).max())
    beyond = np.abs(heights)[::-1].cumsum()[::-1]  # what is left out from each m on
    count = max(2, int((beyond > least).sum()))
    sums = heights[:count].cumsum()

    power = math.floor(math.log10(max(np.abs(heights).max(), np.abs(sums).max()) or 1))
    unit = 1.0 if -2 <= power <= 3 else 10.0**power
    bars = [*heights[:count], whole]
    kinds = ["f", *["baseline"] * (count - 1), "lstm"]
    fig, ax = axes(ax)
    ax.bar(range(count + 1), [bar / unit for bar in bars], color=[COLORS[kind] for kind in kinds])
    stairs = [0.0, *sums / unit]
    ax.step([-0.4, *(m + 0.6 for m in range(count))], stairs, color=COLORS["lstm"], where="pre")
    ax.axhline(0, color=COLORS["baseline"], linewidth=0.8)
    stride = next(step for step in _STRIDES if count <= 12 * step)
    named = [m for m in range(0, count, stride) if count - m >= stride]
    ax.set_xticks([*named, count], [*map(str, named), "all"])
    ax.set_xlabel(f"$m$: detours through $h$, over {lag} steps")
    ax.set_ylabel("what they add" + ("" if unit == 1 else f", in {power_of_ten(power)}"))
    return fig, ax
