"""Exercise: how c_t depends on c_{t-1}, straight on and through h_{t-1}."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from torch import Tensor

from rnnbook.exercises.exercise import Exercise, Mistake, Tensors


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
) -> Tensor:
    """``∂c_t/∂h_{t-1}``, with ``c_{t-1}`` held."""
    A = (c * slope(f))[:, None] * U_f + (g * slope(i))[:, None] * U_i
    return A + (i * slope_g(g))[:, None] * U_g


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
        _with(
            detour=lambda i, f, g, c, U_i, U_f, U_g: _detour(i, f, g, c, 0 * U_i, U_f, 0 * U_g),
        ),
    ),
    Mistake(
        "candidate-alone",
        "h_{t-1} moves the candidate, but not the gates, which are computed from it too.",
        _with(
            detour=lambda i, f, g, c, U_i, U_f, U_g: _detour(i, f, g, c, 0 * U_i, 0 * U_f, U_g),
        ),
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
)

EXERCISE = LSTMStepExercise(
    name="two-roads",
    title="Two roads from one cell state to the next",
    chapter="09",
    takes={
        **dict.fromkeys("ifgoc", "H"),
        **dict.fromkeys(("U_i", "U_f", "U_g"), "H H"),
    },
    returns={"J": "H H"},
    reference=jacobian,
    mistakes=MISTAKES,
)
