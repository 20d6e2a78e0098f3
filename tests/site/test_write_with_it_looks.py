"""How the figure that writes looks: a phone, one screen, other colours, no scripts."""

import re
import sys
from pathlib import Path

import pytest
from visit import PHONE, serious, spoken
from writing_page import go_on, text_field, written

pytest.importorskip("torch")

sys.path.insert(0, str(Path(__file__).parents[1] / "rnncourse"))
from made_up_writer import EXAMPLES, figure

LONG = "donaudampfschifffahrtsgesellschaft" * 14


def test_everybody_can_read_it(bare) -> None:
    page = bare(figure(top_k=3, temperature=1.5), reduced_motion="reduce").page
    assert serious(page) == []
    page.get_by_text("Settings", exact=True).click()
    page.get_by_text("Values", exact=True).click()
    page.locator(".rnnbook-live ins span").nth(3).click()
    go_on(page)
    page.get_by_role("button", name="← Earlier").click()
    assert serious(page) == []
    text_field(page).fill("")
    assert serious(page) == []


@pytest.mark.parametrize("text", ["one", LONG[:450], "\n\t\n" * 9])
def test_it_fits_a_phone(bare, text) -> None:
    page = bare(figure(text=text), viewport=PHONE).page
    page.get_by_text("Settings", exact=True).click()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    edge = page.locator(".rnnbook-live").bounding_box()
    assert page.locator(".rnnbook-stage").evaluate("e => e.scrollWidth <= e.clientWidth")
    parts = ".rnnbook-live :is(td, th, textarea, .rnnbook-write-text, button, .rnnbook-write-units)"
    for part in page.locator(parts).locator("visible=true").all():
        box = part.bounding_box()
        assert box["x"] + box["width"] <= edge["x"] + edge["width"]
        assert part.evaluate("e => e.scrollWidth <= e.clientWidth"), part.inner_text()


@pytest.mark.parametrize("length", [0, 200, 1000])
def test_it_is_seen_on_one_screen(bare, length) -> None:
    page = bare(figure(length=length), viewport={"width": 1280, "height": 900}).page
    live = page.locator(".rnnbook-live")
    assert live.bounding_box()["height"] <= 860
    # Of a long text the end is seen, and the page itself has not moved to it.
    box, mark = (
        page.locator(f".rnnbook-live .rnnbook-write-{name}").bounding_box()
        for name in ("text", "mark")
    )
    assert box["y"] <= mark["y"]
    assert mark["y"] + mark["height"] <= box["y"] + box["height"] + 1


def test_nothing_moves_while_it_writes(bare) -> None:
    page = bare(figure(text="x" * 80, length=0), viewport={"width": 1280, "height": 900}).page
    before = page.locator(".rnnbook-says").bounding_box()["y"]
    page.get_by_role("button", name="Go on").click()
    page.wait_for_function("() => document.querySelector('.rnnbook-live ins').children.length > 20")
    assert page.locator(".rnnbook-says").bounding_box()["y"] == before


def test_motion_is_asked_for(bare) -> None:
    """A character a frame; where motion is not wanted, all of them within a few frames."""
    count = """() => new Promise((done) => {
      const ins = document.querySelector(".rnnbook-live ins");
      const seen = new Set();
      (function look() {
        seen.add(ins.children.length);
        if (ins.children.length < 200) requestAnimationFrame(look);
        else done(seen.size);
      })();
    })"""
    for motion, low, high in (("no-preference", 50, 202), ("reduce", 1, 40)):
        page = bare(figure(length=0), reduced_motion=motion).page
        page.get_by_role("button", name="Go on").click()
        assert low <= page.evaluate(count) <= high, motion


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_in_forced_colours_it_is_still_set_apart(bare, scheme) -> None:
    page = bare(figure(top_k=2), forced_colors="active", color_scheme=scheme).page
    line = "e => getComputedStyle(e).textDecorationLine"
    assert page.locator(".rnnbook-live ins").evaluate(line) == "underline"
    cell = page.locator(".rnnbook-write-next tbody td:nth-child(2)").first
    fill = "e => getComputedStyle(e, '::before').backgroundColor"
    assert cell.evaluate(fill) == "rgb(143, 124, 255)"
    colours = page.locator(".rnnbook-write-units i").evaluate_all(
        "all => all.map(e => getComputedStyle(e).backgroundColor)"
    )
    assert len(set(colours)) > 3


def test_without_javascript_there_are_the_text_and_the_table(bare) -> None:
    shown = figure(text=LONG[:450])
    page = bare(shown, viewport=PHONE, fragment="#x", java_script_enabled=False).page
    assert page.locator(".rnnbook-live").count() == 0
    still = page.locator(".rnnbook-still")
    assert still.locator("ins").evaluate("e => e.textContent") == shown.written
    assert still.locator("tbody tr").count() == 10
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_the_still_and_the_figure_show_the_same(bare) -> None:
    visit = bare(figure())
    page = visit.page
    rows = "all => all.map(r => [...r.cells].map(c => c.textContent).join('|'))"
    live, still = (
        page.locator(f".rnnbook-{where} .rnnbook-write-next tbody tr").evaluate_all(rows)
        for where in ("live", "still")
    )
    assert live == still
    assert written(page) == page.locator(".rnnbook-still ins").evaluate("e => e.textContent")


def test_values_are_read_off(bare) -> None:
    shown = figure()
    page = bare(shown).page
    page.get_by_text("Values", exact=True).click()
    tables = page.locator(".rnnbook-values table")
    tables.first.wait_for()
    assert tables.count() == 2
    assert tables.first.locator("tbody tr").count() == 32
    assert re.fullmatch(r"−?\d.*", tables.last.locator("tbody td").first.inner_text())
    assert "It wrote 200" in spoken(page)
    assert text_field(page).input_value() == EXAMPLES[0]
