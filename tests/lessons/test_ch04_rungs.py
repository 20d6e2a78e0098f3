"""Chapter 04's exercises to complete and to transfer: answers in other words."""

import pytest
import torch

from rnncourse.checking import EXERCISES, engine


def back_by_two(delta_of, back_of):
    def go_back(h, dh, u):
        du = 0.0
        for t in range(len(h) - 1, 0, -1):
            delta = delta_of(h, dh, u, t)
            du = du + delta * h[t - 1]
            dh = back_of(h, dh, u, t, delta)
        return du

    return go_back


def right_delta(h, dh, u, t):
    return dh - dh * h[t] * h[t]


def right_back(h, dh, u, t, delta):
    return delta * u


def back_from_the_end(h, dh, u):
    if len(h) == 1:
        return 0.0
    delta = dh * (1 - h[-1].square())
    return delta * h[-2] + back_from_the_end(h[:-1], u * delta, u)


def all_steps_at_once(h, dh, u):
    slopes = (1 - h[1:] ** 2).flip(0)
    powers = torch.stack([u**k for k in range(len(slopes))])  # there is at least one step
    return (dh * slopes.cumprod(dim=0) * powers).flip(0) @ h[:-1]


@pytest.mark.parametrize(
    "go_back",
    [back_by_two(right_delta, right_back), back_from_the_end, all_steps_at_once],
)
def test_two_lines_in_other_words_pass(go_back):
    assert engine.judge(EXERCISES["bptt-two-lines"], go_back).kind == "passed"


@pytest.mark.parametrize(
    ("delta", "back", "name"),
    [
        (lambda h, dh, u, t: dh / torch.cosh(h[t]) ** 2, right_back, "tanh-twice"),
        (lambda h, dh, u, t: -right_delta(h, dh, u, t), right_back, "sign-in-delta"),
        (right_delta, lambda h, dh, u, t, delta: delta * h[t], "new-state-for-u"),
        (right_delta, lambda h, dh, u, t, delta: u * dh, "path-without-slope"),
        (right_delta, lambda h, dh, u, t, delta: delta / u, "one-change"),
        (lambda h, dh, u, t: dh, lambda h, dh, u, t, delta: delta, "two-changes"),
    ],
)
def test_mistake_in_two_lines_is_named_in_other_words(delta, back, name):
    assert engine.judge(EXERCISES["bptt-two-lines"], back_by_two(delta, back)).mistake == name


def start_by_jacobians(x, dh, h_0, W, U, b):
    total = torch.zeros_like(h_0)
    for k in range(x.shape[1]):
        h, since_start = h_0, torch.eye(len(h_0))
        for x_t, dh_t in zip(x[:, k], dh[:, k], strict=True):
            h = torch.tanh(W @ x_t + U @ h + b)
            since_start = torch.diag(1 - h**2) @ U @ since_start
            total = total + dh_t @ since_start
    return total


def start_with(own=lambda dh, t, later: dh[t] + later, end=lambda later, h_0, U: later.sum(0)):
    def gradient(x, dh, h_0, W, U, b):
        h = [h_0.repeat(x.shape[1], 1)]
        for x_t in x:
            h.append(torch.tanh(x_t @ W.T + h[-1] @ U.T + b))
        later = torch.zeros_like(h[0])
        for t in range(len(x) - 1, -1, -1):
            later = (own(dh, t, later) * (1 - h[t + 1] ** 2)) @ U
        return end(later, h_0, U)

    return gradient


@pytest.mark.parametrize("gradient", [start_by_jacobians, start_with()])
def test_learned_start_in_other_words_passes(gradient):
    assert engine.judge(EXERCISES["learned-start"], gradient).kind == "passed"


@pytest.mark.parametrize(
    ("changed", "name"),
    [
        ({"own": lambda dh, t, later: later - dh[t]}, "one-change"),
        ({"own": lambda dh, t, later: dh[t]}, "first-loss-alone"),
        ({"end": lambda later, h_0, U: later}, "for-each-sequence"),
        ({"end": lambda later, h_0, U: (later * h_0).sum(0)}, "times-h_0"),
        ({"end": lambda later, h_0, U: later.sum(0) * (1 - h_0**2)}, "slope-at-the-start"),
        ({"end": lambda later, h_0, U: (later @ U).sum(0)}, "U-once-too-often"),
    ],
)
def test_mistake_with_a_learned_start_is_named_in_other_words(changed, name):
    assert engine.judge(EXERCISES["learned-start"], start_with(**changed)).mistake == name


def test_learned_start_by_autograd_is_refused():
    def gradient(x, dh, h_0, W, U, b):
        with torch.enable_grad():
            h = h_0 = h_0.clone().requires_grad_()
            loss = 0.0
            for x_t, dh_t in zip(x, dh, strict=True):
                h = torch.tanh(x_t @ W.T + h @ U.T + b)
                loss = loss + (h * dh_t).sum()
            return torch.autograd.grad(loss, h_0)[0]

    assert engine.judge(EXERCISES["learned-start"], gradient).mistake == "NotByHand"
