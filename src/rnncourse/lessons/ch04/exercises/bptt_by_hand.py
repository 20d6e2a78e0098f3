"""Exercise: back-propagation through time for the simple network, with matrices."""

from __future__ import annotations

import torch
from torch import Tensor

from rnncourse.checking.exercise import Exercise, Mistake

Gradients = tuple[Tensor, Tensor, Tensor]
"""``(dW, dU, db)`` with shapes (H, D), (H, H), (H,)."""


def backward(x: Tensor, dh: Tensor, W: Tensor, U: Tensor, b: Tensor) -> Gradients:
    """The gradients of a loss by the weights of ``h_t = tanh(W x_t + U h_{t-1} + b)``.

    Args:
        x: inputs, shape (T, B, D).
        dh: what the loss's own terms give each ``h_t``, shape (T, B, H).
        W: shape (H, D).
        U: shape (H, H); ``h_0 = 0``.
        b: shape (H,).

    Returns:
        ``(dW, dU, db)``.
    """
    return _back(x, dh, W, U, b)


def _back(
    x: Tensor,
    dh: Tensor,
    W: Tensor,
    U: Tensor,
    b: Tensor,
    *,
    direct: str = "every step",
    slope: str = "h",
    path: str = "whole",
    beside: str = "before",
    batch: str = "sum",
    dU_transposed: bool = False,
    steps: str = "all",
    forwards: bool = False,
) -> Gradients:
    """The way back, with one turn of it taken wrongly."""
    h, sums = [x.new_zeros(x.shape[1], len(U))], []
    for x_t in x:
        sums.append(x_t @ W.T + h[-1] @ U.T + b)
        h.append(torch.tanh(sums[-1]))
    da, from_later = torch.zeros_like(dh), torch.zeros_like(h[0])
    times = range(len(x))
    for t in times if forwards else reversed(times):
        used = direct == "every step" or t == len(x) - 1
        dh_t = dh[t] + from_later if used else from_later
        factor = {
            "h": 1 - h[t + 1] ** 2,
            "a": 1 - sums[t] ** 2,
            "before": 1 - h[t] ** 2,
            "none": torch.ones_like(sums[t]),
        }[slope]
        da[t] = dh_t * factor
        from_later = {
            "whole": da[t] @ U,
            "transposed": da[t] @ U.T,
            "none": torch.zeros_like(h[0]),
            "no slope": dh_t @ U,
            "no weights": da[t],
        }[path]
    if steps == "last":
        da[:-1] = 0
    if batch == "mean":
        da = da / x.shape[1]
    states = torch.stack(h[:-1] if beside == "before" else h[1:])
    dU = torch.einsum("tbh,tbk->hk", da, states)
    dW = torch.einsum("tbh,tbd->hd", da, x)
    return dW, dU.T if dU_transposed else dU, da.sum(dim=(0, 1))


EXERCISE = Exercise(
    name="bptt-by-hand",
    title="Back-propagation through time, by hand",
    takes={"x": "T B D", "dh": "T B H", "W": "H D", "U": "H H", "b": "H"},
    returns={"dW": "H D", "dU": "H H", "db": "H"},
    reference=backward,
    mistakes=(
        Mistake(
            "U-transposed",
            "on the way back U works the wrong way round. Forwards, row i of U collects what "
            "flows into unit i; backwards, what unit j gets is collected from its column.",
            lambda *inputs: _back(*inputs, path="transposed"),
        ),
        Mistake(
            "direct-forgotten",
            "only dh of the last step is used. Every h_t has a share of its own in the loss: "
            "where does dh[t] join what comes from later?",
            lambda *inputs: _back(*inputs, direct="last step"),
        ),
        Mistake(
            "path-forgotten",
            "nothing comes back from the later step: h_t is blamed for its own share of the loss "
            "only. Through which weights does it act on h_(t+1)?",
            lambda *inputs: _back(*inputs, path="none"),
        ),
        Mistake(
            "path-without-U",
            "what comes back from the later step has not crossed U. On its way forwards it did.",
            lambda *inputs: _back(*inputs, path="no weights"),
        ),
        Mistake(
            "path-without-slope",
            "what goes on to the earlier step has crossed U, but not the tanh. "
            "Which of your two quantities, before or after the slope, goes on?",
            lambda *inputs: _back(*inputs, path="no slope"),
        ),
        Mistake(
            "slope-forgotten",
            "the derivative of tanh is missing. What lies between h_t and the sum it is made of?",
            lambda *inputs: _back(*inputs, slope="none"),
        ),
        Mistake(
            "slope-of-the-sum",
            "1 − a² is not the derivative of tanh at a. In 1 − (…)², which of the two belongs in "
            "the brackets: the sum before the tanh, or the state that came out?",
            lambda *inputs: _back(*inputs, slope="a"),
        ),
        Mistake(
            "slope-of-the-old-state",
            "the slope is taken at h_(t-1), one step too early. Which state did this step's tanh "
            "make? If your list begins with h_0, its index is one further.",
            lambda *inputs: _back(*inputs, slope="before"),
        ),
        Mistake(
            "state-after",
            "dU pairs each step with the state that it made. By which state did U multiply in "
            "that step?",
            lambda *inputs: _back(*inputs, beside="after"),
        ),
        Mistake(
            "dU-transposed",
            "dW and db are right, and dU is transposed. U is square, so no shape warns you: its "
            "row i belongs to the unit that the weights lead to, as in dW.",
            lambda *inputs: _back(*inputs, dU_transposed=True),
        ),
        Mistake(
            "last-step-only",
            "those are the last step's terms alone. The same weights were used at every step: "
            "what does each of their uses add?",
            lambda *inputs: _back(*inputs, steps="last"),
        ),
        Mistake(
            "batch-mean",
            "everything is divided by B. If the loss is a mean, dh holds the 1/B already: "
            "the gradients of the sequences are summed.",
            lambda *inputs: _back(*inputs, batch="mean"),
        ),
        Mistake(
            "forwards",
            "the loop runs from the first step to the last. What h_t is to blame for is known "
            "only once the later steps have been seen: from which end must it run?",
            lambda *inputs: _back(*inputs, forwards=True),
        ),
    ),
)
