"""Where the site will stand, and what depends on it: sitemap.xml, robots.txt and 404.html.

The address comes from `html_baseurl` or, on GitHub, from the repository's name. Where neither is
known there is no sitemap, and no page gives itself an address: better none than a dead one.
"""

import re
from collections.abc import Iterator
from html import escape
from pathlib import Path
from urllib.parse import urlsplit

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.config import Config

import launch

NOT_FOUND = "404"
# Not for a search engine: what leads to pages, and what is shown instead of one.
UNLISTED = {NOT_FOUND, "search", "genindex"}

LOADED = re.compile(r'(<(?:link|script|img)\b[^>]*?\b(?:href|src)=")(?![a-z]+:|[/#])')
LED_TO = re.compile(r'(<(?:a|form)\b[^>]*?\b(?:href|action)=")(?![a-z]+:|[/#])')

HELP = """<section>
<h1>This page does not exist</h1>
<p>It may have moved, or the address has a slip in it. Search the book, or choose a page.</p>
<form class="d-flex gap-2 mb-3" action="{search}" method="get" role="search">
<input type="search" class="form-control" name="q" aria-label="Search this book" required>
<button type="submit" class="btn btn-primary">Search</button>
</form>
<p><a href="{first}">{title}</a></p>
{parts}
</section>
"""


def site_address(repository: str | None) -> str:
    """The address of a repository's pages on GitHub, with a slash at the end; empty without one."""
    if repository is None:
        return ""
    owner, name = repository.removeprefix("https://github.com/").split("/")
    host = f"{owner.lower()}.github.io"
    return f"https://{host}/" if name.lower() == host else f"https://{host}/{name}/"


def set_address(app: Sphinx, config: Config) -> None:
    """Let Sphinx know the address; it then gives every page a canonical link."""
    known = config.html_baseurl or site_address(launch.repository_url(Path(app.srcdir)))
    config.html_baseurl = known and known.rstrip("/") + "/"


def add_not_found(app: Sphinx) -> Iterator[tuple[str, dict[str, str], str]]:
    """Make the page that a server shows where there is none."""
    target = app.builder.get_target_uri
    parts = []
    for tree in app.env.get_doctree(app.config.root_doc).findall(addnodes.toctree):
        links = "".join(
            f'<li><a href="{target(name)}">{escape(app.env.titles[name].astext())}</a></li>'
            for _, name in tree["entries"]
            if name in app.env.titles
        )
        if heading := tree.get("caption"):
            parts.append(f"<h2>{escape(heading)}</h2>")
        parts.append(f"<ul>{links}</ul>")
    title, first = escape(app.config.html_title), target(app.config.root_doc)
    body = HELP.format(search=target("search"), first=first, title=title, parts="\n".join(parts))
    yield NOT_FOUND, {"title": "No such page", "body": body}, "page.html"


def leave_without_address(
    app: Sphinx, page: str, template: str, context: dict[str, object], doctree: nodes.document
) -> None:
    """Take the canonical link from pages that a search engine should not list."""
    if page in UNLISTED:
        context["pageurl"] = None
        context["metatags"] = str(context.get("metatags", "")) + (
            '<meta name="robots" content="noindex">\n'
        )


def make_absolute(page: str, address: str) -> str:
    """Make a page's links absolute: its server shows it at any address, at any depth."""
    path = urlsplit(address).path
    return LED_TO.sub(rf"\g<1>{address}", LOADED.sub(rf"\g<1>{path}", page)).replace(
        'data-content_root="./"', f'data-content_root="{path}"'
    )


def write_for_crawlers(app: Sphinx, exception: Exception | None) -> None:
    """Write the sitemap, and tell crawlers where it is."""
    if exception or app.builder.format != "html":
        return
    html, address = Path(app.outdir), app.config.html_baseurl
    robots = "User-agent: *\nAllow: /\n"
    if address:
        target = app.builder.get_target_uri
        pages = [f"<url><loc>{escape(address + target(name))}</loc></url>"
                 for name in sorted(app.env.found_docs)]  # fmt: skip
        head = '<?xml version="1.0" encoding="utf-8"?>'
        schema = "http://www.sitemaps.org/schemas/sitemap/0.9"
        listed = "\n".join([head, f'<urlset xmlns="{schema}">', *pages, "</urlset>", ""])
        (html / "sitemap.xml").write_text(listed, encoding="utf-8")
        robots += f"Sitemap: {address}sitemap.xml\n"
        lost = html / f"{NOT_FOUND}.html"
        lost.write_text(make_absolute(lost.read_text(encoding="utf-8"), address), encoding="utf-8")
    (html / "robots.txt").write_text(robots, encoding="utf-8")


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    app.connect("config-inited", set_address)
    app.connect("html-collect-pages", add_not_found)
    app.connect("html-page-context", leave_without_address)
    app.connect("build-finished", write_for_crawlers)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
