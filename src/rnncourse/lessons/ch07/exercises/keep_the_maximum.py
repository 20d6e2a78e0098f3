"""Exercise: a gate, set by hand, by which a unit holds the largest input so far."""

from __future__ import annotations

from functools import cache
from typing import Any

import torch
from torch import Tensor

from rnncourse.checking.exercise import Complaint, Exercise, Mistake, Tensors

NEAR = 0.05
"""How far from the maximum a state may be."""

_STEPS, _SEQUENCES, _SEED = 60, 50, 0
_LARGEST = 1e12
_CPU: dict[str, Any] = {"dtype": torch.float64, "device": "cpu"}
_KINDS = (
    "right", "shut-or-half-open", "input-alone", "state-alone", "turned-round", "added-up",
    "unequal", "written-too-late", "written-too-early", "too-soft",
)  # fmt: skip


class MaximumExercise(Exercise):
    """Judges three numbers by the states of the unit on sequences between 0 and 1."""

    def behaviour(self, returned: Tensors) -> Tensors:
        """Run the unit from h_0 = 0; return what is wrong with the gate, and the states (T, N)."""
        for name, tensor in zip(self.returns, returned, strict=True):
            if tensor.numel() != 1:
                raise Complaint(f"{name} has shape {tuple(tensor.shape)}; expected one number.")
            if not tensor.abs() <= _LARGEST:
                raise Complaint(f"{name} is {tensor.item():g}; expected a number of ordinary size.")
        w, u, b = (tensor.item() for tensor in returned)
        fault = "right" if _right(w, u, b) else _fault(w, u, b)
        return torch.tensor(float(_KINDS.index(fault))), _states(w, u, b)

    def accepts(self, mine: Tensors, expected: Tensors) -> bool:
        """Ask for the largest input so far at every step."""
        return torch.equal(mine[0], expected[0])

    def alike(self, mine: Tensors, other: Tensors) -> bool:
        """Compare what is wrong with the gate, not how wrong the states are."""
        return torch.equal(mine[0], other[0])

    def explain(self, mine: Tensors, expected: Tensors) -> str:
        """Name the first step at which the state is wrong."""
        wrong = (mine[1] - _largest()).abs() > NEAR
        t, n = wrong.nonzero()[0].tolist()
        return (
            f"at t = {t + 1} the unit holds {mine[1][t, n]:.2f}, where the largest input so far is "
            f"{_largest()[t, n]:.2f}."
        )


def _fault(w: float, u: float, b: float) -> str:
    """Name what keeps a gate σ(w x + u h + b) from opening just where x is above h.

    Where more than one thing does, that which would be enough to mend.
    """
    if u == 0:
        return "input-alone" if w else "shut-or-half-open"
    if w == 0:
        return "state-alone"
    if w * u > 0:
        return "added-up"
    if w < 0:
        return "turned-round"
    too_early_or_late = "written-too-early" if b > 0 else "written-too-late"
    if _right(w, -w, b):
        return "unequal"
    if _right(w, u, 0.0):
        return too_early_or_late
    if _right(100 * w, 100 * u, 100 * b):
        return "too-soft"
    return "unequal" if abs(w + u) > abs(b) else too_early_or_late


def _states(w: float, u: float, b: float) -> Tensor:
    """What the unit holds, (T, N)."""
    h, states = torch.zeros(_drawn().shape[1], **_CPU), []
    for x_t in _drawn():
        alpha = torch.sigmoid(w * x_t + u * h + b)
        h = (1 - alpha) * h + alpha * x_t
        states.append(h)
    return torch.stack(states)


@cache
def _drawn() -> Tensor:
    """Sequences between 0 and 1, (T, N), always the same; some rise, some fall, some wait."""
    generator = torch.Generator(device="cpu").manual_seed(_SEED)
    size = _STEPS, _SEQUENCES
    x = torch.rand(size, generator=generator, **_CPU)
    steps = torch.linspace(0, 1, _STEPS, **_CPU)
    x[:, :10] *= torch.linspace(0.1, 0.9, 10, **_CPU)  # quieter ones
    x[:, 10] = 0.9 * steps + 0.05
    x[:, 11] = 0.95 - 0.9 * steps
    x[:, 12] = 0.35 + 0.3 * torch.sin(9 * steps)
    for k, level in enumerate((0.1, 0.3, 0.5, 0.8), start=13):  # a little below the largest
        x[:, k] = level - 0.06
        x[3, k] = level
    x[:, 17] *= 0.1
    x[-1, 17] = 0.9
    return x


def _largest() -> Tensor:
    return _drawn().cummax(dim=0).values


def _right(w: float, u: float, b: float) -> bool:
    return bool(((_states(w, u, b) - _largest()).abs() <= NEAR).all())


def gate_weights() -> tuple[float, float, float]:
    """``(w_α, u_α, b_α)`` of a gate that is open where the input is larger than what is held."""
    w_alpha, u_alpha, b_alpha = 1000.0, -1000.0, 0.0
    return w_alpha, u_alpha, b_alpha


SET = "1000.0, -1000.0, 0.0"

EXERCISE = MaximumExercise(
    name="keep-the-maximum",
    title="Keep the maximum",
    level="transfer",
    minutes=10,
    objective="07.1",
    hints=(
        "When is an input to be written? That depends on what is held: 0.6 is, if h is 0.5, and is "
        "not, if h is 0.7. So what must the gate see?",
        "The gate should be open where x − h is above 0, and shut where it is below. Which weights "
        "make the gate's sum a large number times x − h?",
        "A positive w_α, the same with a minus for u_α, and no bias. How large? Where x is 0.05 "
        "below h the gate must be shut: 1000 · 0.05 = 50.",
    ),
    notice="no gate of x alone can do this, and no leak: what is to be done with an input depends "
    "on what is held. From the largest input on the gate is shut, so a gradient gets back to that "
    "step whole.",
    takes={},
    returns={"w_alpha": "", "u_alpha": "", "b_alpha": ""},
    reference=gate_weights,
    varied=False,
    mistakes=(
        Mistake(
            "shut-or-half-open",
            "the gate sees neither x nor h, so it is the same at every step: that is a leak. What "
            "should open it?",
            {SET: "0.0, 0.0, 0.0"},
        ),
        Mistake(
            "input-alone",
            "the gate sees x alone. Whether 0.6 is to be written depends on what is held: which "
            "weight brings that to the gate?",
            {SET: "40.0, 0.0, -20.0"},
        ),
        Mistake(
            "state-alone",
            "the gate sees what is held, and not what comes in: it cannot tell a larger input from "
            "a smaller one.",
            {SET: "0.0, -40.0, 20.0"},
        ),
        Mistake(
            "turned-round",
            "the gate opens for inputs that are *smaller* than what is held. Which of x and h "
            "should open it, and which should shut it?",
            {SET: "-1000.0, 1000.0, 0.0"},
        ),
        Mistake(
            "added-up",
            "the gate adds x and h. To open where one is larger than the other, it must compare "
            "them: what tells two numbers apart?",
            {SET: "1000.0, 1000.0, 0.0"},
        ),
        Mistake(
            "unequal",
            "the two weights are not of the same size, so the gate opens at x = −u_α/w_α · h, not "
            "at x = h.",
            {SET: "1000.0, -500.0, 0.0"},
        ),
        Mistake(
            "written-too-late",
            "the bias is so negative that the gate stays shut where x is only a little larger than "
            "h: yours opens at −b_α/w_α above h. Where should it?",
            {SET: "100.0, -100.0, -20.0"},
        ),
        Mistake(
            "written-too-early",
            "the bias is so large that the gate is open for inputs a little smaller than h, too, "
            "and each takes the state down. Above which x should it open?",
            {SET: "100.0, -100.0, 20.0"},
        ),
        Mistake(
            "too-soft",
            "the gate compares x with h, but too gently: where x is a little smaller it is not "
            "quite shut, and the maximum leaks away. How large must the sum be, so that σ is shut?",
            {SET: "10.0, -10.0, 0.0"},
        ),
    ),
)
