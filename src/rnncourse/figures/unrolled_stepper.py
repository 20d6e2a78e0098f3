"""One unit unrolled: its states forwards, and what is left of a gradient on its way back."""

from __future__ import annotations

import math
from typing import Any

import matplotlib.pyplot as plt
import traitlets

from rnncourse import plots
from rnncourse.figures.base import Figure
from rnncourse.figures.cobweb import Walk, walk

INPUTS = (1.0, 0.2, -0.3, 0.1, 0.3, -0.2, -0.1, 0.2)


class UnrolledStepper(Figure):
    """``h_t = tanh(u h_{t-1} + x_t)`` over eight steps: its states, or a gradient on its way back.

    Args:
        **settings: where it starts: any of the attributes.

    Attributes:
        direction: ``"backwards"``, the gradient at the last state and what is left of it at each,
            or ``"forwards"``, the states as the inputs are read.
        clip: above 0, the gradient of a bias, now 0, is summed over the steps and clipped at this
            size; the inputs are quiet then, so that it can explode.
        u: the recurrent weight, from −3 to 3.
        loudness: factor of the inputs.
        back: how many steps the gradient has gone back from the last.
        steps: how many inputs have been read, forwards.
        folded: whether the copies lie on one another, forwards: one unit with a loop.
        x: inputs before the factor. As `direction`, not to be changed while the figure lives.

    Raises:
        ValueError: If there is no such direction, or forwards something is to be clipped.
    """

    name = "unrolled_stepper"

    direction = traitlets.Unicode("backwards").tag(sync=True)
    clip = traitlets.Float(0.0).tag(sync=True)
    u = traitlets.Float(0.8).tag(sync=True)
    loudness = traitlets.Float(1.0).tag(sync=True)
    back = traitlets.Int(7).tag(sync=True)
    steps = traitlets.Int(8).tag(sync=True)
    folded = traitlets.Bool(False).tag(sync=True)
    x = traitlets.List(traitlets.Float(), list(INPUTS)).tag(sync=True)

    def __init__(self, **settings: Any) -> None:
        if settings.get("clip", 0) > 0:
            settings = {"loudness": 0.02} | settings
        super().__init__(**settings)
        if self.direction not in ("backwards", "forwards"):
            raise ValueError(f"direction must be 'backwards' or 'forwards', got {self.direction!r}")
        if self.clip > 0 and self.direction == "forwards":
            raise ValueError(f"clip is for a gradient: backwards, got {self.clip:g} forwards")

    def walk(self) -> Walk:
        """The states, and the slope of each step."""
        return walk(self.u, 0.0, [self.loudness * x for x in self.x], [1.0] * len(self.x))

    def still(self) -> str:
        """The whole row: forwards beside its loop, backwards with its whole way back."""
        h, slopes = self.walk()
        unit = f"One unit over {len(self.x)} steps at u = {self.u:g}."
        if self.direction == "forwards":
            x = [round(self.loudness * value, 3) for value in self.x]
            fig, _ = plots.row(x, h[1:], w=1, u=self.u)
            alt = (
                f"{unit} On the left the unit with a loop, on the right a copy for each step, with "
                f"its state and the input below it; the last state is {h[-1]:.2f}."
            )
        else:
            fig, _ = plots.backwards(h[1:], slopes[1:])
            alt = (
                f"{unit} Backwards from the last state the gradient is multiplied by a factor at "
                f"each step; {math.prod(slopes[1:]):.0e} of it is left at the first."
            )
        picture = plots.to_svg(fig, alt)
        plt.close(fig)
        return picture
