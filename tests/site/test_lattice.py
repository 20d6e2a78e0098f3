"""The lattice on a page: a path walked by pointer and by keyboard, on a phone, in other colours."""

import re

import pytest
from visit import LIVE, PHONE, serious, spoken

pytest.importorskip("torch")

from rnncourse.figures import Lattice, bundle


def cell(page, t: int, s: int):
    """The cell of a frame and a state, from 0."""
    return page.locator(".rnnbook-live tbody").first.locator("tr").nth(s).locator("td").nth(t)


def spelled(page) -> str:
    return "".join(page.locator(".rnnbook-lattice-path td").all_inner_texts()).strip()


def detail(page) -> str:
    return page.locator(".rnnbook-lattice-detail").inner_text()


def test_what_stands_there_before_anything_is_touched(bare) -> None:
    visit = bare(Lattice())
    page = visit.page
    assert "210 paths through 8 frames" in page.locator(".rnnbook-lattice-total").inner_text()
    assert spelled(page) == "–ssee–e–"
    assert page.locator(".rnnbook-live td.rnnbook-lattice-on").count() == 8
    assert page.locator(".rnnbook-live td[tabindex='0']").count() == 1
    assert cell(page, 7, 5).inner_text() == "126"
    assert cell(page, 0, 2).inner_text() == ""
    assert "collapses to “see”" in spoken(page)
    assert visit.faults == []


def test_a_path_is_walked_by_clicks(bare) -> None:
    visit = bare(Lattice())
    page = visit.page
    page.get_by_role("button", name="Walk from the start").click()
    assert spoken(page).startswith("No path yet. It starts in the blank")
    for t, s in enumerate([1, 1, 2, 3]):
        cell(page, t, s).click()
    assert spelled(page) == "ss–e"
    assert spoken(page).startswith("So far s s blank e: it collapses to “se”. Go on in frame 5")
    cell(page, 4, 5).click()
    assert spelled(page) == "ss–e"
    assert spoken(page).startswith("No arrow between equal letters")
    assert page.locator(".rnnbook-lattice-missing").count() == 1
    cell(page, 2, 3).click()
    assert spelled(page) == "sse", "from there the path goes another way"
    cell(page, 1, 1).click()
    assert spelled(page) == "ss"
    page.get_by_role("button", name="Finish the path").click()
    assert len(spelled(page)) == 8
    assert "collapses to “see”" in spoken(page)
    steps = page.locator(".rnnbook-lattice-steps").inner_text()
    assert re.search(r"merge repeats → .* drop blanks → see", steps)
    assert visit.faults == []


def test_a_path_is_walked_by_keyboard(bare) -> None:
    visit = bare(Lattice(recording=2))
    page = visit.page
    page.get_by_role("button", name="Walk from the start").focus()
    page.keyboard.press("Enter")
    for _ in range(6):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.tagName") == "TD":
            break
    page.keyboard.press("Enter")
    for key in ("ArrowDown", "ArrowDown", "ArrowUp"):
        page.keyboard.press("ArrowRight")
        page.keyboard.press(key)
        page.keyboard.press("Enter")
    assert spelled(page) == "–t–", "to the row above it does not go"
    assert spoken(page) == "A path never goes back to a row above."
    page.keyboard.press("Backspace")
    assert spelled(page) == "–t"
    page.keyboard.press("End")
    label = page.evaluate("document.activeElement.getAttribute('aria-label')")
    assert label.startswith("frame 6, “t” (letter 1): ways ")
    described = page.evaluate(
        "document.getElementById(document.activeElement.getAttribute('aria-describedby'))"
        ".textContent"
    )
    assert described.startswith("Frame 6, “t” (letter 1): ")
    for _ in range(4):
        page.keyboard.press("ArrowUp")
    assert detail(page).startswith("Frame 6: ")
    assert "they make 70, in this frame as in every other." in detail(page)
    assert visit.faults == []


def test_what_the_cells_show(bare) -> None:
    page = bare(Lattice(recording=3)).page
    shown = {}
    for name in ("the network’s", "paths counted", "paths weighted (α)", "where it was"):
        page.get_by_label(name).check()
        shown[name] = [[cell(page, t, s).inner_text() for t in range(2)] for s in range(3)]
    assert list(shown.values()) == [
        [["0.60", "0.60"], ["0.40", "0.40"], ["", "0.60"]],
        [["1", "1"], ["1", "2"], ["", "1"]],
        [["0.60", "0.36"], ["0.40", "0.40"], ["", "0.24"]],
        [["0.38", "0"], ["0.63", "0.63"], ["", "0.38"]],
    ]
    cell(page, 1, 1).hover()
    assert "α β / p = 0.4 × 1 / 0.64 = 0.63." in detail(page)
    page.get_by_label("paths weighted (α)").check()
    cell(page, 1, 1).hover()
    assert "α = 0.4 × [0.4\u00a0(stay) + 0.6\u00a0(one on)] = 0.4." in detail(page)


def test_the_arrow_that_is_missing(bare) -> None:
    page = bare(Lattice()).page
    missing = page.locator(".rnnbook-lattice-missing")
    assert missing.count() == 0
    for s, count in ((1, 0), (3, 1), (4, 0), (5, 1)):
        cell(page, 4, s).hover()
        assert missing.count() == count
    assert "without a blank between them, the two would merge into one" in detail(page)
    page.get_by_role("textbox", name="Word").fill("sea")
    cell(page, 4, 5).hover()
    assert missing.count() == 0


def test_another_word_and_another_recording(bare) -> None:
    visit = bare(Lattice())
    page = visit.page
    field = page.get_by_role("textbox", name="Word")
    field.fill("Tee")
    assert "“tee”: 210 paths" in page.locator(".rnnbook-lattice-total").inner_text()
    field.fill("tex")
    assert spoken(page) == "“tex” is not of these symbols: a e o s t."
    assert field.get_attribute("aria-invalid") == "true"
    field.fill("eeeee")
    needs = "“eeeee” needs at least 9 frames: one a letter, and one more between equal letters."
    assert spoken(page).startswith(needs)
    assert page.locator(".rnnbook-live td.rnnbook-lattice-on").count() == 0
    cell(page, 0, 0).click()
    assert spoken(page).startswith(needs)
    field.fill("")
    assert "nothing: 1 path" in page.locator(".rnnbook-lattice-total").inner_text()
    field.fill("oat")
    page.get_by_label("Recording").select_option("2")
    assert field.input_value() == "oat", "what was typed stays where it fits"
    page.get_by_label("Recording").select_option("3")
    assert field.input_value() == "a"
    greedy = page.locator(".rnnbook-lattice-greedy").inner_text()
    assert (
        "collapse to nothing. A beam of 50 finds a likelier one: “a” 0.64, nothing 0.36." in greedy
    )
    page.get_by_role("button", name="Reset").click()
    assert (field.input_value(), spelled(page)) == ("see", "–ssee–e–")
    assert visit.faults == []


def test_a_link_or_a_kernel_sets_it(bare) -> None:
    page = bare(Lattice(), fragment="#lattice?word=sea&numbers=where").page
    page.locator(".rnnbook-live").wait_for()
    assert "“sea”: " in page.locator(".rnnbook-lattice-total").inner_text()
    assert page.get_by_label("where it was").is_checked()
    assert len(spelled(page)) == 8
    for wrong in ("word=xyz", "recording=7", "numbers=all"):
        page = bare(Lattice(), fragment=f"#lattice?{wrong}").page
        page.locator(".rnnbook-live").wait_for()
        assert spelled(page) == "–ssee–e–"
    page = bare(reduced_motion="reduce").page
    page.evaluate(LIVE, [bundle.live("lattice"), Lattice().settings()])
    page.evaluate("model.set('path', [1, 1, 3])")
    assert spelled(page) == "sse"
    cell(page, 3, 4).click()
    assert page.evaluate("sent.at(-1).path") == [1, 1, 3, 4]
    page.evaluate("model.set('recording', 3)")
    assert page.evaluate("sent.at(-1).path") == []


def test_everybody_can_read_it(bare) -> None:
    page = bare(Lattice(path=[0, 1, 1])).page
    assert serious(page) == []
    page.get_by_text("Values", exact=True).click()
    cell(page, 3, 3).click()
    page.get_by_role("radio", name="where it was").check()
    assert serious(page) == []
    page.get_by_role("textbox", name="Word").fill("eeeee")
    assert serious(page) == []


@pytest.mark.parametrize("touch", [False, True])
@pytest.mark.parametrize("word", ["see", "seest"])
def test_it_fits_a_phone(bare, word, touch) -> None:
    page = bare(Lattice(word=word), viewport=PHONE, has_touch=touch, is_mobile=touch).page
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    edge = page.locator(".rnnbook-live").bounding_box()
    parts = ".rnnbook-live :is(input, select, button, p, .rnnbook-lattice-scroll)"
    for part in page.locator(parts).locator("visible=true").all():
        box = part.bounding_box()
        assert box["x"] + box["width"] <= edge["x"] + edge["width"]
    cell(page, 0, 0).click()
    page.keyboard.press("End")
    box, last = (
        page.locator(f".rnnbook-live {name}").bounding_box()
        for name in (".rnnbook-lattice-scroll", "td[tabindex='0']")
    )
    assert last["x"] + last["width"] <= box["x"] + box["width"], "it has been scrolled to"
    first = page.locator(".rnnbook-live tbody th").first.bounding_box()
    assert first["x"] >= box["x"], "the names of the rows stay"


def test_arrows_join_the_cells(bare) -> None:
    for options in ({}, {"viewport": PHONE}):
        page = bare(Lattice(), **options).page
        first = page.locator(".rnnbook-live .rnnbook-lattice-walk").evaluate(
            """path => {
              const box = path.ownerSVGElement.getBoundingClientRect();
              const [x, y] = path.getAttribute("d").slice(1).split(/[ L]/).map(Number);
              return [box.x + x, box.y + y];
            }"""
        )
        box = cell(page, 0, 0).bounding_box()
        ends = [box["x"] + box["width"], box["y"] + box["height"] / 2]
        assert first == pytest.approx(ends, abs=1.5)


@pytest.mark.parametrize("word", ["see", "seest"])
def test_it_is_seen_on_one_screen_and_nothing_moves(bare, word) -> None:
    page = bare(Lattice(word=word), viewport={"width": 1280, "height": 900}).page
    assert page.locator(".rnnbook-live").bounding_box()["height"] <= 860
    before = page.locator(".rnnbook-says").bounding_box()["y"]
    page.get_by_role("button", name="Walk from the start").click()
    for t, s in ((0, 1), (1, 3), (2, 4), (3, 5)):
        cell(page, t, s).click()
        assert page.locator(".rnnbook-says").bounding_box()["y"] == before


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_in_forced_colours_shades_are_still_seen(bare, scheme) -> None:
    page = bare(Lattice(), forced_colors="active", color_scheme=scheme).page
    shades = page.locator(".rnnbook-live .rnnbook-lattice-grid tbody td").evaluate_all(
        "all => all.map(e => getComputedStyle(e).backgroundColor)"
    )
    assert len(set(shades)) > 5


def test_without_javascript_there_is_the_picture(bare) -> None:
    page = bare(Lattice(), viewport=PHONE, fragment="#x", java_script_enabled=False).page
    assert page.locator(".rnnbook-live").count() == 0
    assert page.locator(".rnnbook-still svg[role=img]").count() == 1
    assert "210 paths through 8 frames" in page.locator(".rnnbook-still p").inner_text()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_the_values_are_read_off(bare) -> None:
    page = bare(Lattice()).page
    page.get_by_text("Values", exact=True).click()
    tables = page.locator(".rnnbook-values table")
    tables.first.wait_for()
    assert tables.count() == 4
    assert tables.first.locator("tbody tr").count() == 6
    assert tables.nth(1).locator("tbody tr").nth(5).locator("td").last.inner_text() == "126"
