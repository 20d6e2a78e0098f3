"""Exercise: back-propagation through time for a network of one unit."""

from __future__ import annotations

import torch
from torch import Tensor

from rnncourse.checking.exercise import Exercise, Mistake


def gradient(x: Tensor, y: Tensor, w: Tensor, u: Tensor) -> Tensor:
    """The derivative by ``u`` of the loss ``ℓ = ½ Σ_t (h_t − y_t)²`` of a network of one unit.

    The unit is ``h_t = tanh(w x_t + u h_{t-1})``.

    Args:
        x: inputs, shape (T,).
        y: targets, shape (T,).
        w: the weight from the input.
        u: the weight from the old state; ``h_0 = 0``.

    Returns:
        ``∂ℓ/∂u``, a tensor of no axes.
    """
    return _back(x, y, w, u)


def _states(x: Tensor, w: Tensor, u: Tensor) -> list[Tensor]:
    """``h_0 … h_T``."""
    h = [torch.zeros_like(u)]
    for x_t in x:
        h.append(torch.tanh(w * x_t + u * h[-1]))
    return h


def _back(
    x: Tensor,
    y: Tensor,
    w: Tensor,
    u: Tensor,
    *,
    sign: float = 1.0,
    last_loss_only: bool = False,
    slope: str = "h",
    path: str = "whole",
    beside: str = "before",
    terms: str = "sum",
    forwards: bool = False,
) -> Tensor:
    """The way back, with one turn of it taken wrongly."""
    h, T = _states(x, w, u), len(x)
    from_later, parts = torch.zeros_like(u), []
    for t in range(1, T + 1) if forwards else range(T, 0, -1):
        direct = sign * (h[t] - y[t - 1])
        if last_loss_only and t < T:
            direct = torch.zeros_like(u)
        dh = direct + from_later
        before_tanh = w * x[t - 1] + u * h[t - 1]
        factor = {"h": 1 - h[t] ** 2, "a": 1 - before_tanh**2, "none": torch.ones_like(u)}[slope]
        delta = dh * factor
        from_later = {
            "whole": u * delta,
            "none": torch.zeros_like(u),
            "no weight": delta,
            "no slope": u * dh,
        }[path]
        parts.append(delta * {"before": h[t - 1], "after": h[t], "input": x[t - 1]}[beside])
    if terms == "last":
        return parts[0]
    return torch.stack(parts).sum() if terms == "sum" else torch.stack(parts).mean()


EXERCISE = Exercise(
    name="bptt-scalar",
    title="The gradient of one recurrent weight",
    takes={"x": "T", "y": "T", "w": "", "u": ""},
    returns={"du": ""},
    reference=gradient,
    mistakes=(
        Mistake(
            "last-step-only",
            "that is the last step's term alone. The same u was used at every step: "
            "what does each of its uses add?",
            lambda *inputs: _back(*inputs, terms="last"),
        ),
        Mistake(
            "mean-over-steps",
            "that is the mean of the steps' terms. A change of u changes all of its uses at "
            "once: do their effects add up or average out?",
            lambda *inputs: _back(*inputs, terms="mean"),
        ),
        Mistake(
            "slope-forgotten",
            "the derivative of tanh is missing. By how much does h_t move when the sum inside "
            "the tanh moves a little?",
            lambda *inputs: _back(*inputs, slope="none"),
        ),
        Mistake(
            "slope-of-the-sum",
            "1 − a² is not the derivative of tanh at a. In 1 − (…)², which of the two belongs in "
            "the brackets: the sum before the tanh, or the state that came out?",
            lambda *inputs: _back(*inputs, slope="a"),
        ),
        Mistake(
            "state-after",
            "every term is multiplied by h_t, the state that the step made. "
            "By which state did u multiply in that step?",
            lambda *inputs: _back(*inputs, beside="after"),
        ),
        Mistake(
            "input-for-state",
            "that is the derivative by w: every term is multiplied by x_t. What does u multiply?",
            lambda *inputs: _back(*inputs, beside="input"),
        ),
        Mistake(
            "path-forgotten",
            "each step takes blame for its own error only. But h_t also feeds h_(t+1), and so "
            "every later error: what comes back from there?",
            lambda *inputs: _back(*inputs, path="none"),
        ),
        Mistake(
            "path-without-u",
            "what comes back from the later step is not multiplied by u. On its way forwards, "
            "h_t was: the way back crosses the same weight.",
            lambda *inputs: _back(*inputs, path="no weight"),
        ),
        Mistake(
            "path-without-slope",
            "what goes on to the earlier step has crossed u, but not the tanh. "
            "Which of your two quantities, before or after the slope, goes on?",
            lambda *inputs: _back(*inputs, path="no slope"),
        ),
        Mistake(
            "last-loss-only",
            "only the error of the last step is used. The loss is a sum over all steps: "
            "at each one, its own error joins what comes from later.",
            lambda *inputs: _back(*inputs, last_loss_only=True),
        ),
        Mistake(
            "sign-flipped",
            "the size is right, the sign is not. Is the error h − y or y − h? "
            "The loss grows when h moves away from y.",
            lambda *inputs: _back(*inputs, sign=-1.0),
        ),
        Mistake(
            "half-forgotten",
            "the result is twice what it should be. What becomes of the ½ in the loss when the "
            "square is differentiated?",
            lambda *inputs: _back(*inputs, sign=2.0),
        ),
        Mistake(
            "forwards",
            "the loop runs from the first step to the last. What h_t is to blame for is known "
            "only once the later steps have been seen: from which end must it run?",
            lambda *inputs: _back(*inputs, forwards=True),
        ),
    ),
)
