"""The LSTM cell as a picture: the whole of it, and each of its three paths by itself."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from rnnbook.plots.style import COLORS, INK, figure

PANELS = {"all of it": "kwr", "keep": "k", "write": "w", "read": "r"}
"""Each panel's title, and the paths that it shows: k(eep), w(rite), r(ead)."""

_FAINT = 0.2
_BOXES = {"f": 2.0, "i": 3.5, "g": 5.0, "o": 6.6}
_PATH_OF = {"f": "k", "i": "w", "g": "w", "o": "r"}
_WIRES: tuple[tuple[str, Sequence[float], Sequence[float], bool], ...] = (
    # the paths that a wire belongs to, its points, and whether it ends in an arrow
    ("k", (0, 1.65), (4, 4), False),
    ("k", (2.35, 4.65), (4, 4), False),
    ("kw", (5.35, 10), (4, 4), True),
    ("k", (2, 2), (1.5, 3.65), False),
    ("w", (5, 5), (1.5, 2.2), False),
    ("w", (5, 5), (2.9, 3.65), False),
    ("w", (3.5, 3.5, 4.65), (1.5, 2.55, 2.55), False),
    ("r", (8, 8), (4, 3.52), False),
    ("r", (8, 8), (2.88, 2.15), False),
    ("r", (6.6, 6.6, 7.65), (1.5, 1.8, 1.8), False),
    ("r", (8.35, 10), (1.8, 1.8), True),
)
_NODES = (("k", 2, 4, "×"), ("kw", 5, 4, "+"), ("w", 5, 2.55, "×"), ("r", 8, 1.8, "×"))


def lstm_cell() -> tuple[Figure, list[Axes]]:
    """Draw an LSTM cell four times: all of it, then what keeps, writes and reads.

    Returns:
        The figure and its four axes.
    """
    fig, axes = figure(height=5.2, nrows=2, ncols=2)
    for ax, (title, paths) in zip(axes.flat, PANELS.items(), strict=True):
        _draw(ax, title, paths)
    return fig, list(axes.flat)


def _draw(ax: Axes, title: str, paths: str) -> None:
    def strength(of: str) -> float:
        return 1.0 if set(of) & set(paths) else _FAINT

    for of, xs, ys, arrow in _WIRES:
        ax.plot(xs, ys, color=INK, lw=1.5, alpha=strength(of))
        if arrow:
            style = {"arrowstyle": "->", "color": INK, "alpha": strength(of)}
            ax.annotate("", (xs[-1], ys[-1]), (xs[-2], ys[-2]), arrowprops=style)
    for gate, x in _BOXES.items():
        alpha = strength(_PATH_OF[gate])
        ax.plot((x, x), (0.2, 0.7), color=INK, lw=1.5, alpha=alpha)
        squash = r"$\tanh$" if gate == "g" else r"$\sigma$"
        _node(ax, x, 1.1, squash, alpha, "square,pad=0.25", COLORS[gate])
        ax.text(x + 0.15, 1.62, f"${gate}_t$", size=10, alpha=alpha)
    for of, x, y, sign in _NODES:
        _node(ax, x, y, sign, strength(of))
    _node(ax, 8, 3.2, r"$\tanh$", strength("r"), "square,pad=0.2")
    ax.plot((0, max(_BOXES.values())), (0.2, 0.2), color=INK, lw=1.5)
    ax.text(-0.1, 0.2, "$x_t, h_{t-1}$", ha="right", va="center", size=10)
    ax.text(-0.1, 4, "$c_{t-1}$", ha="right", va="center")
    ax.text(10.1, 4, "$c_t$", va="center")
    ax.text(10.1, 1.8, "$h_t$", va="center")
    ax.set(xlim=(-2.2, 11.2), ylim=(-0.2, 4.7), title=title)
    ax.set_axis_off()


def _node(
    ax: Axes,
    x: float,
    y: float,
    text: str,
    alpha: float,
    shape: str = "circle,pad=0.15",
    color: str = INK,
) -> None:
    box = {"boxstyle": shape, "fc": "none", "ec": color, "lw": 1.5, "alpha": alpha}
    ax.text(x, y, text, ha="center", va="center", size=10, alpha=alpha, bbox=box)
