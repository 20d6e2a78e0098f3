"""The parts that the experiments of chapter 07 are made of."""

import pytest
import torch

from rnnbook.cells import GatedLeakCell
from rnnbook.cells.init import starting_leaks
from rnnbook.tasks import FirstSign, MarkedBit
from rnnbook.unroll import Recurrent
from rnncourse.lessons.ch07.experiments.frozen_gates import GRID as FROZEN
from rnncourse.lessons.ch07.experiments.leak_or_gate import (
    GRID,
    LENGTH,
    TASKS,
    Network,
    reach,
    written_at,
)


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def test_first_sign_asks_for_the_first_sign():
    x, target, mask = FirstSign(length=12).sample(500, generator())
    assert mask.sum(dim=0).tolist() == [1] * 500
    assert mask[-1].all()
    for b in range(500):
        shown = x[:, b, 0]
        first = shown[shown != 0][0].item()
        assert target[-1, b] == (first + 1) / 2
    assert set(x.unique().tolist()) == {-1.0, 0.0, 1.0}


def test_the_first_sign_stands_at_every_step_and_is_followed_by_others():
    batch = FirstSign(length=10).sample(4000, generator())
    at = written_at(FirstSign(length=10), batch)
    counts = torch.bincount(at, minlength=10)
    assert counts.min() > 300
    signs = (batch.x[..., 0] != 0).sum(dim=0).double()
    assert (signs[at == 0].mean() - 1).item() == pytest.approx(9 * 0.2, abs=0.3)


def test_the_mark_says_where_to_write():
    batch = MarkedBit(length=9).sample(50, generator())
    at = written_at(MarkedBit(length=9), batch)
    assert batch.x[at, torch.arange(50), 1].tolist() == [1.0] * 50


def test_starting_leaks_have_the_time_constants_that_are_said():
    leaks = starting_leaks(16, 40)
    tau = -1 / torch.log(1 - leaks)
    torch.testing.assert_close(tau, torch.linspace(1, 40, 16), rtol=1e-4, atol=0)


@pytest.mark.parametrize("kind", GRID["network"])
def test_every_network_starts_as_declared(kind):
    torch.manual_seed(0)
    model = Network(MarkedBit(length=LENGTH), kind)
    x = MarkedBit(length=LENGTH).sample(3, generator()).x
    assert model(x).shape == (LENGTH, 3, 1)
    cell = model.layer.cell
    if kind == "leaky":
        torch.testing.assert_close(cell.alpha, starting_leaks(16, LENGTH))
    if "gate" in kind:
        torch.testing.assert_close(torch.sigmoid(cell.b[:16]), starting_leaks(16, LENGTH))
    assert -31 < reach(model, *_problem()) < 2


def _problem():
    task = MarkedBit(length=LENGTH)
    return task, task.sample(100, generator(1))


@pytest.mark.parametrize("reads_state", [True, False])
def test_the_gate_is_the_sigmoid_of_what_it_reads(reads_state):
    torch.manual_seed(0)
    layer = Recurrent(GatedLeakCell, 2, 3, reads_state=reads_state).double()
    x = torch.randn(5, 4, 2, dtype=torch.float64)
    trace = layer.trace(x)
    h, cell = torch.zeros(4, 3, dtype=torch.float64), layer.cell
    for t in range(5):
        a = x[t] @ cell.W.T + cell.b
        gate_of_h = h @ cell.U[:3].T if reads_state else 0
        alpha = torch.sigmoid(a[:, :3] + gate_of_h)
        h = h + alpha * (torch.tanh(a[:, 3:] + h @ cell.U[3:].T) - h)
        torch.testing.assert_close(trace.alpha[t], alpha)
        torch.testing.assert_close(trace.h[t], h)


def test_both_experiments_know_the_same_tasks():
    assert GRID["task"] == list(TASKS) == FROZEN["task"]
