"""The two lanes of an LSTM's gradient: straight along the cell state, and by way of `h`."""

from collections.abc import Mapping

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from rnncourse.plots._boxes import arrow
from rnncourse.plots.backwards import short
from rnncourse.plots.style import COLORS, figure

_STEPS = 4
_FAR = -1.75
"""Where the state that is far back is drawn; the row goes from 0 to `_STEPS`."""
_UPPER, _LOWER = 0.0, -1.05


def two_lanes(starts: Mapping[str, float], lag: int) -> tuple[Figure, Axes]:
    """Draw the cell states as one lane, the states below as another, and gradients going back.

    Above the cell states stands what the upper lane alone keeps of a gradient there, a line for
    each start.

    Args:
        starts: a forget gate, the same at each step, by the name of the start that has it.
        lag: how many steps before the last the state at the far left is.

    Returns:
        The figure and its axes.

    Raises:
        ValueError: If a gate is not between 0 and 1, or the lag is not longer than the row.
    """
    for name, f in starts.items():
        if not 0 <= f <= 1:
            raise ValueError(f"starts must be gates from 0 to 1, got {f} for {name!r}")
    if lag <= _STEPS:
        raise ValueError(f"lag must be more than {_STEPS}, got {lag}")
    fig, ax = figure(height=1.9 + 0.25 * len(starts))
    top = 0.38 + 0.36 * len(starts)
    ax.set(xlim=(_FAR - 1.35, _STEPS + 0.45), ylim=(_LOWER - 0.38, top))
    ax.axis("off")
    places = [(_FAR, lag), *((t, _STEPS - t) for t in range(_STEPS + 1))]
    for x, back in places:
        after = f"-{back}" if back else ""
        _state(ax, x, _UPPER, f"$c_{{T{after}}}$", "f")
        _state(ax, x, _LOWER, f"$h_{{T{after}}}$", "baseline")
    for x in (_FAR, *range(_STEPS)):
        _back(ax, x, gap=x == _FAR)
    for y in (_UPPER, _LOWER):
        ax.text(_FAR + 1.05, y, "…", ha="center", va="center", size="large")
    for k, (name, f) in enumerate(starts.items()):
        y = 0.5 + 0.36 * (len(starts) - 1 - k)
        ax.text(_FAR - 0.42, y, name, ha="right", va="center", size="small", color=COLORS["accent"])
        for x, back in places:
            left = short(f**back)
            ax.text(x, y, left, ha="center", va="center", color=COLORS["accent"])
    ax.text(_FAR - 0.42, _UPPER, "direct path", ha="right", va="center", size="small")
    ax.text(_FAR - 0.42, _LOWER, "detours", ha="right", va="center", size="small")
    return fig, ax


def _state(ax: Axes, x: float, y: float, words: str, color: str) -> None:
    c = COLORS[color]
    patch = FancyBboxPatch(
        (x - 0.3, y - 0.16), 0.6, 0.32, boxstyle="round,pad=0.02", ec=c, fc=(c, 0.15), lw=2
    )
    ax.add_patch(patch)
    ax.text(x, y, words, ha="center", va="center", size="small")


def _back(ax: Axes, x: float, *, gap: bool) -> None:
    """The ways from the step after `x` back to `x`; in a gap only their ends."""
    direct = {"color": COLORS["f"], "lw": 4, "mutation_scale": 14}
    detour = {"color": COLORS["baseline"], "lw": 1.2}
    arrow(ax, (x, _LOWER + 0.2), (x, _UPPER - 0.2), **detour)
    if x + 1 == _STEPS:
        arrow(ax, (x + 1, _LOWER + 0.2), (x + 1, _UPPER - 0.2), **detour)
    if gap:
        arrow(ax, (x + 0.8, _UPPER), (x + 0.34, _UPPER), **direct)
        arrow(ax, (x + 0.8, _LOWER), (x + 0.34, _LOWER), **detour)
        return
    arrow(ax, (x + 0.67, _UPPER), (x + 0.34, _UPPER), **direct)
    ax.text(x + 0.5, _UPPER + 0.2, "×f", ha="center", va="center", size="small")
    arrow(ax, (x + 0.72, _UPPER - 0.2), (x + 0.26, _LOWER + 0.2), **detour)
    arrow(ax, (x + 0.67, _LOWER), (x + 0.34, _LOWER), **detour)
    ax.text(x + 0.6, (_UPPER + _LOWER) / 2, "i f g", ha="left", va="center", size="x-small")
    ax.text(x + 0.5, _LOWER - 0.22, "o", ha="center", va="center", size="x-small")
