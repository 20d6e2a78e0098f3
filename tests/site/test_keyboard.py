"""Whoever uses the keyboard sees where the focus is, keeps it, and hears what is open."""

import pytest
from visit import PHONE, Visit, over, serious

# Everything that Tab leads to, with its ring: an outline of 2 px that no box around it cuts off on
# more than one side.
UNSEEN = """() => {
  const reached = "a[href], button, input, select, summary, [tabindex='0']";
  const stops = [...document.querySelectorAll(reached)].filter((e) => e.tabIndex >= 0 && !e.disabled
    && e.checkVisibility({ visibilityProperty: true }) && !e.closest("dialog:not([open])"));
  const faults = [];
  for (const stop of stops) {
    stop.focus({ preventScroll: true });
    if (document.activeElement !== stop) continue;
    const shown = stop.matches(".sd-tab-set > input") ? stop.nextElementSibling : stop;
    const style = getComputedStyle(shown);
    const reach = parseFloat(style.outlineWidth) + parseFloat(style.outlineOffset);
    const ring = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
    const { left, right, top, bottom } = shown.getBoundingClientRect();
    let cut = 0;
    for (let box = shown.parentElement; box; box = box.parentElement) {
      if (getComputedStyle(box).overflowX === "visible" || box.matches("html, body")) continue;
      const edge = box.getBoundingClientRect();
      const over = [edge.left - left, right - edge.right, edge.top - top, bottom - edge.bottom];
      cut = Math.max(cut, over.filter((beyond) => Math.abs(beyond) < 1 && reach > 0).length);
    }
    if ((!ring && shown === stop) || cut > 1) faults.push(`${cut} ${stop.outerHTML.slice(0, 120)}`);
  }
  return [stops.length, faults];
}"""
SET_THEME = "theme => { document.documentElement.dataset.theme = theme; }"
FOCUSED = "document.activeElement.className"


@pytest.mark.parametrize("name", ["chapters/08-lstm", "chapters/playground", "book/how-to-use"])
def test_the_focus_is_seen_in_all_colours(visit: Visit, name: str) -> None:
    page = visit.page
    visit.go(name)
    for host in page.locator(".rnnbook-host").all():
        host.scroll_into_view_if_needed()
        host.and_(page.locator("[data-alive]")).wait_for(state="attached")
    page.keyboard.press("Tab")
    for theme in ("light", "dark", "forced"):
        page.evaluate(SET_THEME, "dark" if theme == "dark" else "light")
        page.emulate_media(forced_colors="active" if theme == "forced" else "none")
        stops, faults = page.evaluate(UNSEEN)
        assert stops > 30
        assert faults == [], theme


def test_formulas_are_no_tab_stops(visit: Visit) -> None:
    visit.go("chapters/08-lstm")
    math = visit.page.locator(".math")
    assert math.count() > 50
    assert math.locator("[tabindex]").count() == 0
    assert math.and_(visit.page.locator("[tabindex]")).count() == 0


def test_the_colour_mode_keeps_the_focus_and_says_its_state(visit: Visit) -> None:
    page = visit.page
    visit.go("book/index")
    button = page.locator(".theme-switch-button").last
    names = []
    button.focus()
    for _ in range(3):
        names.append(button.get_attribute("aria-label"))
        page.keyboard.press("Enter")
        assert "theme-switch-button" in page.evaluate(FOCUSED)
    modes = ["Colours: as the system has it", "Colours: dark", "Colours: light"]
    assert names == modes


def test_the_sidebar_says_whether_it_is_open(visit: Visit) -> None:
    page = visit.page
    visit.go("chapters/08-lstm")
    toggle = page.get_by_role("button", name="Pages of the book")
    assert toggle.get_attribute("aria-expanded") == "true"
    toggle.focus()
    page.keyboard.press("Enter")
    assert toggle.get_attribute("aria-expanded") == "false"
    assert "primary-toggle" in page.evaluate(FOCUSED)
    page.keyboard.press("Enter")
    assert toggle.get_attribute("aria-expanded") == "true"


@over(viewport=[PHONE])
@pytest.mark.parametrize("name", ["Pages of the book", "Contents of this page"])
def test_escape_leads_back_from_a_sidebar_on_a_phone(visit: Visit, name: str) -> None:
    page = visit.page
    visit.go("chapters/08-lstm")
    toggle = page.get_by_role("button", name=name)
    assert toggle.get_attribute("aria-expanded") == "false"
    toggle.focus()
    page.keyboard.press("Enter")
    page.locator("dialog[open]").wait_for()
    assert toggle.get_attribute("aria-expanded") == "true"
    page.keyboard.press("Escape")
    page.locator("dialog[open]").wait_for(state="detached")
    assert toggle.get_attribute("aria-expanded") == "false"
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == name
    assert visit.faults == []


def test_prose_has_a_readable_measure(visit: Visit) -> None:
    """About 75 characters a line, on a wide screen too."""
    page = visit.page
    for width in (1280, 1920):
        page.set_viewport_size({"width": width, "height": 900})
        visit.go("chapters/08-lstm")
        lines = page.evaluate(LINES)
        assert len(lines) > 20
        assert 65 <= lines[len(lines) // 2] <= 78, width
        heading = page.locator(".bd-article h2").first
        assert heading.evaluate("e => getComputedStyle(e).fontWeight") == "600"


# How many characters the full lines of prose have, in their order of length.
LINES = """() => {
  const counts = [];
  const range = document.createRange();
  for (const p of document.querySelectorAll(".bd-article section > p:not(:has(.katex))")) {
    const lines = new Map();
    const walk = document.createTreeWalker(p, NodeFilter.SHOW_TEXT);
    for (let node; (node = walk.nextNode());) {
      for (let k = 0; k < node.length; k++) {
        range.setStart(node, k);
        range.setEnd(node, k + 1);
        const [box] = range.getClientRects();
        const line = box && Math.round(box.bottom / 8);
        if (box?.width) lines.set(line, (lines.get(line) ?? 0) + 1);
      }
    }
    counts.push(...[...lines.values()].slice(0, -1));
  }
  return counts.sort((a, b) => a - b);
}"""


def test_a_link_under_the_pointer_can_be_read(visit: Visit) -> None:
    visit.go("book/how-to-use")
    visit.page.add_style_tag(content="* { transition: none !important }")
    visit.page.locator("article p a.reference").first.hover()
    assert visit.page.locator("article p a:hover").count() == 1
    assert serious(visit.page, within="article p:has(a:hover)") == []
