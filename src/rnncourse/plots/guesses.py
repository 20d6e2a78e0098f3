"""Characters in, probabilities out: what a language model says at each step of a text."""

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch, Rectangle

from rnncourse.plots.style import COLORS, INK, figure

_VISIBLE = str.maketrans({" ": "␣", "\n": "↵", "\t": "⇥"})
_MOST = 3

Guess = tuple[str, float]
"""A character that may come next, and its probability."""


def guesses(
    read: str, places: Sequence[int], size: int, probable: Sequence[Sequence[Guess]], came: str
) -> tuple[Figure, Axes]:
    """Draw a row of steps: a one-hot vector in, the most probable next characters out.

    Args:
        read: the characters that are read, one a step.
        places: where in its one-hot vector each of them has its 1, counted from 0.
        size: how many different characters there are.
        probable: the guesses of each step, the most probable first; at most three are drawn.
        came: the character that came next at each step, which is marked.

    Returns:
        The figure and its axes.

    Raises:
        ValueError: If the lists are not of one length, or a place is not below `size`.
    """
    steps = len(read)
    if steps == 0 or {len(places), len(probable), len(came)} != {steps}:
        counts = (steps, len(places), len(probable), len(came))
        raise ValueError(f"there must be as many of each, and one at least, got {counts}")
    if any(not 0 <= place < size for place in places):
        raise ValueError(f"places must lie between 0 and {size - 1}, got {list(places)}")
    fig, ax = figure(height=2.3)
    ax.set(xlim=(-0.62, steps - 0.38), ylim=(-1.02, 1.72))
    ax.axis("off")
    for t in range(steps):
        _cell(ax, t, last=t == steps - 1)
        _one_hot(ax, t, places[t] / size, 1 / size)
        ax.text(t, -0.74, read[t].translate(_VISIBLE), ha="center", va="top", **_MONO)
        for row, (character, p) in enumerate(probable[t][:_MOST]):
            color = COLORS["accent"] if character == came[t] else COLORS["baseline"]
            y = 1.56 - 0.34 * row
            ax.text(t - 0.42, y, character.translate(_VISIBLE), ha="left", va="center", **_MONO)
            ax.add_patch(Rectangle((t - 0.26, y - 0.09), 0.4 * p, 0.18, fc=color, lw=0))
            ax.text(t + 0.45, y, f"{p:.2f}", ha="right", va="center", size=10, color=INK)
    return fig, ax


_MONO = {"family": "DejaVu Sans Mono", "parse_math": False, "size": 12}
_ARROW = {"arrowstyle": "-|>", "color": INK, "shrinkA": 0, "shrinkB": 0, "lw": 1.3}


def _cell(ax: Axes, t: int, *, last: bool) -> None:
    color = COLORS["simple"]
    ax.add_patch(
        FancyBboxPatch(
            (t - 0.2, 0.05), 0.4, 0.3, boxstyle="round,pad=0.02", ec=color, fc=(color, 0.15), lw=2
        )
    )
    ax.text(t, 0.2, f"$h_{{{t + 1}}}$", ha="center", va="center")
    ax.annotate("", (t, 0.68), (t, 0.39), arrowprops=_ARROW)
    ax.annotate("", (t, 0.02), (t, -0.38), arrowprops=_ARROW)
    if not last:
        ax.annotate("", (t + 0.76, 0.2), (t + 0.24, 0.2), arrowprops=_ARROW)


def _one_hot(ax: Axes, t: int, place: float, width: float) -> None:
    """A vector as a strip, as long as all characters, with its 1 where it stands."""
    left, length = t - 0.36, 0.72
    ax.add_patch(Rectangle((left, -0.6), length, 0.16, fc="none", ec=INK, lw=1))
    one = max(width * length, 0.025)
    ax.add_patch(Rectangle((left + place * length, -0.6), one, 0.16, fc=COLORS["simple"], lw=0))
