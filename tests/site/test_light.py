"""The site is light, right from the first frame, and runs nothing that is not its own."""

import gzip
import json
import re
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest
from fontTools.ttLib import TTFont
from sphinx.errors import ExtensionError
from visit import PHONE, Visit, over

import light
from check_pages import ROOT

HEAVIEST = {"book/index": 120, "chapters/08-lstm": 230}  # KiB, gzip, on a first visit
MOST_REQUESTS = 14
LARGEST_SHIFT = 0.05  # half of what counts as good
WATCH_SHIFTS = """
window.shift = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) shift += entry.value;
}).observe({ type: "layout-shift", buffered: true });
"""
POISON = {
    "mode": "<b>pink</b>",
    "theme": "pink",
    "rnnbook-chapters-read": '["<b>x</b>", 7, {"a": 1}, "chapters/nowhere"]',
    "rnnbook-quiz-08": '{"edition": "EDITION", "answers": "poison", "right": "<b>9</b>", "of": 9}',
    "rnnbook-quiz-07": '{"right": 1e99, "of": 1e99}',
    "rnnbook-quiz-06": "[]",
}
REFUSE_STORAGE = """Object.defineProperty(window, "localStorage", {
  configurable: true, get() { throw new DOMException("refused", "SecurityError"); },
});"""
DARK_GROUND = "rgb(18, 18, 18)"


def left_over(visit: Visit) -> list[str]:
    """What went wrong, but for the requests of a page that was left."""
    return [fault for fault in visit.faults if not fault.startswith("failed:")]


@pytest.mark.parametrize("name", HEAVIEST)
def test_first_visit_is_light(visit: Visit, site: Path, name: str) -> None:
    asked: set[str] = set()
    visit.page.on("request", lambda request: asked.add(urlsplit(request.url).path.lstrip("/")))
    visit.go(name)
    visit.rest()
    weights = {path: len(gzip.compress((site / path).read_bytes())) / 1024 for path in asked}
    assert len(asked) <= MOST_REQUESTS, sorted(asked)
    assert sum(weights.values()) <= HEAVIEST[name], weights
    assert not [path for path in asked if "search" in path]
    assert visit.faults == []


def test_nothing_lies_there_that_no_page_asks_for(site: Path) -> None:
    pages = [path.read_text("utf-8") for path in light.pages_in(site)]
    scripts = light.scripts_in(site, pages)
    texts = [path.read_text("utf-8") for path in [*scripts, site / "_static" / "site.css"]]
    assert scripts
    assert light.dead_files(site, scripts, [*pages, *texts]) == []
    assert not [*site.rglob("*.map")]


def test_every_icon_is_in_its_font(site: Path) -> None:
    static = site / "_static"
    icons = set(map(ord, light.ICON.findall((static / "site.css").read_text("utf-8"))))
    fonts = [TTFont(path) for path in static.rglob("fa-*.woff2")]
    assert len(icons) > 10
    assert icons <= {code for font in fonts for code in font.getBestCmap()}


def test_an_icon_that_there_is_not_fails_the_build() -> None:
    sheet = ".fa-sun:before{content:'x'}.fa-solid{font:a}"
    light.check_icons({Path("a.html"): '<i class="fa-solid fa-sun"></i>'}, sheet)
    with pytest.raises(ExtensionError, match=r"a\.html: there is no icon fa-moon"):
        light.check_icons({Path("a.html"): '<i class="fa-solid fa-moon"></i>'}, sheet)


def test_a_sheet_of_some_pages_only_fails_the_build() -> None:
    app = SimpleNamespace(env=SimpleNamespace())

    def context(*names: str) -> dict:
        files = [SimpleNamespace(filename=name, priority=1, attributes={}) for name in names]
        return {"css_files": files, "script_files": []}

    light.gather(app, "one", "page.html", context("_static/a.css"), None)
    light.gather(app, "two", "page.html", context("_static/a.css"), None)
    with pytest.raises(ExtensionError, match=r"three: only some pages have \['_static/b.css'\]"):
        light.gather(app, "three", "page.html", context("_static/a.css", "_static/b.css"), None)


@over(scheme=["http", "file"])
def test_no_script_within_the_page_runs(visit: Visit) -> None:
    visit.go("book/index")
    visit.page.evaluate("""() => {
      document.body.insertAdjacentHTML("beforeend", "<img src=x: onerror='window.ran = 1'>");
      const script = document.createElement("script");
      script.textContent = "window.ran = 1";
      document.body.append(script);
    }""")
    visit.page.wait_for_timeout(200)
    assert visit.page.evaluate("window.ran") is None
    assert any("Content Security Policy" in fault for fault in visit.faults)


MENU = """<style>.dropdown-menu { display: none } .show { display: block }</style><div>
<button data-bs-toggle="dropdown" aria-expanded="false">Run</button>
<ul class="dropdown-menu"><li><a href="#there">Binder</a></li></ul></div>
<button class="btn-download-pdf-button">Print</button><p>Elsewhere</p>"""


def test_menu_of_the_header(visit: Visit) -> None:
    page = visit.page
    page.set_content(MENU)
    page.evaluate("window.print = () => (window.printed = true)")
    page.add_script_tag(path=ROOT / "book" / "_static" / "page.js")
    button, entry = page.get_by_text("Run"), page.get_by_text("Binder")
    button.focus()
    page.keyboard.press("Enter")
    assert button.get_attribute("aria-expanded") == "true"
    assert entry.is_visible()
    page.keyboard.press("Escape")
    assert not entry.is_visible()
    assert button.evaluate("button => button === document.activeElement")
    button.click()
    page.get_by_text("Elsewhere").click()
    assert button.get_attribute("aria-expanded") == "false"
    page.get_by_text("Print").click()
    assert page.evaluate("window.printed")


@over(scheme=["http", "file"])
def test_first_frame_has_the_readers_palette(visit: Visit) -> None:
    page = visit.page
    page.emulate_media(color_scheme="dark")
    page.route("**/site.js*", lambda route: route.abort())  # so that the theme's script has no say
    page.goto(f"{visit.base}book/index.html")
    ground = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(ground) == DARK_GROUND
    page.evaluate("localStorage.setItem('mode', 'light')")
    page.reload()
    assert page.evaluate(ground) == "rgb(255, 255, 255)"


def test_palette_follows_the_system(visit: Visit) -> None:
    page = visit.page
    page.emulate_media(color_scheme="dark")
    visit.go("book/index")
    assert page.locator("html").get_attribute("data-theme") == "dark"
    page.emulate_media(color_scheme="light")
    page.locator("html[data-theme=light]").wait_for()
    assert visit.faults == []


def test_without_javascript_all_is_light(browser, site_address: dict[str, str]) -> None:
    context = browser.new_context(java_script_enabled=False, color_scheme="dark")
    page = context.new_page()
    page.goto(f"{site_address['http']}book/index.html")
    assert page.locator("html").get_attribute("data-theme") == "light"
    assert page.locator(".logo__image:visible").count() == 1
    context.close()


@over(viewport=[{"width": 1280, "height": 900}, PHONE])
@pytest.mark.parametrize("name", ["chapters/08-lstm", "chapters/playground"])
def test_nothing_shifts_when_figures_wake(visit: Visit, name: str) -> None:
    visit.page.add_init_script(WATCH_SHIFTS)
    visit.go(name)
    visit.page.locator(".rnnbook-host[data-alive]").first.wait_for()
    visit.rest()
    assert visit.page.evaluate("shift") <= LARGEST_SHIFT


def test_poisoned_storage_is_neither_shown_nor_harmful(visit: Visit, site: Path) -> None:
    page = visit.page
    visit.go("chapters/08-lstm")
    edition = page.evaluate("""() => {
      const traits = document.querySelector("[data-figure=quiz] script").textContent;
      const bytes = Uint8Array.from(atob(JSON.parse(traits).sealed), (c) => c.charCodeAt(0));
      return JSON.parse(new TextDecoder().decode(bytes)).edition;
    }""")
    poison = json.loads(json.dumps(POISON).replace("EDITION", edition))
    page.evaluate(
        "all => Object.entries(all).forEach(([k, v]) => localStorage.setItem(k, v))", poison
    )
    page.reload()
    quiz = page.locator("[data-figure=quiz]")
    quiz.scroll_into_view_if_needed()
    quiz.locator(".rnnbook-live").wait_for()
    assert page.locator("html").get_attribute("data-theme") == "light"
    visit.go("book/how-to-use")
    said = page.locator("#reading-progress").inner_text()
    assert "you have read no chapters" in said
    assert "answered questions of no quizzes." in said
    assert not left_over(visit)


def test_refused_storage_is_survived(visit: Visit) -> None:
    visit.page.add_init_script(REFUSE_STORAGE)
    visit.go("book/how-to-use")
    visit.page.locator(".theme-switch-button").first.click()
    assert visit.page.locator("html").get_attribute("data-mode") != "auto"
    assert visit.faults == []


@over(scheme=["http", "file"])
def test_search_from_a_chapter_marks_what_was_found(visit: Visit) -> None:
    page = visit.page
    visit.go("chapters/08-lstm")
    page.keyboard.press("Control+k")
    page.keyboard.type("forget gate")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/search\.html\?q=forget"))
    page.locator("#search-results li a[href*='chapters/']").first.click()
    page.wait_for_url(re.compile(r"/chapters/"))
    page.locator(".bd-article .highlighted").first.wait_for(state="attached")
    assert not left_over(visit)
