"""A digit is drawn on a page: with mouse and finger, by keyboard, row by row, in other orders."""

import re
import sys
from pathlib import Path

import pytest
from test_swipes import Finger
from visit import LIVE, PHONE, serious, spoken

pytest.importorskip("torch")

from rnncourse.figures import DrawADigit, bundle

sys.path.insert(0, str(Path(__file__).parents[1] / "rnncourse"))
from made_up_digits import DRAWN, EXAMPLES, figure

BLANK = "The picture is blank"


def press(page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def choose(page, label: str) -> None:
    page.get_by_role("combobox", name="Digit").select_option(label=label)


def chosen(page) -> str:
    return page.get_by_role("combobox", name="Digit").evaluate("e => e.selectedOptions[0].text")


def slider(page):
    return page.get_by_role("slider", name="Rows read")


def board(page):
    return page.locator(".rnnbook-digit-board")


def pixels(page) -> list[int]:
    """The picture, as a screen reader says it."""
    names = page.locator(".rnnbook-digit-pixels [role=gridcell]").evaluate_all(
        "all => all.map(cell => cell.ariaLabel)"
    )
    found = [re.fullmatch(r"row (\d), column (\d): (\d+) of 16", name).groups() for name in names]
    assert [(int(y), int(x)) for y, x, _ in found] == [(k // 8 + 1, k % 8 + 1) for k in range(64)]
    return [int(ink) for *_, ink in found]


def framed(page) -> list[str]:
    """The digit that is framed beside each row of the picture; nothing where none is."""
    return page.locator(".rnnbook-digit-map > div + div").evaluate_all(
        "all => all.map(row => String([...row.children].findIndex(e => e.matches('[data-best]'))))"
    )


def expected(picture: list[int], row: int = 8, order: str = "down") -> list[str]:
    """The same, as Python reads it."""
    places = {"down": range(8), "up": range(7, -1, -1), "shuffled": [4, 1, 6, 3, 0, 7, 2, 5]}
    answers = ["-1"] * 8
    for t, (y, p) in enumerate(
        zip(places[order], figure().read(picture, order=order), strict=True)
    ):
        answers[y] = str(int(p.argmax())) if t < row else "-1"
    return answers


def compare(page, picture: list[int], row: int = 8, order: str = "down") -> None:
    assert pixels(page) == picture
    assert framed(page) == expected(picture, row, order)
    assert slider(page).get_attribute("aria-valuetext") == f"{row} of 8"
    assert page.locator(".rnnbook-digit-pixels [data-later]").count() == 8 - row


def drawn(page) -> list[list[tuple[float, float]]]:
    """The strokes on the board."""
    paths = page.locator(".rnnbook-digit-board path").evaluate_all(
        "all => all.map(p => p.getAttribute('d'))"
    )
    strokes = [re.findall(r"([\d.]+) ([\d.]+)", path)[1:] for path in paths]
    return [[(float(x) / 100, float(y) / 100) for x, y in stroke] for stroke in strokes]


def draw(page, name: str) -> None:
    box = board(page).bounding_box()
    for stroke in DRAWN[name]:
        for k, (x, y) in enumerate(stroke):
            page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"])
            if k == 0:
                page.mouse.down()
        page.mouse.up()


def test_what_is_there_before_anything_is_touched(bare) -> None:
    shown = figure()
    visit = bare(shown)
    page = visit.page
    compare(page, EXAMPLES[0]["pixels"])
    p = shown.read(EXAMPLES[0]["pixels"])
    heard = spoken(page)
    assert heard.startswith(f"After row 1 it says {int(p[0].argmax())} (")
    assert heard.endswith("but it is a 2.")
    assert board(page).get_attribute("aria-label") == "Draw here"
    assert chosen(page) == "Test digit 1: 2"
    assert page.get_by_role("button", name="Undo").is_disabled()
    label = page.locator(".rnnbook-digit-map").get_attribute("aria-label")
    assert label.startswith("How likely each digit is after each row. The likeliest: ")
    assert visit.faults == []


def test_a_digit_is_drawn_undone_and_cleared(bare) -> None:
    visit = bare(figure())
    page = visit.page
    slider(page).press("Home")
    draw(page, "7")
    assert chosen(page) == "Your own"
    strokes = drawn(page)
    assert [len(one) for one in strokes] == [3, 2]
    for stroke, given in zip(strokes, DRAWN["7"], strict=True):
        for point, wanted in zip(stroke, given, strict=True):
            assert point == pytest.approx(wanted, abs=0.01)
    compare(page, DrawADigit.pixels_of(strokes))
    assert board(page).get_attribute("aria-label") == "Your drawing: 2 strokes"
    assert not re.search(r"(and|but) it is an? \d", spoken(page)), "nobody knows what it is"
    press(page, "Undo")
    compare(page, DrawADigit.pixels_of(strokes[:1]))
    press(page, "Undo")
    assert spoken(page).startswith(BLANK)
    assert framed(page) == ["-1"] * 8
    assert page.get_by_role("button", name="Undo").is_disabled()
    draw(page, "a dot")
    assert board(page).get_attribute("aria-label") == "Your drawing: 1 stroke"
    press(page, "Clear")
    assert pixels(page) == [0] * 64
    assert page.get_by_role("button", name="Clear").is_disabled()
    press(page, "Undo")
    compare(page, DrawADigit.pixels_of(drawn(page)))
    assert visit.faults == []


def test_an_example_does_not_lose_the_drawing(bare) -> None:
    visit = bare(figure())
    page = visit.page
    draw(page, "4")
    own = pixels(page)
    choose(page, "Test digit 3: 8")
    compare(page, EXAMPLES[2]["pixels"])
    assert drawn(page) == []
    choose(page, "Your own")
    compare(page, own)
    press(page, "Reset")
    compare(page, EXAMPLES[0]["pixels"])
    draw(page, "1")
    assert len(drawn(page)) == 1, "on an example one begins anew"
    press(page, "Undo")
    compare(page, own)
    assert visit.faults == []


def test_ink_is_added_by_keyboard(bare) -> None:
    visit = bare(figure())
    page = visit.page
    first = page.get_by_role("gridcell", name="row 1, column 1:")
    first.focus()
    focused = "document.activeElement.ariaLabel"
    for key, place in (
        ("ArrowUp", "row 1, column 1"),
        ("ArrowRight", "row 1, column 2"),
        ("ArrowDown", "row 2, column 2"),
        ("ArrowLeft", "row 2, column 1"),
    ):
        page.keyboard.press(key)
        assert page.evaluate(focused).startswith(place)
    picture = list(EXAMPLES[0]["pixels"])
    before = page.evaluate("scrollY")
    for ink in (8, 16, 0):
        page.keyboard.press("Space")
        picture[8] = ink
        compare(page, picture)
        assert page.evaluate(focused) == f"row 2, column 1: {ink} of 16"
    assert page.evaluate("scrollY") == before
    assert chosen(page) == "Your own"
    page.get_by_role("gridcell", name="row 4, column 8:").click()
    picture[31] = 8
    compare(page, picture)
    press(page, "Undo")
    picture[31] = 0
    compare(page, picture)
    assert page.locator(".rnnbook-digit-pixels [tabindex='0']").count() == 1
    assert visit.faults == []


def test_rows_are_read_one_by_one(bare) -> None:
    visit = bare(figure())
    page = visit.page
    slider(page).press("Home")
    compare(page, EXAMPLES[0]["pixels"], 1)
    assert re.fullmatch(r"After row 1 it says \d \(\d+\s%\)\.", spoken(page))
    for row in (2, 3, 4):
        slider(page).press("ArrowRight")
        compare(page, EXAMPLES[0]["pixels"], row)
    now = page.locator(".rnnbook-digit-pixels [role=row]").nth(3)
    assert now.get_attribute("data-now") is not None
    assert page.locator(".rnnbook-digit [data-now]").count() == 2
    assert now.evaluate("e => Number(getComputedStyle(e.nextSibling.firstChild).opacity)") < 0.5
    press(page, "Reset")
    compare(page, EXAMPLES[0]["pixels"])
    assert visit.faults == []


def test_it_reads_by_itself(bare) -> None:
    visit = bare(figure())
    page = visit.page
    before = spoken(page)
    page.get_by_role("button", name="Read it row by row").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Stop", exact=True).wait_for()
    assert slider(page).input_value() == "1"
    page.wait_for_function("() => document.querySelector('input[type=range]').value === '3'")
    assert page.locator(".rnnbook-says").inner_text() == before, "it speaks at the end"
    press(page, "Stop")
    row = int(slider(page).input_value())
    assert f"row {row}" in spoken(page)
    assert slider(page).input_value() == str(row)
    press(page, "Read it row by row")
    page.wait_for_function("() => document.querySelector('input[type=range]').value === '2'")
    draw(page, "a dash")
    page.get_by_role("button", name="Read it row by row").wait_for()
    compare(page, DrawADigit.pixels_of(drawn(page)))
    press(page, "Read it row by row")
    page.wait_for_function("() => document.querySelector('input[type=range]').value === '1'")
    page.get_by_role("button", name="Read it row by row").wait_for(timeout=20_000)
    compare(page, DrawADigit.pixels_of(drawn(page)))
    assert spoken(page).count("In the end") + spoken(page).count("in the end") == 1
    assert visit.faults == []


def test_off_the_screen_it_waits(bare) -> None:
    page = bare(figure(), above='<div style="height: 3000px"></div>').page
    press(page, "Read it row by row")
    page.evaluate("scrollTo(0, 0)")
    page.wait_for_timeout(300)
    row = slider(page).input_value()
    page.wait_for_timeout(1600)
    assert slider(page).input_value() == row != "8"
    slider(page).scroll_into_view_if_needed()
    page.wait_for_function(
        "row => Number(document.querySelector('input[type=range]').value) > row", arg=int(row)
    )


def test_who_wants_no_motion_sees_the_end(bare) -> None:
    page = bare(figure(row=2), reduced_motion="reduce").page
    press(page, "Read it row by row")
    compare(page, EXAMPLES[0]["pixels"])


def test_rows_in_another_order(bare) -> None:
    visit = bare(figure())
    page = visit.page
    page.get_by_text("The order of the rows").click()
    page.get_by_label("from the bottom up").check()
    compare(page, EXAMPLES[0]["pixels"], order="up")
    heard = spoken(page)
    assert heard.startswith("Read from the bottom up, after 1 of 8 rows it says ")
    assert re.search(
        r"of 3 examples it reads \d right in that order, and \d from the bottom", heard
    )
    page.get_by_label("in shuffled order").check()
    slider(page).press("ArrowLeft")
    compare(page, EXAMPLES[0]["pixels"], 7, order="shuffled")
    steps = page.locator(".rnnbook-digit-steps span").all_inner_texts()
    assert steps == ["5", "2", "7", "4", "1", "8", "3", "6"]
    press(page, "Reset")
    compare(page, EXAMPLES[0]["pixels"])
    assert page.get_by_label("from the top down").is_checked()
    assert visit.faults == []


@pytest.fixture
def phone(bare):
    """The figure on a phone, on a page that scrolls both ways and is at rest."""
    page = bare(figure(), viewport=PHONE, has_touch=True, is_mobile=True).page
    page.evaluate("document.body.style.paddingBottom = '900px'")
    page.evaluate("scrollTo(0, 100)")
    page.evaluate("new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)))")
    return page


def test_a_finger_draws_on_the_board(phone) -> None:
    box, top = board(phone).bounding_box(), phone.evaluate("scrollY")
    Finger(phone).swipe((box["x"] + box["width"] / 2, box["y"] + 10), down=100)
    phone.wait_for_timeout(200)
    assert phone.evaluate("scrollY") == top
    (stroke,) = drawn(phone)
    assert stroke[-1][1] > stroke[0][1] + 0.3
    compare(phone, DrawADigit.pixels_of([stroke]))


def test_a_finger_scrolls_on_the_pixels_and_a_tap_inks_one(phone) -> None:
    phone.locator(".rnnbook-digit-pixels [role=gridcell]").first.tap()
    inked = pixels(phone)
    assert inked == [8, *EXAMPLES[0]["pixels"][1:]]
    grid, top = phone.locator(".rnnbook-digit-pixels").bounding_box(), phone.evaluate("scrollY")
    Finger(phone).swipe((grid["x"] + grid["width"] / 2, grid["y"] + grid["height"] - 10), down=-120)
    phone.wait_for_function("top => scrollY > top + 50", arg=top)
    assert pixels(phone) == inked


def test_a_link_or_a_kernel_sets_it(bare) -> None:
    page = bare(figure(), fragment="#draw_a_digit?chosen=1&row=5&order=up").page
    page.locator(".rnnbook-live").wait_for()
    compare(page, EXAMPLES[1]["pixels"], 5, "up")
    for wrong in ("chosen=3", "row=9", "row=2.5", "order=left"):
        page = bare(figure(), fragment=f"#draw_a_digit?{wrong}").page
        page.locator(".rnnbook-live").wait_for()
        compare(page, EXAMPLES[0]["pixels"])
    page = bare().page
    page.evaluate(LIVE, [bundle.live("draw_a_digit"), figure().settings()])
    page.evaluate("model.set('chosen', 2)")
    compare(page, EXAMPLES[2]["pixels"])
    slider(page).press("ArrowLeft")
    assert page.evaluate("sent.at(-1).row") == 7


def test_the_values_are_those_of_the_picture(bare) -> None:
    page = bare(figure()).page
    slider(page).press("Home")
    slider(page).press("ArrowRight")
    page.get_by_text("Values", exact=True).click()
    spoken(page)
    tables = page.locator(".rnnbook-values tbody")
    rows = [
        table.locator("tr").evaluate_all("all => all.map(r => [...r.cells].map(c => c.innerText))")
        for table in tables.all()
    ]
    assert [row[0] for row in rows[0]] == ["1", "2"]
    p = figure().read(EXAMPLES[0]["pixels"])
    for t, row in enumerate(rows[0]):
        for k, cell in enumerate(row[1:]):
            shown = float(re.sub(r"[^\d.]", "", cell)) / 100
            assert shown == pytest.approx(float(p[t, k]), abs=0.0101)
    picture = EXAMPLES[0]["pixels"]
    assert [[int(one) for one in row[1:]] for row in rows[1]] == [
        picture[8 * y : 8 * y + 8] for y in range(8)
    ]


def test_by_keyboard_alone(bare) -> None:
    page = bare(figure()).page
    page.evaluate("document.activeElement.blur()")
    names = []
    for _ in range(8):
        page.keyboard.press("Tab")
        names.append(
            page.evaluate(
                "(e => e.labels?.[0]?.textContent || e.ariaLabel || e.textContent)"
                "(document.activeElement)"
            ).strip()
        )
    start = names.index("Digit")
    assert [*names[start:], *names[:start]] == [
        "Digit",
        "Rows read",
        "Read it row by row",
        "Reset",
        "Clear",
        "row 1, column 1: 0 of 16",
        "The order of the rows",
        "Values",
    ]


@pytest.mark.parametrize("options", [{}, {"forced_colors": "active"}])
def test_everybody_can_read_it(bare, options) -> None:
    page = bare(figure(), **options).page
    page.get_by_text("Values", exact=True).click()
    page.get_by_text("The order of the rows").click()
    assert serious(page) == []
    draw(page, "8")
    slider(page).press("Home")
    assert serious(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_in_forced_colours_shades_are_still_seen(bare, scheme) -> None:
    page = bare(figure(), forced_colors="active", color_scheme=scheme).page
    shades = page.locator(".rnnbook-digit :is(.rnnbook-digit-pixels, .rnnbook-digit-map) span")
    colours = shades.evaluate_all("all => all.map(e => getComputedStyle(e).backgroundColor)")
    assert len(set(colours[:64])) > 5
    assert len(set(colours[64:])) > 5


@pytest.mark.parametrize("touch", [False, True])
def test_it_fits_a_phone(bare, touch) -> None:
    page = bare(figure(), viewport=PHONE, has_touch=touch, is_mobile=touch).page
    page.get_by_text("Values", exact=True).click()
    page.get_by_text("The order of the rows").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    edge = page.locator(".rnnbook-live").bounding_box()
    parts = page.locator(".rnnbook-live :is(input, select, button, p, svg, .rnnbook-digit-map *)")
    rights = parts.evaluate_all("all => all.map(e => e.getBoundingClientRect().right)")
    assert max(rights) <= edge["x"] + edge["width"]
    assert board(page).bounding_box()["width"] >= 150


@pytest.mark.parametrize("width", [560, 680, 900])
def test_picture_and_answers_are_beside_each_other(bare, width) -> None:
    page = bare(figure()).page
    page.evaluate("w => document.querySelector('main').style.width = `${w}px`", width)
    stage = page.locator(".rnnbook-stage")
    assert stage.evaluate("e => e.scrollWidth - e.clientWidth") == 0
    for y in range(8):
        left = page.locator(".rnnbook-digit-pixels [role=row]").nth(y).bounding_box()
        right = page.locator(".rnnbook-digit-map > div").nth(y + 1).bounding_box()
        step = page.locator(".rnnbook-digit-steps span").nth(y).bounding_box()
        assert left["y"] == pytest.approx(right["y"], abs=0.5)
        assert step["y"] == pytest.approx(right["y"], abs=0.5)
    assert board(page).bounding_box()["width"] >= 150


@pytest.mark.parametrize("size", [{"width": 1280, "height": 900}, PHONE])
def test_nothing_below_the_picture_moves(bare, size) -> None:
    page = bare(figure(), viewport=size).page
    page.evaluate("document.querySelector('main').style.maxWidth = '760px'")
    if size is not PHONE:
        assert page.locator(".rnnbook-live").bounding_box()["height"] <= 860
    page.get_by_text("The order of the rows").click()
    fold = page.get_by_text("Values", exact=True)

    def place() -> float:
        spoken(page)
        return page.evaluate("scrollY") + fold.bounding_box()["y"]

    before = place()
    draw(page, "2")
    assert place() == before
    slider(page).press("Home")
    assert place() == before
    slider(page).press("End")
    page.get_by_label("in shuffled order").check()
    assert place() == before


def test_without_javascript_there_are_the_rows_and_the_answers(bare) -> None:
    page = bare(figure(), viewport=PHONE, fragment="#x", java_script_enabled=False).page
    assert page.locator(".rnnbook-live").count() == 0
    still = page.locator(".rnnbook-still")
    sizes = still.locator("text").evaluate_all(
        "all => all.map(e => parseFloat(getComputedStyle(e).fontSize) * e.getScreenCTM().a)"
    )
    assert min(sizes) >= 11
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert "After 8 of 8 rows it says" in still.inner_text()
