"""Where a wrong answer goes wrong, if nothing tells what was done.

Three questions narrow it down, whatever the code is: which inputs does the answer not notice, or
notice where it should not; for which sizes is it right; and with which input at zero?
What is said was seen to be so on drawn inputs. It names a place and not a mistake.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from rnncourse.checking.exercise import Exercise, Tensors
from rnncourse.checking.recognise import Observation, observe, quiet
from rnncourse.checking.words import PLACES, letters_of, place

Ask = Callable[[Tensors], Observation | None]
"""What the submission shows on an input; None where it does not answer in time."""

_SEEN, _UNSEEN = 1e-6, 1e-13
_NOUN = {"T": "step", "B": "sequence", "H": "unit", "D": "input feature"}
_LOOK = {
    "T": "Look at what is done along the steps.",
    "B": "Is each kept apart from the others?",
    "H": "Look at what units have to do with each other: a matrix, a transpose, an axis.",
}


_Pair = tuple[Tensors, Tensors]


class _Change(NamedTuple):
    """One input changed in one place, and what that changed in the answer and in the right one."""

    name: str
    at: str
    mine: Tensors
    right: Tensors


def located(exercise: Exercise, ask: Ask, right: Sequence[bool]) -> str | None:
    """Say where a submission goes wrong, or ``None``.

    Args:
        exercise: What was asked.
        ask: What the submission shows on an input.
        right: Whether it was right on each of the exercise's own.
    """
    with quiet():
        return (
            _unnoticed(exercise, ask)
            or _strayed(exercise, ask)
            or _by_size(exercise, right)
            or _at_zero(exercise, ask)
        )


def _by_size(exercise: Exercise, right: Sequence[bool]) -> str | None:
    """Which letters' trials of size 1 are right, where all others are wrong."""
    sizes = [exercise.sizes(trial) for trial in exercise.trials]
    for letter in letters_of(exercise.takes.values()):
        ones = [size.get(letter) == 1 for size in sizes]
        if list(right) == ones and any(ones):
            noun = _noun(exercise, letter)
            look = _LOOK.get(letter, f"Look at what is done along {letter}.")
            return (
                f"your answer is right where there is one {noun} ({letter} = 1), and wrong where "
                f"there are several. {look}"
            )
    return None


def _noun(exercise: Exercise, letter: str) -> str:
    """What a letter counts, in the exercise's own word where it has one: "lag {t}" says "lag"."""
    first = exercise.places.get(letter, "").split()[:1]
    return first[0] if first and len(first[0]) > 1 else _NOUN.get(letter, f"place along {letter}")


def _unnoticed(exercise: Exercise, ask: Ask) -> str | None:
    """Which argument as a whole leaves a result as it is, and should not."""
    for change in _changes(exercise, ask, slices=False):
        for name, mine, right in zip(exercise.returns, change.mine, change.right, strict=True):
            if mine.max() <= _UNSEEN and right.max() > _SEEN:
                return (
                    f"{name} does not depend on {change.name}: with another {change.name} it "
                    f"stays as it is. Where should {change.name} come in?"
                )
            if mine.max() > _SEEN and right.max() <= _UNSEEN:
                return f"{name} depends on {change.name}, and should not."
    return None


def _strayed(exercise: Exercise, ask: Ask) -> str | None:
    """Where a change of an input arrives in the result and should not, or should and does not."""
    for change in _changes(exercise, ask, slices=True):
        for (name, axes), mine, right in zip(
            exercise.returns.items(), change.mine, change.right, strict=True
        ):
            for places, words in (
                ((mine > _SEEN) & (right <= _UNSEEN), "and should not"),
                ((right > _SEEN) & (mine <= _UNSEEN), "though it should"),
            ):
                if places.any():
                    index = tuple(places.nonzero()[0].tolist())
                    where = _at(exercise, axes, mine.shape, index)
                    moves = "changes" if words == "and should not" else "does not change"
                    return f"{name}{where} {moves} with {change.name}{change.at}, {words}."
    return None


def _at_zero(exercise: Exercise, ask: Ask) -> str | None:
    """With which argument at zero the answer is right."""
    for k, name in enumerate(exercise.takes):
        if all(_right_without(exercise, ask, k, trial) for trial in exercise.trials[:2]):
            return f"with {name} at zero your answer is right. Look at where {name} comes in."
    return None


def _right_without(exercise: Exercise, ask: Ask, k: int, trial: Tensors) -> bool:
    if not trial[k].is_floating_point():
        return False
    given = (*trial[:k], torch.zeros_like(trial[k]), *trial[k + 1 :])
    right = observe(exercise, exercise.reference, given)
    if isinstance(right, str) or not _numbers(right) or all(not t.any() for t in right):
        return False
    mine = ask(given)
    return mine is not None and not isinstance(mine, str) and exercise.accepts(mine, right)


def _changes(exercise: Exercise, ask: Ask, *, slices: bool) -> Iterator[_Change]:
    """What it moves if an argument is changed as a whole, or at one place along one of its axes.

    Each change is made in several ways, and the largest move counts: an answer need not notice
    every one. Arguments that act by a choice alone (of a token, say) are left out.
    """
    trial = exercise.trials[0]
    before = _both(exercise, ask, trial)
    for k, (name, axes) in enumerate(exercise.takes.items()) if before else ():
        if before and not _smooth(exercise, k, before[1]):
            continue  # it chooses: that one change makes no difference says little
        for at, ways in _ways(exercise, axes, trial[k], slices=slices):
            after = [_both(exercise, ask, (*trial[:k], way, *trial[k + 1 :])) for way in ways]
            seen = [_moves(before, one) for one in after if before and one]
            if seen:
                mine, right = (
                    tuple(torch.stack(moves).amax(dim=0) for moves in zip(*side, strict=True))
                    for side in zip(*seen, strict=True)
                )
                yield _Change(name, at, mine, right)


def _smooth(exercise: Exercise, k: int, right: Tensors) -> bool:
    """Whether a tiny change of an argument changes the right answer at all, if only a little."""
    trial = exercise.trials[0]
    if not trial[k].is_floating_point():
        return False
    given = (*trial[:k], trial[k] + 1e-4, *trial[k + 1 :])
    now = observe(exercise, exercise.reference, given)
    return isinstance(now, str) or any(
        a.shape != b.shape or bool((a - b).abs().max() > _UNSEEN)
        for a, b in zip(now, right, strict=True)
        if a.numel()
    )


def _moves(before: _Pair, after: _Pair) -> _Pair:
    """How far the submission's answer and the right one moved."""
    mine, right = (
        tuple((a - b).abs() for a, b in zip(new, old, strict=True))
        for new, old in zip(after, before, strict=True)
    )
    return mine, right


def _both(exercise: Exercise, ask: Ask, given: Tensors) -> _Pair | None:
    """The submission's answer and the right one, if they are numbers of the same shapes."""
    mine, right = ask(given), observe(exercise, exercise.reference, given)
    if mine is None or isinstance(mine, str) or isinstance(right, str):
        return None
    shapes = [[tensor.shape for tensor in answer] for answer in (mine, right)]
    alike = shapes[0] == shapes[1] and len(mine) == len(exercise.returns)
    return (mine, right) if alike and _numbers(mine) and _numbers(right) else None


def _numbers(tensors: Tensors) -> bool:
    return all(tensor.numel() and tensor.isfinite().all() for tensor in tensors)


def _ways(
    exercise: Exercise, axes: str, tensor: Tensor, *, slices: bool
) -> Iterator[tuple[str, list[Tensor]]]:
    """Where an argument is changed, in words, and what it becomes, in some ways.

    Other numbers are in the same range: between −1 and 1, between 0 and 1, positive.
    """
    if not tensor.is_floating_point() or not tensor.numel():
        return
    if not slices:
        yield "", [0.5 * tensor + 0.1, 0.2 * tensor + 0.3, tensor.flatten().flip(0).view_as(tensor)]
        return
    letters, shape = axes.split(), tensor.shape
    # Steps and sequences first: that one looks ahead or at its neighbour says most.
    for axis in sorted(range(len(shape)), key=lambda axis: letters[axis] not in ("T", "B")):
        for i in range(shape[axis]) if shape[axis] > 1 else ():
            words = place(letters[axis], shape[axis], i, _places(exercise))
            old, neighbour = tensor.select(axis, i), tensor.select(axis, i - 1)
            ways = [tensor.clone() for _ in range(2)]
            for changed, new in zip(ways, (0.5 * old + 0.1, neighbour), strict=True):
                changed.select(axis, i).copy_(new)
            yield f" at {words}", ways


def _at(exercise: Exercise, axes: str, shape: Sequence[int], index: Sequence[int]) -> str:
    words = [
        place(axis, size, i, _places(exercise))
        for axis, size, i in zip(axes.split(), shape, index, strict=True)
    ]
    return f" at {', '.join(words)}" if words else ""


def _places(exercise: Exercise) -> Mapping[str, str]:
    return {**PLACES, **exercise.places}
