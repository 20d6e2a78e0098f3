"""Pictures of the network itself: the unrolled cell, and its states over a text."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike

from rnncourse.plots.curves import as_array
from rnncourse.plots.style import COLORS, INK, figure

# Zero is transparent, so it is the page's own background in either theme.
_SIGNED = LinearSegmentedColormap.from_list(
    "rnnbook-signed",
    [(0.0, "#8E5BC9FF"), (0.5, "#8E5BC900"), (0.5, "#9A7B0000"), (1.0, "#9A7B00FF")],
)
_VISIBLE = str.maketrans({" ": "␣", "\n": "↵", "\t": "⇥"})
_TOKENS_PER_ROW = 40


def unrolled(
    steps: int = 4,
    *,
    inputs: Sequence[str] | None = None,
    outputs: Sequence[str] | None = None,
    color: str = COLORS["simple"],
) -> tuple[Figure, Axes]:
    """Draw one cell, copied for every step: `x_t` in, `h_t` on to the next, `y_t` out.

    Args:
        steps: How many copies.
        inputs: What each step reads, in place of `x_1 … x_T`.
        outputs: What each step gives, in place of `y_1 … y_T`; "" where it gives nothing.
        color: The architecture's.

    Returns:
        The figure and its axes.

    Raises:
        ValueError: If `steps` is not positive, or a list is not `steps` long.
    """
    if steps < 1:
        raise ValueError(f"steps must be a positive int, got {steps}")
    below = _labels("inputs", inputs, "x", steps)
    above = _labels("outputs", outputs, "y", steps)
    fig, ax = figure(height=2.4)
    ax.set(xlim=(-0.8, steps - 0.2), ylim=(-0.85, 0.85))
    ax.axis("off")
    for t in range(steps):
        box = FancyBboxPatch(
            (t - 0.22, -0.2), 0.44, 0.4, boxstyle="round,pad=0.02", ec=color, fc=(color, 0.15), lw=2
        )
        ax.add_patch(box)
        ax.text(t, 0, "cell", ha="center", va="center")
        _arrow(ax, (t - 0.76, 0), (t - 0.26, 0))
        ax.text(t - 0.51, 0.08, f"$h_{{{t}}}$", ha="center", va="bottom")
        ax.text(t - 0.51, -0.08, "$U$", ha="center", va="top")
        _arrow(ax, (t, -0.62), (t, -0.24))
        ax.text(t + 0.06, -0.43, "$W$", ha="left", va="center")
        ax.text(t, -0.65, below[t], ha="center", va="top")
        if above[t]:
            _arrow(ax, (t, 0.24), (t, 0.62))
            ax.text(t, 0.65, above[t], ha="center", va="bottom")
    _arrow(ax, (steps - 0.76, 0), (steps - 0.26, 0))
    ax.text(steps - 0.51, 0.08, f"$h_{{{steps}}}$", ha="center", va="bottom")
    return fig, ax


def states(states: ArrayLike, tokens: Sequence[str]) -> tuple[Figure, list[Axes]]:
    """Draw the hidden units (down) over the tokens that were read (across), as a heat map.

    A long text is broken into rows of 40 tokens. Space, newline and tab are made visible.

    Args:
        states: `(T, H)`; `states[t]` is the state after reading `tokens[t]`. The scale runs from
            −1 to 1, further where a state does.
        tokens: `T` characters or words.

    Returns:
        The figure and the axes of its rows.

    Raises:
        ValueError: If `states` is not `(T, H)` with `T = len(tokens)`.
    """
    values = as_array(states)
    if values.ndim != 2 or len(values) != len(tokens) or values.size == 0:
        raise ValueError(
            f"states must have shape (T, H) with T = len(tokens) = {len(tokens)} and H > 0, "
            f"got {values.shape}"
        )
    limit = max(1.0, float(np.nanmax(np.abs(values))))
    starts = range(0, len(tokens), _TOKENS_PER_ROW)
    columns = min(len(tokens), _TOKENS_PER_ROW)
    hidden_size = values.shape[1]
    height = len(starts) * (0.45 + min(max(0.07 * hidden_size, 0.4), 2.0)) + 0.4
    fig, grid = figure(height=height, nrows=len(starts), squeeze=False)
    axes = list(grid[:, 0])
    for start, ax in zip(starts, axes, strict=True):
        row = np.full((columns, hidden_size), np.nan)
        part = values[start : start + columns]
        row[: len(part)] = part
        image = ax.imshow(
            row.T, cmap=_SIGNED, vmin=-limit, vmax=limit, aspect="auto", interpolation="none"
        )
        marks = [token.translate(_VISIBLE) for token in tokens[start : start + columns]]
        ax.set_xticks(range(len(marks)), marks, family="DejaVu Sans Mono", parse_math=False)
        ax.tick_params(axis="x", length=0)
        ax.yaxis.set_major_locator(MaxNLocator(3, integer=True))
        ax.grid(visible=False)
        ax.spines[["left", "bottom"]].set_visible(False)
    fig.supylabel("hidden unit", size=12)
    bar = fig.colorbar(image, ax=axes, ticks=[-limit, 0, limit], shrink=1 / len(axes), aspect=10)
    if bar.solids is not None:
        bar.solids.set(rasterized=True)  # 256 rectangles otherwise
    bar.outline.set(edgecolor=INK, alpha=0.4)
    return fig, axes


def _labels(name: str, given: Sequence[str] | None, letter: str, steps: int) -> list[str]:
    if given is None:
        return [f"${letter}_{{{t}}}$" for t in range(1, steps + 1)]
    if len(given) != steps:
        raise ValueError(f"{name} must have steps = {steps} labels, got {len(given)}")
    return [label.translate(_VISIBLE) for label in given]


def _arrow(ax: Axes, start: tuple[float, float], end: tuple[float, float]) -> None:
    style = {"arrowstyle": "-|>", "color": INK, "shrinkA": 0, "shrinkB": 0, "lw": 1.3}
    ax.annotate("", end, start, arrowprops=style)
