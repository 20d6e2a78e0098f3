"""The networks of chapter 12: what is taken away, what is left, and how large they are."""

import pytest
import torch

from rnncourse.experiments import recorded
from rnncourse.lessons.ch12.experiments import parts_taken_away, untuned_ablations
from rnncourse.lessons.ch12.networks import (
    FULL,
    LESS_A_PART,
    RELATIVES,
    VARIANTS,
    Network,
    seeded,
    weights,
    without,
)

pytestmark = pytest.mark.draws
CLAMPED = {"no input gate": "i", "no forget gate": "f", "no output gate": "o"}


@pytest.fixture
def model() -> Network:
    return seeded(0, FULL, 3, 5, 2).double()


@pytest.mark.parametrize("variant", CLAMPED)
def test_a_gate_taken_away_is_a_gate_held_open(model, variant):
    x = torch.randn(9, 4, 3, dtype=torch.float64)
    with model.layer.clamp(**{CLAMPED[variant]: 1.0}):
        expected = model(x)
    torch.testing.assert_close(without(model, variant).double()(x), expected)


def test_without_peepholes_is_with_peepholes_of_zero(model):
    x = torch.randn(9, 4, 3, dtype=torch.float64)
    found = without(model, "no peepholes").double()(x)
    with torch.no_grad():
        model.layer.cell.P.zero_()
    torch.testing.assert_close(found, model(x))


@pytest.mark.parametrize("variant", LESS_A_PART)
def test_what_is_left_are_the_lstms_own_weights(model, variant):
    made = without(model, variant).double()
    x = torch.randn(9, 4, 3, dtype=torch.float64)
    assert made(x).shape == (9, 4, 2)
    assert not torch.equal(made(x), model(x))
    assert torch.equal(made.readout.weight, model.readout.weight)
    assert made.layer.cell.hidden_size == model.layer.cell.hidden_size
    assert weights(made.layer) <= weights(model.layer)


@pytest.mark.parametrize("variant", RELATIVES)
def test_a_relative_has_as_many_weights_as_fit(variant):
    whole, made = (Network(name, 3, 16, 1).layer for name in (FULL, variant))
    H = made.cell.hidden_size
    assert weights(made) <= weights(whole)
    larger = type(made.cell)(3, H + 1, **RELATIVES[variant][1])
    assert weights(larger) > weights(whole)


def test_whoever_has_a_keeping_gate_starts_it_at_one():
    for variant in VARIANTS:
        cell = Network(variant, 3, 4, 1).layer.cell
        keeps = "f" if "f" in cell.block_names else "z" if "z" in cell.block_names else ""
        if keeps:
            block = cell.b.chunk(len(cell.block_names))[cell.block_names.index(keeps)]
            assert torch.equal(block, torch.ones(cell.hidden_size)), variant


def test_the_rates_of_the_lstm_are_those_of_its_search():
    tuned = {
        **dict.fromkeys(("adding", "memory keys"), recorded("gate_ablations").table),
        "JSB": recorded("chorales_gate_ablations").table.rename(columns={"data": "task"}),
    }
    for task, rate in parts_taken_away.LSTM_RATE.items():
        of_lstm = tuned[task].query("task == @task and variant == @FULL")
        assert set(of_lstm.lr) == {rate}, task
    assert parts_taken_away.LSTM_RATE.items() >= untuned_ablations.LSTM_RATE.items()
