"""Chapter 12's cell: an LSTM with peepholes that does without one of its parts."""

import pytest
import torch

from rnnbook import LSTMCell, Recurrent
from rnncourse.lessons.ch12.ablated import PARTS, AblatedLSTMCell

FLOAT64 = {"dtype": torch.float64}


@pytest.fixture
def x():
    torch.manual_seed(1)
    return torch.randn(7, 3, 2, **FLOAT64)


def before(states):
    """The states one step earlier, zeros at the start."""
    return torch.cat([torch.zeros_like(states[:1]), states[:-1]])


def close(ours, theirs):
    torch.testing.assert_close(ours, theirs, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(
    ("options", "same"),
    [
        ({}, {"peepholes": True}),
        ({"without": "peepholes"}, {}),
        ({"without": "forget gate"}, {"peepholes": True, "forget": False}),
        ({"coupled": True}, {"peepholes": True, "coupled": True}),
    ],
)
def test_an_ablated_cell_is_the_lstm_that_does_without_the_same(options, same, x):
    torch.manual_seed(0)
    ablated, whole = (
        Recurrent(kind, 2, 4, **given, **FLOAT64)
        for kind, given in ((AblatedLSTMCell, options), (LSTMCell, same))
    )
    whole.cell.load_state_dict(ablated.cell.state_dict())
    close(ablated(x)[0], whole(x)[0])


@pytest.mark.parametrize(
    "without", ["input gate", "output gate", "input activation", "output activation"]
)
def test_ablated_equations_hold_along_the_trace(without, x):
    torch.manual_seed(0)
    layer = Recurrent(AblatedLSTMCell, 2, 4, without=without, **FLOAT64)
    cell, trace = layer.cell, layer.trace(x)
    a = (cell.project(x) + before(trace.h) @ cell.U.T).split(4, dim=2)
    a = dict(zip(cell.block_names, a, strict=True))
    p = dict(zip([gate for gate in cell.block_names if gate != "g"], cell.P, strict=True))
    missing = {"input gate": "i", "output gate": "o"}.get(without)
    assert cell.gates == cell.block_names == tuple(gate for gate in "ifgo" if gate != missing)
    gates = {"i": before(trace.c), "f": before(trace.c), "o": trace.c}
    value = {missing: 1.0} | {
        gate: torch.sigmoid(a[gate] + p[gate] * seen)
        for gate, seen in gates.items()
        if gate != missing
    }
    g = a["g"] if without == "input activation" else torch.tanh(a["g"])
    close(trace.c, value["f"] * before(trace.c) + value["i"] * g)
    close(
        trace.h,
        value["o"] * (trace.c if without == "output activation" else torch.tanh(trace.c)),
    )
    close(trace.h, layer(x)[0])


def test_a_part_that_there_is_not_is_refused():
    with pytest.raises(ValueError, match=r"without must be one of input gate, .*, got 'cell'"):
        AblatedLSTMCell(2, 4, without="cell")


# D = 3, H = 5: W and U of 15 and 25 a block, a bias of 5, 5 a peephole
PARAMETERS = dict.fromkeys(PARTS, 4 * 45 + 15) | {
    **dict.fromkeys(("input gate", "forget gate", "output gate"), 3 * 45 + 10),
    "peepholes": 4 * 45,
}


@pytest.mark.draws
@pytest.mark.parametrize("without", PARTS)
def test_parameters_are_counted(without):
    cell = AblatedLSTMCell(3, 5, without=without)
    assert sum(p.numel() for p in cell.parameters()) == PARAMETERS[without]
    assert AblatedLSTMCell(3, 5, without=without, bias=False).b is None


@pytest.mark.parametrize("without", PARTS)
def test_every_gate_that_is_left_can_be_clamped(without, x):
    torch.manual_seed(0)
    layer = Recurrent(AblatedLSTMCell, 2, 4, without=without, **FLOAT64)
    for gate in layer.cell.gates:
        with layer.clamp(**{gate: 0.25}):
            trace = layer.trace(x)
            output, _ = layer(x)
        assert (getattr(trace, gate) == 0.25).all()
        close(trace.h, output)
        assert not torch.equal(output, layer(x)[0])
