"""Equal to `torch.nn`: outputs, last states and every gradient, in float64 to 1e-10."""

from __future__ import annotations

from typing import NamedTuple

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from rnnbook import GRUCell, LSTMCell, Recurrent, SimpleCell

TOLERANCE = 1e-10

# One row an architecture: the cell, its options, and the torch.nn module that computes the same.
ARCHITECTURES = {
    "simple-tanh": (SimpleCell, {"nonlinearity": "tanh"}, nn.RNN),
    "simple-relu": (SimpleCell, {"nonlinearity": "relu"}, nn.RNN),
    "lstm": (LSTMCell, {}, nn.LSTM),
    "gru": (GRUCell, {}, nn.GRU),
}


class Case(NamedTuple):
    architecture: str
    T: int
    B: int
    D: int
    H: int
    num_layers: int
    bidirectional: bool
    bias: bool
    lengths: list[int] | None
    initial: bool
    seed: int


@st.composite
def cases(draw: st.DrawFn) -> Case:
    T, B = draw(st.integers(1, 7)), draw(st.integers(1, 4))
    lengths = st.none() | st.lists(st.integers(1, T), min_size=B, max_size=B)
    return Case(
        draw(st.sampled_from(sorted(ARCHITECTURES))),
        T,
        B,
        draw(st.integers(1, 4)),
        draw(st.integers(1, 5)),
        draw(st.integers(1, 3)),
        draw(st.booleans()),
        draw(st.booleans()),
        draw(lengths),
        draw(st.booleans()),
        draw(st.integers(0, 2**31)),
    )


def run_torch(module, x, state, lengths):
    if lengths is None:
        return module(x, state)
    packed = pack_padded_sequence(x, torch.tensor(lengths), enforce_sorted=False)
    output, last = module(packed, state)
    return pad_packed_sequence(output, total_length=x.shape[0])[0], last


def close(ours, theirs):
    torch.testing.assert_close(ours, theirs, rtol=TOLERANCE, atol=TOLERANCE)


def as_tuple(state):
    return state if isinstance(state, tuple) else (state,)


@settings(max_examples=120, deadline=None)
@given(cases())
def test_equal_to_torch(case):
    torch.manual_seed(case.seed)
    cell, options, torch_class = ARCHITECTURES[case.architecture]
    module = torch_class(
        case.D,
        case.H,
        num_layers=case.num_layers,
        bidirectional=case.bidirectional,
        bias=case.bias,
        dtype=torch.float64,
        **options,
    )
    layer = Recurrent.from_torch(module)
    assert isinstance(layer._flat_cells()[0], cell)

    x = torch.randn(case.T, case.B, case.D, dtype=torch.float64)
    shape = (case.num_layers * layer.directions, case.B, case.H)
    fields = cell.State._fields
    starts = [torch.randn(shape, dtype=torch.float64) for _ in fields] if case.initial else []
    results = []
    for run in (
        lambda x, s: layer(x, s, case.lengths),
        lambda x, s: run_torch(module, x, s, case.lengths),
    ):
        inputs = [v.clone().requires_grad_() for v in (x, *starts)]
        state = None
        if case.initial:
            state = inputs[1] if len(fields) == 1 else tuple(inputs[1:])
        output, last = run(inputs[0], state)
        weights = torch.linspace(-1, 2, output.numel(), dtype=torch.float64).view_as(output)
        loss = (output * weights).sum() + sum(part.square().sum() for part in as_tuple(last))
        loss.backward()
        results.append((output, *as_tuple(last), *(v.grad for v in inputs)))
    for ours, theirs in zip(*results, strict=True):
        close(ours, theirs)

    for names, ours in zip(module._all_weights, layer._flat_cells(), strict=True):
        expected = [getattr(module, name).grad for name in names]
        close(ours.W.grad, expected[0])
        close(ours.U.grad, expected[1])
        if case.bias:
            b_W, b_U = expected[2:]
            close(ours.b.grad, b_W)
            if cell is GRUCell:  # n's part of the second bias is inside the reset product
                b_U, b_U_n = b_U[: 2 * case.H], b_U[2 * case.H :]
                close(ours.b_U.grad, b_U_n)
            # otherwise torch's two biases only add up: same gradient, each
            close(ours.b.grad[: len(b_U)], b_U)


@settings(max_examples=40, deadline=None)
@given(cases())
def test_to_torch_and_back(case):
    torch.manual_seed(case.seed)
    cell, options, _ = ARCHITECTURES[case.architecture]
    layer = Recurrent(
        cell,
        case.D,
        case.H,
        case.num_layers,
        case.bidirectional,
        bias=case.bias,
        dtype=torch.float64,
        **options,
    )
    x = torch.randn(case.T, case.B, case.D, dtype=torch.float64)
    module = layer.to_torch()
    output, last = layer(x, lengths=case.lengths)
    expected = run_torch(module, x, None, case.lengths)
    close(output, expected[0])
    for ours, theirs in zip(as_tuple(last), as_tuple(expected[1]), strict=True):
        close(ours, theirs)
    again = Recurrent.from_torch(module)
    for ours, theirs in zip(layer.parameters(), again.parameters(), strict=True):
        close(ours, theirs)


@pytest.mark.parametrize("architecture", sorted(ARCHITECTURES))
def test_starts_like_torch(architecture):
    """The same distribution of first weights: uniform on ±1/√H."""
    cell, options, torch_class = ARCHITECTURES[architecture]
    torch.manual_seed(0)
    ours = torch.cat([p.detach().flatten() for p in cell(80, 400, **options).parameters()])
    theirs = torch_class(80, 400, **options).weight_hh_l0.detach().flatten()
    for sample in (ours, theirs):
        assert sample.abs().max() <= 1 / 20
        assert sample.std().item() == pytest.approx(1 / 20 / 3**0.5, rel=0.02)


@pytest.mark.parametrize("architecture", sorted(ARCHITECTURES))
def test_dropout_acts_between_layers_only(architecture):
    cell, options, _ = ARCHITECTURES[architecture]
    torch.manual_seed(0)
    x = torch.randn(5, 3, 2)
    one = Recurrent(cell, 2, 4, num_layers=1, dropout=0.5, **options)
    torch.testing.assert_close(one(x)[0], one.eval()(x)[0], rtol=0, atol=0)
    two = Recurrent(cell, 2, 64, num_layers=2, dropout=0.5, **options)
    assert not torch.equal(two(x)[0], two(x)[0])
    assert torch.equal(two.eval()(x)[0], two(x)[0])


@pytest.mark.draws
@pytest.mark.parametrize("architecture", sorted(ARCHITECTURES))
def test_one_step_at_a_time(architecture):
    """Calling the cell step by step gives what the layer gives at once."""
    cell, options, _ = ARCHITECTURES[architecture]
    layer = Recurrent(cell, 3, 4, dtype=torch.float64, **options)
    x = torch.randn(6, 2, 3, dtype=torch.float64)
    state = None
    output, _ = layer(x)
    for t, x_t in enumerate(x):
        state = layer.cell(x_t, state)
        close(state.h, output[t])
