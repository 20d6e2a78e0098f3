"""The gated cells: their gates traced and clamped, their options, parameters and errors."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from rnnbook import GRUCell, LSTMCell, Recurrent, SimpleCell
from rnnbook.cells import (
    HiddenState,
    JANETCell,
    LeakyCell,
    LiGRUCell,
    MGUCell,
    MutantCell,
    init,
)

FLOAT64 = {"dtype": torch.float64}
CELLS = {
    "lstm": (LSTMCell, {}),
    "peepholes": (LSTMCell, {"peepholes": True}),
    "coupled": (LSTMCell, {"coupled": True}),
    "peepholes-coupled": (LSTMCell, {"peepholes": True, "coupled": True}),
    "1997": (LSTMCell, {"forget": False}),
    "1997-peepholes": (LSTMCell, {"forget": False, "peepholes": True}),
    "gru": (GRUCell, {}),
    "reset-before": (GRUCell, {"reset_after": False}),
    "leaky": (LeakyCell, {}),
    "leaky-learnable": (LeakyCell, {"learnable": True}),
    "minimal": (MGUCell, {}),
    "janet": (JANETCell, {}),
    "light": (LiGRUCell, {}),
    "mutant-1": (MutantCell, {"mutant": 1}),
    "mutant-3": (MutantCell, {"mutant": 3}),
}


@pytest.fixture
def x():
    torch.manual_seed(1)
    return torch.randn(7, 3, 2, **FLOAT64)


def before(states, start=0.0):
    """The states one step earlier, from a start that is the same for all."""
    return torch.cat([torch.full_like(states[:1], start), states[:-1]])


def layer_of(name, D=2, H=4):
    """A layer of one cell, in float64."""
    cell, options = CELLS[name]
    torch.manual_seed(0)
    return Recurrent(cell, D, H, **options, **FLOAT64)


def close(ours, theirs):
    torch.testing.assert_close(ours, theirs, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(
    "name", ["lstm", "peepholes", "coupled", "peepholes-coupled", "1997", "1997-peepholes"]
)
def test_lstm_equations_hold_along_the_trace(name, x):
    layer = layer_of(name)
    cell, trace = layer.cell, layer.trace(x)
    a = cell.project(x) + before(trace.h) @ cell.U.T
    a = dict(zip(cell.block_names, a.split(4, dim=2), strict=True))
    peeping = [gate for gate in cell.block_names if gate != "g"]
    p = dict.fromkeys("ifo", torch.zeros(4, **FLOAT64))
    p |= {} if cell.P is None else dict(zip(peeping, cell.P, strict=True))
    close(trace.i, torch.sigmoid(a["i"] + p["i"] * before(trace.c)))
    if name.startswith("1997"):
        f = 1
        assert not hasattr(trace, "f")
    elif cell.coupled:
        f = trace.f
        close(f, 1 - trace.i)
    else:
        f = trace.f
        close(f, torch.sigmoid(a["f"] + p["f"] * before(trace.c)))
    close(trace.g, torch.tanh(a["g"]))
    close(trace.c, f * before(trace.c) + trace.i * trace.g)
    close(trace.o, torch.sigmoid(a["o"] + p["o"] * trace.c))
    close(trace.h, trace.o * torch.tanh(trace.c))
    close(trace.h, layer(x)[0])


@pytest.mark.parametrize("name", ["gru", "reset-before"])
def test_gru_equations_hold_along_the_trace(name, x):
    layer = layer_of(name)
    cell, trace = layer.cell, layer.trace(x)
    h = before(trace.h)
    W_r, W_z, W_n = cell.project(x).split(4, dim=2)
    U_r, U_z, U_n = cell.U.split(4)
    close(trace.r, torch.sigmoid(W_r + h @ U_r.T))
    close(trace.z, torch.sigmoid(W_z + h @ U_z.T))
    if name == "gru":
        close(trace.n, torch.tanh(W_n + trace.r * (h @ U_n.T + cell.b_U)))
    else:
        close(trace.n, torch.tanh(W_n + (trace.r * h) @ U_n.T))
    close(trace.h, (1 - trace.z) * trace.n + trace.z * h)
    close(trace.h, layer(x)[0])


def test_minimal_equations_hold_along_the_trace(x):
    layer = layer_of("minimal")
    cell, trace = layer.cell, layer.trace(x)
    h, (W_z, W_n), (U_z, U_n) = before(trace.h), cell.project(x).split(4, dim=2), cell.U.split(4)
    close(trace.z, torch.sigmoid(W_z + h @ U_z.T))
    close(trace.n, torch.tanh(W_n + ((1 - trace.z) * h) @ U_n.T))
    close(trace.h, trace.z * h + (1 - trace.z) * trace.n)
    # as its authors write it, with f for 1 − z
    f = 1 - trace.z
    close(trace.h, (1 - f) * h + f * torch.tanh(W_n + (f * h) @ U_n.T))


@pytest.mark.parametrize("beta", [1.0, 0.0])
def test_janet_equations_hold_along_the_trace(beta, x):
    torch.manual_seed(0)
    layer = Recurrent(JANETCell, 2, 4, beta=beta, **FLOAT64)
    trace = layer.trace(x)
    h = before(trace.h)
    a_f, a_g = (layer.cell.project(x) + h @ layer.cell.U.T).split(4, dim=2)
    close(trace.f, torch.sigmoid(a_f))
    close(trace.g, torch.tanh(a_g))
    close(trace.h, trace.f * h + (1 - torch.sigmoid(a_f - beta)) * trace.g)
    if beta == 0:  # then as much is written as is forgotten
        close(trace.h, trace.f * h + (1 - trace.f) * trace.g)


def test_light_equations_hold_along_the_trace(x):
    layer = layer_of("light")
    cell, trace = layer.cell, layer.trace(x)
    h, Wx = before(trace.h), x @ cell.W.T
    centred = Wx - Wx.mean(dim=2, keepdim=True)
    Wx = centred / (centred.square().mean(dim=2, keepdim=True) + 1e-5).sqrt() + cell.b
    a_z, a_n = (Wx + h @ cell.U.T).split(4, dim=2)
    close(trace.z, torch.sigmoid(a_z))
    close(trace.n, a_n.clamp(min=0))
    close(trace.h, trace.z * h + (1 - trace.z) * trace.n)


@pytest.mark.parametrize("mutant", [1, 3])
def test_mutant_equations_hold_along_the_trace(mutant, x):
    layer = layer_of(f"mutant-{mutant}")
    cell, trace = layer.cell, layer.trace(x)
    h, (b_r, b_z, b_n) = before(trace.h), cell.b.split(4)
    W_r, W_z, W_n = (x @ W.T for W in cell.W.split(4))
    U_r, *U_z, U_n = cell.U.split(4)
    close(trace.r, torch.sigmoid(W_r + h @ U_r.T + b_r))
    if mutant == 1:
        assert U_z == []
        close(trace.z, torch.sigmoid(W_z + b_z))
        W_n = torch.tanh(W_n)
    else:
        close(trace.z, torch.sigmoid(W_z + torch.tanh(h) @ U_z[0].T + b_z))
    close(trace.n, torch.tanh((trace.r * h) @ U_n.T + W_n + b_n))
    close(trace.h, trace.z * h + (1 - trace.z) * trace.n)


@pytest.mark.parametrize(
    ("kind", "options", "message"),
    [
        (MutantCell, {"mutant": 2}, "mutant must be 1 or 3, got 2"),
        (JANETCell, {"beta": "1"}, "beta must be a finite number, got '1'"),
        (JANETCell, {"beta": math.inf}, "beta must be a finite number, got inf"),
    ],
)
def test_a_variant_that_there_is_not_is_refused(kind, options, message):
    with pytest.raises(ValueError, match=message):
        kind(2, 4, **options)


@pytest.mark.parametrize("name", ["minimal", "janet", "light", "mutant-1", "mutant-3"])
def test_the_gate_that_keeps_can_be_started_so(name):
    cell = init.forget_bias(layer_of(name).cell, 40.0)
    h = torch.rand(3, 4, **FLOAT64)
    close(cell(torch.zeros(3, 2, **FLOAT64), HiddenState(h)).h, h)


@pytest.mark.draws
@pytest.mark.parametrize("learnable", [False, True])
def test_leaky_equations_hold_along_the_trace(learnable, x):
    leak = [0.01, 0.1, 0.5, 0.99]
    layer = Recurrent(LeakyCell, 2, 4, leak=leak, learnable=learnable, **FLOAT64)
    cell, trace = layer.cell, layer.trace(x)
    close(trace.alpha, torch.tensor(leak, **FLOAT64).expand(7, 3, 4))
    close(cell.alpha, torch.tensor(leak, **FLOAT64))
    n = torch.tanh(cell.project(x) + before(trace.h) @ cell.U.T)
    close(trace.h, (1 - trace.alpha) * before(trace.h) + trace.alpha * n)
    names = {name for name, _ in cell.named_parameters()}
    assert names == {"W", "U", "b"} | ({"leak_logit"} if learnable else set())
    layer(x)[0].sum().backward()
    if learnable:
        assert (cell.leak_logit.grad != 0).all()
        with torch.no_grad():
            cell.leak_logit.zero_()
        cell.reset_parameters()
        close(cell.alpha, torch.tensor(leak, **FLOAT64))


@pytest.mark.draws
def test_a_leak_has_a_time_constant(x):
    """Left alone, a leaky unit falls to 1/e in −1/ln(1 − α) steps; a leak of 1 is no memory."""
    layer = Recurrent(LeakyCell, 2, 1, leak=0.1, bias=False, **FLOAT64)
    with torch.no_grad():
        layer.cell.U.zero_()
    steps = -1 / math.log(1 - 0.1)
    alone, _ = layer(torch.zeros(40, 1, 2, **FLOAT64), torch.ones(1, 1, 1, **FLOAT64))
    assert alone[round(steps) - 1].item() == pytest.approx(math.exp(-round(steps) / steps))

    whole = Recurrent(LeakyCell, 2, 4, leak=1.0, **FLOAT64)
    simple = Recurrent(SimpleCell, 2, 4, **FLOAT64)
    simple.load_state_dict({k: v for k, v in whole.state_dict().items() if "leak" not in k})
    close(whole(x)[0], simple(x)[0])


PARAMETERS = {  # D = 3, H = 5: W and U of 15 and 25 a block, a bias of 5, 5 a peephole
    "lstm": 4 * 45,
    "peepholes": 4 * 45 + 15,
    "coupled": 3 * 45,
    "peepholes-coupled": 3 * 45 + 10,
    "1997": 3 * 45,
    "1997-peepholes": 3 * 45 + 10,
    "gru": 3 * 45 + 5,
    "reset-before": 3 * 45,
    "leaky": 45,
    "leaky-learnable": 45 + 5,
    "minimal": 2 * 45,
    "janet": 2 * 45,
    "light": 2 * 45,
    "mutant-1": 3 * 45 - 25,
    "mutant-3": 3 * 45,
}


@pytest.mark.draws
@pytest.mark.parametrize("name", sorted(CELLS))
def test_parameters_are_counted(name):
    cell, options = CELLS[name]
    assert sum(p.numel() for p in cell(3, 5, **options).parameters()) == PARAMETERS[name]
    without = cell(3, 5, bias=False, **options)
    assert not {n for n, _ in without.named_parameters()} & {"b", "b_U"}
    assert without.b is None


@pytest.mark.parametrize("name", sorted(CELLS))
def test_every_gate_can_be_clamped(name, x):
    layer = layer_of(name)
    for gate in layer.cell.gates:
        with layer.clamp(**{gate: 0.25}):
            trace = layer.trace(x)
            output, _ = layer(x)
        assert (getattr(trace, gate) == 0.25).all()
        close(trace.h, output)
        assert not torch.equal(output, layer(x)[0])


@pytest.mark.draws
def test_clamps_of_the_lstm(x):
    layer = Recurrent(LSTMCell, 2, 4, **FLOAT64)
    h, c = torch.randn(2, 1, 3, 4, **FLOAT64)
    with layer.clamp(f=1.0, i=0.0):
        kept = layer.trace(x, (h, c))
    close(kept.c, c.expand(7, 3, 4))
    with layer.clamp(o=0.0):
        assert (layer(x, (h, c))[0] == 0).all()


@pytest.mark.draws
def test_clamps_of_coupled_gates(x):
    layer = Recurrent(LSTMCell, 2, 4, coupled=True, **FLOAT64)
    with layer.clamp(i=0.25):
        assert (layer.trace(x).f == 0.75).all()
    free = layer.trace(x[:1])
    with layer.clamp(f=1.0):
        close(layer.trace(x[:1]).i, free.i)


@pytest.mark.parametrize("name", ["gru", "reset-before"])
def test_clamps_of_the_gru(name, x):
    layer = layer_of(name)
    start = torch.randn(1, 3, 4, **FLOAT64)
    with layer.clamp(z=1.0, r=0.0):
        close(layer(x, start)[0], start.expand(7, 3, 4))


@pytest.mark.draws
def test_the_carousel_is_an_lstm_that_forgets_nothing(x):
    """``forget=False`` computes what an LSTM computes whose forget gate is shut open."""
    carousel = Recurrent(LSTMCell, 2, 4, forget=False, **FLOAT64)
    lstm = Recurrent(LSTMCell, 2, 4, **FLOAT64)
    with torch.no_grad():
        for ours, theirs in zip(carousel.parameters(), lstm.parameters(), strict=True):
            i, g, o = ours.split(4)
            theirs.copy_(torch.cat([i, torch.zeros_like(i), g, o]))
        lstm.cell.b[4:8] = 50
    close(carousel(x)[0], lstm(x)[0])
    with pytest.raises(ValueError, match="LSTMCell has gates i, g, o"), carousel.clamp(f=1.0):
        pass


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**31), r=st.sampled_from([1.0, 0.5]))
def test_where_the_reset_gate_acts(seed, r):
    """With one r for all units both places agree; with one for each they do not."""
    torch.manual_seed(seed)
    after = Recurrent(GRUCell, 2, 4, **FLOAT64)
    earlier = Recurrent(GRUCell, 2, 4, reset_after=False, **FLOAT64)
    with torch.no_grad():
        after.cell.b_U.zero_()
    earlier.load_state_dict({k: v for k, v in after.state_dict().items() if "b_U" not in k})
    x = torch.randn(7, 3, 2, **FLOAT64)
    with after.clamp(r=r), earlier.clamp(r=r):
        close(after(x)[0], earlier(x)[0])
    assert not torch.allclose(after(x)[0], earlier(x)[0], rtol=1e-6, atol=1e-6)


@pytest.mark.draws
def test_forget_bias_is_exact_and_kept():
    cell = LSTMCell(3, 5, forget_bias=2.5)
    for _ in range(2):
        i, f, g, o = cell.b.split(5)
        assert (f == 2.5).all()
        assert torch.cat([i, g, o]).abs().max() <= 5**-0.5
        cell.reset_parameters()
    coupled = LSTMCell(3, 5, coupled=True, forget_bias=2.5)
    assert (coupled.b[:5] == -2.5).all()  # f = 1 − σ(b_i) = σ(−b_i)


@pytest.mark.draws
@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"coupled": True, "forget": False}, "coupled must be False where forget is False"),
        ({"forget": False, "forget_bias": 1.0}, "forget_bias needs bias=True and forget=True"),
        ({"bias": False, "forget_bias": 1.0}, "forget_bias needs bias=True and forget=True"),
        ({"forget_bias": float("nan")}, "value must be a finite number, got nan"),
    ],
)
def test_options_that_contradict_each_other(options, message):
    with pytest.raises(ValueError, match=message):
        LSTMCell(2, 3, **options)


@pytest.mark.draws
@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"leak": 0.0}, r"leak must lie in \(0, 1\], got 0\.0"),
        ({"leak": 1.5}, r"leak must lie in \(0, 1\], got 1\.5"),
        ({"leak": float("nan")}, r"leak must lie in \(0, 1\], got nan"),
        ({"leak": [0.1, 0.2]}, r"leak must be a number or H = 3 numbers, got shape \(2,\)"),
        ({"leak": 1.0, "learnable": True}, "leak must be below 1 to be learned"),
    ],
)
def test_leaks_that_make_no_sense(options, message):
    with pytest.raises(ValueError, match=message):
        LeakyCell(2, 3, **options)


@pytest.mark.draws
@pytest.mark.parametrize(
    ("cell", "options", "message"),
    [
        (LSTMCell, {"peepholes": True}, r"torch\.nn\.LSTM has no counterpart of peepholes=True"),
        (LSTMCell, {"coupled": True}, r"torch\.nn\.LSTM has no counterpart of coupled=True"),
        (LSTMCell, {"forget": False}, r"torch\.nn\.LSTM has no counterpart of forget=False"),
        (GRUCell, {"reset_after": False}, r"torch\.nn\.GRU has no .* reset_after=False"),
        (LeakyCell, {}, r"torch\.nn has no counterpart of LeakyCell"),
    ],
)
def test_torch_lacks_it(cell, options, message):
    with pytest.raises(TypeError, match=message):
        Recurrent(cell, 2, 3, **options).to_torch()


@pytest.mark.draws
def test_a_projected_lstm_is_refused():
    with pytest.raises(ValueError, match="proj_size=2"):
        Recurrent.from_torch(nn.LSTM(2, 3, proj_size=2))


@pytest.mark.draws
@pytest.mark.parametrize("name", ["lstm", "peepholes"])
def test_lstm_state_errors(name):
    layer = Recurrent(LSTMCell, 2, 4, peepholes=name == "peepholes")
    x, h = torch.zeros(5, 3, 2), torch.zeros(1, 3, 4)
    with pytest.raises(ValueError, match=r"state must hold 2 tensors \(h, c\), got 1"):
        layer(x, h)
    with pytest.raises(ValueError, match=r"state c must have shape .* got \(3, 4\)"):
        layer(x, (h, h[0]))
    with pytest.raises(TypeError, match="state c must be a tensor, got NoneType"):
        layer(x, (h, None))


@pytest.mark.draws
def test_a_clamp_is_exact_in_double_precision():
    layer = Recurrent(LSTMCell, 2, 3, dtype=torch.float64)
    with layer.clamp(f=0.3):
        trace = layer.trace(torch.randn(4, 1, 2, dtype=torch.float64))
    assert trace.f.unique().tolist() == [0.3]
