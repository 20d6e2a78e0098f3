"""The house style: what reaches the page, and whether everyone can tell its colours apart."""

import functools
import itertools
import re
from xml.etree import ElementTree

import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from nbclient import NotebookClient

from rnncourse import plots
from rnncourse.plots.style import spread_out

ALT = "the error falls at every third position"
SVG = "{http://www.w3.org/2000/svg}"


def draw_all():
    """One of each recurring picture, each with something in it that could go wrong."""
    text = 'if a < b:\n\treturn "$x$ & $y$"'
    states = np.tanh(np.random.default_rng(0).normal(size=(len(text), 8)))
    steps = np.arange(1, 401)
    yield plots.unrolled(3)
    yield plots.unrolled(2, inputs=["\n", "$"], outputs=["", "b"])
    yield plots.states(states, text)
    yield plots.curve(steps, 1 / steps, baselines={"no memory": 0.2}, label="simple RNN")
    yield plots.spread([1, 2, 3], [0, 1, 2], [1, 2, 3], [2, 3, 4], "LSTM", plots.COLORS["lstm"])
    yield plots.by_position([0.3, 0.2, 0.1] * 2, low=[0.0] * 6, high=[0.4] * 6)
    yield plots.lags([1, 2, 3], [1e-3, 1e-9, 0.0], label="GRU")
    yield plots.parts([0.1, 3.0, -2.0, 1e-9], lag=3)
    yield plots.backwards([0.5, -0.2, 1.0], [1e-9, -12.0])
    yield plots.row([1, 0, -2.5], [0.5, -0.2, 1.0], w=1, u=0.5)
    yield plots.two_ways([1, 0, 1, 1], [1, 1, 0, 1], 2)
    yield plots.remedies()
    yield plots.flow(4, (None, 2))
    yield plots.backward_pass([0.0, 0.5, -0.2], [0.1, -0.4])
    yield plots.shapes(["a poem", "a verdict", "a tag a word", "a translation"])


@functools.cache
def markups():
    return [plots.to_svg(fig, ALT) for fig, _ in draw_all()]


def ids(markup):
    return {e.get("id") for e in ElementTree.fromstring(markup).iter()} - {None}


def references(markup):
    return set(re.findall(r'(?:url\(|href=")#([\w-]+)', markup))


def test_every_picture_is_a_described_image_in_the_colours_of_the_page():
    for markup in markups():
        svg = ElementTree.fromstring(markup)
        assert svg.tag == f"{SVG}svg"
        assert (svg.get("class"), svg.get("role")) == ("rnnbook-figure", "img")
        assert svg.get("aria-label") == ALT
        assert "currentColor" in markup
        assert not re.search(r"#(000000|000|ffffff|fff)\b|\b(black|white)\b", markup)
        for absent in ("<?xml", "<!", "<style", "<metadata", "\n"):
            assert absent not in markup
        assert len(markup) < 60_000


def test_same_drawing_gives_same_svg():
    assert markups.__wrapped__() == markups()


def test_palette_is_named_so_that_the_page_can_restyle_it():
    fig, ax = plots.figure()
    ax.plot([0, 1], color=plots.COLORS["lstm"])
    assert "var(--rnnbook-lstm, #0072B2)" in plots.to_svg(fig, ALT)


def test_no_two_figures_share_an_id_and_none_refers_to_another():
    all_markups = markups()
    for markup in all_markups:
        assert ids(markup) == references(markup)
    for one, other in itertools.combinations(all_markups, 2):
        assert not ids(one) & ids(other)
    assert any(ids(markup) for markup in all_markups)


@given(st.text(min_size=20, max_size=60).filter(lambda s: len(" ".join(s.split())) >= 20))
@settings(max_examples=20, deadline=None)
def test_any_alt_text_is_escaped(alt):
    alt = "".join(c for c in alt if c.isprintable()).ljust(20, ".")
    fig, ax = plots.figure(1, 1)
    ax.axis("off")
    label = ElementTree.fromstring(plots.to_svg(fig, alt)).get("aria-label")
    plt.close(fig)
    assert label == " ".join(alt.split())


@pytest.mark.parametrize("alt", ["", "a plot", "a       plot      of  x", "\n" * 30])
def test_short_alt_is_refused_and_the_figure_closed_all_the_same(alt):
    fig, _ = plots.figure()
    with pytest.raises(ValueError, match="alt must say what the picture shows"):
        plots.show(fig, alt)
    assert not plt.fignum_exists(fig.number)


def test_outside_a_notebook_show_is_quiet(monkeypatch, capsys):
    monkeypatch.setattr("IPython.core.interactiveshell.InteractiveShell.initialized", lambda: False)
    fig, _ = plots.figure()
    assert plots.show(fig, ALT) is None
    assert capsys.readouterr() == ("", "")
    assert not plt.get_fignums()


def test_a_notebook_shows_the_figure_once():
    source = f"""
        from rnncourse import plots
        fig, ax = plots.curve([1, 2, 3], [3.0, 2.0, 1.0])
        plots.show(fig, alt={ALT!r})
    """
    cell = nbformat.v4.new_code_cell("\n".join(line.strip() for line in source.splitlines()))
    notebook = nbformat.v4.new_notebook(cells=[cell])
    NotebookClient(notebook, timeout=300, kernel_name="python3").execute()
    (output,) = cell.outputs
    assert output.output_type == "display_data"
    assert output.data["text/html"].startswith("<svg")
    assert output.data["text/plain"] == ALT


@given(st.lists(st.floats(-100, 100), max_size=8), st.floats(0.1, 20))
@settings(deadline=None)
def test_labels_are_spread_out_in_order_about_where_they_were(heights, gap):
    moved = spread_out(heights, gap)
    pairs = sorted(zip(heights, moved, strict=True))
    for (low, new_low), (high, new_high) in itertools.pairwise(pairs):
        assert new_high - new_low >= gap - 1e-9 or low == high
    assert all(b - a >= gap - 1e-9 for a, b in itertools.pairwise(sorted(moved)))
    assert sum(moved) == pytest.approx(sum(heights), abs=1e-6)
    if all(b - a >= gap for a, b in itertools.pairwise(sorted(heights))):
        assert moved == pytest.approx(heights, abs=1e-6)


def test_end_labels_stand_apart_on_the_page():
    _, ax = plots.curve([1, 2], [1.0, 0.5], label="one")
    fig, _ = plots.curve([1, 2], [0.9, 0.501], label="two", ax=ax)
    svg = ElementTree.fromstring(plots.to_svg(fig, ALT))
    y = {e.text: float(e.get("y")) for e in svg.iter(f"{SVG}text") if e.text in {"one", "two"}}
    assert y["one"] - y["two"] >= 12


def test_unrolled_draws_copies_of_one_cell():
    _, ax = plots.unrolled(3)
    words = [text.get_text() for text in ax.texts]
    for same in ("cell", "$W$", "$U$"):
        assert words.count(same) == 3
    for once in ("$h_{0}$", "$h_{1}$", "$h_{2}$", "$h_{3}$", "$x_{1}$", "$y_{3}$"):
        assert words.count(once) == 1


def test_backward_pass_adds_up_what_each_use_gives():
    _, ax = plots.backward_pass([0.5, -0.2, 0.1], [0.3, 0.9])
    words = [text.get_text() for text in ax.texts]
    for once in ("0.15", "−0.18", r"−0.03 = $\partial\ell/\partial u$", r"$\delta_{2}$ = 0.90"):
        assert words.count(once) == 1, once


def test_shapes_have_the_inputs_and_outputs_of_their_names():
    examples = ["1 → 4", "4 → 1", "4 → 4", "2 → 2"]
    _, axes = plots.shapes(examples)
    for ax, example in zip(axes, examples, strict=True):
        heights = [line.get_ydata()[0] for line in ax.lines]
        counted = f"{sum(y < 0 for y in heights)} → {sum(y > 0 for y in heights)}"
        assert counted == example == ax.texts[0].get_text()


def test_states_shows_every_token_and_the_whole_text():
    tokens = list("a b\tc\n") * 10
    states = torch.zeros(60, 5, requires_grad=True)
    _, axes = plots.states(states, tokens)
    marks = "".join(label.get_text() for ax in axes for label in ax.get_xticklabels())
    assert marks == "a␣b⇥c↵" * 10
    assert [ax.images[0].get_array().shape for ax in axes] == [(5, 40), (5, 40)]


def test_states_scale_reaches_what_relu_reaches_and_centres_on_zero():
    _, axes = plots.states([[0.0, 3.0]], "a")
    assert axes[0].images[0].get_clim() == (-3, 3)
    _, axes = plots.states([[0.0, 0.1]], "a")
    assert axes[0].images[0].get_clim() == (-1, 1)


def test_states_show_strength_as_opacity_and_sign_as_hue():
    _, axes = plots.states([[-1.0, -0.5, 0.0, 0.5, 1.0]], "a")
    image = axes[0].images[0]
    rgba = image.cmap(image.norm([-1.0, -0.5, 0.0, 0.5, 1.0]))
    assert rgba[:, 3] == pytest.approx([1, 0.5, 0, 0.5, 1], abs=0.01)
    assert rgba[0, 2] > 0.7
    assert rgba[4, 2] < 0.1


def test_long_learning_curve_is_binned_and_keeps_its_extremes():
    values = np.ones(5000)
    values[1234] = 50.0
    _, ax = plots.curve(np.arange(5000), values)
    (line,) = ax.lines
    assert len(line.get_xdata()) == 150
    assert ax.collections[0].get_paths()[0].vertices[:, 1].max() == 50


def test_by_position_colours_every_third_bar():
    _, ax = plots.by_position([1.0] * 7, color="#0072B2")
    coloured = [p.get_facecolor()[2] > 0.6 for p in ax.patches]
    assert coloured == [False, False, True] * 2 + [False]


def test_lags_says_where_norms_underflow():
    _, ax = plots.lags([1, 2, 3, 4], [1.0, 0.1, 0.0, 0.0], label="simple RNN")
    assert ax.texts[0].get_text() == "simple RNN: 0 from here on"
    assert ax.get_xlim() == (1, 4)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: plots.unrolled(0), "steps must be a positive int, got 0"),
        (lambda: plots.unrolled(2, inputs=["a"]), "inputs must have steps = 2 labels, got 1"),
        (lambda: plots.backwards([0.5], []), "factors must be one fewer than the states, 1, got 0"),
        (lambda: plots.backward_pass([0.5], []), "delta must be one fewer than the states"),
        (lambda: plots.backward_pass([0.5, 0.1], [1.0, 1.0]), "h_0 … h_T, 2, got 2"),
        (lambda: plots.shapes(["a"]), "examples must hold 4 lines, got 1"),
        (lambda: plots.states(np.zeros((3, 1, 2)), "abc"), r"T = len\(tokens\) = 3"),
        (lambda: plots.states(np.zeros((3, 2)), "ab"), r"got \(3, 2\)"),
        (lambda: plots.curve([1, 2], [1.0]), "steps and values must be of the same length"),
        (lambda: plots.curve([], []), "at least 1"),
        (lambda: plots.spread([1], [2], [1], [3]), "low, median and high must be in this order"),
        (lambda: plots.by_position([1.0], low=[1, 2], high=[1, 2]), "error and low"),
        (lambda: plots.lags([1, 2], [1.0, -1.0]), "norms must be at least 0"),
        (lambda: plots.lags([1], [0.0]), "not all 0"),
    ],
)
def test_wrong_arguments_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


# Colour vision. Matrix: Machado, Oliveira & Fernandes (2009), deuteranopia, on linear RGB.
DEUTERANOPIA = np.array(
    [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ]
)
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
TOGETHER = [("simple", "lstm", "gru", "accent"), ("i", "f", "g", "o"), ("r", "z", "n")]


def linear_rgb(color):
    rgb = np.array([int(color[k : k + 2], 16) for k in (1, 3, 5)]) / 255
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def lab(rgb):
    ratio = TO_XYZ @ np.clip(rgb, 0, 1) / np.array([0.9505, 1, 1.089])
    f = np.where(ratio > 216 / 24389, np.cbrt(ratio), (24389 / 27 * ratio + 16) / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("names", TOGETHER)
@pytest.mark.parametrize("sight", [np.eye(3), DEUTERANOPIA], ids=["all cones", "deuteranopia"])
def test_colours_drawn_together_can_be_told_apart(names, sight):
    for one, other in itertools.combinations(names, 2):
        a, b = (lab(sight @ linear_rgb(plots.COLORS[name])) for name in (one, other))
        assert np.linalg.norm(a - b) > 20, (one, other)  # a just noticeable difference is 2.3


@pytest.mark.parametrize("name", sorted(plots.COLORS))
@pytest.mark.parametrize("page", ["#FFFFFF", "#121212"], ids=["light", "dark"])
def test_contrast_of_graphics_is_at_least_three_to_one(name, page):
    dark, light = sorted((TO_XYZ @ linear_rgb(c))[1] for c in (plots.COLORS[name], page))
    assert (light + 0.05) / (dark + 0.05) >= 3
