"""Exercise: the biases that give a cell state the time constants wanted."""

from __future__ import annotations

from dataclasses import dataclass
from math import log

import torch
from torch import Tensor

from rnncourse.checking.exercise import Exercise, Mistake, Tensors

Biases = tuple[Tensor, Tensor]


@dataclass(frozen=True, kw_only=True)
class TimeConstantExercise(Exercise):
    """Draws time constants of half a step to some hundred steps."""

    def draw(self, generator: torch.Generator) -> list[Tensors]:
        """Draw every argument between 0.5 and about 400, spread over the scales."""
        return [tuple(torch.exp(2.6 + 3.3 * t) for t in call) for call in super().draw(generator)]


def chrono(tau: Tensor) -> Biases:
    """Biases ``b_i`` and ``b_f`` (H) of leaky units with the time constants ``tau`` (H).

    Where the input and the hidden state are zero, ``f = exp(−1/τ)`` and ``i = 1 − f``.
    """
    # f = σ(b_f) = exp(−1/τ), so b_f = log f − log(1 − f)
    b_f = -torch.log(torch.expm1(1 / tau))
    return -b_f, b_f


def _from_gate(f: Tensor) -> Biases:
    b_f = torch.logit(f)
    return -b_f, b_f


MISTAKES = (
    Mistake(
        "the-paper's-rule",
        "b_f = log τ is the rule of the paper, with u = τ. It keeps τ/(1 + τ), a time constant "
        "about half a step too long. Start from f = exp(-1/τ).",
        lambda tau: (-tau.log(), tau.log()),
    ),
    Mistake(
        "one-minus-one-over",
        "you keep f = 1 - 1/τ, with b_f = log(τ - 1). That is close to exp(-1/τ) when τ is long, "
        "and has no bias at all when τ is below 1.",
        lambda tau: _from_gate(1 - 1 / tau),
    ),
    Mistake(
        "exchanged",
        "the two biases are exchanged: your units keep 1 - e^(-1/τ). The first one returned is "
        "b_i; which of the two is large when much is kept?",
        lambda tau: chrono(tau)[::-1],
    ),
    Mistake(
        "same-sign",
        "b_i equals b_f, so that a unit that keeps much also writes much. It should be i = 1 - f; "
        "what is 1 - σ(b)?",
        lambda tau: (chrono(tau)[1], chrono(tau)[1]),
    ),
    Mistake(
        "upside-down",
        "you keep f = exp(-τ). A long time constant should give a gate close to 1.",
        lambda tau: chrono(1 / tau),
    ),
    Mistake(
        "gates-for-biases",
        "these are the gates themselves. Which bias makes a sigmoid give this gate?",
        lambda tau: (1 - torch.exp(-1 / tau), torch.exp(-1 / tau)),
    ),
    Mistake(
        "logarithm-of-the-gate",
        "b_f is the logarithm of the gate. The inverse of a sigmoid is log f - log(1 - f).",
        lambda tau: (1 / tau, -1 / tau),
    ),
    Mistake(
        "logarithms-of-the-gates",
        "each bias is the logarithm of its gate. The inverse of a sigmoid is log f - log(1 - f).",
        lambda tau: (torch.log(1 - torch.exp(-1 / tau)), -1 / tau),
    ),
    Mistake(
        "logarithm-forgotten",
        "b_f is f/(1 - f). That is e to the power of the bias: which function undoes it?",
        lambda tau: (-1 / torch.expm1(1 / tau), 1 / torch.expm1(1 / tau)),
    ),
    Mistake(
        "one-minus-the-bias",
        "b_f is right, and b_i is 1 - b_f. It is the gates that add up to 1: what is 1 - σ(b)?",
        lambda tau: (1 - chrono(tau)[1], chrono(tau)[1]),
    ),
    Mistake(
        "input-gate-bias-of-the-gate",
        "b_f is right, and b_i is the gate i itself. Which bias makes a sigmoid give this gate?",
        lambda tau: (1 - torch.exp(-1 / tau), chrono(tau)[1]),
    ),
    Mistake(
        "half-a-step-less",
        "b_f = log(τ - ½) takes half a step off the rule of the paper. That is close when τ is "
        "long, and has no logarithm when τ is ½ or less. Start from f = exp(-1/τ).",
        lambda tau: (-torch.log(tau - 0.5), torch.log(tau - 0.5)),
    ),
    Mistake(
        "one-over",
        "you keep f = 1/τ: the longer the time constant, the less. Which share is left after one "
        "step, if 1/e is left after τ?",
        lambda tau: _from_gate(1 / tau),
    ),
    Mistake(
        "tau-for-the-bias",
        "b_f is τ itself. Which gate would that be, and what would it leave after τ steps?",
        lambda tau: (-tau, tau),
    ),
    Mistake(
        "input-gate-at-a-half",
        "b_i is zero, so that i = ½ in every unit. It should be i = 1 - f.",
        lambda tau: (torch.zeros_like(tau), chrono(tau)[1]),
    ),
    Mistake(
        "half-life",
        "after τ steps one half is left. A time constant leaves 1/e.",
        lambda tau: chrono(tau / log(2)),
    ),
    Mistake(
        "tanh",
        "this is the inverse of tanh. A gate is a sigmoid.",
        lambda tau: (-torch.atanh(torch.exp(-1 / tau)), torch.atanh(torch.exp(-1 / tau))),
    ),
)

EXERCISE = TimeConstantExercise(
    name="chrono-bias",
    title="Biases for given time constants",
    takes={"tau": "H"},
    returns={"b_i": "H", "b_f": "H"},
    reference=chrono,
    mistakes=MISTAKES,
)
