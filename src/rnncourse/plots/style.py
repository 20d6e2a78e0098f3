"""Colours, matplotlib defaults, and labels that stand at the end of their line."""

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
from cycler import cycler
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Annotation

# Black is what matplotlib falls back on everywhere, so nothing that a chapter draws escapes
# `to_svg`, which turns it into the colour of the page's text.
INK = "#000000"

COLORS: Mapping[str, str] = {
    "simple": "#D55E00",
    "lstm": "#0072B2",
    "gru": "#009E73",
    "i": "#B87F00",
    "f": "#C9689B",
    "g": "#2E8FC7",
    "o": "#3F7D20",
    "r": "#9C4A38",
    "z": "#C9689B",
    "n": "#2E8FC7",
    "baseline": "#767676",
    "accent": "#6644FF",
}
"""One colour for one thing in the whole book: architectures, gates (LSTM `i f g o`, GRU `r z n`),
baselines, and the `accent` for what the text points at. What does the same has the same colour:
`z` keeps as `f` does, `n` is a candidate as `g` is."""

_STYLE: Any = {  # each matplotlib types its keys in its own way
    "axes.axisbelow": True,
    "axes.facecolor": "none",
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.labelsize": 12,
    "axes.prop_cycle": cycler(color=[COLORS[k] for k in ("simple", "lstm", "gru", "accent")]),
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlesize": 12,
    "figure.constrained_layout.use": True,
    "figure.figsize": (5.8, 3.2),
    "font.size": 12,
    "grid.alpha": 0.15,
    "grid.color": INK,
    "legend.frameon": False,
    "lines.linewidth": 2,
    "mathtext.fontset": "stix",
    "xtick.labelsize": 11,
    "ytick.labelsize": 11,
}
matplotlib.rcParams.update(_STYLE)

_END_LABEL = "end-label"


def figure(
    width: float = 5.8, height: float = 3.2, nrows: int = 1, ncols: int = 1, **options: Any
) -> tuple[Figure, Any]:
    """Open a figure in the house style.

    Args:
        width: In inches. 5.8 fills the book's column.
        height: In inches.
        nrows: Rows of axes.
        ncols: Columns of axes.
        **options: As `matplotlib.pyplot.subplots` takes them.

    Returns:
        The figure, and its axes (an array of them where `nrows` or `ncols` is above 1).
    """
    return plt.subplots(nrows, ncols, figsize=(width, height), **options)


def end_label(ax: Axes, x: float, y: float, text: str, color: str, *, edge: bool = False) -> None:
    """Write `text` to the right of the point where a line ends, tied to it by a short stroke.

    Args:
        ax: Where the line is drawn.
        x: In data units, or as a fraction of the width with `edge`.
        y: In data units.
        text: The label. Nothing is drawn where it is empty.
        color: Of the stroke: the line's.
        edge: Take `x` as a fraction of the axes' width.
    """
    if not text:
        return
    ax.annotate(
        text,
        (x, y),
        xycoords=ax.get_yaxis_transform() if edge else "data",
        xytext=(14, 0),
        textcoords="offset points",
        va="center",
        annotation_clip=False,
        gid=_END_LABEL,
        arrowprops={"arrowstyle": "-", "color": color, "shrinkA": 0, "shrinkB": 2},
    )


def separate_end_labels(fig: Figure) -> None:
    """Move the end labels of each axes up or down, so that none covers another."""
    fig.draw_without_rendering()  # the layout must be known before heights can be compared
    for ax in fig.axes:
        labels = [
            text
            for text in ax.texts
            if isinstance(text, Annotation) and text.get_gid() == _END_LABEL
        ]
        # An annotation's own transform is that of its offset; the point's is private to it.
        heights = [float(ax.transData.transform((1, text.xy[1]))[1]) for text in labels]
        points = [height * 72 / fig.dpi for height in heights]
        gap = 1.2 * float(matplotlib.rcParams["font.size"])
        for text, old, new in zip(labels, points, spread_out(points, gap), strict=True):
            text.xyann = (text.xyann[0], new - old)


def spread_out(heights: Sequence[float], gap: float) -> list[float]:
    """Move heights as little as need be for each two to stand `gap` apart, in the same order.

    The least-squares answer is the isotonic regression of `height − rank · gap`: neighbours that
    are too close form a block, and the block takes their mean.

    Args:
        heights: Any order.
        gap: The smallest distance wanted.

    Returns:
        The new heights, in the order of the old ones.
    """
    order = sorted(range(len(heights)), key=lambda k: heights[k])
    blocks: list[list[float]] = []
    for rank, k in enumerate(order):
        blocks.append([heights[k] - rank * gap])
        while len(blocks) > 1 and np.mean(blocks[-2]) >= np.mean(blocks[-1]):
            blocks[-2:] = [blocks[-2] + blocks[-1]]
    level = [float(np.mean(block)) for block in blocks for _ in block]
    moved = [0.0] * len(heights)
    for rank, k in enumerate(order):
        moved[k] = level[rank] + rank * gap
    return moved
