"""The calculator's memory: its task, its networks, and what is measured of them."""

import pytest
import torch

from rnnbook import LSTMCell, Recurrent
from rnnbook.tasks import MemoryKeys
from rnnbook.tasks.memory_keys import by_key, memory
from rnncourse.lessons.ch08.experiments import clamped_after_training, memory_keys
from rnncourse.lessons.ch08.experiments.memory_keys import (
    ExchangedLSTMCell,
    Network,
    hold_open,
)


def draw(length=20, batch_size=2000, seed=0):
    return MemoryKeys(length).sample(batch_size, torch.Generator().manual_seed(seed))


def test_memory_adds_keeps_and_clears():
    keys = [[0.5, 1, 0], [0.9, 0, 0], [-0.2, 1, 0], [0.7, 0, 1], [0.4, -1, 0], [0.3, 1, 0]]
    held = memory(torch.tensor(keys)[:, None])
    assert torch.allclose(held[:, 0], torch.tensor([0.5, 0.5, 0.3, 0.3, 0.0, 0.3]))


def test_answers_are_the_memory_at_recall_and_nothing_elsewhere():
    batch = draw()
    recall = batch.x[..., 2] == 1
    assert torch.equal(batch.target[recall], memory(batch.x)[recall])
    assert not batch.target[~recall].any()
    assert batch.mask.all()
    assert set(batch.x[..., 1].unique().tolist()) == {-1.0, 0.0, 1.0}
    assert not batch.x[..., 1][recall].any()  # one key at most is pressed


def test_keys_are_pressed_as_often_as_promised():
    x = draw().x
    shares = [(x[..., 1] > 0), (x[..., 1] < 0), (x[..., 2] > 0)]
    promised = [MemoryKeys.add, MemoryKeys.clear, MemoryKeys.recall]
    for share, promise in zip(shares, promised, strict=True):
        assert share.float().mean().item() == pytest.approx(promise, abs=0.01)


@pytest.mark.parametrize("length", [1, 3, 20])
def test_baseline_is_the_error_of_saying_nothing(length):
    task, batch = MemoryKeys(length), draw(length, 40_000)
    nothing = task.loss(torch.zeros(length, 40_000, 1), batch).item()
    assert nothing == pytest.approx(task.baseline(), rel=0.05, abs=1e-9)


def test_length_must_be_positive():
    with pytest.raises(ValueError, match="length"):
        MemoryKeys(0)


def test_exchanged_cell_is_an_lstm_where_nothing_is_exchanged():
    torch.manual_seed(0)
    plain = Recurrent(LSTMCell, 3, 4)
    exchanged = Recurrent(ExchangedLSTMCell, 3, 4)
    exchanged.load_state_dict(plain.state_dict())
    x = torch.randn(9, 2, 3)
    assert torch.allclose(exchanged(x)[0], plain(x)[0], atol=1e-6)


@pytest.mark.parametrize(
    ("kind", "gate", "low"),
    [("g by sigmoid", "g", 0), ("gates by tanh", "f", -1), ("gates by tanh", "g", -1)],
)
def test_exchanged_functions_are_in_use(kind, gate, low):
    torch.manual_seed(0)
    values = getattr(Network(kind).layer.trace(3 * torch.randn(20, 8, 3)), gate)
    assert values.min() >= low
    assert (values.min() < 0) == (low < 0)


def test_h_without_tanh_is_not_bounded():
    torch.manual_seed(0)
    trace = Network("h without tanh").layer.trace(torch.randn(9, 2, 3))
    assert torch.allclose(trace.h, trace.o * trace.c)


@pytest.mark.parametrize("gate", ["i", "f", "o"])
def test_a_gate_held_open_is_a_clamp_that_training_does_not_move(gate):
    torch.manual_seed(0)
    layer = Recurrent(LSTMCell, 3, 4)
    x = torch.randn(9, 2, 3)
    with layer.clamp(**{gate: 1.0}):
        expected = layer(x)[0]
    hold_open(layer.cell, gate)
    before = layer.cell.U.detach().clone()
    assert torch.allclose(layer(x)[0], expected, atol=1e-6)
    optimizer = torch.optim.Adam(layer.parameters(), lr=0.1)
    for _ in range(3):
        optimizer.zero_grad()
        layer(x)[0].square().sum().backward()
        optimizer.step()
    assert (getattr(layer.trace(x), gate) == 1).all()
    assert not torch.equal(layer.cell.U, before)  # the others have learned


@pytest.mark.draws
def test_a_gate_that_is_held_gets_no_gradient(monkeypatch):
    monkeypatch.setattr(memory_keys, "WIDE_OPEN", 1.0)  # where a sigmoid has a slope
    layer = Recurrent(LSTMCell, 3, 4)
    hold_open(layer.cell, "f")
    layer(torch.randn(9, 2, 3))[0].square().sum().backward()
    for parameter in layer.parameters():
        i, f, g, o = parameter.grad.chunk(4)
        assert not f.any()
        assert all(block.any() for block in (i, g, o))


@pytest.mark.draws
def test_networks_to_be_compared_are_about_equally_large():
    sizes = {
        kind: sum(p.numel() for p in Network(kind).layer.parameters())
        for kind in ("lstm", "simple", "coupled", "peepholes")
    }
    assert abs(sizes["simple"] - sizes["lstm"]) < 0.02 * sizes["lstm"]
    assert sizes["coupled"] == 3 / 4 * sizes["lstm"]
    assert sizes["peepholes"] == sizes["lstm"] + 3 * memory_keys.HIDDEN_SIZE


def test_means_by_key():
    x = torch.tensor([[0.5, 1, 0], [0.5, -1, 0], [0.5, 0, 1], [0.5, 0, 0], [0.1, 0, 0]])[:, None]
    gate = torch.arange(5.0)[:, None, None].expand(5, 1, 2)
    means = by_key(gate, x)
    assert {name: value.tolist() for name, value in means.items()} == {
        "M+": [0, 0],
        "MC": [1, 1],
        "MR": [2, 2],
        "none": [3.5, 3.5],
    }


@pytest.mark.parametrize("kind", memory_keys.GRID["network"])
def test_every_network_runs(kind):
    measured = memory_keys.run(0, kind, 0.01, steps=2)
    assert set(measured) == {"error", "long", "held", "held_long", "parameters"}


def test_clamping_after_training_runs():
    measured = clamped_after_training.run(0, 0.01, steps=2)
    assert measured["f_one"] != measured["f_mean"] != measured["error"]
