"""Peepholes, coupled gates and both reset gates are those of ONNX's LSTM and GRU operators.

Two witnesses: onnxruntime, which computes in float32, and the operators' equations written out
here, in float64. No operator stands for ``forget=False``; see test_gates.py.
"""

from __future__ import annotations

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnbook import GRUCell, LSTMCell, Recurrent

OPSET, IR_VERSION = 14, 8
KINDS = {
    "lstm": (LSTMCell, {}),
    "peepholes": (LSTMCell, {"peepholes": True}),
    "coupled": (LSTMCell, {"coupled": True}),
    "peepholes-coupled": (LSTMCell, {"peepholes": True, "coupled": True}),
    "reset-after": (GRUCell, {}),
    "reset-before": (GRUCell, {"reset_after": False}),
}
# ONNX's order of gates, in the book's letters
ORDER = {LSTMCell: "iofg", GRUCell: "zrn"}


def exported(cell):
    """The cell's weights as ONNX lays them out: W, R, B (both biases), and P or None.

    A coupled cell has no block for the forget gate; ONNX keeps one and does not look at it, so
    it is filled with sevens.
    """
    D, H = cell.input_size, cell.hidden_size

    def blocks(tensor, width):
        parts = tensor.detach().split(H)
        junk = torch.full((H, *width), 7.0, dtype=tensor.dtype)
        by_name = dict(zip(cell.block_names, parts, strict=True))
        return torch.cat([by_name.get(name, junk) for name in ORDER[type(cell)]])

    W, R = blocks(cell.W, (D,)), blocks(cell.U, (H,))
    b = blocks(cell.b, ()) if cell.b is not None else W.new_zeros(len(W))
    R_b = torch.zeros_like(b)
    if getattr(cell, "b_U", None) is not None:
        R_b[-H:] = cell.b_U.detach()
    P = None
    if getattr(cell, "P", None) is not None:
        rows = dict(zip([n for n in cell.block_names if n != "g"], cell.P.detach(), strict=True))
        P = torch.cat([rows.get(name, torch.full((H,), 7.0).to(b)) for name in "iof"])
    return W, R, torch.cat([b, R_b]), P


def by_onnxruntime(layer, x, state, lengths):
    """Outputs and last states of ONNX's operator, shaped as `torch.nn` shapes them."""
    cells = layer._flat_cells()
    cell, T, B = cells[0], len(x), x.shape[1]
    is_lstm = isinstance(cell, LSTMCell)
    weights = [
        torch.stack(part).numpy().astype(np.float32)
        for part in zip(*map(exported, cells), strict=True)
        if part[0] is not None
    ]
    feeds = {"X": x.numpy().astype(np.float32), **dict(zip("WRBP", weights, strict=False))}
    if lengths is not None:
        feeds["lengths"] = np.array(lengths, dtype=np.int32)
    names = ["h_0", "c_0"][: len(state)]
    feeds |= {n: s.numpy().astype(np.float32) for n, s in zip(names, state, strict=True)}
    inputs = ["X", "W", "R", "B", "lengths", "h_0"] + ["c_0", "P"] * is_lstm
    attributes = (
        {"input_forget": int(cell.coupled)}
        if is_lstm
        else {"linear_before_reset": int(cell.reset_after)}
    )
    outputs = ["Y", "Y_h", "Y_c"][: 3 if is_lstm else 2]
    node = onnx.helper.make_node(
        "LSTM" if is_lstm else "GRU",
        [name if name in feeds else "" for name in inputs],
        outputs,
        hidden_size=cell.hidden_size,
        direction="bidirectional" if layer.bidirectional else "forward",
        **attributes,
    )
    graph = onnx.helper.make_graph(
        [node],
        "one operator",
        [
            onnx.helper.make_tensor_value_info(
                name, onnx.helper.np_dtype_to_tensor_dtype(value.dtype), value.shape
            )
            for name, value in feeds.items()
        ],
        [
            onnx.helper.make_tensor_value_info(n, onnx.TensorProto.FLOAT, [None] * rank)
            for n, rank in zip(outputs, (4, 3, 3), strict=False)
        ],
    )
    model = onnx.helper.make_model(
        graph, opset_imports=[onnx.helper.make_opsetid("", OPSET)], ir_version=IR_VERSION
    )
    onnx.checker.check_model(model)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    Y, *last = (torch.from_numpy(value) for value in session.run(None, feeds))
    return Y.permute(0, 2, 1, 3).reshape(T, B, -1), *last  # (T, directions, B, H) in ONNX


def by_equations(layer, x, state, lengths):
    """The same from the operators' equations, sequence by sequence, in float64."""
    cells = layer._flat_cells()
    (T, B, _), H = x.shape, layer.hidden_size
    output = x.new_zeros(T, B, len(cells), H)
    last = [x.new_zeros(len(cells), B, H) for _ in cells[0].State._fields]
    for d, cell in enumerate(cells):
        W, R, bias, P = exported(cell)
        for b in range(B):
            steps = range(T if lengths is None else lengths[b])
            now = [s[d, b] for s in state] or [x.new_zeros(H)] * len(last)
            for t in reversed(steps) if d == 1 else steps:
                equations = lstm if isinstance(cell, LSTMCell) else gru
                now = equations(cell, x[t, b], now, W, R, bias, P)
                output[t, b, d] = now[0]
            for field, value in zip(last, now, strict=True):
                field[d, b] = value
    return output.flatten(2), *last


def lstm(cell, x, state, W, R, bias, P):
    (h, c), H = state, len(state[0])
    Wb, Rb = bias.chunk(2)
    a = (W @ x + Wb + R @ h + Rb).split(H)
    Pi, Po, Pf = (torch.zeros_like(c),) * 3 if P is None else P.split(H)
    it = torch.sigmoid(a[0] + Pi * c)
    ft = 1 - it if cell.coupled else torch.sigmoid(a[2] + Pf * c)
    Ct = ft * c + it * torch.tanh(a[3])
    ot = torch.sigmoid(a[1] + Po * Ct)
    return ot * torch.tanh(Ct), Ct


def gru(cell, x, state, W, R, bias, P):
    (h,), H = state, len(state[0])
    (Wz, Wr, Wh), (Rz, Rr, Rh) = W.split(H), R.split(H)
    Wbz, Wbr, Wbh, Rbz, Rbr, Rbh = bias.split(H)
    zt = torch.sigmoid(Wz @ x + Rz @ h + Rbz + Wbz)
    rt = torch.sigmoid(Wr @ x + Rr @ h + Rbr + Wbr)
    if cell.reset_after:
        ht = torch.tanh(Wh @ x + rt * (Rh @ h + Rbh) + Wbh)
    else:
        ht = torch.tanh(Wh @ x + Rh @ (rt * h) + Rbh + Wbh)
    return ((1 - zt) * ht + zt * h,)


@st.composite
def problems(draw):
    T, B, H = (draw(st.integers(1, n)) for n in (6, 4, 5))
    cell, options = KINDS[draw(st.sampled_from(sorted(KINDS)))]
    torch.manual_seed(draw(st.integers(0, 2**31)))
    layer = Recurrent(
        cell,
        draw(st.integers(1, 4)),
        H,
        bidirectional=draw(st.booleans()),
        bias=draw(st.booleans()),
        dtype=torch.float64,
        **options,
    )
    with torch.no_grad():
        for parameter in layer.parameters():
            parameter.normal_()  # larger than at the start: a wrong gate shows
    state = []
    if draw(st.booleans()):
        shape = (layer.directions, B, H)
        state = [torch.randn(shape, dtype=torch.float64) for _ in cell.State._fields]
    lengths = draw(st.none() | st.lists(st.integers(1, T), min_size=B, max_size=B))
    return layer, torch.randn(T, B, layer.input_size, dtype=torch.float64), state, lengths


@torch.no_grad()
def ours(layer, x, state, lengths):
    given_state = None if not state else state[0] if len(state) == 1 else tuple(state)
    output, last = layer(x, given_state, lengths)
    return output, *(last if isinstance(last, tuple) else (last,))


@settings(max_examples=100, deadline=None)
@given(problems())
def test_onnxruntime_computes_the_same(problem):
    for mine, theirs in zip(ours(*problem), by_onnxruntime(*problem), strict=True):
        torch.testing.assert_close(mine.float(), theirs, rtol=1e-4, atol=1e-5)


@settings(max_examples=60, deadline=None)
@given(problems())
def test_the_equations_of_the_operators(problem):
    for mine, theirs in zip(ours(*problem), by_equations(*problem), strict=True):
        torch.testing.assert_close(mine, theirs, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_the_witness_would_notice(kind):
    """With the option turned the other way, the same weights give other numbers."""
    torch.manual_seed(0)
    cell_class, options = KINDS[kind]
    layer = Recurrent(cell_class, 2, 3, dtype=torch.float64, **options)
    x = torch.randn(5, 2, 2, dtype=torch.float64)
    before = by_onnxruntime(layer, x, [], None)[0]
    cell = layer.cell
    with torch.no_grad():
        if cell_class is GRUCell:
            cell.reset_after = not cell.reset_after
        elif cell.P is not None:
            cell.P.zero_()
        else:
            cell.coupled = not cell.coupled
    assert (by_onnxruntime(layer, x, [], None)[0] - before).abs().max() > 1e-3
