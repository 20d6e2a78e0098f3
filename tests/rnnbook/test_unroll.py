"""Unrolling: traces, clamps, lengths, errors; and that a new cell needs nothing but itself."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from rnnbook import Recurrent, SimpleCell
from rnnbook.cells import Cell, HiddenState


class LeakyCell(Cell):
    """A new architecture, as a reader would write one: a gate that mixes old and new."""

    gates = ("z", "n")

    def __init__(self, input_size, hidden_size, **options):
        super().__init__(input_size, hidden_size, rows=2, **options)

    def step(self, projected_t, state):
        a = projected_t + nn.functional.linear(state.h, self.U)
        z_a, n_a = a.chunk(2, dim=1)
        z = self.gate("z", torch.sigmoid(z_a))
        n = self.gate("n", torch.tanh(n_a))
        return HiddenState((1 - z) * n + z * state.h)


@pytest.fixture
def x():
    torch.manual_seed(1)
    return torch.randn(7, 3, 2)


@pytest.mark.draws
def test_trace_holds_every_state_and_gate(x):
    layer = Recurrent(LeakyCell, 2, 4)
    output, _ = layer(x)
    trace = layer.trace(x)
    assert torch.equal(trace.h, output)
    assert trace.z.shape == trace.n.shape == (7, 3, 4)
    before = torch.cat([torch.zeros(1, 3, 4), trace.h[:-1]])
    torch.testing.assert_close(trace.h, (1 - trace.z) * trace.n + trace.z * before)
    assert layer.cell._record is None


@pytest.mark.draws
def test_trace_by_layer_and_direction(x):
    layer = Recurrent(LeakyCell, 2, 4, num_layers=2, bidirectional=True)
    output, h_n = layer(x)
    trace = layer.trace(x)
    assert torch.equal(torch.cat([trace[1, 0].h, trace[1, 1].h], dim=2), output)
    assert torch.equal(trace[0, 0].h[-1], h_n[0])  # forwards ends at the last step
    assert torch.equal(trace[0, 1].h[0], h_n[1])  # backwards ends at the first
    with pytest.raises(AttributeError, match=r"trace\[layer, direction\]"):
        _ = trace.h
    with pytest.raises(KeyError, match=r"\(2, 0\)"):
        trace[2, 0]


@pytest.mark.draws
def test_trace_is_zero_beyond_the_length(x):
    layer = Recurrent(LeakyCell, 2, 4, bidirectional=True)
    lengths = [7, 4, 1]
    output, _ = layer(x, lengths=lengths)
    trace = layer.trace(x, lengths=lengths)
    assert torch.equal(torch.cat([trace[0, 0].h, trace[0, 1].h], dim=2), output)
    assert (trace[0, 0].z[4:, 1] == 0).all()
    assert (trace[0, 1].z[:4, 1] != 0).all()


@pytest.mark.draws
def test_clamp_replaces_the_gate_and_is_undone(x):
    layer = Recurrent(LeakyCell, 2, 4, num_layers=2)
    free, _ = layer(x)
    start = torch.randn(2, 3, 4)
    with layer.clamp(z=1.0):
        kept, last = layer(x, start)
        with layer.clamp(z=torch.tensor([1.0, 0.0, 1.0, 0.0]), n=0.5):
            mixed = layer.trace(x)
        assert (layer.trace(x)[1, 0].z == 1).all()
    assert torch.equal(kept, start[1].expand(7, 3, 4))
    assert torch.equal(last, start)
    assert (mixed[1, 0].h[:, :, 1] == 0.5).all()
    assert (mixed[1, 0].h[:, :, 0] == 0).all()
    assert torch.equal(layer(x)[0], free)


@pytest.mark.draws
def test_clamp_errors(x):
    layer = Recurrent(LeakyCell, 2, 4)
    with pytest.raises(ValueError, match="LeakyCell has gates z, n"), layer.clamp(f=1.0):
        pass
    with pytest.raises(ValueError, match="SimpleCell has no gates"):
        Recurrent(SimpleCell, 2, 4).clamp(f=1.0).__enter__()
    with (
        pytest.raises(ValueError, match=r"clamp z must broadcast to \(B, H\) = \(3, 4\), got .*5"),
        layer.clamp(z=torch.ones(5)),
    ):
        layer(x)
    assert layer.cell._clamps == {}


@settings(max_examples=50, deadline=None)
@given(st.data())
def test_padding_is_not_seen(data):
    """Whatever stands in the padding, nothing that counts changes."""
    T, B = data.draw(st.integers(1, 6)), data.draw(st.integers(1, 4))
    lengths = data.draw(st.lists(st.integers(1, T), min_size=B, max_size=B))
    layer = Recurrent(LeakyCell, 2, 3, num_layers=2, bidirectional=True, dtype=torch.float64)
    x = torch.randn(T, B, 2, dtype=torch.float64)
    output, h_n = layer(x, lengths=torch.tensor(lengths))
    for b, length in enumerate(lengths):
        alone, h_alone = layer(x[:length, b : b + 1])
        torch.testing.assert_close(output[:length, b : b + 1], alone)
        torch.testing.assert_close(h_n[:, b : b + 1], h_alone)
        assert (output[length:, b] == 0).all()


@pytest.mark.draws
def test_carrying_the_state_is_running_on(x):
    layer = Recurrent(SimpleCell, 2, 4, num_layers=2)
    whole, last = layer(x)
    first, state = layer(x[:3])
    second, end = layer(x[3:], state)
    torch.testing.assert_close(torch.cat([first, second]), whole)
    torch.testing.assert_close(end, last)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((0, 4), "input_size must be a positive int, got 0"),
        ((2, -1), "hidden_size must be a positive int, got -1"),
        ((2, 4.0), r"hidden_size must be a positive int, got 4\.0"),
        ((2, 4, True), "num_layers must be a positive int, got True"),
        ((2, 4, 1, False, 1.5), r"dropout must be a probability between 0 and 1, got 1\.5"),
    ],
)
def test_bad_sizes(arguments, message):
    with pytest.raises(ValueError, match=message):
        Recurrent(SimpleCell, *arguments)


@pytest.mark.draws
def test_bad_cell():
    with pytest.raises(TypeError, match="cell must be a class of cells"):
        Recurrent(nn.RNN, 2, 4)
    with pytest.raises(ValueError, match="nonlinearity must be 'tanh' or 'relu', got 'sin'"):
        Recurrent(SimpleCell, 2, 4, nonlinearity="sin")
    with pytest.raises(ValueError, match=r"cells\[layer\]\[direction\]"):
        _ = Recurrent(SimpleCell, 2, 4, num_layers=2).cell


BAD_CALLS = [
    (TypeError, "x must be a tensor, got list", {"x": [1.0]}),
    (TypeError, "x must have the layer's dtype torch.float32, got torch.int64", {"x": "long"}),
    (TypeError, "x must have the layer's dtype torch.float32, got torch.float64", {"x": "double"}),
    (ValueError, r"x must have shape \(T, B, D\), got \(7, 2\)", {"x": torch.zeros(7, 2)}),
    (ValueError, r"x must have D = 2 features .*got \(7, 3, 5\)", {"x": torch.zeros(7, 3, 5)}),
    (ValueError, r"at least one step .*got \(0, 3, 2\)", {"x": torch.zeros(0, 3, 2)}),
    (TypeError, "state h must be a tensor, got float", {"state": (1.0,)}),
    (ValueError, r"= \(2, 3, 4\), got \(3, 4\)", {"state": torch.zeros(3, 4)}),
    (
        ValueError,
        r"state must hold 1 tensors \(h\), got 2",
        {"state": (torch.zeros(2, 3, 4), torch.zeros(2, 3, 4))},
    ),
    (TypeError, "state h must have the layer's dtype", {"state": torch.zeros(2, 3, 4).double()}),
    (ValueError, r"lengths must have shape \(B,\) = \(3,\), got \(2,\)", {"lengths": [1, 2]}),
    (ValueError, r"lengths must lie between 1 and T = 7, got \[0, 1, 2\]", {"lengths": [0, 1, 2]}),
    (ValueError, r"between 1 and T = 7, got \[1, 8, 2\]", {"lengths": torch.tensor([1, 8, 2])}),
    (TypeError, "lengths must be ints, got torch.float32", {"lengths": [1.0, 2.0, 3.0]}),
]


@pytest.mark.draws
@pytest.mark.parametrize(("error", "message", "changed"), BAD_CALLS)
def test_bad_calls(x, error, message, changed):
    layer = Recurrent(SimpleCell, 2, 4, bidirectional=True)
    call = {"x": x, **changed}
    if isinstance(call["x"], str):
        call["x"] = getattr(x, call["x"])()
    with pytest.raises(error, match=message):
        layer(**call)


@pytest.mark.draws
def test_bad_conversions():
    with pytest.raises(TypeError, match=r"module must be one of torch\.nn\.RNN.*got Linear"):
        Recurrent.from_torch(nn.Linear(2, 2))
    with pytest.raises(ValueError, match="batch_first=True"):
        Recurrent.from_torch(nn.RNN(2, 3, batch_first=True))
    with pytest.raises(TypeError, match="no counterpart of LeakyCell"):
        Recurrent(LeakyCell, 2, 3).to_torch()


@pytest.mark.draws
def test_training_mode_and_dtype_survive_conversion():
    module = nn.RNN(2, 3, num_layers=2, dropout=0.3).double().eval()
    layer = Recurrent.from_torch(module)
    assert not layer.training
    assert layer.dropout == 0.3
    assert layer.to_torch().weight_hh_l0.dtype == torch.float64


@pytest.mark.parametrize("kind", [nn.RNN, nn.LSTM, nn.GRU])
@pytest.mark.parametrize("bias", [True, False])
@settings(max_examples=20, deadline=None, derandomize=True)
@given(st.data())
def test_frozen_stays_frozen(kind, bias, data):
    """There and back, each weight by itself; a bias if all that it is made from is frozen."""
    module = kind(2, 3, num_layers=2, bidirectional=True, bias=bias)
    for parameter in module.parameters():
        parameter.requires_grad_(data.draw(st.booleans()))
    layer = Recurrent.from_torch(module)
    with torch.no_grad():
        back = layer.to_torch()
    cells = [cell for cells in layer.cells for cell in cells]
    for names, cell in zip(module._all_weights, cells, strict=True):
        there, again = ([getattr(m, n).requires_grad for n in names] for m in (module, back))
        assert [cell.W.requires_grad, cell.U.requires_grad] == there[:2] == again[:2]
        if bias:
            assert cell.b.requires_grad == any(there[2:]) == again[2]
            if kind is nn.GRU:
                assert cell.b_U.requires_grad == there[3] == again[3]
            else:
                assert again[3] == again[2]


@pytest.mark.draws
def test_a_frozen_module_does_not_train():
    module = nn.LSTM(2, 3).requires_grad_(False)
    layer = Recurrent.from_torch(module)
    assert not any(p.requires_grad for p in layer.parameters())
    assert not any(p.requires_grad for p in layer.to_torch().parameters())
    assert all(p.is_leaf for p in layer.parameters())
