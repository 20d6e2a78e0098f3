"""An exercise in what a simple network can represent: weights that remember, set by hand."""

from __future__ import annotations

from statistics import mode

import torch
from torch import Tensor

from rnncourse.checking.exercise import Complaint, Exercise, Mistake, Tensors

DELAY = 2
STRENGTH = 0.3
"""The least size of the read-out, so that a memory that fades does not count."""

LARGEST_HIDDEN_SIZE = 16
_STEPS = 40
_WHOLE = 8
_SEED = 1
_NOTHING = 1e-6
_LONGEST = 5


class DelayExercise(Exercise):
    """Judges weights by the read-out ``y_t = v · h_t`` on sequences of ±1."""

    def behaviour(self, returned: Tensors) -> Tensors:
        """Run the network from ``h_0 = 0``: read-out (T, N), states (T, N, H), and ``v``."""
        W, U, b, v = returned
        likely = mode([*U.shape, *b.shape, *v.shape, len(returned)])
        size = self.require_shapes(returned, {"H": likely})["H"]
        if not 1 <= size <= LARGEST_HIDDEN_SIZE:
            raise Complaint(
                f"the hidden size H is {size}; choose one from 1 to {LARGEST_HIDDEN_SIZE}."
            )
        for name, tensor in zip(self.returns, returned, strict=True):
            if not tensor.isfinite().all():
                raise Complaint(f"{name} holds a number that is not finite.")
        x = _sequences()
        h, states = W.new_zeros(x.shape[1], size), []
        for x_t in x:
            # h_t = tanh(W x_t + U h_{t-1} + b),  y_t = v · h_t
            h = torch.tanh(x_t[:, None] @ W.T + h @ U.T + b)
            states.append(h)
        output = torch.stack(states)
        return output @ v, output, v

    def accepts(self, mine: Tensors, expected: Tensors) -> bool:
        """Ask for the right sign, and enough strength, at every t > 2."""
        return not _wrong(mine[0]).any()

    def alike(self, mine: Tensors, other: Tensors) -> bool:
        """Compare signs at every t > 2; a read-out of almost nothing has none."""
        return torch.equal(_sign(mine[0][DELAY:]), _sign(other[0][DELAY:]))

    def explain(self, mine: Tensors, expected: Tensors) -> str:
        """Name the first step at which the read-out is wrong, and what the units hold."""
        y, states, v = mine
        step, sequence = _wrong(y).nonzero()[0].tolist()
        x = _sequences()[:, sequence]
        t = step + 1
        sign = "+" if x[step - DELAY] > 0 else "-"
        bound = f"{sign}{STRENGTH} or {'more' if sign == '+' else 'less'}"
        signs = " ".join("+" if value > 0 else "-" for value in x[:t])
        held = [_held(states[:, :, unit]) for unit in range(len(v))]
        right = [f"h[{unit}]" for unit, lag in enumerate(held) if lag.endswith(f"x_(t-{DELAY})")]
        read = [f"h[{unit}] ({held[unit]})" for unit in range(len(v)) if v[unit].abs() > _NOTHING]
        return (
            f"for inputs whose signs begin {signs}, the read-out first goes wrong at t = {t}: "
            f"x_{t - DELAY} was {sign}1, so y_{t} should be {bound}; yours is "
            f"{y[step, sequence]:+.2f}. The sign of x_(t-{DELAY}), or its opposite, is held by "
            f"{' and '.join(right) or 'no unit'}; v reads {', '.join(read) or 'nothing'}."
        )


def _sequences() -> Tensor:
    """Sequences of ±1, ``(T, N)``: every beginning of 8 steps once, and what follows is drawn."""
    counts = torch.arange(2**_WHOLE, device="cpu")
    beginnings = torch.stack([counts >> place & 1 for place in range(_WHOLE)])
    generator = torch.Generator(device="cpu").manual_seed(_SEED)
    rest = (_STEPS - _WHOLE, len(counts))
    drawn = torch.randint(0, 2, rest, generator=generator, device="cpu")
    return (2 * torch.cat([beginnings, drawn]) - 1).to(torch.float64)


def _wrong(y: Tensor) -> Tensor:
    """Mark the steps ``t > 2`` whose read-out is wrong, ``(T, N)``; NaN is wrong."""
    wrong = torch.zeros(y.shape, dtype=torch.bool)
    wrong[DELAY:] = ~(y[DELAY:] * _sequences()[:-DELAY] >= STRENGTH)
    return wrong


def _sign(y: Tensor) -> Tensor:
    return torch.where(y.abs() < _NOTHING, 0.0, y.sign())


def _held(h: Tensor) -> str:
    """What a unit's sign follows once the sequence has run for a while, in words."""
    x, sign = _sequences(), _sign(h)[_LONGEST:]
    for lag in range(_LONGEST + 1):
        input_ = "x_t" if lag == 0 else f"x_(t-{lag})"
        for words, factor in ((input_, 1), (f"-{input_}", -1)):
            if torch.equal(sign, factor * x[_LONGEST - lag : len(x) - lag]):
                return words
    if bool((sign == sign[0, 0]).all()):
        return {1: "always +", -1: "always -", 0: "always 0"}[int(sign[0, 0])]
    return "more than one input"


def delay_weights() -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Weights whose read-out has the sign of the input two steps back: a chain of three units."""
    H = 3
    W, U, b, v = torch.zeros(H, 1), torch.zeros(H, H), torch.zeros(H), torch.zeros(H)
    W[0] = 2.0
    for unit in range(H - 1):
        U[unit + 1, unit] = 2.0
    v[-1] = 1.0
    return W, U, b, v


READ = "v[-1] = 1.0"

EXERCISE = DelayExercise(
    name="delay-by-hand",
    title="A delay of two steps, by hand",
    level="transfer",
    minutes=15,
    objective="02.3",
    hints=(
        "A unit's state is what was put into it at this step. If one unit has x_t now, which unit "
        "can have it at the next step, and by which weight?",
        "Three units in a chain: the first reads the input, the second copies the first, the "
        "third copies the second. The read-out reads one of them.",
        "U[i, j] leads from unit j to unit i, so U has two numbers that are not 0, below its "
        "diagonal; W has one, v has one, and b none. Choose 2 for the links.",
    ),
    notice="with links of 1 a signal shrinks at every copy (0.76, 0.64, 0.57, … down to 0); with "
    "links of 2 it settles at a size of its own, so that a chain could be as long as you like.",
    takes={},
    returns={"W": "H 1", "U": "H H", "b": "H", "v": "H"},
    reference=delay_weights,
    mistakes=(
        Mistake(
            "too-weak",
            f"the sign is right at every step, but somewhere |y| is below {STRENGTH}. Does it "
            "grow smaller on its way, from copy to copy, or at its end, by v?",
            {READ: "v[-1] = 0.1"},
        ),
        Mistake(
            "no-delay",
            "the read-out has the sign of the same step's input, x_t. How many units must the "
            "signal pass through to be two steps late, and does it take a short cut?",
            {"H = 3": "H = 1"},
        ),
        Mistake(
            "delay-one",
            "the read-out echoes x_(t-1), one step back; it should be two. The unit that reads "
            "the input has it at once: count the steps from there to the unit that v reads.",
            {"H = 3": "H = 2"},
        ),
        Mistake(
            "delay-three",
            "the read-out echoes x_(t-3), three steps back; it should be two. The unit that reads "
            "the input has it at once: count the steps from there to the unit that v reads.",
            {"H = 3": "H = 4"},
        ),
        Mistake(
            "sign-flipped",
            "the delay is right, the sign is not: y_t is the opposite of x_(t-2). "
            "Multiply the signs of the weights along the path, v included.",
            {READ: "v[-1] = -1.0"},
        ),
        Mistake(
            "delay-one-flipped",
            "the read-out is the opposite of x_(t-1): one step back, where it should be two, "
            "and with the wrong sign.",
            {"H = 3": "H = 2", READ: "v[-1] = -1.0"},
        ),
        Mistake(
            "no-delay-flipped",
            "the read-out is the opposite of the same step's input, x_t; it should be the sign "
            "of x_(t-2). How many units must the signal pass through to be two steps late?",
            {"H = 3": "H = 1", READ: "v[-1] = -1.0"},
        ),
        Mistake(
            "nothing-arrives",
            "the read-out is always 0. Follow the signal: W says which unit reads the input, "
            "U[i, j] leads from unit j to unit i, v says which unit is read. Where does it break "
            "off?",
            {"U[unit + 1, unit]": "U[unit, unit + 1]"},
        ),
        Mistake(
            "first-input-latched",
            "the read-out keeps the sign of x_1 for ever: something holds on to itself so "
            "strongly that no later input turns it. Look for a way back: U's diagonal, or a ring.",
            {"W[0] = 2.0": "W[0], U[0, 0] = 2.0, 5.0"},
        ),
        Mistake(
            "majority",
            "the read-out blends x_t, x_(t-1) and x_(t-2): it follows the majority of the last "
            "three inputs. Where do the three meet, and which one should be let through?",
            {"v[-1]": "v[:]"},
        ),
        Mistake(
            "always-positive",
            "the read-out is positive whatever the input: something outweighs it. Look at b.",
            {READ: "b[-1], v[-1] = 9.0, 1.0"},
        ),
        Mistake(
            "always-negative",
            "the read-out is negative whatever the input: something outweighs it. Look at b.",
            {READ: "b[-1], v[-1] = -9.0, 1.0"},
        ),
    ),
)
