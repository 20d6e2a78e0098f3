"""What a chapter asks: a quiz that answers at once, and predictions that are compared later."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from dataclasses import asdict
from typing import Any

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
        chapter: The chapter's two-digit key, such as ``"02"``.

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
    """What a chapter asks before it begins: choose, lock, and compare when you have read on.

    Args:
        chapter: The chapter's two-digit key, such as ``"02"``.

    Raises:
        ValueError: If the chapter has no quiz, or asks for no prediction.

    Attributes:
        answers: What was locked, by the predictions' ids: the index of an option, from 0.
    """

    name = "prediction"

    chapter = traitlets.Unicode().tag(sync=True)
    sealed = traitlets.Unicode().tag(sync=True)
    answers = traitlets.Dict().tag(sync=True)

    def __init__(self, chapter: str) -> None:
        self.questions = load_file(chapter).predictions
        if not self.questions:
            raise ValueError(f"chapter must have a prediction in its quiz.toml, got {chapter!r}")
        super().__init__(chapter=chapter, sealed=seal(self.questions))

    def still(self) -> str:
        """The questions, and their answers in a fold."""
        return "".join(
            f"<p><strong>Predict.</strong> {_html(question.text)}</p>"
            f"{_list(option.text for option in question.options)}"
            f"<details><summary>The answer</summary>{_answer(question)}</details>"
            for question in self.questions
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
        known = {question.id: question for question in load_file(chapter).tries}
        if id not in known:
            raise ValueError(f"id must be one of {', '.join(known) or 'none'}, got {id!r}")
        self.question = known[id]
        super().__init__(chapter=chapter, sealed=seal((self.question,)))

    def still(self) -> str:
        """The question without its answer."""
        return f'<div class="rnnbook-try-still">{_still(self.question, "div")}</div>'


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


def _answer(question: SingleChoice) -> str:
    (right,) = (option for option in question.options if option.right)
    return f"<p><em>{_html(right.text)}</em> {_html(right.why)}</p>"


def _list(texts: Any) -> str:
    return f"<ul>{''.join(f'<li>{_html(text)}</li>' for text in texts)}</ul>"


def _html(text: str) -> str:
    return _ESCAPED_TAG.sub(r"<\1>", html.escape(text, quote=False))
