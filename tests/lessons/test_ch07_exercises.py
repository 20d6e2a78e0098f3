"""The exercises of chapter 07: right answers in other words, and mistakes in other words."""

import math

import pytest
import torch

from rnncourse.checking import EXERCISES, engine
from rnncourse.checking.quiz import load_file, load_quiz


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


def memory_said_first(x, i, f, o):
    c, y = memory_by_index(x, i, f, o)
    return y, c


def memory_that_carries_what_it_says(x, i, f, o):
    y, held = torch.zeros_like(x[0]), []
    for t in range(len(x)):
        held.append(f[t] * y + i[t] * x[t])
        y = o[t] * held[-1]
    return torch.stack(held), torch.stack(held) * o


def memory_whose_gates_are_squashed_again(x, i, f, o):
    return memory_by_index(x, *(torch.sigmoid(gate) for gate in (i, f, o)))


def memory_kept_before_its_step(x, i, f, o):
    c = torch.cat([torch.zeros_like(x[:1]), memory_by_index(x, i, f, o)[0][:-1]])
    return c, c * o


def memory_that_begins_at_the_second_step(x, i, f, o):
    i = torch.cat([torch.ones_like(i[:1]), i[1:]])
    return memory_by_index(x, i, f, o)


def memory_of_one_step(x, i, f, o):
    written = i * x
    c = torch.cat([written[:1], written[1:] + f[1:] * written[:-1]])
    return c, o * c


def memory_stacked_across(x, i, f, o):
    return tuple(part.T for part in memory_by_index(x, i, f, o))


def step_with_a_reset(x, h, W, U, b, W_alpha, U_alpha, b_alpha):
    alpha = torch.sigmoid(x @ W_alpha.T + h @ U_alpha.T + b_alpha)
    n = torch.tanh(x @ W.T + (alpha * h) @ U.T + b)
    return torch.lerp(h, n, alpha)


def step_that_squashes_what_it_keeps(x, h, W, U, b, W_alpha, U_alpha, b_alpha):
    alpha = torch.sigmoid(x @ W_alpha.T + h @ U_alpha.T + b_alpha)
    return torch.lerp(h, x @ W.T + h @ U.T + b, alpha).tanh()


def leak_of_their_mean(tau):
    return torch.full_like(tau, 1 - math.exp(-1 / tau.mean().item()))


def leak_that_is_one_minus_the_rule(tau):
    return 1 - tau.reciprocal()


@pytest.mark.parametrize(
    ("name", "function", "mistake"),
    [
        ("gated-step", step_that_keeps_by_alpha, "gate-the-wrong-way-round"),
        ("gated-step", step_that_only_adds, "old-state-kept-whole"),
        ("gated-step", step_with_a_deaf_gate, "gate-without-state"),
        ("leak-for", leak_by_the_rule_of_thumb, "one-over-tau"),
        ("gated-step", step_with_a_reset, "gate-on-the-candidates-state"),
        ("gated-step", step_that_squashes_what_it_keeps, "tanh-around-the-mixture"),
        ("leak-for", leak_that_is_what_stays, "what-is-kept"),
        ("leak-for", leak_of_their_mean, "one-leak-for-all"),
        ("leak-for", leak_that_is_one_minus_the_rule, "one-minus-one-over-tau"),
        ("gated-memory", memory_that_f_erases, "f-erases"),
        ("gated-memory", memory_read_before, "read-before-write"),
        ("gated-memory", memory_eroded, "read-erodes"),
        ("gated-memory", memory_said_first, "results-exchanged"),
        ("gated-memory", memory_that_carries_what_it_says, "y-carried"),
        ("gated-memory", memory_whose_gates_are_squashed_again, "gates-squashed"),
        ("gated-memory", memory_kept_before_its_step, "held-too-early"),
        ("gated-memory", memory_that_begins_at_the_second_step, "first-step-without-gates"),
        ("gated-memory", memory_of_one_step, "one-step-back"),
        ("gated-memory", memory_stacked_across, "stacked-across"),
    ],
)
def test_mistake_in_other_words(name, function, mistake):
    verdict = engine.judge(EXERCISES[name], function)
    assert verdict.kind == "failed"
    assert verdict.mistake == mistake


@pytest.mark.parametrize(
    "leak",
    [
        lambda tau: torch.log(1 + 1 / tau),
        lambda tau: 1 / (tau + 0.5),
        lambda tau: 1 / tau - 1 / (2 * tau**2),
        lambda tau: torch.sin(1 / tau),
    ],
    ids=["log", "shifted", "two terms of the series", "sine"],
)
def test_leaks_that_are_right_for_long_time_constants_alone(leak):
    verdict = engine.judge(EXERCISES["leak-for"], leak)
    assert verdict.mistake == "related"
    assert "nearly right where it should be small, and further off the larger" in verdict.sentence


@pytest.mark.parametrize(
    ("kept", "words"),
    [
        (lambda tau: 2.71828 ** (-1 / tau), "0.367880 is left after τ steps, and 1/e = 0.367879"),
        (lambda tau: 0.37 ** (1 / tau), "0.370 is left after τ steps, and 1/e = 0.368 should be"),
        (lambda tau: 3 ** (-1 / tau), "0.33 is left after τ steps"),
    ],
)
def test_another_share_that_is_left_is_told(kept, words):
    verdict = engine.judge(EXERCISES["leak-for"], lambda tau: 1 - kept(tau))
    assert verdict.kind == "failed"
    assert words in verdict.sentence


def test_numbers_of_the_quiz():
    questions = {question.id: question for question in load_quiz("07")}
    tau = questions["time-constant"]
    assert tau.answer == pytest.approx(-1 / math.log(0.8), rel=1e-5)
    wrong = {1 / 0.2, -1 / math.log(0.2), math.log(0.5) / math.log(0.8)}
    given = [mistake.answer for mistake in tau.mistakes]
    assert sorted(given) == pytest.approx(sorted(wrong), abs=tau.tolerance)
    assert questions["half-open"].answer == 0.5**10


def test_numbers_of_the_questions_in_the_text():
    asked = {question.id: question for question in load_file("07").tries}
    assert asked["half-kept"].answer == 0.5 * 7 + 1 * 4
    assert asked["left-of-a-leak"].answer == pytest.approx(100 * (1 - 0.02) ** 10, abs=0.1)
    weight = asked["weight-of-the-mark"].answer
    at_mark, elsewhere = torch.sigmoid(torch.tensor([weight - 6.0, -6.0], dtype=torch.float64))
    assert at_mark == pytest.approx(1 - elsewhere.item(), abs=1e-9)


def leaking(step):
    def leaky(x, alpha):
        h, states = torch.zeros_like(x[0]), []
        for x_t in x:
            h = step(h, x_t, alpha)
            states.append(h)
        return torch.stack(states)

    return leaky


@pytest.mark.parametrize(
    ("step", "name"),
    [
        (lambda h, x, a: h + a * (x - h), None),
        (lambda h, x, a: torch.lerp(h, x, a), None),
        (lambda h, x, a: torch.lerp(x, h, a), "shares-exchanged"),
        (lambda h, x, a: h - a * (x - h), "away-from-the-input"),
        (lambda h, x, a: h - a * h + x, "input-whole"),
        (lambda h, x, a: torch.exp(-a) * h + a * x, "exponential"),
        (lambda h, x, a: h * (1 - a * x), "nothing-enters"),
        (lambda h, x, a: (1 - a) * h + a * x.tanh(), "one-change"),
    ],
)
def test_the_line_of_the_leak_in_other_words(step, name):
    verdict = engine.judge(EXERCISES["leaky-line"], leaking(step))
    assert (verdict.kind == "passed") == (name is None)
    assert verdict.mistake == name


@pytest.mark.parametrize(
    ("weights", "name"),
    [
        ((100, -100, 0), None),
        ((1e6, -1e6, -1.0), None),
        (torch.tensor([300.0, -300.0, 0.0]), None),
        ([torch.tensor(300.0), -300, 0.0], None),
        ((40.0, 0.0, -20.0), "input-alone"),
        ((1000.0, -980.0, 0.0), "unequal"),
        ((100.0, -1000.0, 0.0), "unequal"),
        ((1000.0, -1000.0, 20.0), "written-too-early"),
        ((200.0, -200.0, -100.0), "written-too-late"),
        ((20.0, -20.0, 0.0), "too-soft"),
        ((0.0, 0.0, -40.0), "shut-or-half-open"),
    ],
)
def test_a_gate_for_the_maximum(weights, name):
    verdict = engine.judge(EXERCISES["keep-the-maximum"], lambda: weights)
    assert (verdict.kind == "passed") == (name is None)
    assert verdict.mistake == name


@pytest.mark.parametrize(
    ("weights", "says"),
    [
        ((math.nan, 1.0, 0.0), "w_alpha is nan; expected a number of ordinary size."),
        ((1.0, torch.ones(2), 0.0), "u_alpha has shape (2,); expected one number."),
        ((1.0, -1.0), "a tuple of 2; expected a tuple of 3, (w_alpha, u_alpha, b_alpha)."),
    ],
)
def test_what_is_no_gate_is_told_so(weights, says):
    assert says in engine.judge(EXERCISES["keep-the-maximum"], lambda: weights).sentence


def test_a_gate_that_fails_is_shown_its_first_wrong_state():
    verdict = engine.judge(EXERCISES["keep-the-maximum"], lambda: (0.0, 0.0, -40.0), search=False)
    assert verdict.sentence.startswith("at t = 1 the unit holds 0.00, where the largest input so")
