"""Where a decoder looks: a row for each token written, a column for each one read."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike

from rnncourse.plots.curves import as_array
from rnncourse.plots.style import COLORS, figure

_SHOWN = 0.02  # what is fainter than this cannot be seen, and would only be heavy


def attention_map(
    weights: ArrayLike, written: Sequence[str], read: Sequence[str], row: float = 0.22
) -> tuple[Figure, Axes]:
    """Draw the weights of attention; the larger, the stronger the colour.

    Args:
        weights: `(T, S)`, from 0 to 1: a row for each token written.
        written: the ``T`` tokens of the target, from top to bottom.
        read: the ``S`` tokens of the source, from left to right.
        row: the height of a row, in inches.

    Returns:
        The figure and its axes.

    Raises:
        ValueError: If the weights are not one for each pair of tokens, or not from 0 to 1.
    """
    table = as_array(weights)
    if table.shape != (len(written), len(read)):
        raise ValueError(f"weights must be {(len(written), len(read))}, got {table.shape}")
    if not ((table >= 0) & (table <= 1 + 1e-6)).all():
        raise ValueError("weights must be from 0 to 1")
    fig, ax = figure(width=4.2, height=0.5 + row * len(written))
    ax.set(xlim=(0, len(read)), ylim=(len(written), 0))
    for y, weights_of in enumerate(table):
        for x, weight in enumerate(weights_of):
            if weight >= _SHOWN:
                shade = (COLORS["accent"], min(float(weight), 1.0))
                ax.add_patch(Rectangle((x + 0.03, y + 0.05), 0.94, 0.9, fc=shade, ec="none"))
    ax.set_yticks([y + 0.5 for y in range(len(written))], written)
    ax.set_xticks([x + 0.5 for x in range(len(read))], ["␣" if t == " " else t for t in read])
    if max(map(len, read)) > 1:
        for tick in ax.xaxis.get_major_ticks():  # label2 is the one on top
            tick.label2.set(rotation=60, ha="left", rotation_mode="anchor")
    ax.set_ylabel("written")
    ax.xaxis.set_label_position("top")
    ax.set_xlabel("read")
    ax.tick_params(length=0, top=False, labeltop=True, labelbottom=False)
    ax.spines[:].set_visible(False)
    ax.grid(visible=False)
    return fig, ax
