"""Quiz questions: read from ``lessons/chNN/quiz.toml``, and checked while reading.

A file is a list of questions, in the order in which they are asked. Each has an ``id`` (unlike the
others of its file), a ``kind``, and a ``text``. Texts are plain, and may hold the tags ``<code>``,
``<em>``, ``<sub>`` and ``<sup>``. The five kinds::

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

    kind = "weights"  # a cell of one unit and one input, run by the page itself
    cell = "simple"  # or "lstm", "gru"
    x = [1, 0, 0]  # the inputs
    wanted = [[0.5, 1], [0.5, 1], [-1, 1]]  # where h_t has to lie, one pair a step
    W = [0]  # a number a block, in the order of the book; likewise U and b
    hint = "Said when h goes astray, after where it does."
    why = "Said when it is right."
      [[question.weight]]
      name = "u"  # on the slider
      place = "U"  # which of W, U and b it sets,
      block = 0  # and of which block
      least = -3
      most = 3
      answer = 1.5  # one that is right, for the tests

The first step of an order out of place stands too early, always; so the step that comes first in
truth has no ``early``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path

from rnncourse import rooms
from rnncourse.checking._fields import Fields, QuizError
from rnncourse.checking.questions import (
    MultipleChoice,
    NumericAnswer,
    Option,
    OrderedSteps,
    Question,
    SetWeights,
    SingleChoice,
    Step,
    Weight,
    WrongNumber,
)

__all__ = [
    "MultipleChoice",
    "NumericAnswer",
    "Option",
    "OrderedSteps",
    "Question",
    "QuizError",
    "SetWeights",
    "SingleChoice",
    "Step",
    "Weight",
    "WrongNumber",
    "chapters_with_quiz",
    "load_quiz",
    "read_quiz",
]


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
        "weights": _weights,
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


_BLOCKS = {"simple": 1, "lstm": 4, "gru": 3}


def _weights(fields: Fields, **common: str) -> SetWeights:
    cell = fields.one_of("cell", _BLOCKS)
    x, wanted = fields.numbers("x"), fields.ranges("wanted")
    if len(wanted) != len(x):
        raise fields.error("wanted", f"one pair a step: {len(x)}, got {len(wanted)}")
    start = {place: fields.numbers(place) for place in "WUb"}
    for place, numbers in start.items():
        if len(numbers) != _BLOCKS[cell]:
            raise fields.error(place, f"a number a block: {_BLOCKS[cell]}, got {len(numbers)}")
    weights = []
    for weight in fields.tables("weight", least=1):
        block = weight.number("block", default=0)
        if block not in range(_BLOCKS[cell]):
            raise weight.error("block", f"must be one of the cell's {_BLOCKS[cell]}, got {block}")
        weights.append(
            Weight(
                name=weight.text("name"),
                place=weight.one_of("place", "WUb"),
                block=int(block),
                least=weight.number("least"),
                most=weight.number("most"),
                answer=weight.number("answer"),
            )
        )
        last = weights[-1]
        if not last.least <= start[last.place][last.block] <= last.most:
            begin = start[last.place][last.block]
            raise weight.error("least", f"the start, {begin}, lies out of the range")
        if not last.least <= last.answer <= last.most:
            raise weight.error("answer", f"must lie from {last.least} to {last.most}")
        weight.close()
    _distinct(fields, "weight", [weight.name for weight in weights])
    return SetWeights(
        **common,
        cell=cell,
        x=x,
        wanted=wanted,
        W=start["W"],
        U=start["U"],
        b=start["b"],
        weights=tuple(weights),
        hint=fields.text("hint"),
        why=fields.text("why"),
    )


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
