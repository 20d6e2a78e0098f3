"""A pole on a cart, in torch: the gradient goes back through the world."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from rnnbook.cells.checks import floats, like, of_shape, positive_int, positive_number
from rnnbook.tasks import draws

GRAVITY, CART, POLE, SECONDS = 9.8, 1.0, 0.1, 0.02  # m/s², kg, kg, of a step
TRACK, ANGLE = 2.4, 0.2094395  # m to either side; 12 degrees in radians
START = 0.05
"""Each of the four numbers begins within ± this."""


@dataclass(frozen=True)
class CartPole:
    """A cart on a track, pushed left or right, with a pole hinged on it that must not fall.

    A state is the position of the cart and its velocity, the angle of the pole and its angular
    velocity: ``(B, 4)``, in metres, radians and seconds. Steps are differentiable.

    Args:
        length: of half the pole, in metres.

    Raises:
        ValueError: if ``length`` is not a positive number.

    Source: Barto, Sutton & Anderson (1983); constants of Gymnasium's CartPole-v1.
    """

    length: float = 0.5

    def __post_init__(self) -> None:
        positive_number("length", self.length)

    def start(self, batch_size: int, generator: torch.Generator) -> Tensor:
        """Draw states (B, 4), upright and nearly at rest."""
        B = positive_int("batch_size", batch_size)
        return (2 * draws.uniform((B, 4), generator) - 1) * START

    def step(self, state: Tensor, force: Tensor) -> Tensor:
        """The state (B, 4) a fiftieth of a second later, by Euler's method.

        Args:
            state: shape (B, 4).
            force: on the cart, to the right, in newtons, shape (B).

        Raises:
            TypeError, ValueError: if they are no floats of these shapes, one dtype and device.
        """
        B = len(floats("state", state, "B, 4"))
        of_shape("state", state, "B, 4", (B, 4))
        of_shape("force", like("force", force, state, "state"), "B", (B,))
        _, speed, angle, turn = state.unbind(dim=1)
        sin, cos, mass = angle.sin(), angle.cos(), CART + POLE
        pushed = (force + POLE * self.length * turn**2 * sin) / mass
        turning = (GRAVITY * sin - cos * pushed) / (self.length * (4 / 3 - POLE * cos**2 / mass))
        faster = pushed - POLE * self.length * turning * cos / mass
        change = torch.stack([speed, faster, turn, turning], dim=1)
        return state + SECONDS * change

    def fallen(self, state: Tensor) -> Tensor:
        """Where (B) the pole leans by more than 12 degrees, the cart is off its track, or NaN."""
        of_shape("state", floats("state", state, "B, 4"), "B, 4", (len(state), 4))
        return ~((state[:, 0].abs() <= TRACK) & (state[:, 2].abs() <= ANGLE))
