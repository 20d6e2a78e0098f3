"""Keep the built book on its own host: what a page may load, a search on a disk, a way in."""

import sys
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

# The search fetches the pages that it found, to quote them. From file:// a browser refuses that.
PLAIN_SEARCH = (
    'if (location.protocol === "file:") DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;'
)

# What a page may load and run: what lies beside it. Pictures and figures have styles of their own.
POLICY = "; ".join(
    [
        "default-src 'self'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
    ]
)

ROOT_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta http-equiv="refresh" content="0; url={url}">
<link rel="icon" href="data:,">
<title>{title}</title>
</head>
<body><main><h1><a href="{url}">{title}</a></h1></main></body>
</html>
"""


def write_root_page(app: Sphinx, exception: Exception | None) -> None:
    """Lead from `index.html` to the book's first page, which stands in a folder."""
    first = f"{app.config.root_doc}.html"
    if exception or app.builder.format != "html" or first == "index.html":
        return
    page = ROOT_PAGE.format(url=first, title=app.config.html_title, policy=POLICY)
    (Path(app.outdir) / "index.html").write_text(page, encoding="utf-8")


def add_policy(
    app: Sphinx, page: str, template: str, context: dict[str, Any], tree: object
) -> None:
    """Give `layout.html` what a page may load."""
    context["content_security_policy"] = POLICY


def refuse_torch(app: Sphinx, exception: Exception | None) -> None:
    """Fail if something imported torch: who only wants to read the book does not have it.

    Raises:
        ExtensionError: torch was imported during the build.
    """
    if not exception and "torch" in sys.modules:
        raise ExtensionError("the build imported torch, which a reader's environment lacks")


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    app.add_config_value("comments_config", {}, "html")  # set by Jupyter Book for sphinx_comments
    app.add_js_file(None, body=PLAIN_SEARCH)
    app.connect("html-page-context", add_policy)
    app.connect("build-finished", write_root_page)
    app.connect("build-finished", refuse_torch)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
