"""Small networks, set by hand, that remember and teach, or do only one of the two, or neither."""

from __future__ import annotations

from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from rnnbook.cells import Cell, GRUCell, LSTMCell, SimpleCell
from rnnbook.tasks import draws
from rnnbook.unroll import Recurrent

_STEPS = 40
_NOISE = 0.1


class Memory(NamedTuple):
    """A network at work: what it reads, how it is read out, and a change worth trying first."""

    title: str
    about: str
    layer: Recurrent
    readout: nn.Linear
    x: Tensor
    """(T, D)."""
    direction: Tensor
    """(D): what a change of size 1 adds to a token."""
    position: int
    """The step whose token changes, from 1."""
    size: float


def memories() -> list[Memory]:
    """The networks that are shown where no other is given."""
    with torch.random.fork_rng(devices=[]):  # the reader's random numbers are left alone
        return [_latch(), _fading(), _carousel(), _gru_latch(), _chaos()]


def _latch() -> Memory:
    return _one_unit(
        "A latch: tanh, u = 2",
        "One unit, h ← tanh(2h + x), rests near −0.96 or +0.96. Token 1 is −1, the rest is noise; "
        "a change of 2 makes it +1.",
        _set(SimpleCell, 1, W=[[1.0]], U=[[2.0]]),
    )


def _fading() -> Memory:
    return _one_unit(
        "Fading: tanh, u = 0.7",
        "One unit, h ← tanh(0.7h + x), has one place to rest, 0: whatever it read, it returns "
        "there.",
        _set(SimpleCell, 1, W=[[1.0]], U=[[0.7]]),
    )


def _gru_latch() -> Memory:
    return _one_unit(
        "A GRU that latches",
        "One unit, z = 0.5: half of h is kept, half is tanh(2h + 2x). Gates, and a latch "
        "nevertheless.",
        _set(GRUCell, 1, W=[[0.0], [0.0], [2.0]], U=[[0.0], [0.0], [2.0]], b=[9.0, 0.0, 0.0]),
    )


def _carousel() -> Memory:
    # Open to write where the second feature, the marker, is 1; f = σ(6) keeps 0.9975 a step.
    layer = _set(
        LSTMCell,
        2,
        W=[[0.0, 12.0], [0.0, 0.0], [1.0, 0.0], [0.0, 0.0]],
        U=[[0.0]] * 4,
        b=[-6.0, 6.0, 0.0, 4.0],
    )
    x = torch.stack([_tokens(1.0), torch.zeros(_STEPS)], dim=1)
    x[0] = torch.tensor([-0.5, 1.0])
    about = (
        "One LSTM unit keeps 0.998 of c a step, and writes only where a marker opens the input "
        "gate: at token 1."
    )
    return Memory("An LSTM with f ≈ 1", about, layer, _first_unit(1), x, _first(2), 1, 1.0)


def _chaos() -> Memory:
    # Most networks of this size settle down, at this gain too; seed 1 gives one that does not.
    H, gain = 8, 4.0
    generator = torch.Generator().manual_seed(1)
    layer = Recurrent(SimpleCell, 1, H, bias=False)
    with torch.no_grad():
        layer.cell.W.copy_(draws.normal((H, 1), generator))
        layer.cell.U.copy_(draws.normal((H, H), generator) * gain / H**0.5)
    about = (
        "8 tanh units with large random weights, picked because they never settle: runs drift "
        "apart whichever token was changed, and however little."
    )
    x = _tokens(_NOISE).unsqueeze(1)
    return Memory("Chaos: 8 tanh units", about, layer, _first_unit(H), x, _first(1), 1, 0.01)


def _one_unit(title: str, about: str, layer: Recurrent) -> Memory:
    x = _tokens(_NOISE).unsqueeze(1)
    x[0] = -1.0
    return Memory(title, about, layer, _first_unit(1), x, _first(1), 1, 2.0)


def _set(cell: type[Cell], input_size: int, **weights: Any) -> Recurrent:
    """A layer of one unit with the weights given, and zeros for the rest."""
    layer = Recurrent(cell, input_size, 1)
    with torch.no_grad():
        for name, parameter in layer.cell.named_parameters():
            parameter.copy_(torch.tensor(weights.get(name, 0.0)))
    return layer


def _tokens(size: float) -> Tensor:
    return size * draws.normal((_STEPS,), torch.Generator().manual_seed(1))


def _first(features: int) -> Tensor:
    return torch.eye(features)[0]


def _first_unit(units: int) -> nn.Linear:
    """A read-out that shows the first hidden unit as it is."""
    readout = nn.Linear(units, 1)
    with torch.no_grad():
        readout.weight.copy_(_first(units))
        readout.bias.zero_()
    return readout
