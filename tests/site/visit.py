"""A visitor to the built pages, whom nothing that goes wrong escapes."""

import time

import pytest

PHONE = {"width": 360, "height": 740}
# A model like a notebook's: `set` calls back, `save_changes` is what the kernel would get.
LIVE = """async ([code, traits]) => {
    const listeners = {};
    globalThis.sent = [];
    globalThis.model = {
        get: (name) => traits[name],
        set(name, value) {
            if (traits[name] === value) return;
            traits[name] = value;
            for (const listener of listeners[`change:${name}`] ?? []) listener();
        },
        save_changes: () => sent.push(structuredClone(traits)),
        on: (event, listener) => (listeners[event] ??= []).push(listener),
        off: () => {},
    };
    const module = await import(URL.createObjectURL(new Blob([code], { type: "text/javascript" })));
    module.default.render({ model, el: document.body.appendChild(document.createElement("div")) });
}"""


def spoken(page) -> str:
    """What a figure's live line says once nothing more waits to be said."""
    page.evaluate("new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)))")
    line = page.locator(".rnnbook-says:not([data-waiting])")
    line.wait_for()
    return line.inner_text()


class Visit:
    """A page and everything that went wrong while it was shown.

    What `page.wait_for_function` is given must be a function: an expression is evaluated anew at
    each frame, which the pages' policy forbids, so it fails unless it is true at once.
    """

    def __init__(self, context, base: str) -> None:
        self.faults: list[str] = []
        self.base = base
        self.page = context.new_page()
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.faults.append(f"page error: {error}"))
        self.page.on("request", self._request)
        self.page.on("requestfailed", self._request_failed)
        self.page.on("response", self._response)
        self._asked = time.monotonic()
        context.route("**/*", self._route)

    def _console(self, message) -> None:
        if message.type in ("error", "warning"):
            self.faults.append(f"{message.type}: {message.text}")

    def _request(self, _) -> None:
        self._asked = time.monotonic()

    def _request_failed(self, request) -> None:
        # A page that is left, or loaded anew, gives up what it still waits for: no fault.
        if request.failure != "net::ERR_ABORTED":
            self.faults.append(f"failed: {request.url}")

    def _response(self, response) -> None:
        if response.status >= 400:
            self.faults.append(f"{response.status}: {response.url}")

    def _route(self, route) -> None:
        url = route.request.url
        if url.startswith((self.base, "data:", "blob:")):
            route.continue_()
        else:
            self.faults.append(f"leaves the site: {url}")
            route.abort()

    def go(self, name: str, fragment: str = "") -> None:
        """Show a page and wait until its fonts are there."""
        self.page.goto(f"{self.base}{name}.html{fragment}")
        self.page.evaluate("document.fonts.ready.then(() => null)")

    def rest(self) -> None:
        """Wait until the page asks for nothing for half a second from now.

        (The browser's own "networkidle" waits for the end of every request, and of one in some
        thousands the end is not reported.)
        """
        self._asked = time.monotonic()  # what was asked just now may not have been reported yet
        while (left := self._asked + 0.5 - time.monotonic()) > 0:
            self.page.wait_for_timeout(1000 * left)


def over(**choices: list) -> pytest.MarkDecorator:
    """Run a test once for every value of one of the visitor's options."""
    ((name, values),) = choices.items()
    ids = [str(value) if isinstance(value, str) else name for value in values]
    return pytest.mark.parametrize("visit", [{name: v} for v in values], indirect=True, ids=ids)


# axe takes milliseconds for the contrast of one word, and a chapter has thousands of coloured words
# of code. Contrast follows from a word's own style and from what lies under it or over it: of words
# that are alike in these, axe is asked about three. (Not about one: it leaves out what is covered.)
MARK_WITNESSES = """([theme, known]) => {
  const OWN = ["color", "fontSize", "fontWeight", "textShadow"];
  const LAYER = ["backgroundColor", "backgroundImage", "opacity", "filter", "mixBlendMode", "clip"];
  const CLEAR = "rgba(0, 0, 0, 0)|none|1|none|normal|auto";
  const layers = new Map(), met = new Map(known.map((kind) => [kind, 3]));
  for (const element of document.querySelectorAll("*")) {
    const style = getComputedStyle(element);
    const layer = LAYER.map((name) => style[name]).join("|");
    const below = layers.get(element.parentElement) ?? "";
    const under = layer === CLEAR ? below : `${below}/${layer}`;
    layers.set(element, under);
    const speaks = element.checkVisibility({ visibilityProperty: true })
      && (element.matches("input, select, textarea")
        || [...element.childNodes].some((n) => n.nodeType === 3 && n.data.trim()));
    const { disabled, ariaDisabled } = element;
    const kind = [under, disabled, ariaDisabled, ...OWN.map((name) => style[name])].join("|");
    if (speaks) met.set(kind, (met.get(kind) ?? 0) + 1);
    element.toggleAttribute(`data-${theme}-witness`, speaks && met.get(kind) <= 3);
  }
  return [...met.keys()];
}"""
# Most of a page's elements are the coloured words of its code, which look alike where their classes
# and their block's ground are, and the parts of its formulas and pictures. More of them tell axe
# nothing, but take its time.
PRUNE = """() => {
  const met = new Map();
  const isOneMore = (kind) => met.set(kind, (met.get(kind) ?? 0) + 1).get(kind) > 3;
  for (const block of document.querySelectorAll(".highlight")) {
    const ground = getComputedStyle(block).backgroundColor;
    for (const word of block.querySelectorAll("pre span")) {
      if (!word.children.length && isOneMore(`${ground} ${word.className}`)) word.remove();
    }
  }
  for (const whole of document.querySelectorAll(".katex, svg[role=img][aria-label]")) {
    if (isOneMore(`${whole.localName} ${getComputedStyle(whole).color}`)) whole.replaceChildren();
  }
}"""
RUN_AXE = """async ([theme, within, rules]) => {
  if (!within) scrollTo({ top: 0, behavior: "instant" }); // under the header all is too near to it
  axe.configure({ rules: [
    { id: "color-contrast", selector: `[data-${theme}-witness]` },
    { id: "target-size", selector: "button, summary, input, select, textarea" },
  ] });
  // Two rules of WCAG 2.1 and 2.2 that axe asks about on demand only.
  const on = { enabled: true };
  const more = { rules: { "target-size": on, "label-content-name-mismatch": on } };
  const asked = rules ? { runOnly: rules } : more;
  const options = { resultTypes: ["violations"], ...asked };
  return (await axe.run(within ?? document, options)).violations;
}"""
SET_THEME = """(theme) => {
  const { dataset } = document.documentElement;
  const before = dataset.theme;
  dataset.theme = theme;
  return before;
}"""
OF_COLOURS = ["color-contrast", "link-in-text-block"]


ASKED: dict[str, set[str]] = {"light": set(), "dark": set(), "forced": set()}
"""The kinds of words whose contrast axe was asked about, on whichever page."""


def serious(page, within: str | None = None, prune: bool = False) -> list[str]:
    """What axe finds serious or critical, a line a node; in other colours, what depends on them.

    Args:
        page: What is shown.
        within: A selector, where not the whole page is in question.
        prune: Whether the page is done with: what is alike, on it or on a page before, is then
            taken out, which is faster.
    """
    from axe_playwright_python.base import AXE_SCRIPT

    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
        page.add_style_tag(content="* { transition: none !important }")
    before = page.evaluate(SET_THEME, "dark")
    if prune:
        page.evaluate(PRUNE)
    found = {}
    for theme in ("dark", "light", "forced"):
        page.evaluate(SET_THEME, "dark" if theme == "dark" else "light")
        page.emulate_media(forced_colors="active" if theme == "forced" else "none")
        kinds = page.evaluate(MARK_WITNESSES, [theme, [*ASKED[theme]] if prune else []])
        if prune:
            ASKED[theme].update(kinds)
        rules = None if theme == "light" else OF_COLOURS
        found[theme] = page.evaluate(RUN_AXE, [theme, within, rules])
    page.evaluate(SET_THEME, before)
    page.emulate_media(forced_colors="none")
    return [
        f"in the {theme}, {violation['id']}: {node['html'][:120]}: {node['failureSummary']}"
        for theme, violations in found.items()
        for violation in violations
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"]
    ]
