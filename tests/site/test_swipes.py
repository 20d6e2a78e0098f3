"""A finger on a phone: what scrolls the page changes nothing, and no run is lost for good."""

from __future__ import annotations

import pytest
from visit import PHONE, Visit

pytest.importorskip("torch")

from rnncourse.figures import Playground

SHORT = {"cell": "simple", "task": "cue", "lag": 6, "hidden_size": 4, "optimizer": "adam"}


class Finger:
    """Touches as the browser gets them from a screen, so that it may take them for scrolling."""

    def __init__(self, page) -> None:
        self.page = page
        self.session = page.context.new_cdp_session(page)

    def _send(self, kind: str, *points: tuple[float, float]) -> None:
        touches = [{"x": x, "y": y} for x, y in points]
        self.session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})

    def swipe(self, start: tuple[float, float], across: float = 0, down: float = 0) -> None:
        """Come down, move in ten pieces, and lift."""
        x, y = start
        self._send("touchStart", (x, y))
        for part in range(1, 11):
            self._send("touchMove", (x + across * part / 10, y + down * part / 10))
        self._send("touchEnd")


@pytest.fixture
def phone(bare) -> Visit:
    """The playground on a phone, a few steps into a run, with its settings open."""
    visit = bare(Playground(**SHORT), viewport=PHONE, has_touch=True, is_mobile=True)
    page = visit.page
    page.locator(".rnnbook-playground-settings summary").click()
    for _ in range(2):
        page.get_by_role("button", name="One step").click()
    return visit


def right_on(slider) -> tuple[float, float]:
    """A place on a slider, near its right end, where it does not stand."""
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    return box["x"] + box["width"] * 0.8, box["y"] + box["height"] / 2


def test_a_swipe_that_scrolls_changes_nothing(phone: Visit) -> None:
    page = phone.page
    slider = page.get_by_label("Hidden size H")
    place = right_on(slider)
    before, top = slider.input_value(), page.evaluate("scrollY")
    Finger(page).swipe(place, down=-250)
    page.wait_for_function("top => scrollY > top + 50", arg=top)
    assert slider.input_value() == before
    assert page.get_by_role("button", name="Bring back the run before").is_hidden()
    assert phone.faults == []


def test_a_finger_along_the_slider_sets_it(phone: Visit) -> None:
    page = phone.page
    slider = page.get_by_label("Hidden size H")
    x, y = right_on(slider)
    before = slider.input_value()
    Finger(page).swipe((x, y), across=-slider.bounding_box()["width"] * 0.3)
    assert slider.input_value() != before
    page.get_by_role("button", name="Bring back the run before").wait_for()


def test_a_tap_sets_it_too(phone: Visit) -> None:
    page = phone.page
    slider = page.get_by_label("Hidden size H")
    x, y = right_on(slider)
    before = slider.input_value()
    page.touchscreen.tap(x, y)
    assert slider.input_value() != before
    page.get_by_role("button", name="Bring back the run before").wait_for()


def test_a_run_that_a_setting_took_away_can_be_brought_back(bare) -> None:
    visit = bare(Playground(**SHORT))
    page = visit.page
    page.locator(".rnnbook-playground-settings summary").click()
    one_step = page.get_by_role("button", name="One step")
    back = page.get_by_role("button", name="Bring back the run before")
    assert back.is_hidden()
    table = page.locator(".rnnbook-playground table")
    for _ in range(3):
        before = table.inner_text()
        one_step.click()
        page.wait_for_function(
            "before => document.querySelector('.rnnbook-playground table').innerText !== before",
            arg=before,
        )
    units = page.get_by_label("Hidden size H")
    kept = units.input_value(), table.inner_text()
    units.focus()
    page.keyboard.press("ArrowRight")
    assert units.input_value() != kept[0]
    back.click()
    assert units.input_value() == kept[0]
    page.wait_for_function(
        "kept => document.querySelector('.rnnbook-playground table').innerText === kept",
        arg=kept[1],
    )
    assert visit.faults == []
