"""The translator on a page: by pointer and by keyboard, on a phone, in other colours, still."""

import re
import sys
from pathlib import Path

import pytest
from visit import LIVE, PHONE, serious, spoken

pytest.importorskip("torch")

from rnncourse.figures import bundle

sys.path.insert(0, str(Path(__file__).parents[1] / "rnncourse"))
from made_up_translator import EXAMPLES, NUMBERS, WRITES, figure, number_figure

SHADES = """rows => rows.map(row => [...row.querySelectorAll("td")].map(
  cell => parseFloat(cell.style.getPropertyValue("--weight"))))"""


def press(page, name: str) -> None:
    page.get_by_role("button", name=name).click()


def text_field(page):
    return page.get_by_role("textbox", name="A date")


def line(page) -> str:
    parts = page.locator(".rnnbook-live .rnnbook-translator-line > :is(span, mark)")
    return "".join(parts.all_inner_texts())


def letter(page, s: int):
    return page.locator(".rnnbook-live thead th").nth(s)


def compare(page, shown, text: str, blocked: list[int], written: int = 11) -> None:
    """The line, the marks of what is blocked, and every weight."""
    made = shown.translation(text, blocked)
    units = [shown.writes[token] for token in made.tokens if token != 2]
    assert line(page) == "".join(units[:written])
    heads = page.locator(".rnnbook-live thead th")
    crossed = heads.evaluate_all(
        "all => all.map(e => getComputedStyle(e).textDecorationLine.includes('line-through'))"
    )
    assert crossed == [s in blocked for s in range(len(made.letters))]
    shades = page.locator(".rnnbook-live tbody").first.locator("tr").evaluate_all(SHADES)
    weights = [[100 * w for w in row] for row in made.weights.tolist()][:written]
    for found, ours in zip(shades, weights, strict=False):
        assert found == pytest.approx(ours, abs=0.06)
    assert not any(any(row) for row in shades[len(weights) :])


def test_what_stands_there_before_anything_is_touched(bare) -> None:
    shown = figure()
    visit = bare(shown)
    page = visit.page
    compare(page, shown, EXAMPLES[0], [])
    assert text_field(page).input_value() == EXAMPLES[0]
    assert page.locator(".rnnbook-live td[tabindex='0']").count() == 1
    assert page.locator(".rnnbook-live mark").count() == 0
    assert "It is least sure of character" in spoken(page)
    assert visit.faults == []


def test_a_letter_is_blocked_and_what_changes_is_marked(bare) -> None:
    shown = figure()
    visit = bare(shown)
    page = visit.page
    free = shown.translation()
    places = [s for s in range(11) if shown.translation(blocked=[s]).line != free.line]
    s = places[0]
    letter(page, s).click()
    press(page, "Block this letter")
    compare(page, shown, EXAMPLES[0], [s])
    other = shown.translation(blocked=[s]).line
    length = min(len(other), len(free.line))
    changed = [t for t in range(len(other)) if t >= length or other[t] != free.line[t]]
    assert page.locator(".rnnbook-live mark").count() == len(changed)
    assert f"before: {free.line}" in page.locator(".rnnbook-translator-line small").inner_text()
    assert re.search(r"is blocked, its weight is 0 \(it had at most ", spoken(page))
    press(page, "Let it through")
    compare(page, shown, EXAMPLES[0], [])
    assert page.locator(".rnnbook-live mark").count() == 0
    assert "may be looked at again" in spoken(page)
    page.locator(".rnnbook-live thead th").first.click()
    for _ in range(10):
        page.keyboard.press("Enter")
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    compare(page, shown, EXAMPLES[0], list(range(10)))
    assert spoken(page) == "One letter must be left: the weights add up to 1."
    press(page, "Reset")
    compare(page, shown, EXAMPLES[0], [])
    assert visit.faults == []


def test_step_by_step(bare) -> None:
    shown = figure()
    visit = bare(shown)
    page = visit.page
    press(page, "Step by step")
    assert line(page) == ""
    assert "nothing is written yet" in spoken(page)
    made = shown.translation()
    for t, token in enumerate(made.tokens[:-1]):
        page.keyboard.press("Enter")  # the focus is on “Next character”
        compare(page, shown, EXAMPLES[0], [], t + 1)
        table = page.locator(".rnnbook-translator-next th")
        best = made.p[t].argsort(descending=True, stable=True)[:3].tolist()
        names = ["padding", "start", "end", *WRITES[3:]]
        assert table.all_inner_texts() == [names[k] for k in best]
        assert names[token] == table.first.inner_text()
    press(page, "All")
    assert "no day of the calendar" in spoken(page)
    page.get_by_role("button", name="Step by step").wait_for()
    assert visit.faults == []


def test_letters_are_replaced(bare) -> None:
    shown = figure()
    visit = bare(shown)
    page = visit.page
    letter(page, 0).click()
    page.keyboard.press("9")
    text = "9" + EXAMPLES[0][1:]
    assert text_field(page).input_value() == text
    compare(page, shown, text, [])
    same = shown.translation(text).line == shown.translation().line
    assert (page.locator(".rnnbook-live mark").count() == 0) == same
    page.keyboard.press("!")
    assert spoken(page) == "It does not know “!”."
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    field = page.get_by_role("textbox", name="Change it to")
    field.focus()
    page.keyboard.type("z")
    text = text[:2] + "z" + text[3:]
    compare(page, shown, text, [])
    assert field.input_value() == "z"
    text_field(page).fill("1 maß")
    compare(page, shown, "1 ma", [])
    assert "It does not know “ß”, which is left out." in spoken(page)
    text_field(page).fill("")
    assert spoken(page) == "Type a date, and it is translated."
    assert page.get_by_role("button", name="Step by step").count() == 0
    page.get_by_role("combobox").select_option(EXAMPLES[1])
    compare(page, shown, EXAMPLES[1], [])
    page.get_by_role("combobox").select_option("Your own")
    assert text_field(page).input_value() == ""
    assert visit.faults == []


def test_by_keyboard_alone(bare) -> None:
    visit = bare(figure())
    page = visit.page
    names = []
    for _ in range(9):
        page.keyboard.press("Tab")
        named = "(e => e.labels?.[0]?.textContent ?? e.getAttribute('aria-label') ?? e.textContent)"
        names.append(page.evaluate(f"{named}(document.activeElement)").strip())
    start = ["A date, with words around it or without", "Examples", "Step by step", "All", "Reset"]
    assert names[:5] == start
    assert re.search(r", .*: .*%$", names[5]), "a cell says where it is, and its weight"
    assert names[6:9] == ["Block this letter", "Change it to", "What a beam of 4 finds"]
    for _ in range(3):
        page.keyboard.press("Shift+Tab")
    for key in ["ArrowUp"] * 11 + ["Home"]:
        page.keyboard.press(key)
    assert page.evaluate("document.activeElement.tagName") == "TH"
    page.keyboard.press("End")
    assert page.evaluate("document.activeElement.textContent") == EXAMPLES[0][-1]
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')").endswith(", blocked")
    assert visit.faults == []


def test_a_link_or_a_kernel_sets_it(bare) -> None:
    shown = figure()
    page = bare(shown, fragment="#translator?text=on 1 May&written=2").page
    page.locator(".rnnbook-live").wait_for()
    compare(page, shown, "on 1 May", [], 2)
    for wrong in ("written=12", f"text={'x' * 61}"):
        page = bare(figure(), fragment=f"#translator?{wrong}").page
        page.locator(".rnnbook-live").wait_for()
        compare(page, shown, EXAMPLES[0], [])
    page = bare(reduced_motion="reduce").page
    page.evaluate(LIVE, [bundle.live("translator"), shown.settings()])
    page.evaluate("model.set('blocked', [0, 2])")
    compare(page, shown, EXAMPLES[0], [0, 2])
    letter(page, 0).click()
    page.keyboard.press("Enter")
    assert page.evaluate("sent.at(-1).blocked") == [2]


def test_everybody_can_read_it(bare) -> None:
    page = bare(figure(blocked=[3])).page
    assert serious(page) == []
    for fold in ("What a beam of 4 finds", "Values"):
        page.get_by_text(fold, exact=True).click()
    letter(page, 0).click()
    page.keyboard.press("9")
    assert serious(page) == []
    text_field(page).fill("")
    assert serious(page) == []


@pytest.mark.parametrize("text", ["one", "donaudampfschifffahrt " * 2 + "7 mars 2024"])
@pytest.mark.parametrize("touch", [False, True])
def test_it_fits_a_phone(bare, text, touch) -> None:
    page = bare(figure(text=text), viewport=PHONE, has_touch=touch, is_mobile=touch).page
    page.get_by_text("What a beam of 4 finds", exact=True).click()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    edge = page.locator(".rnnbook-live").bounding_box()
    parts = ".rnnbook-live :is(input, select, button, p, li, .rnnbook-translator-scroll)"
    for part in page.locator(parts).locator("visible=true").all():
        box = part.bounding_box()
        assert box["x"] + box["width"] <= edge["x"] + edge["width"]
    box, cell = (
        page.locator(f".rnnbook-live {name}").bounding_box()
        for name in (".rnnbook-translator-scroll", "td[tabindex='0']")
    )
    assert box["x"] <= cell["x"], "the cell that is looked at has been scrolled to"
    assert cell["x"] + cell["width"] <= box["x"] + box["width"] + 1


@pytest.mark.parametrize("text", [*EXAMPLES, "x" * 60])
def test_it_is_seen_on_one_screen_and_nothing_moves(bare, text) -> None:
    page = bare(figure(text=text), viewport={"width": 1280, "height": 900}).page
    assert page.locator(".rnnbook-live").bounding_box()["height"] <= 860
    before = page.locator(".rnnbook-says").bounding_box()["y"]
    press(page, "Step by step")
    for _ in range(3):
        press(page, "Next character")
        assert page.locator(".rnnbook-says").bounding_box()["y"] == before


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_in_forced_colours_weights_are_still_seen(bare, scheme) -> None:
    page = bare(figure(), forced_colors="active", color_scheme=scheme).page
    shades = page.locator(".rnnbook-live .rnnbook-translator-map tbody td").evaluate_all(
        "all => all.map(e => getComputedStyle(e).backgroundColor)"
    )
    assert len(set(shades)) > 5


def test_without_javascript_there_is_the_map(bare) -> None:
    shown = figure()
    page = bare(shown, viewport=PHONE, fragment="#x", java_script_enabled=False).page
    assert page.locator(".rnnbook-live").count() == 0
    made = shown.translation()
    still = page.locator(".rnnbook-still")
    assert still.locator(".rnnbook-translator-line").inner_text() == made.line
    assert still.locator("tbody tr").count() == len(made.tokens)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_the_beam_and_the_values_are_read_off(bare) -> None:
    page = bare(figure()).page
    page.get_by_text("What a beam of 4 finds", exact=True).click()
    found = page.locator(".rnnbook-translator-beam li")
    found.first.wait_for()
    assert found.count() <= 4
    assert re.fullmatch(r".+ (<\u00a0|>\u00a0)?\d+\u00a0%", found.first.inner_text())
    page.get_by_text("Values", exact=True).click()
    tables = page.locator(".rnnbook-values table")
    tables.first.wait_for()
    assert tables.count() == 2
    assert tables.first.locator("thead th").count() == 12


def numbers(page):
    return page.get_by_role("textbox", name="A number")


def test_a_number_is_translated_and_a_word_is_blocked(bare) -> None:
    shown = number_figure()
    visit = bare(shown)
    page = visit.page
    compare(page, shown, "97", [], 14)
    heads = page.locator(".rnnbook-live thead th")
    assert heads.all_inner_texts() == ["ninety", "seven"]
    assert page.locator(".rnnbook-translator-spelled").inner_text() == "ninety-seven"
    free, other = shown.translation("97"), shown.translation("97", [1])
    heads.nth(1).click()
    press(page, "Block this word")
    compare(page, shown, "97", [1], 14)
    assert f"before: {free.line}" in page.locator(".rnnbook-translator-line small").inner_text()
    assert f"{free.line} became {other.line}. num2words writes siebenundneunzig." in spoken(page)
    heads.nth(0).click()
    page.keyboard.press("Enter")
    assert spoken(page) == "One word must be left: the weights add up to 1."
    page.keyboard.press("9")
    assert numbers(page).input_value() == "97", "words are not replaced"
    press(page, "Reset")
    press(page, "Step by step")
    for t in range(len(free.tokens) - 1):
        page.keyboard.press("Enter")  # the focus is on “Next morpheme”
        names = page.locator(".rnnbook-live tbody").first.locator("tr > th").all_inner_texts()
        assert (
            "".join(names) == line(page) == "".join(shown.writes[k] for k in free.tokens[: t + 1])
        )
    numbers(page).fill("777,777")
    compare(page, shown, "777,777", [], 14)
    assert heads.count() == 12
    assert page.locator(".rnnbook-live mark").count() == 0, "another number is another text"
    assert visit.faults == []


def test_what_is_no_number_is_said(bare) -> None:
    page = bare(number_figure()).page
    for text, why in (
        ("seven", "“seven” is not a whole number in digits."),
        ("1000000", "That is too large: it reads numbers up to 999,999."),
        ("-7", "It reads no negative numbers: the smallest is 0."),
    ):
        numbers(page).fill(text)
        assert spoken(page) == f"Type a number, and it is translated. {why}"
        assert line(page) == ""
        assert page.get_by_role("button", name="Step by step").count() == 0
    assert serious(page) == []
    page.get_by_role("combobox").select_option(NUMBERS[1])
    assert numbers(page).input_value() == NUMBERS[1]


def test_a_number_by_keyboard_alone(bare) -> None:
    page = bare(number_figure()).page
    names = []
    for _ in range(8):
        page.keyboard.press("Tab")
        named = "(e => e.labels?.[0]?.textContent ?? e.getAttribute('aria-label') ?? e.textContent)"
        names.append(page.evaluate(f"{named}(document.activeElement)").strip())
    assert names[:5] == ["A number", "Examples", "Step by step", "All", "Reset"]
    assert re.search(r", “(ninety|seven)”: .*%$", names[5])
    assert names[6:] == ["Block this word", "What a beam of 4 finds"]
    assert serious(page) == []


@pytest.mark.parametrize("text", ["7", "777,777"])
def test_a_number_fits_a_phone_and_a_screen_and_nothing_moves(bare, text) -> None:
    page = bare(number_figure(text=text), viewport=PHONE, has_touch=True, is_mobile=True).page
    page.get_by_text("What a beam of 4 finds", exact=True).click()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    edge = page.locator(".rnnbook-live").bounding_box()
    for part in page.locator(".rnnbook-live :is(input, select, button, p, li)").all():
        box = part.bounding_box()
        assert box is None or box["x"] + box["width"] <= edge["x"] + edge["width"]
    page = bare(number_figure(text=text), viewport={"width": 1280, "height": 900}).page
    assert page.locator(".rnnbook-live").bounding_box()["height"] <= 860
    before = page.locator(".rnnbook-says").bounding_box()["y"]
    press(page, "Step by step")
    for _ in range(3):
        press(page, "Next morpheme")
        assert page.locator(".rnnbook-says").bounding_box()["y"] == before
