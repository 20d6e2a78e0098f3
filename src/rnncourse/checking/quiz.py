"""Quiz questions: read from ``lessons/chNN/quiz.toml``, and checked while reading.

A file is a list of questions, in the order in which they are asked. Each has an ``id`` (unlike the
others of its file), a ``kind``, and a ``text``. Texts are plain, and may hold the tags ``<code>``,
``<em>``, ``<sub>`` and ``<sup>``. The four kinds::

    [[question]]
    id = "where-it-goes"
    kind = "single"  # one option is right
    text = "…"
      [[question.option]]
      text = "…"
      why = "Said when this one was chosen: why it is wrong, or why it is right."
      right = true

    kind = "multiple"  # any number of options, `why` said of those ticked or left out wrongly
    why = "Said when all of them are right."

    kind = "numeric"  # right within the tolerance
    answer = 0.25
    tolerance = 0.005  # 0 if left out
    unit = "nats"      # shown behind the field, if there is one
    why = "Said when it is right."
    hint = "Said of a wrong number that none of the mistakes explains."
      [[question.mistake]]
      answer = 0.75
      why = "Said of this number: what was probably mistaken."

    kind = "order"  # steps in their right order; the reader is shown them in another
    why = "Said when the order is right."
      [[question.step]]
      text = "…"
      early = "Said when this step is the first out of place: what has to come before it."

The first step of an order out of place stands too early, always; so the step that comes first in
truth has no ``early``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from rnncourse import rooms
from rnncourse.checking._fields import Fields, QuizError

__all__ = [
    "MultipleChoice",
    "NumericAnswer",
    "Option",
    "OrderedSteps",
    "Question",
    "QuizError",
    "SingleChoice",
    "Step",
    "WrongNumber",
    "chapters_with_quiz",
    "load_quiz",
    "read_quiz",
]


@dataclass(frozen=True)
class Option:
    """One option of a choice, and what is said about it."""

    text: str
    why: str
    right: bool


@dataclass(frozen=True)
class WrongNumber:
    """A number that a usual mistake leads to, and what is said about it."""

    answer: float
    why: str


@dataclass(frozen=True)
class Step:
    """One step of an order, and what is said when it stands too early (never of the first)."""

    text: str
    early: str


@dataclass(frozen=True)
class SingleChoice:
    """A question of which exactly one option is right."""

    id: str
    text: str
    options: tuple[Option, ...]


@dataclass(frozen=True)
class MultipleChoice:
    """A question to tick all options that are right; ``why`` is said when they are ticked."""

    id: str
    text: str
    options: tuple[Option, ...]
    why: str


@dataclass(frozen=True)
class NumericAnswer:
    """A question for a number; a mistake's number counts within the same tolerance."""

    id: str
    text: str
    answer: float
    tolerance: float
    unit: str
    mistakes: tuple[WrongNumber, ...]
    hint: str
    why: str


@dataclass(frozen=True)
class OrderedSteps:
    """A question to bring steps into order; here they stand in the right one."""

    id: str
    text: str
    steps: tuple[Step, ...]
    why: str


Question = SingleChoice | MultipleChoice | NumericAnswer | OrderedSteps


def chapters_with_quiz() -> list[str]:
    """Return the two-digit keys of the chapters that have a quiz, such as ``"02"``."""
    return list(_quizzes())


def load_quiz(chapter: str) -> tuple[Question, ...]:
    """Return the questions of a chapter's quiz.

    Args:
        chapter: The chapter's two-digit key, such as ``"02"``.

    Raises:
        ValueError: If the chapter has no quiz.
        QuizError: If the file is not as it should be.
    """
    quizzes = _quizzes()
    if chapter not in quizzes:
        raise ValueError(f"chapter must be one of {', '.join(quizzes)}, got {chapter!r}")
    return read_quiz(quizzes[chapter])


def _quizzes() -> dict[str, Path]:
    paths = sorted(rooms.LESSONS.glob("ch[0-9][0-9]/quiz.toml"))
    return {rooms.room_of(path).removeprefix("ch"): path for path in paths}


def read_quiz(path: Path) -> tuple[Question, ...]:
    """Read the questions of one file.

    Raises:
        QuizError: If something is missing, unknown, of the wrong type or without an explanation;
            the message names the file, the question and the field.
    """
    where = f"{path.parent.name}/{path.name}"
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise QuizError(f"{where}: {error}") from error
    whole = Fields(where, content)
    questions = tuple(_question(fields) for fields in whole.tables("question", least=1))
    whole.close()
    seen: set[str] = set()
    for question in questions:
        if question.id in seen:
            raise QuizError(f"{where}: two questions have the id {question.id!r}")
        seen.add(question.id)
    return questions


def _question(fields: Fields) -> Question:
    name = fields.name("id")
    readers: dict[str, Callable[..., Question]] = {
        "single": _single,
        "multiple": _multiple,
        "numeric": _numeric,
        "order": _order,
    }
    kind = fields.one_of("kind", readers)
    question = readers[kind](fields, id=name, text=fields.text("text"))
    fields.close()
    return question


def _single(fields: Fields, **common: str) -> SingleChoice:
    options = _options(fields)
    if (count := sum(option.right for option in options)) != 1:
        raise fields.error("option", f"exactly one must be right, and {count} are")
    return SingleChoice(**common, options=options)


def _multiple(fields: Fields, **common: str) -> MultipleChoice:
    options = _options(fields)
    if not any(option.right for option in options):
        raise fields.error("option", "at least one must be right")
    return MultipleChoice(**common, options=options, why=fields.text("why"))


def _numeric(fields: Fields, **common: str) -> NumericAnswer:
    answer, tolerance = fields.number("answer"), fields.number("tolerance", default=0)
    if tolerance < 0:
        raise fields.error("tolerance", f"must not be negative, got {tolerance}")
    mistakes = []
    for mistake in fields.tables("mistake", least=1):
        mistakes.append(WrongNumber(mistake.number("answer"), mistake.text("why")))
        # Two readings of one number would make it a matter of order which sentence is said.
        for other in (answer, *(earlier.answer for earlier in mistakes[:-1])):
            if abs(mistakes[-1].answer - other) <= 2 * tolerance:
                raise mistake.error("answer", f"{mistakes[-1].answer} is too close to {other}")
        mistake.close()
    return NumericAnswer(
        **common,
        answer=answer,
        tolerance=tolerance,
        unit=fields.text("unit", default=""),
        mistakes=tuple(mistakes),
        hint=fields.text("hint"),
        why=fields.text("why"),
    )


def _order(fields: Fields, **common: str) -> OrderedSteps:
    steps: list[Step] = []
    for step in fields.tables("step", least=3):
        first = not steps
        early = step.text("early", default="") if first else step.text("early")
        if first and early:
            raise step.error("early", "the first step can never be too early")
        steps.append(Step(step.text("text"), early))
        step.close()
    _distinct(fields, "step", [step.text for step in steps])
    return OrderedSteps(**common, steps=tuple(steps), why=fields.text("why"))


def _options(fields: Fields) -> tuple[Option, ...]:
    options = []
    for option in fields.tables("option", least=2):
        right = option.flag("right", default=False)
        options.append(Option(option.text("text"), option.text("why"), right))
        option.close()
    _distinct(fields, "option", [option.text for option in options])
    return tuple(options)


def _distinct(fields: Fields, field: str, texts: list[str]) -> None:
    for place, text in enumerate(texts, start=1):
        if text in texts[: place - 1]:
            raise fields.error(field, f"number {place} says the same as one before it: {text!r}")
