"""Path splitter and counterfactual memory in a real browser, used as a reader does."""

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from visit import PHONE, Visit, over, serious

from check_pages import ROOT
from serve import listen

figures = pytest.importorskip("rnnbook.figures")
bundle = figures.bundle

PATHS, MEMORY = "paths", "memory"
on_both = pytest.mark.parametrize("name", [PATHS, MEMORY])
PAGE = """<!doctype html>
<html lang="en" data-theme="light"><head><meta charset="utf-8"><title>Figure</title>
<meta name="viewport" content="width=device-width">
<link rel="icon" href="data:,"><link rel="stylesheet" href="_static/style.css">
<script defer src="_static/host.js"></script>
<style>body {{
  background: var(--rnnbook-ui-ground); color: var(--rnnbook-ui-text); margin: 0.5rem;
}}</style></head>
<body><main><h1>Figure</h1>{figure}</main></body></html>"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page for each figure, with what the built book puts beside its pages."""
    root = tmp_path_factory.mktemp("figures")
    static = root / "_static" / "figures"
    static.mkdir(parents=True)
    (static / "core.js").write_text(bundle.static_core(), encoding="utf-8")
    for name in ("path_splitter", "counterfactual"):
        text = bundle.static_figure(name)
        (static / f"{name}.js").write_text(text, encoding="utf-8")
    (static.parent / "style.css").write_text(bundle.style(), encoding="utf-8")
    shutil.copy(ROOT / "book" / "_static" / "host.js", static.parent)
    for name, figure in {PATHS: figures.PathSplitter(), MEMORY: figures.Counterfactual()}.items():
        text = PAGE.format(figure=figure.page())
        (root / f"{name}.html").write_text(text, encoding="utf-8")
    return root


@pytest.fixture(scope="module")
def site_address(folder: Path) -> Iterator[dict[str, str]]:
    """Where those pages are, in the place of the book's: `visit` goes there."""
    with listen(folder, 0) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield {
            "http": f"http://localhost:{server.server_address[1]}/",
            "file": f"{folder.as_uri()}/",
        }
        server.shutdown()


class Reader:
    """Somebody with a keyboard and no mouse."""

    def __init__(self, visit: Visit, name: str) -> None:
        visit.go(name)
        self.page = visit.page
        self.page.locator(".rnnbook-host[data-alive]").wait_for()
        self.faults = visit.faults

    def tab_to(self, label: str) -> None:
        """Press Tab until what is labelled so has the focus, going round once."""
        named = (
            "() => { const e = document.activeElement;"
            " return (e.labels?.[0] ?? e).textContent.trim() }"
        )
        for _ in range(20):
            if self.page.evaluate(named).startswith(label):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"Tab does not lead to {label}")

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def hears(self, words: str) -> None:
        """The live line says so, at most a few seconds later."""
        self.page.locator(".rnnbook-says[aria-live]").get_by_text(words).wait_for(timeout=5000)

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
    reader.tab_to("ε")
    reader.press("Home")
    reader.hears("that is all that arrives")
    assert reader.pictures() != before
    reader.press("ArrowRight")
    reader.hears("With ε = 0.05, all paths bring")

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


def test_paths_keep_the_lag_below_the_steps(visit: Visit) -> None:
    reader = Reader(visit, PATHS)
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
    assert cells.all_inner_texts() == ["6.4e−11", "6.4e−11"]
    assert "in 4 of 5 networks" in reader.pictures()[-1]
    assert serious(page) == []

    reader.tab_to("Reset")
    reader.press("Enter")
    reader.hears("Memory without a gradient")
    assert reader.pictures() == before
    assert reader.faults == []


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
