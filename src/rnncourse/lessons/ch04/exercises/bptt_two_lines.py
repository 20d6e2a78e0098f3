"""Exercise: the two lines by which a backward pass goes back one step."""

from __future__ import annotations

import torch
from torch import Tensor

from rnncourse.checking.exercise import Exercise, Mistake, Tensors
from rnncourse.lessons.ch04.exercises import bptt_scalar


class StepsExercise(Exercise):
    """Draws networks of at least one step: where h_0 stands alone there is no way back."""

    def draw(self, generator: torch.Generator) -> list[Tensors]:
        """Draw states, of which the first is h_0."""
        return [trial for trial in super().draw(generator) if len(trial[0]) > 1]


def go_back(h: Tensor, dh: Tensor, u: Tensor) -> Tensor:
    """``∂ℓ/∂u`` of one unit whose last state alone is read, ``(T), (), () -> ()``.

    ``h`` holds the states from h_0 on, and ``dh`` is what the loss says of the last one.
    """
    du = torch.zeros_like(u)
    for t in range(len(h) - 1, 0, -1):
        slope = 1 - h[t] ** 2
        delta = dh * slope
        du = du + delta * h[t - 1]
        dh = u * delta
    return du


DELTA, BACK = "delta = dh * slope", "dh = u * delta"

EXERCISE = StepsExercise(
    name="bptt-two-lines",
    title="One step back, in two lines",
    level="complete",
    minutes=5,
    objective="04.1",
    hints=(
        "Each turn begins with dh, how the loss answers to h_t. On the way back from there stands "
        "first the tanh that made h_t, then the weight in front of h_(t-1).",
        "Through the tanh: times its slope at this step, written with the state that it made. "
        "Through the weight: times u.",
        "delta is dh times 1 − h[t]²; the new dh is u times delta.",
    ),
    notice="the loop never asks what came in: the states, u and the error at the end are all that "
    "a backward pass needs.",
    takes={"h": "T", "dh": "", "u": ""},
    returns={"du": ""},
    reference=go_back,
    by_hand=True,
    places={"T": "state {i}"},
    mistakes=(
        Mistake(
            "slope-forgotten",
            "the slope of the tanh is missing. By how much does h_t move when the sum inside the "
            "tanh moves a little?",
            {DELTA: "delta = dh"},
        ),
        Mistake(
            "path-without-u",
            "what goes on to h_(t-1) is not multiplied by u. On its way forwards, h_(t-1) was: the "
            "way back crosses the same weight.",
            {BACK: "dh = delta"},
        ),
        Mistake(
            "path-without-slope",
            "what goes on to h_(t-1) has crossed u, but not the tanh. Which of your two "
            "quantities, before or after the slope, goes on?",
            {BACK: "dh = u * dh"},
        ),
        Mistake(
            "path-not-changed",
            "every step gets the same dh, that of the last one. What does dh become on its way "
            "from h_t to h_(t-1)?",
            {BACK: "pass"},
        ),
        Mistake(
            "path-piled-up",
            "what goes back is added to the dh that was there. The loss reads the last state only, "
            "so at each step dh is new.",
            {BACK: "dh = dh + u * delta"},
        ),
        Mistake(
            "slope-twice",
            "what goes on has been multiplied by the slope twice: delta holds it already.",
            {BACK: "dh = u * delta * slope"},
        ),
        Mistake(
            "states-multiplied-on",
            "what goes on is multiplied by h_(t-1). That belongs to the term of u, in the line "
            "between; on its way to h_(t-1) the gradient crosses u alone.",
            {BACK: "dh = u * delta * h[t - 1]"},
        ),
        Mistake(
            "u-in-both-lines",
            "delta is multiplied by u too, so that every step back crosses u twice. How does the "
            "loss answer to the sum itself?",
            {DELTA: "delta = u * dh * slope"},
        ),
        Mistake(
            "u-in-delta-alone",
            "u stands in delta, where it comes one step too early: delta is how the loss answers "
            "to the whole sum of step t. Only what goes on to h_(t-1) has crossed u.",
            {DELTA: "delta = u * dh * slope", BACK: "dh = delta"},
        ),
        Mistake(
            "new-state-for-u",
            "what goes on is delta times h_t. On its way forwards h_(t-1) was multiplied by one "
            "number only, the same at every step.",
            {BACK: "dh = delta * h[t]"},
        ),
        Mistake(
            "slope-of-the-earlier-state",
            "what goes on is multiplied by the slope of h_(t-1) as well. The next turn will do "
            "that, in its delta.",
            {BACK: "dh = u * delta * (1 - h[t - 1] ** 2)"},
        ),
        Mistake(
            "sign-in-delta",
            "delta has the opposite sign, and so each step turns the sign of the gradient round. "
            "Nothing in a tanh does that; the minus of a descent comes later.",
            {DELTA: "delta = -dh * slope"},
        ),
        Mistake(
            "tanh-for-slope",
            "dh is multiplied by the state itself. What is the slope of a tanh, written with what "
            "came out of it?",
            {"1 - h[t] ** 2": "h[t]"},
        ),
        Mistake(
            "tanh-of-dh",
            "a tanh is applied to the gradient. On the way back there is no tanh left, only its "
            "slope, a factor.",
            {DELTA: "delta = torch.tanh(dh)"},
        ),
        Mistake(
            "state-for-u",
            "what goes on is delta times h_(t-1). That is the term of u; the gradient of h_(t-1) "
            "is delta times what multiplied h_(t-1).",
            {BACK: "dh = delta * h[t - 1]"},
        ),
        *bptt_scalar.SLOPES,
    ),
)
