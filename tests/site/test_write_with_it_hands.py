"""The figure that writes, by keyboard alone, by a link and by a kernel."""

import sys
from pathlib import Path

import pytest
from visit import LIVE
from writing_page import compare, go_on, text_field, typed, written

pytest.importorskip("torch")

from rnncourse.figures import bundle

sys.path.insert(0, str(Path(__file__).parents[1] / "rnncourse"))
from made_up_writer import EXAMPLES, figure

QUICK = {"reduced_motion": "reduce"}


def test_by_keyboard_alone(bare) -> None:
    shown = figure()
    visit = bare(shown)
    page = visit.page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.labels[0].textContent").startswith("Your text")
    described = "document.activeElement.getAttribute('aria-describedby')"
    hint = page.locator(f"#{page.evaluate(described)}").inner_text()
    assert hint == "At most 500 characters. They do not leave this page."
    names = []
    for _ in range(8):
        page.keyboard.press("Tab")
        named = "(e => (e.labels?.[0] ?? e).textContent)(document.activeElement)"
        names.append(page.evaluate(named).strip())
    buttons = ["Go on", "One character", "Take it back", "Reset", "Settings"]
    assert names[:7] == ["Examples", "Temperature", *buttons]
    text = shown.text + shown.written
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    compare(page, shown, text[:-2])
    page.keyboard.press("Home")
    compare(page, shown, "")
    page.keyboard.press("ArrowLeft")
    compare(page, shown, "")
    page.keyboard.press("End")
    compare(page, shown, text)
    for _ in range(4):
        page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.textContent") == "One character"
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.textContent") == "Stop", "the focus stays"
    assert visit.faults == []


def test_a_link_or_a_kernel_sets_it(bare) -> None:
    shown = figure()
    page = bare(shown, fragment="#write_with_it?text=one&temperature=1.5").page
    page.locator(".rnnbook-live").wait_for()
    assert (text_field(page).input_value(), written(page)) == ("one", "")
    shown.temperature = 1.5
    compare(page, shown, "one")
    for wrong in ("temperature=9", "top_k=0", "seed=-1", f"text={'x' * 501}"):
        page = bare(figure(), fragment=f"#write_with_it?{wrong}").page
        page.locator(".rnnbook-live").wait_for()
        assert text_field(page).input_value() == EXAMPLES[0]
        assert written(page) == figure().written
    page = bare(**QUICK).page
    page.evaluate(LIVE, [bundle.live("write_with_it"), shown.settings()])
    page.evaluate("model.set('text', 'two')")
    assert (typed(page), written(page)) == ("two", "")
    go_on(page)
    assert page.evaluate("sent.at(-1).written") == written(page)
    assert len(written(page)) == 200
    text_field(page).fill("three")
    last = page.evaluate("[sent.at(-1).text, sent.at(-1).written]")
    assert last == ["three", ""]
