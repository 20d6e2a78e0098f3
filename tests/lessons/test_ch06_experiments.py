"""The parts that the experiments of chapter 06 are made of."""

import pytest
import torch

from rnnbook.tasks import Cue
from rnncourse.lessons.ch06.experiments.clipping import ValueClippedSGD, angle
from rnncourse.lessons.ch06.experiments.remedies import GRID, STEPS, TASKS, Network, later_accuracy


def test_angle():
    one, other = torch.tensor([1.0, 0.0]), torch.tensor([1.0, 1.0])
    assert angle(one, other) == pytest.approx(45)
    assert angle(one, 7 * one) == 0
    assert angle(one, -one) == pytest.approx(180)
    assert angle(one, 0 * one) == 0


def test_value_clipped_descent():
    weight = torch.nn.Parameter(torch.zeros(2))
    descent = ValueClippedSGD([weight], lr=0.5, limit=1.0)
    weight.grad = torch.tensor([1.0, -4.0])
    descent.step()
    assert weight.tolist() == [-0.5, 0.5]
    assert descent.angles == [pytest.approx(angle(torch.tensor([1.0, 4.0]), torch.ones(2)))]


def test_value_limit_bounds_the_norm_by_one():
    weight = torch.nn.Parameter(torch.zeros(50, 2))
    descent = ValueClippedSGD([weight], lr=1.0)
    weight.grad = torch.full((50, 2), 1e6)
    descent.step()
    assert weight.norm().item() == pytest.approx(1.0)


@pytest.mark.parametrize("start", GRID["start"])
def test_starts(start):
    torch.manual_seed(0)
    cell = Network(Cue(5), start).layer.cell
    nonlinearity, _, kind = start.partition(" ")
    assert cell.nonlinearity == nonlinearity
    assert bool((cell.b == 0).all()) == bool(kind)
    values = torch.linalg.svdvals(cell.U.detach())
    if kind in ("orthogonal", "identity"):
        torch.testing.assert_close(values, torch.ones_like(values))
    else:
        assert values[0] > 1.0


def test_every_task_has_a_budget():
    for name in GRID["task"]:
        kind, _, number = name.rpartition(" ")
        assert kind in STEPS
        assert TASKS[kind](int(number)).steps >= int(number)


def test_later_accuracy_of_a_network_that_holds_the_sign_for_some_steps():
    class Holds(torch.nn.Module):
        """Answers with the first input, and from step 8 on with its opposite."""

        def forward(self, x):
            says = x[:1].expand_as(x).clone()
            says[8:] *= -1
            return says

    accuracy = later_accuracy(Holds(), Cue(12), lag=5, seed=0)
    # A lag of 5 is answered at index 5, and so on to a lag of 12.
    assert accuracy.tolist() == [1, 1, 1, 0, 0, 0, 0, 0]
