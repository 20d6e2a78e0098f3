"""The LSTM cell as a picture: the whole of it, and what each key of a calculator opens of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle, FancyBboxPatch

from rnncourse.plots.style import COLORS, INK, figure

# Inches of the whole picture, which is as wide as the text. On a telephone it has 46 % of its size:
# the letters, the t of h_t among them, are as large as that asks for.
_WIDTH, _LOW, _HIGH = 7.1, -0.42, 3.08
_NAME, _LETTER, _WORD = 23.5, 20.0, 16.6
_TOP, _RAIL, _GATES, _WRITTEN = 2.6, 0.42, 1.13, 2.0
_AT = {"i": 1.8, "f": 2.8, "g": 3.8, "o": 4.8}
_SHOWN, _READ = 5.7, 1.2
_IN, _OUT, _LEFT, _RIGHT = 0.78, 6.4, 0.95, 6.2
_WIDE, _TALL, _RADIUS = 0.76, 0.68, 0.17
_FAINT = 0.25
_BADGE = "#33334d"

KEYS = (
    ("M+: keep and write", "fig"),
    ("no key: keep", "f"),
    ("MR: keep and show", "fo"),
    ("MC: clear", ""),
)
"""Of each panel of `lstm_keys`: its title, and the gates that are open (with i, the candidate)."""

Points = Sequence[tuple[float, float]]


class Wire(NamedTuple):
    """A vector on its way to the last of ``points``. It is alive where all ``gates`` are open."""

    gates: str
    color: str
    points: Points
    forks: bool = False


def _wires() -> list[Wire]:
    i, f, g, o = _AT.values()
    below, above = _GATES - _TALL / 2, _GATES + _TALL / 2
    r = _RADIUS
    hop = [(f + 0.11 * np.cos(a), _WRITTEN + 0.11 * np.sin(a)) for a in np.linspace(np.pi, 0, 13)]
    return [
        *(Wire("", INK, [(x, _RAIL), (x, below)], forks=x != o) for x in _AT.values()),
        Wire("f", "f", [(_IN, _TOP), (f - r, _TOP)]),
        Wire("f", "f", [(f + r, _TOP), (g - r, _TOP)]),
        Wire("f", "f", [(f, above), (f, _TOP - r)]),
        Wire("i", "i", [(i, above), (i, _WRITTEN), *hop, (g - r, _WRITTEN)]),
        Wire("g", "g", [(g, above), (g, _WRITTEN - r)]),
        Wire("ig", "i", [(g, _WRITTEN + r), (g, _TOP - r)]),
        Wire("", INK, [(g + r, _TOP), (_OUT, _TOP)]),
        Wire("o", "o", [(_SHOWN, _TOP), (_SHOWN, _WRITTEN + 0.2)], forks=True),
        Wire("o", "o", [(_SHOWN, _WRITTEN - 0.2), (_SHOWN, _GATES + r)]),
        Wire("o", "o", [(o + _WIDE / 2, _GATES), (_SHOWN - r, _GATES)]),
        Wire("o", "o", [(_SHOWN, _GATES - r), (_SHOWN, _RAIL), (_OUT, _RAIL)]),
    ]


OPERATIONS = (  # where, what opens it, its sign
    ((_AT["f"], _TOP), "f", "⊙"),
    ((_AT["g"], _TOP), "", "+"),
    ((_AT["g"], _WRITTEN), "ig", "⊙"),
    ((_SHOWN, _GATES), "o", "⊙"),
)
WIRES = _wires()
PARTS = (
    *((_AT[gate] - _WIDE / 2, _GATES + 0.3) for gate in "ifo"),
    (_AT["g"] - _WIDE / 2, _GATES + 0.3),
    (_SHOWN - 0.46, _WRITTEN + 0.08),
    (1.2, 2.2),
    ((_AT["i"] + _AT["f"]) / 2, 0.68),
)
"""Where `lstm_parts` has its numbers: three gates, two activations, peepholes, the coupling."""


def lstm_cell() -> tuple[Figure, Axes]:
    """Draw one step of an LSTM, as wide as the text.

    The boxes stand in the order of the equations, i f g o. What keeps, what writes and what shows
    have the colours of f, i and o.

    Returns:
        The figure and its axes.
    """
    fig, ax = figure(_WIDTH, _HIGH - _LOW)
    _draw(ax, "ifgo", _LETTER)
    for gate, x in _AT.items():
        squash = "tanh" if gate == "g" else "σ"
        ax.text(x, _GATES - 0.18, squash, size=_WORD, ha="center", va="center")
    for word, gate, x, y, side in (
        ("keep", "f", 1.8, _TOP + 0.22, "center"),
        ("write", "i", _AT["g"] + 0.2, _WRITTEN + 0.3, "left"),
        ("show", "o", _SHOWN - 0.16, _WRITTEN - 0.35, "right"),
    ):
        ax.text(x, y, word, size=_WORD, color=COLORS[gate], weight="bold", ha=side, va="center")
    _ends(ax, _NAME, ("$c_{t-1}$", "$h_{t-1}$", "$c_t$", "$h_t$"))
    ax.text(_READ, -0.24, "$x_t$", size=_NAME, ha="center", va="center")
    ax.set_ylim(_LOW, _HIGH)
    return fig, ax


def lstm_parts() -> tuple[Figure, Axes]:
    """Draw the cell with peepholes (dashed), and a number at each part that it might do without.

    Returns:
        The figure and its axes.
    """
    fig, ax = lstm_cell()
    i, f, _, o = _AT.values()
    top = _GATES + _TALL / 2
    for points in (
        [(1.2, _TOP), (1.2, 1.78), (f - 0.16, 1.78), (f - 0.16, top)],
        [(i - 0.16, 1.78), (i - 0.16, top)],
        [(o, _TOP), (o, top)],
    ):
        across, up = zip(*points, strict=True)
        ax.plot(across, up, color=INK, lw=1.6, linestyle=(0, (3, 2)))
    for number, (x, y) in enumerate(PARTS, start=1):
        ax.add_patch(Circle((x, y), 0.19, fc=_BADGE, ec="white", lw=1.5, zorder=5))
        ax.text(
            x, y - 0.01, str(number), size=_WORD, color="white", weight="bold",
            ha="center", va="center_baseline", zorder=6,
        )  # fmt: skip
    return fig, ax


def lstm_keys() -> tuple[Figure, list[Axes]]:
    """Draw the cell once for each key of a calculator's memory, what is shut only faintly.

    Returns:
        The figure and its four axes.
    """
    fig, axes = figure(_WIDTH, 4.2, 2, 2)
    for ax, (title, gates) in zip(axes.flat, KEYS, strict=True):
        _draw(ax, gates, _WORD)
        ax.set_title(title, size=_WORD, weight="bold", pad=4)
        _ends(ax, _WORD, ("$c$", "$h$", "$c$", "$h$"))
        ax.set_ylim(-0.1, _HIGH)
    return fig, list(axes.flat)


def _draw(ax: Axes, gates: str, size: float) -> None:
    """The cell, with what belongs to open gates in full, and the rest faintly."""

    def strength(needs: str) -> float:
        return 1.0 if set(needs) <= set(gates) else _FAINT

    small = size < _LETTER
    border = FancyBboxPatch(
        (_LEFT, 0.12), _RIGHT - _LEFT, _TOP + 0.28,
        boxstyle="round,pad=0,rounding_size=0.2", ec=(INK, 0.3), fc=(INK, 0.03), lw=1,
    )  # fmt: skip
    ax.add_patch(border)
    ax.plot([_IN, _AT["o"]], [_RAIL, _RAIL], color=INK, lw=1.6)
    foot = 0.12 if small else -0.08
    ax.plot([_READ, _READ], [foot, _RAIL], color=INK, lw=1.6)
    for wire in WIRES:
        color = COLORS.get(wire.color, INK)
        _arrow(ax, wire, color, strength(wire.gates), 2.0 if small else 2.6)
    for gate, x in _AT.items():
        color, alpha = COLORS[gate], strength(gate)
        patch = FancyBboxPatch(
            (x - _WIDE / 2, _GATES - _TALL / 2), _WIDE, _TALL,
            boxstyle="square,pad=0", ec=(color, alpha), fc=(color, 0.18 * alpha), lw=2,
        )  # fmt: skip
        ax.add_patch(patch)
        y = _GATES if small else _GATES + 0.12
        ax.text(x, y, f"${gate}$", size=size, ha="center", va="center", alpha=alpha)
    alpha = strength("o")
    pill = FancyBboxPatch(
        (_SHOWN - 0.34, _WRITTEN - 0.2), 0.68, 0.4,
        boxstyle="round,pad=0,rounding_size=0.2", ec=(COLORS["o"], alpha), fc="none", lw=1.6,
    )  # fmt: skip
    ax.add_patch(pill)
    if not small:
        ax.text(_SHOWN, _WRITTEN, "tanh", size=_WORD, ha="center", va="center")
    for (x, y), needs, sign in OPERATIONS:
        alpha = strength(needs)
        ax.add_patch(Circle((x, y), _RADIUS, fc="none", ec=(INK, alpha), lw=1.5))
        if sign == "⊙":
            ax.add_patch(Circle((x, y), 0.045, fc=(INK, alpha), ec="none"))
        else:
            arm = _RADIUS * 0.6
            ax.plot([x - arm, x + arm], [y, y], color=INK, lw=1.5)
            ax.plot([x, x], [y - arm, y + arm], color=INK, lw=1.5)
    ax.set(xlim=(0, _WIDTH), aspect="equal")
    ax.set_axis_off()


def _ends(ax: Axes, size: float, names: Sequence[str]) -> None:
    """Name what enters on the left, c above h, and what leaves on the right."""
    places = ((_IN - 0.1, _TOP), (_IN - 0.1, _RAIL), (_OUT + 0.12, _TOP), (_OUT + 0.12, _RAIL))
    for name, (x, y) in zip(names, places, strict=True):
        side = "right" if x < _LEFT else "left"
        ax.text(x, y, name, size=size, ha=side, va="center")


def _arrow(ax: Axes, wire: Wire, color: str, alpha: float, width: float) -> None:
    x, y = zip(*wire.points, strict=True)
    ax.plot(x, y, color=color, lw=width, alpha=alpha, solid_capstyle="butt")
    if wire.forks:
        ax.plot(x[0], y[0], "o", color=color, ms=5, mew=0, alpha=alpha)
    dx, dy = np.sign(x[-1] - x[-2]), np.sign(y[-1] - y[-2])  # wires are level or upright
    back, side = 0.16, 0.075
    ax.fill(
        [x[-1], x[-1] - back * dx - side * dy, x[-1] - back * dx + side * dy],
        [y[-1], y[-1] - back * dy - side * dx, y[-1] - back * dy + side * dx],
        color=color, alpha=alpha, lw=0,
    )  # fmt: skip
