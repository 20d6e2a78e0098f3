"""Pages that hold one figure each, and somebody with a keyboard who reads them."""

import shutil
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from visit import Visit

from check_pages import ROOT
from serve import listen

PAGE = """<!doctype html>
<html lang="en" data-theme="light"><head><meta charset="utf-8"><title>Figure</title>
<meta name="viewport" content="width=device-width">
<link rel="icon" href="data:,"><link rel="stylesheet" href="_static/style.css">
<script defer src="_static/host.js"></script>
<style>body {{
  background: var(--rnnbook-ui-ground); color: var(--rnnbook-ui-text); margin: 0.5rem;
}}</style></head>
<body><main><h1>Figure</h1>{figure}</main></body></html>"""


def lay(root: Path, figures: Mapping) -> None:
    """Write a page for each figure, by name, and what the built book puts beside its pages."""
    from rnncourse.figures import bundle

    static = root / "_static" / "figures"
    static.mkdir(parents=True)
    (static / "core.js").write_text(bundle.static_core(), encoding="utf-8")
    (static.parent / "style.css").write_text(bundle.style(), encoding="utf-8")
    shutil.copy(ROOT / "book" / "_static" / "host.js", static.parent)
    for name, figure in figures.items():
        script = bundle.static_figure(figure.name)
        (static / f"{figure.name}.js").write_text(script, encoding="utf-8")
        page = PAGE.format(figure=figure.page())
        (root / f"{name}.html").write_text(page, encoding="utf-8")


@contextmanager
def served(root: Path) -> Iterator[dict[str, str]]:
    """Where such pages are, in the place of the book's: `visit` goes there."""
    with listen(root, 0) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield {
            "http": f"http://localhost:{server.server_address[1]}/",
            "file": f"{root.as_uri()}/",
        }
        server.shutdown()


class Reader:
    """Somebody with a keyboard and no mouse."""

    def __init__(self, visit: Visit, name: str) -> None:
        visit.go(name)
        self.page, self.faults = visit.page, visit.faults
        self.page.locator(".rnnbook-host[data-alive]").wait_for()

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
        """Press them one by one, and look no sooner than a person could: once that is drawn."""
        for key in keys:
            self.page.keyboard.press(key)
        self.page.evaluate("() => new Promise((r) => requestAnimationFrame(() => setTimeout(r)))")

    def hears(self, words: str) -> None:
        """The live line says so before long."""
        self.page.locator(".rnnbook-says[aria-live]").get_by_text(words).wait_for()
