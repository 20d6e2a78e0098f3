"""One passage, three readers in a real browser, used as a reader does."""

import re
from collections.abc import Iterator
from pathlib import Path

import figure_pages
import pytest
from visit import PHONE, Visit, over, serious

figures = pytest.importorskip("rnncourse.figures")
KINDS = pytest.importorskip("rnnbook.data").KINDS
shipped = pytest.importorskip("rnncourse.lessons.three_readers.readers").shipped

NAME = "one_passage"
OPENING = "It remembers the # that opens it, 29 characters back"
FOLD = "Read your own text"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page with the figure."""
    root = tmp_path_factory.mktemp("figures")
    figure_pages.lay(root, {NAME: figures.OnePassage(**shipped())})
    return root


@pytest.fixture(scope="module")
def site_address(folder: Path) -> Iterator[dict[str, str]]:
    """Where that page is, in the place of the book's."""
    with figure_pages.served(folder) as address:
        yield address


class Reader(figure_pages.Reader):
    """Somebody at the figure."""

    def __init__(self, visit: Visit) -> None:
        super().__init__(visit, NAME)
        self.hears(OPENING)

    def value_text(self) -> str:
        return self.page.evaluate("document.activeElement.getAttribute('aria-valuetext')")

    def table(self) -> list[list[str]]:
        rows = self.page.locator(".rnnbook-live tbody tr")
        return rows.evaluate_all("all => all.map(r => [...r.cells].map(c => c.textContent))")

    def shades(self, t: int) -> list[int]:
        """How dark the two bands under a character (from 1) are, in percent."""
        bands = self.page.locator(".rnnbook-passage b").nth(t - 1).locator("i")
        dark = bands.evaluate_all("all => all.map(i => i.style.getPropertyValue('--shade'))")
        return [int(shade.removesuffix("%")) for shade in dark]

    def marked(self, name: str) -> int:
        """Which character (from 1) carries a mark."""
        is_marked = f"all => all.findIndex(b => b.classList.contains('rnnbook-passage-{name}'))"
        return self.page.locator(".rnnbook-passage b").evaluate_all(is_marked) + 1


@over(scheme=["http", "file"])
def test_comes_alive_with_something_to_see(visit: Visit) -> None:
    reader = Reader(visit)
    reader.hears("the simple network says comment")
    reader.hears("Its gradient foretells 0.1 bits, and names the single quote 32 characters back")
    assert [row[0] for row in reader.table()] == ["simple", "LSTM", "GRU"]
    assert all("“#” 29 back" in row[2] for row in reader.table())
    assert OPENING in reader.page.locator(".rnnbook-passage").get_attribute("aria-label")
    figure = figures.OnePassage(**shipped())
    assert (reader.marked("cursor"), reader.marked("origin")) == (figure.at, figure.origin)
    upper, lower = reader.shades(figure.origin)
    assert upper < 30 < lower == 100
    reader.tab_to("simple")
    reader.press("ArrowRight")
    reader.hears("the LSTM says comment")
    reader.press("ArrowRight")
    reader.hears("the GRU says comment")
    reader.hears("Its gradient foretells 13.8 bits, and names it too")
    assert reader.shades(figure.origin) == [100, 100]  # where the bands agree
    assert reader.page.locator("tr.rnnbook-passage-shown th").inner_text() == "GRU"
    assert reader.page.locator(".rnnbook-still:visible").count() == 0
    assert reader.faults == []


def test_three_controls_and_one_screen(visit: Visit) -> None:
    reader = Reader(visit)
    live = reader.page.locator(".rnnbook-live")
    for passage in range(3):
        reader.page.locator("select").first.select_option(str(passage))
        assert live.bounding_box()["height"] <= 900
    parts = live.locator(":is(fieldset, select, textarea, input:not([type=radio])):visible")
    assert parts.count() == 3
    text = reader.page.locator(".rnnbook-passage")
    assert text.evaluate("e => getComputedStyle(e).fontSize") == "20px"
    assert text.locator("i").first.bounding_box()["height"] == 14


def test_a_text_of_one_s_own_is_read_while_it_is_typed(visit: Visit) -> None:
    reader = Reader(visit)
    before, marks = reader.table(), (reader.marked("cursor"), reader.marked("origin"))
    reader.tab_to(FOLD)
    reader.press("Enter")
    reader.tab_to("Your own text")
    reader.page.keyboard.type("say('Bob # so")
    reader.hears("At o, line 1: the simple network says comment.")
    reader.hears("What is right in your own text is not known: the bits are of its own answer.")
    reader.hears("It does not know “B”")
    assert (reader.marked("cursor"), reader.marked("origin")) == (13, 5)
    figure = figures.OnePassage(**shipped(), text="say('Bob # so")
    says = [KINDS[int(figure.answers(kind)[-1].argmax())] for kind in ("simple", "lstm", "gru")]
    assert [row[1].split(",")[0] for row in reader.table()] == says
    reader.press("ArrowLeft", "ArrowLeft")
    reader.page.keyboard.type("l")  # as far as the caret
    reader.hears("At l, line 1")
    assert reader.page.locator("select").first.input_value() == "own"

    reader.tab_to("Reset")
    reader.press("Enter")
    reader.hears(OPENING)
    assert reader.table() == before
    reader.page.locator("select").first.select_option("own")  # it has been kept
    assert reader.page.locator("textarea").input_value() == "say('Bob # lso"
    reader.page.locator("textarea").fill("")
    reader.hears(OPENING)
    assert (reader.marked("cursor"), reader.marked("origin")) == marks
    reader.page.locator("textarea").fill("x" * 300)
    assert len(reader.page.locator(".rnnbook-passage b").all()) == 200
    assert serious(reader.page) == []
    assert reader.faults == []


def test_by_keyboard_alone(visit: Visit) -> None:
    reader = Reader(visit)
    before = reader.table()
    reader.tab_to("Read up to character")
    assert reader.value_text() == "k, line 8, in a comment"
    reader.press("ArrowRight")
    assert reader.value_text() == "n, line 8, in a comment"
    reader.hears("At n, line 8, in a comment")
    reader.press("Home")
    reader.hears("At i, line 1, in code")
    reader.hears("The character to be replaced is not read yet.")
    reader.press("End")
    reader.hears("At line end, line 8, in code")

    reader.tab_to("Reset")
    reader.press("Enter")
    reader.hears(OPENING)
    assert reader.table() == before
    reader.tab_to(FOLD)
    reader.press("Enter")
    reader.tab_to("Replace character")
    reader.press("ArrowRight")
    assert reader.value_text() == "space, line 8, in a comment"
    reader.hears("With “e” for the space 28 characters back, the simple network says comment")
    assert reader.table() == before  # the cursor has not moved
    assert reader.faults == []


def test_passage_letter_and_norm_by_keyboard(visit: Visit) -> None:
    reader = Reader(visit)
    before = reader.table()
    reader.tab_to("Passage")
    reader.press("ArrowDown", "ArrowDown")
    reader.hears("At h, line 2, in a string: the simple network says comment.")
    assert len(reader.page.locator(".rnnbook-passage b").all()) == 76

    reader.tab_to(FOLD)
    reader.press("Enter")
    reader.tab_to("Replace by")
    trap = reader.table()
    reader.page.keyboard.type("[")
    reader.hears("with “[” in its place")
    assert reader.table() != trap

    reader.tab_to("the gradient’s forecast")
    reader.press("ArrowDown")
    reader.page.get_by_text("its gradient’s norm names").wait_for()
    assert "norm" in reader.page.locator(".rnnbook-passage-legend").inner_text()

    reader.tab_to("Reset")
    reader.press("Space")
    reader.hears(OPENING)
    assert reader.table() == before
    assert reader.page.locator("select").first.input_value() == "0"
    assert reader.faults == []


def test_taps_move_the_cursor_and_with_shift_what_is_replaced(visit: Visit) -> None:
    reader = Reader(visit)
    cells = reader.page.locator(".rnnbook-passage b")
    cells.nth(70).click(position={"x": 3, "y": 5})
    reader.hears("in a string: the")
    assert reader.marked("cursor") == 71
    bands = cells.nth(63).locator("i").nth(1)
    bands.click(modifiers=["Shift"], position={"x": 3, "y": 3})
    reader.hears(re.compile("With “e” for the single quote 7 characters back"))
    assert (reader.marked("cursor"), reader.marked("origin")) == (71, 64)
    sliders = reader.page.locator("input[type=range]")
    assert [one.input_value() for one in sliders.all()] == ["71", "64"]
    assert reader.faults == []


def test_links_set_it_as_far_as_they_can(visit: Visit) -> None:
    reader = Reader(visit)
    for query, words in (
        ("passage=2&at=54&origin=46&letter=x", "With “x” for the double quote 8 characters back"),
        ("passage=2&at=999", "At line end, line 3, in code"),
        ("text=x%20%3D%20'so&at=99&reader=gru", "At o, line 1: the GRU says string."),
        ("text=&passage=0&at=124&origin=95&reader=simple", OPENING),
        (f"text={'x' * 201}", OPENING),
        ("passage=0&at=124&origin=-3&letter=e", "With “e” for the “i” 123 characters back"),
        ("passage=9&letter=e", OPENING),  # no such passage, no such letter: all as it was
        ("at=124&letter=ee", OPENING),
    ):
        reader.page.evaluate("query => { location.hash = `one_passage?${query}` }", query)
        reader.hears(words)
    assert reader.page.get_by_label("Replace by").input_value() == "e"
    assert reader.faults == []


def test_nothing_is_computed_far_from_the_screen(visit: Visit, folder: Path) -> None:
    text = (folder / f"{NAME}.html").read_text(encoding="utf-8")
    far = text.replace("<h1>", '<div style="height: 4000px"></div><h1>')
    (folder / "far.html").write_text(far, encoding="utf-8")
    visit.go("far")
    visit.page.wait_for_timeout(300)
    assert visit.page.locator(".rnnbook-live").count() == 0
    visit.page.locator(".rnnbook-host").scroll_into_view_if_needed()
    visit.page.get_by_text(OPENING).wait_for()
    assert visit.faults == []


def test_is_accessible_in_light_and_dark(visit: Visit) -> None:
    assert serious(Reader(visit).page) == []


def test_print_and_no_javascript_have_the_still_picture(browser, site_address) -> None:
    for options in ({"java_script_enabled": False}, {}):
        context = browser.new_context(**options)
        page = context.new_page()
        page.goto(f"{site_address['http']}{NAME}.html")
        if not options:
            page.locator(".rnnbook-host[data-alive]").wait_for()
            page.emulate_media(media="print")
        still = page.locator(".rnnbook-still")
        assert still.is_visible()
        assert "“#” 29 back" in still.inner_text()
        assert page.locator(".rnnbook-live:visible").count() == 0
        context.close()


@over(viewport=[PHONE])
def test_fits_a_phone(visit: Visit) -> None:
    reader = Reader(visit)
    reader.page.get_by_text(FOLD).click()
    right = "all => Math.max(...all.map(e => e.getBoundingClientRect().right))"
    for passage in ("0", "1", "2", "own"):
        reader.page.locator("select").first.select_option(passage)
        assert reader.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        parts = reader.page.locator(
            ".rnnbook-live :is(b, th, td, input, select, textarea, button, p)"
        )
        assert parts.evaluate_all(right) <= PHONE["width"]
    stage = reader.page.locator(".rnnbook-stage")
    assert stage.evaluate("e => e.scrollWidth <= e.clientWidth")
