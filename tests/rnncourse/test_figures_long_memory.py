"""Path splitter and counterfactual memory: the page computes what torch computes."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
import traitlets
from torch import nn

from rnnbook.cells import GRUCell, LSTMCell, SimpleCell
from rnnbook.gradients import path_terms
from rnnbook.unroll import Recurrent
from rnncourse.figures import Counterfactual, PathSplitter, bundle
from rnncourse.figures._memories import Memory, memories
from rnncourse.figures.counterfactual import states_apart, two_runs

sys.path.insert(0, str(Path(__file__).parents[1] / "engine"))
from engine_node import node

GRADIENTS = 1e-4  # of the largest: what float32 states leave of the terms
# Traits in, what the page makes of them out.
SPLIT = """
const found = cases.map(({ epsilon, ...traits }) => {
  const terms = split({ get: (name) => traits[name] });
  const sums = terms.map((ofLag) => Array.from(sumOfPaths(ofLag, epsilon)));
  const sizes = terms.map((ofLag) => ofLag.map(stretch));
  const lag = terms.length - 1;
  const words = describePaths({ terms: terms[lag], lag, epsilon });
  return { terms: terms.map((ofLag) => ofLag.map((term) => Array.from(term))), sums, sizes, words };
});
"""
COMPARE = """
const found = cases.map(({ network, position, size }) => {
  const runs = compareRuns(prepareNetwork(network), position - 1, size);
  return { ...runs, words: describeRuns(runs, position - 1, size) };
});
"""


def in_the_page(name, script, cases, folder):
    """What a figure's JavaScript makes of some cases."""
    module = folder / f"{name}.mjs"
    start = 'import { readFileSync } from "node:fs";\n'
    read = 'const cases = JSON.parse(readFileSync(0, "utf8"));\n'
    write = "process.stdout.write(JSON.stringify(found));\n"
    text = start + bundle.live(name) + read + script + write
    module.write_text(text, encoding="utf-8")
    return json.loads(node(str(module), text=json.dumps(cases)))


def lstm(D=2, H=4, scale=1.0, seed=0):
    torch.manual_seed(seed)
    layer = Recurrent(LSTMCell, D, H)
    with torch.no_grad():
        for parameter in layer.parameters():
            parameter.mul_(scale)
    return layer


def split(figure, folder, epsilon=1.0):
    case = figure.settings() | {"epsilon": epsilon}
    return in_the_page("path_splitter", SPLIT, [case], folder)[0]


def relative(found, expected):
    found, expected = np.asarray(found), np.asarray(expected)
    return np.abs(found - expected).max() / np.abs(expected).max()


@pytest.mark.parametrize(("H", "scale", "bias"), [(1, 1, 0), (3, 2, 0), (4, 4, 3), (8, 6, -1)])
def test_the_page_splits_as_torch_does(tmp_path, H, scale, bias):
    T, D = 14, 2
    x = torch.randn(T, D, generator=torch.Generator().manual_seed(1))
    figure = PathSplitter(lstm(D, H), x, weight_scale=scale, forget_bias=bias)
    exact = Recurrent(LSTMCell, D, H, dtype=torch.float64)
    W, U, b = (torch.tensor(figure.weights[name], dtype=torch.float64) for name in "WUb")
    b[H : 2 * H] += bias
    exact.cell.load_torch(scale * W, scale * U, b, torch.zeros_like(b))
    inputs = torch.tensor(figure.x, dtype=torch.float64)[:, None]
    expected = path_terms(exact, inputs)
    found = split(figure, tmp_path, epsilon=0.3)
    assert len(found["terms"]) == T
    for lag, (ours, theirs) in enumerate(zip(found["terms"], expected, strict=True)):
        assert len(ours) == lag + 1
        for m, term in enumerate(ours):
            assert relative(term, theirs[m, 0].flatten()) < GRADIENTS, (lag, m)
        size = theirs[:, 0].norm(dim=(-2, -1)) / H**0.5
        assert relative(found["sizes"][lag], size) < GRADIENTS
        assert relative(found["sums"][lag], scaled(exact, inputs, lag, 0.3).flatten()) < GRADIENTS


def scaled(layer, x, lag, epsilon):
    """∂c_T/∂c_{T−lag} by autograd, with the gradient through every h scaled by ε."""
    cell, state, cells = layer.cell, None, []
    for x_t in x:
        state = cell(x_t, state)
        cells.append(state.c)
        h = epsilon * state.h + (1 - epsilon) * state.h.detach()
        state = cell.State(h, state.c)
    rows = [
        torch.autograd.grad(unit, cells[-1 - lag], retain_graph=True)[0][0] for unit in cells[-1][0]
    ]
    return torch.stack(rows)


def test_the_still_picture_has_the_terms_of_the_page(tmp_path):
    figure = PathSplitter(forget_bias=1.0, epsilon=0.5, steps=30, lag=20)
    found = split(figure, tmp_path, epsilon=0.5)
    still = figure._terms()
    assert len(still) == len(found["sums"]) == 30
    for ours, theirs in zip(found["sums"], still, strict=True):
        assert relative(ours, theirs.sum(dim=0).flatten()) < GRADIENTS
    assert figure.still() == figure.still()
    assert "the longest bar is that of m =" in figure.still()


def test_words_follow_the_paths(tmp_path):
    def words(epsilon=1.0, **settings):
        return split(PathSplitter(**{"steps": 41} | settings), tmp_path, epsilon)["words"]

    assert "Nearly all of it came by two or more detours" in words()
    assert "that is all that arrives" in words(epsilon=0.0)
    assert "straight along the cell state" in words(weight_scale=0.0)
    assert "The gradient explodes" in words(weight_scale=6.0, forget_bias=3.0, steps=60)
    assert "opposite signs cancel" in words(weight_scale=4.0, forget_bias=5.0)


def test_a_random_network_of_the_page_is_another_each_time(tmp_path):
    cases = [
        PathSplitter(steps=12, network=seed).settings() | {"epsilon": 1.0} for seed in (1, 1, 2)
    ]
    one, again, other = in_the_page("path_splitter", SPLIT, cases, tmp_path)
    assert one == again
    assert relative(one["sums"][5], other["sums"][5]) > 0.01


def counterfactuals():
    """The figure's own networks, and one of each kind with drawn weights."""
    torch.manual_seed(0)
    figures = []
    for cell, options in (
        (SimpleCell, {"nonlinearity": "relu"}),
        (LSTMCell, {}),
        (GRUCell, {}),
        (GRUCell, {"reset_after": False, "bias": False}),
    ):
        layer, head = Recurrent(cell, 3, 5, **options), nn.Linear(5, 2)
        direction = torch.tensor([-1.0, 1.0, 0.0])
        x = torch.randn(12, 3)
        figures.append(Counterfactual(layer, head, x, output=1, direction=direction, position=3))
    return figures


def as_written(memory, trait):
    """A memory with the numbers that the page has of it: six digits each."""
    written = trait["weights"] | {"V": trait["readout"]["V"], "v": trait["readout"]["b"]}
    cell, head = memory.layer.cell, memory.readout
    parameters = dict(cell.named_parameters()) | {"V": head.weight, "v": head.bias}
    with torch.no_grad():
        for name, parameter in parameters.items():
            parameter.copy_(torch.tensor(written[name]))
    return memory._replace(x=torch.tensor(trait["x"]))


def test_the_page_runs_and_foretells_as_torch_does(tmp_path):
    pairs = [(figure._shown[0], figure.networks[0]) for figure in counterfactuals()]
    pairs += zip(memories(), Counterfactual().networks, strict=True)
    pairs[-1] = (pairs[-1][0], pairs[-1][1] | {"x": pairs[-1][1]["x"][:8]})  # chaos: while small
    for position, size in ((1, 2.0), (4, 0.5)):
        cases = [{"network": trait, "position": position, "size": size} for _, trait in pairs]
        results = in_the_page("counterfactual", COMPARE, cases, tmp_path)
        for (memory, trait), found in zip(pairs, results, strict=True):
            y, changed, forecast = two_runs(as_written(memory, trait), position, size)
            np.testing.assert_allclose(found["y"], y, atol=1e-5, err_msg=memory.title)
            np.testing.assert_allclose(found["changed"], changed, atol=1e-5, err_msg=memory.title)
            np.testing.assert_allclose(found["dy"], np.abs(changed - y), atol=1e-5)
            assert relative(found["forecast"], forecast) < GRADIENTS
            # Far down, where it matters, each forecast is right to itself.
            np.testing.assert_allclose(found["forecast"], forecast, rtol=2e-3, atol=1e-37)


def test_a_small_change_follows_the_gradient(tmp_path):
    cases = [
        {"network": one, "position": 2, "size": 0.01}
        for one in [figure.networks[0] for figure in counterfactuals()]
    ]
    for found in in_the_page("counterfactual", COMPARE, cases, tmp_path):
        np.testing.assert_allclose(found["dy"], found["forecast"], rtol=0.02, atol=1e-5)


def precisely(trait):
    """A network of the page in double precision."""
    cell = {"simple": SimpleCell, "lstm": LSTMCell, "gru": GRUCell}[trait["kind"]]
    options = {name: trait[name] for name in ("nonlinearity", "reset_after") if name in trait}
    x, V = torch.tensor(trait["x"]).double(), torch.tensor(trait["readout"]["V"])
    H = V.shape[1]
    layer = Recurrent(cell, x.shape[1], H, dtype=torch.float64, **options)
    head = nn.Linear(H, 1, dtype=torch.float64)
    written = trait["weights"] | {"weight": V, "bias": trait["readout"]["b"]}
    with torch.no_grad():
        for name, parameter in [*layer.cell.named_parameters(), *head.named_parameters()]:
            parameter.copy_(torch.as_tensor(written[name]))
    return Memory("", "", layer, head, x, torch.tensor(trait["direction"]).double(), 1, 1.0)


def test_what_is_left_of_a_small_change_has_all_its_digits(tmp_path):
    networks = [figure.networks[0] for figure in counterfactuals()] + Counterfactual().networks[:-1]
    cases = [{"network": network, "position": 2, "size": 0.001} for network in networks]
    for case, found in zip(
        cases, in_the_page("counterfactual", COMPARE, cases, tmp_path), strict=True
    ):
        y, changed, forecast = two_runs(precisely(case["network"]), 2, 0.001)
        np.testing.assert_allclose(found["dy"], np.abs(changed - y), rtol=1e-3, atol=2e-15)
        np.testing.assert_allclose(found["dy"], forecast, rtol=0.02, atol=2e-14)  # a derivative


def test_the_distances_are_those_of_the_states(tmp_path):
    figure = counterfactuals()[1]
    memory, case = figure._shown[0], {"network": figure.networks[0], "position": 3, "size": 2.0}
    (found,) = in_the_page("counterfactual", COMPARE, [case], tmp_path)
    x = torch.stack([memory.x, memory.x], dim=1)
    x[2, 1] += 2.0 * memory.direction
    trace = memory.layer.trace(x)
    ours = states_apart(memory, 3, 2.0)
    for name in "hc":
        apart = (getattr(trace, name)[:, 1] - getattr(trace, name)[:, 0]).norm(dim=-1).detach()
        np.testing.assert_allclose(found[f"d{name}"], apart, atol=1e-5)
        np.testing.assert_allclose(ours[name], apart, atol=1e-6)


def test_the_still_picture_has_the_states_where_they_are_asked_for():
    for network, states, expected in ((2, False, ""), (2, True, "c"), (4, True, "h")):
        memory = Counterfactual(states=states)
        memory.network = network  # an LSTM of one unit, read out as it is; eight tanh units
        still = memory.still()
        assert [name for name in "hc" if f"in {name}" in still] == list(expected)


def test_the_networks_show_what_they_are_there_for(tmp_path):
    networks = Counterfactual().networks
    cases = [{"network": n, "position": n["position"], "size": n["size"]} for n in networks]
    cases += [cases[0] | {"size": 0.1}, cases[2] | {"position": 9}, cases[2] | {"position": 40}]
    cases.append(cases[3] | {"position": 25})
    results = in_the_page("counterfactual", COMPARE, cases, tmp_path)
    latch, fading, carousel, gru, chaos, nudge, closed, last, late = results
    for one, most in ((latch, 1e-25), (gru, 1e-8)):
        assert one["dy"][-1] > 1.8
        assert one["forecast"][-1] < most
        assert "Memory without a gradient" in one["words"]
    assert fading["dy"][-1] < 1e-5
    assert "Forgotten" in fading["words"]
    assert carousel["dy"][-1] > 0.5
    assert "the gradient reports it" in carousel["words"]
    assert chaos["forecast"][-1] > 100 * chaos["dy"][-1]
    assert "promises far more than comes" in chaos["words"]
    assert "Memory with little gradient" in late["words"]
    assert "Forgotten" in nudge["words"]
    assert "hardly took this token in" in closed["words"]
    assert "nothing had to be remembered" in last["words"]


def test_traits_are_kept_within_the_sequence():
    paths = PathSplitter()
    paths.steps = 20
    assert paths.lag == 19
    with pytest.raises(traitlets.TraitError, match="lag must be 1 to 19, got 20"):
        paths.lag = 20
    with pytest.raises(traitlets.TraitError, match="steps must be 10 to 60, got 61"):
        paths.steps = 61
    paths.set_state({"steps": 60, "lag": 59})
    assert paths.lag == 59
    memory = Counterfactual()
    with pytest.raises(traitlets.TraitError, match="position must be 1 to 40, got 41"):
        memory.position = 41
    with pytest.raises(traitlets.TraitError, match="size must be above 0, got 0"):
        memory.size = 0
    with pytest.raises(traitlets.TraitError, match="network must be 0 to 4, got 5"):
        memory.network = 5
    short = Counterfactual(Recurrent(SimpleCell, 1, 1), nn.Linear(1, 1), torch.zeros(5, 1))
    short.set_state({"network": 1, "position": 30})
    short.network = 0
    assert short.position == 5


def test_drawing_networks_leaves_the_reader_s_random_numbers_alone():
    torch.manual_seed(5)
    expected = torch.rand(1)
    layer, head = lstm(), nn.Linear(4, 1)
    torch.manual_seed(5)
    for figure in (PathSplitter(), Counterfactual(), Counterfactual(layer, head, torch.ones(5, 2))):
        figure.page()
    assert torch.equal(torch.rand(1), expected)


@pytest.mark.draws
@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: PathSplitter(Recurrent(SimpleCell, 1, 2)), "layer must be of LSTMCell"),
        (lambda: PathSplitter(Recurrent(LSTMCell, 1, 2, peepholes=True)), "layer must be of a"),
        (lambda: PathSplitter(Recurrent(LSTMCell, 1, 2, coupled=True)), "layer must be of a"),
        (lambda: PathSplitter(Recurrent(LSTMCell, 1, 33)), "at most 32 units, got 33"),
        (lambda: PathSplitter(lstm(), torch.zeros(20, 3)), r"D = 2 .* got \(20, 3\)"),
        (lambda: PathSplitter(lstm(), torch.zeros(9, 2)), r"T at least 10 .*, got \(9, 2\)"),
        (lambda: PathSplitter(lstm(), torch.zeros(61, 2)), r"at most 60, got \(61, 2\)"),
        (lambda: Counterfactual(lstm()), "layer needs a readout and a sequence x"),
        (
            lambda: Counterfactual(lstm(), nn.Linear(3, 1), torch.zeros(5, 2)),
            "readout must read H = 4",
        ),
        (
            lambda: Counterfactual(lstm(), nn.Linear(4, 1), torch.zeros(5, 2), output=1),
            "an output 1",
        ),
        (
            lambda: Counterfactual(lstm(), nn.Linear(4, 1), torch.zeros(5, 3)),
            r"x must have shape \(T, D\) with D = 2",
        ),
        (
            lambda: Counterfactual(
                lstm(), nn.Linear(4, 1), torch.zeros(5, 2), direction=torch.ones(3)
            ),
            r"direction must have shape \(D,\) = \(2,\)",
        ),
        (
            lambda: Counterfactual(lstm(), nn.Linear(4, 1), torch.zeros(5, 2), position=6),
            "position must be 1 to 5, got 6",
        ),
    ],
)
def test_what_does_not_fit_is_named(make, message):
    with pytest.raises((ValueError, traitlets.TraitError), match=message):
        make()
