"""A drawn digit as 8 × 8 numbers, and what a GRU says after each row of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
import traitlets
from torch import Tensor, nn

from rnncourse.experiments.packing import unpack_all
from rnncourse.figures._reader import in_one_line

SIDE, INK, CLASSES = 8, 16, 10  # rows and columns of a picture, the most ink of a pixel, digits
ORDERS = {
    "down": [0, 1, 2, 3, 4, 5, 6, 7],
    "up": [7, 6, 5, 4, 3, 2, 1, 0],
    "shuffled": [4, 1, 6, 3, 0, 7, 2, 5],
}
_GRID, _BLOCK = 32, 4  # dots along a bitmap's side, and along a pixel's
_WIDTH = 20  # dots that a digit is wide
_PEN = 2.6  # half the width of its line, in dots
_STRETCH = 2.5  # how much more one direction may be stretched than the other
_LITTLE, _MUCH = 256, 412  # dots with ink: outside, the pen is a dot wider, or narrower
_EDGE = 2  # rows at the top and the bottom that do not tell how a digit leans

Strokes = Sequence[Sequence[tuple[float, float]]]


def opened(network: Mapping[str, Any]) -> tuple[nn.ModuleDict, dict[str, Any]]:
    """A network that a figure was given: in double precision, and as the trait for the page.

    Raises:
        traitlets.TraitError: if it is none that reads rows of eight numbers and names ten digits.
    """
    if not isinstance(network, Mapping):
        raise traitlets.TraitError(f"network must be a dict, got {network!r}")
    try:
        H = network["H"]
        with torch.random.fork_rng(devices=[]):
            parts = {"layer": nn.GRU(SIDE, H), "readout": nn.Linear(H, CLASSES)}
            model = nn.ModuleDict(parts).double()
        return unpack_all(model, network["parameters"]), in_one_line(network)
    except KeyError as missing:
        raise traitlets.TraitError(f"network must have {missing}, got none") from missing
    except (TypeError, ValueError, RuntimeError) as wrong:
        raise traitlets.TraitError(
            f"network must be a GRU over {SIDE} numbers, layer, and a linear layer to {CLASSES} "
            f"digits, readout, its parameters as pack_all gives them: {wrong}"
        ) from wrong


def checked_pixels(pixels: Any) -> list[int]:
    """The numbers of a picture, row after row.

    Raises:
        ValueError: if they are not 64 whole numbers of 0 to 16.
    """
    try:
        numbers = torch.as_tensor(pixels).flatten().tolist()
    except (TypeError, ValueError, RuntimeError) as wrong:
        raise ValueError(f"pixels must be {SIDE * SIDE} whole numbers: {wrong}") from wrong
    if len(numbers) != SIDE * SIDE:
        raise ValueError(f"pixels must be {SIDE * SIDE} whole numbers, got {len(numbers)}")
    for number in numbers:
        if number not in range(INK + 1):
            raise ValueError(f"each of pixels must be a whole number, 0 to {INK}, got {number}")
    return [int(number) for number in numbers]


@torch.no_grad()
def read(model: nn.ModuleDict, pixels: list[int], order: str) -> Tensor:
    """The probability of each digit after each row that is read, (8, 10)."""
    x = torch.tensor(pixels, dtype=torch.float64).view(SIDE, SIDE) / INK
    return model["readout"](model["layer"](x[ORDERS[order]])[0]).softmax(dim=1)


def pixels_of(strokes: Strokes) -> list[int]:
    """A drawing as the digits of Alpaydin and Kaynak (1998) were made: see `DrawADigit.pixels_of`.

    The drawing is fitted into 20 × 32 dots, drawn with a round pen, and set upright, as NIST's
    programs do it (Garris et al. 1994); then the dots in each block of 4 × 4 are counted.
    """
    lines = _lines(strokes)
    if not len(lines):
        return [0] * (SIDE * SIDE)
    upright = torch.tensor(_upright(_bitmap(_fitted(lines)).tolist()))
    blocks = upright.view(SIDE, _BLOCK, SIDE, _BLOCK).sum(dim=(1, 3))
    return blocks.flatten().tolist()


def _lines(strokes: Strokes) -> Tensor:
    """Where each piece of a line begins and ends, (pieces, 2, 2); of a point, twice the same."""
    try:
        points = [torch.tensor(stroke, dtype=torch.float64).view(-1, 2) for stroke in strokes]
    except (TypeError, ValueError, RuntimeError) as wrong:
        raise ValueError(f"strokes must be lists of points (x, y): {wrong}") from wrong
    for stroke in points:
        if not ((stroke >= 0) & (stroke <= 1)).all():
            raise ValueError(f"points of strokes must lie in 0 to 1, got {stroke.tolist()}")
    ends = [stroke if len(stroke) > 1 else stroke.repeat(2, 1) for stroke in points if len(stroke)]
    pieces = [torch.stack([one[:-1], one[1:]], dim=1) for one in ends]
    return torch.cat(pieces) if pieces else torch.empty(0, 2, 2)


def _fitted(lines: Tensor) -> Tensor:
    """The same in dots, around the middle of the bitmap, with room for the pen."""
    low, high = (lines.flatten(0, 1).aminmax(dim=0))[:2]
    room = torch.tensor([_WIDTH - 2 * _PEN, _GRID - 2 * _PEN], dtype=torch.float64)
    scale = room / (high - low).clamp(min=1e-9)
    scale = torch.minimum(scale, _STRETCH * scale.flip(0))
    return (lines - (low + high) / 2) * scale + _GRID / 2


def _bitmap(lines: Tensor) -> Tensor:
    """Which dots, [y, x], have ink: those that are no further than the pen from a line."""
    dots = torch.arange(_GRID, dtype=torch.float64) + 0.5
    nearest = torch.full((_GRID, _GRID), torch.inf, dtype=torch.float64)  # squares of distances
    for (ax, ay), (bx, by) in lines.tolist():
        dx, dy = bx - ax, by - ay
        square = dx * dx + dy * dy
        x, y = dots - ax, (dots - ay)[:, None]
        part = ((x * dx + y * dy) / square).clamp(0, 1) if square else torch.zeros(_GRID, _GRID)
        across, down = x - part * dx, y - part * dy
        nearest = torch.minimum(nearest, across * across + down * down)
    count = int((nearest <= _PEN * _PEN).sum())
    pen = _PEN + (count < _LITTLE) - (count > _MUCH)
    return nearest <= pen * pen


def _upright(rows: list[list[bool]]) -> list[list[bool]]:
    """Shift rows so that a digit's left edge is in one column near its top and near its bottom."""
    inked = [y for y, row in enumerate(rows) if any(row)]
    top, bottom = inked[0] + _EDGE, inked[-1] - _EDGE
    if bottom - top < _GRID / 2 or not any(rows[top]) or not any(rows[bottom]):
        return rows  # too flat to lean
    lean = (rows[top].index(True) - rows[bottom].index(True)) / (bottom - top)
    shifts = [int((y - _GRID / 2) * lean + _GRID + 0.5) - _GRID for y in range(_GRID)]
    return [
        [0 <= x - shift < _GRID and row[x - shift] for x in range(_GRID)]
        for row, shift in zip(rows, shifts, strict=True)
    ]
