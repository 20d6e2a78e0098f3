"""The kinds of questions of a quiz, as data."""

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
    cell: str
    x: tuple[float, ...]
    wanted: tuple[tuple[float, float], ...]
    W: tuple[float, ...]
    U: tuple[float, ...]
    b: tuple[float, ...]
    weights: tuple[Weight, ...]
    hint: str
    why: str


Question = SingleChoice | MultipleChoice | NumericAnswer | OrderedSteps | SetWeights
