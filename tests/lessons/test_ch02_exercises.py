"""The exercises of chapter 02: right answers in other words, and mistakes in other words."""

import re

import pytest
import torch
from torch.nn import functional as F

from rnncourse.checking import EXERCISES, engine
from rnncourse.checking.recognise import observe, quiet


def loops(x, h, W, U, b):
    new = torch.zeros(h.shape)
    for k in range(x.shape[0]):
        for i in range(h.shape[1]):
            total = b[i]
            for j in range(x.shape[1]):
                total = total + W[i, j] * x[k, j]
            for j in range(h.shape[1]):
                total = total + U[i, j] * h[k, j]
            new[k, i] = torch.tanh(total)
    return new


def linear(x, h, W, U, b):
    return torch.tanh(F.linear(x, W, b) + F.linear(h, U))


def einsum(x, h, W, U, b):
    return (torch.einsum("bd,hd->bh", x, W) + torch.einsum("bk,hk->bh", h, U) + b).tanh()


def concatenated(x, h, W, U, b):
    return torch.tanh(torch.cat([x, h], dim=1) @ torch.cat([W, U], dim=1).T + b)


def column_vectors(x, h, W, U, b):
    return torch.tanh(W @ x.T + U @ h.T + b[:, None]).T


def exponentials(x, h, W, U, b):
    total = x @ W.T + h @ U.T + b
    return 1 - 2 / (torch.exp(2 * total) + 1)


def torch_cell(x, h, W, U, b):
    cell = torch.nn.RNNCell(x.shape[1], h.shape[1])
    with torch.no_grad():
        cell.weight_ih.copy_(W)
        cell.weight_hh.copy_(U)
        cell.bias_ih.copy_(b)
        cell.bias_hh.zero_()
    return cell(x, h)


class Module(torch.nn.Module):
    def forward(self, x, h, W, U, b):
        return torch.nn.Parameter(linear(x, h, W, U, b))


STEPS = [loops, linear, einsum, concatenated, column_vectors, exponentials, torch_cell, Module()]


@pytest.mark.parametrize("step", STEPS, ids=lambda step: getattr(step, "__name__", "module"))
def test_correct_step_passes(step):
    assert engine.judge(EXERCISES["simple-step"], step).sentence.startswith("correct")


def stacked(x, h_0, W, U, b):
    h, states = h_0, []
    for x_t in x:
        h = linear(x_t, h, W, U, b)
        states.append(h)
    return torch.stack(states), states[-1]


def preallocated(x, h_0, W, U, b):
    output = torch.zeros(x.shape[0], x.shape[1], len(b))
    h = h_0
    for t in range(x.shape[0]):
        h = linear(x[t], h, W, U, b)
        output[t] = h
    return output, output[-1]


def projected_first(x, h_0, W, U, b):
    projected, h, states = x @ W.T + b, h_0.clone(), []
    for projected_t in projected.unbind(0):
        h.copy_(torch.tanh(projected_t + h @ U.T))
        states.append(h.clone())
    return torch.stack(states), h


def batch_first_inside(x, h_0, W, U, b):
    h, states = h_0, []
    x = x.transpose(0, 1)
    for t in range(x.shape[1]):
        h = linear(x[:, t], h, W, U, b)
        states.append(h)
    return torch.stack(states, dim=1).transpose(0, 1), h


def recursive(x, h_0, W, U, b):
    h = linear(x[0], h_0, W, U, b)
    if len(x) == 1:
        return h[None], h
    output, h_n = recursive(x[1:], h, W, U, b)
    return torch.cat([h[None], output]), h_n


def torch_layer(x, h_0, W, U, b):
    layer = torch.nn.RNN(x.shape[2], len(b))
    with torch.no_grad():
        layer.weight_ih_l0.copy_(W)
        layer.weight_hh_l0.copy_(U)
        layer.bias_ih_l0.copy_(b)
        layer.bias_hh_l0.zero_()
    output, h_n = layer(x, h_0[None])
    return output, h_n[0]


RUNS = [stacked, preallocated, projected_first, batch_first_inside, recursive, torch_layer]


@pytest.mark.parametrize("run", RUNS, ids=lambda run: run.__name__)
def test_correct_run_passes(run):
    assert engine.judge(EXERCISES["simple-unroll"], run).sentence.startswith("correct")


def chain(H=3, gain=2.0, order=(0, 1, 2), signs=(1.0, 1.0, 1.0)):
    """A chain through the units in `order`; the others stand idle."""
    W, U, b, v = torch.zeros(H, 1), torch.zeros(H, H), torch.zeros(H), torch.zeros(H)
    W[order[0], 0] = gain * signs[0]
    U[order[1], order[0]] = gain * signs[1]
    U[order[2], order[1]] = gain * signs[2]
    v[order[2]] = signs[0] * signs[1] * signs[2]
    return W, U, b, v


def whole_numbers():
    return (
        torch.tensor([[3], [0], [0]]),
        torch.tensor([[0, 0, 0], [3, 0, 0], [0, 3, 0]]),
        torch.zeros(3),
        torch.tensor([0, 0, 1]),
    )


def two_chains():
    W, U, b, v = chain()
    return torch.cat([W, W]), torch.block_diag(U, U), torch.cat([b, b]), torch.cat([v, v])


DELAYS = {
    "H=3": chain,
    "H=4": lambda: chain(H=4),
    "H=16": lambda: chain(H=16, order=(9, 3, 14)),
    "backwards": lambda: chain(order=(2, 1, 0)),
    "two signs": lambda: chain(signs=(1.0, -1.0, -1.0)),
    "sign undone by v": lambda: chain(signs=(-1.0, 1.0, 1.0)),
    "weak links, strong read-out": lambda: (*chain(gain=0.5)[:3], 10 * chain()[3]),
    "saturated": lambda: chain(gain=50.0),
    "float32": lambda: tuple(tensor.float() for tensor in chain()),
    "parameters": lambda: tuple(torch.nn.Parameter(tensor) for tensor in chain()),
    "whole numbers": whole_numbers,
    "two chains": two_chains,
}


@pytest.mark.parametrize("build", DELAYS.values(), ids=DELAYS.keys())
def test_correct_delay_passes(build):
    assert engine.judge(EXERCISES["delay-by-hand"], build).sentence == "correct."


OTHER_WORDS = {
    "delay-one": lambda: tuple(
        torch.tensor(weight) for weight in ([[2], [0]], [[0, 0], [2, 0]], [0, 0], [0, 1])
    ),
    "no-delay": lambda: (*chain()[:3], torch.tensor([1, 0, 0])),
    "delay-three": lambda: (
        torch.tensor([[1.5], [0], [0], [0], [0]]),
        torch.diag(torch.full((4,), 3.0), -1),
        torch.zeros(5),
        torch.tensor([0, 0, 0, 1.0, 0]),
    ),
    "sign-flipped": lambda: (*chain(signs=(1.0, 1.0, -1.0))[:3], chain()[3]),
    "too-weak": lambda: (*chain()[:3], 0.2 * chain()[3]),
    "nothing-arrives": lambda: (chain()[0], torch.zeros(3, 3), *chain()[2:]),
    "first-input-latched": lambda: tuple(
        torch.tensor(weight) for weight in ([[2.0], [0.0]], [[5.0, 0], [5.0, 0]], [0, 0], [0, 1])
    ),
    "majority": lambda: (*chain(gain=3.0)[:3], torch.full((3,), 0.5)),
}


def with_weights(**places):
    """The right chain with single numbers set otherwise: ``W_0=0`` or ``U_2_1=-1``."""
    weights = dict(zip("WUbv", chain(), strict=True))
    for place, value in places.items():
        name, *index = place.split("_")
        weights[name][tuple(map(int, index))] = value
    return tuple(weights.values())


RIGHT_CHAIN = [
    ("too-weak", {"v_2": 0.2}, "at its end, by v?"),
    ("too-weak", {"U_1_0": 0.1}, "on its way, from copy to copy"),
    ("delay-one", {"W_0": 0.0, "W_1": 2.0}, "to the unit that v reads"),
    ("delay-one", {"v_2": 0.0, "v_1": 1.0}, "to the unit that v reads"),
    ("no-delay", {"W_1": 2.0, "W_2": 2.0}, "does it take a short cut?"),
    ("nothing-arrives", {"v_2": 0.0}, "v says which unit is read"),
    ("nothing-arrives", {"W_0": 0.0}, "W says which unit reads the input"),
    ("sign-flipped", {"W_0": -2.0}, "v included"),
]


@pytest.mark.parametrize(("name", "places", "says"), RIGHT_CHAIN)
def test_what_is_said_of_a_right_chain_with_a_wrong_end_is_not_said_of_the_chain(
    name, places, says
):
    verdict = engine.judge(EXERCISES["delay-by-hand"], lambda: with_weights(**places))
    assert verdict.mistake == name
    assert says in verdict.sentence


@pytest.mark.parametrize(("name", "build"), OTHER_WORDS.items(), ids=OTHER_WORDS.keys())
def test_delay_mistake_is_named_for_other_weights_too(name, build):
    assert engine.judge(EXERCISES["delay-by-hand"], build).mistake == name


@pytest.mark.parametrize("tensor", range(4))
def test_delay_needs_every_weight_of_its_chain(tensor):
    weights = chain()
    for index in weights[tensor].nonzero().tolist():
        broken = [weight.clone() for weight in weights]
        broken[tensor][tuple(index)] = 0.0
        assert engine.judge(EXERCISES["delay-by-hand"], lambda b=broken: tuple(b)).kind == "failed"


def test_random_weights_are_no_delay():
    for seed in range(20):
        generator = torch.Generator().manual_seed(seed)
        H = 1 + seed % 16
        weights = tuple(
            torch.randn(shape, generator=generator) for shape in ((H, 1), (H, H), (H,), (H,))
        )
        verdict = engine.judge(EXERCISES["delay-by-hand"], lambda w=weights: w)
        assert verdict.kind == "failed"
        assert verdict.mistake or "the read-out first goes wrong at t = " in verdict.sentence


def test_every_beginning_of_eight_steps_is_tried():
    exercise = EXERCISES["delay-by-hand"]
    with quiet():
        y = observe(exercise, chain, ())[0]
    assert len({tuple(signs) for signs in y[2:10].sign().T.tolist()}) == 2**8


@pytest.mark.parametrize(
    ("build", "says"),
    [
        (lambda: chain(H=17), "hidden size H is 17; choose one from 1 to 16"),
        (lambda: (*chain()[:3], torch.zeros(4)), "v has shape (4,); expected (H,) = (3,)"),
        (lambda: (torch.zeros(3), *chain()[1:]), "W has shape (3,); expected (H, 1)"),
        (lambda: (chain()[0].T, *chain()[1:]), "W has shape (1, 3); expected (H, 1) = (3, 1)"),
        (lambda: (*chain()[:3], chain()[3][None]), "v has shape (1, 3); expected (H,) = (3,)"),
        (lambda: (*chain()[:2], torch.tensor([0, 0, torch.nan]), chain()[3]), "b holds a number"),
        (lambda: chain()[:3], "returns a tuple of 3; expected a tuple of 4, (W, U, b, v)"),
        (lambda: (*chain()[:3], [0, 0]), "v has shape (2,); expected (H,) = (3,)"),
        (lambda: (*chain()[:3], chain()[3].to(torch.complex64)), "expected real numbers"),
    ],
)
def test_weights_that_cannot_run(build, says):
    verdict = engine.judge(EXERCISES["delay-by-hand"], build)
    assert verdict.kind == "failed"
    assert says in verdict.sentence


def test_delay_explains_the_first_wrong_step():
    def half_of_it():
        return *chain()[:3], torch.tensor([0.0, 2.0, 1.0])

    verdict = engine.judge(EXERCISES["delay-by-hand"], half_of_it)
    says = r"signs begin ([+-]) [+-] [+-], the read-out first goes wrong at t = 3: x_1 was \1\d, "
    assert verdict.mistake == "delay-one"
    exercise = EXERCISES["delay-by-hand"]
    with quiet():
        mine = observe(exercise, half_of_it, ())
        sentence = exercise.explain(mine, mine)
    assert re.search(says, sentence)
    assert "is held by h[2]; v reads h[1] (x_(t-1)), h[2] (x_(t-2))." in sentence


def test_units_that_keep_themselves_are_said_to_hold_more_than_one_input():
    weights = (chain()[0], chain()[1] + 2 * torch.eye(3), *chain()[2:])
    verdict = engine.judge(EXERCISES["delay-by-hand"], lambda: weights)
    assert "is held by no unit; v reads h[2] (more than one input)." in verdict.sentence


def batch_for_time_stacked_second(x, h_0, W, U, b):
    h, states = h_0, []
    for t in range(x.shape[1]):
        h = linear(x[:, t], h, W, U, b)
        states.append(h)
    return torch.stack(states, dim=1), h


def test_batch_for_time_is_named_wherever_the_error_hides_the_rest():
    verdict = engine.judge(EXERCISES["simple-unroll"], batch_for_time_stacked_second)
    assert verdict.mistake == "batch-for-time"
