"""The unrolled row of one unit with the loss at its end: each δ on its way back, and each term."""

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from rnncourse.plots.style import COLORS, INK, figure


def backward_pass(h: Sequence[float], delta: Sequence[float]) -> tuple[Figure, Axes]:
    """Draw what a gradient by the recurrent weight is made of.

    The states run from left to right, to the loss. Above them δ comes back, each arrow as thick as
    the δ at its end. Below, where the weight was used, stands what that use adds; under all of
    them their sum.

    Args:
        h: the states ``h_0 … h_T`` of a unit.
        delta: ``δ_t = ∂ℓ/∂a_t`` for ``t = 1 … T``, where ``h_t = tanh(a_t)``: one fewer.

    Returns:
        The figure and its axes.

    Raises:
        ValueError: If there is not one δ fewer than states, or there are fewer than two.
    """
    steps = len(delta)
    if steps < 1 or len(h) != steps + 1:
        raise ValueError(
            f"delta must be one fewer than the states h_0 … h_T, {len(h)}, got {steps}"
        )
    largest = max(abs(value) for value in delta) or 1.0
    fig, ax = figure(height=1.75)
    ax.set(xlim=(-0.4, steps + 1.35), ylim=(-1.03, 0.86))
    ax.axis("off")
    for t, value in enumerate(h):
        _box(ax, t, f"{value:.2f}", COLORS["simple"])
        ax.text(t, -0.3, f"$h_{{{t}}}$", ha="center", va="top")
    _box(ax, steps + 1, r"loss $\ell$", COLORS["baseline"])
    for t in range(1, steps + 2):
        _arrow(ax, (t - 0.72, 0), (t - 0.3, 0), INK, 1.3, 10)
    terms = [delta[t] * h[t] for t in range(steps)]  # delta[t] is δ_{t+1}
    for t, (value, term) in enumerate(zip(delta, terms, strict=True), start=1):
        share = abs(value) / largest
        width, head = 0.8 + 5 * share, 9 + 9 * share
        _arrow(ax, (t + 0.8, 0.43), (t + 0.22, 0.43), COLORS["accent"], width, head)
        text = rf"$\delta_{{{t}}}$ = {_number(value)}"
        ax.text(t, 0.74, text, ha="center", va="center", color=COLORS["accent"])
        ax.text(t - 0.5, 0.08, "u", ha="center", va="bottom", size="small", style="italic")
        text = rf"$\delta_{{{t}}} h_{{{t - 1}}}$"
        ax.text(t - 0.5, -0.5, text, ha="center", va="top", size="small")
        ax.text(t - 0.5, -0.9, _number(term), ha="center", va="center")
        ax.text(t, -0.9, "+" if t < steps else "=", ha="center", va="center")
    whole = rf"{_number(sum(terms))} = $\partial\ell/\partial u$"
    ax.text(steps + 0.25, -0.9, whole, ha="left", va="center", color=COLORS["accent"])
    return fig, ax


def _box(ax: Axes, place: float, text: str, color: str) -> None:
    style = "round,pad=0.02"
    box = FancyBboxPatch(
        (place - 0.27, -0.2), 0.54, 0.4, boxstyle=style, ec=color, fc=(color, 0.15), lw=2
    )
    ax.add_patch(box)
    ax.text(place, 0, text.replace("-", "−"), ha="center", va="center")


def _arrow(
    ax: Axes,
    start: tuple[float, float],
    end: tuple[float, float],
    color: str,
    width: float,
    head: float,
) -> None:
    style = {"arrowstyle": "-|>", "color": color, "shrinkA": 0, "shrinkB": 0}
    ax.annotate("", end, start, arrowprops={**style, "lw": width, "mutation_scale": head})


def _number(value: float) -> str:
    return f"{value:.2f}".replace("-0.00", "0.00").replace("-", "−")
