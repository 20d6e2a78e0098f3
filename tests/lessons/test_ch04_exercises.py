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


def scalar_in_floats(x, y, w, u):
    return scalar_forwards_in_time(x.tolist(), y.tolist(), w, u).item()


@pytest.mark.parametrize("gradient", [scalar_forwards_in_time, scalar_in_floats])
def test_correct_scalar_gradient_passes(gradient):
    assert engine.judge(EXERCISES["bptt-scalar"], gradient).kind == "passed"


def scalar_by_differences(x, y, w, u, step=1e-6):
    def loss(u):
        h, total = 0.0, 0.0
        for x_t, y_t in zip(x, y, strict=True):
            h = torch.tanh(w * x_t + u * h)
            total = total + (h - y_t) ** 2 / 2
        return total

    return (loss(u + step) - loss(u - step)) / (2 * step)


def test_scalar_gradient_is_to_be_written_out():
    verdict = engine.judge(EXERCISES["bptt-scalar"], scalar_by_autograd)
    assert verdict.mistake == "NotByHand"
    verdict = engine.judge(EXERCISES["bptt-scalar"], scalar_by_differences, search=False)
    assert "Is it a difference quotient" in verdict.sentence


def scalar_with(slope=lambda h, t: 1 - h[t] ** 2, kept=1.0, own=lambda h, y, t: h[t] - y[t - 1]):
    def gradient(x, y, w, u):
        h = [torch.zeros_like(u)]
        for x_t in x:
            h.append(torch.tanh(w * x_t + u * h[-1]))
        du = later = 0.0
        for t in range(len(x), 0, -1):
            delta = (own(h, y, t) + later) * slope(h, t)
            du, later = kept * du + delta * h[t - 1], u * delta
        return du

    return gradient


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"slope": lambda h, t: 1 - h[t - 1] ** 2}, "slope-of-the-old-state"),
        ({"slope": lambda h, t: 1 - h[t]}, "slope-not-squared"),
        ({"kept": 0.0}, "set-anew"),
        ({"own": lambda h, y, t: h[t] - y[t]}, "one-beyond-the-end"),
    ],
)
def test_scalar_mistake_is_named_in_other_words(change, name):
    assert engine.judge(EXERCISES["bptt-scalar"], scalar_with(**change)).mistake == name


def test_gradient_of_one_step_is_zero_as_the_notice_says():
    one = torch.ones(1)
    assert EXERCISES["bptt-scalar"].reference(one, -5 * one, one[0], one[0]) == 0


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


def test_correct_backward_passes():
    assert engine.judge(EXERCISES["bptt-by-hand"], step_by_step).kind == "passed"


def test_backward_is_to_be_written_out():
    assert engine.judge(EXERCISES["bptt-by-hand"], by_autograd).mistake == "NotByHand"


def test_deltas_kept_in_the_order_found_and_results_in_another():
    def backward(x, dh, W, U, b):
        h = run_states(x, W, U, b)
        found, later = [], 0
        for t in range(len(x), 0, -1):
            found.append((dh[t - 1] + later) * (1 - h[t].square()))
            later = found[-1] @ U
        delta = torch.stack(found)
        dW = torch.einsum("tbh,tbd->hd", delta, x)
        dU = torch.einsum("tbh,tbk->hk", delta, h[:-1])
        return dU, dW, delta.sum(dim=(0, 1))

    sentence = engine.judge(EXERCISES["bptt-by-hand"], backward).sentence
    assert "in dW and dU every δ meets the input and the state of another step" in sentence
    assert "the three come in another order" in sentence


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


def chunks(x, y, W, U, b, k=2, first=0, cut=torch.Tensor.detach, half=0.5):
    with torch.enable_grad():
        U = U.clone().requires_grad_()
        h, outputs = x.new_zeros(x.shape[1], len(U)), []
        for t in range(len(x)):
            if t > 0 and (t - first) % k == 0:
                h = cut(h)
            h = torch.tanh(x[t] @ W.T + h @ U.T + b)
            outputs.append(h)
        output = torch.stack(outputs)
        (half * (output - y).square().sum()).backward()
    return output, U.grad


def test_correct_chunks_pass():
    assert engine.judge(EXERCISES["truncated-chunks"], chunks).kind == "passed"


@pytest.mark.parametrize(
    ("options", "name"),
    [
        ({"cut": lambda h: h}, "no-detach"),
        ({"cut": torch.zeros_like}, "reset"),
        ({"k": 1}, "detached-at-every-step"),
        ({"k": 3}, "chunk-too-long"),
        ({"first": 1}, "chunk-off-by-one"),
        ({"half": 1.0}, "half-forgotten"),
    ],
)
def test_chunk_mistake_is_named_in_other_words(options, name):
    verdict = engine.judge(EXERCISES["truncated-chunks"], lambda *args: chunks(*args, **options))
    assert verdict.mistake == name


def test_a_loss_without_gradient_is_told_so():
    def all_detached(x, y, W, U, b):
        U, h, states = U.clone().requires_grad_(), torch.zeros(x.shape[1], len(U)), []
        for x_t in x:
            h = torch.tanh(x_t @ W.T + h @ U.T + b).detach()
            states.append(h)
        (0.5 * (torch.stack(states) - y).square().sum()).backward()
        return torch.stack(states), U.grad

    verdict = engine.judge(EXERCISES["truncated-chunks"], all_detached)
    assert verdict.mistake == "nothing-asks-for-a-gradient"


def test_chunks_that_share_a_growing_sum():
    def summed_up_twice(x, y, W, U, b):
        U, h, states = U.clone().requires_grad_(), torch.zeros(x.shape[1], len(U)), []
        total = torch.zeros_like(U)
        for chunk, targets in zip(x.split(2), y.split(2), strict=True):
            h, loss = h.detach(), 0.0
            for x_t, y_t in zip(chunk, targets, strict=True):
                h = torch.tanh(x_t @ W.T + h @ U.T + b)
                states.append(h)
                loss = loss + 0.5 * (h - y_t).square().sum()
            loss.backward()
            total += U.grad
        return torch.stack(states), total

    verdict = engine.judge(EXERCISES["truncated-chunks"], summed_up_twice)
    assert verdict.mistake == "chunks-counted-again"


def test_output_does_not_depend_on_the_chunks_but_dU_does_as_the_notice_says():
    trial = EXERCISES["truncated-chunks"].trials[0]
    (one, dU), (other, whole) = chunks(*trial, k=1), chunks(*trial, k=100)
    assert torch.equal(one, other)
    assert not torch.allclose(dU, whole)
    assert (dU != 0).any()
