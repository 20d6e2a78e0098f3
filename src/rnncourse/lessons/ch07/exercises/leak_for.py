"""Exercise: the leak that gives a unit the time constant that is wanted."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from rnncourse.checking.exercise import Exercise, Mistake, Tensors


@dataclass(frozen=True, kw_only=True)
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
        lambda tau: 1 / tau,
    ),
    Mistake(
        "what-is-kept",
        "that is the share that stays at each step, 1 − α. The leak is the share that goes.",
        lambda tau: torch.exp(-1 / tau),
    ),
    Mistake(
        "half-life",
        "with this leak a half is left after τ steps. The time constant asks for 1/e.",
        lambda tau: 1 - 0.5 ** (1 / tau),
    ),
    Mistake(
        "base-ten",
        "with this leak a tenth is left after τ steps: the logarithm in the formula is the "
        "natural one.",
        lambda tau: 1 - 10 ** (-1 / tau),
    ),
    Mistake(
        "sign-of-the-exponent",
        "a leak comes out negative: the unit would grow. Look at the sign in the exponent.",
        lambda tau: 1 - torch.exp(1 / tau),
    ),
    Mistake(
        "not-inverted",
        "here a longer time constant gets a larger leak. Which way round should it be?",
        lambda tau: 1 - torch.exp(-tau),
    ),
    Mistake(
        "time-constant-of-the-leak",
        "that is τ for a given α, applied to τ. Solve (1 − α)^τ = 1/e for α instead.",
        lambda tau: -1 / torch.log(1 - tau),
    ),
    Mistake(
        "chrono-step",
        "that is 1/(1 + τ): close for long time constants, and wrong for short ones.",
        lambda tau: 1 / (1 + tau),
    ),
)

EXERCISE = LeakExercise(
    name="leak-for",
    title="The leak for a time constant",
    takes={"tau": "H"},
    returns={"alpha": "H"},
    reference=leak,
    mistakes=MISTAKES,
)
