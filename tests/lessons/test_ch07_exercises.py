"""The exercises of chapter 07: right answers in other words, and mistakes in other words."""

import math

import pytest
import torch

from rnncourse.checking import EXERCISES, engine
from rnncourse.checking.quiz import load_quiz


def step_by_difference(x, h, W, U, b, W_alpha, U_alpha, b_alpha):
    alpha = 1 / (1 + torch.exp(-(x @ W_alpha.T + h @ U_alpha.T + b_alpha)))
    return h + alpha * (torch.tanh(x @ W.T + h @ U.T + b) - h)


def step_as_torch_gru(x, h, W, U, b, W_alpha, U_alpha, b_alpha):
    keep = torch.sigmoid(-(torch.nn.functional.linear(x, W_alpha, b_alpha) + h @ U_alpha.T))
    n = torch.nn.functional.linear(x, W, b) + h @ U.T
    return torch.lerp(n.tanh(), h, keep)


def leak_by_expm1(tau):
    return -torch.expm1(-1 / tau)


def leak_by_power(tau):
    return 1 - torch.e ** (-1 / tau)


def memory_by_index(x, i, f, o):
    c = torch.zeros_like(x)
    for t in range(len(x)):
        c[t] = i[t] * x[t]
        if t:
            c[t] += f[t] * c[t - 1]
    return c, o * c


def memory_by_paths(x, i, f, o):
    held = []
    for t in range(len(x)):
        total = torch.zeros_like(x[0])
        for k in range(t + 1):
            total = total + f[k + 1 : t + 1].prod(dim=0) * i[k] * x[k]
        held.append(total)
    c = torch.stack(held)
    return c, c * o


@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("gated-step", step_by_difference),
        ("gated-step", step_as_torch_gru),
        ("leak-for", leak_by_expm1),
        ("leak-for", leak_by_power),
        ("gated-memory", memory_by_index),
        ("gated-memory", memory_by_paths),
    ],
)
def test_right_answer_in_other_words(name, function):
    verdict = engine.judge(EXERCISES[name], function)
    assert verdict.kind == "passed", verdict.sentence


def step_that_keeps_by_alpha(x, h, W, U, b, W_alpha, U_alpha, b_alpha):
    alpha = torch.sigmoid(x @ W_alpha.T + h @ U_alpha.T + b_alpha)
    n = torch.tanh(x @ W.T + h @ U.T + b)
    return n + alpha * (h - n)


def step_that_only_adds(x, h, W, U, b, W_alpha, U_alpha, b_alpha):
    alpha = torch.sigmoid(x @ W_alpha.T + h @ U_alpha.T + b_alpha)
    h = h + alpha * torch.tanh(x @ W.T + h @ U.T + b)
    return h


def step_with_a_deaf_gate(x, h, W, U, b, W_alpha, U_alpha, b_alpha):
    alpha = (b_alpha + torch.nn.functional.linear(x, W_alpha)).sigmoid()
    return h - alpha * (h - torch.tanh(x @ W.T + h @ U.T + b))


def leak_by_the_rule_of_thumb(tau):
    return tau**-1


def leak_that_is_what_stays(tau):
    return torch.e ** (-1 / tau)


def memory_that_f_erases(x, i, f, o):
    c, held = torch.zeros_like(x[0]), []
    for t in range(len(x)):
        c = c - f[t] * c + i[t] * x[t]
        held.append(c)
    return torch.stack(held), torch.stack(held) * o


def memory_read_before(x, i, f, o):
    c, held, said = torch.zeros_like(x[0]), [], []
    for t in range(len(x)):
        said.append(o[t] * c)
        c = f[t] * c + i[t] * x[t]
        held.append(c)
    return torch.stack(held), torch.stack(said)


def memory_eroded(x, i, f, o):
    c, held = torch.zeros_like(x[0]), []
    for t in range(len(x)):
        c = (f[t] * c + i[t] * x[t]) * o[t]
        held.append(c)
    return torch.stack(held), torch.stack(held)


@pytest.mark.parametrize(
    ("name", "function", "mistake"),
    [
        ("gated-step", step_that_keeps_by_alpha, "gate-the-wrong-way-round"),
        ("gated-step", step_that_only_adds, "old-state-kept-whole"),
        ("gated-step", step_with_a_deaf_gate, "gate-without-state"),
        ("leak-for", leak_by_the_rule_of_thumb, "one-over-tau"),
        ("leak-for", leak_that_is_what_stays, "what-is-kept"),
        ("gated-memory", memory_that_f_erases, "f-erases"),
        ("gated-memory", memory_read_before, "read-before-write"),
        ("gated-memory", memory_eroded, "read-erodes"),
    ],
)
def test_mistake_in_other_words(name, function, mistake):
    verdict = engine.judge(EXERCISES[name], function)
    assert verdict.kind == "failed"
    assert verdict.mistake == mistake


def test_numbers_of_the_quiz():
    questions = {question.id: question for question in load_quiz("07")}
    tau = questions["time-constant"]
    assert tau.answer == pytest.approx(-1 / math.log(0.8), rel=1e-5)
    wrong = {1 / 0.2, -1 / math.log(0.2), math.log(0.5) / math.log(0.8)}
    given = [mistake.answer for mistake in tau.mistakes]
    assert sorted(given) == pytest.approx(sorted(wrong), abs=tau.tolerance)
    assert questions["half-open"].answer == 0.5**10
