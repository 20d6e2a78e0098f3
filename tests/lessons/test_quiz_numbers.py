"""The numbers that quizzes ask for: what can be computed is computed."""

from __future__ import annotations

import math
import re
from itertools import groupby, product

import pytest
import torch

from rnnbook import LSTMCell, Recurrent, SimpleCell
from rnnbook.gradients import step_jacobians, truncated
from rnnbook.models import collapse
from rnnbook.models.decoding import truncate
from rnncourse.checking.quiz import NumericAnswer, load_file, load_quiz
from rnncourse.lessons.ch01.networks import MemoryNet, WindowNet
from rnncourse.lessons.ch19.exercises.frames_needed import frames_needed


def number_of(chapter: str, name: str) -> NumericAnswer:
    asked = (*load_quiz(chapter), *load_file(chapter).tries)
    (found,) = (question for question in asked if question.id == name)
    assert isinstance(found, NumericAnswer)
    return found


def backwards(u: float, targets: dict[int, float]) -> dict[int, tuple[float, float]]:
    """By step: ∂ℓ/∂h_t and δ_t of chapter 04's unit, by autograd."""
    u, h, a, loss = (
        torch.tensor(u, dtype=torch.float64),
        torch.zeros((), dtype=torch.float64),
        {},
        0,
    )
    states = {}
    for t, x in enumerate((1.0, 0.2, -0.3, 0.1), start=1):
        a[t] = (u * h + x).requires_grad_()
        states[t] = h = torch.tanh(a[t])
        if t in targets:
            loss = loss + (h - targets[t]) ** 2 / 2
    gradients = torch.autograd.grad(loss, [*states.values(), *a.values()])
    return {t: (gradients[t - 1].item(), gradients[t + 3].item()) for t in states}


def comes_back_to_the_second() -> float:
    U, delta = torch.tensor([[0.5, 2.0], [0.0, 1.0]]), torch.tensor([0.3, 0.1])
    h = torch.zeros(2, requires_grad=True)
    (U @ h).backward(delta)
    return h.grad[1].item()


def count(module: torch.nn.Module) -> int:
    return sum(weights.numel() for weights in module.parameters())


def most_units(layer: type[torch.nn.RNNBase], of: torch.nn.Module, inputs: int) -> int:
    """With how many units a layer still has at most as many parameters as another module."""
    sizes = range(1, 200)
    return max(H for H in sizes if count(layer(inputs, H)) <= count(of))


def kept_numbers(T: int, B: int, H: int) -> int:
    """How many numbers autograd keeps of a plain loop, without weights and inputs."""
    projected, U = torch.randn(T, B, H), torch.randn(H, H, requires_grad=True)
    kept = {}

    def put_away(tensor: torch.Tensor) -> torch.Tensor:
        memory = tensor.untyped_storage()
        if memory.data_ptr() != U.untyped_storage().data_ptr():
            kept[memory.data_ptr()] = memory.nbytes() // tensor.element_size()
        return tensor

    states = [torch.zeros(B, H)]
    with torch.autograd.graph.saved_tensors_hooks(put_away, lambda tensor: tensor):
        for projected_t in projected:
            states.append(torch.tanh(projected_t + states[-1] @ U.T))
    return sum(kept.values())


def share_with_credit(k: int, lag: int) -> float:
    """In what share of cases the input `lag` steps before gets gradient, in windows of k."""
    layer = Recurrent(SimpleCell, 1, 1)
    with torch.no_grad():
        layer.cell.U.fill_(1.0)  # nothing may fade to zero by itself
        layer.cell.W.fill_(0.01)
        layer.cell.b.zero_()
    x = torch.zeros(2 * k, 1, 1, requires_grad=True)
    found = []
    for steps, output in truncated(layer, x, k):
        for t, h_t in zip(range(steps.start, steps.stop), output, strict=True):
            if t >= k:  # before, some have no input so far back
                (gradient,) = torch.autograd.grad(h_t.sum(), x, retain_graph=True)
                found.append(bool(gradient[t - lag] != 0))
    return sum(found) / len(found)


def slope_over_two_steps(u: float, h: float) -> float:
    cell = SimpleCell(1, 1, dtype=torch.float64)
    with torch.no_grad():
        cell.U.fill_(u)
        cell.W.fill_(1.0)
        cell.b.fill_(math.atanh(h) - u * h)  # where it stands, it stays
    start = cell.State(torch.full((1, 1), h, dtype=torch.float64))
    J = step_jacobians(cell, torch.zeros(2, 1, 1, dtype=torch.float64), start)
    return (J[1] @ J[0]).item()


def clipped_length(of_U: float, of_b: float, threshold: float) -> float:
    parameters = [torch.nn.Parameter(torch.zeros(1)) for _ in range(2)]
    for parameter, length in zip(parameters, (of_U, of_b), strict=True):
        parameter.grad = torch.tensor([float(length)])
    torch.nn.utils.clip_grad_norm_(parameters, threshold)
    return parameters[1].grad.item()


def first_of_the_nucleus(top_p: float) -> float:
    p = torch.tensor([0.5, 0.2, 0.15, 0.1, 0.05], dtype=torch.float64)
    return truncate(p, top_p=top_p)[0].item()


BLANK = "\N{EN DASH}"  # as chapter 19 writes it
THREES = [3, 3, 3, 7]


def paths_in(text: str) -> list[str]:
    return re.findall("<code>(.*?)</code>", text)


def collapsed(path: str) -> str:
    return "".join(collapse(path, BLANK))


def path_of_the_try() -> str:
    (path,) = paths_in(number_of("19", "collapse-by-hand").text)
    return path


def merged(text: str) -> str:
    return "".join(symbol for symbol, _ in groupby(text))


def probability_of(text: str) -> float:
    """Of a text, from two steps of a blank with 0.6 and an a with 0.4: all its paths, added up."""
    y = {BLANK: 0.6, "a": 0.4}
    paths = product(y, repeat=2)
    return sum(math.prod(y[one] for one in path) for path in paths if collapsed(path) == text)


def frames(text: list[int]) -> int:
    return int(frames_needed(torch.tensor([text]), torch.tensor([len(text)])).item())


COMPUTED = {
    ("01", "first-step"): lambda: torch.zeros(800, 2, 4)[0].numel(),
    ("01", "window-grows"): lambda: count(WindowNet(100, 1, 64)) - count(WindowNet(12, 1, 64)),
    ("02", "parameters"): lambda: count(SimpleCell(10, 20)),
    ("03", "cost-of-two-guesses"): lambda: -(math.log2(1 / 2) + math.log2(1 / 8)) / 2,
    ("04", "numbers-kept"): lambda: kept_numbers(T=99, B=2, H=10),
    ("04", "share-of-cases"): lambda: 100 * share_with_credit(k=100, lag=75),
    ("04", "blank-delta"): lambda: round(backwards(0.5, {4: -0.6})[2][1], 4),
    ("04", "own-and-later"): lambda: round(backwards(0.9, {4: -0.6, 3: 0.1, 2: 0.5})[2][0], 2),
    ("04", "column-not-row"): comes_back_to_the_second,
    ("05", "two-steps-back"): lambda: slope_over_two_steps(u=2, h=0.8),
    ("06", "one-norm"): lambda: clipped_length(6, 8, 5),
    ("06", "on-the-watershed"): lambda: slope_over_two_steps(u=4, h=0.5),
    ("08", "count"): lambda: count(LSTMCell(2, 3)),
    ("11", "units-of-a-gru"): lambda: most_units(torch.nn.GRU, torch.nn.LSTM(3, 32), 3),
    ("11", "first-by-the-clock"): lambda: (300 * 50 - 400 * 30) / 1000,
    ("16", "bits-of-a-guess"): lambda: round(2 ** ((1 + 1 + 5) / 3), 2),
    ("16", "share-of-the-nucleus"): lambda: round(first_of_the_nucleus(0.8), 3),
    ("16", "perplexity-of-two"): lambda: round(2 ** ((60 + 40) / (30 + 10)), 2),
    ("19", "collapse-by-hand"): lambda: int(collapsed(path_of_the_try())),
    ("19", "frames-needed-by-hand"): lambda: frames(THREES),
    ("19", "likeliest-text"): lambda: probability_of("a"),
}


@pytest.mark.draws
@pytest.mark.parametrize(("chapter", "name"), COMPUTED)
def test_the_number_is_the_one_that_a_run_gives(chapter, name):
    question = number_of(chapter, name)
    assert COMPUTED[chapter, name]() == pytest.approx(question.answer, rel=1e-5)


WRONG = {
    ("01", "window-grows", 6529): lambda: count(WindowNet(100, 1, 64)),
    ("02", "parameters", 640): lambda: count(torch.nn.RNN(10, 20)),
    ("02", "parameters", 600): lambda: count(torch.nn.RNN(10, 20, bias=False)),
    ("03", "cost-of-two-guesses", 1.678): lambda: -math.log2((1 / 2 + 1 / 8) / 2),
    ("03", "cost-of-two-guesses", 1.386): lambda: -(math.log(1 / 2) + math.log(1 / 8)) / 2,
    ("05", "two-steps-back", 0.72): lambda: 2 * (1 - 0.8**2),
    ("05", "two-steps-back", 0.1296): lambda: (1 - 0.8**2) ** 2,
    ("05", "two-steps-back", 0.2592): lambda: 2 * (1 - 0.8**2) ** 2,
    ("05", "two-steps-back", 0.16): lambda: (2 * (1 - 0.8)) ** 2,
    ("08", "count", 84): lambda: count(torch.nn.LSTM(2, 3)),
    ("08", "count", 18): lambda: count(SimpleCell(2, 3)),
    ("11", "units-of-a-gru", 66): lambda: most_units(torch.nn.RNN, torch.nn.LSTM(3, 32), 3),
    ("11", "units-of-a-gru", 43): lambda: round(32 * 4 / 3),
    ("16", "bits-of-a-guess", 12): lambda: (2 + 2 + 32) / 3,
    ("16", "bits-of-a-guess", 2.91): lambda: 1 / ((1 / 2 + 1 / 2 + 1 / 32) / 3),
    ("16", "bits-of-a-guess", 10.31): lambda: math.exp((1 + 1 + 5) / 3),
    ("16", "share-of-the-nucleus", 0.526): lambda: first_of_the_nucleus(0.9),
    ("16", "share-of-the-nucleus", 0.714): lambda: first_of_the_nucleus(0.69),
    ("16", "perplexity-of-two", 8): lambda: 2 ** ((60 / 30 + 40 / 10) / 2),
    ("16", "perplexity-of-two", 10): lambda: (2 ** (60 / 30) + 2 ** (40 / 10)) / 2,
    ("16", "perplexity-of-two", 7): lambda: (30 * 2 ** (60 / 30) + 10 * 2 ** (40 / 10)) / 40,
    ("16", "perplexity-of-two", 12.18): lambda: math.exp((60 + 40) / (30 + 10)),
    ("06", "one-norm", 2.857): lambda: 8 * 5 / (6 + 8),
    ("06", "on-the-watershed", 4): lambda: (4 * (1 - 0.5)) ** 2,
    ("19", "collapse-by-hand", 20): lambda: int(merged(path_of_the_try().replace(BLANK, ""))),
    ("19", "collapse-by-hand", 2220): lambda: int(path_of_the_try().replace(BLANK, "")),
    ("19", "collapse-by-hand", 22): lambda: int(collapsed(path_of_the_try()).replace("0", "")),
    ("19", "frames-needed-by-hand", 4): lambda: len(THREES),
    ("19", "frames-needed-by-hand", 5): lambda: len(THREES) + (3 in THREES[1:]),
    ("19", "frames-needed-by-hand", 7): lambda: 2 * len(THREES) - 1,
    ("19", "frames-needed-by-hand", 9): lambda: 2 * len(THREES) + 1,
    ("19", "frames-needed-by-hand", 2): lambda: len(set(THREES)),
    ("19", "likeliest-text", 0.48): lambda: 2 * 0.6 * 0.4,
    ("19", "likeliest-text", 0.24): lambda: 0.6 * 0.4,
    ("19", "likeliest-text", 0.16): lambda: 0.4**2,
    ("19", "likeliest-text", 0.36): lambda: probability_of(""),
    ("19", "likeliest-text", 0.8): lambda: 0.4 + 0.4,
}


@pytest.mark.draws
@pytest.mark.parametrize(("chapter", "name", "number"), WRONG)
def test_a_mistake_leads_to_its_number(chapter, name, number):
    question = number_of(chapter, name)
    assert number in [mistake.answer for mistake in question.mistakes]
    assert abs(WRONG[chapter, name, number]() - number) <= question.tolerance


@pytest.mark.draws
def test_a_memory_needs_no_more_for_a_thousand_steps():
    assert count(MemoryNet(1, 16)) == 16 + 16 * 16 + 16 + 16 + 1 == 305
    assert [count(WindowNet(k, 1, 64)) for k in (12, 1000)] == [897, 64_129]


@pytest.mark.draws
def test_the_third_step_and_the_one_term_of_chapter_01() -> None:
    asked = {question.id: question for question in load_file("01").tries}
    unit = torch.nn.RNN(1, 1, bias=False)
    with torch.no_grad():
        unit.weight_ih_l0.fill_(1.0)
        unit.weight_hh_l0.fill_(0.5)
        states = unit(torch.tensor([1.0, 0.0, 0.0]).view(3, 1, 1))[0].flatten()
    assert [round(h, 4) for h in states.tolist()] == [0.7616, 0.3634, 0.1797]
    assert states[2].item() == pytest.approx(asked["third-step"].answer, abs=5e-4)
    assert torch.nn.RNN(1, 16).weight_hh_l0.numel() == asked["one-term"].answer


def test_paths_from_c4_back_to_c1():
    ways = {"c": 1, "h": 1}  # to c_1, and from there to h_1
    for _ in range(3):
        c = ways["c"] + ways["h"]
        ways = {"c": c, "h": c + ways["h"]}
    assert number_of("09", "count-paths").answer == ways["c"]


def test_which_paths_of_chapter_19_become_the_text():
    (asked,) = (one for one in load_file("19").tries if one.id == "three-alignments")
    for option in asked.options:
        (path,) = paths_in(option.text)
        assert len(path) == 10
        assert option.right == (collapsed(path) == "337"), path


def test_spikes_of_chapter_19_are_late_and_their_text_is_right():
    (asked,) = (one for one in load_quiz("19") if one.id == "when-was-it-said")
    spoken, written = paths_in(asked.text)
    assert len(spoken) == len(written)
    assert collapsed(written) == "337" == merged(spoken).replace(merged(spoken)[0], "")
    spikes = [t for t, symbol in enumerate(written) if symbol != BLANK]
    assert [spoken[t] == written[t] for t in spikes] == [False, True, False]
