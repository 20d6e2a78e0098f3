"""The kinds of questions of a quiz, as data.

Each has an ``id``, a ``text``, and the ``goal`` of its page that it tests ("" where that is not
said), such as ``"05.1"``: the first in the list of chapter 05.
"""

from __future__ import annotations

from dataclasses import dataclass


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
    goal: str
    options: tuple[Option, ...]


@dataclass(frozen=True)
class MultipleChoice:
    """A question to tick all options that are right; ``why`` is said when they are ticked."""

    id: str
    text: str
    goal: str
    options: tuple[Option, ...]
    why: str


@dataclass(frozen=True)
class NumericAnswer:
    """A question for a number; a mistake's number counts within the same tolerance."""

    id: str
    text: str
    goal: str
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
    goal: str
    steps: tuple[Step, ...]
    why: str


@dataclass(frozen=True)
class Weight:
    """A number that the reader sets: of ``place`` (W, U or b), which block, and its range."""

    name: str
    place: str
    block: int
    least: float
    most: float
    answer: float


@dataclass(frozen=True)
class SetWeights:
    """A question to set weights of one unit, so that ``h_t`` lies where it is wanted."""

    id: str
    text: str
    goal: str
    cell: str
    x: tuple[float, ...]
    wanted: tuple[tuple[float, float], ...]
    W: tuple[float, ...]
    U: tuple[float, ...]
    b: tuple[float, ...]
    weights: tuple[Weight, ...]
    hint: str
    why: str


@dataclass(frozen=True)
class OwnWords:
    """A question to answer in one's own words: a model answer, and what a good one says."""

    id: str
    text: str
    goal: str
    model: str
    points: tuple[str, ...]


Question = SingleChoice | MultipleChoice | NumericAnswer | OrderedSteps | SetWeights | OwnWords


@dataclass(frozen=True)
class QuizFile:
    """What a lesson asks."""

    questions: tuple[Question, ...]
    predictions: tuple[SingleChoice, ...]
    """Asked at the top of the page, and compared later."""
    tries: tuple[Question, ...]
    """Asked one by one in the text, each after a worked example."""
    earlier: tuple[str, ...]
    """Questions of earlier lessons that are asked again, such as ``"04/where-it-ends"``."""
    goals: dict[str, tuple[str, ...]]
    """By the goals of the page: the claims that show what they are about."""
