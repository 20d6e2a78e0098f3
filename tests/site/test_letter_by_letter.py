"""Letter by letter in a real browser: words typed and chosen, what is shown, and what is said."""

import html
import re
import sys
from pathlib import Path

import pytest
from visit import LIVE, PHONE, serious, spoken

pytest.importorskip("torch")

from rnncourse.figures import bundle
from rnncourse.figures.letter_by_letter import percent

sys.path.insert(0, str(Path(__file__).parents[1] / "rnncourse"))
from made_up_letters import ALPHABET, CLASSES, figure, made_up

EMPTY = "Type a word, and see what the network takes it for."


def cells(page) -> list[list[str]]:
    """What stands in the table, a list a row, without what is for the eye alone."""
    rows = page.locator(".rnnbook-live .rnnbook-letters tbody tr")
    return rows.evaluate_all("all => all.map(r => [...r.cells].map(c => c.textContent))")


def still_cells(shown) -> list[list[str]]:
    rows = re.findall(r"<tr>(<th scope=\"row\".*?)</tr>", shown.still())
    return [
        [html.unescape(re.sub(r"<.*?>", "", c)) for c in re.findall(r"<t[hd].*?>(.*?)</t[hd]>", r)]
        for r in rows
    ]


def test_typing_and_choosing(bare) -> None:
    shown = figure()
    visit = bare(shown)
    page, word = visit.page, visit.page.get_by_role("textbox", name="A word")
    examples = page.get_by_role("combobox", name="Examples")
    assert word.input_value() == "Frankreich"
    assert cells(page) == still_cells(shown)
    assert [row[0] for row in cells(page)][-2:] == ["frankreic", "frankreich"]
    assert re.match(r"Its last guess is .*, \d+\s%: (right|wrong, it is German)\. It", spoken(page))
    assert page.locator("tbody [aria-label='changes its mind:']").count() > 0
    assert examples.locator("option:checked").inner_text() == "Frankreich (German)"

    word.focus()
    page.keyboard.press("End")
    page.keyboard.type("x")
    shown.word = "Frankreichx"
    assert cells(page) == still_cells(shown)
    assert examples.locator("option:checked").inner_text() == "Your own word"
    assert re.match(r"Its last guess is [\w ]+, \d+\s%\. It", spoken(page))

    examples.focus()
    page.keyboard.press("ArrowUp")
    assert word.input_value() == "nowy dom"
    assert [row[0] for row in cells(page)][4] == "nowy␣"
    assert re.search(r": (right|wrong, it is Polish)\. It", spoken(page))
    page.keyboard.press("ArrowDown")
    assert word.input_value() == "Frankreichx", "it has been kept"
    word.fill("FRANKREICH")
    assert examples.locator("option:checked").inner_text() == "Frankreich (German)"
    word.fill("x" * 40)
    assert len(cells(page)) == 30
    page.get_by_role("button", name="Reset").click()
    assert word.input_value() == "Frankreich"
    assert visit.faults == []


def test_by_keyboard_alone_with_values(bare) -> None:
    visit = bare(figure(word=""))
    page = visit.page
    assert spoken(page) == EMPTY
    assert page.locator(".rnnbook-live table").count() == 0
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.labels[0].textContent") == "A word"
    hint = page.evaluate("document.activeElement.getAttribute('aria-describedby')")
    assert page.locator(f"#{hint}").inner_text() == "At most 30 characters, read while you type."
    page.keyboard.type("dom")
    assert [row[0] for row in cells(page)] == ["d", "do", "dom"]
    page.keyboard.press("Backspace")
    assert [row[0] for row in cells(page)] == ["d", "do"]
    for _ in range(3):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    values = page.locator(".rnnbook-values")
    values.locator("tbody tr").first.wait_for()
    assert values.locator("p").inner_text() == "“do”: how probable each class is after each letter."
    found = values.locator("tr").evaluate_all(
        "all => all.map(r => [...r.cells].map(c => c.textContent))"
    )
    (head, *rows), shown = found, figure(word="do")
    p = shown.guesses("do")
    assert len(rows) == 2
    for row, ours in zip(rows, p, strict=True):
        for name, words in zip(head[1:], row[1:], strict=True):
            assert words == html.unescape(percent(float(ours[CLASSES.index(name)])))
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("document.activeElement.textContent") == "Reset"
    page.keyboard.press("Enter")
    assert spoken(page) == EMPTY
    assert values.locator("table").count() == 0
    assert visit.faults == []


def test_strange_letters_are_read_as_one_and_the_same(bare) -> None:
    visit = bare(figure(examples=[], word="a"))
    page, word = visit.page, visit.page.get_by_role("textbox")
    assert page.get_by_role("combobox").count() == 0
    shown = figure(examples=[])
    for typed in ("ß😀", "e\u0301te\u0301", "q\u0308\u0301 x", "👩‍👩‍👧", "İi", "\u200bא"):
        word.fill(typed)
        shown.word = typed
        assert cells(page) == still_cells(shown), typed
    word.fill("ß😀")
    assert [row[0] for row in cells(page)] == ["ß unknown letter", "ß😀 unknown letter"]
    assert "It does not know “ß” and “😀”, and reads them all alike." in spoken(page)
    word.fill("e\u0301")
    assert [row[0] for row in cells(page)] == ["é"]
    assert "does not know" not in spoken(page)
    word.evaluate("(e) => { e.value = '\\ud83d'; e.dispatchEvent(new Event('input')); }")
    assert len(cells(page)) == 1
    assert visit.faults == []


def test_everybody_can_read_it(bare) -> None:
    page = bare(figure(word="Fräñk reich")).page
    assert serious(page) == []
    page.get_by_text("Values", exact=True).click()
    assert serious(page) == []
    page.get_by_role("textbox").fill("")
    assert serious(page) == []


@pytest.mark.parametrize("forced", ["none", "active"])
def test_a_guess_is_as_blue_as_it_is_probable(bare, forced) -> None:
    page = bare(figure(), forced_colors=forced, color_scheme="dark").page
    reds = {}
    for cell in page.locator(".rnnbook-live .rnnbook-letters td").all():
        style = cell.evaluate("e => [getComputedStyle(e).backgroundColor, e.style.cssText]")
        red = float(re.match(r"(?:color\(srgb |rgb\()([\d.]+)", style[0])[1])
        reds[int(re.search(r"(\d+)%", style[1])[1])] = red
        assert cell.evaluate("e => getComputedStyle(e).color") == "rgb(21, 21, 21)"
    shades = [reds[share] for share in sorted(reds)]
    assert len(shades) > 8
    assert shades == sorted(set(shades), reverse=True)


@pytest.mark.parametrize("word", ["Frankreich", "donaudampfschifffahrtsgesellsc"])
def test_it_fits_a_phone(bare, word) -> None:
    page = bare(figure(word=word), viewport=PHONE).page
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    stage = page.locator(".rnnbook-stage")
    assert stage.evaluate("e => e.scrollWidth <= e.clientWidth")
    edge = page.locator(".rnnbook-live").bounding_box()
    for cell in page.locator(".rnnbook-live .rnnbook-letters :is(td, th)").all():
        box = cell.bounding_box()
        assert box["x"] + box["width"] <= edge["x"] + edge["width"] - 16
        assert cell.evaluate("e => e.scrollWidth <= e.clientWidth"), cell.inner_text()


def test_a_usual_word_is_seen_on_one_screen(bare) -> None:
    page = bare(figure(), viewport={"width": 1280, "height": 900}).page
    assert page.locator(".rnnbook-live").bounding_box()["height"] <= 700


def test_a_link_sets_the_word(bare) -> None:
    page = bare(figure(), fragment="#letter_by_letter?word=Haus").page
    page.locator(".rnnbook-live").wait_for()
    assert [row[0] for row in cells(page)][-1] == "haus"
    page = bare(figure(), fragment=f"#letter_by_letter?word={'x' * 31}").page
    page.locator(".rnnbook-live").wait_for()
    assert page.get_by_role("textbox").input_value() == "Frankreich"


def test_without_javascript_there_is_the_table(bare) -> None:
    shown = figure(word="donaudampfschifffahrtsgesellsc")
    page = bare(shown, viewport=PHONE, fragment="#x", java_script_enabled=False).page
    assert page.locator(".rnnbook-live").count() == 0
    still = page.locator(".rnnbook-still")
    assert still.locator("tbody tr").count() == 30
    table, edge = still.locator("table").bounding_box(), still.bounding_box()
    assert table["width"] <= edge["width"] <= PHONE["width"]


def test_a_kernel_may_set_the_word(bare) -> None:
    visit = bare()
    page, shown = visit.page, figure()
    page.evaluate(LIVE, [bundle.live("letter_by_letter"), shown.settings()])
    page.evaluate("model.set('word', 'Haus')")
    assert page.get_by_role("textbox").input_value() == "Haus"
    assert len(cells(page)) == 4
    page.get_by_role("textbox").fill("Hau")
    assert page.evaluate("sent.at(-1).word") == "Hau"


def test_two_classes_and_one_letter(bare) -> None:
    shown = figure(reader=made_up("simple", 2, ALPHABET), classes=["A", "B"], examples=[], word="x")
    visit = bare(shown)
    heads = visit.page.locator(".rnnbook-live thead th").all_inner_texts()
    assert heads == ["Read so far", "First guess", "Second"]
    assert "It never changed its mind." in spoken(visit.page)
    assert visit.faults == []
