"""Chapter 11's networks have the sizes that they are said to have, and its counts are counted."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from rnncourse.experiments import recorded
from rnncourse.lessons.ch11.experiments import counting, tries
from rnncourse.lessons.ch11.networks import LAYERS, Network, hidden_size, parameters
from rnncourse.lessons.ch11.tries import BUDGET
from rnncourse.lessons.ch11.words import AnBn, AnBnCn


@pytest.mark.draws
@pytest.mark.parametrize("cell", LAYERS)
def test_weights_are_counted_as_torch_has_them(cell):
    network = Network(cell, 3, 7, 5)
    assert sum(p.numel() for p in network.parameters()) == parameters(cell, 3, 7, 5)


@pytest.mark.parametrize("cell", LAYERS)
@pytest.mark.parametrize("budget", [200, 4500])
def test_the_largest_size_within_a_budget(cell, budget):
    H = hidden_size(cell, 3, 5, budget)
    assert parameters(cell, 3, H, 5) <= budget < parameters(cell, 3, H + 1, 5)


def test_all_three_use_nearly_the_whole_budget():
    for task in tries.TASKS.values():
        for cell in LAYERS:
            H = hidden_size(cell, task.input_size, task.output_size, BUDGET)
            used = parameters(cell, task.input_size, H, task.output_size)
            assert 0.95 * BUDGET < used <= BUDGET


@pytest.mark.draws
def test_what_a_kept_start_changes():
    for cell, block in (("gru", 1), ("lstm", 1)):
        layer = Network(cell, 3, 4, 2, "kept").layer
        biases = layer.bias_ih_l0 + layer.bias_hh_l0
        assert torch.equal(biases[4 * block : 4 * (block + 1)], torch.full((4,), 3.0))
        assert biases[:4].abs().max() <= 1  # another gate is as torch draws it
    U = Network("simple", 3, 4, 2, "kept").layer.weight_hh_l0
    assert torch.allclose(U @ U.T, torch.eye(4), atol=1e-5)


def test_every_setting_was_run_with_every_seed():
    table = recorded("tries").table
    runs = table.groupby(["task", "cell", "start", "rate"]).seed.nunique()
    assert len(runs) == 2 * 3 * 2 * 6
    assert set(runs) == {10}


class Counts(nn.Module):
    """Right about every word up to a length, and about none above it."""

    def __init__(self, task: AnBn, up_to: int) -> None:
        super().__init__()
        words = task.words(torch.arange(1, task.longest + 1))
        self.answers = nn.functional.one_hot(words.target, task.output_size).float()
        self.answers[-1, up_to:] = self.answers[-1, up_to:].roll(1, dims=-1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """The scores of all words, in the order of their lengths."""
        return self.answers


@pytest.mark.parametrize("kind", [AnBn, AnBnCn])
@pytest.mark.parametrize("up_to", [0, 1, 7, 12])
def test_how_far_a_network_counts(kind, up_to):
    task = kind(12)
    assert counting.reach(Counts(task, up_to), task) == up_to
