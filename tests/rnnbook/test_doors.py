"""What does not fit is refused at every door: by name, with what was expected and what came."""

from __future__ import annotations

import copy
import sys
from pathlib import Path

import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from rnnbook import GRUCell, LSTMCell, Recurrent, SimpleCell
from rnnbook.cells import CELLS
from rnnbook.data import Vocabulary, carried_batches, windows
from rnnbook.gradients import (
    bptt,
    gradient_norms,
    lag_jacobians,
    path_terms,
    singular_values,
    step_jacobians,
    truncated,
    truncated_gradient,
)
from rnnbook.models import LanguageModel, next_token_loss, sample
from rnnbook.training import fit

sys.path.insert(0, str(Path(__file__).parent))
from door_kinds import B, D, H, T, V, minds_its_ids, wants_ints

# Refusals and equalities: they hold for every draw.
pytestmark = pytest.mark.draws


def total(h):
    return h[-1].sum()


def bare(kind):
    """A cell whose weights are there: what does not fit must not be computed with."""
    return kind(D, H)


# Each door takes the inputs (T, B, D) of a cell, or of a layer made of it.
DOORS = {
    "layer": lambda kind, x: Recurrent(kind, D, H)(x),
    "trace": lambda kind, x: Recurrent(kind, D, H).trace(x),
    "gradient_norms": lambda kind, x: gradient_norms(bare(kind), x, total),
    "step_jacobians": lambda kind, x: step_jacobians(bare(kind), x),
    "singular_values": lambda kind, x: singular_values(bare(kind), x),
    "bptt": lambda kind, x: bptt(SimpleCell(D, H), x, torch.zeros(T, B, H)),
    "truncated": lambda kind, x: list(truncated(Recurrent(kind, D, H), x, 2)),
    "truncated_gradient": lambda kind, x: truncated_gradient(Recurrent(kind, D, H), x, total, 2),
    "path_terms": lambda kind, x: path_terms(Recurrent(LSTMCell, D, H), x),
    "windows": lambda kind, x: windows(x, 2),
}
# Where the cell's sizes are known; a window takes inputs of any.
OF_A_CELL = sorted(DOORS.keys() - {"windows"})
every_cell = pytest.mark.parametrize("kind", CELLS)
every_door = pytest.mark.parametrize("door", sorted(DOORS))


@every_door
@settings(max_examples=30, deadline=None, derandomize=True)
@given(shape=st.lists(st.integers(1, 6), max_size=5), kind=st.sampled_from(CELLS))
def test_wrong_number_of_axes(door, shape, kind):
    assume(len(shape) != 3)
    with pytest.raises(ValueError, match=r"^x must have shape \(T, B, D\), got \("):
        DOORS[door](kind, torch.zeros(shape))


@pytest.mark.parametrize("door", OF_A_CELL)
@settings(max_examples=30, deadline=None, derandomize=True)
@given(size=st.integers(1, 9), kind=st.sampled_from(CELLS))
def test_wrong_number_of_features(door, size, kind):
    assume(size != D)
    with pytest.raises(ValueError, match=rf"^x must have D = 3 features .* got \(4, 2, {size}\)"):
        DOORS[door](kind, torch.zeros(T, B, size))


@pytest.mark.parametrize("door", OF_A_CELL)
@every_cell
def test_wrong_kind_dtype_device_or_nothing_at_all(door, kind):
    call = DOORS[door]
    with pytest.raises(TypeError, match=r"^x must be a tensor, got list"):
        call(kind, [[[0.0] * D] * B] * T)
    for dtype in (torch.float64, torch.int64, torch.bool):
        with pytest.raises(TypeError, match=r"^x must have the \w+'s dtype torch.float32, got"):
            call(kind, torch.zeros(T, B, D, dtype=dtype))
    with pytest.raises(ValueError, match=r"^x must be on the \w+'s device cpu, got one on meta"):
        call(kind, torch.zeros(T, B, D, device="meta"))
    for shape in ((0, B, D), (T, 0, D)):
        with pytest.raises(ValueError, match=r"^x must have at least one step and sequence"):
            call(kind, torch.zeros(shape))


@every_cell
@settings(max_examples=30, deadline=None, derandomize=True)
@given(shape=st.lists(st.integers(1, 6), max_size=4))
def test_one_step_of_a_cell(kind, shape):
    cell = kind(D, H)
    assume(len(shape) != 2 or shape[1] != D)
    message = r"^x_t must have (shape \(B, D\)|D = 3 features)"
    with pytest.raises(ValueError, match=message):
        cell(torch.zeros(shape))


PROBES = {
    "cell": lambda cell, state: cell(torch.zeros(B, D), state),
    "gradient_norms": lambda cell, state: gradient_norms(cell, torch.zeros(T, B, D), total, state),
    "step_jacobians": lambda cell, state: step_jacobians(cell, torch.zeros(T, B, D), state),
    "singular_values": lambda cell, state: singular_values(cell, torch.zeros(T, B, D), state),
}


@pytest.mark.parametrize("probe", sorted(PROBES))
@every_cell
@settings(max_examples=20, deadline=None, derandomize=True)
@given(data=st.data())
def test_a_state_that_would_be_broadcast(probe, kind, data):
    """(1, H), (B, 1) and (H) would fit by accident, and give a result of the wrong sequences."""
    cell = kind(D, H)
    shape = tuple(data.draw(st.lists(st.sampled_from([1, B, H]), max_size=3)))
    assume(shape != (B, H))
    wrong = data.draw(st.sampled_from(cell.State._fields))
    state = cell.initial_state(B)._replace(**{wrong: torch.zeros(shape)})
    with pytest.raises(ValueError, match=rf"^state {wrong} must have shape \(B, H\) = \(2, 5\)"):
        PROBES[probe](cell, state)


@pytest.mark.parametrize("probe", sorted(PROBES))
@every_cell
def test_a_state_of_another_kind(probe, kind):
    cell, call = kind(D, H), PROBES[probe]
    fields = ", ".join(cell.State._fields)
    for state in (5, torch.zeros(B, H), [torch.zeros(B, H)], {"h": torch.zeros(B, H)}):
        with pytest.raises(TypeError, match=rf"^state must be a \w+\({fields}\), got "):
            call(cell, state)
    first = cell.initial_state(B)
    with pytest.raises(TypeError, match=r"^state h must be a tensor, got NoneType"):
        call(cell, first._replace(h=None))
    with pytest.raises(TypeError, match=r"^state h must have the cell's dtype torch.float32"):
        call(cell, first._replace(h=first.h.double()))
    with pytest.raises(ValueError, match=r"^state h must be on the cell's device cpu"):
        call(cell, first._replace(h=first.h.to("meta")))


def test_what_fits_is_taken():
    """Also where a doorkeeper might be too strict: autocast, meta, an empty lag, any int."""
    for kind in CELLS:
        cell = kind(D, H)
        state = cell(torch.zeros(B, D))
        with torch.autocast("cpu", torch.bfloat16):
            state = cell(torch.zeros(B, D), cell(torch.zeros(B, D), state))
            Recurrent(kind, D, H)(torch.zeros(T, B, D).bfloat16())
        layer = Recurrent(kind, D, H).to("meta")
        output, _ = layer(torch.zeros(T, B, D, device="meta"), lengths=[1] * B)
        assert output.shape == (T, B, H)
    assert lag_jacobians(torch.zeros(0, B, H, H)).shape == (1, B, H, H)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: step_jacobians(Recurrent(SimpleCell, D, H), torch.zeros(T, B, D)), TypeError,
         "^cell must be a cell such as .*, got Recurrent"),
        (lambda: bptt(LSTMCell(D, H), torch.zeros(T, B, D), torch.zeros(T, B, H)), TypeError,
         "^cell must be a SimpleCell, got LSTMCell"),
        (lambda: bptt(SimpleCell(D, H), torch.zeros(T, B, D), torch.zeros(T, 1, H)), ValueError,
         r"^dh must have shape \(T, B, H\) = \(4, 2, 5\), got \(4, 1, 5\)"),
        (lambda: bptt(SimpleCell(D, H), torch.zeros(T, B, D), torch.zeros(T, B, H).double()),
         TypeError, "^dh must have the cell's dtype"),
        (lambda: bptt(SimpleCell(D, H), torch.zeros(T, B, D), torch.zeros(T, B, H), torch.zeros(H)),
         ValueError, r"^h_0 must have shape \(B, H\) = \(2, 5\), got \(5,\)"),
        (lambda: path_terms(LSTMCell(D, H), torch.zeros(T, B, D)), TypeError,
         "^layer must be a Recurrent, got LSTMCell"),
        (lambda: list(truncated(SimpleCell(D, H), torch.zeros(T, B, D), 2)), TypeError,
         "^layer must be a Recurrent, got SimpleCell"),
        (lambda: lag_jacobians(torch.zeros(T, H, H)), ValueError,
         r"^steps must have shape \(T, B, S, S\), got \(4, 5, 5\)"),
        (lambda: lag_jacobians(torch.zeros(T, B, H, D)), ValueError,
         r"^steps must hold square matrices, got \(4, 2, 5, 3\)"),
        (lambda: lag_jacobians([1]), TypeError, "^steps must be a tensor, got list"),
        (lambda: gradient_norms(SimpleCell(D, H), torch.zeros(T, B, D), lambda h: 1.0), TypeError,
         "^loss must return a tensor, got float"),
        (lambda: gradient_norms(SimpleCell(D, H), torch.zeros(T, B, D), lambda h: h[-1]),
         ValueError, r"^loss must return a scalar, got shape \(2, 5\)"),
        (lambda: gradient_norms(SimpleCell(D, H), torch.zeros(T, B, D), lambda h: h.detach().sum()),
         ValueError, "^loss must depend on the hidden states"),
    ],
)  # fmt: skip
def test_other_arguments_of_probes(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_the_finding():
    """What came of (T, B) for a bare cell: gradients of other sizes, without a word."""
    x = torch.randn(5, 3)
    for kind in (SimpleCell, LSTMCell, GRUCell):
        with pytest.raises(ValueError, match=r"^x must have shape \(T, B, D\), got \(5, 3\)$"):
            gradient_norms(kind(3, 4), x, lambda h: h[-1].sum())


# Documented errors: layers, ids, lengths, training.


@pytest.mark.parametrize("state", [5, 1.5, "zeros", {"h": 1}])
@every_cell
def test_a_layers_state_of_another_kind(kind, state):
    with pytest.raises(TypeError, match=r"^state must be a t(ensor|uple \(h, c\)), got "):
        Recurrent(kind, D, H)(torch.zeros(T, B, D), state)


@pytest.mark.parametrize(
    "dtype", ["uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64"]
)
def test_ids_and_lengths_of_any_integer_dtype(dtype):
    dtype = getattr(torch, dtype)
    model = LanguageModel(SimpleCell, V, H)
    ids = torch.randint(V, (T, B))
    assert torch.equal(model(ids.to(dtype))[0], model(ids)[0])
    lengths = torch.tensor([T, 1])
    for call in (
        lambda lengths: model(ids, lengths=lengths)[0],
        lambda lengths: sample(
            model, ids, 5, lengths=lengths, generator=torch.Generator().manual_seed(0)
        ),
    ):
        assert torch.equal(call(lengths.to(dtype)), call(lengths))
    logits, target = model(ids)[0], torch.randint(V, (T, B))
    assert torch.equal(next_token_loss(logits, target.to(dtype)), next_token_loss(logits, target))


TAKING_IDS = {
    "language model": lambda ids: LanguageModel(SimpleCell, V, H)(ids),
    "sample": lambda ids: sample(LanguageModel(SimpleCell, V, H), ids, 2),
    "target": lambda ids: next_token_loss(torch.zeros(T, B, V), ids),
}


@pytest.mark.parametrize("door", sorted(TAKING_IDS))
@settings(max_examples=20, deadline=None, derandomize=True)
@given(wrong=st.integers(-(2**40), 2**40), step=st.integers(0, T - 1))
def test_ids_out_of_range(door, wrong, step):
    assume(not 0 <= wrong < V)
    minds_its_ids(TAKING_IDS[door], wrong, step)


@pytest.mark.parametrize("door", sorted(TAKING_IDS))
@pytest.mark.parametrize("dtype", [torch.float32, torch.bool, torch.complex64])
def test_ids_that_are_no_ints(door, dtype):
    wants_ints(TAKING_IDS[door], dtype)


def test_ids_that_are_no_tensor():
    with pytest.raises(TypeError, match=r"^ids must be a tensor, got list"):
        LanguageModel(SimpleCell, V, H)([[1]])
    with pytest.raises(ValueError, match=r"^ids must have shape \(N\), got \(2, 2\)"):
        next(carried_batches(torch.zeros(2, 2, dtype=torch.long), 1, 1))
    with pytest.raises(TypeError, match=r"^ids must be ints, got 1\.0"):
        Vocabulary("ab").decode([1.0])


@pytest.mark.parametrize("lengths", ["no", 3, None, [[1, 2]], [1, "x"], [1.5, 2.0], [True, True]])
def test_lengths_that_are_none(lengths):
    layer = Recurrent(SimpleCell, D, H)
    if lengths is None:
        layer(torch.zeros(T, B, D), lengths=None)
        return
    with pytest.raises((TypeError, ValueError), match=r"^lengths must "):
        layer(torch.zeros(T, B, D), lengths=lengths)


def test_a_clamp_that_is_no_number():
    layer = Recurrent(LSTMCell, D, H)
    with pytest.raises(TypeError, match=r"^clamp f must be a number or a tensor, got 'open'"):
        layer.clamp(f="open").__enter__()
    assert layer.cell._clamps == {}


@pytest.mark.parametrize(
    ("changed", "error", "message"),
    [
        ({"loss": lambda m, b: 1.0}, TypeError, "^loss must return a tensor, got float"),
        ({"loss": lambda m, b: None}, TypeError, "^loss must return a tensor, got NoneType"),
        ({"loss": lambda m, b: m.W.sum(0)}, ValueError, r"^loss must return a scalar, got .*\(3,"),
        ({"loss": lambda m, b: torch.tensor(1.0)}, ValueError, "^loss must depend on what"),
        ({"model": len}, TypeError, "^model must be a module, got builtin"),
        ({"model": "frozen"}, ValueError, "^model must have a parameter that is not frozen"),
        ({"validate": lambda m: None}, TypeError, "^validate must return a number, got NoneType"),
        ({"validate": lambda m: m.W}, TypeError, "^validate must return a number, got Parameter"),
        ({"seed": 0.5}, ValueError, "^seed must be an int, got 0.5"),
        ({"lr": "fast"}, ValueError, "^lr must be a positive number, got 'fast'"),
        ({"clip": "no"}, ValueError, "^clip must be a positive number or None, got 'no'"),
        ({"stop_below": "x", "validate": len}, ValueError, "^stop_below must be a number or None"),
    ],
)
def test_training_names_what_does_not_fit(changed, error, message):
    cell = SimpleCell(D, H)
    call = {"model": cell, "sample": lambda generator: None, "loss": lambda m, b: m.W.sum()}
    if changed.get("model") == "frozen":
        changed = {"model": copy.deepcopy(cell).requires_grad_(False)}
    with pytest.raises(error, match=message):
        fit(**{**call, "steps": 1, "every": 1, "progress": False, **changed})
    assert cell.training
