"""The slider that trains: a trait that moves starts a run, whoever moved it."""

from __future__ import annotations

import pytest
import torch
import traitlets
from torch import nn

from rnnbook.cells import SimpleCell
from rnnbook.tasks import Cue
from rnnbook.training import fit
from rnnbook.unroll import Recurrent
from rnncourse.figures import Retrain
from rnncourse.figures.retrain import end, key


def dial(values=(0.5, 1.0, 2.0)):
    return Retrain(
        values, label="size", baseline=0.7, baseline_name="a coin", question="Which size learns?"
    )


def losses(size, seed):
    """A tiny network, trained as the chapter trains its own."""
    task = Cue(lag=5)
    torch.manual_seed(seed)
    layer, readout = Recurrent(SimpleCell, task.input_size, 4), nn.Linear(4, task.output_size)
    with torch.no_grad():
        layer.cell.U.mul_(size)
    model = nn.ModuleList([layer, readout])
    return fit(
        model,
        lambda generator: task.sample(8, generator),
        lambda model, batch: task.loss(readout(layer(batch.x)[0]), batch),
        steps=3,
        seed=seed,
        progress=False,
    ).loss


def test_a_move_of_the_slider_trains():
    figure = dial()
    figure.observe(
        lambda change: figure.add(losses(change.new, len(figure.runs_here))), names="value"
    )
    figure.set_state({"value": 2.0})  # what the page sends when the reader lets go
    figure.value = 1.0
    figure.value = 2.0
    assert {name: len(runs) for name, runs in figure.runs.items()} == {"2": 2, "1": 1}
    first, second = figure.runs["2"]
    assert first == pytest.approx(losses(2.0, 0), rel=1e-3)
    assert first != second  # another seed
    assert figure.settings()["runs"] == figure.runs  # and the page is told


def test_a_run_is_a_change_that_the_page_sees():
    figure, seen = dial(), []
    figure.observe(lambda change: seen.append(change.new), names="runs")
    figure.add([0.71234, 0.1])
    figure.add([0.7])
    assert seen == [{"0.5": [[0.712, 0.1]]}, {"0.5": [[0.712, 0.1], [0.7]]}]


def test_values_are_called_as_javascript_calls_them():
    assert [key(value) for value in (0.5, 1.0, 1.25, -2)] == ["0.5", "1", "1.25", "-2"]


def test_the_end_of_a_run_is_the_mean_of_its_last_losses():
    assert end([9.0] * 50 + [1.0] * 5 + [2.0] * 5) == 1.5
    assert end([3.0]) == 3.0


def test_still_picture_says_how_each_run_ended():
    figure = dial()
    figure.add([0.7] * 20)
    figure.add([0.7] * 10 + [0.1] * 10)
    still = figure.still()
    assert "by size: 0.5: 0.70, 0.10; 1: no run; 2: no run." in still
    assert "The loss of a coin is 0.70" in still


def test_a_place_that_the_slider_has_not():
    with pytest.raises(traitlets.TraitError, match=r"value must be one of .*, got 0.7"):
        dial().value = 0.7
    with pytest.raises(ValueError, match="values must be at least two numbers"):
        dial([1.0])
