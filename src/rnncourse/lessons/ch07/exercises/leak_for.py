"""Exercise: the leak that gives a unit the time constant that is wanted."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from rnncourse.checking.exercise import Exercise, Mistake, Tensors
from rnncourse.checking.words import told_apart


class LeakExercise(Exercise):
    """Draws time constants from half a step to fifty."""

    def draw(self, generator: torch.Generator) -> list[Tensors]:
        """Draw vectors of time constants, evenly by their logarithm."""
        return [(0.5 * 100 ** ((u + 1) / 2),) for (u,) in super().draw(generator)]

    def explain(self, mine: Tensors, expected: Tensors) -> str:
        """Say what these leaks leave after τ steps, if it is the same for all units."""
        tau = -1 / torch.log1p(-expected[0])
        left = (1 - mine[0]) ** tau
        if len(left) > 1 and torch.allclose(left, left[:1], *self.tolerance):
            yours, asked = told_apart(left[0].item(), math.exp(-1))
            return f"with your leaks {yours} is left after τ steps, and 1/e = {asked} should be."
        return super().explain(mine, expected)


def leak(tau: Tensor) -> Tensor:
    """The leak α of a unit that keeps 1/e of what it holds over ``tau`` steps."""
    # (1 − α)^τ = 1/e
    kept = torch.exp(-1 / tau)
    alpha = 1 - kept
    return alpha


KEPT, LEAK = "torch.exp(-1 / tau)", "1 - kept"

MISTAKES = (
    Mistake(
        "one-over-tau",
        "that is the rule of thumb 1/τ. It is close for long time constants, and wrong for short "
        "ones: for τ below 1 it asks for a leak above 1.",
        {LEAK: "1 / tau"},
    ),
    Mistake(
        "one-over-tau-squared",
        "that is 1/τ². The equation to solve has τ in an exponent: (1 − α)^τ = 1/e.",
        {LEAK: "1 / tau**2"},
    ),
    Mistake(
        "one-over-root-tau",
        "that is one over the root of τ. The root to take is that of 1/e, the τ-th.",
        {LEAK: "1 / tau**0.5"},
    ),
    Mistake(
        "what-is-kept",
        "that is the share that stays at each step, 1 − α. The leak is the share that goes.",
        {LEAK: "kept"},
    ),
    Mistake(
        "one-minus-one-over-tau",
        "that is 1 − 1/τ: the rule of thumb for what stays, not for what goes.",
        {LEAK: "1 - 1 / tau"},
    ),
    Mistake(
        "half-life",
        "τ is taken for the half-life, after which a half is left. The time constant asks for 1/e.",
        {KEPT: "0.5 ** (1 / tau)"},
    ),
    Mistake(
        "base-ten",
        "the base is 10, so that a tenth is left after τ steps. The logarithm in the formula is "
        "the natural one.",
        {KEPT: "10 ** (-1 / tau)"},
    ),
    Mistake(
        "sign-of-the-exponent",
        "a leak comes out negative: the unit would grow. Look at the sign in the exponent.",
        {"-1 / tau": "1 / tau"},
    ),
    Mistake(
        "whole-division",
        "// rounds down: 1 // τ is 0 for every τ above 1, and -1 // τ is -1. A fraction needs /.",
        {"-1 / tau": "-(1 // tau)"},
    ),
    Mistake(
        "not-inverted",
        "here a longer time constant gets a larger leak. Which way round should it be?",
        {"-1 / tau": "-tau"},
    ),
    Mistake(
        "time-constant-of-the-leak",
        "that is τ for a given α, applied to τ. Solve (1 − α)^τ = 1/e for α instead.",
        {LEAK: "-1 / torch.log(1 - tau)"},
    ),
    Mistake(
        "chrono-step",
        "that is 1/(1 + τ): close for long time constants, and wrong for short ones.",
        {LEAK: "1 / (1 + tau)"},
    ),
    Mistake(
        "exponent-alone",
        "that is the exponent, 1/τ with a minus: something is still to be done with it.",
        {LEAK: "-1 / tau"},
    ),
    Mistake(
        "logarithm",
        "a logarithm of τ has no place here: (1 − α)^τ = 1/e is solved by a root, and a root is an "
        "exponential of 1/τ.",
        {LEAK: "1 / torch.log(tau)"},
    ),
    Mistake(
        "log-of-tau-in-the-exponent",
        "the exponent is -1/ln τ. The logarithm belongs to the other side: of 1/e it is -1.",
        {"-1 / tau": "-1 / torch.log(tau)"},
    ),
    Mistake(
        "one-leak-for-all",
        "all units get one leak, that of the mean of their time constants. Each has its own.",
        {KEPT: "torch.exp(-1 / tau.mean()).expand_as(tau)"},
    ),
    Mistake(
        "straight-line",
        "so much would be gone after τ steps if the state fell on a straight line. Each step takes "
        "its share of what is left.",
        {LEAK: "(1 - torch.exp(torch.tensor(-1.0))) / tau"},
    ),
    Mistake(
        "what-is-gone",
        "with this leak 1/e is gone after τ steps. The time constant asks that 1/e be left.",
        {KEPT: "(1 - torch.exp(torch.tensor(-1.0))) ** (1 / tau)"},
    ),
    Mistake(
        "power-then-division",
        "1/e is divided by τ. A root is wanted: the exponent is 1/τ, and needs its brackets.",
        {KEPT: "torch.exp(torch.tensor(-1.0)) / tau"},
    ),
    Mistake(
        "minus-lost",
        "every leak has the wrong sign: the share that stays comes out of the exponential, and the "
        "leak is 1 minus that share.",
        {LEAK: "kept - 1"},
    ),
)

EXERCISE = LeakExercise(
    name="leak-for",
    title="The leak for a time constant",
    level="write",
    minutes=5,
    objective="07.2",
    hints=(
        "What share is left after one step? After two? After τ?",
        "After τ steps (1 − α) to the power of τ is left, and that is to be 1/e. Take a root.",
        "1 − α is e to the power of −1/τ; what is asked is α.",
    ),
    notice="for τ = 10 the rule 1/τ gives 0.1 where 0.095 is right; for τ = 1 it gives 1, and the "
    "unit forgets all at once.",
    takes={"tau": "H"},
    returns={"alpha": "H"},
    reference=leak,
    mistakes=MISTAKES,
)
