"""The two networks of chapter 01: one answers from a window, the other from a state."""

import pytest
import torch

from rnnbook.tasks import Adding, RunningParity
from rnncourse.lessons.ch01.networks import MemoryNet, WindowNet, learn


def reach(model, steps=8):
    """At how many of the steps before it, and its own, an answer looks."""
    x = torch.zeros(steps, 1, 2, requires_grad=True)
    (gradient,) = torch.autograd.grad(model(x)[-1].sum(), x)
    return int((gradient.abs().sum(dim=(1, 2)) > 0).sum())


def test_the_window_sees_k_inputs_and_the_memory_all():
    torch.manual_seed(0)
    assert reach(WindowNet(3, 2, 5)) == 3
    assert reach(MemoryNet(2, 5)) == 8
    assert WindowNet(3, 2, 5)(torch.zeros(4, 6, 2)).shape == (4, 6, 1)
    assert MemoryNet(2, 5)(torch.zeros(4, 6, 2)).shape == (4, 6, 1)


@pytest.mark.parametrize(
    ("network", "sizes"),
    [
        *((WindowNet, sizes) for sizes in [(0, 1, 4), (3, 0, 4), (3, 1, 0)]),
        *((MemoryNet, sizes) for sizes in [(0, 4), (1, 0)]),
    ],
)
def test_sizes_must_be_positive(network, sizes):
    with pytest.raises(ValueError, match="must be a positive int, got 0"):
        network(*sizes)


@pytest.mark.draws
@pytest.mark.parametrize(("network", "sizes"), [(WindowNet, (2, 3, 4)), (MemoryNet, (3, 4))])
def test_inputs_of_another_shape_are_refused(network, sizes):
    with pytest.raises(ValueError, match=r"x must have D = 3 features .*, got \(5, 2, 1\)"):
        network(*sizes)(torch.zeros(5, 2, 1))


def test_learn_stays_with_its_examples_and_stops_when_they_are_known():
    task = RunningParity(4)
    examples = task.sample(3, torch.Generator().manual_seed(0))
    torch.manual_seed(0)
    model = WindowNet(4, 1, 16)
    history = learn(model, task, examples, lr=0.03)
    assert history.stopped.startswith("validation fell below 0.01 at step")
    assert task.loss(model(examples.x), examples) < 0.01
    again = WindowNet(4, 1, 16)
    assert len(learn(again, task, examples, lr=0.03, steps=7).loss) == 7


@pytest.mark.draws
def test_learn_names_what_is_no_task_and_no_batch():
    model, task = WindowNet(4, 1, 2), RunningParity(4)
    examples = task.sample(3, torch.Generator())
    with pytest.raises(TypeError, match="task must be a task of yes or no, got Adding"):
        learn(model, Adding(4), examples, lr=0.1)
    with pytest.raises(TypeError, match=r"examples must be a Batch \(x, target, mask\), got tuple"):
        learn(model, task, tuple(examples), lr=0.1)


def test_learn_draws_on_the_cpu_whatever_the_default_device_is():
    task = RunningParity(5)
    examples = task.sample(40, torch.Generator().manual_seed(3))

    def learned():
        with torch.device("cpu"):
            torch.manual_seed(0)
            model = MemoryNet(1, 4)
        learn(model, task, examples, lr=0.01, steps=3)
        return [parameter.detach() for parameter in model.parameters()]

    expected = learned()
    with torch.device("meta"):
        found = learned()
    assert all(map(torch.equal, found, expected))
