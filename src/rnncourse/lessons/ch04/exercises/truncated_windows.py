"""Exercise: a sequence read in windows; the state is carried over, its gradient is not."""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor

from rnncourse.checking.exercise import Exercise, Mistake

WINDOW = 2
"""``k``: steps of a window; the last one may be shorter."""

Answer = tuple[Tensor, Tensor]
"""``(output, dU)`` with shapes (T, B, H), (H, H)."""


def run_in_windows(x: Tensor, y: Tensor, W: Tensor, U: Tensor, b: Tensor) -> Answer:
    """Read in windows of two steps, and differentiate ``ℓ = ½ Σ (h_t − y_t)²`` inside each.

    Args:
        x: inputs, shape (T, B, D).
        y: targets, shape (T, B, H).
        W: shape (H, D).
        U: shape (H, H); ``h_0 = 0``.
        b: shape (H,).

    Returns:
        ``output`` (T, B, H), and what truncation leaves of ``∂ℓ/∂U``.
    """
    return _run(x, y, W, U, b)


def _run(
    x: Tensor,
    y: Tensor,
    W: Tensor,
    U: Tensor,
    b: Tensor,
    *,
    window: int = WINDOW,
    first: int | None = None,
    carry: str = "detached",
    kept: str = "all",
    last_loss_only: bool = False,
) -> Answer:
    """The windows, with one thing done wrongly; ``first`` is where the second window starts."""
    T = len(x)
    borders = [0, *range(window if first is None else first, T, window), T]
    with torch.enable_grad():
        U = U.detach().clone().requires_grad_()
        h, outputs, gradients = x.new_zeros(x.shape[1], len(U)), [], []
        window_losses = []
        for start, end in pairwise(borders):
            losses = []
            for t in range(start, end):
                h = torch.tanh(x[t] @ W.T + h @ U.T + b)
                outputs.append(h.detach())
                losses.append((h - y[t]).square().sum() / 2)
            window_losses.append(losses[-1] if last_loss_only else torch.stack(losses).sum())
            if carry != "attached":
                (gradient,) = torch.autograd.grad(window_losses[-1], U)
                gradients.append(gradient)
                h = h.detach() if carry == "detached" else torch.zeros_like(h)
        if carry == "attached":
            gradients = list(torch.autograd.grad(torch.stack(window_losses).sum(), U))
    total = {
        "all": lambda: torch.stack(gradients).sum(dim=0),
        "last": lambda: gradients[-1],
        "mean": lambda: torch.stack(gradients).mean(dim=0),
    }[kept]()
    return torch.stack(outputs), total


def _dropped(*inputs: Tensor) -> Answer:
    """The run that leaves out what does not fill a window."""
    x, y, *weights = inputs
    T = len(x) // WINDOW * WINDOW
    if T == 0:
        return x.new_zeros(0, *y.shape[1:]), torch.zeros_like(weights[1])
    return _run(x[:T], y[:T], *weights)


EXERCISE = Exercise(
    name="truncated-windows",
    title="Windows: carry the state, cut its gradient",
    takes={"x": "T B D", "y": "T B H", "W": "H D", "U": "H H", "b": "H"},
    returns={"output": "T B H", "dU": "H H"},
    reference=run_in_windows,
    mistakes=(
        Mistake(
            "no-detach",
            "output is right, and dU is the whole gradient: nothing was cut. Which call, at the "
            "end of a window, keeps a state's numbers and forgets where they came from?",
            lambda *inputs: _run(*inputs, carry="attached"),
        ),
        Mistake(
            "reset",
            "every window starts from zeros, so nothing is remembered from one to the next. "
            "Only the gradient is to be cut, not the state.",
            lambda *inputs: _run(*inputs, carry="reset"),
        ),
        Mistake(
            "detached-at-every-step",
            "output is right, but the gradient is cut after every step, so that windows of two "
            "steps are windows of one. Where in your loops does the cut stand?",
            lambda *inputs: _run(*inputs, window=1),
        ),
        Mistake(
            "window-too-long",
            "output is right, but the gradient is cut after every third step. "
            "A window has two: which index does the next one start from?",
            lambda *inputs: _run(*inputs, window=WINDOW + 1),
        ),
        Mistake(
            "window-off-by-one",
            "output is right, but the first window has one step, and so every cut comes one step "
            "too early. Windows start at 0, 2, 4, … in Python's counting.",
            lambda *inputs: _run(*inputs, first=1),
        ),
        Mistake(
            "last-window-only",
            "output is right, but dU is the gradient of the last window alone. "
            "Every window has one; what becomes of them? (If you zero a .grad, where?)",
            lambda *inputs: _run(*inputs, kept="last"),
        ),
        Mistake(
            "mean-over-windows",
            "output is right, but the windows' gradients are averaged. The loss is a sum over "
            "all steps.",
            lambda *inputs: _run(*inputs, kept="mean"),
        ),
        Mistake(
            "last-loss-of-window",
            "output is right, but only the last step of each window has a loss. "
            "The loss is a sum over all steps.",
            lambda *inputs: _run(*inputs, last_loss_only=True),
        ),
        Mistake(
            "rest-dropped",
            "the steps that do not fill a window are left out. The last window may be shorter.",
            _dropped,
        ),
    ),
)
