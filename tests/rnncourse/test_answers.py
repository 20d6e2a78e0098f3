"""Windows of inputs, and the two networks that answer from a window and from a state."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from rnnbook.data import windows
from rnnbook.models import MemoryNet, WindowNet, learn
from rnnbook.tasks import RunningParity


@given(T=st.integers(1, 9), k=st.integers(1, 6))
def test_windows_hold_the_last_inputs_and_zeros_before_the_first(T, k):
    x = 1 + torch.arange(T * 6).view(T, 2, 3)
    seen = windows(x, k)
    assert seen.shape == (T, 2, k, 3)
    for t in range(T):
        for place in range(k):
            source = t - k + 1 + place
            expected = x[source] if source >= 0 else torch.zeros_like(x[0])
            assert torch.equal(seen[t, :, place], expected)


def test_windows_names_what_is_wrong():
    with pytest.raises(ValueError, match=r"x must have shape \(T, B, D\), got \(3, 2\)"):
        windows(torch.zeros(3, 2), 2)
    with pytest.raises(ValueError, match="k must be a positive int, got 0"):
        windows(torch.zeros(3, 2, 1), 0)


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


@pytest.mark.parametrize("sizes", [(0, 1, 4), (3, 0, 4), (3, 1, 0)])
def test_sizes_must_be_positive(sizes):
    with pytest.raises(ValueError, match="must be a positive int, got 0"):
        WindowNet(*sizes)


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
