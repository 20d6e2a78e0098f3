"""The exercises of chapter 09: right answers in other words, and mistakes in other words."""

import math

import pytest
import torch
from torch import nn

from rnncourse.checking import EXERCISES, engine
from rnncourse.checking.quiz import load_file


def kept_loop(f):
    rows, product = [], torch.ones_like(f[0])
    for t in range(len(f), 0, -1):
        rows.append(product)
        product = product * f[t - 1]
    return torch.stack(rows)


def kept_by_logarithms(f):
    sums = torch.log(f).flip(0).cumsum(dim=0)
    return torch.exp(sums - f.flip(0).log())


def kept_by_slices(f):
    return torch.stack([f[len(f) - lag :].prod(dim=0) for lag in range(len(f))])


def roads_diagonals(i, f, g, o, c, U_i, U_f, U_g):
    d = torch.diag
    A = d(c * f * (1 - f)) @ U_f + d(g * i * (1 - i)) @ U_i + d(i * (1 - g * g)) @ U_g
    return d(f) + A @ d(o / torch.cosh(c) ** 2)


def halves():
    b = torch.zeros(20)
    b[5:10] = 1.5
    return b, b


def in_a_module():
    lstm = nn.LSTM(3, 5)
    with torch.no_grad():
        for b in (lstm.bias_ih_l0, lstm.bias_hh_l0):
            b.zero_()
        lstm.bias_hh_l0.view(4, 5)[1] = 3.0
    return lstm.bias_ih_l0, lstm.bias_hh_l0


def chrono_logit(tau):
    f = torch.exp(-1 / tau)
    return torch.log((1 - f) / f), torch.logit(f)


@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("direct-path", kept_loop),
        ("direct-path", kept_by_logarithms),
        ("direct-path", kept_by_slices),
        ("two-roads", roads_diagonals),
        ("torch-forget-bias", halves),
        ("torch-forget-bias", in_a_module),
        ("chrono-bias", chrono_logit),
    ],
)
def test_right_answer_in_other_words(name, function):
    verdict = engine.judge(EXERCISES[name], function)
    assert verdict.kind == "passed", verdict.sentence


def filled_by_constant():
    lstm = nn.LSTM(3, 5)
    for name, parameter in lstm.named_parameters():
        if "bias" in name:
            nn.init.zeros_(parameter)
            nn.init.constant_(parameter.data[5:10], 3.0)
    return lstm.bias_ih_l0, lstm.bias_hh_l0


def kept_including_now(f):
    return torch.stack([f[len(f) - 1 - lag :].prod(dim=0) for lag in range(len(f))])


def roads_without_h(i, f, g, o, c, U_i, U_f, U_g):
    return torch.eye(len(f)) * f


def as_the_paper(tau):
    b_f = torch.log(tau)
    return -b_f, b_f


def kept_by_negative_slices(f):
    return torch.stack([torch.prod(f[-lag:], 0) for lag in range(f.shape[0])])


def kept_left_in_logarithms(f):
    sums = f.log().flip(0).cumsum(0)
    return torch.cat([torch.zeros_like(sums[:1]), sums[:-1]])


def kept_from_the_last_but_one(f):
    return torch.stack([f[len(f) - 1 - lag : -1].prod(dim=0) for lag in range(len(f))])


def roads_added_by_broadcasting(i, f, g, o, c, U_i, U_f, U_g):
    A = torch.diag(c * f * (1 - f)) @ U_f + torch.diag(g * i * (1 - i)) @ U_i
    A = A + torch.diag(i * (1 - g**2)) @ U_g
    return f + A * o * (1 - c.tanh() ** 2)


def roads_with_vectors_on_the_right(i, f, g, o, c, U_i, U_f, U_g):
    A = c * f * (1 - f) * U_f + g * i * (1 - i) * U_i + i * (1 - g**2) * U_g
    return torch.diag(f) + A * o * (1 - c.tanh() ** 2)


def roads_with_a_second_tanh(i, f, g, o, c, U_i, U_f, U_g):
    A = torch.diag(c * f * (1 - f)) @ U_f + torch.diag(g * i * (1 - i)) @ U_i
    A = A + torch.diag(i * (1 - g.tanh().square())) @ U_g
    return torch.diag(f) + A @ torch.diag(o * (1 - c.tanh() ** 2))


def as_in_the_chapter_with_four_units():
    b_W, b_U = torch.zeros(20), torch.zeros(20)
    b_W[4:8] = 3.0
    return b_W, b_U


def nothing_set():
    return torch.zeros(20), torch.zeros(20)


def one_in_both():
    b_W, b_U = torch.zeros(20), torch.zeros(20)
    b_W[5:10] = b_U[5:10] = 1.0
    return b_W, b_U


def leak_for_keep(tau):
    f = 1 - torch.exp(-1 / tau)
    return torch.logit(1 - f), torch.logit(f)


def logs_of_both(tau):
    f = torch.exp(-1 / tau)
    return torch.log1p(-f), torch.log(f)


def paper_corrected_by_half(tau):
    b_f = torch.log(tau - 1 / 2)
    return -b_f, b_f


def half_life_with_a_free_input_gate(tau):
    return torch.zeros_like(tau), half_life(tau)[1]


def kept_with_a_row_too_many(f):
    return torch.cat([torch.ones(1, f.shape[1]), f.flip(0)]).cumprod(0)


def kept_in_one_tensor(f):
    product, rows = torch.ones_like(f[0]), []
    for f_t in f.flip(0):
        rows.append(product)
        product *= f_t
    return torch.stack(rows)


def half_life(tau):
    f = 0.5 ** (1 / tau)
    b_f = torch.log(f / (1 - f))
    return -b_f, b_f


@pytest.mark.parametrize(
    ("name", "function", "mistake"),
    [
        ("direct-path", kept_including_now, "one-gate-too-many"),
        ("two-roads", roads_without_h, "detour-forgotten"),
        ("torch-forget-bias", filled_by_constant, "both-filled"),
        ("direct-path", kept_by_negative_slices, "minus-zero"),
        ("direct-path", kept_left_in_logarithms, "still-logarithms"),
        ("direct-path", kept_from_the_last_but_one, "last-gate-left-out"),
        ("two-roads", roads_added_by_broadcasting, "broadcast"),
        ("two-roads", roads_with_vectors_on_the_right, "slopes-on-columns"),
        ("two-roads", roads_with_a_second_tanh, "candidate-squashed-twice"),
        ("torch-forget-bias", as_in_the_chapter_with_four_units, "four-to-eight"),
        ("torch-forget-bias", nothing_set, "cancelled"),
        ("torch-forget-bias", one_in_both, "one-in-both"),
        ("chrono-bias", leak_for_keep, "exchanged"),
        ("chrono-bias", logs_of_both, "logarithms-of-the-gates"),
        ("chrono-bias", paper_corrected_by_half, "half-a-step-less"),
        ("chrono-bias", as_the_paper, "the-paper's-rule"),
        ("chrono-bias", half_life, "half-life"),
        ("chrono-bias", half_life_with_a_free_input_gate, "two-changes"),
        ("direct-path", kept_with_a_row_too_many, "one-row-too-many"),
        ("direct-path", kept_in_one_tensor, "every-gate-always"),
    ],
)
def test_mistake_in_other_words(name, function, mistake):
    verdict = engine.judge(EXERCISES[name], function)
    assert verdict.kind == "failed"
    assert verdict.mistake == mistake


def roads_of(i, f, g, o, c, U_i, U_f, U_g):
    """The step as a function of c, such that its gates at this c are the ones given."""
    h_0 = (o * c.tanh()).clone()
    a_i, a_f, a_g = torch.logit(i), torch.logit(f), torch.atanh(g)

    def step(c):
        dh = o * c.tanh() - h_0
        gates = torch.sigmoid(a_i + U_i @ dh), torch.sigmoid(a_f + U_f @ dh)
        return gates[1] * c + gates[0] * torch.tanh(a_g + U_g @ dh)

    return step


def roads_by_autograd(i, f, g, o, c, U_i, U_f, U_g):
    return torch.autograd.functional.jacobian(roads_of(i, f, g, o, c, U_i, U_f, U_g), c)


def roads_by_differences(i, f, g, o, c, U_i, U_f, U_g):
    step, dc = roads_of(i, f, g, o, c, U_i, U_f, U_g), 1e-5 * torch.eye(len(c))
    return torch.stack([(step(c + d) - step(c - d)) / 2e-5 for d in dc], dim=1)


def test_the_two_roads_are_asked_for_by_hand():
    verdict = engine.judge(EXERCISES["two-roads"], roads_by_autograd)
    assert verdict.kind == "failed"
    assert "lets autograd differentiate" in verdict.sentence
    verdict = engine.judge(EXERCISES["two-roads"], roads_by_differences)
    assert verdict.kind == "failed"
    assert "a difference quotient" in verdict.sentence


def test_the_solution_of_the_two_roads_is_what_autograd_says():
    inputs = EXERCISES["two-roads"].trials[0]
    expected = EXERCISES["two-roads"].reference(*inputs)
    torch.testing.assert_close(roads_by_autograd(*inputs), expected)


def test_a_row_of_the_direct_path_is_called_a_lag():
    def last_row_wrong(f):
        rows = kept_loop(f).clone()
        rows[1:] += 0.1
        return rows

    sentence = engine.judge(EXERCISES["direct-path"], last_row_wrong).words
    assert "kept first differs at lag 1, unit 0" in sentence


def test_a_drawn_bias_is_told_by_its_gate():
    def not_zeroed():
        b_W, b_U = halves()
        b_W[11] = 0.25
        return b_W, b_U.clone().index_fill_(0, torch.tensor([11]), 0.25)

    verdict = engine.judge(EXERCISES["torch-forget-bias"], not_zeroed)
    assert verdict.mistake is None
    assert "b_W + b_U first differs at candidate, unit 1: yours 0.50" in verdict.sentence


def only_the_forget_gates_filled():
    lstm = nn.LSTM(3, 5)
    with torch.no_grad():
        lstm.bias_ih_l0[5:10] = 3.0
    return lstm.bias_ih_l0, lstm.bias_hh_l0


def test_a_bias_left_as_torch_draws_it_is_told_so():
    verdict = engine.judge(EXERCISES["torch-forget-bias"], only_the_forget_gates_filled)
    assert verdict.mistake == "left-as-drawn"


@pytest.mark.parametrize("value", [2.99999, 0.952574, 3.0 + 1e-6])
def test_a_bias_that_is_almost_right_is_told_in_enough_digits(value):
    def almost():
        b = torch.zeros(20)
        b[5:10] = value
        return b, torch.zeros(20)

    sentence = engine.judge(EXERCISES["torch-forget-bias"], almost).sentence
    assert f"{value:.6g} for f" in sentence or "is right to about" in sentence


def test_two_biases_are_told_gate_by_gate():
    def shared_wrongly():
        b_W, b_U = torch.zeros(20), torch.zeros(20)
        b_W[5:10], b_U[10:15] = 1.5, 1.5
        return b_W, b_U

    sentence = engine.judge(EXERCISES["torch-forget-bias"], shared_wrongly).sentence
    assert "0 for i, 1.5 for f, 1.5 for g and 0 for o" in sentence


def test_biases_of_a_layer_get_the_same_gradient():
    torch.manual_seed(0)
    lstm = nn.LSTM(3, 5)
    lstm(torch.randn(6, 2, 3))[0].square().sum().backward()
    torch.testing.assert_close(lstm.bias_ih_l0.grad, lstm.bias_hh_l0.grad)


def test_a_bias_of_another_shape_is_told_so():
    sentence = engine.judge(
        EXERCISES["torch-forget-bias"], lambda: (torch.full((5,), 3.0), torch.zeros(5))
    ).sentence
    assert "b_W has shape (5,)" in sentence


def test_a_bias_of_no_known_kind_is_told_as_a_time_constant():
    def a_tenth_more(tau):
        b_f = EXERCISES["chrono-bias"].reference(1.1 * tau)[1]
        return -b_f, b_f

    exercise = EXERCISES["chrono-bias"]
    sentence = engine.judge(exercise, a_tenth_more, search=False).sentence
    tau = exercise.trials[0][0][0].item()
    assert f"a time constant of {1.1 * tau:.4g} steps, where {tau:.4g} are asked" in sentence


def test_time_constants_are_met():
    tau = torch.tensor([0.7, 5.0, 300.0], dtype=torch.float64)
    b_i, b_f = EXERCISES["chrono-bias"].reference(tau)
    f = torch.sigmoid(b_f)
    assert torch.allclose(f**tau, torch.full_like(tau, 1 / math.e), rtol=1e-9)
    assert torch.allclose(torch.sigmoid(b_i), 1 - f, rtol=1e-9)


def test_results_of_one_shape_may_come_as_a_stack():
    exercise = EXERCISES["chrono-bias"]
    assert engine.judge(exercise, lambda tau: torch.stack(exercise.reference(tau))).kind == "passed"
    swapped = engine.judge(exercise, lambda tau: torch.stack(exercise.reference(tau)[::-1]))
    assert swapped.mistake == "exchanged"


def test_the_questions_in_the_text_ask_for_what_a_sigmoid_gives():
    asked = {question.id: question for question in load_file("09").tries}
    kept = torch.sigmoid(torch.tensor([2.0, 3.0], dtype=torch.float64)) ** 40
    assert kept[0].item() == pytest.approx(asked["bias-of-two"].answer, rel=1e-4)
    assert kept[1].item() == pytest.approx(asked["bias-of-two"].mistakes[-1].answer, rel=1e-3)
    f = torch.sigmoid(torch.tensor(60.0, dtype=torch.float64).log())
    assert f.item() == pytest.approx(asked["chrono-unit"].answer, rel=1e-5)
