"""Ten lamps in a real browser: by keyboard, on a phone, and what they say."""

import pytest
from visit import PHONE, spoken

pytest.importorskip("torch")

from rnncourse.figures import TenLamps

LIT, DARK = (75, 0.998, True), (800, 0.25, False)
ROWS = {
    "Simple RNN": {20: [LIT, DARK, LIT], 40: [DARK] * 3},
    "LSTM <b>": {20: [DARK] * 3, 40: [LIT, LIT, DARK]},
}


@pytest.fixture
def lamps(bare):
    return lambda **options: bare(TenLamps(ROWS, question="Which?"), **options)


def test_a_slider_lights_them_and_a_lamp_opens_its_run(lamps) -> None:
    visit = lamps()
    page = visit.page
    counts = page.locator(".rnnbook-lamps-count")
    assert counts.all_inner_texts() == ["2 of 3", "0 of 3"]
    assert "Over 20 steps, of 3 runs these learned it. Simple RNN: 2; LSTM <b>: 0." in (
        spoken(page)
    )
    page.locator("input[type=radio]").first.focus()
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    assert spoken(page) == (
        "Run 1 of “LSTM <b>” did not learn it in 800 updates; 25.0 % of its answers are right."
    )
    page.locator("input[type=range]").focus()
    page.keyboard.press("ArrowRight")
    assert counts.all_inner_texts() == ["0 of 3", "2 of 3"]
    assert "learned it within 75 updates; 99.8 %" in spoken(page)
    lit = page.get_by_role("radio", name="LSTM <b>, run 1: lit")
    assert lit.is_checked()
    page.get_by_role("button", name="Reset").click()
    assert counts.all_inner_texts() == ["2 of 3", "0 of 3"]
    assert visit.faults == []


def test_a_strip_shows_when_the_runs_of_the_opened_row_learned_it(lamps) -> None:
    visit = lamps()
    page, strip = visit.page, visit.page.locator(".rnnbook-lamps-strip")
    marks = page.locator(".rnnbook-lamps-mark").all()
    assert strip.get_attribute("aria-label") == (
        "“Simple RNN”: learned it after 75, 75 updates; never, 1 of 3 runs."
    )
    ticks = {tick.inner_text(): tick.bounding_box() for tick in strip.locator("span").all()}
    boxes = [mark.bounding_box() for mark in marks]
    never = ticks["never"]
    assert boxes[0]["x"] == boxes[2]["x"] < boxes[1]["x"]
    assert boxes[0]["y"] > boxes[2]["y"]  # one on the other
    assert never["x"] < boxes[1]["x"] < never["x"] + never["width"]
    page.get_by_role("radio", name="LSTM <b>, run 2: dark").check()
    assert strip.get_attribute("aria-label") == "“LSTM <b>”: never, 3 of 3 runs."
    opened = [m.evaluate("e => e.classList.contains('rnnbook-lamps-mark-opened')") for m in marks]
    assert opened == [False, False, True]
    assert visit.faults == []


def test_they_fit_a_phone(lamps) -> None:
    page = lamps(viewport=PHONE).page
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    edge = page.locator(".rnnbook-live").bounding_box()
    for count in page.locator(".rnnbook-lamps-count").all():
        box = count.bounding_box()
        assert box["x"] + box["width"] <= edge["x"] + edge["width"]


def test_the_still_table_counts_them() -> None:
    still = TenLamps(ROWS, question="Which?").still()
    assert still.count("<tr>") == 3
    assert '2<br><span aria-hidden="true">●●○</span><br>75</td>' in still
    late = TenLamps({"a": {20: [LIT, (150, 1.0, True), DARK]}}, question="Which?").still()
    assert "<br>75 to 150</td>" in late
    assert "LSTM &lt;b&gt;" in still


def test_rows_must_agree() -> None:
    with pytest.raises(ValueError, match="the same lags and numbers of runs"):
        TenLamps({"a": {20: [LIT]}, "b": {40: [LIT]}}, question="")
    with pytest.raises(ValueError, match=r"lag must be one of \[20, 40\], got 30"):
        TenLamps(ROWS, question="", lag=30)
