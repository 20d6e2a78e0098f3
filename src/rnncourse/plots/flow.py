"""Where information flows in an unrolled network, where its gradient does, and where it is cut."""

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from rnncourse.plots.style import COLORS, INK, figure

_ROW = 1.75  # inches


def flow(steps: int = 6, windows: Sequence[int | None] = (None,)) -> tuple[Figure, list[Axes]]:
    """Draw the unrolled cell with the state going forwards and its gradient coming back.

    Args:
        steps: How many copies.
        windows: A row for each: after how many steps the gradient is cut, None for never.

    Returns:
        The figure and the axes of its rows.

    Raises:
        ValueError: If `steps` or a window is not positive, or there is no row.
    """
    if steps < 1 or not windows or any(window is not None and window < 1 for window in windows):
        raise ValueError(
            f"steps and windows must be positive ints, got {steps} and {list(windows)}"
        )
    fig, grid = figure(height=_ROW * len(windows) + 0.2, nrows=len(windows), squeeze=False)
    axes = list(grid[:, 0])
    for ax, window in zip(axes, windows, strict=True):
        ax.set(xlim=(-0.75, steps - 0.3), ylim=(-0.8, 0.75))
        ax.axis("off")
        name = "in one go" if window is None else f"in chunks of {window}"
        ax.set_title(name, loc="left")
        for t in range(steps):
            _step(ax, t, border=window is not None and t > 0 and t % window == 0)
    return fig, axes


def _step(ax: Axes, t: int, border: bool) -> None:
    """One copy, what comes in from the left, and what goes back there; `border`: cut between."""
    box = FancyBboxPatch(
        (t - 0.2, -0.27),
        0.4,
        0.54,
        boxstyle="round,pad=0.02",
        ec=COLORS["simple"],
        fc=(COLORS["simple"], 0.15),
        lw=2,
    )
    ax.add_patch(box)
    ax.text(t, 0, f"$h_{{{t + 1}}}$", ha="center", va="center")
    _arrow(ax, (t, -0.55), (t, -0.31), INK)
    ax.text(t, -0.58, f"$x_{{{t + 1}}}$", ha="center", va="top")
    if t > 0:
        _arrow(ax, (t - 0.75, 0.15), (t - 0.25, 0.15), INK)
        if border:
            middle = t - 0.5
            ax.plot([middle, middle], [-0.7, 0.62], color=COLORS["baseline"], ls="--", lw=1.5)
            ax.plot([middle], [-0.15], marker="x", ms=11, mew=2.5, color=COLORS["accent"])
            ax.text(middle, 0.64, "cut", ha="center", va="bottom")
        else:
            _arrow(ax, (t - 0.25, -0.15), (t - 0.75, -0.15), COLORS["accent"])


def _arrow(ax: Axes, start: tuple[float, float], end: tuple[float, float], color: str) -> None:
    style = {"arrowstyle": "-|>", "color": color, "shrinkA": 0, "shrinkB": 0, "lw": 1.6}
    ax.annotate("", end, start, arrowprops=style)
