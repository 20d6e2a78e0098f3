"""What the experiments on the LSTM's start and reach build on."""

import pytest
import torch
from torch import nn

from rnnbook import Recurrent
from rnnbook.tasks import Adding, CopyMemory, Cue, ThreeSigns
from rnncourse.experiments.protocol import set_bias
from rnncourse.lessons.ch09.experiments import (
    lstm_at_length,
    signs_by_forget_bias,
    signs_cut_credit,
)
from rnncourse.lessons.ch09.experiments.signs_by_forget_bias import Network


@pytest.mark.draws
@pytest.mark.parametrize(("gate", "block"), [("i", 0), ("f", 1), ("g", 2), ("o", 3)])
def test_a_set_bias_is_the_sum_of_both_and_touches_nothing_else(gate, block):
    layer = nn.LSTM(2, 5)
    before = Recurrent.from_torch(layer).cell.b.detach().view(4, 5)
    set_bias(layer, gate, 3.0)
    after = Recurrent.from_torch(layer).cell.b.detach().view(4, 5)
    assert (after[block] == 3.0).all()
    others = [k for k in range(4) if k != block]
    assert torch.equal(after[others], before[others])


def test_starts_differ_in_the_biases_that_they_name_alone():
    layers = {}
    for start in ("torch", "forget 1", "chrono"):
        torch.manual_seed(0)
        layers[start] = Recurrent.from_torch(Network(ThreeSigns(40), start).layer).cell
    i, f, g, o = layers["chrono"].b.detach().view(4, -1)
    assert torch.allclose(i, -f)
    assert 0 <= f.min() < f.max() <= torch.tensor(40.0).log()
    assert torch.equal(layers["forget 1"].b.detach().view(4, -1)[1], torch.ones(32))
    as_drawn = layers["torch"].b.detach().view(4, -1)
    assert torch.equal(torch.stack([g, o]), as_drawn[2:])
    assert torch.equal(layers["chrono"].U, layers["torch"].U)


@pytest.mark.draws
def test_best_kept_is_the_product_of_the_clamped_gate():
    model, x = Network(Cue(6), "torch"), torch.randn(7, 3, 1)
    with torch.no_grad():
        model.layer.weight_ih_l0.zero_()
        model.layer.weight_hh_l0.zero_()
    set_bias(model.layer, "f", 1.0)
    expected = torch.sigmoid(torch.tensor(1.0)).item() ** 6
    assert signs_by_forget_bias.best_kept(model, x) == pytest.approx(expected, rel=1e-5)


def test_cut_credit_gives_the_same_answers_and_no_gradient_before():
    torch.manual_seed(0)
    model = signs_cut_credit.CutNetwork(ThreeSigns(20), "forget 3")
    x = torch.randn(21, 4, 3, requires_grad=True)
    answers = model(x, signs_cut_credit.REACH)
    assert torch.allclose(answers, model(x)[-signs_cut_credit.REACH :], atol=1e-6)
    (gradient,) = torch.autograd.grad(answers.sum(), x)
    assert (gradient[: -signs_cut_credit.REACH] == 0).all()
    assert (gradient[-signs_cut_credit.REACH :] != 0).any()


def test_tasks_of_the_experiment_by_name():
    assert lstm_at_length.make_task("adding 50") == Adding(50)
    assert lstm_at_length.make_task("copy 10") == CopyMemory(10, 2)


def test_one_short_run_of_each_experiment():
    found = lstm_at_length.run(0, "copy 5", "chrono", 0.01, steps=2)
    assert found["updates"] == 2
    assert found["solved"] == 0
    assert 0 <= found["recalled"] <= 1
    found = signs_by_forget_bias.run(0, "one sign 20", "forget 3", 0.01, steps=2)
    assert 0 < found["kept_start"] < 1
    assert found["cost"] >= found["updates"] == 2
