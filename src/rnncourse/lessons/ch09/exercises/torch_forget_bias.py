"""Exercise: set the forget bias of a `torch.nn.LSTM`, which has two."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import log

import torch
from torch import Tensor

from rnncourse.checking.exercise import Exercise, Mistake, Tensors

UNITS = 5
VALUE = 3.0
GATES = "ifgo"

Biases = tuple[Tensor, Tensor]


@dataclass(frozen=True, kw_only=True)
class TwoBiasesExercise(Exercise):
    """Judges two biases by their sum, which is all that acts: how they share it is free."""

    def behaviour(self, returned: Tensors) -> Tensors:
        """Add the two."""
        self.require_shapes(returned, {})
        return (returned[0] + returned[1],)

    def explain(self, mine: Tensors, expected: Tensors) -> str:
        """Name the first gate and unit with another bias."""
        wrong = ~torch.isclose(mine[0], expected[0])
        gate, unit = divmod(int(wrong.nonzero()[0]), UNITS)
        k = gate * UNITS + unit
        return (
            f"your two biases give gate {GATES[gate]} of unit {unit} a bias of {mine[0][k]:.2f}; "
            f"expected {expected[0][k]:.2f} ({int(wrong.sum())} of {4 * UNITS} differ)."
        )


def biases() -> Biases:
    """Two biases, (4H) each in the order i f g o: the forget gates get 3, the others 0."""
    return _only_f(VALUE), torch.zeros(4 * UNITS)


def _only_f(value: float) -> Tensor:
    return _blocks(0, value, 0, 0)


def _blocks(*values: float) -> Tensor:
    """A bias with one value for each gate."""
    return torch.tensor(values, dtype=torch.float32).repeat_interleave(UNITS)


def _elements(start: int, end: int) -> Tensor:
    """A bias with the value in a slice."""
    place = torch.arange(4 * UNITS)
    return VALUE * ((start <= place) & (place < end))


def _with(bias: Tensor) -> Callable[[], Biases]:
    """Biases that add up to this one."""
    return lambda: (bias.clone(), torch.zeros_like(bias))


MISTAKES = (
    Mistake(
        "both-filled",
        f"the forget bias comes out as {2 * VALUE:g}, twice as large as asked. torch adds its two "
        "biases: what must stand in the one if the value stands in the other?",
        lambda: (_only_f(VALUE), _only_f(VALUE)),
    ),
    Mistake(
        "every-gate",
        "every gate gets the value. Only the forget gates should.",
        _with(_blocks(VALUE, VALUE, VALUE, VALUE)),
    ),
    Mistake(
        "every-gate-twice",
        "every gate gets the value, and gets it from both biases. Only the forget gates should, "
        "and once.",
        lambda: (_blocks(VALUE, VALUE, VALUE, VALUE), _blocks(VALUE, VALUE, VALUE, VALUE)),
    ),
    Mistake(
        "input-gate",
        "you have set the input gates. The order of the blocks is i f g o.",
        _with(_blocks(VALUE, 0, 0, 0)),
    ),
    Mistake(
        "candidate",
        "you have set the candidates, the third block. The order is i f g o.",
        _with(_blocks(0, 0, VALUE, 0)),
    ),
    Mistake(
        "output-gate",
        "you have set the output gates. The order of the blocks is i f g o.",
        _with(_blocks(0, 0, 0, VALUE)),
    ),
    Mistake(
        "every-fourth",
        "every fourth element is set. The gates lie in blocks of H, one behind the other.",
        lambda: (VALUE * (torch.arange(4 * UNITS) % 4 == 1), torch.zeros(4 * UNITS)),
    ),
    Mistake(
        "one-unit",
        "one unit has the forget bias. Each of the units has a forget gate of its own.",
        lambda: (VALUE * (torch.arange(4 * UNITS) == UNITS), torch.zeros(4 * UNITS)),
    ),
    Mistake(
        "keeps-turned-round",
        "the forget bias is negative, so that the gates begin nearly closed. f = 1 keeps.",
        _with(_only_f(-VALUE)),
    ),
    Mistake(
        "cancelled",
        "the forget bias comes out as 0: nothing is set, or the two biases cancel each other.",
        lambda: (_only_f(VALUE), _only_f(-VALUE)),
    ),
    Mistake(
        "one-for-three",
        f"the forget bias comes out as 1, the value that is most often recommended. Asked is "
        f"{VALUE:g}.",
        _with(_only_f(1.0)),
    ),
    Mistake(
        "one-in-both",
        f"the forget bias comes out as 2: a 1 in each of the two. Asked is a sum of {VALUE:g}.",
        _with(_only_f(2.0)),
    ),
    Mistake(
        "four-to-eight",
        "you have set the elements 4 to 7. That is the second block where H = 4; here H = 5.",
        _with(_elements(4, 8)),
    ),
    Mistake(
        "counted-from-one",
        "your block begins one element too late. With indices from 0 the forget gates are the "
        "elements H to 2H - 1.",
        _with(_elements(6, 11)),
    ),
    Mistake(
        "one-too-few",
        "the last unit has no forget bias. The end of a slice is not a part of it.",
        _with(_elements(5, 9)),
    ),
    Mistake(
        "one-too-many",
        "the slice is one too long: its last element belongs to the candidate of the first unit.",
        _with(_elements(5, 11)),
    ),
    Mistake(
        "input-gate-too",
        f"the input gates get -{VALUE:g}, as with chrono. Asked is 0 for every gate but f.",
        _with(_blocks(-VALUE, VALUE, 0, 0)),
    ),
    Mistake(
        "logarithm",
        f"the forget bias is ln {VALUE:g}. That is chrono's rule for a time constant; here the "
        f"bias itself is to be {VALUE:g}.",
        _with(_only_f(log(VALUE))),
    ),
    Mistake(
        "gate-for-bias",
        "the forget bias is σ(3), the gate that 3 would give. The bias goes in before the sigmoid.",
        _with(_only_f(torch.sigmoid(torch.tensor(VALUE)).item())),
    ),
)

EXERCISE = TwoBiasesExercise(
    name="torch-forget-bias",
    title="Set the forget bias of torch's LSTM",
    takes={},
    returns={"b_W": str(4 * UNITS), "b_U": str(4 * UNITS)},
    reference=biases,
    mistakes=MISTAKES,
)
