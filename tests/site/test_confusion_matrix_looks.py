"""How the confusion matrix looks: shades, a phone, one screen, and a page without scripts."""

import re
import sys
from pathlib import Path

import pytest
from confusion_page import FIRST, names, opened
from visit import PHONE, serious

pytest.importorskip("torch")

from rnncourse.figures import ConfusionMatrix

sys.path.insert(0, str(Path(__file__).parents[1] / "rnncourse"))
from made_up_guesses import figure, large


def test_everybody_can_read_it(bare) -> None:
    page = bare(figure()).page
    assert serious(page) == []
    page.get_by_role("combobox").select_option("Danish")
    page.get_by_role("checkbox").check()
    page.get_by_role("gridcell", name=FIRST).hover()
    page.get_by_text("Values", exact=True).click()
    assert serious(page) == []


@pytest.mark.parametrize("forced", ["none", "active"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_shades_are_seen(bare, forced, theme) -> None:
    page = bare(figure(), forced_colors=forced, above="<p>x</p>").page
    page.evaluate("(theme) => { document.documentElement.dataset.theme = theme; }", theme)
    colours = page.locator("[role=gridcell]").evaluate_all(
        "all => all.map(c => getComputedStyle(c).backgroundColor)"
    )
    empty, one, three = colours[3], colours[1], colours[7]
    assert len({empty, one, three, colours[6]}) == 4

    def channels(colour: str) -> list[float]:
        return [float(part) for part in re.findall(r"[\d.]+", colour)][:3]

    away = [
        sum(abs(a - b) for a, b in zip(channels(c), channels(colours[5 * 3]), strict=True))
        for c in (one, three)
    ]
    assert 0 < away[0] < away[1], "three of six stand out more than one of six"


@pytest.mark.parametrize("classes", [2, 31, 40])
def test_it_fits_a_phone(bare, classes) -> None:
    page = bare(large(classes), viewport=PHONE).page
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    stage = page.locator(".rnnbook-stage")
    assert stage.evaluate("e => e.scrollWidth <= e.clientWidth")
    box = page.locator(".rnnbook-confusion-matrix").bounding_box()
    assert box["width"] == pytest.approx(box["height"], abs=1)
    assert box["width"] >= (90 if classes == 2 else 290)
    cell = page.locator("[role=gridcell]").last.bounding_box()
    assert cell["x"] + cell["width"] == pytest.approx(box["x"] + box["width"], abs=1)
    assert cell["y"] + cell["height"] == pytest.approx(box["y"] + box["height"], abs=1)


def test_a_finger_beside_a_cell_means_it(bare) -> None:
    page = bare(large(), viewport=PHONE, has_touch=True).page
    wanted = page.locator("[role=gridcell][aria-selected=true]")
    name = opened(page)
    page.get_by_role("combobox").select_option("Lang. 0")
    own = opened(page)
    page.get_by_role("combobox").select_option("")
    assert opened(page) == name
    target = page.get_by_role("gridcell", name=own[0], exact=True)
    box = target.bounding_box()
    target.tap()
    assert opened(page) == own
    page.get_by_role("button", name="Reset").tap()
    empty = page.locator("[role=gridcell]").nth(20)
    assert empty.evaluate("e => e.style.getPropertyValue('--shade')") == "0%"
    empty.tap()
    assert wanted.count() == 1
    assert opened(page) == ["true Lang. 0, taken for Lang. 20: 0 of 44"], "nothing is near"
    first = page.locator("[role=gridcell]").nth(31)
    assert first.evaluate("e => e.style.getPropertyValue('--shade')") == "0%"
    first.tap()
    assert re.match(r"true Lang\. (0|1), taken for Lang\. (0|1), rightly", opened(page)[0])
    assert box["width"] < 10


@pytest.mark.parametrize("width", [1280, 1000, 700])
def test_it_is_seen_on_one_screen(bare, width) -> None:
    page = bare(large(), viewport={"width": width, "height": 900}).page
    box = page.locator(".rnnbook-live").bounding_box()
    assert box["height"] <= 900
    matrix = page.locator(".rnnbook-confusion-matrix").bounding_box()
    heads = page.locator(".rnnbook-confusion-rows span")
    for k in (0, 15, 30):
        head, row = heads.nth(k).bounding_box(), page.get_by_role("row").nth(k).bounding_box()
        middle = row["y"] + row["height"] / 2
        assert head["y"] + head["height"] / 2 == pytest.approx(middle, abs=1.5)
        assert head["x"] + head["width"] <= matrix["x"]


def test_long_lists_scroll_within(bare) -> None:
    rows = [{"text": f"a rather long name {n}", "true": "a", "guess": "b"} for n in range(200)]
    page = bare(ConfusionMatrix(["a", "b"], rows)).page
    assert page.locator(".rnnbook-live").bounding_box()["height"] <= 900
    assert len(names(page)) == 200
    assert serious(page) == []


def test_without_javascript_there_are_tables(bare) -> None:
    page = bare(large(), viewport=PHONE, fragment="#x", java_script_enabled=False).page
    assert page.locator(".rnnbook-live").count() == 0
    still = page.locator(".rnnbook-still")
    assert still.locator("tbody tr").count() == 10
    assert still.locator("li").count() == 31
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    table, edge = still.locator("table").bounding_box(), still.bounding_box()
    assert table["width"] <= edge["width"] <= PHONE["width"]
