"""What an exercise declares, and how its answers are read.

An answer is compared as a tuple of tensors. Axes carry the book's letters (``"T B H"``; ``"4H"`` is
four blocks of H), so that sizes can be drawn and every message can name the axis it speaks of.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal, Self

import torch
from torch import Tensor

from rnncourse.checking import edits
from rnncourse.checking.words import (
    PLACES,
    blocks_of,
    compared,
    digits_in_common,
    in_brackets,
    letters_of,
    place,
    shape_sentence,
    size_of,
    told_apart,
)  # fmt: skip

Tensors = tuple[Tensor, ...]
Level = Literal["complete", "write", "find the fault", "transfer"]

_DRAW_SEED = 0
_FREE_DRAWS = 4
_EXACT = 1e-7, 1e-9
_BY_HAND = 1e-11, 1e-13
_SINGLE = 2e-4, 2e-5
# Float32 rounding in a few steps of recurrence stays below this, a real mistake above it.
_ROUNDING = 1e-5


class Complaint(Exception):
    """A sentence to the reader about an answer that cannot be compared.

    Args:
        sentence: What the reader is told.
        name: A short name, if it says what is to be done otherwise, as a mistake's sentence does.
    """

    def __init__(self, sentence: str, name: str | None = None) -> None:
        super().__init__(sentence)
        self.name = name


@dataclass(frozen=True)
class Mistake:
    """A usual mistake as code.

    Attributes:
        name: A short name, for tests.
        sentence: What the reader is told: what is wrong and where to look, not the code.
        made: How it is made from the reference: what stands in its source, exactly once, and
            what stands there instead; or a function of its own, called as a submission is. Either
            may raise: a submission that raises the same error has made the same mistake.
    """

    name: str
    sentence: str
    made: Mapping[str, str] | Callable[..., Any]


@dataclass(frozen=True, kw_only=True, eq=False)
class Exercise:
    """An exercise whose answer is right if it equals the reference's in float64.

    Attributes:
        name: The name given to ``check``, such as ``"simple-step"``.
        title: What it asks for, in a few words.
        level: Its rung of the ladder.
        minutes: How long it takes most readers.
        starred: Whether an evening is planned with it; at most two are.
        objective: What it tests, such as ``"02.1"``: the first in the list of chapter 02.
        hints: Three, each saying more than the one before.
        notice: What is worth noticing for who has solved it, in a sentence.
        takes: Each argument's name and axes, such as ``{"x": "B D"}``.
        returns: Each returned tensor's name and axes; an axis may be a number.
        reference: The solution, plainly written: mistakes are changes of its source. Its name is
            the name that the reader's function bears.
        mistakes: The usual mistakes, looked up in this order.
        places: Words for an axis's places where they differ from the book's usual ones, such as
            ``{"T": "lag {t}"}``; ``{t}`` counts from 1, ``{i}`` from 0.
        by_hand: Whether the equation is asked for: autograd is refused, and so are differences.
        varied: Whether changes of the reference that are no listed mistake are tried; not where
            behaviours are so coarse that much else would look the same.
        whole: Whether whole numbers, or yes and no, are right though the inputs have fractions.
        single: Whether it is judged in float32; see ``in_float32``.
    """

    name: str
    title: str
    level: Level
    minutes: int
    objective: str
    hints: tuple[str, str, str]
    notice: str
    takes: Mapping[str, str]
    returns: Mapping[str, str]
    reference: Callable[..., Any]
    mistakes: tuple[Mistake, ...]
    places: Mapping[str, str] = field(default_factory=dict)
    starred: bool = False
    by_hand: bool = False
    varied: bool = True
    whole: bool = False
    single: bool = False

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

    @property
    def effort(self) -> str:
        """Its rung of the ladder and its minutes, such as ``"write, 15 minutes"``."""
        return f"{self.level}, {self.minutes} minutes"

    @property
    def dtype(self) -> torch.dtype:
        """The dtype of the inputs, and the default one during a call."""
        return torch.float32 if self.single else torch.float64

    @property
    def tolerance(self) -> tuple[float, float]:
        """How far numbers may be apart, as a share and absolutely."""
        if self.single:
            return _SINGLE
        return _BY_HAND if self.by_hand else _EXACT

    def in_float32(self) -> Self:
        """The same exercise for a function that is right in float32 only."""
        return replace(self, single=True)

    def version(self, mistake: Mistake) -> Callable[..., Any]:
        """A function that makes a mistake."""
        if callable(mistake.made):
            return mistake.made
        return edits.edited(self.reference, edits.fragments(self.reference, mistake.made))

    @cached_property
    def trials(self) -> list[Tensors]:
        """The inputs of all calls: always the same ones, so that verdicts can be compared."""
        return [
            tuple(t.to(self.dtype) if t.is_floating_point() else t for t in trial)
            for trial in self.draw(torch.Generator(device="cpu").manual_seed(_DRAW_SEED))
        ]

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
        letters = letters_of(self.takes.values())
        calls: list[Tensors] = []
        for single in (*[None] * _FREE_DRAWS, *letters) if letters else (None,):
            least = 2 if calls else 3  # the first is to tell as many mistakes apart as can be
            order = torch.randperm(len(letters) + 2, generator=generator, device="cpu") + least
            sizes = dict(zip(letters, order.tolist(), strict=False))
            if single:
                sizes[single] = 1
            axes = [argument.split() for argument in self.takes.values()]
            shapes = [[size_of(axis, sizes) for axis in argument] for argument in axes]
            calls.append(tuple(_uniform(shape, generator) for shape in shapes))
        return calls

    def sizes(self, inputs: Tensors) -> dict[str, int]:
        """Return the size behind each letter of the arguments."""
        return {
            axis[-1]: size // blocks_of(axis)
            for axes, tensor in zip(self.takes.values(), inputs, strict=True)
            for axis, size in zip(axes.split(), tensor.shape, strict=True)
        }

    def examine(self, name: str, value: Tensor) -> None:
        """Look at an answer as it came, before it is read as float64.

        Raises:
            Complaint: It is not as the text asks.
        """

    def behaviour(self, returned: Tensors) -> Tensors:
        """Return what is compared: here the returned tensors themselves."""
        return returned

    def accepts(self, mine: Tensors, expected: Tensors) -> bool:
        """Say whether a behaviour is right, given the reference's."""
        return self.alike(mine, expected)

    def alike(self, mine: Tensors, other: Tensors) -> bool:
        """Say whether two behaviours are the same."""
        return len(mine) == len(other) and all(
            a.shape == b.shape and torch.allclose(a, b, *self.tolerance, equal_nan=True)
            for a, b in zip(mine, other, strict=True)
        )

    def nearly(self, mine: Tensors, other: Tensors) -> bool:
        """Say whether two behaviours differ in their last digits alone."""
        return len(mine) == len(other) and all(
            a.shape == b.shape and torch.allclose(a, b, _ROUNDING, 0.0)
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
                    elif size % blocks_of(letter):
                        raise Complaint(
                            f"{name} has shape {shape}; expected {in_brackets(letters)}, and "
                            f"{size} is not {blocks_of(letter)} times a whole number."
                        )
                    elif letter[-1] not in sizes:
                        sizes[letter[-1]] = size // blocks_of(letter)
            if not all(letter in sizes or letter[-1] in sizes for letter in letters):
                raise Complaint(f"{name} has shape {shape}; expected {in_brackets(letters)}.")
            expected = tuple(size_of(letter, sizes) for letter in letters)
            if shape != expected:
                raise Complaint(shape_sentence(name, letters, shape, expected))
        return sizes

    def introduce(self, inputs: Tensors) -> str:
        """Say which inputs an answer is wrong for, before ``explain`` says what is wrong."""
        drawn = ", ".join(f"{letter} = {size}" for letter, size in self.sizes(inputs).items())
        return f"on a drawn input with {drawn}, " if drawn else ""

    def explain(self, mine: Tensors, expected: Tensors) -> str:
        """Name the first step, element and size of disagreement; shapes agree, values do not."""
        right: list[str] = []
        for (name, axes), a, b in zip(self.returns.items(), mine, expected, strict=True):
            finite = a.isfinite()
            wrong = ~torch.isclose(a, b, *self.tolerance)
            if not finite.all():
                index = tuple((~finite).nonzero()[0].tolist())
                place = self._at(axes, a.shape, index)
                return (
                    f"{name} is {a[index].item()}{place}: look for a division by zero, a "
                    "logarithm or a memory never filled."
                )
            if not wrong.any():
                right.append(name)
                continue
            before = f"{' and '.join(right)} right; " if right else ""
            if torch.allclose(a, b, _ROUNDING, 0.0):
                cause = "a difference quotient, " if self.by_hand else ""
                digits = digits_in_common(a, b)
                return (
                    f"{before}{name} is right to about {digits} digits, and should be to more. Is "
                    f"it {cause}a part in float32, a rounded constant, or a small number added "
                    "somewhere?"
                )
            index = tuple(wrong.nonzero()[0].tolist())
            yours, asked = told_apart(a[index].item(), b[index].item())
            how_many = f" ({int(wrong.sum())} of {a.numel()} numbers differ)" if index else ""
            return (
                f"{before}{name} first differs{self._at(axes, a.shape, index)}: yours {yours}, "
                f"expected {asked}{how_many}.{compared(a[index].item(), b[index].item())}"
            )
        raise AssertionError("explain was called for an answer that agrees")

    def _at(self, axes: str, shape: Iterable[int], index: tuple[int, ...]) -> str:
        """Put an index in words, ``" at t = 2, unit 0"``; empty for a number of no axes."""
        words = {**PLACES, **self.places}
        places = [
            place(axis, size, i, words)
            for axis, size, i in zip(axes.split(), shape, index, strict=True)
        ]
        return f" at {', '.join(places)}" if places else ""


def _uniform(shape: list[int], generator: torch.Generator) -> Tensor:
    return torch.rand(shape, generator=generator, dtype=torch.float64, device="cpu") * 2 - 1
