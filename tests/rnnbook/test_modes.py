"""Whoever asks a model, and does not train it, asks without dropout and leaves its mode alone."""

import pytest
import torch
from torch import nn

from rnnbook import LSTMCell
from rnnbook.cells.modes import evaluating
from rnnbook.models import LanguageModel, bits, sample
from rnnbook.training import fit

# Refusals and equalities: they hold for every draw.
pytestmark = pytest.mark.draws

V = 6


IDS = torch.randint(V, (60,), generator=torch.Generator().manual_seed(0))
INFERENCE = {
    "sample": lambda model: sample(
        model, IDS.view(6, 10), 8, generator=torch.Generator().manual_seed(1)
    ),
    "bits": lambda model: torch.tensor(bits(model, IDS, batch_size=2, length=5)),
}


@pytest.fixture(params=sorted(INFERENCE))
def asked(request):
    """What asks, and a model with dropout, one of whose modules was in evaluation mode anyway."""
    torch.manual_seed(0)
    model = LanguageModel(LSTMCell, V, 5, num_layers=2, dropout=0.5)
    model.layer.cells.eval()
    return INFERENCE[request.param], model


def modes(model):
    return [module.training for module in model.modules()]


def test_the_answer_does_not_depend_on_the_mode(asked):
    ask, model = asked
    before = modes(model)
    assert model.training
    found = ask(model)
    assert modes(model) == before
    assert torch.equal(found, ask(model))
    assert torch.equal(found, ask(model.eval()))
    assert not model.training


def test_the_mode_is_put_back_when_something_is_raised(asked):
    ask, model = asked
    before = modes(model)

    def fail(*arguments):
        assert not model.training
        raise RuntimeError("in the middle")

    model.layer.register_forward_pre_hook(fail)
    with pytest.raises(RuntimeError, match="in the middle"):
        ask(model)
    assert modes(model) == before


def test_each_module_gets_its_own_mode_back():
    model = nn.Sequential(nn.Dropout(), nn.Linear(1, 1))
    model[0].eval()
    with evaluating(model):
        assert modes(model) == [False] * 3
    assert modes(model) == [True, False, True]
    with torch.no_grad(), pytest.raises(ZeroDivisionError), evaluating(model):
        _ = 1 / 0
    assert modes(model) == [True, False, True]
    fit(
        model,
        lambda generator: torch.ones(1, 1),
        lambda model, x: model(x).sum(),
        steps=2,
        every=1,
        validate=lambda model: float(model.training),
    )
    assert modes(model) == [True, False, True]
