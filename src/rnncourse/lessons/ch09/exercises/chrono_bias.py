"""Exercise: the biases that give a cell state the time constants wanted."""

from __future__ import annotations

import torch
from torch import Tensor

from rnncourse.checking.exercise import Exercise, Mistake, Tensors


class TimeConstantExercise(Exercise):
    """Draws time constants of half a step to some hundred steps, and tells which one came out."""

    def draw(self, generator: torch.Generator) -> list[Tensors]:
        """Draw every argument between 0.5 and about 400, spread over the scales."""
        return [tuple(torch.exp(2.6 + 3.3 * t) for t in call) for call in super().draw(generator)]

    def explain(self, mine: Tensors, expected: Tensors) -> str:
        """Say where it first differs, and which time constant or gate that bias makes."""
        told = super().explain(mine, expected)
        which = 1 if not torch.allclose(mine[1], expected[1], *self.tolerance) else 0
        wrong = ~torch.isclose(mine[which], expected[which], *self.tolerance)
        unit = int(wrong.nonzero()[0])
        yours, asked = mine[which][unit].sigmoid(), expected[which][unit].sigmoid()
        if which:
            yours, asked = -1 / yours.log(), -1 / asked.log()
            means = f"b_f gives unit {unit} a time constant of {{}} steps, where {{}} are asked."
        else:
            means = f"b_i gives unit {unit} an input gate of {{}}, where 1 - f is {{}}."
        shown = f"{yours.item():.4g}", f"{asked.item():.4g}"
        return f"{told} Your {means.format(*shown)}" if shown[0] != shown[1] else told


def chrono(tau: Tensor) -> tuple[Tensor, Tensor]:
    """Biases ``b_i`` and ``b_f`` (H) of leaky units with the time constants ``tau`` (H).

    Where the input and the hidden state are zero, ``f = exp(−1/τ)`` and ``i = 1 − f``.
    """
    f = torch.exp(-1 / tau)
    # f = σ(b_f), so b_f = log(f/(1 − f));  1 − f = σ(−b_f)
    b_f = torch.log(f / (1 - f))
    b_i = -b_f
    return b_i, b_f


GATE = "torch.exp(-1 / tau)"
BIAS = "torch.log(f / (1 - f))"

EXERCISE = TimeConstantExercise(
    name="chrono-bias",
    title="Biases for given time constants",
    level="transfer",
    minutes=10,
    objective="09.2",
    hints=(
        "Three steps: from τ to the gate f, from the gate to the bias that makes it, and from "
        "there to the other bias.",
        "f = e^(-1/τ) is given. With silent input and h = 0 the gate is σ(b_f): solve f = σ(b) "
        "for b.",
        "The inverse of a sigmoid is log f - log(1 - f), also called logit. And 1 - σ(b) = σ(-b), "
        "which gives you b_i.",
    ),
    notice="b_f changes its sign at τ = 1/ln 2 = 1.44 steps. Units that forget faster need a "
    "negative bias; the rule of the paper, ln u with u of 1 or more, never gives one.",
    takes={"tau": "H"},
    returns={"b_i": "H", "b_f": "H"},
    reference=chrono,
    mistakes=(
        Mistake(
            "sigmoid-for-its-inverse",
            "the gates are put through a sigmoid. The cell will do that to your biases: which "
            "number must it be given, so that the gate comes out?",
            {BIAS: "torch.sigmoid(f)", "b_i = -b_f": "b_i = torch.sigmoid(1 - f)"},
        ),
        Mistake(
            "the-paper's-rule",
            "b_f = log τ is the rule of the paper, with u = τ. It keeps τ/(1 + τ), a time constant "
            "about half a step too long. Start from f = exp(-1/τ).",
            {BIAS: "torch.log(tau)"},
        ),
        Mistake(
            "one-minus-one-over",
            "b_f = log(τ - 1), which keeps f = 1 - 1/τ. That is close to exp(-1/τ) when τ is "
            "long, and has no bias at all when τ is below 1.",
            {BIAS: "torch.log(tau - 1)"},
        ),
        Mistake(
            "half-a-step-less",
            "b_f = log(τ - ½) takes half a step off the rule of the paper. That is close when τ "
            "is long, and has no logarithm when τ is ½ or less. Start from f = exp(-1/τ).",
            {BIAS: "torch.log(tau - 0.5)"},
        ),
        Mistake(
            "half-a-step-more",
            "b_f = log(τ + ½). The rule of the paper keeps half a step too long already, and this "
            "a whole one. Start from f = exp(-1/τ).",
            {BIAS: "torch.log(tau + 0.5)"},
        ),
        Mistake(
            "exchanged",
            "the two biases are exchanged, or both have the wrong sign. The first one returned is "
            "b_i; which of the two is large when much is kept?",
            {"return b_i, b_f": "return b_f, b_i"},
        ),
        Mistake(
            "same-sign",
            "b_i equals b_f, so that a unit that keeps much also writes much. It should be "
            "i = 1 - f; what is 1 - σ(b)?",
            {"-b_f": "b_f"},
        ),
        Mistake(
            "upside-down",
            "you keep f = exp(-τ). A long time constant should give a gate close to 1.",
            {GATE: "torch.exp(-tau)"},
        ),
        Mistake(
            "sign-of-the-exponent",
            "your gate is e^(1/τ), more than 1: no sigmoid gives that. Look at the sign in the "
            "exponent.",
            {GATE: "torch.exp(1 / tau)"},
        ),
        Mistake(
            "gates-for-biases",
            "these are the gates themselves. Which bias makes a sigmoid give this gate?",
            {BIAS: "f", "-b_f": "1 - f"},
        ),
        Mistake(
            "logarithm-of-the-gate",
            "b_f is the logarithm of the gate. The inverse of a sigmoid is log f - log(1 - f).",
            {BIAS: "torch.log(f)"},
        ),
        Mistake(
            "logarithms-of-the-gates",
            "each bias is the logarithm of its gate. The inverse of a sigmoid is "
            "log f - log(1 - f).",
            {BIAS: "torch.log(f)", "-b_f": "torch.log(1 - f)"},
        ),
        Mistake(
            "logarithm-forgotten",
            "b_f is f/(1 - f). That is e to the power of the bias: which function undoes it?",
            {BIAS: "f / (1 - f)"},
        ),
        Mistake(
            "one-minus-the-bias",
            "b_i is 1 - b_f. It is the gates that add up to 1: what is 1 - σ(b)?",
            {"-b_f": "1 - b_f"},
        ),
        Mistake(
            "input-gate-bias-of-the-gate",
            "b_i is the gate 1 - f itself. Which bias makes a sigmoid give this gate?",
            {"-b_f": "1 - f"},
        ),
        Mistake(
            "one-over",
            "you keep f = 1/τ: the longer the time constant, the less. Which share is left after "
            "one step, if 1/e is left after τ?",
            {GATE: "1 / tau"},
        ),
        Mistake(
            "tau-for-the-bias",
            "b_f is τ itself. Which gate would that be, and what would it leave after τ steps?",
            {BIAS: "tau"},
        ),
        Mistake(
            "input-gate-at-a-half",
            "b_i is zero, so that i = ½ in every unit. It should be i = 1 - f.",
            {"-b_f": "torch.zeros_like(tau)"},
        ),
        Mistake(
            "half-life",
            "after τ steps one half is left. A time constant leaves 1/e.",
            {GATE: "0.5 ** (1 / tau)"},
        ),
        Mistake(
            "tanh",
            "b_f comes from the inverse of tanh. A gate is a sigmoid.",
            {BIAS: "torch.atanh(f)"},
        ),
    ),
)
