"""How an answer as a whole relates to the one expected: turned round, doubled, shifted, …

Where no mistake is recognised in how an answer was made, its numbers may still tell: every one
twice as large, the rows in the other order, one step late. Each such relation must hold on every
drawn input, so that what is said is true of the function and not of one accident.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

import torch
from torch import Tensor

from rnncourse.checking.exercise import Exercise, Tensors
from rnncourse.checking.words import BLOCKS

_RTOL, _ATOL = 1e-7, 1e-9
_ENOUGH = 8  # numbers in order, one of 40,320 orders: no accident
_USUAL = {"T": "the steps", "B": "the batch", "D": "the inputs", "H": "the units"}

Sizes = Mapping[str, int]
Relation = Callable[[Tensor, Sizes], Tensor | None]
"""``(expected, sizes) -> what the answer would be``, or ``None`` where it makes no sense."""
Change = Callable[[Tensor, int], Tensor]
"""``(expected, axis) -> what the answer would be``."""

_ELEMENTWISE: tuple[tuple[str, Callable[[Tensor], Tensor]], ...] = (
    ("has the opposite sign throughout", lambda b: -b),
    ("is 1 minus what it should be", lambda b: 1 - b),
    ("is the square of what it should be", torch.square),
    ("is the root of what it should be", torch.sqrt),
    ("is 1 over what it should be: upside down", torch.reciprocal),
    ("is the exponential of what it should be", torch.exp),
    ("is the logarithm of what it should be", torch.log),
    ("has lost its sign: these are the absolute values", torch.abs),
    ("is what it should be, put through tanh once more", torch.tanh),
    ("is what it should be, put through a sigmoid once more", torch.sigmoid),
    ("lacks a last tanh", torch.atanh),
    ("lacks a last sigmoid", torch.logit),
    ("has every negative number turned to 0", torch.relu),
    ("is 0 throughout", torch.zeros_like),
)


def related(
    exercise: Exercise,
    sizes: Sequence[Sizes],
    mine: Sequence[Tensors],
    expected: Sequence[Tensors],
    *,
    roughly: bool = False,
) -> str | None:
    """Say how an answer relates to the expected one on every input, or ``None``.

    Args:
        exercise: What was asked.
        sizes: The size behind each letter, one mapping an input.
        mine: The answers.
        expected: The right ones.
        roughly: Whether nothing is asked but whether the answer is an approximation.
    """
    names, axes = list(exercise.returns), list(exercise.returns.values())
    if any(
        len(a) != len(names) or len(b) != len(names) for a, b in zip(mine, expected, strict=True)
    ):
        return None  # judged by a behaviour that is not what is returned
    if len(names) == 2 and all(
        _alike(a[0], b[1]) and _alike(a[1], b[0]) for a, b in zip(mine, expected, strict=True)
    ):
        return f"both are right, but in the other order: return {exercise.result}."
    right, wrong = [], []
    for k, name in enumerate(names):
        a, b = [m[k] for m in mine], [e[k] for e in expected]
        if all(map(_alike, a, b)):
            right.append(name)
            continue
        if roughly:
            words = _approximate(a, b)
        else:
            words = _relation(axes[k].split(), sizes, a, b, _named(exercise.places))
        if words is None:
            return None
        wrong.append(f"{name} {words}")
    if not wrong:
        return None  # right to fewer digits than are asked
    return f"{_right(right)}{', and '.join(wrong)}."


def _right(names: Sequence[str]) -> str:
    if not names:
        return ""
    return f"{' and '.join(names)} {'is' if len(names) == 1 else 'are'} right, but "


def _relation(
    letters: Sequence[str],
    sizes: Sequence[Sizes],
    mine: Sequence[Tensor],
    expected: Sequence[Tensor],
    named: Mapping[str, str],
) -> str | None:
    if not any(bool(b.numel()) and bool(b.abs().max() > _ATOL) for b in expected):
        return None
    for words, relation in _relations(letters, sizes[0], named):
        if all(
            _holds(relation, a, b, size) for a, b, size in zip(mine, expected, sizes, strict=True)
        ):
            return words
    return _constant(mine, expected)


def _holds(relation: Relation, a: Tensor, b: Tensor, sizes: Sizes) -> bool:
    related = relation(b, sizes)
    return related is not None and _alike(a, related)


def _alike(a: Tensor, b: Tensor) -> bool:
    return a.shape == b.shape and torch.allclose(a, b, _RTOL, _ATOL, equal_nan=True)


def _constant(mine: Sequence[Tensor], expected: Sequence[Tensor]) -> str | None:
    """A factor, or a difference, that is the same for all numbers of all inputs."""
    if any(a.shape != b.shape for a, b in zip(mine, expected, strict=True)):
        return None
    a = torch.cat([tensor.flatten() for tensor in mine])
    b = torch.cat([tensor.flatten() for tensor in expected])
    if len(a) < 2 or not (a.isfinite().all() and b.isfinite().all()):
        return None
    largest = int(b.abs().argmax())
    factor = float(a[largest] / b[largest])
    if abs(factor) > 1e-6 and _alike(a, factor * b):
        if factor < 0:
            return f"has the wrong sign, and is {-factor:.3g} times as large as it should be"
        return {
            2.0: "is twice as large as it should be",
            0.5: "is half as large as it should be",
        }.get(round(factor, 9), f"is {_digits(factor)} times as large as it should be, everywhere")
    if _alike(a, b + (a - b)[0]):
        off = float((a - b)[0])
        return f"is off by {off:+.3g} everywhere"
    return None


def _approximate(mine: Sequence[Tensor], expected: Sequence[Tensor]) -> str | None:
    """What is right in the limit alone: the larger the number, the larger its share of error."""
    if any(a.shape != b.shape for a, b in zip(mine, expected, strict=True)):
        return None
    a, b = (torch.cat([tensor.flatten() for tensor in tensors]) for tensors in (mine, expected))
    off = (a / b - 1).abs()[b.abs().argsort()]
    if len(off) < _ENOUGH or not bool(off.isfinite().all() and (off.diff() > 0).all()):
        return None
    if off[0] > 0.05 or off[-1] < 10 * off[0]:
        return None
    return (
        "is nearly right where it should be small, and further off the larger it should be: "
        "an approximation, not the formula"
    )


def _digits(factor: float) -> str:
    """A factor in few digits, or in as many as tell it from 1."""
    few = f"{factor:.4g}"
    return f"{factor:.9g}" if few == "1" else few


def _named(places: Mapping[str, str]) -> dict[str, str]:
    """The axes' names in the plural: those of the exercise's own words for places come first."""
    return {**_USUAL, **{axis: f"the {words.split()[0]}s" for axis, words in places.items()}}


def _unnamed(letter: str) -> str:
    return f"the axis of {letter} places" if letter.isdigit() else f"axis {letter}"


def _relations(
    letters: Sequence[str], sizes: Sizes, named: Mapping[str, str]
) -> Iterator[tuple[str, Relation]]:
    for words, function in _ELEMENTWISE:
        yield words, partial(_elementwise, function)
    yield from _of_axes(letters, named)
    for letter in sizes:
        of = named.get(letter, letter)
        words = f"is {letter} times as large as it should be, as a sum over {of} is, not a mean"
        yield words, partial(_times_size, letter, 1)
        words = f"is 1/{letter} of what it should be, as a mean over {of} is, not a sum"
        yield words, partial(_times_size, letter, -1)


def _of_axes(letters: Sequence[str], named: Mapping[str, str]) -> Iterator[tuple[str, Relation]]:
    count, right = len(letters), ", ".join(letters)
    for axes in itertools.permutations(range(count)) if count <= 4 else ():
        if axes != tuple(range(count)):
            came = ", ".join(letters[axis] for axis in axes)
            words = f"is right but for its axes: they come as ({came}), and should be ({right})"
            if count == 2:
                words = "is transposed"
            yield words, partial(_permuted, axes)
    for axis, letter in enumerate(letters):
        of = named.get(letter, _unnamed(letter))
        for words, change in _ALONG:
            yield words.format(of), partial(_along, change, axis, count)
        blocks = int(letter[:-1] or 1) if letter[-1].isalpha() else 1
        for order in itertools.permutations(range(blocks)) if blocks in BLOCKS else ():
            if order != tuple(range(blocks)):
                spelled = ", ".join(BLOCKS[blocks][k] for k in order)
                words = f"has its blocks in another order: {spelled}"
                yield words, partial(_along, partial(_reordered, order), axis, count)


def _elementwise(function: Callable[[Tensor], Tensor], b: Tensor, sizes: Sizes) -> Tensor:
    return function(b)


def _times_size(letter: str, power: int, b: Tensor, sizes: Sizes) -> Tensor:
    return b * sizes[letter] ** power


def _permuted(axes: Sequence[int], b: Tensor, sizes: Sizes) -> Tensor | None:
    return b.permute(*axes) if b.ndim == len(axes) else None


def _along(change: Change, axis: int, count: int, b: Tensor, sizes: Sizes) -> Tensor | None:
    return change(b, axis) if b.ndim == count and b.shape[axis] else None


def _reordered(order: Sequence[int], b: Tensor, axis: int) -> Tensor:
    blocks = b.chunk(len(order), dim=axis)
    return torch.cat([blocks[k] for k in order], dim=axis) if len(blocks) == len(order) else b


def _filled(place: int, b: Tensor, axis: int) -> Tensor:
    return b.select(axis, place).unsqueeze(axis).expand_as(b)


def _late(b: Tensor, axis: int) -> Tensor:
    first = torch.zeros_like(b.narrow(axis, 0, 1))
    return torch.cat([first, b.narrow(axis, 0, b.shape[axis] - 1)], dim=axis)


def _early(b: Tensor, axis: int) -> Tensor:
    return _late(b.flip(axis), axis).flip(axis)


_ALONG: tuple[tuple[str, Change], ...] = (
    ("runs backwards over {}", lambda b, axis: b.flip(axis)),
    ("is summed up over {}: each place holds the sum so far", lambda b, axis: b.cumsum(axis)),
    ("is the sum over {}, where each has its own", lambda b, axis: b.sum(axis)),
    ("is the mean over {}, where each has its own", lambda b, axis: b.mean(axis)),
    ("is the smallest over {}, where each has its own", lambda b, axis: b.amin(axis)),
    ("is the largest over {}, where each has its own", lambda b, axis: b.amax(axis)),
    ("is the last of {} alone", lambda b, axis: b.select(axis, -1)),
    ("is the first of {} alone", lambda b, axis: b.select(axis, 0)),
    ("lacks the first of {}", lambda b, axis: b.narrow(axis, 1, b.shape[axis] - 1)),
    ("lacks the last of {}", lambda b, axis: b.narrow(axis, 0, b.shape[axis] - 1)),
    ("is divided by its sum over {}", lambda b, axis: b / b.sum(axis, keepdim=True)),
    ("has every place filled with the last of {}", partial(_filled, -1)),
    ("has every place filled with the first of {}", partial(_filled, 0)),
    ("is turned in a ring, one place on, along {}", lambda b, axis: b.roll(1, axis)),
    ("is turned in a ring, one place back, along {}", lambda b, axis: b.roll(-1, axis)),
    ("is one place late along {}, behind a 0", _late),
    ("is one place early along {}, with a 0 at its end", _early),
)
