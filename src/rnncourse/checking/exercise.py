"""What an exercise declares, and how its answers are read.

An answer is compared as a tuple of tensors. Axes carry the book's letters (``"T B H"``; ``"4H"`` is
four blocks of H), so that sizes can be drawn and every message can name the axis it speaks of.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

Tensors = tuple[Tensor, ...]

_FREE_DRAWS = 4
_RTOL, _ATOL = 1e-7, 1e-9
# Float32 rounding in a few steps of recurrence stays below this, a real mistake above it.
_ROUNDING = 1e-5
_POSITION = {"T": "t = {}", "B": "batch element {}", "D": "input {}", "H": "unit {}"}


class Complaint(Exception):
    """A sentence to the reader about an answer that cannot be compared."""


@dataclass(frozen=True)
class Mistake:
    """A usual mistake as code.

    Attributes:
        name: A short name, for tests.
        sentence: What the reader is told: what is wrong and where to look, not the code.
        function: A function that makes the mistake, called as a submission is. It may raise:
            a submission that raises the same error on every draw has made the same mistake.
    """

    name: str
    sentence: str
    function: Callable[..., Any]


@dataclass(frozen=True, kw_only=True)
class Exercise:
    """An exercise whose answer is right if it equals the reference's in float64.

    Attributes:
        name: The name given to ``check``, such as ``"simple-step"``.
        title: What it asks for, in a few words.
        takes: Each argument's name and axes, such as ``{"x": "B D"}``.
        returns: Each returned tensor's name and axes; an axis may be a number.
        reference: The solution; its name is the name that the reader's function bears.
        mistakes: The usual mistakes, looked up in this order.
    """

    name: str
    title: str
    takes: Mapping[str, str]
    returns: Mapping[str, str]
    reference: Callable[..., Any]
    mistakes: tuple[Mistake, ...]

    @property
    def call(self) -> str:
        """The call that the checker makes, such as ``"step(x, h, W, U, b)"``."""
        return f"{self.reference.__name__}({', '.join(self.takes)})"

    @property
    def signature(self) -> str:
        """The call and what it returns, such as ``"step(x, h, W, U, b) -> h_new"``."""
        return f"{self.call} -> {self.result}"

    @property
    def result(self) -> str:
        """What is returned, such as ``"h_new"`` or ``"(output, h_n)"``."""
        names = ", ".join(self.returns)
        return names if len(self.returns) == 1 else f"({names})"

    def draw(self, generator: torch.Generator) -> list[Tensors]:
        """Draw the arguments of several calls.

        No two letters have the same size, so that confused axes show; and each letter has the
        size 1 once, so that lost axes do.

        Args:
            generator: A CPU generator.

        Returns:
            For each call one float64 tensor an argument, elements uniform in (-1, 1).
            An exercise that takes nothing is called once.
        """
        letters = _letters(self.takes.values())
        calls = []
        for single in (*[None] * _FREE_DRAWS, *letters) if letters else (None,):
            order = torch.randperm(len(letters) + 2, generator=generator, device="cpu") + 2
            sizes = dict(zip(letters, order.tolist(), strict=False))
            if single:
                sizes[single] = 1
            shapes = [[_size(axis, sizes) for axis in axes.split()] for axes in self.takes.values()]
            calls.append(tuple(_uniform(shape, generator) for shape in shapes))
        return calls

    def sizes(self, inputs: Tensors) -> dict[str, int]:
        """Return the size behind each letter of the arguments."""
        return {
            axis[-1]: size // _blocks(axis)
            for axes, tensor in zip(self.takes.values(), inputs, strict=True)
            for axis, size in zip(axes.split(), tensor.shape, strict=True)
        }

    def behaviour(self, returned: Tensors) -> Tensors:
        """Return what is compared: here the returned tensors themselves."""
        return returned

    def accepts(self, mine: Tensors, expected: Tensors) -> bool:
        """Say whether a behaviour is right, given the reference's."""
        return self.alike(mine, expected)

    def alike(self, mine: Tensors, other: Tensors) -> bool:
        """Say whether two behaviours are the same."""
        return len(mine) == len(other) and all(
            a.shape == b.shape and torch.allclose(a, b, _RTOL, _ATOL, equal_nan=True)
            for a, b in zip(mine, other, strict=True)
        )

    def require_shapes(self, returned: Tensors, sizes: Mapping[str, int]) -> dict[str, int]:
        """Compare the returned shapes with the declared ones.

        Args:
            returned: The tensors of an answer.
            sizes: The size behind each letter that the arguments fix; a further letter takes the
                size at its first place.

        Returns:
            The size behind every letter.

        Raises:
            Complaint: A shape is not the declared one.
        """
        sizes = dict(sizes)
        for (name, axes), tensor in zip(self.returns.items(), returned, strict=True):
            shape = tuple(tensor.shape)
            letters = axes.split()
            if len(letters) == len(shape):
                for letter, size in zip(letters, shape, strict=True):
                    if letter.isdigit():
                        sizes[letter] = int(letter)
                    elif letter[-1] not in sizes:
                        sizes[letter[-1]] = size // _blocks(letter)
            if not all(letter in sizes or letter[-1] in sizes for letter in letters):
                raise Complaint(f"{name} has shape {shape}; expected {_tuple(letters)}.")
            expected = tuple(_size(letter, sizes) for letter in letters)
            if shape != expected:
                raise Complaint(_shape_sentence(name, letters, shape, expected))
        return sizes

    def explain(self, mine: Tensors, expected: Tensors) -> str:
        """Name the first step, element and size of disagreement; shapes agree, values do not."""
        for (name, axes), a, b in zip(self.returns.items(), mine, expected, strict=True):
            finite = a.isfinite()
            wrong = ~torch.isclose(a, b, _RTOL, _ATOL)
            if not finite.all():
                index = tuple((~finite).nonzero()[0].tolist())
                return (
                    f"{name} holds {_number(a[index].item())}, first at {_place(axes, index)}: "
                    "look for a division by zero, a logarithm or a memory never filled."
                )
            if wrong.any():
                if torch.allclose(a, b, 0.0, _ROUNDING):
                    return f"{name} is right but for rounding: is a part of it in float32?"
                index = tuple(wrong.nonzero()[0].tolist())
                yours, right = _distinct(a[index].item(), b[index].item())
                place = f" at {_place(axes, index)}" if index else ""
                return (
                    f"{name} first differs{place}: yours {yours}, expected {right} "
                    f"({int(wrong.sum())} of {a.numel()} numbers differ)."
                )
        raise AssertionError("explain was called for an answer that agrees")


def describe(tensors: Mapping[str, str], sizes: Mapping[str, int]) -> str:
    """List tensors with their letters and sizes, such as ``"x (B, D) = (4, 3)"``."""
    return ", ".join(
        f"{name} {_tuple(axes.split())} = {tuple(_size(axis, sizes) for axis in axes.split())}"
        for name, axes in tensors.items()
    )


def _blocks(axis: str) -> int:
    """How many times its letter's size an axis is long: 4 for ``"4H"``."""
    return int(axis[:-1] or 1)


def _size(axis: str, sizes: Mapping[str, int]) -> int:
    return sizes[axis] if axis in sizes else _blocks(axis) * sizes[axis[-1]]


def _uniform(shape: list[int], generator: torch.Generator) -> Tensor:
    return torch.rand(shape, generator=generator, dtype=torch.float64, device="cpu") * 2 - 1


def _letters(all_axes: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(re.findall(r"[A-Z]", " ".join(all_axes))))


def _tuple(letters: list[str]) -> str:
    return f"({letters[0]},)" if len(letters) == 1 else f"({', '.join(letters)})"


def _shape_sentence(
    name: str, letters: list[str], shape: tuple[int, ...], expected: tuple[int, ...]
) -> str:
    sentence = f"{name} has shape {shape}; expected {_tuple(letters)} = {expected}."
    if len(shape) == len(expected) and sorted(shape) == sorted(expected):
        sentence += " The sizes are right, their order is not."
    elif [size for size in shape if size != 1] == [size for size in expected if size != 1]:
        sentence += " An axis of size 1 was lost or added."
    return sentence


def _place(axes: str, index: tuple[int, ...]) -> str:
    """Put an index in words; time counts from 1, as in the book's notation."""
    return ", ".join(
        _POSITION.get(letter, f"index {{}} of axis {letter}").format(i + (letter == "T"))
        for letter, i in zip(axes.split(), index, strict=True)
    )


def _number(value: float, digits: int = 2) -> str:
    return f"{value:.{digits}e}" if abs(value) >= 1e6 else f"{value:.{digits}f}"


def _distinct(yours: float, expected: float) -> tuple[str, str]:
    """Format two numbers with as many digits as it takes to tell them apart."""
    for digits in range(2, 13):
        pair = _number(yours, digits), _number(expected, digits)
        if pair[0] != pair[1]:
            break
    return pair
