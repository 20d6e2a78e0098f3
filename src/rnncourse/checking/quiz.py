"""Quiz questions: read from ``lessons/chNN/quiz.toml``, and checked while reading.

A file is a list of questions, in the order in which they are asked. Each has an ``id`` (unlike the
others of its file), a ``kind``, and a ``text``. Texts are plain, and may hold the tags ``<code>``,
``<em>``, ``<sub>`` and ``<sup>``. With ``goal = "05.1"`` a question says which goal of its page it
tests. The six kinds::

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

    kind = "own words"  # the reader writes, sees a model answer, and ticks what theirs says too
    model = "A model answer."
    points = ["That …", "That …"]  # what a good answer says

The first step of an order out of place stands too early, always; so the step that comes first in
truth has no ``early``.

A file may also hold, before its questions (with a prediction it needs none)::

    earlier = ["04/where-it-ends", "03/shift"]  # questions of earlier lessons, asked again

    [[prediction]]  # a question of the kind "single", asked at the top of the page
    id = "forty-back"
    text = "…"  # and options

    [[try]]  # a question of any kind, asked in the middle of the page

    [[goal]]  # for each goal of the page, in their order
    id = "05.1"
    claims = ["vanish-lag-40"]  # what shows it
"""

from __future__ import annotations

import dataclasses
import re
import tomllib
from pathlib import Path

from rnncourse import rooms
from rnncourse.checking._fields import Fields, QuizError
from rnncourse.checking._read_questions import prediction, question
from rnncourse.checking.questions import (
    MultipleChoice,
    NumericAnswer,
    Option,
    OrderedSteps,
    OwnWords,
    Question,
    QuizFile,
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
    "OwnWords",
    "Question",
    "QuizError",
    "QuizFile",
    "SetWeights",
    "SingleChoice",
    "Step",
    "Weight",
    "WrongNumber",
    "chapters_with_quiz",
    "load_file",
    "load_quiz",
    "read_quiz",
]


_CHAPTER = re.compile(r"ch(\d\d)")


def chapters_with_quiz() -> list[str]:
    """Return the two-digit keys of the chapters that have a quiz, such as ``"02"``."""
    return [key for key in _quizzes() if key.isdigit()]


def load_quiz(chapter: str) -> tuple[Question, ...]:
    """Return the questions of a chapter's quiz: its own, then those of earlier lessons.

    Args:
        chapter: The chapter's two-digit key, such as ``"02"``; or the room of a checkpoint, whose
            questions are all from earlier lessons.

    Raises:
        ValueError: If the chapter has no quiz.
        QuizError: If a file is not as it should be, or has not the question that is asked again.
    """
    file = load_file(chapter)
    return file.questions + tuple(_earlier(chapter, name) for name in file.earlier)


def load_file(chapter: str) -> QuizFile:
    """Return all that a chapter's file holds; it raises what `load_quiz` raises."""
    quizzes = _quizzes()
    if chapter not in quizzes:
        raise ValueError(f"chapter must be one of {', '.join(quizzes)}, got {chapter!r}")
    return read_quiz(quizzes[chapter])


def _earlier(chapter: str, name: str) -> Question:
    lesson, _, id = name.partition("/")
    if lesson in _quizzes() and lesson < chapter:
        for one in load_file(lesson).questions:
            if one.id == id:
                return dataclasses.replace(one, id=name)
    raise QuizError(f"quiz {chapter}: earlier: no question {name!r} of an earlier lesson")


def _quizzes() -> dict[str, Path]:
    paths = {rooms.room_of(path): path for path in sorted(rooms.LESSONS.glob("*/quiz.toml"))}
    return {_CHAPTER.sub(r"\1", room): path for room, path in paths.items()}


def read_quiz(path: Path) -> QuizFile:
    """Read one file.

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
    earlier = whole.texts("earlier", least=0)
    least = 0 if earlier or "prediction" in content else 1
    file = QuizFile(
        questions=tuple(question(fields) for fields in whole.tables("question", least=least)),
        predictions=tuple(prediction(fields) for fields in whole.tables("prediction", least=0)),
        tries=tuple(question(fields) for fields in whole.tables("try", least=0)),
        earlier=earlier,
        goals=dict(_goal(fields) for fields in whole.tables("goal", least=0)),
    )
    whole.close()
    seen: set[str] = set()
    for one in (*file.questions, *file.predictions, *file.tries):
        if one.id in seen:
            raise QuizError(f"{where}: two questions have the id {one.id!r}")
        seen.add(one.id)
        if file.goals and one.goal and one.goal not in file.goals:
            raise QuizError(f"{where}: question {one.id!r}: no goal {one.goal!r} of this page")
    return file


def _goal(fields: Fields) -> tuple[str, tuple[str, ...]]:
    goal = fields.text("id"), fields.texts("claims", least=0)
    fields.close()
    return goal
