"""Every page of the built book, in a real browser that no request may leave."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from check_pages import ROOT, toc_documents

PAGES = [*toc_documents(ROOT / "_toc.yml"), "search"]
PHONE = {"width": 360, "height": 740}
SETTLED = "async () => { await window.MathJax?.startup?.promise; await document.fonts.ready }"


class Visit:
    """A page and everything that went wrong while it was shown."""

    def __init__(self, context, base: str) -> None:
        self.faults: list[str] = []
        self.base = base
        self.page = context.new_page()
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.faults.append(f"page error: {error}"))
        self.page.on("requestfailed", lambda request: self.faults.append(f"failed: {request.url}"))
        self.page.on("response", self._response)
        context.route("**/*", self._route)

    def _console(self, message) -> None:
        if message.type in ("error", "warning"):
            self.faults.append(f"{message.type}: {message.text}")

    def _response(self, response) -> None:
        if response.status >= 400:
            self.faults.append(f"{response.status}: {response.url}")

    def _route(self, route) -> None:
        if route.request.url.startswith((self.base, "data:", "blob:")):
            route.continue_()
        else:
            self.faults.append(f"leaves the site: {route.request.url}")
            route.abort()

    def go(self, name: str, fragment: str = "") -> None:
        """Show a page and wait until its mathematics and its fonts are there."""
        self.page.goto(f"{self.base}{name}.html{fragment}")
        self.page.evaluate(SETTLED)


@pytest.fixture
def visit(browser, site_address, request) -> Iterator[Visit]:
    """A visitor with an empty browser; parameters give the scheme and the window."""
    options = getattr(request, "param", {})
    size = options.get("viewport", {"width": 1280, "height": 900})
    context = browser.new_context(viewport=size, reduced_motion="reduce")
    yield Visit(context, site_address[options.get("scheme", "http")])
    context.close()


def over(**choices: list) -> pytest.MarkDecorator:
    """Run a test once for every value of one of the visitor's options."""
    ((name, values),) = choices.items()
    ids = [str(value) if isinstance(value, str) else name for value in values]
    return pytest.mark.parametrize("visit", [{name: v} for v in values], indirect=True, ids=ids)


@over(scheme=["http", "file"])
@pytest.mark.parametrize("name", PAGES)
def test_page_is_clean_and_complete(visit: Visit, name: str) -> None:
    visit.go(name)
    page = visit.page
    assert visit.faults == []
    assert page.locator(".math").count() == page.locator(".math mjx-container").count()
    assert page.locator("mjx-merror").count() == 0
    unlabelled = page.locator("img:not([alt]), svg[role=img]:not([aria-label])")
    assert unlabelled.count() == 0
    broken = page.evaluate("[...document.images].filter(i => !i.naturalWidth).map(i => i.src)")
    assert broken == []


@over(viewport=[PHONE])
@pytest.mark.parametrize("name", PAGES)
def test_page_fits_a_phone(visit: Visit, name: str) -> None:
    visit.go(name)
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


@pytest.mark.parametrize("name", PAGES)
def test_page_is_accessible(visit: Visit, name: str) -> None:
    visit.go(name)
    assert serious(visit.page) == []


def serious(page) -> list[str]:
    """What axe finds serious or critical, a line a node; in the dark, what depends on colours."""
    violations = Axe().run(page).response["violations"]
    page.add_style_tag(content="* { transition: none !important }")
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    colours = "axe.run({runOnly: ['color-contrast', 'link-in-text-block']})"
    violations += page.evaluate(colours)["violations"]
    return [
        f"{violation['id']}: {node['html'][:120]}: {node['failureSummary']}"
        for violation in violations
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"]
    ]


@over(viewport=[PHONE])
def test_api_pages(visit: Visit, site: Path) -> None:
    faults = {}
    for path in sorted((site / "book" / "api").rglob("*.html")):
        name = path.relative_to(site).with_suffix("").as_posix()
        visit.go(name)
        width = visit.page.evaluate("document.documentElement.scrollWidth")
        wide = [f"{width} px wide"] if width > PHONE["width"] else []
        faults[name] = [*visit.faults, *wide, *serious(visit.page)]
        visit.faults.clear()
    assert faults
    assert {name: found for name, found in faults.items() if found} == {}


@over(scheme=["http", "file"])
def test_root_leads_to_the_first_page(visit: Visit) -> None:
    visit.page.goto(f"{visit.base}index.html")
    visit.page.wait_for_url(f"{visit.base}book/index.html")
    assert visit.faults == []


@over(scheme=["http", "file"])
def test_search_finds_a_chapter(visit: Visit) -> None:
    visit.page.goto(f"{visit.base}search.html?q=recurrent")
    visit.page.locator("#search-results li a").first.wait_for()
    visit.page.wait_for_load_state("networkidle")
    assert visit.faults == []


@over(scheme=["http", "file"])
def test_icons_are_there_without_the_script(visit: Visit) -> None:
    visit.go("book/index")
    page = visit.page
    assert page.locator("script[src*=fontawesome]").count() == 0
    assert page.evaluate("document.fonts.check('900 16px \"Font Awesome 6 Free\"', '\\uf002')")
    icon = page.locator(".bd-sidebar-primary .fa-magnifying-glass").first
    assert icon.evaluate("e => getComputedStyle(e, '::before').content") == '"\uf002"'
    assert icon.bounding_box()["width"] > 8


def test_ledger_leads_to_every_claim(visit: Visit) -> None:
    visit.go("book/claims")
    links = visit.page.locator(".rnnbook-ledger a[href*='#claim-']")
    places = links.evaluate_all("links => links.map(link => link.getAttribute('href'))")
    assert len(places) >= 4
    for place in places:
        name, _, fragment = place.removeprefix("../").partition(".html")
        visit.go(name, fragment)
        target = visit.page.locator(".rnnbook-claim:target")
        assert target.is_visible(), place
        assert target.evaluate("e => e.getBoundingClientRect().top") < 900, place


@over(scheme=["http", "file"])
def test_progress_is_kept_until_it_is_cleared(visit: Visit) -> None:
    page = visit.page
    chapter = next(name for name in PAGES if name.startswith("chapters/"))
    ticks = page.locator(".bd-sidebar-primary .rnnbook-read")
    visit.go(chapter)
    assert ticks.count() == 0

    page.locator(".prev-next-footer").scroll_into_view_if_needed()
    ticks.first.wait_for()
    page.reload()
    assert ticks.count() == 1
    assert ticks.first.get_attribute("aria-label") == "read"

    visit.go("book/how-to-use")
    progress = page.locator("#reading-progress")
    assert "you have read 1 chapter of" in progress.inner_text()
    page.locator("#clear-progress").click()
    assert "you have read no chapters of" in progress.inner_text()
    assert ticks.count() == 0
    page.reload()
    assert ticks.count() == 0
    assert visit.faults == []


def test_a_chapter_that_is_only_opened_is_not_read(visit: Visit) -> None:
    visit.go(next(name for name in PAGES if name.startswith("chapters/")))
    visit.page.reload()
    assert visit.page.locator(".rnnbook-read").count() == 0
