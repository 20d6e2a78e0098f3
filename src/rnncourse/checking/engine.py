"""The checker: calls a submission on drawn inputs and puts what it finds in a sentence."""

from __future__ import annotations

import difflib
import textwrap
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any, Literal

from rnncourse.checking import answers, progress, sandbox
from rnncourse.checking.catalogue import EXERCISES
from rnncourse.checking.errors import explained
from rnncourse.checking.exercise import Complaint, Exercise, Tensors
from rnncourse.checking.locate import Ask, located
from rnncourse.checking.recognise import Observation, observe, quiet, recognise
from rnncourse.checking.sandbox import Outcome
from rnncourse.checking.words import describe
from rnncourse.console import say

_WIDTH = 88
_FAILURES_BEFORE_HINTS = 2
_SECONDS_TO_ASK = 5.0
_failures: Counter[str] = Counter()


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

    @property
    def words(self) -> str:
        """Sentence and details in one line."""
        return " ".join(" ".join((self.sentence, *self.details)).split())


def check(
    name: str,
    submission: Callable[..., Any],
    *,
    hint: Literal[0, 1, 2, 3] = 0,
    record: bool = True,
) -> None:
    """Check a submission and print what was found.

    Whatever the submission does, nothing that it raises is raised here.

    Args:
        name: The exercise, such as ``"simple-step"``.
        submission: The reader's function itself, not a call of it.
        hint: Which of the exercise's three hints is printed too; none by default.
        record: Whether a pass is kept in the reader's progress.

    Raises:
        TypeError: If ``name`` is not a string.
        ValueError: If there is no such exercise, or no such hint.
    """
    sandbox.require_not_nested()
    if not isinstance(name, str):
        raise TypeError(f"name must be a str such as 'simple-step', got {type(name).__name__}")
    if name not in EXERCISES:
        close = difflib.get_close_matches(name, EXERCISES, n=3, cutoff=0.4) or list(EXERCISES)
        names = " or ".join(repr(exercise) for exercise in close)
        raise ValueError(f"name must be an exercise, got {name!r}; did you mean {names}?")
    if hint not in (0, 1, 2, 3):
        raise ValueError(f"hint must be 1, 2 or 3, got {hint!r}")
    exercise = EXERCISES[name]
    verdict = judge(exercise, submission)
    sentence = verdict.sentence
    if record and verdict.kind == "passed":
        try:
            progress.record(name)
            sentence += " It is kept in your progress."
        except OSError as error:
            sentence += f" It could not be kept in your progress: {error.strerror or error}."
    mark = {"passed": "✓", "failed": "✗", "untouched": "○"}[verdict.kind]
    lines = [*_wrapped(f"{mark} {name}: {sentence}")]
    lines += [f"    {detail}" for detail in verdict.details]
    if verdict.kind == "passed":
        lines += _wrapped(f"  Worth noticing: {exercise.notice}")
    lines += _hints(exercise, submission, verdict, hint)
    say("\n".join(lines))


def _hints(
    exercise: Exercise, submission: Callable[..., Any], verdict: Verdict, hint: int
) -> list[str]:
    """The hint that was asked for, or, after the second failure, that there are hints."""
    if verdict.kind == "passed":
        _failures.pop(exercise.name, None)
    if hint:
        return _wrapped(f"  Hint {hint} of 3: {exercise.hints[hint - 1]}")
    if verdict.kind != "failed":
        return []
    _failures[exercise.name] += 1
    if _failures[exercise.name] < _FAILURES_BEFORE_HINTS:
        return []
    name = getattr(submission, "__name__", exercise.reference.__name__)
    call = f'check("{exercise.name}", {name}, hint=1)'
    return [f"  A hint? {call} gives the first of three."]


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(
        text, _WIDTH, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False
    )


def judge(exercise: Exercise, submission: Callable[..., Any], *, search: bool = True) -> Verdict:
    """Return what ``check`` prints, as data; nothing is printed or kept.

    Args:
        exercise: What was asked.
        submission: The reader's function.
        search: Whether its mistake is looked for; without, a verdict comes faster.
    """
    try:
        # What torch.compile made takes longer to compile than a check may last.
        submission = getattr(submission, "_torchdynamo_orig_callable", submission)
        answers.require_callable(exercise, submission)
    except Complaint as complaint:
        return Verdict("failed", str(complaint))
    except BaseException as error:  # a strange object may raise anything
        return Verdict("failed", f"your function cannot be read: {sandbox.sentence(error)}")
    outcomes = _run(exercise, submission)
    first, last = outcomes[0], outcomes[-1]
    if answers.untouched(first):
        return Verdict("untouched", answers.untouched_sentence(exercise, first))
    if not last.finished:
        sentence = answers.endless_sentence(last)
        return Verdict("failed", sentence, details=answers.quoted(last) + answers.printed(first))
    for outcome in outcomes:
        if outcome.refused:
            sentence = answers.REFUSED[outcome.refused]
            return Verdict("failed", sentence, outcome.refused.__name__, answers.quoted(outcome))
    if not exercise.single and any(answers.in_single_precision(exercise, o) for o in outcomes):
        return judge(exercise.in_float32(), submission, search=search)
    try:
        # In a thread of its own, which has torch's default device and gradient mode.
        with ThreadPoolExecutor(max_workers=1) as thread:
            ask = _asking(exercise, submission) if search else None
            verdict = thread.submit(_compare, exercise, outcomes, ask).result()
    except Complaint as complaint:
        verdict = Verdict("failed", str(complaint), complaint.name)
    return replace(verdict, details=verdict.details + answers.printed(first))


def _run(exercise: Exercise, submission: Callable[..., Any]) -> list[Outcome]:
    """Call the submission on every trial, within one limit for all of them."""
    deadline = time.monotonic() + sandbox.LIMIT_SECONDS
    outcomes: list[Outcome] = []
    for trial in exercise.trials:
        outcome = sandbox.call(
            submission,
            trial,
            max(0.0, deadline - time.monotonic()),
            dtype=exercise.dtype,
            by_hand=exercise.by_hand,
        )
        outcomes.append(outcome)
        if not outcome.finished or answers.untouched(outcomes[0]):
            break
    return outcomes


def _shown(exercise: Exercise, outcome: Outcome) -> Observation:
    """Return what a finished call showed.

    Raises:
        Complaint: The answer is of a kind that cannot be compared.
    """
    if outcome.error:
        return outcome.error
    return exercise.behaviour(answers.tensors(exercise, outcome.returned))


def _asking(exercise: Exercise, submission: Callable[..., Any]) -> Ask:
    """What the submission shows on further inputs, as long as there is time."""
    deadline = time.monotonic() + _SECONDS_TO_ASK

    def ask(given: Tensors) -> Observation | None:
        left = deadline - time.monotonic()
        if left <= 0:
            return None
        outcome = sandbox.call(
            submission, given, left, dtype=exercise.dtype, by_hand=exercise.by_hand
        )
        try:
            return _shown(exercise, outcome) if outcome.finished and not outcome.refused else None
        except Complaint:
            return None

    return ask


def _compare(exercise: Exercise, outcomes: list[Outcome], ask: Ask | None) -> Verdict:
    """Compare what the submission did with the reference and the known mistakes.

    Args:
        exercise: What was asked.
        outcomes: What it did on the exercise's inputs.
        ask: What it does on others; None if nobody looks for its mistake.

    Raises:
        Complaint: An answer cannot be compared.
    """
    mine = []
    for outcome in outcomes:
        mine.append(_shown(exercise, outcome))
        if outcome.changed and not outcome.error:
            raise Complaint(answers.changed_sentence(exercise, outcome), "changed-in-place")
    with quiet():
        expected: list[Any] = [
            observe(exercise, exercise.reference, trial) for trial in exercise.trials
        ]
    right = [
        not isinstance(m, str) and exercise.accepts(m, e)
        for m, e in zip(mine, expected, strict=True)
    ]
    if all(right):
        on = f" on {len(mine)} drawn inputs of different sizes" if exercise.takes else ""
        return Verdict("passed", f"correct{on}.")
    bad = right.index(False)
    finding = recognise(exercise, mine, expected) if ask else None
    if finding:
        return Verdict("failed", finding.sentence, finding.name, answers.quoted(outcomes[bad]))
    sizes = exercise.sizes(exercise.trials[bad])
    observed = mine[bad]
    if isinstance(observed, str):
        means = (explained(observed, sizes) if ask else None) or ""
        means = means[:1].upper() + means[1:]
        given = f"It was given {describe(exercise.takes, sizes)}." if sizes else ""
        sentence = f"your function raised {observed.rstrip('.')}. {means or given}".rstrip()
        name = "error-explained" if means else None
        return Verdict("failed", sentence, name, answers.quoted(outcomes[bad]))
    if exercise.takes:
        exercise.require_shapes(observed, sizes)
    difference = exercise.introduce(exercise.trials[bad])
    difference += exercise.explain(observed, expected[bad])
    # An exercise's own words say more, and last digits have a cause of their own.
    plain = type(exercise).explain is Exercise.explain
    plain = plain and not exercise.nearly(observed, expected[bad])
    where = located(exercise, ask, right) if ask and plain else None
    if where:
        details = (difference[:1].upper() + difference[1:],)
        return Verdict("failed", where, "located", tuple(_wrapped(details[0])))
    return Verdict("failed", difference)
