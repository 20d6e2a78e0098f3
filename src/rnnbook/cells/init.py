"""Ways to start a cell: its recurrent weights ``U``, or the bias of the gate that keeps.

``U`` holds one block of ``H`` rows for each gate, and each block is started by itself. All change
the cell in place and return it; what they do not name, they do not touch. They refuse what is no
cell, by a `TypeError`, and a cell whose weights are pruned or parametrized, by a `ValueError`: what
they write would be lost there.
"""

from __future__ import annotations

from typing import TypeVar

import torch
from torch import Tensor

from rnnbook.cells.base import Cell
from rnnbook.cells.checks import finite_number, floats, instance, positive_int, positive_number

AnyCell = TypeVar("AnyCell", bound=Cell)


_A_CELL = "a cell such as LSTMCell(3, 4): of a layer, start each of its cells"


@torch.no_grad()
def orthogonal(
    cell: AnyCell, gain: float = 1.0, *, generator: torch.Generator | None = None
) -> AnyCell:
    """Start each block of ``U`` as a random orthogonal matrix: it turns, and stretches nothing.

    Args:
        cell: any cell.
        gain: factor of the matrix; every singular value is this number.
        generator: the source of randomness; torch's global one if not given.

    Raises:
        ValueError: if ``gain`` is not a positive number.

    Source: Saxe et al. (2013).
    """
    positive_number("gain", gain)
    for block in own_blocks(cell):
        torch.nn.init.orthogonal_(block, gain, generator=generator)
    return cell


@torch.no_grad()
def identity(cell: AnyCell, scale: float = 1.0) -> AnyCell:
    """Start each block of ``U`` as ``scale`` times the identity: each unit keeps itself alone.

    Args:
        cell: any cell. For the IRNN: `SimpleCell` with ``nonlinearity="relu"`` and a bias of zero.
        scale: what a unit keeps of itself at each step.

    Raises:
        ValueError: if ``scale`` is not a positive number.

    Source: Le et al. (2015).
    """
    positive_number("scale", scale)
    for block in own_blocks(cell):
        block.copy_(scale * torch.eye(len(block), dtype=block.dtype, device=block.device))
    return cell


@torch.no_grad()
def scaled(cell: AnyCell, radius: float = 1.0) -> AnyCell:
    """Scale each block of ``U``, as it stands, to a spectral radius.

    Args:
        cell: any cell; uniform on ±1/√H, as cells start, the radius is about 1/√3.
        radius: the largest absolute value of an eigenvalue that is wanted.

    Raises:
        ValueError: if ``radius`` is not a positive number, or a block has no eigenvalue but zero.
    """
    positive_number("radius", radius)
    before = [spectral_radius(block) for block in own_blocks(cell)]
    if 0 in before:
        raise ValueError("U must have an eigenvalue that is not 0, got a block without")
    for block, old in zip(blocks(cell), before, strict=True):
        block.mul_(radius / old)
    return cell


@torch.no_grad()
def forget_bias(cell: AnyCell, value: float) -> AnyCell:
    """Set the bias of the gate that keeps the old state: with a large one, the cell remembers.

    That is ``b_f`` of an LSTM; ``−b_i`` of one with coupled gates, where ``f = 1 − i``; and
    ``b_z`` of a GRU, where ``z = 1`` keeps.

    Args:
        cell: a cell with such a gate.
        value: the bias of every unit, exactly.

    Raises:
        TypeError: if the cell has no bias of a gate that keeps.
        ValueError: if ``value`` is not a finite number.

    Source: Gers, Schmidhuber & Cummins (2000); Jozefowicz, Zaremba & Sutskever (2015).
    """
    instance("cell", cell, Cell, _A_CELL)
    finite_number("value", value, "a finite number", lambda _: True)
    _set_keep_bias(cell, cell.U.new_full((cell.hidden_size,), value))
    return cell


@torch.no_grad()
def chrono(cell: AnyCell, longest: float, *, generator: torch.Generator | None = None) -> AnyCell:
    """Spread the units' time constants up to the longest dependency that is expected.

    An LSTM gets ``b_f = log u``, with ``u`` uniform on [1, longest − 1] for each unit, and
    ``b_i = −b_f``. Of a GRU, whose ``z = 1`` keeps, ``b_z = log u``. With inputs and states of
    zero, a unit then keeps ``σ(log u) = 1 − 1/(1 + u)`` of itself each step.

    Args:
        cell: a cell with a gate that keeps.
        longest: the longest dependency in steps, ``T`` in the paper; above 2.
        generator: the source of randomness; torch's global one if not given.

    Raises:
        TypeError: if the cell has no bias of a gate that keeps.
        ValueError: if ``longest`` is not a finite number above 2.

    Source: Tallec & Ollivier (2018), equation 16.
    """
    instance("cell", cell, Cell, _A_CELL)
    finite_number("longest", longest, "a finite number above 2", lambda found: found > 2)
    u = torch.empty(cell.hidden_size, dtype=cell.U.dtype, device=cell.U.device)
    log_u = u.uniform_(1, longest - 1, generator=generator).log()
    _set_keep_bias(cell, log_u)
    if "i" in cell.block_names:
        _bias(cell, "i").copy_(-log_u)
    return cell


def starting_leaks(units: int, longest: int) -> Tensor:
    """Leaks whose time constants are spread evenly from 1 to ``longest`` steps, shape (units).

    Raises:
        ValueError: if one of them is not a positive int.
    """
    tau = torch.linspace(1, positive_int("longest", longest), positive_int("units", units))
    return 1 - torch.exp(-1 / tau)


def _set_keep_bias(cell: Cell, values: Tensor) -> None:
    """Set the bias (H) of the gate that keeps: ``f``, ``z``, or ``i`` where ``f = 1 − i``."""
    for name in ("f", "z"):
        if name in cell.block_names and cell.b is not None:
            _bias(cell, name).copy_(values)
            return
    if not (getattr(cell, "coupled", False) and cell.b is not None):
        raise TypeError(f"cell must have a bias of a gate that keeps, got {cell!r}")
    _bias(cell, "i").copy_(-values)


def _bias(cell: Cell, gate: str) -> Tensor:
    """The part of ``b`` that belongs to a gate, shape (H); it shares b's memory."""
    return _own(cell, "b").split(cell.hidden_size)[cell.block_names.index(gate)]


@torch.no_grad()
def spectral_radius(block: Tensor) -> float:
    """The largest absolute value of an eigenvalue of a square matrix (H, H).

    Raises:
        TypeError: if it is no tensor of floats.
        ValueError: if it is not square, or empty.
    """
    if floats("block", block, "H, H").shape[0] != block.shape[1] or not len(block):
        raise ValueError(f"block must be square and not empty, got {tuple(block.shape)}")
    return torch.linalg.eigvals(block).abs().max().item()


def own_blocks(cell: Cell) -> tuple[Tensor, ...]:
    """The blocks of ``U``, to be written into.

    Raises:
        TypeError: if ``cell`` is none.
        ValueError: if ``U`` is computed from other weights: what is written would be lost.
    """
    instance("cell", cell, Cell, _A_CELL)
    return _own(cell, "U").split(cell.hidden_size)


def _own(cell: Cell, name: str) -> Tensor:
    own = cell._parameters.get(name)
    if own is None:
        raise ValueError(
            f"cell must have {name} as its own parameter to start it, got one that is computed "
            "from others, pruned or parametrized: start it before that"
        )
    return own


def blocks(cell: Cell) -> tuple[Tensor, ...]:
    """The blocks of ``U``, one a gate, each of shape (H, H); they share its memory."""
    instance("cell", cell, Cell, _A_CELL)
    return cell.U.split(cell.hidden_size)
