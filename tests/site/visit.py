"""A visitor to the built pages, whom nothing that goes wrong escapes."""

import pytest

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


def over(**choices: list) -> pytest.MarkDecorator:
    """Run a test once for every value of one of the visitor's options."""
    ((name, values),) = choices.items()
    ids = [str(value) if isinstance(value, str) else name for value in values]
    return pytest.mark.parametrize("visit", [{name: v} for v in values], indirect=True, ids=ids)


def serious(page) -> list[str]:
    """What axe finds serious or critical, a line a node; in the dark, what depends on colours."""
    from axe_playwright_python.sync_playwright import Axe

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
