"""An exercise in what a simple network can represent: weights that remember, set by hand."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from rnncourse.checking.exercise import Complaint, Exercise, Mistake, Tensors

DELAY = 2
STRENGTH = 0.3
"""The least size of the read-out, so that a memory that fades does not count."""

LARGEST_HIDDEN_SIZE = 16
_STEPS = 30
_SEQUENCES = 64
_SEED = 1
_NOTHING = 1e-6

Weights = tuple[Tensor, Tensor, Tensor, Tensor]
"""``(W, U, b, v)`` with shapes (H, 1), (H, H), (H,), (H,)."""


@dataclass(frozen=True, kw_only=True)
class DelayExercise(Exercise):
    """Judges weights by the read-out ``y_t = v · h_t`` on sequences of ±1."""

    def behaviour(self, returned: Tensors) -> Tensors:
        """Run the network from ``h_0 = 0`` and return its read-out, ``(T, N)``."""
        size = self.require_shapes(returned, {})["H"]
        if not 1 <= size <= LARGEST_HIDDEN_SIZE:
            raise Complaint(
                f"the hidden size H is {size}; choose one from 1 to {LARGEST_HIDDEN_SIZE}."
            )
        for name, tensor in zip(self.returns, returned, strict=True):
            if not tensor.isfinite().all():
                raise Complaint(f"{name} holds a number that is not finite.")
        W, U, b, v = returned
        h = W.new_zeros(_SEQUENCES, size)
        readouts = []
        for x_t in _sequences():
            # h_t = tanh(W x_t + U h_{t-1} + b),  y_t = v · h_t
            h = torch.tanh(x_t[:, None] @ W.T + h @ U.T + b)
            readouts.append(h @ v)
        return (torch.stack(readouts),)

    def accepts(self, mine: Tensors, expected: Tensors) -> bool:
        """Ask for the reference's sign, and enough strength, at every t > 2."""
        return not _wrong(mine[0], expected[0]).any()

    def alike(self, mine: Tensors, other: Tensors) -> bool:
        """Compare signs at every t > 2; a read-out of almost nothing has none."""
        return torch.equal(_sign(mine[0][DELAY:]), _sign(other[0][DELAY:]))

    def explain(self, mine: Tensors, expected: Tensors) -> str:
        """Name the first step at which the read-out is wrong or too weak."""
        sequence, step = _wrong(mine[0], expected[0]).T.nonzero()[0].tolist()
        x = _sequences()[:, sequence]
        t = step + 1
        sign = "+" if x[step - DELAY] > 0 else "-"
        bound = f"{sign}{STRENGTH} or {'more' if sign == '+' else 'less'}"
        signs = " ".join("+" if value > 0 else "-" for value in x[:t])
        return (
            f"on drawn sequence {sequence + 1}, whose signs begin {signs}, the read-out first "
            f"goes wrong at t = {t}: x_{t - DELAY} was {sign}1, so y_{t} should be {bound}; "
            f"yours is {mine[0][step, sequence]:+.2f}."
        )


def _sequences() -> Tensor:
    """Draw sequences of ±1, ``(T, N)``: always the same ones."""
    generator = torch.Generator(device="cpu").manual_seed(_SEED)
    bits = torch.randint(0, 2, (_STEPS, _SEQUENCES), generator=generator, device="cpu")
    return (2 * bits - 1).to(torch.float64)


def _wrong(mine: Tensor, expected: Tensor) -> Tensor:
    """Mark the steps ``t > 2`` whose read-out is wrong, ``(T, N)``; NaN is wrong."""
    wrong = ~(mine * expected.sign() >= STRENGTH)
    wrong[:DELAY] = False
    return wrong


def _sign(y: Tensor) -> Tensor:
    return torch.where(y.abs() < _NOTHING, 0.0, y.sign())


def _chain(units: int, gain: float = 2.0, readout: float = 1.0, backwards: bool = False) -> Weights:
    """A chain of units that pass the input on, each to the next, one step each."""
    W = torch.zeros(units, 1)
    W[0] = gain
    U = torch.zeros(units, units)
    for unit in range(units - 1):
        U[unit + 1, unit] = gain
    v = torch.zeros(units)
    v[-1] = readout
    return W, U.T if backwards else U, torch.zeros(units), v


def delay_weights() -> Weights:
    """Weights whose read-out echoes the sign of the input two steps back (H = 3)."""
    return _chain(DELAY + 1)


def _one_unit(W: float, U: float, b: float = 0.0) -> Weights:
    return torch.tensor([[W]]), torch.tensor([[U]]), torch.tensor([b]), torch.ones(1)


def _majority() -> Weights:
    W, U, b, v = delay_weights()
    return W, U, b, torch.ones_like(v)


EXERCISE = DelayExercise(
    name="delay-by-hand",
    title="A delay of two steps, by hand",
    takes={},
    returns={"W": "H 1", "U": "H H", "b": "H", "v": "H"},
    reference=delay_weights,
    mistakes=(
        Mistake(
            "too-weak",
            f"the sign is right at every step, but somewhere |y| is below {STRENGTH}: the "
            "memory fades on its way. Which weights make it smaller at each step?",
            lambda: _chain(DELAY + 1, gain=0.5),
        ),
        Mistake(
            "no-delay",
            "the read-out has the sign of the same step's input, x_t. How many units must the "
            "signal pass through to be two steps late?",
            lambda: _chain(1),
        ),
        Mistake(
            "delay-one",
            "the read-out echoes x_(t-1), one step back; it should be two. "
            "The unit that reads the input has it at once: count the steps from there.",
            lambda: _chain(2),
        ),
        Mistake(
            "delay-three",
            "the read-out echoes x_(t-3), three steps back; it should be two. "
            "The unit that reads the input has it at once: count the steps from there.",
            lambda: _chain(4),
        ),
        Mistake(
            "sign-flipped",
            "the delay is right, the sign is not: y_t is the opposite of x_(t-2). "
            "Multiply the signs of the weights along the path.",
            lambda: _chain(DELAY + 1, readout=-1.0),
        ),
        Mistake(
            "delay-one-flipped",
            "the read-out is the opposite of x_(t-1): one step back, where it should be two, "
            "and with the wrong sign.",
            lambda: _chain(2, readout=-1.0),
        ),
        Mistake(
            "no-delay-flipped",
            "the read-out is the opposite of the same step's input, x_t; it should be the sign "
            "of x_(t-2). How many units must the signal pass through to be two steps late?",
            lambda: _chain(1, readout=-1.0),
        ),
        Mistake(
            "nothing-arrives",
            "the read-out is always 0: no path leads from the input to the unit that v reads. "
            "Which way does your chain run? U[i, j] leads from unit j to unit i.",
            lambda: _chain(DELAY + 1, backwards=True),
        ),
        Mistake(
            "first-input-latched",
            "the read-out keeps the sign of x_1 for ever: a unit holds on to itself so "
            "strongly that no later input turns it. Look at the diagonal of U.",
            lambda: _one_unit(W=1.0, U=3.0),
        ),
        Mistake(
            "majority",
            "the read-out blends x_t, x_(t-1) and x_(t-2): it follows the majority of the last "
            "three inputs. Which single unit holds what you want?",
            _majority,
        ),
        Mistake(
            "always-positive",
            "the read-out is positive whatever the input: something outweighs it. Look at b.",
            lambda: _one_unit(W=1.0, U=0.0, b=3.0),
        ),
        Mistake(
            "always-negative",
            "the read-out is negative whatever the input: something outweighs it. Look at b.",
            lambda: _one_unit(W=1.0, U=0.0, b=-3.0),
        ),
    ),
)
