"""The unrolled row of one unit, with the loop that it was: states from left to right."""

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from rnncourse.plots._boxes import arrow, box
from rnncourse.plots.style import figure

_FOLDED = -2.25
"""Where the folded unit is drawn; the row begins at 0."""
_ROOM = 30
"""How many characters below the row have room beside each other."""


def row(x: Sequence[float], h: Sequence[float], *, w: float, u: float) -> tuple[Figure, Axes]:
    """Draw a unit as a loop, and beside it unrolled: a copy for each step, with its state.

    The grammar is that of `backwards`: boxes hold states, arrows between them carry a state on and
    say what it is multiplied by.

    Args:
        x: the inputs ``x_1 … x_T``.
        h: the states ``h_1 … h_T``; ``h_0`` is drawn as 0.
        w: the weight of the input.
        u: the weight of the old state.

    Returns:
        The figure and its axes.

    Raises:
        ValueError: If there is not one state for each input, or there is none at all.
    """
    steps = len(x)
    if steps < 1 or len(h) != steps:
        raise ValueError(f"h must be one state for each of the inputs, {steps}, got {len(h)}")
    narrow = steps * max(len(f"xₜ = {_short(value)}") for value in x) > _ROOM
    between = "\n" if narrow else " = "
    fig, ax = figure(height=2.1 if narrow else 1.9)
    ax.set(xlim=(_FOLDED - 0.5, steps - 0.55), ylim=(-1.12 if narrow else -0.88, 0.78))
    ax.axis("off")
    box(ax, _FOLDED, "$h$")
    arrow(ax, (_FOLDED, -0.52), (_FOLDED, -0.24))
    ax.text(_FOLDED, -0.58, "$x$", ha="center", va="top")
    ax.text(_FOLDED + 0.08, -0.4, f"×{_short(w)}", ha="left", va="center", size="small")
    ends = (_FOLDED + 0.16, 0.22), (_FOLDED - 0.16, 0.22)
    arrow(ax, *ends, connectionstyle="arc3,rad=1.9")
    ax.text(_FOLDED, 0.62, f"×{_short(u)}", ha="center", va="bottom", size="small")
    ax.text(_FOLDED + 0.86, 0, "=", ha="center", va="center", size="x-large")
    ax.text(-0.98, 0, "0", ha="center", va="center")
    ax.text(-0.98, 0.32, "$h_0$", ha="center", va="bottom")
    for t, (value, state) in enumerate(zip(x, h, strict=True)):
        arrow(ax, (t - (0.86 if t == 0 else 0.71), 0), (t - 0.29, 0))
        ax.text(t - 0.5, 0.29, f"×{_short(u)}", ha="center", va="bottom", size="small")
        box(ax, t, f"{state:.2f}".replace("-", "−"))
        ax.text(t, 0.32, f"$h_{{{t + 1}}}$", ha="center", va="bottom")
        arrow(ax, (t, -0.52), (t, -0.24))
        ax.text(t + 0.08, -0.4, f"×{_short(w)}", ha="left", va="center", size="small")
        given = f"$x_{{{t + 1}}}${between}{_short(value)}"
        ax.text(t, -0.58, given, ha="center", va="top")
    return fig, ax


def _short(value: float) -> str:
    return f"{value:g}".replace("-", "−")
