"""Exercise: backpropagation through time for a network of one unit."""

from __future__ import annotations

import torch
from torch import Tensor

from rnncourse.checking.exercise import Exercise, Mistake


def gradient(x: Tensor, y: Tensor, w: Tensor, u: Tensor) -> Tensor:
    """``∂ℓ/∂u`` of ``ℓ = ½ Σ_t (h_t − y_t)²`` for a network of one unit, ``(T), (T) -> ()``."""
    h = [torch.zeros_like(u)]
    for x_t in x:
        h.append(torch.tanh(w * x_t + u * h[-1]))
    du, from_later = torch.zeros_like(u), torch.zeros_like(u)
    for t in range(len(x), 0, -1):
        dh_t = h[t] - y[t - 1] + from_later
        slope = 1 - h[t] ** 2
        delta = dh_t * slope
        du = du + delta * h[t - 1]
        from_later = u * delta
    return du


SLOPE = "1 - h[t] ** 2"
OWN = "h[t] - y[t - 1] + from_later"
TERM = "delta * h[t - 1]"
SUM = "du = du + "
BACK = "u * delta"

SLOPES = (
    Mistake(
        "slope-of-the-old-state",
        "the slope is taken at h_(t-1), one step too early. Which state did this step's tanh "
        "make? If your list begins with h_0, its index is one further.",
        {SLOPE: "1 - h[t - 1] ** 2"},
    ),
    Mistake(
        "slope-not-squared",
        "the slope is taken to be 1 − h. What is the derivative of tanh(a), written with "
        "h = tanh(a)?",
        {SLOPE: "1 - h[t]"},
    ),
    Mistake(
        "all-squared",
        "the slope is taken to be (1 − h)². Is it all squared, or h alone?",
        {SLOPE: "(1 - h[t]) ** 2"},
    ),
    Mistake(
        "sigmoid-slope",
        "h (1 − h) is the slope of a sigmoid. What is that of tanh?",
        {SLOPE: "h[t] * (1 - h[t])"},
    ),
    Mistake(
        "tanh-twice",
        "the slope is 1 − tanh(h)², with one tanh too many: h has come out of the tanh already.",
        {SLOPE: "1 - torch.tanh(h[t]) ** 2"},
    ),
)
"""Slopes of another function, or at another place."""

SHARED = (
    Mistake(
        "path-forgotten",
        "each step takes blame for its own loss only. But h_t also feeds h_(t+1), and so every "
        "later loss: through which weight does it, and what comes back from there?",
        {" + from_later": ""},
    ),
    Mistake(
        "path-piled-up",
        "what comes from later is added to what came from later still, and so goes back more than "
        "once. At each step it is new: made of this step's δ alone.",
        {"        from_later = ": "        from_later = from_later + "},
    ),
    Mistake(
        "slope-forgotten",
        "the derivative of tanh is missing. By how much does h_t move when the sum inside the "
        "tanh moves a little?",
        {"dh_t * slope": "dh_t"},
    ),
    Mistake(
        "slope-on-the-later-part",
        "only what comes from later is multiplied by the slope of the tanh, the step's own part is "
        "not. Both are blame for h_t: is a bracket missing?",
        {"dh_t * slope": "dh_t - from_later + from_later * slope"},
    ),
    Mistake(
        "slope-on-its-own-part",
        "only the step's own part is multiplied by the slope of the tanh, what comes from later is "
        "not. Both are blame for h_t, which this step's tanh made.",
        {"dh_t * slope": "(dh_t - from_later) * slope + from_later"},
    ),
    *SLOPES,
    Mistake(
        "forwards",
        "the loop runs from the first step to the last. What h_t is to blame for is known "
        "only once the later steps have been seen: from which end must it run?",
        {"range(len(x), 0, -1)": "range(1, len(x) + 1)"},
    ),
)
"""Mistakes that are made with vectors in the same words."""

EXERCISE = Exercise(
    name="bptt-scalar",
    title="The gradient of one recurrent weight",
    level="write",
    minutes=15,
    starred=True,
    objective="04.1",
    hints=(
        "Go forwards first and keep every state. Then go back from the last step to the first, "
        "with one number in hand: what the later steps say about h_t.",
        "At each step two things are added for h_t: its own error h_t - y_t, and what comes from "
        "later. Times the slope of the tanh, that is δ_t.",
        "The term of step t is δ_t times h_(t-1), the state that u multiplied there; du is the sum "
        "of all terms. On to the step before goes u times δ_t.",
    ),
    notice="the term of the first step is always 0, for u meets h_0 = 0 there: from a sequence of "
    "one step, u learns nothing, however large the error.",
    takes={"x": "T", "y": "T", "w": "", "u": ""},
    returns={"du": ""},
    reference=gradient,
    by_hand=True,
    mistakes=(
        Mistake(
            "last-step-only",
            "that is the last step's term alone. The same u was used at every step: "
            "what does each of its uses add?",
            {"from_later = u * delta": "break"},
        ),
        Mistake(
            "set-anew",
            "the result is always 0. If du is set anew at every turn, only the first step's term "
            "is left, where u met h_0 = 0. What should each turn do with what is there already?",
            {SUM: "du = "},
        ),
        Mistake(
            "mean-over-steps",
            "that is the mean of the steps' terms. A change of u changes all of its uses at "
            "once: do their effects add up or average out?",
            {"return du": "return du / len(x)"},
        ),
        Mistake(
            "slope-of-the-sum",
            "1 − a² is not the derivative of tanh at a. In 1 − (…)², which of the two belongs in "
            "the brackets: the sum before the tanh, or the state that came out?",
            {SLOPE: "1 - (w * x[t - 1] + u * h[t - 1]) ** 2"},
        ),
        Mistake(
            "state-after",
            "every term is multiplied by h_t, the state that the step made. "
            "By which state did u multiply in that step?",
            {TERM: "delta * h[t]"},
        ),
        Mistake(
            "input-for-state",
            "that is the derivative by w: every term is multiplied by x_t. What does u multiply?",
            {TERM: "delta * x[t - 1]"},
        ),
        Mistake(
            "path-without-u",
            "what comes back from the later step is not multiplied by u. On its way forwards, "
            "h_t was: the way back crosses the same weight.",
            {BACK: "delta"},
        ),
        Mistake(
            "path-through-w",
            "what comes back from the later step is multiplied by w, the input's weight. "
            "By which weight did h_t reach the later step?",
            {BACK: "w * delta"},
        ),
        Mistake(
            "path-without-slope",
            "what goes on to the earlier step has crossed u, but not the tanh. "
            "Which of your two quantities, before or after the slope, goes on?",
            {BACK: "u * dh_t"},
        ),
        Mistake(
            "path-of-one-step",
            "what a step passes back is made of its own error only, so that each error gets one "
            "step far. What came from later must go on as well.",
            {BACK: "u * (h[t] - y[t - 1]) * slope"},
        ),
        Mistake(
            "last-loss-only",
            "only the error of the last step is used. The loss is a sum over all steps: "
            "at each one, its own error joins what comes from later.",
            {OWN: "(h[t] - y[t - 1] if t == len(x) else 0) + from_later"},
        ),
        Mistake(
            "sign-flipped",
            "the sign is wrong. Is the error h − y or y − h? "
            "The loss grows when h moves away from y.",
            {OWN: "y[t - 1] - h[t] + from_later"},
        ),
        Mistake(
            "loss-for-its-derivative",
            "every step starts from its loss, ½ (h − y)², where the derivative of the loss by h is "
            "meant.",
            {OWN: "(h[t] - y[t - 1]) ** 2 / 2 + from_later"},
        ),
        Mistake(
            "half-forgotten",
            "every error counts twice. What becomes of the ½ in the loss when the "
            "square is differentiated?",
            {OWN: "2 * (h[t] - y[t - 1]) + from_later"},
        ),
        Mistake(
            "one-beyond-the-end",
            "element T is asked of a tensor that has T of them, counted from 0. If your list of "
            "states begins with h_0, its h[t] belongs to x[t - 1] and y[t - 1].",
            {"y[t - 1]": "y[t]"},
        ),
        *SHARED,
    ),
)
