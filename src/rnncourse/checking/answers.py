"""Reads what a reader's function gave back, and says in words what is odd about it."""

from __future__ import annotations

import contextlib
import inspect
import re
from typing import Any

import numpy as np
import torch
from torch import Tensor

from rnncourse.checking import sandbox, state
from rnncourse.checking.exercise import Complaint, Exercise, Tensors
from rnncourse.checking.sandbox import Outcome

_MOST_NUMBERS = 1_000_000
_DTYPES_MEET = re.compile(
    r"float != double|double != float|Float and Double|Double and Float"
    r"|scalar type (Float|Double) but found (Float|Double)"
)
_GAP = re.compile(r"(Type|Attribute)Error: .*\bellipsis\b")
_SHOWN_LINES = 5
_SHOWN_CHARACTERS = 88


def tensors(exercise: Exercise, returned: Any) -> Tensors:
    """Return an answer as float64 tensors, detached and on the CPU.

    Raises:
        Complaint: It is not as many tensors of real numbers as the exercise asks for.
    """
    try:
        return _tensors(exercise, returned)
    except Complaint:
        raise
    except BaseException as error:  # a strange answer may raise anything
        raise Complaint(f"your answer cannot be read: {sandbox.sentence(error)}") from None


def _tensors(exercise: Exercise, returned: Any) -> Tensors:
    names = list(exercise.returns)
    plain = type(returned) is Tensor and not returned.is_nested
    stacked = plain and returned.shape[:1] == (len(names),)
    if len(names) > 1 and (isinstance(returned, list) or (stacked and _alike_axes(exercise))):
        returned = tuple(returned)
    if len(names) == 1:
        if isinstance(returned, tuple) and len(returned) == 1:
            raise Complaint(
                f"your function returns a tuple of 1; expected {names[0]} itself. "
                "Is there a comma too many after `return`, or a function that returns a tuple, as "
                "autograd.grad does?",
                "tuple-of-one",
            )
        returned = (returned,)
    elif not isinstance(returned, tuple) or len(returned) != len(names):
        raise Complaint(
            f"your function returns {_kind(returned)}; "
            f"expected a tuple of {len(names)}, {exercise.result}."
        )
    return tuple(_tensor(exercise, n, t) for n, t in zip(names, returned, strict=True))


def _alike_axes(exercise: Exercise) -> bool:
    """Whether all results have the same axes, so that a stack of them says which is which."""
    return len(set(exercise.returns.values())) == 1


def _tensor(exercise: Exercise, name: str, value: Any) -> Tensor:
    """Examine a value before it is copied: a strange tensor can hold more than it seems."""
    axes = exercise.returns[name]
    if isinstance(value, tuple) and value and isinstance(value[0], Tensor):
        raise Complaint(
            f"your function returns {_kind(value)}; expected {name} itself, and nothing beside it.",
            "more-than-asked",
        )
    if isinstance(value, list) and value and isinstance(value[0], Tensor):
        raise Complaint(
            f"{name} is {_kind(value)}; expected a torch.Tensor. "
            "Which function of torch makes one tensor of many?",
            "list-for-tensor",
        )
    if not isinstance(value, Tensor):
        value = _of_numbers(name, value)
    try:
        if type(value) not in (Tensor, torch.nn.Parameter):
            raise Complaint(f"{name} is {_kind(value)}; expected a plain torch.Tensor.")
        if (
            value.is_meta
            or value.layout != torch.strided
            or torch._C._functorch.is_functorch_wrapped_tensor(value)
        ):
            raise Complaint(f"{name} holds no plain numbers ({value.layout}, {value.device}).")
        if value.numel() > _MOST_NUMBERS:
            raise Complaint(
                f"{name} has shape {tuple(value.shape)}, {value.numel():,} numbers. "
                "Which line makes it so large?"
            )
        if value.is_complex():
            raise Complaint(f"{name} has dtype {value.dtype}; expected real numbers.")
        if not value.is_floating_point() and axes and _floating(exercise) and not exercise.whole:
            raise Complaint(
                f"{name} has dtype {value.dtype}: whole numbers, where the inputs have fractions. "
                "Are they cut off somewhere, or is this another tensor than the one that is asked?",
                "whole-numbers",
            )
        if not sandbox.readable(value):
            raise Complaint(f"{name} has lost the memory that its numbers stood in.")
        exercise.examine(name, value)
        if value.numel() == 1 and not axes:
            value = value.reshape(())
        return value.detach().to("cpu", torch.float64, copy=True)
    except Complaint:
        raise
    except BaseException as error:  # a strange tensor may raise anything
        raise Complaint(f"{name} cannot be read: {sandbox.sentence(error)}") from None


def _floating(exercise: Exercise) -> bool:
    """Say whether an exercise takes numbers with fractions, and no others."""
    return bool(exercise.takes) and all(t.is_floating_point() for t in exercise.trials[0])


def _of_numbers(name: str, value: Any) -> Tensor:
    """Make a tensor of a number, a list of numbers or an array."""
    if isinstance(value, bool | int | float | list | tuple | np.ndarray | np.generic):
        with contextlib.suppress(Exception):
            return torch.as_tensor(np.asarray(value))
    raise Complaint(f"{name} is {_kind(value)}; expected a torch.Tensor.")


def in_single_precision(exercise: Exercise, outcome: Outcome) -> bool:
    """Say whether a function works in float32: it gives that, or fails where the two meet."""
    if outcome.error:
        return bool(_DTYPES_MEET.search(outcome.error))
    several = type(outcome.returned) in (tuple, list)
    returned = outcome.returned if several else (outcome.returned,)
    return bool(exercise.takes) and any(
        type(value) is Tensor and value.dtype in (torch.float32, torch.float16, torch.bfloat16)
        for value in returned
    )


def require_callable(exercise: Exercise, submission: Any) -> None:
    """Raise a ``Complaint`` unless the submission can be called with the exercise's arguments."""
    if not callable(submission):
        raise Complaint(
            f"expected your function, got {_kind(submission)}. Give its name without brackets: "
            f'check("{exercise.name}", {exercise.reference.__name__}).'
        )
    try:
        signature = inspect.signature(submission)
    except (TypeError, ValueError):  # some built-in functions do not tell theirs
        return
    try:
        signature.bind(*exercise.takes)
    except TypeError as error:
        takes = ", ".join(signature.parameters)
        raise Complaint(
            f"your function takes ({takes}), but it is called as {exercise.call}: {error}."
        ) from None


def untouched(outcome: Outcome) -> bool:
    """Say whether the function is a stub, ``...``, ``None`` or ``NotImplementedError``, or partly.

    Where a line is ``...`` still, what is made of it is ``...`` too, or fails.
    """
    if outcome.error or not outcome.finished:
        return outcome.unwritten or bool(_GAP.match(outcome.error))
    parts = _parts(outcome)
    return bool(parts) and (_empty(outcome) or any(part is ... for part in parts))


def _parts(outcome: Outcome) -> tuple[Any, ...]:
    return outcome.returned if type(outcome.returned) is tuple else (outcome.returned,)


def _empty(outcome: Outcome) -> bool:
    return all(part is None or part is ... for part in _parts(outcome))


def untouched_sentence(exercise: Exercise, outcome: Outcome) -> str:
    """Say that there is nothing to check yet, and how long it may take."""
    time = f"({exercise.effort}.)"
    if not outcome.unwritten and (outcome.error or not _empty(outcome)):
        return f"not finished yet: a `...` is still to be filled in. {time}"
    if outcome.error or outcome.returned is not None:
        return f"not attempted yet. {time}"
    return (
        f"not attempted yet: it returns None. If you have written it, is a `return` missing? {time}"
    )


_NESTED = (
    "`check` stands inside your function, so that the function would call itself for ever. Move "
    "the line with `check` out of the function's body: it begins at the left margin."
)
_BY_HAND = (
    "your function lets autograd differentiate. This exercise asks for the equation, "
    "written out: what autograd does is what you are building."
)
REFUSED = {sandbox.Nested: _NESTED, state.NotByHand: _BY_HAND}


def endless_sentence(outcome: Outcome) -> str:
    """Say that the function did not come to an end."""
    end = (
        "so it was stopped. Which loop never ends?"
        if outcome.stopped
        else "and it could not be stopped. Which loop never ends? "
        "Restart the kernel before you go on."
    )
    return f"still running after {sandbox.LIMIT_SECONDS:g} seconds, {end}"


def changed_sentence(exercise: Exercise, outcome: Outcome) -> str:
    """Say which arguments were changed in place."""
    names = [list(exercise.takes)[position] for position in outcome.changed]
    return (
        f"your function changes its argument{'s' if len(names) > 1 else ''} "
        f"{' and '.join(names)} in place: whoever calls it still needs the old values. "
        "Look for +=, a method whose name ends in _ or an assignment to a part of a tensor, "
        "and make a new tensor there."
    )


def quoted(outcome: Outcome) -> tuple[str, ...]:
    """Quote the reader's line at which the function raised or was stopped."""
    return (f"at {outcome.line}",) if outcome.line else ()


def printed(outcome: Outcome) -> tuple[str, ...]:
    """Quote the start of what the function printed."""
    lines = outcome.printed.splitlines()
    if not lines:
        return ()
    shown = [f"| {line[:_SHOWN_CHARACTERS]}" for line in lines[:_SHOWN_LINES]]
    more = max(outcome.printed_lines, len(lines)) - len(shown)
    if more:
        shown.append(f"| … and {more} more")
    return ("It printed, on the first input:", *shown)


def _kind(value: Any) -> str:
    if type(value) is Tensor:
        return f"one tensor of shape {tuple(value.shape)}"
    if isinstance(value, list | tuple):
        return f"a {type(value).__name__} of {len(value)}"
    if value is None or value is ...:
        return repr(value)
    kind = type(value)
    module = "" if kind.__module__ in ("builtins", "__main__") else f"{kind.__module__}."
    name = module + kind.__qualname__
    return f"{'an' if name[0].lower() in 'aeiou' else 'a'} {name}"
