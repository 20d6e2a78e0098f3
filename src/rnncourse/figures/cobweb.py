"""The cobweb of one unit: what it stores, what is left of a gradient, and what a gate changes."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import tanh
from typing import NamedTuple

import matplotlib.pyplot as plt
import torch
import traitlets

from rnnbook.tasks import draws
from rnncourse import plots
from rnncourse.figures.base import Figure

STEPS = 80
PULSES = ((5, 1), (45, -1))


class Walk(NamedTuple):
    """The path of one unit: ``h_0 … h_T``, and ``∂h_t/∂h_{t-1}`` for each step."""

    h: list[float]
    slopes: list[float]


def walk(u: float, b: float, x: Sequence[float], alpha: Sequence[float]) -> Walk:
    """Walk with ``h_t = (1 − α_t) h_{t-1} + α_t tanh(u h_{t-1} + b + x_t)`` from ``h_0 = 0``.

    Args:
        u: the weight with which the unit feeds itself.
        b: its bias.
        x: inputs, T of them.
        alpha: gates, T of them; 1 for a unit without a gate.
    """
    h, slopes = [0.0], []
    for x_t, alpha_t in zip(x, alpha, strict=True):
        n = tanh(u * h[-1] + b + x_t)
        slopes.append(1 - alpha_t + alpha_t * u * (1 - n * n))
        h.append((1 - alpha_t) * h[-1] + alpha_t * n)
    return Walk(h, slopes)


class Cobweb(Figure):
    """One tanh unit under noise and pulses: its cobweb, its path, and the product of its slopes.

    Args:
        **settings: where it starts: any of the attributes.

    Attributes:
        u: the weight with which the unit feeds itself, from 0 to 4.
        b: its bias.
        noise: factor of the noise.
        pulse: size of the pulses.
        gate: whether a gate sets the slope: open at the pulses, closed between them.
        step: the step that the cobweb shows.
        draws: the noise before the factor.
        pulses: step and sign of each pulse; not to be changed while the figure lives.
    """

    name = "cobweb"

    u = traitlets.Float(1.5).tag(sync=True)
    b = traitlets.Float(0.0).tag(sync=True)
    noise = traitlets.Float(0.2).tag(sync=True)
    pulse = traitlets.Float(2.0).tag(sync=True)
    gate = traitlets.Bool(False).tag(sync=True)
    step = traitlets.Int(8).tag(sync=True)
    draws = traitlets.List(traitlets.Float()).tag(sync=True)
    pulses = traitlets.List(default_value=[list(pulse) for pulse in PULSES]).tag(sync=True)

    @traitlets.default("draws")
    def _draw(self) -> list[float]:
        noise = draws.normal((STEPS,), torch.Generator().manual_seed(0))
        return [round(value, 3) for value in noise.tolist()]

    def walk(self) -> Walk:
        """The path that the figure shows."""
        sign = {pulse[0]: pulse[1] for pulse in self.pulses}
        steps = range(1, len(self.draws) + 1)
        x = [
            self.noise * draw + self.pulse * sign.get(t, 0)
            for t, draw in zip(steps, self.draws, strict=True)
        ]
        return walk(self.u, self.b, x, [float(not self.gate or t in sign) for t in steps])

    def gradient(self) -> list[float]:
        """``∂h_t/∂h_k`` for each step, where k is the step of the last pulse up to t."""
        product, products, steps = 1.0, [], [t for t, _ in self.pulses]
        for t, slope in enumerate(self.walk().slopes, start=1):
            product = 1.0 if t in steps else product * slope
            products.append(product)
        return products

    def still(self) -> str:
        """Cobweb, path and gradient, side by side."""
        h, gradient = self.walk().h, self.gradient()
        fig, (web, path, size) = plots.figure(height=2.6, ncols=3)
        grid = torch.linspace(-1.1, 1.1, 111)
        web.plot(grid, grid, color=plots.COLORS["baseline"], linewidth=1)
        web.plot(grid, torch.tanh(self.u * grid + self.b), color=plots.COLORS["simple"])
        corners = [(a, c) for a, b in pairwise(h[: self.step + 1]) for c in (a, b)]
        web.plot(*zip(*corners, strict=True), color=plots.COLORS["accent"], linewidth=1)
        web.set(xlabel="old state", ylabel="new state", aspect="equal")
        path.plot(h, color=plots.COLORS["simple"])
        path.set(xlabel="step t", ylabel="state", ylim=(-1.05, 1.05))
        size.semilogy(range(1, len(h)), gradient, color=plots.COLORS["simple"])
        size.set(xlabel="step t", ylabel="gradient")
        ends = [*(step for step, _ in self.pulses[1:]), len(h)]
        held = all(
            h[t] * sign > 0
            for (step, sign), end in zip(self.pulses, ends, strict=True)
            for t in range(step, end)
        )
        alt = (
            f"One tanh unit at u = {self.u:g}, with noise and two pulses. Left: its curve, the "
            "diagonal, and the path between them. Middle: the state over time; it "
            f"{'holds' if held else 'does not hold'} the sign of each pulse until the next. Right: "
            "the gradient since the last pulse, on a logarithmic axis; "
            f"{gradient[-1]:.0e} is left of it at the end."
        )
        picture = plots.to_svg(fig, alt)
        plt.close(fig)
        return picture
