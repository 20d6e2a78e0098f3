"""Reads what a reader's function gave back, and says in words what is odd about it."""

from __future__ import annotations

import inspect
from typing import Any

import torch
from torch import Tensor

from rnncourse.checking import sandbox
from rnncourse.checking.exercise import Complaint, Exercise, Tensors
from rnncourse.checking.sandbox import Outcome

_SHOWN_LINES = 5
_SHOWN_CHARACTERS = 88


def tensors(exercise: Exercise, returned: Any) -> Tensors:
    """Return an answer as float64 tensors, detached and on the CPU.

    Raises:
        Complaint: It is not as many tensors of real numbers as the exercise asks for.
    """
    names = list(exercise.returns)
    if len(names) == 1:
        if isinstance(returned, tuple) and len(returned) == 1:
            raise Complaint(
                f"your function returns a tuple of 1; expected {names[0]} itself. "
                "Is there a comma too many after `return`?"
            )
        returned = (returned,)
    elif not isinstance(returned, tuple) or len(returned) != len(names):
        raise Complaint(
            f"your function returns {_kind(returned)}; "
            f"expected a tuple of {len(names)}, {exercise.result}."
        )
    return tuple(_tensor(exercise, n, t) for n, t in zip(names, returned, strict=True))


def _tensor(exercise: Exercise, name: str, value: Any) -> Tensor:
    if not isinstance(value, Tensor):
        sentence = f"{name} is {_kind(value)}; expected a torch.Tensor."
        if isinstance(value, list | tuple) and value and isinstance(value[0], Tensor):
            sentence += " Which function of torch makes one tensor of many?"
        raise Complaint(sentence)
    if value.is_meta or value.layout != torch.strided:
        raise Complaint(f"{name} holds no plain numbers ({value.layout}, {value.device}).")
    if exercise.takes and value.dtype != torch.float64:
        raise Complaint(
            f"{name} has dtype {value.dtype}; the inputs have torch.float64, and so should it. "
            "Where does another dtype come in?"
        )
    if value.is_complex():
        raise Complaint(f"{name} has dtype {value.dtype}; expected real numbers.")
    return value.detach().to("cpu", torch.float64, copy=True)


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
    """Say whether the function is still a stub: ``...``, ``None`` or ``NotImplementedError``."""
    if outcome.error or not outcome.finished:
        return outcome.unwritten
    returned = outcome.returned if isinstance(outcome.returned, tuple) else (outcome.returned,)
    return bool(returned) and all(value is None or value is ... for value in returned)


def untouched_sentence(outcome: Outcome) -> str:
    """Say that there is nothing to check yet."""
    if outcome.error or outcome.returned is not None:
        return "not attempted yet."
    return "not attempted yet: it returns None. (If you have written it, is a `return` missing?)"


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
        f"your function changes its argument {' and '.join(names)} in place: "
        "whoever calls it still needs the old values. Look for +=, a method whose name "
        "ends in _ or an assignment to a part of a tensor, and make a new tensor there."
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
    if isinstance(value, Tensor):
        return f"one tensor of shape {tuple(value.shape)}"
    if isinstance(value, list | tuple):
        return f"a {type(value).__name__} of {len(value)}"
    if value is None or value is ...:
        return repr(value)
    kind = type(value)
    module = "" if kind.__module__ in ("builtins", "__main__") else f"{kind.__module__}."
    name = module + kind.__qualname__
    return f"{'an' if name[0].lower() in 'aeiou' else 'a'} {name}"
