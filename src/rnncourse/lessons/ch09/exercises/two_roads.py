"""Exercise: how c_t depends on c_{t-1}, straight on and through h_{t-1}."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from torch import Tensor

from rnncourse.checking.exercise import Exercise, Mistake, Tensors


@dataclass(frozen=True, kw_only=True)
class LSTMStepExercise(Exercise):
    """Draws gates between 0 and 1."""

    def draw(self, generator: torch.Generator) -> list[Tensors]:
        """Draw the arguments i, f and o uniform in (0, 1), the others in (−1, 1)."""
        return [
            tuple(
                (1 + t) / 2 if name in "ifo" else t
                for name, t in zip(self.takes, call, strict=True)
            )
            for call in super().draw(generator)
        ]


def jacobian(
    i: Tensor, f: Tensor, g: Tensor, o: Tensor, c: Tensor, U_i: Tensor, U_f: Tensor, U_g: Tensor
) -> Tensor:
    """``∂c_t/∂c_{t-1}`` of an LSTM, shape (H, H), rows the later one.

    Args:
        i: the input gate at t, shape (H); ``f`` and ``g`` likewise.
        f: the forget gate at t.
        g: the candidate at t.
        o: the output gate at t − 1.
        c: the cell state at t − 1.
        U_i: recurrent weights (H, H); ``U_f`` and ``U_g`` likewise.
        U_f: those of the forget gate.
        U_g: those of the candidate.
    """
    return _roads(i, f, g, o, c, U_i, U_f, U_g)


def _detour(
    i: Tensor,
    f: Tensor,
    g: Tensor,
    c: Tensor,
    U_i: Tensor,
    U_f: Tensor,
    U_g: Tensor,
    *,
    slope: Callable[[Tensor], Tensor] = lambda gate: gate * (1 - gate),
    slope_g: Callable[[Tensor], Tensor] = lambda g: 1 - g**2,
    partners: Callable[[Tensor, Tensor, Tensor], tuple[Any, Any, Any]] = lambda i, g, c: (g, c, i),
) -> Tensor:
    """``∂c_t/∂h_{t-1}``, with ``c_{t-1}`` held; ``partners`` are what i, f and g multiply."""
    of_i, of_f, of_g = partners(i, g, c)
    A = (of_f * slope(f))[:, None] * U_f + (of_i * slope(i))[:, None] * U_i
    return A + (of_g * slope_g(g))[:, None] * U_g


def _roads(
    i: Tensor,
    f: Tensor,
    g: Tensor,
    o: Tensor,
    c: Tensor,
    U_i: Tensor,
    U_f: Tensor,
    U_g: Tensor,
    *,
    direct: Callable[[Tensor], Tensor] = torch.diag,
    up: Callable[[Tensor, Tensor], Tensor] = lambda o, c: o * (1 - c.tanh() ** 2),
    detour: Callable[..., Tensor] = _detour,
) -> Tensor:
    # diag(f_t) + ∂c_t/∂h_{t-1} diag(o_{t-1} ⊙ (1 − tanh² c_{t-1}))
    return direct(f) + detour(i, f, g, c, U_i, U_f, U_g) * up(o, c)


def _with(**changes: Any) -> Callable[..., Tensor]:
    return partial(_roads, **changes)


def _detour_with(**changes: Any) -> Callable[..., Tensor]:
    return _with(detour=partial(_detour, **changes))


def _moving(parts: str) -> Callable[..., Tensor]:
    """Both roads, where h_{t-1} moves these parts only."""

    def roads(i: Tensor, f: Tensor, g: Tensor, o: Tensor, c: Tensor, *U: Tensor) -> Tensor:
        kept = (block * (name in parts) for name, block in zip("ifg", U, strict=True))
        return _roads(i, f, g, o, c, *kept)

    return roads


MISTAKES = (
    Mistake(
        "detour-forgotten",
        "this is the direct road alone. c_{t-1} also goes into h_{t-1}, and h_{t-1} moves the "
        "gates and the candidate of step t.",
        lambda i, f, *others: torch.diag(f),
    ),
    Mistake(
        "direct-forgotten",
        "this is the detour through h_{t-1} alone. How does c_{t-1} reach c_t straight on?",
        _with(direct=torch.zeros_like),
    ),
    Mistake(
        "transposed",
        "the numbers are right, but rows and columns are exchanged. A row belongs to a unit of "
        "the later cell state.",
        lambda *args: _roads(*args).T,
    ),
    Mistake(
        "from-h-itself",
        "the detour ends at h_{t-1}: this is diag(f) plus the derivative by h_{t-1}. There is one "
        "more factor from h_{t-1} = o ⊙ tanh(c) to c_{t-1}.",
        _with(up=lambda o, c: torch.ones_like(o)),
    ),
    Mistake(
        "output-gate-forgotten",
        "on the way from c_{t-1} to h_{t-1} the output gate is missing.",
        _with(up=lambda o, c: 1 - c.tanh() ** 2),
    ),
    Mistake(
        "tanh-slope-forgotten",
        "on the way from c_{t-1} to h_{t-1} = o ⊙ tanh(c) the slope of the tanh is missing.",
        _with(up=lambda o, c: o),
    ),
    Mistake(
        "slope-at-c",
        "the slope of tanh(c) is taken to be 1 - c². It is 1 minus the square of tanh(c).",
        _with(up=lambda o, c: o * (1 - c**2)),
    ),
    Mistake(
        "slope-not-squared",
        "the slope of tanh(c) is taken to be 1 - tanh(c). The tanh is squared.",
        _with(up=lambda o, c: o * (1 - c.tanh())),
    ),
    Mistake(
        "slope-at-h",
        "the slope is taken to be 1 - h², with h = o ⊙ tanh(c). It is 1 minus the square of the "
        "tanh alone.",
        _with(up=lambda o, c: o * (1 - (o * c.tanh()) ** 2)),
    ),
    Mistake(
        "slope-on-rows",
        "the way from c_{t-1} to h_{t-1} scales the rows. It is where the detour begins: "
        "which side of U does it stand on?",
        lambda i, f, g, o, c, *U: (
            torch.diag(f) + (o * (1 - c.tanh() ** 2))[:, None] * _detour(i, f, g, c, *U)
        ),
    ),
    Mistake(
        "gate-slopes-forgotten",
        "the slopes of the sigmoids are missing. What is the derivative of σ(a), written with "
        "the gate f = σ(a)?",
        _detour_with(slope=torch.ones_like),
    ),
    Mistake(
        "gates-for-slopes",
        "the sigmoids are differentiated to the gates themselves. The slope of a sigmoid is "
        "f (1 - f).",
        _detour_with(slope=lambda gate: gate),
    ),
    Mistake(
        "squashed-twice",
        "a sigmoid is applied to i and f once more. They are gates already, with slope f (1 - f).",
        _detour_with(slope=lambda gate: gate.sigmoid() * (1 - gate.sigmoid())),
    ),
    Mistake(
        "candidate-squashed-twice",
        "g is the tanh already: its slope is 1 - g², not that of a second tanh.",
        _detour_with(slope_g=lambda g: 1 - g.tanh() ** 2),
    ),
    Mistake(
        "candidate-slope-not-squared",
        "the slope of the candidate is taken to be 1 - g. The tanh is squared.",
        _detour_with(slope_g=lambda g: 1 - g),
    ),
    Mistake(
        "candidate-slope-forgotten",
        "the slope of the candidate's tanh is missing.",
        _detour_with(slope_g=torch.ones_like),
    ),
    Mistake(
        "candidate-as-sigmoid",
        "g (1 - g) is the slope of a sigmoid. The candidate is a tanh.",
        _detour_with(slope_g=lambda g: g * (1 - g)),
    ),
    Mistake(
        "forget-gate-alone",
        "h_{t-1} moves the forget gate, but not the input gate and the candidate. "
        "All three stand in c_t.",
        _moving("f"),
    ),
    Mistake(
        "candidate-alone",
        "h_{t-1} moves the candidate, but not the gates, which are computed from it too.",
        _moving("g"),
    ),
    Mistake(
        "gates-alone",
        "h_{t-1} moves the gates, but not the candidate, which is computed from it too.",
        _moving("if"),
    ),
    Mistake(
        "forget-gate-forgotten",
        "h_{t-1} moves the input gate and the candidate, but not the forget gate.",
        _moving("ig"),
    ),
    Mistake(
        "input-gate-forgotten",
        "h_{t-1} moves the forget gate and the candidate, but not the input gate.",
        _moving("fg"),
    ),
    Mistake(
        "partners-forgotten",
        "the slopes are right, but what each is multiplied by is missing: in c_t the gate f "
        "multiplies c_{t-1}, and i and g multiply each other.",
        _detour_with(partners=lambda i, g, c: (1, 1, 1)),
    ),
    Mistake(
        "partners-exchanged",
        "the slope of f is multiplied by g and that of i by c. In c_t it is f that multiplies "
        "c_{t-1}.",
        _detour_with(partners=lambda i, g, c: (c, g, i)),
    ),
    Mistake(
        "c-forgotten",
        "c is missing: the product rule on f ⊙ c_{t-1} gives the slope of f times c.",
        _detour_with(partners=lambda i, g, c: (g, 1, i)),
    ),
    Mistake(
        "g-forgotten",
        "g is missing: the product rule on i ⊙ g gives the slope of i times g.",
        _detour_with(partners=lambda i, g, c: (1, c, i)),
    ),
    Mistake(
        "i-forgotten",
        "i is missing: the product rule on i ⊙ g gives the slope of g times i.",
        _detour_with(partners=lambda i, g, c: (g, c, 1)),
    ),
    Mistake(
        "U-transposed",
        "U works the wrong way round: row j of U_f holds what moves the forget gate of unit j. "
        "The blocks are square, so torch cannot warn you.",
        lambda i, f, g, o, c, *U: _roads(i, f, g, o, c, *(block.T for block in U)),
    ),
    Mistake(
        "slopes-on-columns",
        "the slopes of the gates scale the columns of U. They belong to the units that U leads "
        "to: which axis is that, and how does torch broadcast a vector?",
        _with(detour=lambda i, f, g, c, *U: _detour(i, f, g, c, *(block.T for block in U)).T),
    ),
    Mistake(
        "blocks-exchanged",
        "U_i and U_f are exchanged: which weights move which gate?",
        lambda i, f, g, o, c, U_i, U_f, U_g: _roads(i, f, g, o, c, U_f, U_i, U_g),
    ),
    Mistake(
        "no-diagonal",
        "f is added to every element of a row. On the direct road a unit reaches itself only.",
        _with(direct=lambda f: f[:, None].expand(-1, len(f))),
    ),
    Mistake(
        "broadcast",
        "f is added to every row. On the direct road a unit reaches itself only: which matrix "
        "has f on its diagonal and nothing else?",
        _with(direct=lambda f: f.expand(len(f), -1)),
    ),
    Mistake(
        "diagonal-alone",
        "only the diagonal is there. Through h_{t-1} each unit reaches all others.",
        lambda *args: torch.diag(_roads(*args).diagonal()),
    ),
)

EXERCISE = LSTMStepExercise(
    name="two-roads",
    title="Two roads from one cell state to the next",
    takes={
        **dict.fromkeys("ifgoc", "H"),
        **dict.fromkeys(("U_i", "U_f", "U_g"), "H H"),
    },
    returns={"J": "H H"},
    reference=jacobian,
    mistakes=MISTAKES,
)
