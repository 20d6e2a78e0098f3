"""Every page of the built book, in a real browser that no request may leave.

A page takes seconds to load, and so it is loaded once from a server and once from a file, and all
that is asked of every page is asked then (page_checks.py). A new page is one more line in _toc.yml.
"""

import re
from pathlib import Path

import page_checks as ask
import pytest
from visit import PHONE, Visit, over, serious

from check_pages import ROOT, toc_documents

PAGES = [*toc_documents(ROOT / "_toc.yml"), "search"]
SHARES = 4  # of the pages of the API, so that two workers have about the same to do
WITH_STILLS = ".rnnbook-still { display: block !important }"


def faults_of(answers: dict[str, list[str]]) -> list[str]:
    """A line a fault, which begins with what was asked."""
    return [f"{question}: {fault}" for question, faults in answers.items() for fault in faults]


def none_is_left(faults: list[str]) -> None:
    """Fail with every fault in full, where an assertion would show the first."""
    if faults:
        pytest.fail("\n".join([f"{len(faults)} faults", *faults]), pytrace=False)


@pytest.mark.parametrize("name", PAGES)
def test_page_from_a_server(visit: Visit, browser, site: Path, name: str, whole: bool) -> None:
    figures, page = ask.figures_of(name), visit.page
    visit.go(name)
    answers = {
        "complete": ask.incomplete(page),
        "code": ask.code_that_scrolls(page),
        "figures wait until they are near": ask.awake_too_early(page),
        "figures come alive": ask.wake(page, figures),
        "controls": ask.hard_to_use(page),
        "figures ask and say": ask.silent(page),
        "figures can be read off": ask.unread(page),
        "print": ask.wrong_in_print(page, figures),
        "clean": ask.said_by(visit),
    }
    # The still pictures are back for axe, which then looks at the page once and not twice.
    page.add_style_tag(content=WITH_STILLS)
    answers["axe"] = serious(page, prune=not whole)
    if figures:
        address = f"{visit.base}{name}.html"
        answers["no JavaScript"] = ask.wrong_without_javascript(browser, address, figures)
        answers["weight of the figures"] = ask.too_heavy(site, name, figures)
    none_is_left(faults_of(answers))


@pytest.mark.parametrize(
    "visit", [{"scheme": "file", "viewport": PHONE}], indirect=True, ids=["phone"]
)
@pytest.mark.parametrize("name", PAGES)
def test_page_from_a_file_on_a_phone(visit: Visit, name: str) -> None:
    figures, page = ask.figures_of(name), visit.page
    visit.go(name)
    answers = {
        "complete": ask.incomplete(page),
        "fits, still": ask.too_wide(page),
        "words, still": ask.small_words(page),
        "figures come alive": ask.wake(page, figures),
        "fits, alive": ask.too_wide(page),
        "words, alive": ask.small_words(page),
        "equations": ask.equations_that_scroll(page),
        "clean": ask.said_by(visit),
    }
    none_is_left(faults_of(answers))


def test_every_chapter_is_a_page() -> None:
    chapters = {f"chapters/{path.stem}" for path in (ROOT / "chapters").glob("[!_]*.ipynb")}
    assert chapters
    assert chapters <= set(PAGES)


@over(viewport=[PHONE])
@pytest.mark.parametrize("share", range(SHARES))
def test_api_pages(visit: Visit, site: Path, share: int) -> None:
    names = ask.api_pages(site)
    assert len(names) >= SHARES
    faults = []
    for name in names[share::SHARES]:
        visit.go(name)
        answers = {"fits": ask.too_wide(visit.page), "clean": ask.said_by(visit, rest=False)}
        faults += [f"{name}: {fault}" for fault in faults_of(answers)]
    none_is_left(faults)


@over(viewport=[PHONE])
def test_api_pages_are_accessible(visit: Visit, site: Path, whole: bool) -> None:
    """One template makes them all, and so a few are asked about."""
    faults = []
    for name in ask.api_pages(site)[:: 1 if whole else 12]:
        visit.go(name)
        faults += [f"{name}: {fault}" for fault in serious(visit.page, prune=not whole)]
    none_is_left(faults)


@over(scheme=["http", "file"])
def test_root_leads_to_the_first_page(visit: Visit) -> None:
    visit.page.goto(f"{visit.base}index.html")
    visit.page.wait_for_url(f"{visit.base}book/index.html")
    assert visit.faults == []


@over(scheme=["http", "file"])
def test_search_finds_a_chapter(visit: Visit) -> None:
    visit.page.goto(f"{visit.base}search.html?q=recurrent")
    visit.page.locator("#search-results li a").first.wait_for()
    visit.rest()
    assert visit.faults == []


@over(scheme=["http", "file"])
def test_icons_are_there(visit: Visit) -> None:
    visit.go("book/index")
    page = visit.page
    assert page.evaluate("document.fonts.check('900 16px \"Font Awesome 6 Free\"', '\\uf002')")
    icon = page.locator(".bd-sidebar-primary .fa-magnifying-glass").first
    assert icon.evaluate("e => getComputedStyle(e, '::before').content") == '"\uf002"'
    assert icon.bounding_box()["width"] > 8


TARGETS = """async (fragments) => {
  const seen = [];
  for (const fragment of fragments) {
    location.hash = fragment;
    await new Promise(requestAnimationFrame);
    const target = document.querySelector(".rnnbook-claim:target");
    const { top = Infinity } = target?.getBoundingClientRect() ?? {};
    if (target?.checkVisibility() && top >= 0 && top < 900) seen.push(`#${target.id}`);
  }
  return seen;
}"""


def test_ledger_leads_to_every_claim(visit: Visit, site: Path) -> None:
    visit.go("book/claims")
    links = visit.page.locator(".rnnbook-ledger a[href*='#claim-']")
    places = links.evaluate_all("links => links.map(link => link.getAttribute('href'))")
    assert len(places) >= 4
    by_page: dict[str, list[str]] = {}
    for place in places:
        name, _, fragment = place.removeprefix("../").partition(".html")
        by_page.setdefault(name, []).append(fragment)
    for name, fragments in by_page.items():
        there = set(re.findall(r'id="(claim-[^"]+)"', (site / f"{name}.html").read_text("utf-8")))
        assert {fragment.removeprefix("#") for fragment in fragments} <= there, name
    # How a link opens the fold of its claim is the same on all pages.
    for name in list(by_page)[:3]:
        visit.go(name)
        assert visit.page.evaluate(TARGETS, by_page[name]) == by_page[name], name


def test_ledger_can_be_filtered(visit: Visit) -> None:
    page = visit.page
    visit.go("book/claims")
    shown = page.locator(".rnnbook-claims tbody tr:visible")
    everything = shown.count()
    assert page.locator(".rnnbook-filter p").inner_text() == f"{everything} claims"
    page.get_by_label("Kind").select_option("recorded")
    recorded = shown.count()
    assert 0 < recorded < everything
    page.get_by_label("Chapter").select_option(index=5)
    assert 0 < shown.count() < recorded
    assert page.locator(".rnnbook-claims:visible").count() == 1
    page.get_by_role("searchbox", name="Words").fill("no claim says this")
    assert page.locator(".rnnbook-filter p").inner_text() == "0 claims"
    assert page.locator(".bd-article p.rubric:visible").count() == 0
    assert visit.faults == []


def test_evidence_is_a_tap_away(visit: Visit) -> None:
    page = visit.page
    visit.go("chapters/05-vanishing-gradients")
    open_notes = page.locator(".rnnbook-notes > li:popover-open")
    page.locator(".rnnbook-mark").first.focus()
    page.keyboard.press("Enter")
    assert "measured here" in open_notes.inner_text()
    page.keyboard.press("Escape")
    assert open_notes.count() == 0
    page.set_viewport_size(PHONE)
    page.locator(".rnnbook-mark").last.click()
    assert ask.too_wide(page) == []
    assert visit.faults == []
    assert serious(page, within=".rnnbook-notes") == []  # axe asks for what is not there
    open_notes.get_by_role("button", name="Close").click()
    assert open_notes.count() == 0

    page.emulate_media(media="print")
    notes = page.locator(".rnnbook-notes > li:visible").count()
    numbers = page.locator(".rnnbook-mark-print:visible").all_inner_texts()
    assert notes == len(set(numbers)) > 0
    assert not page.locator(".rnnbook-mark").first.is_visible()


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

    progress = page.locator("#reading-progress")
    visit.go("book/index")
    assert "you have read 1 chapter of" in progress.inner_text()
    visit.go("book/how-to-use")
    assert "you have read 1 chapter of" in progress.inner_text()
    page.locator("#clear-progress").click()
    assert "you have read no chapters of" in progress.inner_text()
    assert ticks.count() == 0
    page.reload()
    assert ticks.count() == 0
    visit.go("book/index")
    assert not progress.is_visible()
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
    assert row.all_inner_texts() == ["2 · The simple recurrent network: 4 of 6 right"]
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
