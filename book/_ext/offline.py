"""Keep the built book on its own host: MathJax from the disk, icons by font, a way in at the root.

`sphinx-mathjax-offline` is used for its files only. Its extension copies all 24 MB of MathJax; the
pages load one component, its fonts and what its accessibility menu asks for.
"""

import importlib.util
import shutil
import sys
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

COMPONENT = "tex-chtml.js"
PARTS = ("a11y", "input/tex", "output/chtml", "sre", "ui")

# The search fetches the pages that it found, to quote them. From file:// a browser refuses that.
PLAIN_SEARCH = (
    'if (location.protocol === "file:") DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;'
)

ROOT_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="0; url={url}">
<link rel="icon" href="data:,">
<title>{title}</title>
</head>
<body><main><h1><a href="{url}">{title}</a></h1></main></body>
</html>
"""


def mathjax_folder() -> Path:
    """The folder of MathJax's files inside `sphinx-mathjax-offline`.

    Raises:
        ExtensionError: The package is not installed.
    """
    spec = importlib.util.find_spec("sphinx-mathjax-offline")
    if spec is None or not spec.submodule_search_locations:
        raise ExtensionError("sphinx-mathjax-offline is not installed")
    return Path(spec.submodule_search_locations[0]) / "static" / "mathjax"


def copy_mathjax(app: Sphinx, exception: Exception | None) -> None:
    """Copy MathJax beside the pages, where `mathjax_path` expects it."""
    if exception or app.builder.format != "html":
        return
    source, target = mathjax_folder(), Path(app.outdir) / "_static" / "mathjax"
    for part in PARTS:
        shutil.copytree(source / part, target / part, dirs_exist_ok=True)
    shutil.copy2(source / COMPONENT, target / COMPONENT)


def write_root_page(app: Sphinx, exception: Exception | None) -> None:
    """Lead from `index.html` to the book's first page, which stands in a folder."""
    first = f"{app.config.root_doc}.html"
    if exception or app.builder.format != "html" or first == "index.html":
        return
    page = ROOT_PAGE.format(url=first, title=app.config.html_title)
    (Path(app.outdir) / "index.html").write_text(page, encoding="utf-8")


def refuse_torch(app: Sphinx, exception: Exception | None) -> None:
    """Fail if something imported torch: who only wants to read the book does not have it.

    Raises:
        ExtensionError: torch was imported during the build.
    """
    if not exception and "torch" in sys.modules:
        raise ExtensionError("the build imported torch, which a reader's environment lacks")


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx. The template `layout.html` beside this file is the third part."""
    app.add_config_value("comments_config", {}, "html")  # set by Jupyter Book for sphinx_comments
    app.add_js_file(None, body=PLAIN_SEARCH)
    app.connect("build-finished", copy_mathjax)
    app.connect("build-finished", write_root_page)
    app.connect("build-finished", refuse_torch)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
