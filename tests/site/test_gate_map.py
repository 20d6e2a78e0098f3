"""The map of variants by tasks in a real browser: layers, opened cells, and what they say."""

import pytest
from visit import PHONE, serious, spoken

pytest.importorskip("torch")

from rnncourse.figures import GateMap
from rnncourse.figures.gate_map import Runs, Scale

TASKS = {
    "adding": Scale("Adding", "error", whole=0.0, none=1.0, axis="updates", budget=800),
    "music": Scale("Chorales", "nats a frame", whole=8.0, none=11.0, axis="epochs", budget=80),
}
LATER = Runs([0.5, 0.4, 2.0], [[0.01]] * 3)
CURVES = Runs([0.75, 0.7, 0.9], [[1.0, 0.9, 0.8, 0.75]] * 3)
LAYERS = {
    "after training": {"no <b>": {"adding": LATER}},
    "from the start": {
        "no <b>": {"adding": CURVES, "music": Runs([7.7, 7.7, 7.7], [[9.0, 7.7]] * 3)},
        "GRU": {"music": Runs([float("inf")] * 3, [[9.0, float("nan")]] * 3)},
    },
}
MAKE = {"question": "Which?", "cell": ("no <b>", "adding")}


@pytest.fixture
def gates(bare):
    return lambda **options: bare(GateMap(TASKS, LAYERS, **MAKE), **options)


def test_layers_and_cells_by_keyboard(gates) -> None:
    visit = gates()
    page = visit.page
    shown = page.locator(".rnnbook-gate-cell")
    assert shown.all_inner_texts() == ["50", "–", "–", "–"]
    assert "the median of 3 runs ends at 0.5 (0.4 to 2), error." in spoken(page)
    page.get_by_role("radio", name="after training", exact=True).focus()
    page.keyboard.press("ArrowRight")
    assert shown.all_inner_texts() == ["75", "−10", "–", "> 900"]
    assert "“no <b>” on adding, from the start" in spoken(page)
    assert page.locator("path.rnnbook-line").count() == 3
    page.get_by_role("radio", name="no <b>, Adding: 75 % of what memory is worth is lost").focus()
    page.keyboard.press("ArrowRight")
    assert "That is better than with all parts." in spoken(page)
    page.get_by_role("radio", name="GRU, Adding: not tried").check()
    assert spoken(page) == "“GRU” was not tried on adding, from the start."
    assert page.locator("path.rnnbook-line").count() == 0
    page.get_by_text("Values", exact=True).click()
    page.locator(".rnnbook-values table").first.wait_for()
    row = page.locator(".rnnbook-values tr", has_text="no <b>")
    assert row.locator("td").all_inner_texts() == ["75", "−10"]
    page.get_by_role("button", name="Reset").click()
    assert shown.all_inner_texts() == ["50", "–", "–", "–"]
    assert visit.faults == []


def test_everybody_can_read_it(gates) -> None:
    page = gates().page
    page.get_by_role("radio", name="from the start", exact=True).check()
    assert serious(page) == []


def test_it_fits_a_phone(bare) -> None:
    tasks = {
        name: TASKS["adding"]._replace(title=name) for name in ("Adding", "Memory keys", "Music")
    }
    layers = {"own": {"minimal gated unit": dict.fromkeys(tasks, CURVES)}}
    figure = GateMap(tasks, layers, question="Which?", cell=("minimal gated unit", "Adding"))
    page = bare(figure, viewport=PHONE).page
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    edge = page.locator(".rnnbook-live").bounding_box()
    inside = edge["x"] + edge["width"] - 16
    parts = page.locator(".rnnbook-gate-cell, .rnnbook-live svg.rnnbook-chart").all()
    assert len(parts) == 4
    for part in parts:
        box = part.bounding_box()
        assert box["x"] + box["width"] <= inside
        assert box["height"] >= 24


def test_the_still_table_has_every_layer() -> None:
    still = GateMap(TASKS, LAYERS, **MAKE).still()
    assert "<th scope='row'>no &lt;b&gt;</th><td>50 / 75</td><td>– / −10</td>" in still
    assert "<td>– / –</td><td>– / &gt; 900</td>" in still


def test_what_is_lost() -> None:
    figure = GateMap(TASKS, LAYERS, **MAKE)
    assert figure.lost("from the start", "no <b>", "Adding") == 0.75
    assert figure.lost("from the start", "GRU", "Adding") is None


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"layer": "before"}, "layer must be one of after training, from the start, got 'before'"),
        ({"cell": ("GRU", "adding")}, r"cell must name a variant and a task of the layer"),
    ],
)
def test_what_is_not_there_is_refused(change, words) -> None:
    with pytest.raises(ValueError, match=words):
        GateMap(TASKS, LAYERS, **{**MAKE, **change})


def test_a_layer_of_other_tasks_is_refused() -> None:
    with pytest.raises(ValueError, match="on the tasks adding, music, got speech"):
        GateMap(TASKS, {"x": {"GRU": {"speech": LATER}}}, **MAKE)
