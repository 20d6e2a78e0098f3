"""The unrolled row of one gated unit: what each step keeps, and what it writes."""

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from rnncourse.plots.style import COLORS, INK, figure

_THICKEST = 4.0


def gated_row(
    h: Sequence[float], n: Sequence[float], alpha: Sequence[float]
) -> tuple[Figure, Axes]:
    """Draw a unit's states from left to right, with its gate below each.

    The arrow into a state from the left is as thick as what is kept, ``1 − α``; the one from below
    as thick as what is written, ``α``.

    Args:
        h: the states ``h_1 … h_T``.
        n: what might be written, ``n_1 … n_T``.
        alpha: the gates ``α_1 … α_T``, each from 0 to 1.

    Returns:
        The figure and its axes.

    Raises:
        ValueError: If the three are not as many, or a gate is not between 0 and 1.
    """
    if not len(h) == len(n) == len(alpha):
        raise ValueError(f"n and alpha must have {len(h)} values, as h, got {len(n)}, {len(alpha)}")
    if not all(0 <= value <= 1 for value in alpha):
        raise ValueError(f"alpha must lie between 0 and 1, got {list(alpha)}")
    fig, ax = figure(height=2.1)
    ax.set(xlim=(-1.2, len(h) - 0.35), ylim=(-1.72, 0.62))
    ax.axis("off")
    for y, name in ((0, "state"), (-0.82, "gate"), (-1.52, "offered")):
        ax.text(-1.2, y, name, ha="left", va="center", size="small", color=COLORS["baseline"])
    for t, (state, offered, gate) in enumerate(zip(h, n, alpha, strict=True)):
        color = COLORS["simple"]
        box = FancyBboxPatch(
            (t - 0.31, -0.2), 0.62, 0.4, boxstyle="round,pad=0.02", ec=color, fc=(color, 0.15), lw=2
        )
        ax.add_patch(box)
        ax.text(t, 0, _number(state), ha="center", va="center", size=9, zorder=5)
        ax.text(t, 0.32, f"$h_{{{t + 1}}}$", ha="center", va="bottom")
        if t > 0:
            _arrow(ax, (t - 0.66, 0), (t - 0.34, 0), 1 - gate)
        _arrow(ax, (t, -0.64), (t, -0.24), gate)
        valve = {"mec": COLORS["z"], "mfc": (COLORS["z"], 0.8 * gate), "mew": 1.8, "ms": 20}
        ax.plot(t, -0.82, "o", **valve)
        ax.text(t + 0.26, -0.82, f"{gate:.1f}", ha="left", va="center", size="small")
        ax.text(t, -0.82, "×", ha="center", va="center")
        ax.plot([t, t], [-1.33, -1.0], color=INK, lw=1.3, solid_capstyle="butt")
        ax.text(t, -1.4, _number(offered), ha="center", va="top", size="small")
    return fig, ax


def _arrow(ax: Axes, start: tuple[float, float], end: tuple[float, float], share: float) -> None:
    """An arrow as thick as the share that passes; where next to nothing passes, a dotted line."""
    if share < 0.005:
        (x, y), (to_x, to_y) = start, end
        ax.plot([x, to_x], [y, to_y], color=COLORS["baseline"], lw=1, ls=":")
        return
    passes = {
        "arrowstyle": "-|>",
        "color": COLORS["z"],
        "lw": 0.6 + (_THICKEST - 0.6) * share,
        "shrinkA": 0,
        "shrinkB": 0,
        "mutation_scale": 7 + 4 * share,
    }
    ax.annotate("", end, start, arrowprops=passes)


def _number(value: float) -> str:
    return f"{value:.2f}".replace("-", "−")
