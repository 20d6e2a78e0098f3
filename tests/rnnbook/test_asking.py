"""``step`` and ``project`` called directly: refused or right, in readers' own cells too.

And a loop over time, which has checked what it takes, asks nothing at any step.
"""

from __future__ import annotations

import sys
from functools import wraps
from typing import Any, ClassVar, NamedTuple

import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.nn.utils import parametrizations, prune

from rnnbook import LSTMCell, Recurrent, SimpleCell
from rnnbook.cells import CELLS, Cell, HiddenState, LSTMState, base
from rnnbook.gradients import gradient_norms, step_jacobians

# Refusals and equalities: they hold for every draw.
pytestmark = pytest.mark.draws

T, B, D, H = 4, 2, 3, 5


class OwnStep(Cell):
    """The usual one: its own step, the book's ``project``."""

    step = lambda self, projected_t, state: HiddenState(  # noqa: E731
        torch.tanh(projected_t + state.h @ self.U.T)
    )


class OwnProject(SimpleCell):
    """It hands on the input itself, and multiplies in its step."""

    def project(self, x):
        return x

    def step(self, x_t, state):
        return super().step(nn.functional.linear(x_t, self.W, self.b), state)


class WithSum(NamedTuple):
    h: Tensor
    c: Tensor
    n: Tensor


class OwnState(LSTMCell):
    """It remembers more than its parent, and hands its parent what that one knows."""

    State: ClassVar[Any] = WithSum

    def step(self, projected_t, state, by=1):
        h, c = super().step(projected_t, LSTMState(state.h, state.c))
        return WithSum(h, c, state.n + by * h)


class AndSquares(SimpleCell):
    """Its parent reads each input and its square: twice as many features."""

    def __init__(self, input_size, hidden_size):
        super().__init__(2 * input_size, hidden_size)
        self.input_size = input_size

    def project(self, x):
        return super().project(torch.cat([x, x**2], dim=-1))


OWN = (OwnStep, OwnProject, OwnState, AndSquares)


every_cell = pytest.mark.parametrize("kind", [*CELLS, *OWN])


def one_sequence(values, row):
    return values[row : row + 1]


@every_cell
@settings(max_examples=60, deadline=None, derandomize=True)
@given(data=st.data())
def test_a_step_is_refused_or_that_of_each_sequence(kind, data):
    """Whatever the shapes: torch would broadcast many of them, and say nothing."""
    cell = kind(D, H)
    rows = cell.project(torch.randn(B, D)).shape[-1]
    shapes = st.lists(st.sampled_from([1, B, H, rows]), max_size=3)
    shape = data.draw(st.just([B, rows]) | shapes, label="projected_t")
    of_state = [data.draw(st.just([B, H]) | shapes, label=name) for name in cell.State._fields]
    # how wide it is, is known to a cell's own ``project`` alone
    assume(kind.project is Cell.project or len(shape) != 2 or shape[1] == rows)
    projected_t, state = torch.randn(shape), cell.State(*map(torch.randn, of_state))
    if shape != [*shape[:1], rows] or any(field != [shape[0], H] for field in of_state):
        with pytest.raises(ValueError, match=r"^(projected_t|state \w) must have .*, got \("):
            cell.step(projected_t, state)
        return
    found = cell.step(projected_t, state)
    for row in range(len(projected_t)):
        alone = (one_sequence(field, row) for field in state)
        alone = cell.step(one_sequence(projected_t, row), cell.State(*alone))
        for one, many in zip(alone, found, strict=True):
            torch.testing.assert_close(one, one_sequence(many, row))


@every_cell
def test_what_fits_is_taken(kind):
    """In one step and in many, by position and by name; and as a layer does it."""
    layer = Recurrent(kind, D, H)
    cell, x = layer.cell, torch.randn(T, B, D)
    state = cell.initial_state(B)
    for x_t, projected_t in zip(x, cell.project(x), strict=True):
        torch.testing.assert_close(cell.project(x=x_t), projected_t)
        state = cell.step(projected_t, state=state)
    torch.testing.assert_close(state.h, layer(x)[0][-1])


def test_a_step_with_an_argument_of_its_own():
    cell = OwnState(D, H)
    state = cell.step(cell.project(torch.randn(B, D)), cell.initial_state(B), by=3)
    torch.testing.assert_close(state.n, 3 * state.h)


PASSES = {
    "layer": lambda layer, x: layer(x),
    "without gradients": lambda layer, x: layer.requires_grad_(False)(x),
    "lengths": lambda layer, x: layer(x, lengths=[T, 1]),
    "trace": lambda layer, x: layer.trace(x),
    "one step": lambda layer, x: layer.cell(x[0]),
    "gradient_norms": lambda layer, x: gradient_norms(layer.cell, x, torch.sum),
    "step_jacobians": lambda layer, x: step_jacobians(layer.cell, x),
}


def questions(call):
    """How many times a cell's ``project`` or ``step`` asks what it is called with."""
    asked, of = [], {base._fits_project.__code__, base._fits_step.__code__}
    sys.setprofile(lambda frame, event, _: asked.append(event) if frame.f_code in of else None)
    try:
        call()
    finally:
        sys.setprofile(None)
    return asked.count("call")


@every_cell
@pytest.mark.parametrize("way", sorted(PASSES))
def test_a_loop_asks_nothing(kind, way):
    layer, x = Recurrent(kind, D, H), torch.randn(T, B, D)
    assert questions(lambda: PASSES[way](layer, x)) == 0
    assert questions(lambda: layer.cell.step(layer.cell.project(x[0]), layer.cell(x[0]))) == 2


TOOLS = {
    "prune": lambda cell: prune.l1_unstructured(cell, "W", amount=0.5),
    "weight_norm": lambda cell: parametrizations.weight_norm(cell, "W"),
    "spectral_norm": lambda cell: parametrizations.spectral_norm(cell, "U"),
}


@every_cell
@pytest.mark.parametrize("tool", sorted(TOOLS))
def test_weights_computed_from_others(kind, tool):
    cell = kind(D, H)
    TOOLS[tool](cell)
    projected_t, state = cell.project(torch.randn(B, D)), cell.initial_state(B)
    assert cell.step(projected_t, state).h.shape == (B, H)
    with pytest.raises(ValueError, match=r"^state h must have shape \(B, H\) = \(2, 5\), got"):
        cell.step(projected_t, state._replace(h=torch.zeros(1, H)))


def around(method, calls):
    """A wrapper as readers write them."""

    @wraps(method)
    def counted(*arguments):
        calls.append(arguments)
        return method(*arguments)

    return counted


@pytest.mark.parametrize("of", ["cell", "class"])
def test_what_is_put_in_a_methods_place_is_used(of, monkeypatch):
    """Also where it wraps the one that was there, and has taken over all that marks it."""
    layer, x, calls = Recurrent(SimpleCell, D, H), torch.randn(T, B, D), []
    expected = layer(x, lengths=[T] * B)[0]
    owner = layer.cell if of == "cell" else SimpleCell
    for name in ("project", "step"):
        monkeypatch.setattr(owner, name, around(getattr(owner, name), calls))
    assert torch.equal(layer(x, lengths=[T] * B)[0], expected)
    assert len(calls) == 1 + T
