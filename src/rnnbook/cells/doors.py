"""A cell's methods ask what they are called with, and cost a loop over time nothing.

Whoever calls ``cell.step`` or ``cell.project`` is told in a sentence what does not fit: torch would
broadcast a state (1, H) against a batch and say nothing. A loop over time, whose arguments fit
because they were checked before it, takes both methods `as_written`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any

Method = Callable[..., Any]


def asking(name: str, question: Callable[..., None]) -> Callable[[Method], Method]:
    """Make a method ask what it is called with, before it computes.

    A subclass's method that calls its parent's (``super().step``) is asked, and its parent's is
    not: what the two hand each other is their own business.

    Args:
        name: of the method.
        question: takes the same arguments, and refuses what does not fit.
    """

    def around(method: Method) -> Method:
        signature = inspect.signature(method)

        @wraps(method)
        def asked(cell: Any, *args: Any, **options: Any) -> Any:
            if getattr(type(cell), name) is asked:
                question(*signature.bind(cell, *args, **options).args)
            return method(cell, *args, **options)

        vars(asked)["itself"] = asked  # a wrapper of it takes this over, and is another
        return asked

    return around


def as_written(cell: Any) -> tuple[Method, Method]:
    """A cell's ``project`` and ``step`` that ask nothing, where arguments are known to fit."""
    return _as_written(cell, "project"), _as_written(cell, "step")


def _as_written(cell: Any, name: str) -> Method:
    asked: Any = getattr(type(cell), name)
    is_asked = getattr(asked, "itself", None) is asked
    if name in vars(cell) or not is_asked:
        return getattr(cell, name)  # somebody put another in its place
    return asked.__wrapped__.__get__(cell)
