"""Exercise: the leak that gives a unit the time constant that is wanted."""

from __future__ import annotations

import torch
from torch import Tensor

from rnncourse.checking.exercise import Exercise, Mistake, Tensors


class LeakExercise(Exercise):
    """Draws time constants from half a step to fifty."""

    def draw(self, generator: torch.Generator) -> list[Tensors]:
        """Draw vectors of time constants, evenly by their logarithm."""
        return [(0.5 * 100 ** ((u + 1) / 2),) for (u,) in super().draw(generator)]


def leak(tau: Tensor) -> Tensor:
    """The leak α of a unit that keeps 1/e of what it holds over ``tau`` steps."""
    # (1 − α)^τ = 1/e
    return 1 - torch.exp(-1 / tau)


MISTAKES = (
    Mistake(
        "one-over-tau",
        "that is the rule of thumb 1/τ. It is close for long time constants, and wrong for short "
        "ones: for τ below 1 it asks for a leak above 1.",
        {"1 - torch.exp(-1 / tau)": "1 / tau"},
    ),
    Mistake(
        "what-is-kept",
        "that is the share that stays at each step, 1 − α. The leak is the share that goes.",
        {"1 - torch": "torch"},
    ),
    Mistake(
        "half-life",
        "with this leak a half is left after τ steps. The time constant asks for 1/e.",
        {"torch.exp(-1 / tau)": "0.5 ** (1 / tau)"},
    ),
    Mistake(
        "base-ten",
        "with this leak a tenth is left after τ steps: the logarithm in the formula is the "
        "natural one.",
        {"torch.exp(-1 / tau)": "10 ** (-1 / tau)"},
    ),
    Mistake(
        "sign-of-the-exponent",
        "a leak comes out negative: the unit would grow. Look at the sign in the exponent.",
        {"-1 / tau": "1 / tau"},
    ),
    Mistake(
        "not-inverted",
        "here a longer time constant gets a larger leak. Which way round should it be?",
        {"-1 / tau": "-tau"},
    ),
    Mistake(
        "time-constant-of-the-leak",
        "that is τ for a given α, applied to τ. Solve (1 − α)^τ = 1/e for α instead.",
        {"1 - torch.exp(-1 / tau)": "-1 / torch.log(1 - tau)"},
    ),
    Mistake(
        "chrono-step",
        "that is 1/(1 + τ): close for long time constants, and wrong for short ones.",
        {"1 - torch.exp(-1 / tau)": "1 / (1 + tau)"},
    ),
    Mistake(
        "exponent-alone",
        "that is the exponent, 1/τ with a minus: something is still to be done with it.",
        {"1 - torch.exp(-1 / tau)": "-1 / tau"},
    ),
    Mistake(
        "logarithm",
        "a logarithm of τ has no place here: (1 − α)^τ = 1/e is solved by a root, and a root is an "
        "exponential of 1/τ.",
        {"1 - torch.exp(-1 / tau)": "1 / torch.log(tau)"},
    ),
    Mistake(
        "log-of-tau-in-the-exponent",
        "the exponent is -1/ln τ. The logarithm belongs to the other side: of 1/e it is -1.",
        {"-1 / tau": "-1 / torch.log(tau)"},
    ),
    Mistake(
        "minus-lost",
        "every leak has the wrong sign: the share that stays comes out of the exponential, and the "
        "leak is 1 minus that share.",
        {"1 - torch.exp(-1 / tau)": "torch.exp(-1 / tau) - 1"},
    ),
)

EXERCISE = LeakExercise(
    name="leak-for",
    title="The leak for a time constant",
    level="write",
    minutes=5,
    objective="07.1",
    hints=(
        "What share is left after one step? After two? After τ?",
        ("After τ steps (1 − α) to the power of τ is left, and that is to be 1/e. Take a root."),
        "1 − α is e to the power of −1/τ; what is asked is α.",
    ),
    notice=(
        "for τ = 10 the rule 1/τ gives 0.1 where 0.095 is right; for τ = 1 it gives 1, "
        "and the unit forgets all at once."
    ),
    takes={"tau": "H"},
    returns={"alpha": "H"},
    reference=leak,
    mistakes=MISTAKES,
)
