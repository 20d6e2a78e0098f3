"""Exercise: a memory with three gates, run over a sequence."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from rnncourse.checking.exercise import Exercise, Mistake

Memory = tuple[Tensor, Tensor]
Step = Callable[[Tensor, Tensor, Tensor, Tensor, Tensor], Memory]
"""``(c, x_t, i_t, f_t, o_t) -> (c_t, y_t)``."""


def _over_time(step: Step) -> Callable[[Tensor, Tensor, Tensor, Tensor], Memory]:
    """Carry ``c`` from step to step; ``step`` gives the new ``c`` and what is said."""

    def remember(x: Tensor, i: Tensor, f: Tensor, o: Tensor) -> Memory:
        c, held, said = torch.zeros_like(x[0]), [], []
        for inputs in zip(x, i, f, o, strict=True):
            c, y_t = step(c, *inputs)
            held.append(c)
            said.append(y_t)
        return torch.stack(held), torch.stack(said)

    return remember


def remember(x: Tensor, i: Tensor, f: Tensor, o: Tensor) -> Memory:
    """A memory with gates, ``(T, H)`` each: what it holds and what it says, ``(T, H)`` each."""
    c, held, said = torch.zeros_like(x[0]), [], []
    for x_t, i_t, f_t, o_t in zip(x, i, f, o, strict=True):
        c = f_t * c + i_t * x_t  # c_t = f_t ⊙ c_{t-1} + i_t ⊙ x_t
        held.append(c)
        said.append(o_t * c)  # y_t = o_t ⊙ c_t
    return torch.stack(held), torch.stack(said)


def _said_is_held(c: Tensor, x: Tensor, i: Tensor, f: Tensor, o: Tensor) -> Memory:
    c = o * (f * c + i * x)
    return c, c


def _not_carried(x: Tensor, i: Tensor, f: Tensor, o: Tensor) -> Memory:
    return i * x, o * i * x


MISTAKES = (
    Mistake(
        "f-erases",
        "f works the wrong way round: where it is 1, the old value is lost. In this book f = 1 "
        "keeps.",
        _over_time(lambda c, x, i, f, o: ((new := (1 - f) * c + i * x), o * new)),
    ),
    Mistake(
        "read-erodes",
        "the memory itself is multiplied by o, so what is not read now is lost for ever. Reading "
        "must not change what is held.",
        _over_time(_said_is_held),
    ),
    Mistake(
        "read-before-write",
        "what is said is the memory of the step before. Write first, then read.",
        _over_time(lambda c, x, i, f, o: (f * c + i * x, o * c)),
    ),
    Mistake(
        "i-unused",
        "every number is written, whatever i says.",
        _over_time(lambda c, x, i, f, o: ((new := f * c + x), o * new)),
    ),
    Mistake(
        "f-unused",
        "nothing is ever forgotten, whatever f says.",
        _over_time(lambda c, x, i, f, o: ((new := c + i * x), o * new)),
    ),
    Mistake(
        "o-unused",
        "the memory is said at every step, whatever o says.",
        _over_time(lambda c, x, i, f, o: ((new := f * c + i * x), new)),
    ),
    Mistake(
        "f-on-everything",
        "f multiplies what has just come in, too. It acts on the old value alone.",
        _over_time(lambda c, x, i, f, o: ((new := f * (c + i * x)), o * new)),
    ),
    Mistake(
        "i-on-everything",
        "i multiplies what was held before, too. It acts on the input alone.",
        _over_time(lambda c, x, i, f, o: ((new := i * (f * c + x)), o * new)),
    ),
    Mistake(
        "i-and-f-swapped",
        "i and f have changed places: i lets the input in, f keeps the old value.",
        _over_time(lambda c, x, i, f, o: ((new := i * c + f * x), o * new)),
    ),
    Mistake(
        "tied",
        "the old value is kept by 1 − i, and f is not used. Then it cannot add: keep and write "
        "at once.",
        _over_time(lambda c, x, i, f, o: ((new := (1 - i) * c + i * x), o * new)),
    ),
    Mistake(
        "not-carried",
        "each step begins with an empty memory: the old value is not carried over.",
        _not_carried,
    ),
)

EXERCISE = Exercise(
    name="gated-memory",
    title="A memory with three gates",
    takes={"x": "T H", "i": "T H", "f": "T H", "o": "T H"},
    returns={"c": "T H", "y": "T H"},
    reference=remember,
    mistakes=MISTAKES,
)
