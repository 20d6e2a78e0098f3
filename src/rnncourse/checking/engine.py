"""The checker: calls a submission on drawn inputs and puts what it finds in a sentence."""

from __future__ import annotations

import difflib
import textwrap
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal

import torch

from rnncourse.checking import answers, progress, sandbox
from rnncourse.checking.catalogue import EXERCISES
from rnncourse.checking.exercise import Complaint, Exercise, Mistake, Tensors, describe
from rnncourse.checking.sandbox import Outcome
from rnncourse.console import say

_DRAW_SEED = 0
_WIDTH = 88

Observation = Tensors | str
"""What one call showed: a behaviour, or the error that it raised."""


@dataclass(frozen=True)
class Verdict:
    """What the checker found.

    Attributes:
        kind: Whether the exercise is passed, failed or untouched.
        sentence: What the reader is told.
        mistake: The name of the known mistake, if it is one.
        details: Lines shown as they are, below the sentence.
    """

    kind: Literal["passed", "failed", "untouched"]
    sentence: str
    mistake: str | None = None
    details: tuple[str, ...] = ()


def check(name: str, submission: Callable[..., Any], *, record: bool = True) -> None:
    """Check a submission and print what was found.

    Whatever the submission does, nothing that it raises is raised here.

    Args:
        name: The exercise, such as ``"simple-step"``.
        submission: The reader's function itself, not a call of it.
        record: Whether a pass is kept in the reader's progress.

    Raises:
        TypeError: If ``name`` is not a string.
        ValueError: If there is no such exercise.
    """
    if not isinstance(name, str):
        raise TypeError(f"name must be a str such as 'simple-step', got {type(name).__name__}")
    if name not in EXERCISES:
        close = difflib.get_close_matches(name, EXERCISES, n=3, cutoff=0.4) or list(EXERCISES)
        names = " or ".join(repr(exercise) for exercise in close)
        raise ValueError(f"name must be an exercise, got {name!r}; did you mean {names}?")
    verdict = judge(EXERCISES[name], submission)
    sentence = verdict.sentence
    if record and verdict.kind == "passed":
        try:
            progress.record(name)
            sentence += " It is kept in your progress."
        except OSError as error:
            sentence += f" It could not be kept in your progress: {error.strerror or error}."
    mark = {"passed": "✓", "failed": "✗", "untouched": "○"}[verdict.kind]
    lines = textwrap.wrap(
        f"{mark} {name}: {sentence}",
        _WIDTH,
        subsequent_indent="  ",
        break_long_words=False,
        break_on_hyphens=False,
    )
    say("\n".join([*lines, *(f"    {detail}" for detail in verdict.details)]))


def judge(exercise: Exercise, submission: Callable[..., Any]) -> Verdict:
    """Return what ``check`` prints, as data; nothing is printed or kept."""
    try:
        answers.require_callable(exercise, submission)
    except Complaint as complaint:
        return Verdict("failed", str(complaint))
    trials = draw_trials(exercise)
    outcomes = _run(submission, trials)
    first, last = outcomes[0], outcomes[-1]
    if answers.untouched(first):
        return Verdict("untouched", answers.untouched_sentence(first))
    if not last.finished:
        sentence = answers.endless_sentence(last)
        return Verdict("failed", sentence, details=answers.quoted(last) + answers.printed(first))
    try:
        verdict = _compare(exercise, trials, outcomes)
    except Complaint as complaint:
        verdict = Verdict("failed", str(complaint))
    return replace(verdict, details=verdict.details + answers.printed(first))


def draw_trials(exercise: Exercise) -> list[Tensors]:
    """Draw the inputs of all calls: always the same ones, so that verdicts can be compared."""
    return exercise.draw(torch.Generator(device="cpu").manual_seed(_DRAW_SEED))


def observe(exercise: Exercise, outcome: Outcome) -> Observation:
    """Return what a finished call showed.

    Raises:
        Complaint: The answer is of a kind that cannot be compared.
    """
    if outcome.error:
        return outcome.error
    return exercise.behaviour(answers.tensors(exercise, outcome.returned))


def same(exercise: Exercise, mine: list[Observation], other: list[Observation]) -> bool:
    """Say whether two functions showed the same on every trial.

    Where the first trial raises, the errors alone are compared: it is an ordinary one, and a
    function that fails on it gets to a result only by accident (a size of 1 that broadcasts).
    """
    only_errors = isinstance(mine[0], str)
    for a, b in zip(mine, other, strict=True):
        if isinstance(a, str) or isinstance(b, str):
            if a != b:
                return False
        elif not only_errors and not exercise.alike(a, b):
            return False
    return True


def known(
    exercise: Exercise, function: Callable[..., Any], trials: list[Tensors]
) -> list[Observation]:
    """Return what a function of ours (reference, mistake) shows on every trial."""
    return [
        observe(exercise, sandbox.call(function, trial, sandbox.LIMIT_SECONDS)) for trial in trials
    ]


def _run(submission: Callable[..., Any], trials: list[Tensors]) -> list[Outcome]:
    """Call the submission on every trial, within one limit for all of them."""
    deadline = time.monotonic() + sandbox.LIMIT_SECONDS
    outcomes: list[Outcome] = []
    for trial in trials:
        outcome = sandbox.call(submission, trial, max(0.0, deadline - time.monotonic()))
        outcomes.append(outcome)
        if not outcome.finished or answers.untouched(outcomes[0]):
            break
    return outcomes


def _compare(exercise: Exercise, trials: list[Tensors], outcomes: list[Outcome]) -> Verdict:
    """Compare what the submission did with the reference and the known mistakes.

    Raises:
        Complaint: An answer cannot be compared.
    """
    mine = []
    for outcome in outcomes:
        mine.append(observe(exercise, outcome))
        if outcome.changed and not outcome.error:
            raise Complaint(answers.changed_sentence(exercise, outcome))
    expected: list[Any] = known(exercise, exercise.reference, trials)
    right = [
        not isinstance(m, str) and exercise.accepts(m, e)
        for m, e in zip(mine, expected, strict=True)
    ]
    if all(right):
        on = f" on {len(trials)} drawn inputs of different sizes" if exercise.takes else ""
        return Verdict("passed", f"correct{on}.")
    bad = right.index(False)
    mistake = _recognise(exercise, trials, mine)
    if mistake:
        return Verdict("failed", mistake.sentence, mistake.name, answers.quoted(outcomes[bad]))
    sizes = exercise.sizes(trials[bad])
    observed = mine[bad]
    if isinstance(observed, str):
        given = f" It was given {describe(exercise.takes, sizes)}." if sizes else ""
        sentence = f"your function raised {observed.rstrip('.')}.{given}"
        return Verdict("failed", sentence, details=answers.quoted(outcomes[bad]))
    if exercise.takes:
        exercise.require_shapes(observed, sizes)
    drawn = ", ".join(f"{letter} = {size}" for letter, size in sizes.items())
    before = f"on a drawn input with {drawn}, " if drawn else ""
    return Verdict("failed", before + exercise.explain(observed, expected[bad]))


def _recognise(
    exercise: Exercise, trials: list[Tensors], mine: list[Observation]
) -> Mistake | None:
    for mistake in exercise.mistakes:
        if same(exercise, mine, known(exercise, mistake.function, trials)):
            return mistake
    return None
