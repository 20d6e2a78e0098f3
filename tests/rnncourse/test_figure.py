"""The base of all figures: what a kernel, a page and a committed notebook get of it."""

from __future__ import annotations

import html
import json
import re

import ipywidgets
import pytest
import traitlets

from rnncourse import figures
from rnncourse.figures import bundle

VIEW = "application/vnd.jupyter.widget-view+json"


@pytest.fixture(scope="module")
def made():
    """A figure that borrows another's JavaScript."""

    class Made(figures.Figure):
        name = bundle.names()[0]
        words = traitlets.Unicode("</script><!-- & ü").tag(sync=True)
        weights = traitlets.List([1.0, -2.5]).tag(sync=True)
        note = traitlets.Unicode("stays in Python")

        def still(self):
            return "<p>still</p>"

    return Made


def test_page_holds_the_still_picture_and_the_traits(made):
    page = made(weights=[0.5]).page()
    assert f'data-figure="{made.name}"' in page
    assert '<div class="rnnbook-still"><p>still</p></div>' in page
    settings = re.search(r'<script type="application/json">(.*?)</script>', page, re.S)[1]
    assert json.loads(settings) == {"words": "</script><!-- & ü", "weights": [0.5]}
    assert html.unescape(settings) == settings  # nothing that HTML would read differently


def test_not_a_number_is_refused(made):
    with pytest.raises(ValueError, match="JSON"):
        made(weights=[float("nan")]).page()


def test_output_is_the_same_in_every_run_but_for_the_model(made):
    bundles = [made()._repr_mimebundle_()[0] for _ in range(2)]
    assert bundles[0].pop(VIEW) != bundles[1].pop(VIEW)
    assert bundles[0] == bundles[1]
    assert bundles[0]["text/plain"] == "<Made>"


def test_live_figure_brings_its_own_code_and_style(made):
    state = made().get_state()
    assert state["_esm"] == bundle.live(made.name)
    assert "--rnnbook-lstm" in state["_css"]


def test_traits_can_be_watched_and_linked(made):
    figure, seen = made(), []
    figure.observe(lambda change: seen.append(change["new"]), "weights")
    figure.weights = [3.0]
    assert seen == [[3.0]]
    text = ipywidgets.Text()
    ipywidgets.link((figure, "words"), (text, "value"))
    figure.words = "linked"
    assert text.value == "linked"


def test_a_figure_must_have_a_still_picture():
    class Bare(figures.Figure):
        name = bundle.names()[0]

    with pytest.raises(NotImplementedError, match="Bare"):
        Bare().page()
