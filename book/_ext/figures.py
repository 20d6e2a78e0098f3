"""Put the figures' scripts and styles beside the pages, and the host on pages that have figures.

What is written is made from `src/rnncourse/figures` by its own `bundle.py`, which needs no torch.
"""

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

from sphinx.application import Sphinx

BUNDLE = Path("src/rnncourse/figures/bundle.py")


def load_bundle(root: Path) -> ModuleType:
    """The package's `bundle.py`, without importing the package."""
    spec = importlib.util.spec_from_file_location("rnncourse_figures_bundle", root / BUNDLE)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def write_figures(app: Sphinx, exception: Exception | None) -> None:
    """Write `_static/figures/`: what all figures share, each figure, and their style sheet."""
    if exception or app.builder.format != "html":
        return
    bundle = load_bundle(Path(app.srcdir))
    folder = Path(app.outdir) / "_static" / "figures"
    folder.mkdir(parents=True, exist_ok=True)
    files = {"core.js": bundle.static_core(), "style.css": bundle.style()}
    files |= {f"{name}.js": bundle.static_figure(name) for name in bundle.names()}
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")


def add_host(app: Sphinx, page: str, template: str, context: dict[str, Any], tree: object) -> None:
    """Load the host on a page that has a figure."""
    if 'class="rnnbook-host"' in context.get("body", ""):
        app.add_js_file("host.js", defer="defer")


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    app.add_css_file("figures/style.css")  # the palette, which still pictures need too
    app.connect("html-page-context", add_host)
    app.connect("build-finished", write_figures)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
