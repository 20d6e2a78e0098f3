"""The confusion matrix in a real browser: cells opened, classes lit, mistakes alone, and words."""

import sys
from pathlib import Path

import pytest
from confusion_page import FIRST, focused, names, opened, pairs, plain, says, shades
from visit import LIVE

pytest.importorskip("torch")

from rnncourse.figures import bundle

sys.path.insert(0, str(Path(__file__).parents[1] / "rnncourse"))
from made_up_guesses import CLASSES, figure

ALL = "15 of 22 names are right (68 %). Most confused: Danish, taken for Norwegian <b> (3 of 6)."


def test_what_is_there_before_anything_is_touched(bare) -> None:
    visit = bare(figure())
    page = visit.page
    assert plain(page.locator(".rnnbook-confusion-sum").inner_text()) == ALL
    assert opened(page) == [FIRST]
    assert names(page) == [f"dan-{n} & co" for n in (8, 9, 10)]
    assert pairs(page) == [
        "Danish, taken for Norwegian <b>: 3 of 6",
        "Norwegian <b>, taken for Danish: 2 of 6",
        "German, taken for Danish: 1 of 6",
        "Danish, taken for German: 1 of 6",
    ]
    assert page.locator(".rnnbook-confusion-pairs [aria-pressed=true]").count() == 1
    assert says(page).startswith(
        "True Danish, taken for Norwegian <b>: 3 of 6 names (50 %). The ot"
    )
    grid = page.get_by_role("grid", name="Confusion matrix")
    assert grid.get_by_role("row").count() == 5
    assert grid.get_by_role("gridcell").count() == 25
    assert visit.faults == []


def test_cells_by_mouse_and_pairs_by_button(bare) -> None:
    visit = bare(figure())
    page = visit.page
    cell = page.get_by_role("gridcell", name="true German, taken for German, rightly: 5 of 6")
    cell.hover()
    pointed = page.locator(".rnnbook-confusion-hint p").last
    assert plain(pointed.inner_text()) == "true German, taken for German, rightly: 5 of 6"
    assert opened(page) == [FIRST], "pointing opens nothing"
    cell.click()
    assert names(page) == [f"ger-{n} & co" for n in range(5)]
    assert says(page) == "True German, taken for German, rightly: 5 of 6 names (83 %)."
    page.get_by_role("button", name="Norwegian <b>, taken for Danish: 2 of 6").click()
    assert names(page) == ["nor-16 & co", "nor-17 & co"]
    assert "The other way round: 3 of 6." in says(page)
    page.get_by_role("gridcell", name="true Breton, taken for Danish: 0 of 0").click()
    assert names(page) == []
    assert says(page) == "No name is in truth Breton."
    page.get_by_role("button", name="Reset").click()
    assert opened(page) == [FIRST]
    assert visit.faults == []


def test_by_keyboard_alone(bare) -> None:
    visit = bare(figure())
    page = visit.page
    for _ in range(4):
        page.keyboard.press("Tab")
    assert focused(page) == FIRST, "the grid is one stop, at the open cell"
    hint = page.locator(".rnnbook-confusion-hint p").last
    assert plain(hint.inner_text()) == FIRST
    page.keyboard.press("ArrowUp")
    assert focused(page) == "true German, taken for Norwegian <b>: 0 of 6"
    assert opened(page) == [FIRST], "moving opens nothing"
    for key in ("ArrowUp", "ArrowLeft"):
        page.keyboard.press(key)
    assert focused(page) == "true German, taken for Danish: 1 of 6", "the edge holds"
    page.keyboard.press("Enter")
    assert names(page) == ["ger-5 & co"]
    moves = {
        "End": "true German, taken for Breton: 0 of 6",
        "PageDown": "true Breton, taken for Breton, rightly: 0 of 0",
        "Home": "true Breton, taken for German: 0 of 0",
        "PageUp": "true German, taken for German, rightly: 5 of 6",
        "Control+End": "true Breton, taken for Breton, rightly: 0 of 0",
        "Control+Home": "true German, taken for German, rightly: 5 of 6",
    }
    for key, name in moves.items():
        page.keyboard.press(key)
        assert focused(page) == name, key
    page.keyboard.press("Space")
    assert opened(page) == ["true German, taken for German, rightly: 5 of 6"]
    assert page.locator("[role=gridcell][tabindex='0']").count() == 1
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent").startswith("Danish, taken for")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.ariaPressed") == "true", "the focus stays"
    page.keyboard.press("Shift+Tab")
    assert focused(page) == FIRST
    assert visit.faults == []


def test_a_class_is_lit(bare) -> None:
    visit = bare(figure())
    page, lights = visit.page, visit.page.get_by_role("combobox", name="Class")
    bands = page.locator(".rnnbook-confusion-row, .rnnbook-confusion-column").locator(
        "visible=true"
    )
    assert bands.count() == 0
    lights.select_option("German")
    assert says(page) == (
        "German: 5 of its 6 names are found (recall 83 %). Of 6 taken for German, 5 are (precision "
        "83 %). It is mixed up most with Danish: 1 taken for Danish, 1 the other way round."
    )
    assert opened(page) == ["true German, taken for Danish: 1 of 6"]
    assert [name.split(":")[0] for name in pairs(page)] == [
        "German, taken for Danish",
        "Danish, taken for German",
    ]
    cell = page.get_by_role("gridcell", name="true German, taken for German").bounding_box()
    row, column = (band.bounding_box() for band in bands.all())
    for near in ("y", "height"):
        assert row[near] == pytest.approx(cell[near], abs=1)
    for near in ("x", "width"):
        assert column[near] == pytest.approx(cell[near], abs=1)
    page.get_by_role("button", name="Danish, taken for German").click()
    assert lights.input_value() == "German", "it stays lit"
    lights.select_option("Finnish")
    assert "It is mixed up with no other." in says(page)
    assert pairs(page) == []
    assert names(page) == [f"fin-{n} & co" for n in range(18, 22)]
    lights.select_option("")
    assert says(page) == ALL
    assert opened(page) == [FIRST]
    assert bands.count() == 0
    assert visit.faults == []


def test_only_mistakes(bare) -> None:
    visit = bare(figure())
    page, only = visit.page, visit.page.get_by_role("checkbox", name="Only mistakes")
    before = shades(page)
    assert max(before) == 100, "Finnish is always right"
    assert before[7] > before[3] == 0
    only.check()
    after = shades(page)
    assert [after[6 * k] for k in range(5)] == [0] * 5
    assert after[7] == 100 == max(after)
    assert after[1] > before[1]
    assert says(page) == "What is right is hidden: the strongest shade is 50 % of a row."
    key = page.locator(".rnnbook-legend")
    assert plain(key.inner_text()) == "mistaken 0 to 50 % of a row"
    page.get_by_role("button", name="Reset").click()
    assert shades(page) == before
    assert not only.is_checked()
    assert "right" in key.inner_text()
    assert visit.faults == []


def test_values(bare) -> None:
    page = bare(figure()).page
    page.get_by_text("Values", exact=True).click()
    row = page.locator(".rnnbook-values tbody tr").nth(1)
    row.wait_for()  # the fold fills when it is open
    cells = row.locator("td").all_inner_texts()
    assert list(map(plain, cells)) == ["6", "2", "33 %", "5", "40 %", "Norwegian <b>"]


def test_a_link_sets_it(bare) -> None:
    fragment = "#confusion_matrix?true_class=Danish&taken_for=German&lit_class=German"
    page = bare(figure(), fragment=fragment + "&only_mistakes=true").page
    page.locator(".rnnbook-live").wait_for()
    page.get_by_role("checkbox", name="Only mistakes", checked=True).wait_for()
    assert opened(page) == ["true Danish, taken for German: 1 of 6"]
    assert page.get_by_role("combobox").input_value() == "German"
    heard = says(page)
    for part in ("German: 5 of its 6", "True Danish, taken for German", "What is right is hidden"):
        assert part in heard
    page = bare(figure(), fragment="#confusion_matrix?true_class=Dutch").page
    page.locator(".rnnbook-live").wait_for()
    assert opened(page) == [FIRST]


def test_a_kernel_may_open_a_cell(bare) -> None:
    page, shown = bare().page, figure()
    page.evaluate(LIVE, [bundle.live("confusion_matrix"), shown.settings()])
    page.evaluate("model.set('taken_for', 'German')")
    assert opened(page) == ["true Danish, taken for German: 1 of 6"]
    page.get_by_role("gridcell", name=FIRST).click()
    assert page.evaluate("sent.at(-1).taken_for") == CLASSES[2]
