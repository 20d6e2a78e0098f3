"""Write with it in a real browser: it goes on, stops and takes back; what it draws is shown."""

import sys
from pathlib import Path

import pytest
from visit import spoken
from writing_page import (
    NAMES,
    compare,
    expected,
    go_on,
    place,
    press,
    text_field,
    typed,
    written,
)

pytest.importorskip("torch")

sys.path.insert(0, str(Path(__file__).parents[1] / "rnncourse"))
from made_up_writer import EXAMPLES, figure, writer

QUICK = {"reduced_motion": "reduce"}


def test_it_is_finished_before_anything_is_touched(bare) -> None:
    shown = figure()
    visit = bare(shown)
    page = visit.page
    assert written(page) == shown.written
    assert text_field(page).input_value() == EXAMPLES[0]
    compare(page, shown, shown.text + shown.written)
    assert place(page).startswith("The next character, after “…")
    assert spoken(page).startswith(
        "It wrote 200 characters at temperature 0.7; on average each was "
    )
    strip = page.get_by_role("img", name="6 units: ")
    assert strip.locator("i").count() == 6
    assert len(set(strip.locator("i").evaluate_all("all => all.map(e => e.style.background)"))) > 3
    look = page.locator(".rnnbook-live ins").evaluate(
        "e => [getComputedStyle(e).textDecorationLine,"
        " getComputedStyle(e).color !== getComputedStyle(e.parentElement).color]"
    )
    assert look == ["underline", True]
    assert visit.faults == []


@pytest.mark.parametrize("kind", ["simple", "lstm", "gru"])
def test_it_writes_what_python_writes(bare, kind) -> None:
    options = {"reader": writer(kind), "temperature": 1.3, "top_p": 0.9, "seed": 7}
    visit = bare(figure(length=0, **options), **QUICK)
    page = visit.page
    assert written(page) == ""
    text_field(page).fill("the Tea")
    press(page, "One character")
    press(page, "One character")
    assert len(written(page)) == 2
    go_on(page)
    shown = figure(text="the Tea", length=202, **options)
    assert written(page) == shown.written
    compare(page, shown, shown.text + shown.written)
    assert "It wrote 200 characters at temperature 1.3; " in spoken(page)
    assert visit.faults == []


def test_typing_is_read_as_it_is_typed(bare) -> None:
    shown = figure()
    visit = bare(shown)
    page, field = visit.page, text_field(visit.page)
    field.focus()
    page.keyboard.press("Control+End")
    page.keyboard.type("ß")
    assert written(page) == "", "what followed another text is gone"
    assert typed(page).endswith("satß")
    compare(page, shown, EXAMPLES[0] + "ß")
    page.keyboard.press("Backspace")
    page.keyboard.type(" o")
    compare(page, shown, EXAMPLES[0] + " o")
    words = spoken(page)
    assert words.startswith("The network gave “o” ")
    assert "Your text costs it " in words
    for _ in range(2):
        page.keyboard.press("ArrowLeft")
    page.keyboard.type("x")
    compare(page, shown, EXAMPLES[0] + "x")
    assert place(page).startswith("The space after “…")
    field.fill("")
    compare(page, shown, "")
    assert "Nothing is typed" in spoken(page)
    assert place(page) == "The next character, at the start"
    field.fill("x" * 600)
    assert len(typed(page)) == 500
    assert visit.faults == []


def test_go_on_stops_and_what_is_written_is_taken_back(bare) -> None:
    visit = bare(figure(length=0))
    page = visit.page
    press(page, "Go on")
    page.wait_for_function("() => document.querySelector('.rnnbook-live ins').children.length > 9")
    press(page, "Stop")
    some = written(page)
    assert 9 < len(some) < 200
    assert figure(length=len(some)).written == some
    assert f"It wrote {len(some)} characters at temperature 0.7; " in spoken(page)
    page.wait_for_timeout(100)
    assert written(page) == some
    press(page, "Take it back")
    assert written(page) == ""
    assert text_field(page).input_value() == EXAMPLES[0]
    assert spoken(page) == f"The {len(some)} characters that it wrote are gone; your text stays."
    press(page, "Take it back")
    assert spoken(page) == "There is nothing to take back."
    press(page, "One character")
    assert written(page) == some[0]
    press(page, "Go on")
    page.wait_for_function("() => document.querySelector('.rnnbook-live ins').children.length > 9")
    page.locator(".rnnbook-write-text span").first.click()  # looking stops it
    assert page.get_by_role("button", name="Stop").count() == 0
    assert visit.faults == []


def test_it_writes_no_more_than_a_thousand(bare) -> None:
    page = bare(figure(length=900), **QUICK).page
    go_on(page)
    assert len(written(page)) == 1000
    assert figure(length=1000).written == written(page)
    for name in ("Go on", "One character"):
        press(page, name)
        assert spoken(page).startswith("It has written 1000 characters, and stops here.")
    assert len(written(page)) == 1000


def test_settings_leave_texts_alone_and_are_said(bare) -> None:
    shown = figure()
    visit = bare(shown, **QUICK)
    page = visit.page
    slider = page.get_by_role("slider", name="Temperature")
    field = text_field(page)
    field.fill("my own")
    go_on(page)
    before = written(page)
    slider.focus()
    page.keyboard.press("ArrowRight")
    assert (field.input_value(), written(page)) == ("my own", before)
    assert spoken(page).startswith("Temperature 0.8 sharpens what the network gives: ")
    slider.fill("1.9")
    assert spoken(page).startswith("Temperature 1.9 flattens what the network gives: ")
    shown.temperature = 1.9
    compare(page, shown, "my own" + before)
    page.get_by_text("Settings", exact=True).click()
    page.get_by_role("slider", name="Top-k").fill("2")
    page.get_by_role("slider", name="Top-p").fill("0.5")
    shown.top_k, shown.top_p = 3, 0.5
    compare(page, shown, "my own" + before)
    kept = sum(chance > 0 for _, _, chance in expected(shown, "my own" + before))
    assert spoken(page).startswith(f"{kept} of 31 characters can be drawn here. ")
    page.get_by_role("spinbutton", name="Seed").fill("12")
    assert "Seed 12: " in spoken(page)
    press(page, "Take it back")
    go_on(page)
    shown.text, shown.seed = "my own", 12
    assert written(page) == shown.continuation(200)
    page.get_by_role("spinbutton", name="Seed").fill("-1")
    assert page.locator("[aria-invalid=true]").count() == 1
    press(page, "Reset")
    assert written(page) == figure().written
    assert field.input_value() == EXAMPLES[0]
    compare(page, figure(), EXAMPLES[0] + figure().written)
    page.get_by_role("combobox").select_option("Your own text")
    assert field.input_value() == "my own", "it has been kept"
    page.get_by_role("combobox").select_option("one two")
    assert field.input_value() == typed(page) == "one two"
    assert visit.faults == []


def test_a_character_shows_what_it_was_drawn_from(bare) -> None:
    shown = figure(temperature=1.2)
    visit = bare(shown)
    page = visit.page
    text = shown.text + shown.written
    start = len(shown.text)
    page.locator(".rnnbook-live ins span").nth(4).click()
    compare(page, shown, text[: start + 4])
    letter = NAMES.get(text[start + 4], text[start + 4])
    came = page.locator(".rnnbook-write-came th").inner_text()
    assert came == letter
    assert "; drawn with " in spoken(page)
    page.get_by_role("slider", name="Temperature").fill("0.3")
    colder = figure(temperature=0.3)
    compare(page, colder, text)  # what was drawn, was drawn: the next one is looked at
    press(page, "← Earlier")
    compare(page, shown, text[:-1])
    press(page, "Later →")
    compare(page, colder, text)
    page.locator(".rnnbook-live .rnnbook-write-text > span span").nth(2).click()
    compare(page, colder, text[:2])
    assert place(page).startswith("“e” after “Th”: given ")
    assert visit.faults == []
