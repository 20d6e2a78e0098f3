"""Weights written as text, one character each, so that a page can carry a trained network.

A weight becomes one of 63 levels, −31 … 31, times the scale of its row. The scale is the row's
largest weight over 31, to four significant digits. A packed parameter is a dict that JSON can hold:

    {"rows": ["kV0z", …], "scales": [0.01234, …]}

with one string and one number a row; a bias (H) is one row. Level ``l`` is ``DIGITS[l + 31]``, so
``V`` is 0. What is read back are the weights as rounded: rounding them again changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import torch
from torch import Tensor, nn

from rnnbook.cells.checks import finite_number, floats, instance, of_shape

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
LARGEST = len(DIGITS) // 2
_SIGNIFICANT = 4

Packed = Mapping[str, Sequence[Any]]
AnyModule = TypeVar("AnyModule", bound=nn.Module)


def pack(weights: Tensor) -> dict[str, list[Any]]:
    """Round weights to levels, and write them as text.

    Args:
        weights: shape (rows, columns), or (columns) for a single row.

    Returns:
        ``rows``, the levels as strings, and ``scales``, one number a row.

    Raises:
        TypeError: if the weights are no tensor of floats.
        ValueError: if they have another number of axes, are none, or are not finite.
    """
    floats("weights", weights)
    if weights.dim() not in (1, 2) or not weights.numel() or not weights.isfinite().all():
        raise ValueError(
            "weights must be finite, of shape (rows, columns) or (columns), not empty, got shape "
            f"{tuple(weights.shape)}" + ("" if weights.isfinite().all() else ", not all finite")
        )
    rows = torch.atleast_2d(weights.detach().double().cpu())
    scales = [float(f"{row.abs().max() / LARGEST:.{_SIGNIFICANT}g}") for row in rows]
    levels = [(row / (scale or 1.0)).round() for row, scale in zip(rows, scales, strict=True)]
    return {
        "rows": ["".join(DIGITS[int(level) + LARGEST] for level in row) for row in levels],
        "scales": scales,
    }


def unpack(packed: Packed) -> Tensor:
    """Read weights back: shape (rows, columns) in double precision, also for a single row.

    Raises:
        TypeError: if it is no such dict.
        ValueError: if there is not one scale a row, rows differ in length, or a character is none
            of `DIGITS`.
    """
    instance("packed", packed, Mapping, "a dict of rows and scales")
    if packed.keys() != {"rows", "scales"}:
        raise ValueError(f"packed must have rows and scales, got {', '.join(map(str, packed))}")
    rows, scales = packed["rows"], packed["scales"]
    for row in rows:
        instance("each of rows", row, str, "a str")
    for scale in scales:
        finite_number("each of scales", scale, "a finite number", lambda _: True)
    if len(rows) != len(scales) or len({len(row) for row in rows}) != 1:
        lengths = sorted({len(row) for row in rows})
        raise ValueError(
            f"packed must have one scale a row, and rows of one length, got {len(scales)} scales "
            f"and {len(rows)} rows of length {', '.join(map(str, lengths))}"
        )
    if others := sorted(set("".join(rows)) - set(DIGITS)):
        raise ValueError(f"rows must hold characters of {DIGITS}, got {others}")
    levels = torch.tensor([[DIGITS.index(c) - LARGEST for c in row] for row in rows])
    return levels * torch.tensor(scales, dtype=torch.float64)[:, None]


@torch.no_grad()
def round_weights(model: AnyModule) -> AnyModule:
    """Replace every weight by what is read back of it; the model itself."""
    instance("model", model, nn.Module, "a module")
    for parameter in model.parameters():
        parameter.copy_(unpack(pack(parameter)).view_as(parameter))
    return model


def pack_all(model: nn.Module) -> dict[str, dict[str, list[Any]]]:
    """All weights of a module as text, each parameter by its name."""
    instance("model", model, nn.Module, "a module")
    return {name: pack(parameter) for name, parameter in model.named_parameters()}


@torch.no_grad()
def unpack_all(model: AnyModule, packed: Mapping[str, Packed]) -> AnyModule:
    """Give a module the weights that `pack_all` wrote; the module itself.

    Raises:
        TypeError, ValueError: if it is not what a module of these sizes gives.
    """
    instance("model", model, nn.Module, "a module")
    own = dict(model.named_parameters())
    instance("packed", packed, Mapping, "a dict of packed parameters")
    if packed.keys() != own.keys():
        raise ValueError(f"packed must have {', '.join(own)}, got {', '.join(packed)}")
    for name, parameter in own.items():
        shape = tuple(torch.atleast_2d(parameter).shape)
        read = of_shape(f"packed {name}", unpack(packed[name]), "rows, columns", shape)
        parameter.copy_(read.view_as(parameter))
    return model
