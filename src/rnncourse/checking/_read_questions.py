"""One table of a quiz file, as a question; `quiz.py` says how they are written."""

from __future__ import annotations

from collections.abc import Callable

from rnncourse.checking._fields import Fields
from rnncourse.checking.questions import (
    MultipleChoice,
    NumericAnswer,
    Option,
    OrderedSteps,
    OwnWords,
    Question,
    SetWeights,
    SingleChoice,
    Step,
    Weight,
    WrongNumber,
)


def question(fields: Fields) -> Question:
    """Read a question of any kind."""
    name = fields.name("id")
    readers: dict[str, Callable[..., Question]] = {
        "single": _single,
        "multiple": _multiple,
        "numeric": _numeric,
        "order": _order,
        "weights": _weights,
        "own words": _own_words,
    }
    kind = fields.one_of("kind", readers)
    goal = fields.text("goal", default="")
    found = readers[kind](fields, id=name, text=fields.text("text"), goal=goal)
    fields.close()
    return found


def prediction(fields: Fields) -> SingleChoice:
    """Read a question of which one option is right, without its kind."""
    name = fields.name("id")
    goal = fields.text("goal", default="")
    found = _single(fields, id=name, text=fields.text("text"), goal=goal)
    fields.close()
    return found


def _own_words(fields: Fields, **common: str) -> OwnWords:
    points = fields.texts("points", least=2)
    _distinct(fields, "points", list(points))
    return OwnWords(**common, model=fields.text("model"), points=points)


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
