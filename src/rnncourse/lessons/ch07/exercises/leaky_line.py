"""Exercise: the line of a leaky unit."""

from __future__ import annotations

import torch
from torch import Tensor

from rnncourse.checking.exercise import Exercise, Mistake, Tensors


class LeakyExercise(Exercise):
    """Draws leaks between 0 and 1."""

    def draw(self, generator: torch.Generator) -> list[Tensors]:
        """Draw inputs uniform in (−1, 1), and a leak uniform in (0, 1) for each unit."""
        return [(x, (1 + alpha) / 2) for x, alpha in super().draw(generator)]


def leaky(x: Tensor, alpha: Tensor) -> Tensor:
    """All states of leaky units from h_0 = 0, ``(T, H), (H) -> (T, H)``."""
    h, states = torch.zeros_like(x[0]), []
    for x_t in x:
        # h_t = (1 − α) h_{t-1} + α x_t
        h = (1 - alpha) * h + alpha * x_t
        states.append(h)
    return torch.stack(states)


LINE = "(1 - alpha) * h + alpha * x_t"

EXERCISE = LeakyExercise(
    name="leaky-line",
    title="The line of the leak",
    level="complete",
    minutes=5,
    objective="07.2",
    hints=(
        "The new state has two parts: what is kept of the old one, and what is taken in.",
        "The leak says what share of the old state goes; the same share of the input comes in.",
        "1 − alpha of h is kept, alpha of x_t is added; both are products of vectors, unit by "
        "unit.",
    ),
    notice="h_t is a mean of all inputs so far (and of the 0 at the start), in which those of the "
    "last steps weigh most. So no leak between 0 and 1 can make the state leave their range.",
    takes={"x": "T H", "alpha": "H"},
    returns={"states": "T H"},
    reference=leaky,
    mistakes=(
        Mistake(
            "kept-whole",
            "the old state stays whole, and can grow without end. What share of it goes at each "
            "step?",
            {LINE: "h + alpha * x_t"},
        ),
        Mistake(
            "input-whole",
            "the input enters whole. The unit takes in the share that it lets go of.",
            {LINE: "(1 - alpha) * h + x_t"},
        ),
        Mistake(
            "shares-exchanged",
            "the shares are exchanged: yours keeps α of the old state. α is the *leak*, what goes.",
            {LINE: "alpha * h + (1 - alpha) * x_t"},
        ),
        Mistake(
            "leak-for-both",
            "old state and input both count α. Their shares should add up to 1.",
            {LINE: "alpha * h + alpha * x_t"},
        ),
        Mistake(
            "kept-share-for-both",
            "old state and input both count 1 − α. Their shares should add up to 1.",
            {LINE: "(1 - alpha) * h + (1 - alpha) * x_t"},
        ),
        Mistake(
            "old-share-and-input-whole",
            "α of the old state is kept, and the input enters whole. Which share goes, and what "
            "comes in its place?",
            {LINE: "alpha * h + x_t"},
        ),
        Mistake(
            "nothing-enters",
            "the states are 0 throughout: nothing ever enters. What is taken in at each step?",
            {LINE: "(1 - alpha) * h"},
        ),
        Mistake(
            "nothing-kept",
            "nothing of the old state is kept: each state knows its own input alone.",
            {LINE: "alpha * x_t"},
        ),
        Mistake(
            "nothing-kept-and-input-whole",
            "the states are the inputs themselves: nothing is kept, and α is not used.",
            {LINE: "x_t"},
        ),
        Mistake(
            "added-up",
            "the inputs are added up, and α is not used. That is a memory that forgets nothing.",
            {LINE: "h + x_t"},
        ),
        Mistake(
            "leak-subtracted",
            "α itself is subtracted, the same amount at every step. A leak is a share: it "
            "multiplies.",
            {LINE: "h - alpha + alpha * x_t"},
        ),
        Mistake(
            "away-from-the-input",
            "the state moves away from its input, not towards it. From h to x the way is x − h.",
            {LINE: "h + alpha * (h - x_t)"},
        ),
        Mistake(
            "input-subtracted",
            "the input is subtracted. It comes in with its own sign.",
            {LINE: "(1 - alpha) * h - alpha * x_t"},
        ),
        Mistake(
            "leaks-before-it-is-kept",
            "the input leaks as soon as it comes in: what is kept is 1 − α of both together.",
            {LINE: "(1 - alpha) * (h + alpha * x_t)"},
        ),
        Mistake(
            "tanh-around",
            "the mixture goes through a tanh. A leaky unit has none: what is kept is kept as it "
            "is.",
            {LINE: f"torch.tanh({LINE})"},
        ),
        Mistake(
            "brackets",
            "alpha * h is subtracted from 1, not alpha: where does the bracket end?",
            {LINE: "1 - alpha * h + alpha * x_t"},
        ),
        Mistake(
            "exponential",
            "exp(−α) of the old state is kept. α is the share that goes, so 1 − α is what stays; "
            "the two are close only where α is small.",
            {LINE: "torch.exp(-alpha) * h + alpha * x_t"},
        ),
        Mistake(
            "sigmoid-of-the-leak",
            "alpha is put through a sigmoid. It is a share already, between 0 and 1.",
            {"    for x_t": "    alpha = torch.sigmoid(alpha)\n    for x_t"},
        ),
    ),
)
