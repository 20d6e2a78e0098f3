"""Curves that every chapter draws: learning, spread over seeds, error by position, norm by lag."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from rnncourse.plots.style import COLORS, INK, end_label, figure

_MOST_POINTS = 150


def as_array(values: Any) -> np.ndarray:
    """Return numbers of any kind, a tensor that requires its gradient among them, as float64."""
    if hasattr(values, "detach"):
        values = values.detach().cpu()
    return np.asarray(values, dtype=float)


def curve(
    steps: ArrayLike,
    values: ArrayLike,
    *,
    baselines: Mapping[str, float] | None = None,
    label: str = "",
    color: str = COLORS["simple"],
    ax: Axes | None = None,
) -> tuple[Figure, Axes]:
    """Draw a learning curve, labelled where it ends, over its baselines.

    More than 150 values are drawn in 150 bins of steps: each bin's median as the line, its
    smallest to largest value as a band.

    Args:
        steps: `(N,)` training steps.
        values: `(N,)` losses or errors at those steps.
        baselines: Name and value of what must be beaten, each a dashed line.
        label: Of this curve.
        color: Of this curve.
        ax: Where to draw; a new figure if None.

    Returns:
        The figure and its axes, with "training step" on the x axis. The y axis is yours to name.

    Raises:
        ValueError: If the two are empty or differ in length.
    """
    x, y = _pair("steps", steps, "values", values)
    fig, ax = axes(ax)
    if len(x) > _MOST_POINTS:
        bins = np.array_split(np.arange(len(x)), _MOST_POINTS)
        low, high = (np.array([pick(y[b]) for b in bins]) for pick in (np.min, np.max))
        x, y = (np.array([np.median(v[b]) for b in bins]) for v in (x, y))
        ax.fill_between(x, low, high, color=color, alpha=0.25, linewidth=0)
    ax.plot(x, y, color=color)
    end_label(ax, x[-1], y[-1], label, color)
    for name, value in (baselines or {}).items():
        ax.axhline(value, color=COLORS["baseline"], linestyle="--", linewidth=1.5)
        end_label(ax, 1, value, name, COLORS["baseline"], edge=True)
    ax.margins(x=0)
    ax.set_xlabel("training step")
    return fig, ax


def spread(
    x: ArrayLike,
    low: ArrayLike,
    median: ArrayLike,
    high: ArrayLike,
    label: str = "",
    color: str = COLORS["simple"],
    *,
    ax: Axes | None = None,
) -> tuple[Figure, Axes]:
    """Draw a median over seeds as a line with points, and the range over seeds as a band.

    Args:
        x: `(N,)`, what was varied.
        low: `(N,)`, the lowest seed.
        median: `(N,)`.
        high: `(N,)`, the highest seed.
        label: Written at the line's end.
        color: Of line and band.
        ax: Where to draw; a new figure if None.

    Returns:
        The figure and its axes.

    Raises:
        ValueError: If lengths differ, or `low ≤ median ≤ high` does not hold.
    """
    place, middle = _pair("x", x, "median", median)
    bottom, top = _pair("low", low, "high", high)
    _pair("x", x, "low", low)
    if not np.all((bottom <= middle) & (middle <= top)):
        raise ValueError("low, median and high must be in this order at every x, got otherwise")
    fig, ax = axes(ax)
    ax.fill_between(place, bottom, top, color=color, alpha=0.25, linewidth=0)
    ax.plot(place, middle, "o-", color=color, markersize=5)
    end_label(ax, place[-1], middle[-1], label, color)
    return fig, ax


def by_position(
    error: ArrayLike,
    *,
    period: int = 3,
    low: ArrayLike | None = None,
    high: ArrayLike | None = None,
    baselines: Mapping[str, float] | None = None,
    color: str = COLORS["simple"],
    ax: Axes | None = None,
) -> tuple[Figure, Axes]:
    """Draw one bar for each position of a sequence, every `period`-th of them coloured.

    Args:
        error: `(T,)`; `error[0]` belongs to position 1.
        period: 3 for the temporal XOR, whose every third bit can be predicted.
        low: `(T,)` lowest seed; with `high`, the range over seeds as a stroke on each bar.
        high: `(T,)` highest seed.
        baselines: Name and value of what must be beaten, each a dashed line.
        color: Of positions `period, 2·period, …`; the others are grey.
        ax: Where to draw; a new figure if None.

    Returns:
        The figure and its axes, with "position" on the x axis. The y axis is yours to name.

    Raises:
        ValueError: If lengths differ.
    """
    heights = as_array(error)
    positions, heights = _pair("positions", np.arange(1, heights.size + 1), "error", heights)
    fig, ax = axes(ax)
    colors = [COLORS["baseline"] if p % period else color for p in positions.astype(int)]
    ax.bar(positions, heights, color=colors, width=0.7)
    if low is not None and high is not None:
        _, bottom = _pair("error", heights, "low", low)
        _, top = _pair("error", heights, "high", high)
        ax.vlines(positions, bottom, top, color=INK, linewidth=1.5)
    for name, value in (baselines or {}).items():
        ax.axhline(value, color=COLORS["baseline"], linestyle="--", linewidth=1.5)
        end_label(ax, 1, value, name, COLORS["baseline"], edge=True)
    ax.set_xticks(positions)
    ax.set_xlabel("position")
    return fig, ax


def lags(
    lags: ArrayLike,
    norms: ArrayLike,
    *,
    label: str = "",
    color: str = COLORS["simple"],
    ax: Axes | None = None,
) -> tuple[Figure, Axes]:
    """Draw gradient norms by lag on a logarithmic scale, where an exponential is a straight line.

    A logarithmic axis has no zero. Where norms underflow, the curve ends and says so.

    Args:
        lags: `(N,)` steps between cause and effect.
        norms: `(N,)`, none negative.
        label: Written at the line's end.
        color: Of the line.
        ax: Where to draw; a new figure if None.

    Returns:
        The figure and its axes, with "lag (steps)" on the x axis. The y axis is yours to name.

    Raises:
        ValueError: If lengths differ, a norm is negative, or every norm is 0.
    """
    x, y = _pair("lags", lags, "norms", norms)
    positive = y > 0
    if np.any(y < 0) or not np.any(positive):
        raise ValueError(f"norms must be at least 0 and not all 0, got {y.min()} to {y.max()}")
    fig, ax = axes(ax)
    ax.semilogy(x, np.where(positive, y, np.nan), color=color)
    last = np.flatnonzero(positive)[-1]
    if not positive[-1]:
        label = f"{label}: 0 from here on".removeprefix(": ")
        ax.update_datalim([(x[-1], y[last])])
    end_label(ax, x[last], y[last], label, color)
    ax.margins(x=0)
    ax.set_xlabel("lag (steps)")
    return fig, ax


def axes(ax: Axes | None) -> tuple[Figure, Axes]:
    """Return the axes with their figure; new ones if there are none."""
    if ax is None:
        return figure()
    fig = ax.get_figure(root=True)
    assert fig is not None
    return fig, ax


def _pair(
    name: str, first: ArrayLike, other: str, second: ArrayLike
) -> tuple[np.ndarray, np.ndarray]:
    x, y = as_array(first), as_array(second)
    if x.ndim != 1 or x.shape != y.shape or x.size == 0:
        raise ValueError(
            f"{name} and {other} must be of the same length, at least 1, got shapes "
            f"{x.shape} and {y.shape}"
        )
    return x, y
