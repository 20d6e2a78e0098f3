"""One unit unrolled: its states forwards, and what is left of a gradient on its way back."""

from __future__ import annotations

import matplotlib.pyplot as plt
import traitlets

from rnncourse import plots
from rnncourse.figures.base import Figure
from rnncourse.figures.cobweb import Walk, walk

INPUTS = (1.0, 0.2, -0.3, 0.1, 0.3, -0.2, -0.1, 0.2)


class UnrolledStepper(Figure):
    """``h_t = tanh(u h_{t-1} + x_t)`` over eight steps, and the product of its slopes, backwards.

    Args:
        **settings: where it starts: any of the attributes.

    Attributes:
        u: the recurrent weight, from −3 to 3.
        loudness: factor of the inputs.
        back: how many steps the gradient has gone back from the last.
        x: inputs before the factor; not to be changed while the figure lives.
    """

    name = "unrolled_stepper"

    u = traitlets.Float(0.8).tag(sync=True)
    loudness = traitlets.Float(1.0).tag(sync=True)
    back = traitlets.Int(7).tag(sync=True)
    x = traitlets.List(traitlets.Float(), list(INPUTS)).tag(sync=True)

    def walk(self) -> Walk:
        """The states, and the slope of each step."""
        return walk(self.u, 0.0, [self.loudness * x for x in self.x], [1.0] * len(self.x))

    def still(self) -> str:
        """The whole row with its whole way back."""
        h, slopes = self.walk()
        fig, _ = plots.backwards(h[1:], slopes[1:])
        left = 1.0
        for slope in slopes[1:]:
            left *= slope
        alt = (
            f"One unit over {len(self.x)} steps at u = {self.u:g}. Backwards from the last state "
            "the gradient is multiplied by a factor at each step; "
            f"{left:.0e} of it is left at the first."
        )
        picture = plots.to_svg(fig, alt)
        plt.close(fig)
        return picture
