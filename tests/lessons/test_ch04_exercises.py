"""The exercises of chapter 04: right answers in other words, and mistakes in other words."""

import pytest
import torch

from rnncourse.checking import EXERCISES, engine


def scalar_by_autograd(x, y, w, u):
    with torch.enable_grad():
        u = u.clone().requires_grad_()
        h, loss = torch.zeros_like(u), 0.0
        for x_t, y_t in zip(x, y, strict=True):
            h = torch.tanh(w * x_t + u * h)
            loss = loss + 0.5 * (h - y_t) ** 2
        return torch.autograd.grad(loss, u)[0]


def scalar_forwards_in_time(x, y, w, u):
    """Real-time recurrent learning: ∂h_t/∂u is carried forwards."""
    h = sensitivity = total = torch.zeros_like(u)
    for x_t, y_t in zip(x, y, strict=True):
        new = torch.tanh(w * x_t + u * h)
        sensitivity = (1 - new**2) * (h + u * sensitivity)
        h = new
        total = total + (h - y_t) * sensitivity
    return total


@pytest.mark.parametrize("gradient", [scalar_by_autograd, scalar_forwards_in_time])
def test_correct_scalar_gradient_passes(gradient):
    assert engine.judge(EXERCISES["bptt-scalar"], gradient).kind == "passed"


def run_states(x, W, U, b):
    h = torch.zeros(x.shape[1], len(U))
    states = [h]
    for x_t in x:
        h = torch.tanh(x_t @ W.T + h @ U.T + b)
        states.append(h)
    return torch.stack(states)


def step_by_step(x, dh, W, U, b):
    h = run_states(x, W, U, b)
    dW, dU, db, later = torch.zeros_like(W), torch.zeros_like(U), torch.zeros_like(b), 0
    for t in range(len(x), 0, -1):
        delta = (dh[t - 1] + later) * (1 - h[t].square())
        dW = dW + delta.T @ x[t - 1]
        dU = dU + delta.T @ h[t - 1]
        db = db + delta.sum(dim=0)
        later = (U.T @ delta.T).T
    return dW, dU, db


def by_autograd(x, dh, W, U, b):
    with torch.enable_grad():
        weights = [weight.clone().requires_grad_() for weight in (W, U, b)]
        loss = (run_states(x, *weights)[1:] * dh).sum()
        return torch.autograd.grad(loss, weights)


@pytest.mark.parametrize("backward", [step_by_step, by_autograd])
def test_correct_backward_passes(backward):
    assert engine.judge(EXERCISES["bptt-by-hand"], backward).kind == "passed"


def backward_with(change):
    """The loop of `step_by_step`, its line for `later` replaced."""

    def backward(x, dh, W, U, b):
        h = run_states(x, W, U, b)
        dW, dU, db, later = torch.zeros_like(W), torch.zeros_like(U), torch.zeros_like(b), 0
        for t in range(len(x), 0, -1):
            dh_t = dh[t - 1] + later
            delta = dh_t * (1 - h[t].square())
            dW, dU = dW + delta.T @ x[t - 1], dU + delta.T @ h[t - 1]
            db = db + delta.sum(dim=0)
            later = change(delta, dh_t, U)
        return dW, dU, db

    return backward


@pytest.mark.parametrize(
    ("change", "name"),
    [
        (lambda delta, dh, U: delta @ U.T, "U-transposed"),
        (lambda delta, dh, U: 0, "path-forgotten"),
        (lambda delta, dh, U: dh @ U, "path-without-slope"),
        (lambda delta, dh, U: delta, "path-without-U"),
    ],
)
def test_backward_mistake_is_named_in_other_words(change, name):
    assert engine.judge(EXERCISES["bptt-by-hand"], backward_with(change)).mistake == name


def windows(x, y, W, U, b, k=2, cut=torch.Tensor.detach):
    with torch.enable_grad():
        U = U.clone().requires_grad_()
        h, outputs = torch.zeros(x.shape[1], len(U)), []
        for t in range(len(x)):
            if t > 0 and t % k == 0:
                h = cut(h)
            h = torch.tanh(x[t] @ W.T + h @ U.T + b)
            outputs.append(h)
        output = torch.stack(outputs)
        (0.5 * (output - y).square().sum()).backward()
    return output, U.grad


def test_correct_windows_pass():
    assert engine.judge(EXERCISES["truncated-windows"], windows).kind == "passed"


@pytest.mark.parametrize(
    ("options", "name"),
    [
        ({"cut": lambda h: h}, "no-detach"),
        ({"cut": torch.zeros_like}, "reset"),
        ({"k": 1}, "detached-at-every-step"),
        ({"k": 3}, "window-too-long"),
    ],
)
def test_window_mistake_is_named_in_other_words(options, name):
    verdict = engine.judge(EXERCISES["truncated-windows"], lambda *args: windows(*args, **options))
    assert verdict.mistake == name
