"""Gradients by hand equal autograd's; probes equal finite differences and definitions."""

from typing import Any, ClassVar, NamedTuple

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from rnnbook import GRUCell, LSTMCell, Recurrent, SimpleCell
from rnnbook.cells import Cell
from rnnbook.gradients import (
    bptt,
    gradient_norms,
    lag_jacobians,
    singular_values,
    step_jacobians,
    truncated,
    truncated_gradient,
)

FLOAT64 = {"dtype": torch.float64}


class TwoStates(NamedTuple):
    h: Tensor
    c: Tensor


class Leaky(Cell):
    """A cell with two fields in its state and two blocks of rows, as gated cells have."""

    State: ClassVar[Any] = TwoStates

    def __init__(self, input_size, hidden_size, **options):
        super().__init__(input_size, hidden_size, rows=2, **options)

    def step(self, projected_t, state):
        keep, new = (projected_t + state.h @ self.U.T).chunk(2, dim=-1)
        c = torch.sigmoid(keep) * state.c + torch.tanh(new)
        return TwoStates(torch.tanh(c), c)


def problem(kind, T, B, D, H, seed=0, **options):
    torch.manual_seed(seed)
    cell = kind(D, H, **options, **FLOAT64)
    state = cell.State(*(torch.randn(B, H, **FLOAT64) for _ in cell.State._fields))
    return cell, torch.randn(T, B, D, **FLOAT64), state


def unroll(cell, x, state):
    states = []
    for x_t in x:
        state = cell(x_t, state)
        states.append(state)
    return states


sizes = {
    "T": st.integers(1, 7),
    "B": st.integers(1, 4),
    "D": st.integers(1, 4),
    "H": st.integers(1, 5),
    "seed": st.integers(0, 10_000),
}


@settings(deadline=None)
@given(
    **sizes,
    nonlinearity=st.sampled_from(["tanh", "relu"]),
    bias=st.booleans(),
    initial=st.booleans(),
)
def test_bptt_equals_autograd(T, B, D, H, seed, nonlinearity, bias, initial):
    cell, x, state = problem(SimpleCell, T, B, D, H, seed, nonlinearity=nonlinearity, bias=bias)
    dh = torch.randn(T, B, H, **FLOAT64)
    h_0 = state.h if initial else torch.zeros_like(state.h)
    ours = bptt(cell, x, dh, h_0 if initial else None)

    x.requires_grad_()
    h_0.requires_grad_()
    output = torch.stack([s.h for s in unroll(cell, x, cell.State(h_0))])
    (output * dh).sum().backward()
    theirs = [x.grad, cell.W.grad, cell.U.grad, cell.b.grad if bias else ours.b, h_0.grad]
    for name, mine, autograd in zip(ours._fields, ours, theirs, strict=True):
        assert mine.shape == autograd.shape, name
        assert (mine - autograd).abs().max() < 1e-10, name


def test_bptt_names_a_wrong_shape():
    cell, x, _ = problem(SimpleCell, 4, 2, 3, 5)
    with pytest.raises(ValueError, match=r"dh must have shape \(T, B, H\) = \(4, 2, 5\)"):
        bptt(cell, x, torch.zeros(2, 5))


@settings(deadline=None, max_examples=30)
@given(**sizes, k=st.integers(1, 8), layers=st.integers(1, 2), initial=st.booleans())
def test_truncation_carries_the_state(T, B, D, H, seed, k, layers, initial):
    torch.manual_seed(seed)
    layer = Recurrent(SimpleCell, D, H, num_layers=layers, **FLOAT64)
    x = torch.randn(T, B, D, **FLOAT64)
    state = torch.randn(layers, B, H, **FLOAT64) if initial else None
    windows = list(truncated(layer, x, k, state))
    assert [t for steps, _ in windows for t in range(T)[steps]] == list(range(T))
    assert all(len(output) == k for _, output in windows[:-1])
    output = torch.cat([output for _, output in windows])
    assert (output - layer(x, state)[0]).abs().max() < 1e-10


@pytest.mark.parametrize("k", [1, 2, 3, 5, 6, 100])
def test_truncated_gradient_cuts_at_the_windows(k):
    torch.manual_seed(0)
    layer = Recurrent(SimpleCell, 2, 3, **FLOAT64)
    x = torch.randn(6, 4, 2, **FLOAT64)
    direct = torch.randn(6, 4, 3, **FLOAT64)
    ours = truncated_gradient(layer, x, lambda output: (output * direct).sum(), k)

    # By hand: each window on its own, from the state that the run before it reached.
    h, expected = torch.zeros(4, 3, **FLOAT64), {}
    for start in range(0, 6, k):
        part = bptt(layer.cell, x[start : start + k], direct[start : start + k], h)
        for name in ("W", "U", "b"):
            expected[name] = expected.get(name, 0) + getattr(part, name)
        for x_t in x[start : start + k]:
            h = layer.cell(x_t, layer.cell.State(h)).h.detach()
    assert len(ours) == 3
    for name, gradient in ours.items():
        assert (gradient - expected[name.split(".")[-1]]).abs().max() < 1e-10
    assert all(p.grad is None for p in layer.parameters())


@pytest.mark.draws
def test_truncation_gives_no_credit_across_windows():
    layer = Recurrent(SimpleCell, 1, 3, **FLOAT64)
    x = torch.randn(6, 1, 1, **FLOAT64, requires_grad=True)
    for steps, output in truncated(layer, x, 4):
        (gradient,) = torch.autograd.grad(output[-1].sum(), x)
        reached = gradient.flatten().nonzero().flatten().tolist()
        assert reached == list(range(6))[steps]


@pytest.mark.draws
def test_truncated_names_what_is_wrong():
    x = torch.zeros(4, 1, 1)
    with pytest.raises(ValueError, match="k must be a positive int, got 0"):
        list(truncated(Recurrent(SimpleCell, 1, 1), x, 0))
    with pytest.raises(ValueError, match="layer must read forwards only"):
        list(truncated(Recurrent(SimpleCell, 1, 1, bidirectional=True), x, 2))


@settings(deadline=None, max_examples=30)
@given(**sizes, kind=st.sampled_from([SimpleCell, LSTMCell, GRUCell, Leaky]), initial=st.booleans())
def test_jacobians_equal_autograd_over_the_whole_path(T, B, D, H, seed, kind, initial):
    cell, x, state = problem(kind, T, B, D, H, seed)
    if not initial:
        state = cell.initial_state(B)
    steps = step_jacobians(cell, x, state if initial else None)
    S = H * len(cell.State._fields)
    assert steps.shape == (T, B, S, S)
    J = lag_jacobians(steps)
    assert torch.equal(J[0], torch.eye(S, **FLOAT64).expand(B, S, S))

    def whole(*fields):  # from s_0 to s_T
        return torch.cat(unroll(cell, x, cell.State(*fields))[-1], dim=-1).sum(dim=0)

    columns = torch.autograd.functional.jacobian(whole, tuple(state))  # (S, B, H) a field
    expected = torch.cat(columns, dim=-1).transpose(0, 1)
    assert (J[T] - expected).abs().max() < 1e-10
    assert not steps.requires_grad


def test_simple_cells_jacobian_is_the_books_formula():
    cell, x, state = problem(SimpleCell, 3, 2, 2, 4)
    h = [s.h for s in unroll(cell, x, state)]
    for t, J in enumerate(step_jacobians(cell, x, state)):
        # ∂h_t/∂h_{t-1} = diag(1 − h_t²) U: rows the later state
        expected = torch.diag_embed(1 - h[t] ** 2) @ cell.U
        assert (J - expected).abs().max() < 1e-12


def test_singular_values_by_lag():
    cell, x, state = problem(SimpleCell, 5, 2, 2, 3)
    values = singular_values(cell, x, state)
    assert values.shape == (6, 2, 3)
    assert torch.allclose(values[0], torch.ones(2, 3, **FLOAT64))
    assert (values[:, :, :-1] >= values[:, :, 1:]).all()
    steps = step_jacobians(cell, x, state)
    last_two = steps[-1] @ steps[-2]
    norm = torch.linalg.matrix_norm(last_two, ord=2)
    assert torch.allclose(values[2, :, 0], norm)


def test_orthogonal_linear_path_neither_shrinks_nor_grows():
    torch.manual_seed(0)
    cell = SimpleCell(1, 4, nonlinearity="relu", **FLOAT64)
    with torch.no_grad():
        cell.U.copy_(torch.eye(4).roll(1, dims=0))  # a permutation keeps every state positive
    ones = cell.State(torch.ones(1, 4, **FLOAT64))
    x = torch.zeros(20, 1, 1, **FLOAT64)
    cell.b.data.zero_()
    assert torch.allclose(singular_values(cell, x, ones), torch.ones(21, 1, 4, **FLOAT64))


@settings(deadline=None, max_examples=30)
@given(
    **sizes,
    kind=st.sampled_from([SimpleCell, LSTMCell, GRUCell, Leaky]),
    at_end=st.booleans(),
)
def test_gradient_norms_equal_autograd(T, B, D, H, seed, kind, at_end):
    cell, x, state = problem(kind, T, B, D, H, seed)

    def loss(output):
        return (output[-1] if at_end else output).square().sum()

    norms = gradient_norms(cell, x, loss, state)
    assert set(norms) == {"x", *cell.State._fields}
    assert all(norm.shape == (T, B) for norm in norms.values())
    x.requires_grad_()
    states = unroll(cell, x, state)
    for s in states:
        for field in s:
            field.retain_grad()
    loss(torch.stack([s.h for s in states])).backward()
    assert torch.allclose(norms["x"], x.grad.norm(dim=-1), atol=1e-10)
    for name in cell.State._fields:
        gradients = [getattr(s, name).grad for s in states]
        expected = torch.stack(
            [torch.zeros(B, H, **FLOAT64) if g is None else g for g in gradients]
        )
        assert torch.allclose(norms[name], expected.norm(dim=-1), atol=1e-10)


def test_gradient_norms_leave_the_model_alone():
    cell, x, _ = problem(SimpleCell, 3, 2, 2, 2)
    norms = gradient_norms(cell, x, lambda output: output[0].sum())
    assert torch.all(norms["x"][1:] == 0)
    assert torch.all(norms["h"][1:] == 0)
    assert not x.requires_grad
    assert all(p.grad is None for p in cell.parameters())
