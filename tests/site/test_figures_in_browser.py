"""Every figure of every built page: alive, reachable, within its page and its weight."""

import gzip
import json
import re
from pathlib import Path

import pytest
from visit import PHONE, Visit, over, serious

from check_pages import ROOT

HOST = re.compile(r'<div class="rnnbook-host".*?</script></div>', re.DOTALL)
HEAVIEST = 60_000  # bytes, gzip: what a page's figures may add to it


def figures_of(path: Path) -> list[str]:
    """The figures that a notebook's outputs hold, by name, in their order."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    outputs = [output for cell in notebook["cells"] for output in cell.get("outputs", [])]
    pages = ["".join(output.get("data", {}).get("text/html", "")) for output in outputs]
    return [name for page in pages for name in re.findall(r'data-figure="([\w-]+)"', page)]


FIGURES = {
    f"chapters/{path.stem}": found
    for path in sorted((ROOT / "chapters").glob("[!_]*.ipynb"))
    if (found := figures_of(path))
}
on_every_page = pytest.mark.parametrize("name", FIGURES)


def wake(visit: Visit, name: str) -> None:
    """Show a page and bring each of its figures near the screen."""
    visit.go(name)
    hosts = visit.page.locator(".rnnbook-host")
    assert hosts.count() == len(FIGURES[name])
    for host in hosts.all():
        host.scroll_into_view_if_needed()
        host.locator(".rnnbook-live").first.wait_for()
    visit.page.wait_for_function(
        "[...document.querySelectorAll('.rnnbook-host')].every(host => 'alive' in host.dataset)"
    )


@over(scheme=["http", "file"])
@on_every_page
def test_every_figure_comes_alive(visit: Visit, name: str) -> None:
    wake(visit, name)
    assert visit.page.locator(".rnnbook-still:visible").count() == 0
    visit.page.wait_for_timeout(300)
    assert visit.faults == []


@on_every_page
def test_figures_wait_until_they_are_near(visit: Visit, name: str) -> None:
    visit.go(name)
    below = "host => host.getBoundingClientRect().top > innerHeight + 700"
    for host in visit.page.locator(".rnnbook-host").all():
        if host.evaluate(below):
            assert host.get_attribute("data-alive") is None


@on_every_page
def test_every_control_has_a_name_and_is_reached_by_keyboard(visit: Visit, name: str) -> None:
    wake(visit, name)
    for figure in visit.page.locator(".rnnbook-live").all():
        controls = figure.locator("input, select, button, textarea, summary").locator(
            "visible=true"
        )
        assert controls.count() > 0
        nameless = controls.evaluate_all(
            "all => all.filter(c => !(c.labels?.length || c.textContent.trim() ||"
            " c.getAttribute('aria-label') || c.getAttribute('aria-labelledby')))"
            ".map(c => c.outerHTML)"
        )
        assert nameless == []
        assert figure.locator("[tabindex]:not([tabindex='0']):not([tabindex='-1'])").count() == 0
        enabled = [control for control in controls.all() if control.is_enabled()]
        enabled[0].focus()
        visit.page.keyboard.press("Tab")
        assert visit.page.evaluate("document.activeElement !== document.body")


@on_every_page
def test_every_figure_asks_and_says(visit: Visit, name: str) -> None:
    wake(visit, name)
    for figure in visit.page.locator(".rnnbook-live").all():
        assert figure.get_attribute("aria-labelledby")
        assert len(figure.locator(".rnnbook-question").first.inner_text()) > 15
        assert figure.locator("[aria-live]").count() > 0


@over(viewport=[PHONE])
@on_every_page
def test_figures_fit_a_phone(visit: Visit, name: str) -> None:
    wake(visit, name)
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    for figure in visit.page.locator(".rnnbook-live").all():
        box = figure.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= PHONE["width"]


@on_every_page
def test_figures_are_accessible(visit: Visit, name: str) -> None:
    wake(visit, name)
    assert serious(visit.page) == []


@on_every_page
def test_print_shows_the_still_picture(visit: Visit, name: str) -> None:
    wake(visit, name)
    visit.page.emulate_media(media="print")
    assert visit.page.locator(".rnnbook-stand:visible").count() == 0
    assert visit.page.locator(".rnnbook-still:visible").count() == len(FIGURES[name])


@on_every_page
def test_without_javascript_there_is_a_still_picture(browser, site_address, name: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site_address['http']}{name}.html")
    stills = page.locator(".rnnbook-still")
    assert stills.count() == len(FIGURES[name])
    assert all(still.is_visible() for still in stills.all())
    context.close()


@on_every_page
def test_figures_weigh_little(site: Path, name: str) -> None:
    page = (site / f"{name}.html").read_text(encoding="utf-8")
    static = site / "_static"
    scripts = [static / "host.js", static / "figures" / "core.js"]
    scripts += [static / "figures" / f"{figure}.js" for figure in set(FIGURES[name])]
    added = sum(len(gzip.compress(path.read_bytes())) for path in scripts)
    added += len(gzip.compress(page.encode())) - len(gzip.compress(HOST.sub("", page).encode()))
    assert HOST.search(page)
    assert added <= HEAVIEST
