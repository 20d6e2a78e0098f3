"""Which mistake a submission makes: one of the exercise's own, a change of its reference, or two.

What an exercise declares comes first, since its sentences are the best. Then every single change
that ``edits`` knows for the reference; then how the answer relates to the right one as a whole;
then two changes at once, one slip made twice before all others; last, whether it is nearly right.
A version counts as recognised if it does on every drawn input what the submission does, so that
what is said describes the submission's behaviour, whatever its code.
"""

from __future__ import annotations

import contextlib
import io
import itertools
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import torch

from rnncourse.checking import answers, edits, relations, sandbox, state
from rnncourse.checking.changes import changes
from rnncourse.checking.edits import Change
from rnncourse.checking.exercise import Complaint, Exercise, Mistake, Tensors

PAIRS = 1500
"""How many pairs of changes are tried at most."""

Observation = Tensors | str
"""What one call showed: a behaviour, or the error that it raised."""


@dataclass(frozen=True)
class Finding:
    """A mistake that is recognised: its name, for tests, and what the reader is told."""

    name: str
    sentence: str


@dataclass(frozen=True)
class _Version:
    """A changed reference and what it showed on the first input."""

    function: edits.Function
    first: Observation
    change: Change
    mistake: Mistake | None = None


def recognise(
    exercise: Exercise, mine: Sequence[Observation], expected: Sequence[Observation]
) -> Finding | None:
    """Find what a submission does, given what it showed on every input, or ``None``."""
    with quiet():
        return _recognise(exercise, exercise.trials, mine, expected)


def _recognise(
    exercise: Exercise,
    trials: Sequence[Tensors],
    mine: Sequence[Observation],
    expected: Sequence[Observation],
) -> Finding | None:
    for same_words in (True, False):
        for mistake in exercise.mistakes:
            if _does(exercise, exercise.version(mistake), trials, mine, same_words=same_words):
                return Finding(mistake.name, mistake.sentence)
    if isinstance(mine[0], str):
        return None  # one error has many causes; ``errors`` says what it means
    if not any(isinstance(one, str) or one.isfinite().any() for one in mine[0]):
        return None  # one NaN looks like another
    versions = _versions(exercise)
    for version in versions:
        if version.mistake is None and _is(exercise, version, trials, mine):
            return Finding("one-change", _sentence(exercise, version))
    if any(isinstance(shown, str) for shown in (*mine, *expected)):
        return None
    sizes = [exercise.sizes(trial) for trial in trials]
    words = relations.related(exercise, sizes, mine, expected)  # type: ignore[arg-type]
    if words:
        return Finding("related", words)
    if not all(isinstance(tensor, str) or tensor.isfinite().all() for tensor in mine[0]):
        return None  # one NaN looks like another
    if not exercise.takes:
        return None  # one answer alone is little to tell two slips by
    for one, other in _pairs(exercise, versions, expected[0]):
        joined = _joined(exercise, one, other, trials[0])
        if joined is not None and _is(exercise, joined, trials, mine):
            return Finding("two-changes", _both(exercise, one, other))
    words = relations.related(exercise, sizes, mine, expected, roughly=True)  # type: ignore[arg-type]
    return Finding("related", words) if words else None


def observe(exercise: Exercise, function: edits.Function, trial: Tensors) -> Observation:
    """Return what a function of ours (reference, mistake) shows on an input.

    Raises:
        Complaint: Its answer is of a kind that cannot be compared.
    """
    torch.default_generator.manual_seed(sandbox.SEED)
    try:
        returned = function(*(t.double() if t.is_floating_point() else t for t in _copies(trial)))
    except Exception as error:
        return sandbox.described(error)
    return exercise.behaviour(answers.tensors(exercise, returned))


def _copies(trial: Tensors) -> Iterator[torch.Tensor]:
    return (tensor.clone() for tensor in trial)


def same(exercise: Exercise, mine: Observation, other: Observation) -> bool:
    """Say whether two functions showed the same on one input."""
    if isinstance(mine, str) or isinstance(other, str):
        return isinstance(mine, str) and mine == other
    return exercise.alike(mine, other)


def _does(
    exercise: Exercise,
    function: edits.Function,
    trials: Sequence[Tensors],
    mine: Sequence[Observation],
    *,
    same_words: bool = False,
) -> bool:
    """Say whether a function shows the same on every input.

    Where the first raises, the errors alone are compared: it is an ordinary one, and a function
    that fails on it gets to a result only by accident (a size of 1 that broadcasts). Where only a
    later one raises, any error counts as the same, unless ``same_words`` are asked for: other code
    fails there in other words.
    """
    only_errors = isinstance(mine[0], str)
    for shown, trial in zip(mine, trials, strict=True):
        try:
            other = observe(exercise, function, trial)
        except Complaint:
            return False
        if isinstance(shown, str) != isinstance(other, str):
            return False
        if isinstance(shown, str):
            if (only_errors or same_words) and shown != other:
                return False
        elif not only_errors and not same(exercise, shown, other):
            return False
    return True


def _is(
    exercise: Exercise, version: _Version, trials: Sequence[Tensors], mine: Sequence[Observation]
) -> bool:
    return same(exercise, mine[0], version.first) and _does(
        exercise, version.function, trials, mine
    )


@lru_cache(maxsize=8)
def _versions(exercise: Exercise) -> tuple[_Version, ...]:
    """The changed references that do something else than the reference, one a behaviour.

    Where the first input tells too little (``varied`` is False), the listed ones, all of them.
    """
    trial = exercise.trials[0]
    declared = [
        (Change(mistake.sentence, edits.fragments(exercise.reference, mistake.made)), mistake)
        for mistake in exercise.mistakes
        if not callable(mistake.made)
    ]
    general = [(change, None) for change in changes(exercise.reference)] if exercise.varied else []
    kept: dict[Any, _Version] = {}
    right = observe(exercise, exercise.reference, trial)
    for change, mistake in (*declared, *general):
        version = _made(exercise, change, mistake, trial)
        if version is None:
            continue
        if not exercise.varied:
            kept[change] = version
        elif not same(exercise, version.first, right):
            kept.setdefault(_key(version.first), version)
    return tuple(kept.values())


def _key(shown: Observation) -> Any:
    """The same for all that looks the same, but for some that lie on the edge of a rounding."""
    if isinstance(shown, str):
        return shown
    return tuple((tensor.shape, str(tensor.round(decimals=6).tolist())) for tensor in shown)


def _made(
    exercise: Exercise, change: Change, mistake: Mistake | None, trial: Tensors
) -> _Version | None:
    try:
        function = edits.edited(exercise.reference, change.edits)
        return _Version(function, observe(exercise, function, trial), change, mistake)
    except (SyntaxError, Complaint):
        return None


def _pairs(
    exercise: Exercise, versions: Sequence[_Version], right: Observation
) -> Iterator[tuple[_Version, _Version]]:
    """Pairs of changes at different places, likelier ones first.

    One slip that is made twice; then declared ones and simple ones.
    """
    usable = [version for version in versions if not isinstance(version.first, str)]
    slips = [edits.slip(exercise.reference, version.change) for version in usable]
    free = [
        (one, other)
        for one, other in sorted(itertools.combinations(range(len(usable)), 2), key=sum)
        if not usable[one].change.overlaps(usable[other].change)
    ]
    twice = [(one, other) for one, other in free if slips[one] == slips[other]]
    for one, other in itertools.chain(twice, free[:PAIRS]):
        yield usable[one], usable[other]


def _joined(exercise: Exercise, one: _Version, other: _Version, trial: Tensors) -> _Version | None:
    both = Change("", tuple(sorted((*one.change.edits, *other.change.edits))))
    return _made(exercise, both, None, trial)


def _sentence(exercise: Exercise, version: _Version) -> str:
    return f"your function does what the right one would with one change: {version.change.words}."


def _both(exercise: Exercise, one: _Version, other: _Version) -> str:
    told = [version.mistake.sentence for version in (one, other) if version.mistake]
    plain = [version.change.words for version in (one, other) if not version.mistake]
    if len(told) == 2:
        return f"two things at once. First: {told[0]} Second: {told[1]}"
    if told:
        return f"two things at once. First: {told[0]} Second, one change: {plain[0]}."
    return (
        f"your function does what the right one would with two changes: {plain[0]}, and {plain[1]}."
    )


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Run functions of ours: float64, silent, and with torch's state put back."""
    with (
        state.state_kept(),
        contextlib.redirect_stdout(io.StringIO()),
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore")
        torch.set_default_dtype(torch.float64)
        yield
