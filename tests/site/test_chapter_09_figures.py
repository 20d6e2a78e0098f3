"""Path splitter and counterfactual memory in a real browser, used as a reader does."""

from collections.abc import Iterator

import figure_pages
import pytest
from playwright.sync_api import expect
from visit import PHONE, Visit, over, serious

figures = pytest.importorskip("rnncourse.figures")

PATHS, MEMORY = "paths", "memory"
on_both = pytest.mark.parametrize("name", [PATHS, MEMORY])


@pytest.fixture(scope="module")
def site_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A page for each figure, in the place of the book's: `visit` goes there."""
    root = tmp_path_factory.mktemp("figures")
    figure_pages.lay(root, {PATHS: figures.PathSplitter(), MEMORY: figures.Counterfactual()})
    with figure_pages.served(root) as address:
        yield address


class Reader(figure_pages.Reader):
    """Who sees charts, too."""

    def pictures(self) -> list[str]:
        """What the charts show, in words."""
        charts = self.page.locator(".rnnbook-live svg[role=img]")
        return charts.evaluate_all("all => all.map(e => e.getAttribute('aria-label'))")


@over(scheme=["http", "file"])
@on_both
def test_comes_alive_with_something_to_see(visit: Visit, name: str) -> None:
    reader = Reader(visit, name)
    reader.hears({PATHS: "two or more detours", MEMORY: "Memory without a gradient"}[name])
    assert len(reader.pictures()) == 2
    assert all(len(words) > 60 for words in reader.pictures())
    assert reader.page.locator(".rnnbook-still:visible").count() == 0
    assert reader.faults == []


def test_paths_by_keyboard_alone(visit: Visit) -> None:
    reader = Reader(visit, PATHS)
    before = reader.pictures()
    reader.tab_to("Set each number")
    reader.press("Enter")
    reader.tab_to("ε")
    reader.press("Home")
    reader.hears("that is all that arrives")
    assert reader.pictures() != before
    reader.press("ArrowRight")
    reader.hears("With ε = 0.05, all paths have size")

    reader.tab_to("Reset")
    reader.press("Enter")
    reader.hears("two or more detours")
    assert reader.pictures() == before

    reader.tab_to("Weight scale")
    reader.press("End")
    reader.press(*["Shift+Tab"])
    reader.press(*["ArrowRight"] * 12)
    reader.tab_to("Lag")
    reader.hears("The gradient explodes")

    reader.tab_to("Reset")
    reader.press("Space")
    reader.press("Shift+Tab", "Space")  # another network
    assert reader.pictures() != before
    reader.tab_to("Reset")
    reader.press("Enter")
    assert reader.pictures() == before
    assert reader.faults == []


def test_paths_of_the_starts(visit: Visit) -> None:
    reader = Reader(visit, PATHS)
    before = reader.pictures()
    start = reader.page.get_by_label("A start")
    assert start.input_value() == "0"  # as torch starts it
    reader.tab_to("A start")
    reader.press("ArrowDown", "ArrowDown")
    reader.hears("Nearly all of it came by detours through h, most of all by 2 detours")
    reader.press("ArrowDown")
    reader.hears("has size 1. With ε = 0 nothing passes through h")
    reader.tab_to("Set each number")
    reader.press("Enter")
    reader.tab_to("Weight scale")
    reader.press("ArrowRight")
    assert start.input_value() == ""  # set by hand
    reader.tab_to("Reset")
    reader.press("Enter")
    reader.hears("two or more detours")
    assert start.input_value() == "0"
    assert reader.pictures() == before
    assert reader.faults == []


def test_paths_bars_add_up_to_the_last_as_drawn(visit: Visit) -> None:
    reader = Reader(visit, PATHS)
    heights = """chart => {
        const number = (bar, name) => Number(bar.getAttribute(name));
        const axis = Number(chart.querySelector(".rnnbook-axis").getAttribute("y1"));
        return [...chart.querySelectorAll("rect")].map((bar) => {
            const [y, height] = [number(bar, "y"), number(bar, "height")];
            return y >= axis - 0.01 ? -height : height;
        });
    }"""
    for start in ("0", "1", "2", "3"):
        reader.page.get_by_label("A start").select_option(start)
        chart = reader.page.locator(".rnnbook-live svg[role=img]").first
        *parts, whole = chart.evaluate(heights)
        assert sum(parts) == pytest.approx(whole, abs=1)
        assert whole > 30
        assert (min(parts) < -1) == (start in "01")  # at lag 40, closed gates: some take away


def test_paths_keep_the_lag_below_the_steps(visit: Visit) -> None:
    reader = Reader(visit, PATHS)
    reader.tab_to("Set each number")
    reader.press("Enter")
    reader.tab_to("Steps T")
    reader.press("Home")
    reader.hears("Over 9 steps")
    reader.tab_to("Lag")
    assert reader.page.evaluate("document.activeElement.max") == "9"
    reader.press("Home")
    reader.hears("Over 1 step the direct path")
    assert reader.faults == []


def test_memory_by_keyboard_alone(visit: Visit) -> None:
    reader = Reader(visit, MEMORY)
    before = reader.pictures()
    reader.tab_to("Network")
    for words in ("Forgotten", "the gradient reports it", "Memory without", "promises far more"):
        reader.press("ArrowDown")
        reader.hears(words)
    reader.press("Home", "ArrowDown", "ArrowDown")
    reader.tab_to("Which token")
    reader.press(*["ArrowRight"] * 3)
    reader.hears("hardly took this token in")
    reader.press("End")
    reader.hears("nothing had to be remembered")

    reader.tab_to("Reset")
    reader.press("Enter")
    reader.hears("Memory without a gradient")
    assert reader.pictures() == before
    reader.tab_to("Size of the change")
    reader.press("Home")
    reader.hears("Forgotten")
    assert reader.faults == []


def test_states_are_shown_behind_a_tick(visit: Visit) -> None:
    reader = Reader(visit, MEMORY)
    ends = reader.page.locator(".rnnbook-chart").last.locator(".rnnbook-end")

    def draws(*names: str) -> None:
        """So are the lines named before long."""
        expect(ends).to_have_text(list(names))

    reader.tab_to("Network")
    reader.press("ArrowDown", "ArrowDown")  # an LSTM
    reader.hears("the gradient reports it")
    draws("in y", "y, foretold")
    reader.tab_to("States too")
    reader.press("Space")
    reader.hears("By then h differs by")
    draws("in c", "in y and h", "y, foretold")  # one unit, read out as it is
    assert "in c it goes from" in reader.pictures()[-1]

    reader.tab_to("Network")  # round to the first control
    reader.press("Home")
    reader.hears("By then h differs by 1.9.")
    draws("in y and h", "y, foretold")
    reader.tab_to("All 5 networks at once")
    reader.press("Space")
    assert not reader.page.get_by_label("States too").is_visible()
    reader.tab_to("Reset")
    reader.press("Enter")
    reader.hears("Memory without a gradient")
    draws("in y", "y, foretold")
    assert reader.faults == []


def dots(page) -> list[tuple[float, float]]:
    """Where the networks stand: px to the right of the diagonal's start, and above the diagonal."""
    (start, end), places = page.locator(".rnnbook-live svg[role=img]").last.evaluate(
        """chart => {
            const line = chart.querySelector(".rnnbook-line").getAttribute("d");
            const ends = line.slice(1).split("L").map((pair) => pair.split(" ").map(Number));
            const discs = [...chart.querySelectorAll("circle")];
            const at = (disc) => ["cx", "cy"].map((name) => Number(disc.getAttribute(name)));
            return [ends, discs.map(at)];
        }"""
    )
    slope = (end[1] - start[1]) / (end[0] - start[0])
    return [(x - start[0], start[1] + slope * (x - start[0]) - y) for x, y in places]


def test_all_networks_at_once_by_keyboard_alone(visit: Visit) -> None:
    reader = Reader(visit, MEMORY)
    page, before = reader.page, reader.pictures()
    assert page.locator(".rnnbook-counterfactual-table:visible").count() == 0
    reader.tab_to("All 5 networks at once")
    reader.press("Space")
    reader.hears("With a change of 2, the gradient foretells what becomes of y, to within a tenth")
    reader.hears("in 0 of 5 networks.")
    assert len(reader.pictures()) == 1
    large = dots(page)
    assert len(large) == 5
    assert sum(abs(above) > 30 for _, above in large) == 3  # two latches, and chaos
    assert large[4][1] > 30 > -30 > large[0][1]

    reader.press("Shift+Tab", "Shift+Tab", "Home")
    reader.hears("in 4 of 5 networks, not in “Chaos: 8 tanh units”.")
    small = dots(page)
    assert all(abs(above) < 1 for _, above in small[:4])
    assert small[4][1] > 30
    assert small[0] == pytest.approx((0, 0), abs=0.2)  # nothing left of either
    assert all(after[0] < ago[0] for after, ago in zip(small, large, strict=True))
    cells = page.locator(".rnnbook-counterfactual-table tbody tr").nth(1).locator("td")
    assert cells.all_inner_texts() == ["6.4\u00a0·\u00a010⁻¹¹"] * 2
    assert "in 4 of 5 networks" in reader.pictures()[-1]
    assert serious(page) == []

    reader.tab_to("Reset")
    reader.press("Enter")
    reader.hears("Memory without a gradient")
    assert reader.pictures() == before
    assert reader.faults == []


def test_all_networks_may_be_what_it_opens_with(bare) -> None:
    visit = bare(figures.Counterfactual(together=True))
    page = visit.page
    page.locator(".rnnbook-counterfactual-table").wait_for()
    assert page.get_by_label("All 5 networks at once").is_checked()


@over(viewport=[PHONE])
def test_all_networks_fit_a_phone(visit: Visit) -> None:
    page = Reader(visit, MEMORY).page
    page.get_by_label("All 5 networks at once").check()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    right = "all => Math.max(...all.map(e => e.getBoundingClientRect().right))"
    texts = page.locator(".rnnbook-live :is(svg text, td, p):visible")
    assert texts.evaluate_all(right) <= PHONE["width"]


@on_both
def test_is_accessible_in_light_and_dark(visit: Visit, name: str) -> None:
    reader = Reader(visit, name)
    assert serious(reader.page) == []


@over(viewport=[PHONE])
@on_both
def test_fits_a_phone(visit: Visit, name: str) -> None:
    reader = Reader(visit, name)
    assert reader.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    right = "all => Math.max(...all.map(e => e.getBoundingClientRect().right))"
    texts = reader.page.locator(".rnnbook-live :is(svg text, input, select, button, p)")
    assert texts.evaluate_all(right) <= PHONE["width"]
