"""The forecast on a page: by slider and by pulling, on a phone, and on a reader's own file."""

import math
import sys
from pathlib import Path

import pytest
from test_swipes import Finger
from visit import LIVE, PHONE, serious, spoken

pytest.importorskip("torch")

from rnncourse.figures import bundle

sys.path.insert(0, str(Path(__file__).parents[1] / "rnncourse"))
from made_up_forecast import START, figure, series

FIRST, BEGIN, LAST = START + 40, START + 60, START + 96
DROP = """([text, name]) => {
  const dataTransfer = new DataTransfer();
  dataTransfer.items.add(new File([text], name));
  const on = document.querySelector(".rnnbook-live svg");
  for (const type of ["dragover", "drop"])
    on.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }));
}"""


def press(page, name: str) -> None:
    page.get_by_role("button", name=name).click()


def slider(page):
    return page.get_by_role("slider", name="Origin")


def choose(page, label: str) -> None:
    page.get_by_role("combobox", name="Series").select_option(label=label)


def note(page) -> str:
    return page.locator(".rnnbook-live .rnnbook-forecast-file p").inner_text()


def rows(page, table: int) -> list[list[str]]:
    """What a table of the values says."""
    fold = page.locator(".rnnbook-live details:has(.rnnbook-values)")
    if fold.get_attribute("open") is None:
        fold.locator("summary").click()
    spoken(page)
    body = page.locator(".rnnbook-values tbody").nth(table)
    body.locator("tr").first.wait_for()
    found = body.locator("tr").evaluate_all(
        "all => all.map(r => [...r.cells].map(c => c.innerText))"
    )
    return [[cell.replace("−", "-") for cell in row] for row in found]


def compare(page, shown, origin: int) -> None:
    """The slider's words, and the forecast in the values."""
    assert slider(page).get_attribute("aria-valuetext") == f"{origin} values known"
    assert slider(page).input_value() == str(origin)
    look = shown.look(origin)
    for step, *found in rows(page, 1):
        k = int(step) - 1
        ours = [*look.fan[k].tolist(), float(look.naive[k]), float(look.came[k])]
        assert [float(one) for one in found] == pytest.approx(ours, rel=6e-3)


def wave(count: int = 200, period: int = 10) -> str:
    """A file of two columns: semicolons, and decimal commas."""
    values = [5 + 2 * math.sin(2 * math.pi * t / period) + (t * 7 % 11) / 20 for t in range(count)]
    return "day;level\n" + "\n".join(f"{t};{y:.3f}".replace(".", ",") for t, y in enumerate(values))


def test_what_is_there_before_anything_is_touched(bare) -> None:
    shown = figure()
    visit = bare(shown)
    page = visit.page
    heard = spoken(page)
    assert heard.startswith("With 160 values known, the network is off by ")
    assert "Over all 57 origins: " in heard
    assert "Reason 1." in heard
    for name in ("fan", "own", "naive", "came", "known"):
        assert page.locator(f".rnnbook-live path.rnnbook-forecast-{name}").count() == 1
    assert page.locator(".rnnbook-forecast-moved").count() == 0
    assert not page.locator(".rnnbook-forecast-file").is_visible()
    label = page.locator(".rnnbook-live svg").get_attribute("aria-label")
    assert label.startswith("Series 1: what is known up to the origin")
    compare(page, shown, BEGIN)
    assert visit.faults == []


def test_the_origin_moves(bare) -> None:
    shown = figure()
    visit = bare(shown)
    page = visit.page
    slider(page).focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    compare(page, shown, BEGIN + 5)
    slider(page).press("End")
    compare(page, shown, LAST)
    slider(page).press("Home")
    compare(page, shown, FIRST)
    assert spoken(page).startswith(f"With {FIRST} values known")
    press(page, "Reset")
    compare(page, shown, BEGIN)
    assert visit.faults == []


def test_the_origin_is_pulled(bare) -> None:
    shown = figure()
    visit = bare(shown)
    page = visit.page
    box = page.locator(".rnnbook-live svg").bounding_box()
    grip = page.locator(".rnnbook-forecast-grip").bounding_box()
    x, y = grip["x"] + grip["width"] / 2, box["y"] + 100
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y + 5, steps=4)
    page.mouse.up()
    moved = int(slider(page).input_value())
    assert BEGIN < moved < LAST
    assert page.locator(".rnnbook-forecast-grip").bounding_box()["x"] == pytest.approx(
        grip["x"] + 60, abs=6
    )
    page.mouse.move(x + 100, y)  # nothing is held any more
    assert slider(page).input_value() == str(moved)
    page.mouse.click(box["x"] + box["width"] - 2, y)
    compare(page, shown, LAST)
    assert visit.faults == []


def test_a_finger_that_scrolls_moves_nothing(bare) -> None:
    page = bare(figure(), viewport=PHONE, has_touch=True, is_mobile=True).page
    picture = page.locator(".rnnbook-live svg")
    page.evaluate("scrollTo(0, 120)")
    box = picture.bounding_box()
    place = (box["x"] + 0.8 * box["width"], box["y"] + box["height"] / 2)
    top = page.evaluate("scrollY")
    Finger(page).swipe(place, down=-200)
    page.wait_for_function("top => scrollY > top + 50", arg=top)
    assert slider(page).input_value() == str(BEGIN)
    box = picture.bounding_box()
    place = (box["x"] + 0.5 * box["width"], box["y"] + box["height"] / 2)
    Finger(page).swipe(place, across=60)
    assert slider(page).input_value() != str(BEGIN)
    page.touchscreen.tap(box["x"] + box["width"] - 3, box["y"] + box["height"] / 2)
    assert slider(page).input_value() == str(LAST)


def test_yesterday_shifted(bare) -> None:
    shown = figure()
    visit = bare(shown)
    page = visit.page
    toggle = page.get_by_role("button", name="Yesterday, shifted")
    assert toggle.get_attribute("aria-pressed") == "false"
    toggle.focus()
    page.keyboard.press("Enter")
    assert toggle.get_attribute("aria-pressed") == "true"
    assert page.locator("path.rnnbook-forecast-moved").count() == 1
    assert page.locator("path.rnnbook-forecast-fan").count() == 0
    assert spoken(page).startswith("One step ahead, the network is off by ")
    slider(page).press("ArrowRight")
    box = page.locator(".rnnbook-live svg").bounding_box()
    page.mouse.click(box["x"] + 200, box["y"] + 100)
    assert slider(page).input_value() == str(BEGIN + 1), "here the picture is not pulled"
    press(page, "Reset")
    assert toggle.get_attribute("aria-pressed") == "false"
    compare(page, shown, BEGIN)
    assert visit.faults == []


def test_another_series(bare) -> None:
    shown = figure()
    page = bare(shown).page
    slider(page).press("End")
    choose(page, "Series 2")
    shown.chosen = 1
    compare(page, shown, BEGIN)
    assert "the naive forecast by" in spoken(page)
    assert rows(page, 0)[1][0] == "the naive forecast"


def test_a_file_of_one_s_own(bare, tmp_path) -> None:
    shown = figure()
    visit = bare(shown)
    page = visit.page
    choose(page, "Your own CSV")
    assert "nothing leaves the page" in note(page)
    assert spoken(page) == "Choose a file below, or drop one on the figure."
    assert page.get_by_role("button", name="Train a GRU").is_disabled()
    path = tmp_path / "own.csv"
    path.write_text(wave(), encoding="utf-8")
    page.get_by_label("Your file (CSV)").set_input_files(path)
    page.get_by_text("own.csv, level: 200 numbers, the first 140 of them").wait_for()
    assert page.get_by_role("spinbutton", name="Season").input_value() == "10"
    assert slider(page).get_attribute("min") == "140"
    assert slider(page).get_attribute("max") == "176"
    heard = spoken(page)
    assert "the linear window is off by" in heard
    assert "the seasonal naive forecast by" in heard
    assert "Over all 37 origins: " in heard
    slider(page).press("End")
    page.get_by_role("spinbutton", name="Season").fill("1")
    assert "the naive forecast by" in spoken(page)
    assert slider(page).input_value() == "176", "the origin stays where it is"
    page.get_by_role("spinbutton", name="Season").fill("99")
    assert page.get_by_role("spinbutton", name="Season").get_attribute("aria-invalid") == "true"
    choose(page, "Series 1")
    compare(page, shown, BEGIN)
    assert not page.locator(".rnnbook-forecast-file").is_visible()
    choose(page, "Your own CSV")
    assert "the linear window is off by" in spoken(page)
    assert visit.faults == []


def test_a_file_is_dropped_and_a_gru_learns_it(bare) -> None:
    visit = bare(figure())
    page = visit.page
    page.evaluate(DROP, [wave(160), "dropped.csv"])
    page.get_by_text("dropped.csv, level: 160 numbers").wait_for()
    press(page, "Train a GRU")
    page.get_by_text("The GRU learns: update").wait_for()
    page.wait_for_timeout(1500)
    press(page, "Stop, and keep it")
    page.get_by_text("A GRU of 16 units has made").wait_for()
    heard = spoken(page)
    assert "the network is off by" in heard
    assert ", the linear window " in heard
    names = [row[0] for row in rows(page, 0)]
    assert names[:2] == ["the network", "the linear window"]
    press(page, "Train a GRU")
    page.get_by_text("The GRU learns: update").wait_for()
    choose(page, "Series 2")
    page.wait_for_timeout(300)
    assert page.get_by_role("combobox", name="Series").input_value() == "1", "it does not come back"
    assert visit.faults == []


def test_what_is_wrong_with_a_file_is_said(bare) -> None:
    visit = bare(figure())
    page = visit.page
    choose(page, "Your own CSV")
    for text, words in (
        ("a,b\nc,d\n", "No column of numbers was found in it."),
        ("1\n2\n3\n", "It has 3 numbers; 150 are needed"),
        (wave().replace("60;", "60;n/a", 1), "where a number should be."),
        ("7\n" * 200, "Its numbers repeat without an error"),
    ):
        page.evaluate(DROP, [text, "bad.csv"])
        page.locator(".rnnbook-forecast-file p", has_text=words).wait_for()
        assert words in spoken(page)
    page.evaluate(DROP, [wave(), "good.csv"])
    page.get_by_text("good.csv, level").wait_for()
    page.evaluate(DROP, ["1\n2\n", "bad.csv"])
    page.locator(".rnnbook-forecast-file p", has_text="It has 2 numbers").wait_for()
    slider(page).press("End")
    assert "the linear window" in spoken(page), "the good file is still there"
    assert visit.faults == []


def test_a_link_or_a_kernel_sets_it(bare) -> None:
    shown = figure(chosen=1)
    page = bare(figure(), fragment="#forecast?chosen=1&origin=150").page
    page.locator(".rnnbook-live").wait_for()
    compare(page, shown, 150)
    for wrong in ("chosen=2", "origin=1.5", "origin=-1"):
        page = bare(figure(), fragment=f"#forecast?{wrong}").page
        page.locator(".rnnbook-live").wait_for()
        compare(page, figure(), BEGIN)
    page = bare().page
    page.evaluate(LIVE, [bundle.live("forecast"), figure().settings()])
    page.evaluate("model.set('origin', 170)")
    compare(page, figure(), 170)
    press(page, "Yesterday, shifted")
    assert page.evaluate("sent.at(-1).shifted") is True


def test_by_keyboard_alone(bare) -> None:
    page = bare(figure()).page
    choose(page, "Your own CSV")
    page.evaluate(DROP, [wave(), "own.csv"])
    page.get_by_text("own.csv, level").wait_for()
    page.evaluate("document.activeElement.blur()")
    names = []
    for _ in range(8):
        page.keyboard.press("Tab")
        named = "(e => e.labels?.[0]?.textContent ?? e.textContent)"
        names.append(page.evaluate(f"{named}(document.activeElement)").strip())
    own = ["Your file (CSV)", "Season (steps; 1: none)", "Train a GRU on it (20\u00a0s)"]
    expected = ["Series", "Origin", "Yesterday, shifted", "Reset", *own, "Values"]
    start = names.index("Series")
    assert names[start:] + names[:start] == expected


@pytest.mark.parametrize("options", [{}, {"forced_colors": "active"}])
def test_everybody_can_read_it(bare, options) -> None:
    page = bare(figure(), **options).page
    page.get_by_text("Values", exact=True).click()
    assert serious(page) == []
    press(page, "Yesterday, shifted")
    choose(page, "Your own CSV")
    assert serious(page) == []


@pytest.mark.parametrize("touch", [False, True])
def test_it_fits_a_phone(bare, touch) -> None:
    page = bare(figure(), viewport=PHONE, has_touch=touch, is_mobile=touch).page
    page.get_by_text("Values", exact=True).click()
    choose(page, "Your own CSV")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    edge = page.locator(".rnnbook-live").bounding_box()
    for part in page.locator(".rnnbook-live :is(input, select, button, p, svg)").all():
        box = part.bounding_box()
        assert box is None or box["x"] + box["width"] <= edge["x"] + edge["width"]


@pytest.mark.parametrize("size", [{"width": 1280, "height": 900}, PHONE])
def test_nothing_below_the_picture_moves(bare, size) -> None:
    page = bare(figure(), viewport=size).page
    page.evaluate("document.querySelector('main').style.maxWidth = '760px'")
    if size is not PHONE:
        assert page.locator(".rnnbook-live").bounding_box()["height"] <= 860
    fold = page.get_by_text("Values", exact=True)
    before = page.evaluate("scrollY") + fold.bounding_box()["y"]
    slider(page).press("End")
    spoken(page)
    assert page.evaluate("scrollY") + fold.bounding_box()["y"] == before
    press(page, "Yesterday, shifted")
    spoken(page)
    assert page.evaluate("scrollY") + fold.bounding_box()["y"] == before


def test_without_javascript_there_is_the_fan(bare) -> None:
    page = bare(figure(), viewport=PHONE, fragment="#x", java_script_enabled=False).page
    assert page.locator(".rnnbook-live").count() == 0
    still = page.locator(".rnnbook-still")
    assert still.locator("polyline").count() == 4
    sizes = still.locator("text").evaluate_all(
        "all => all.map(e => parseFloat(getComputedStyle(e).fontSize) * e.getScreenCTM().a)"
    )
    assert min(sizes) >= 11
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert "mean absolute error" in still.inner_text().lower()
    assert series()["name"] in still.inner_text()
