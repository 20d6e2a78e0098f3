"""Axes, places and numbers in words.

Axes carry the book's letters (``"T B H"``; ``"4H"`` is four blocks of H).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping

from torch import Tensor

BLOCKS = {3: ("reset gate", "update gate", "candidate"),
          4: ("input gate", "forget gate", "candidate", "output gate")}  # fmt: skip
"""What the blocks of an axis of 3H or 4H rows belong to: in the order r z n, and i f g o."""

PLACES = {"T": "t = {t}", "B": "batch element {i}", "D": "input {i}", "H": "unit {i}"}
"""Words for the places of the book's usual axes; time counts from 1, the others from 0."""


def describe(tensors: Mapping[str, str], sizes: Mapping[str, int]) -> str:
    """List tensors with their letters and sizes, such as ``"x (B, D) = (4, 3)"``."""
    parts = []
    for name, axes in tensors.items():
        shape = tuple(size_of(axis, sizes) for axis in axes.split())
        parts.append(f"{name} {in_brackets(axes.split())} = {shape}")
    return ", ".join(parts)


def blocks_of(axis: str) -> int:
    """How many times its letter's size an axis is long: 4 for ``"4H"``."""
    return int(axis[:-1] or 1)


def size_of(axis: str, sizes: Mapping[str, int]) -> int:
    """The size of an axis, given those of the letters."""
    return sizes[axis] if axis in sizes else blocks_of(axis) * sizes[axis[-1]]


def letters_of(all_axes: Iterable[str]) -> list[str]:
    """The letters in some axes, each once, in their order."""
    return list(dict.fromkeys(re.findall(r"[A-Z]", " ".join(all_axes))))


def in_brackets(letters: list[str]) -> str:
    """Axes as a tuple is written, ``"(B, H)"`` or ``"(H,)"``."""
    return f"({letters[0]},)" if len(letters) == 1 else f"({', '.join(letters)})"


def shape_sentence(
    name: str, letters: list[str], shape: tuple[int, ...], expected: tuple[int, ...]
) -> str:
    """Say that a shape is not the expected one, and what may have happened to it."""
    if not letters:
        return f"{name} has shape {shape}; expected one number."
    asked = in_brackets(letters)
    same = "" if asked == str(expected) else f" = {expected}"
    sentence = f"{name} has shape {shape}; expected {asked}{same}."
    if len(shape) == len(expected) and sorted(shape) == sorted(expected):
        sentence += " The sizes are right, their order is not."
    elif [size for size in shape if size != 1] == [size for size in expected if size != 1]:
        sentence += " An axis of size 1 was lost or added."
    return sentence


def place(axis: str, size: int, i: int, words: Mapping[str, str]) -> str:
    """Put a place on an axis in words; time counts from 1, as in the book's notation."""
    letter, blocks = axis[-1], blocks_of(axis) if axis[-1].isalpha() else 1
    if blocks == 1:
        return words.get(axis, f"index {{i}} of axis {axis}").format(i=i, t=i + 1)
    block, i = divmod(i, size // blocks)
    named = BLOCKS.get(blocks, [f"block {k}" for k in range(blocks)])[block]
    return f"{named}, {place(letter, size // blocks, i, words)}"


def compared(yours: float, expected: float) -> str:
    """Say what two numbers have in common, with a space before it; empty if nothing plain."""
    if expected == 0 or yours == 0:
        return ""
    ratio = yours / expected
    plain = {-1.0: "the opposite sign", 2.0: "twice the size", 0.5: "half the size"}
    for value, words in plain.items():
        if abs(ratio - value) < 1e-6:
            return f" It has {words}."
    return " The sign is wrong, too." if ratio < 0 else ""


def digits_in_common(yours: Tensor, expected: Tensor) -> int:
    """To how many digits two tensors agree."""
    apart = ((yours - expected).abs() / expected.abs().clamp(min=1e-12)).max().item()
    return max(1, int(-math.log10(max(apart, 1e-12))))


def _number(value: float, digits: int = 2) -> str:
    return f"{value:.{digits}e}" if abs(value) >= 1e6 else f"{value:.{digits}f}"


def told_apart(yours: float, expected: float) -> tuple[str, str]:
    """Format two numbers with as many digits as it takes to tell them apart."""
    for digits in range(2, 13):
        pair = _number(yours, digits), _number(expected, digits)
        if pair[0] != pair[1]:
            break
    return pair
