"""A text on its way through a recurrent network, a one-hot column a character."""

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch, Rectangle
from numpy.typing import ArrayLike

from rnncourse.plots.curves import as_array
from rnncourse.plots.style import COLORS, INK, figure

_VISIBLE = str.maketrans({" ": "␣", "\n": "↵", "\t": "⇥"})
_ROW, _BOXES = 0.5, 1.35  # a row's height, and where the boxes are


def one_hot(text: str, probabilities: ArrayLike, names: Sequence[str]) -> tuple[Figure, Axes]:
    """Draw a text on its way through a network: a one-hot column in, a column of numbers out.

    Of the vocabulary only the symbols of the text have a row. Its zeros are left empty.

    Args:
        text: What was read, a column a character.
        probabilities: `(T, K)`, what came out after each character.
        names: Of the `K` numbers.

    Returns:
        The figure and its axes.

    Raises:
        ValueError: If `probabilities` is not `(T, K)` with a name for each column.
    """
    values = as_array(probabilities)
    if values.shape != (len(text), len(names)) or values.size == 0:
        raise ValueError(
            f"probabilities must have shape (T, K) = ({len(text)}, {len(names)}) and T, K > 0, "
            f"got {values.shape}"
        )
    symbols = list(dict.fromkeys(text))
    bottom = -_ROW * (len(symbols) - 0.5)
    top = _BOXES + 0.75 + _ROW * len(names)
    fig, ax = figure(height=0.55 * (top - bottom))
    ax.set(xlim=(-1.9, len(text) - 0.4), ylim=(bottom - 0.1, top))
    ax.axis("off")
    color = COLORS["simple"]
    for row, symbol in enumerate(symbols):
        _name(ax, -_ROW * row, symbol.translate(_VISIBLE))
    for row, name in enumerate(reversed(names)):
        ax.text(-0.7, _BOXES + 0.75 + _ROW * row, name, ha="right", va="center")
    for t, symbol in enumerate(text):
        for row, other in enumerate(symbols):
            on = symbol == other
            shade = 0.35 if on else 0.06
            _number(ax, t, -_ROW * row, "1" if on else "", COLORS["accent"], shade)
        _arrow(ax, (t, 0.3), (t, _BOXES - 0.27))
        box = FancyBboxPatch(
            (t - 0.24, _BOXES - 0.2),
            0.48,
            0.4,
            boxstyle="round,pad=0.02",
            ec=color,
            fc=(color, 0.15),
            lw=1.5,
        )
        ax.add_patch(box)
        ax.text(t, _BOXES, f"$h_{{{t + 1}}}$", ha="center", va="center", size="small")
        if t:
            _arrow(ax, (t - 0.74, _BOXES), (t - 0.27, _BOXES))
        for row, value in enumerate(reversed(values[t].tolist())):
            shown = f"{value:.2f}"
            shown = "1" if shown == "1.00" else shown.removeprefix("0")
            _number(ax, t, _BOXES + 0.75 + _ROW * row, shown, color, 0.55 * value)
    return fig, ax


def _name(ax: Axes, y: float, name: str) -> None:
    ax.text(
        -0.7,
        y,
        name,
        ha="right",
        va="center",
        family="DejaVu Sans Mono",
        parse_math=False,
    )


def _number(ax: Axes, x: float, y: float, number: str, color: str, shade: float) -> None:
    ax.add_patch(
        Rectangle(
            (x - 0.45, y - 0.45 * _ROW), 0.9, 0.9 * _ROW, ec="none", fc=(color, min(shade, 1))
        )
    )
    ax.text(x, y, number, ha="center", va="center", size="small")


def _arrow(ax: Axes, start: tuple[float, float], end: tuple[float, float]) -> None:
    style = {"arrowstyle": "-|>", "color": INK, "shrinkA": 0, "shrinkB": 0, "lw": 1.3}
    ax.annotate("", end, start, arrowprops=style)
