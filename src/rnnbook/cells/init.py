"""Ways to start the recurrent weights ``U`` of a cell; nothing else of it is touched.

``U`` holds one block of ``H`` rows for each gate, and each block is started by itself. They change
the cell in place and return it.
"""

from __future__ import annotations

from math import isfinite
from typing import TypeVar

import torch
from torch import Tensor

from rnnbook.cells.base import Cell

AnyCell = TypeVar("AnyCell", bound=Cell)


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
    _positive("gain", gain)
    for block in blocks(cell):
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
    _positive("scale", scale)
    for block in blocks(cell):
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
    _positive("radius", radius)
    before = [spectral_radius(block) for block in blocks(cell)]
    if 0 in before:
        raise ValueError("U must have an eigenvalue that is not 0, got a block without")
    for block, old in zip(blocks(cell), before, strict=True):
        block.mul_(radius / old)
    return cell


@torch.no_grad()
def spectral_radius(block: Tensor) -> float:
    """The largest absolute value of an eigenvalue of a square matrix (H, H)."""
    return torch.linalg.eigvals(block).abs().max().item()


def blocks(cell: Cell) -> tuple[Tensor, ...]:
    """The blocks of ``U``, one a gate, each of shape (H, H); they share its memory."""
    return cell.U.split(cell.hidden_size)


def _positive(name: str, value: float) -> None:
    if not (isfinite(value) and value > 0):
        raise ValueError(f"{name} must be a positive number, got {value!r}")
