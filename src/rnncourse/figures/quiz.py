"""What a chapter asks: a quiz that answers at once, and predictions that are compared later."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from dataclasses import asdict
from typing import Any, TypeVar

import traitlets

from rnncourse.checking.quiz import (
    MultipleChoice,
    NumericAnswer,
    OrderedSteps,
    OwnWords,
    Question,
    SetWeights,
    SingleChoice,
    load_file,
    load_quiz,
)
from rnncourse.figures.base import Figure

_Q = TypeVar("_Q", bound=Question)
_KINDS: dict[type, str] = {
    SingleChoice: "single",
    MultipleChoice: "multiple",
    NumericAnswer: "numeric",
    OrderedSteps: "order",
    SetWeights: "weights",
    OwnWords: "own words",
}
_ESCAPED_TAG = re.compile(r"&lt;(/?(?:code|em|sub|sup))&gt;")


class Quiz(Figure):
    """The questions of a chapter, then some of earlier ones; each wrong answer explains itself.

    The reader's answers stay in the browser until they are reset. In a live kernel they can be
    read and observed: ``quiz.observe(handler, "answers")``.

    Args:
        chapter: The chapter's two-digit key, such as ``"02"``, or the room of a checkpoint.

    Raises:
        ValueError: If the chapter has no quiz.

    Attributes:
        answers: What was checked last, by the questions' ids: the index of an option, the indices
            of the ticked ones, a number, the indices of the steps as they were shown, in the
            reader's order, the weights that were set, or the indices of the points that the
            reader's own words make. Indices count from 0.
        score: How many of the answers are right.
    """

    name = "quiz"

    chapter = traitlets.Unicode().tag(sync=True)
    sealed = traitlets.Unicode().tag(sync=True)
    answers = traitlets.Dict().tag(sync=True)
    score = traitlets.Int(0).tag(sync=True)

    def __init__(self, chapter: str) -> None:
        self.questions = load_quiz(chapter)
        super().__init__(chapter=chapter, sealed=seal(self.questions))

    def still(self) -> str:
        """The questions without their answers."""
        items = "".join(_still(question) for question in self.questions)
        return f'<ol class="rnnbook-quiz-still">{items}</ol>'


class Prediction(Figure):
    """What a page asks before it answers: choose, and compare when you have read on.

    Args:
        chapter: The chapter's two-digit key, such as ``"02"``.
        id: Which of the predictions of its file.

    Raises:
        ValueError: If the chapter has no quiz, or no such prediction.

    Attributes:
        answer: What was locked: the index of an option, from 0; None for nothing.
    """

    name = "prediction"

    chapter = traitlets.Unicode().tag(sync=True)
    sealed = traitlets.Unicode().tag(sync=True)
    answer = traitlets.Any(None, allow_none=True).tag(sync=True)

    def __init__(self, chapter: str, id: str) -> None:
        self.question = _known(id, load_file(chapter).predictions)
        super().__init__(chapter=chapter, sealed=seal((self.question,)))

    def still(self) -> str:
        """The question, and its answer in a fold."""
        (right,) = (option for option in self.question.options if option.right)
        return (
            f"<p><strong>Predict.</strong> {_html(self.question.text)}</p>"
            f"{_list(option.text for option in self.question.options)}"
            f"<details><summary>The answer</summary><p><em>{_html(right.text)}</em> "
            f"{_html(right.why)}</p></details>"
        )


class Try(Figure):
    """One question in the middle of a page, checked at once.

    Args:
        chapter: The chapter's two-digit key, such as ``"02"``.
        id: Which of the questions of its file's ``[[try]]``.

    Raises:
        ValueError: If the chapter has no quiz, or no such question.

    Attributes:
        answer: What was checked last, as in `Quiz`; None for nothing.
    """

    name = "try_it"

    chapter = traitlets.Unicode().tag(sync=True)
    sealed = traitlets.Unicode().tag(sync=True)
    answer = traitlets.Any(None, allow_none=True).tag(sync=True)

    def __init__(self, chapter: str, id: str) -> None:
        self.question = _known(id, load_file(chapter).tries)
        super().__init__(chapter=chapter, sealed=seal((self.question,)))

    def still(self) -> str:
        """The question without its answer."""
        return f'<div class="rnnbook-try-still">{_still(self.question, "div")}</div>'


def _known(id: str, questions: tuple[_Q, ...]) -> _Q:
    for question in questions:
        if question.id == id:
            return question
    names = ", ".join(question.id for question in questions)
    raise ValueError(f"id must be one of {names or 'none at all'}, got {id!r}")


def seal(questions: tuple[Question, ...]) -> str:
    """Return what the page is given, so coded that nobody reads the answers off its source."""
    content = [_payload(question) for question in questions]
    edition = hashlib.sha256(json.dumps(content).encode()).hexdigest()[:8]
    sealed = json.dumps({"edition": edition, "questions": content}, ensure_ascii=False)
    return base64.b64encode(sealed.encode()).decode()


def shown_order(question: OrderedSteps) -> list[int]:
    """Return the places of the steps in the order in which they are shown: never the right one."""
    digests = [hashlib.sha256(step.text.encode()).digest() for step in question.steps]
    places = sorted(range(len(digests)), key=digests.__getitem__)
    return places[::-1] if places[0] == 0 else places


def _payload(question: Question) -> dict[str, Any]:
    content = {"kind": _KINDS[type(question)], **asdict(question)}
    del content["goal"]  # the authors' concern
    if isinstance(question, OrderedSteps):
        content["steps"] = [
            {**asdict(question.steps[place]), "place": place} for place in shown_order(question)
        ]
    return content


def _still(question: Question, tag: str = "li") -> str:
    if isinstance(question, NumericAnswer):
        rest = f"<p>…… {html.escape(question.unit)}</p>"
    elif isinstance(question, OrderedSteps):
        rest = _list(question.steps[place].text for place in shown_order(question))
    elif isinstance(question, SetWeights):
        rest = _list(f"{weight.name} = ……" for weight in question.weights)
    elif isinstance(question, OwnWords):
        rest = "<p>……</p>"
    else:
        rest = _list(option.text for option in question.options)
    return f"<{tag}><p>{_html(question.text)}</p>{rest}</{tag}>"


def _list(texts: Any) -> str:
    return f"<ul>{''.join(f'<li>{_html(text)}</li>' for text in texts)}</ul>"


def _html(text: str) -> str:
    return _ESCAPED_TAG.sub(r"<\1>", html.escape(text, quote=False))
