"""What is asked of every page of the book, whatever is on it; each answer is a list of faults."""

import gzip
import json
import re
from pathlib import Path

from visit import Visit

from check_pages import ROOT

HOST = re.compile(r'<div class="rnnbook-host".*?</script></div>', re.DOTALL)
HEAVIEST = 60_000  # bytes, gzip: what a page's figures may add to it
MAY_BE_HEAVIER = {
    "chapters/16c-write-with-it": 100_000,  # it carries a language model
    "chapters/18-translation": 80_000,  # it carries a translator
    "chapters/19b-hear-it": 80_000,  # it carries a recogniser, and three recordings
}
NAMELESS = """all => all.filter(c => !(c.labels?.length || c.textContent.trim()
  || c.getAttribute('aria-label') || c.getAttribute('aria-labelledby'))).map(c => c.outerHTML)"""

SHUT = """all => all.filter(fold => !fold.closest(".rnnbook-still") && fold.checkVisibility()
  && fold.lastElementChild && !fold.lastElementChild.checkVisibility())
  .map(fold => fold.textContent.trim().slice(0, 60))"""
SMALL = """() => {
  const small = [];
  for (const words of document.querySelectorAll("article svg text")) {
    if (!words.textContent.trim() || !words.checkVisibility()) continue;
    const { a, b, c, d } = words.getScreenCTM();
    const sizes = [words, ...words.querySelectorAll("tspan")]
      .filter((e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()))
      .map((e) => parseFloat(getComputedStyle(e).fontSize));
    const size = Math.max(...sizes) * Math.sqrt(Math.abs(a * d - b * c));
    if (size < 10.95) small.push(`${size.toFixed(1)} px: ${words.textContent}`);
  }
  return small.slice(0, 5);
}"""
SCROLLS = """all => all.filter(e => e.checkVisibility() && e.scrollWidth > e.clientWidth + 1
  && e.textContent.split("\\n").every(line => line.length <= 80))
  .map(e => `${e.scrollWidth} px in ${e.clientWidth}: ${e.textContent.trim().slice(0, 60)}`)"""
# A picture in words above each table, names for its columns and rows, and a number somewhere.
READ_OFF = """async () => {
  const faults = [];
  for (const figure of document.querySelectorAll(".rnnbook-live:not(.rnnbook-quiz)")) {
    const { figure: name } = figure.closest(".rnnbook-host").dataset;
    const fold = figure.querySelector("details:has(> .rnnbook-values)");
    if (fold) {
      fold.querySelector("summary").click();
      // Some work their numbers out frame by frame.
      for (let k = 0; k < 100 && !/[0-9]/.test(fold.querySelector("tbody")?.textContent); k++)
        await new Promise((done) => setTimeout(done, 50));
    }
    const tables = [...(fold ?? figure).querySelectorAll("table")];
    if (!tables.length) faults.push(`${name}: no values`);
    for (const table of tables) {
      const by = table.getAttribute("aria-labelledby");
      const words = by ? document.getElementById(by).textContent : table.caption?.textContent;
      const named = table.querySelector("thead th") && table.querySelector("tbody th");
      if (!(words?.length > 10) || !named || !/[0-9]/.test(table.tBodies[0].textContent))
        faults.push(`${name}: no words, no names or no numbers: ${table.textContent.slice(0, 80)}`);
    }
    if (fold) fold.open = false;
  }
  return faults;
}"""
FOCUS_FIRST = """all => {
  const first = all.find(control => !control.matches(":disabled"));
  first?.focus();
  return first !== undefined && document.activeElement === first;
}"""


def figures_of(name: str) -> list[str]:
    """The figures that a page has, by name, in their order: in its notebook, or taken from one."""
    path = ROOT / f"{name}.ipynb"
    if not path.exists():
        page = path.with_suffix(".md")
        text = page.read_text(encoding="utf-8") if page.exists() else ""
        return re.findall(r"^```\{figure-from\} \S+ (\S+)$", text, re.MULTILINE)
    notebook = json.loads(path.read_text(encoding="utf-8"))
    outputs = [output for cell in notebook["cells"] for output in cell.get("outputs", [])]
    pages = ["".join(output.get("data", {}).get("text/html", "")) for output in outputs]
    return [name for page in pages for name in re.findall(r'data-figure="([\w-]+)"', page)]


def api_pages(site: Path) -> list[str]:
    """The names of the pages that are made of docstrings."""
    paths = sorted((site / "book" / "api").rglob("*.html"))
    return [path.relative_to(site).with_suffix("").as_posix() for path in paths]


def incomplete(page) -> list[str]:
    """Formulas that are not set, pictures that are not there or have no words."""
    faults = []
    unset = page.locator(".math").count() - page.locator(".math > * math").count()
    if unset:
        faults.append(f"{unset} formulas are not set")
    for selector, fault in {
        ".katex-error": "a formula is wrong",
        "img:not([alt]), svg[role=img]:not([aria-label])": "no alternative text",
    }.items():
        found = page.locator(selector).evaluate_all("all => all.map(e => e.outerHTML)")
        faults += [f"{fault}: {html[:200]}" for html in found]
    broken = page.evaluate("[...document.images].filter(i => !i.naturalWidth).map(i => i.src)")
    return faults + [f"not loaded: {src}" for src in broken]


def awake_too_early(page) -> list[str]:
    """Figures far below the screen that do not wait. To be asked before anything is scrolled."""
    early = page.locator(".rnnbook-host[data-alive]").evaluate_all(
        "all => all.filter(host => host.getBoundingClientRect().top > innerHeight + 700)"
        ".map(host => host.dataset.figure)"
    )
    return [f"{name} did not wait until it is near" for name in early]


def wake(page, figures: list[str]) -> list[str]:
    """Bring each figure near the screen: those that do not come alive, or not instead of a still.

    Nothing else can be asked of a figure that is not alive, and so the others wait for it in vain.
    """
    hosts = page.locator(".rnnbook-host")
    found = hosts.evaluate_all("all => all.map(host => host.dataset.figure)")
    if found != figures:
        return [f"the page has the figures {found}, its notebook {figures}"]
    faults = []
    for name, host in zip(figures, hosts.all(), strict=True):
        host.scroll_into_view_if_needed()
        try:
            host.and_(page.locator("[data-alive]")).wait_for(state="attached")
            host.locator(".rnnbook-live").first.wait_for()
        except Exception as error:  # Playwright's, which is not imported where it may be missing
            faults.append(f"{name} does not come alive: {str(error)[:200]}")
    stills = page.locator(".rnnbook-still:visible").count()
    return faults + ([f"{stills} still pictures are left"] if stills else [])


def hard_to_use(page) -> list[str]:
    """Controls without a name or out of the keyboard's reach."""
    faults = []
    for figure in page.locator(".rnnbook-live").all():
        name = figure.evaluate("e => e.closest('.rnnbook-host').dataset.figure")
        controls = figure.locator("input, select, button, textarea, summary")
        controls = controls.locator("visible=true")
        faults += [f"{name}: no name: {html[:200]}" for html in controls.evaluate_all(NAMELESS)]
        if figure.locator("[tabindex]:not([tabindex='0']):not([tabindex='-1'])").count():
            faults.append(f"{name}: an order of its own")
        if not controls.evaluate_all(FOCUS_FIRST):
            faults.append(f"{name}: no control")
            continue
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement === document.body"):
            faults.append(f"{name}: Tab leads nowhere")
    return faults


def silent(page) -> list[str]:
    """Figures that do not ask their question or have nothing that is read out."""
    figures = page.locator(".rnnbook-live").evaluate_all(
        """all => all.map(figure => ({
          name: figure.closest(".rnnbook-host").dataset.figure,
          labelled: figure.hasAttribute("aria-labelledby"),
          question: figure.querySelector(".rnnbook-question")?.innerText ?? "",
          says: figure.querySelector("[aria-live]") !== null,
        }))"""
    )
    faults = []
    for figure in figures:
        name = figure["name"]
        if not figure["labelled"]:
            faults.append(f"{name}: not labelled by its question")
        if len(figure["question"]) <= 15:
            faults.append(f"{name}: asks nothing")
        if not figure["says"]:
            faults.append(f"{name}: says nothing")
    return faults


def unread(page) -> list[str]:
    """Figures that cannot be read off: with neither a table in sight nor one on demand."""
    return page.evaluate(READ_OFF)


def wrong_in_print(page, figures: list[str]) -> list[str]:
    """Figures not printed as still pictures, folds printed shut. Leaves the page as it was."""
    page.emulate_media(media="print")
    shut = page.locator("article details:not(.rnnbook-live *)").evaluate_all(SHUT)
    live = page.locator(".rnnbook-stand:visible").count()
    stills = page.locator(".rnnbook-still:visible").count()
    page.emulate_media(media="screen")
    right = (live, stills) == (0, len(figures))
    faults = [] if right else [f"{live} figures and {stills} still pictures of {len(figures)}"]
    return faults + [f"shut: {words}" for words in shut]


def too_wide(page) -> list[str]:
    """Whether the page or one of its figures is wider than the window."""
    width = page.viewport_size["width"]
    wide = page.evaluate("document.documentElement.scrollWidth")
    faults = [f"{wide} px of {width}"] if wide > width else []
    for figure in page.locator(".rnnbook-live").all():
        box = figure.bounding_box()
        if box["x"] < 0 or box["x"] + box["width"] > width:
            name = figure.evaluate("e => e.closest('.rnnbook-host').dataset.figure")
            faults.append(f"{name}: from {box['x']} to {box['x'] + box['width']} px of {width}")
    return faults


def small_words(page) -> list[str]:
    """Words in pictures, exponents and indices apart, that are shown in less than 11 px."""
    return page.evaluate(SMALL)


def code_that_scrolls(page) -> list[str]:
    """Code of at most 80 columns that is wider than its room."""
    return page.locator("article .highlight pre").evaluate_all(SCROLLS)


def equations_that_scroll(page) -> list[str]:
    """Displayed equations that are wider than their room, so that a phone shows a part of them."""
    return page.locator("div.math").evaluate_all(
        "all => all.filter(e => e.scrollWidth > e.clientWidth + 1)"
        ".map(e => `${e.scrollWidth} px in ${e.clientWidth}: `"
        " + `${e.id || e.closest('section').id}`)"
    )


def wrong_without_javascript(browser, address: str, figures: list[str]) -> list[str]:
    """Figures without a still picture where nothing can come alive."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address, wait_until="domcontentloaded")
    stills = page.locator(".rnnbook-still")
    seen = stills.locator("visible=true").count()
    right = stills.count() == seen == len(figures)
    fault = f"{seen} of {stills.count()} still pictures are seen, of {len(figures)} figures"
    context.close()
    return [] if right else [fault]


def too_heavy(site: Path, name: str, figures: list[str]) -> list[str]:
    """Whether the page's figures add more to it than they may."""
    page = (site / f"{name}.html").read_text(encoding="utf-8")
    static = site / "_static"
    scripts = [static / "host.js", static / "figures" / "core.js"]
    scripts += [static / "figures" / f"{figure}.js" for figure in set(figures)]
    added = sum(len(gzip.compress(path.read_bytes())) for path in scripts)
    added += len(gzip.compress(page.encode())) - len(gzip.compress(HOST.sub("", page).encode()))
    if not HOST.search(page):
        return ["the figures are not found in the source"]
    most = MAY_BE_HEAVIER.get(name, HEAVIEST)
    return [f"{added} bytes of {most}"] if added > most else []


def said_by(visit: Visit, rest: bool = True) -> list[str]:
    """What went wrong while the page was shown, by default once it is at rest for half a second."""
    if rest:
        visit.rest()
    faults, visit.faults = visit.faults, []
    return faults
