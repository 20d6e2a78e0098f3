"""Draws come from the generator that is given, whatever torch's default device may be."""

from __future__ import annotations

import pytest
import torch

from rnnbook import GRUCell
from rnnbook.baselines import guess_weights
from rnnbook.data import code_kinds
from rnnbook.models import LanguageModel, sample
from rnnbook.tasks import TASKS, Cue
from rnnbook.training import fit


def generator():
    return torch.Generator(device="cpu").manual_seed(3)


@pytest.fixture
def elsewhere():
    """Tensors that nobody places are made where there are no values."""
    torch.set_default_device("meta")
    yield
    torch.set_default_device(None)


@pytest.mark.parametrize("task", TASKS)
def test_tasks(task, request):
    expected = task().sample(5, generator())
    request.getfixturevalue("elsewhere")
    for ours, theirs in zip(task().sample(5, generator()), expected, strict=True):
        assert ours.device.type == "cpu"
        assert torch.equal(ours, theirs)


def test_guesses(request):
    expected = guess_weights(Cue(3), 10, 3).accuracy
    request.getfixturevalue("elsewhere")
    assert torch.equal(guess_weights(Cue(3), 10, 3).accuracy, expected)


def trained():
    """What is learned by each model that draws its batches, started on the CPU."""
    ids = torch.arange(60, device="cpu") % 5
    with torch.device("cpu"):
        torch.manual_seed(0)
        line = torch.nn.Linear(2, 1)
        writer = LanguageModel(GRUCell, 5, 4)
    # dropout has a seed of its own, which is drawn too
    fit(line, lambda g: torch.ones(1, 2, device="cpu"), lambda m, x: m(x).sum(), steps=2)
    drawn = sample(writer, ids[:6].view(3, 2), 9, lengths=[3, 1], generator=generator())
    return [drawn, *(p.detach() for p in line.parameters())]


def test_training_and_writing(request):
    expected = trained()
    request.getfixturevalue("elsewhere")
    for ours, theirs in zip(trained(), expected, strict=True):
        assert torch.equal(ours, theirs)


def test_texts(elsewhere):
    assert code_kinds("x  # y").tolist() == [0, 0, 0, 1, 1, 1]
