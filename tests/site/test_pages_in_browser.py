"""Every page of the built book, in a real browser that no request may leave."""

from pathlib import Path

import pytest
from visit import PHONE, Visit, over, serious

from check_pages import ROOT, toc_documents

PAGES = [*toc_documents(ROOT / "_toc.yml"), "search"]


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


def test_progress_shows_quizzes(visit: Visit) -> None:
    page = visit.page
    visit.go("book/how-to-use")
    progress = page.locator("#reading-progress")
    assert "answered questions of no quizzes." in progress.inner_text()
    keep = "([key, kept]) => localStorage.setItem(key, kept)"
    page.evaluate(keep, ["rnnbook-quiz-02", '{"answers": {}, "right": 4, "of": 6}'])
    page.evaluate(keep, ["rnnbook-quiz-03", "not JSON"])
    page.reload()
    assert "answered questions of 1 quiz:" in progress.inner_text()
    row = progress.locator("li")
    assert row.all_inner_texts() == ["The simple recurrent network: 4 of 6 right"]
    assert row.locator("a").get_attribute("href").endswith("chapters/02-simple-rnn.html")

    page.locator("#clear-progress").click()
    assert row.count() == 0
    assert page.locator("#clear-progress").is_disabled()
    assert page.evaluate("localStorage.getItem('rnnbook-quiz-02')") is None
    assert visit.faults == []


def test_a_chapter_that_is_only_opened_is_not_read(visit: Visit) -> None:
    visit.go(next(name for name in PAGES if name.startswith("chapters/")))
    visit.page.reload()
    assert visit.page.locator(".rnnbook-read").count() == 0
