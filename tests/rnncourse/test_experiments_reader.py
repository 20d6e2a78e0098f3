"""The reader of Python and its packing: what comes in and what is refused, modes and draws."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from torch import nn

from rnnbook import LSTMCell, SimpleCell
from rnncourse.experiments import packing, reader
from rnncourse.experiments.reader import Reader, changes, learn_kinds

sys.path.insert(0, str(Path(__file__).parents[1] / "rnnbook"))
from door_kinds import (
    CLASS,
    IDS,
    POSITIVE,
    SEED,
    SIZE,
    TEXT_IDS,
    TEXTS,
    B,
    H,
    Kind,
    T,
    V,
    comes_in,
    ids_below,
    is_refused,
    minds_its_ids,
    nonsense,
    one_of,
    public,
    tensors,
    torch_ids,
    wants_ints,
)

# What asks a model is asked for the same here: these two tests run with this file's `asked`.
from test_modes import (
    test_the_answer_does_not_depend_on_the_mode,  # noqa: F401
    test_the_mode_is_put_back_when_something_is_raised,  # noqa: F401
)

# Refusals and equalities: they hold for every draw.
pytestmark = pytest.mark.draws

READER = Reader(SimpleCell, V, H)
DOORS = {
    "Reader": (Reader, {
        "cell": CLASS, "symbols": SIZE, "hidden_size": SIZE, "classes": SIZE}),
    "one_hot": (READER.one_hot, {"ids": ids_below(IDS.fits, V, free=(0, 1), any_rank=True)}),
    "unpack a reader": (READER.unpack, {"packed": Kind(READER.pack(), nonsense(lambda v: False)
        | st.sampled_from([{}, {**READER.pack(), "W": packing.pack(torch.ones(2, 2))}]))}),
    "margin": (reader.margin, {"scores": tensors(torch.randn(T, B, 3)),
        "kinds": one_of(torch_ids(T, B, size=3))}),
    "changes": (changes, {"model": one_of(READER), **{
        name: ids_below(torch_ids(T, size=3), size)
        for name, size in (("ids", V), ("kinds", 3), ("new", V))}}),
    "learn_kinds": (learn_kinds, {"model": one_of(READER), "ids": TEXTS,
        "kinds": ids_below(torch_ids(30, size=3), 3), "lr": POSITIVE, "steps": SIZE, "seed": SEED,
        "window": Kind(2, SIZE.wrong | st.integers(min_value=30)), "batch_size": SIZE}),
    "pack": (packing.pack, {"weights": one_of(torch.ones(2, 3))}),
    "unpack": (packing.unpack, {"packed": one_of(packing.pack(torch.ones(2, 3)))}),
    "pack_all": (packing.pack_all, {"model": one_of(READER)}),
    "unpack_all": (packing.unpack_all, {"model": one_of(READER),
        "packed": Kind(packing.pack_all(READER), nonsense(lambda v: False) | st.just({}))}),
    "round_weights": (packing.round_weights, {"model": one_of(READER)}),
}  # fmt: skip
ARGUMENTS = [(door, name) for door, (_, kinds) in DOORS.items() for name in kinds]


@pytest.mark.parametrize("door", DOORS)
def test_what_fits_comes_in(door):
    comes_in(*DOORS[door])


@pytest.mark.parametrize(("door", "name"), ARGUMENTS)
@settings(max_examples=12, deadline=None, derandomize=True)
@given(data=st.data())
def test_what_does_not_fit_is_refused_by_name(door, name, data):
    is_refused(*DOORS[door], name, data)


def test_no_door_without_a_row():
    assert public(packing, reader) - DOORS.keys() == set()


TAKING_IDS = {
    "reader": lambda ids: READER(ids),
    "changes": lambda ids: changes(READER, ids[:, 0], torch_ids(T, size=3), ids[:, 0]),
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


class Dropping(Reader):
    """A reader with dropout before its read-out."""

    def __init__(self):
        super().__init__(LSTMCell, V, H)
        self.readout = nn.Sequential(nn.Dropout(0.5), self.readout)
        self.readout.weight = self.readout[1].weight


@pytest.fixture
def asked():
    """What asks, and a model with dropout, one of whose modules was in evaluation mode anyway."""
    torch.manual_seed(0)
    model, ids = Dropping(), torch.randint(V, (9,))
    model.layer.cells.eval()
    return lambda model: changes(model, ids, ids % 3, (ids + 1) % V).real, model


def trained():
    with torch.device("cpu"):
        torch.manual_seed(0)
        model = Reader(SimpleCell, V, H)
    learn_kinds(model, TEXT_IDS, TEXT_IDS % 3, lr=0.01, steps=3, window=7, batch_size=2)
    return [p.detach() for p in model.parameters()]


def test_windows_are_drawn_alike_whatever_the_default_device():
    expected = trained()
    with torch.device("meta"):
        found = trained()
    for ours, theirs in zip(found, expected, strict=True):
        assert torch.equal(ours, theirs)
