"""Step through a cell: its numbers are those of the Python cells, and its traits are traits."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import ipywidgets
import numpy as np
import pytest
import torch
import traitlets
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from rnnbook.cells import GRUCell, LeakyCell, LSTMCell, SimpleCell
from rnncourse.figures import StepThrough, bundle

sys.path.insert(0, str(Path(__file__).parents[1] / "engine"))
from engine_node import node

CELLS = {
    "tanh": (SimpleCell, {}),
    "relu": (SimpleCell, {"nonlinearity": "relu"}),
    "no bias": (SimpleCell, {"bias": False}),
    "lstm": (LSTMCell, {}),
    "gru": (GRUCell, {}),
    "gru, reset before": (GRUCell, {"reset_after": False}),
    "gru, no bias": (GRUCell, {"bias": False}),
}
TRAITS = ("kind", "nonlinearity", "reset_after", "weights", "clamps", "x")
# Reads figures' traits, a list, and prints what the page computes of them.
RUN = """
import { readFileSync } from "node:fs";
const cases = JSON.parse(readFileSync(0, "utf8"));
const run = ({ reset_after, x, ...cell }) => runCell({ resetAfter: reset_after, ...cell }, x);
process.stdout.write(JSON.stringify(cases.map(run)));
"""


def small(name="tanh", D=1, H=2, T=3, readout=False, clamps=None, seed=0):
    """A figure of one of `CELLS` with drawn weights and inputs, both larger than usual."""
    torch.manual_seed(seed)
    kind, options = CELLS[name]
    cell = kind(D, H, **options)
    for parameter in cell.parameters():
        nn.init.normal_(parameter, std=1.5)
    return StepThrough(cell, torch.randn(T, D), nn.Linear(H, 2) if readout else None, clamps=clamps)


def in_the_page(figures, tmp_path):
    """What the page's JavaScript computes: for each figure T steps."""
    module = tmp_path / "step_through.mjs"
    module.write_text(bundle.live("step_through") + RUN, encoding="utf-8")
    cases = [{name: getattr(figure, name) for name in TRAITS} for figure in figures]
    return json.loads(node(str(module), text=json.dumps(cases)))


def drawn():
    """Figures of all cells, over sizes, with and without read-outs and clamps."""
    figures, rng = [], np.random.default_rng(0)
    for name in CELLS:
        for case in range(12):
            D, H, T = (int(rng.integers(1, largest + 1)) for largest in (3, 4, 9))
            figure = small(name, D, H, T, readout=case % 2 == 0, seed=case)
            if case >= 6:
                some = rng.permutation(figure._gates)[: rng.integers(0, 4)]
                figure.clamps = {str(gate): float(rng.choice([0, 0.3, 1])) for gate in some}
            figures.append(figure)
    return figures


def test_the_page_computes_what_the_cells_compute(tmp_path):
    figures = drawn()
    for figure, steps in zip(figures, in_the_page(figures, tmp_path), strict=True):
        trace = figure.trace()
        for t, step in enumerate(steps):
            before = (
                {"h": [0.0] * figure._H, "c": [0.0] * figure._H}
                if t == 0
                else steps[t - 1]["after"]
            )
            for state, values in step["after"].items():
                np.testing.assert_allclose(values, getattr(trace, state)[t, 0], rtol=0, atol=1e-10)
                assert step["before"][state] == before[state]
            for gate in figure._gates:
                values = [unit["value"] for unit in step["parts"][gate]]
                np.testing.assert_allclose(values, getattr(trace, gate)[t, 0], rtol=0, atol=1e-10)
            if "V" in figure.weights:
                y = np.array(figure.weights["V"]) @ trace.h[t, 0].numpy() + figure.weights["c"]
                np.testing.assert_allclose(step["y"], y, rtol=0, atol=1e-10)


def test_what_is_written_out_adds_up(tmp_path):
    figures = drawn()
    for figure, steps in zip(figures, in_the_page(figures, tmp_path), strict=True):
        for step in steps:
            for name, units in step["parts"].items():
                for unit in units:
                    of = {key: np.prod(unit[key], axis=1).sum() for key in ("input", "recurrent")}
                    inner = of["recurrent"] + unit["inner"]
                    total = of["input"] + unit["bias"] + unit["factor"] * inner
                    assert unit["sum"] == pytest.approx(total, abs=1e-12)
                    assert unit["clamped"] == (name in figure.clamps)
                    if not unit["clamped"]:
                        assert unit["value"] == unit["free"]


@settings(max_examples=20, deadline=None)
@given(
    name=st.sampled_from(list(CELLS)),
    D=st.integers(1, 3),
    H=st.integers(1, 4),
    T=st.integers(1, 16),
)
def test_the_layer_is_the_cell(name, D, H, T):
    figure = small(name, D, H, T)
    x = torch.tensor(figure.x, dtype=torch.float64)[:, None]
    output, _ = figure.layer()(x)
    torch.testing.assert_close(figure.trace().h, output, rtol=0, atol=1e-12)
    assert figure.layer().cell.U.tolist() == figure.weights["U"]


@pytest.mark.draws
def test_weights_are_written_as_a_reader_would():
    cell = SimpleCell(1, 1)
    nn.init.constant_(cell.W, 0.1)  # in float32: 0.10000000149
    assert StepThrough(cell, [1, 0]).weights["W"] == [[0.1]]
    assert StepThrough(cell, [1, 0]).x == [[1.0], [0.0]]


def test_the_reader_s_changes_reach_python_and_the_other_way_round():
    figure, seen = small("lstm"), []
    figure.observe(lambda change: seen.append((change["name"], change["new"])))
    figure.set_state({"t": 3})  # what the page sends
    figure.set_state({"clamps": {"f": 1}})
    figure.x = [[0.5], [0.25]]
    assert ("t", 3) in seen
    assert ("clamps", {"f": 1.0}) in seen
    assert ("x", [[0.5], [0.25]]) in seen
    assert figure.t == 2  # no step beyond the last
    assert torch.all(figure.trace().f == 1)


def test_dropping_the_last_step_comes_in_one_message():
    figure = small(T=3)
    figure.t = 3
    figure.set_state({"t": 2, "x": figure.x[:-1]})
    assert (figure.t, len(figure.x)) == (2, 2)


def test_traits_link_to_widgets():
    figure, slider = small(T=5), ipywidgets.IntSlider(max=5)
    ipywidgets.link((figure, "t"), (slider, "value"))
    slider.value = 4
    assert figure.t == 4


@pytest.mark.parametrize(
    ("trait", "value", "message"),
    [
        ("t", 4, "t must be 0 to 3, got 4"),
        ("unit", 2, "unit must be 0 to 1, got 2"),
        ("x", [], "x must have 1 to 16 steps, got 0"),
        ("x", [[1.0, 2.0]], r"x must have shape \(T, D\) = \(1, 1\), got \(1, 2\)"),
        ("x", [["a"]], "x must be lists of numbers"),
        ("x", [[float("nan")]], "x must be finite numbers"),
        ("weights", {"W": [[1.0]]}, "weights must hold W, U, b, got W"),
        ("clamps", {"f": 1}, "the cell's gates are none, got 'f'"),
        ("input_names", ["a", "b"], r"input_names must be D = 1 words, got \['a', 'b'\]"),
        ("input_names", [""], "input_names must be D = 1 words"),
        ("input_names", [1], "input_names must be D = 1 words"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(trait, value, message):
    figure = small()
    before = getattr(figure, trait)
    with pytest.raises(traitlets.TraitError, match=message):
        setattr(figure, trait, value)
    assert getattr(figure, trait) == before


def test_clamps_keep_to_what_a_gate_can_be():
    figure = small("gru")
    figure.clamps = {"n": -1}
    with pytest.raises(traitlets.TraitError, match=r"clamps\['z'\] must be 0 to 1, got -1"):
        figure.clamps = {"z": -1}


@pytest.mark.draws
@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: StepThrough(nn.RNNCell(1, 1), [0]), TypeError, "cell must be one of SimpleCell"),
        (lambda: StepThrough(LeakyCell(1, 1), [0]), TypeError, "got LeakyCell"),
        (
            lambda: StepThrough(SimpleCell(4, 1), [[0] * 4]),
            ValueError,
            "input_size at most 3, got 4",
        ),
        (lambda: StepThrough(SimpleCell(1, 5), [0]), ValueError, "hidden_size at most 4, got 5"),
        (
            lambda: StepThrough(LSTMCell(1, 1, coupled=True), [0]),
            ValueError,
            "coupled=False, got coupled=True",
        ),
        (
            lambda: StepThrough(SimpleCell(1, 2), [0], nn.Linear(3, 1)),
            ValueError,
            "readout must take H = 2 numbers, got 3",
        ),
    ],
)
def test_what_cannot_be_shown_is_refused(make, error, message):
    with pytest.raises(error, match=message):
        make()


@pytest.mark.draws
def test_named_inputs_are_named_in_the_still_picture():
    figure = StepThrough(LSTMCell(2, 1), [[0, 1]], input_names=("value", "a < b"))
    assert figure.input_names == ["value", "a < b"]
    still = figure.still()
    assert '<th scope="col">x⁽¹⁾ value</th><th scope="col">x⁽²⁾ a &lt; b</th>' in still


@pytest.mark.draws
def test_all_steps_is_told_to_the_page_where_it_is_chosen():
    assert "all_steps" not in StepThrough(LSTMCell(1, 1), [0]).settings()
    assert StepThrough(LSTMCell(1, 1), [0], all_steps=True).settings()["all_steps"] is True


@pytest.mark.parametrize("name", CELLS)
def test_still_picture_shows_the_numbers_of_every_step(name):
    figure = small(name, D=2, H=2, T=4, readout=True)
    still = figure.still()
    assert still == figure.still()
    h = [f"{round(v, 3) + 0:g}".replace("-", "−") for v in figure.trace().h[:, 0, 0].tolist()]
    assert f"h of unit 1 after each step: {', '.join(h)}" in still
    assert still.count("<tr>") == 5
    for letter in ("t", "x⁽¹⁾", "x⁽²⁾", *figure._gates, "h", "y⁽¹⁾", "y⁽²⁾"):
        assert f'<th scope="col">{letter}</th>' in still
