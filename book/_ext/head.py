"""What a page says of itself to search engines, and to whoever it is shared with.

A description out of the page's own first sentences, the Open Graph's properties, and as JSON-LD the
course and its lessons: their goals, their place, the minutes that reading takes. Addresses stand
only where that of the site is known (address.py).
"""

import json
import re
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

import cards
from goals import goals
from page_form import CHAPTER

SHORTEST, LONGEST = 70, 160  # characters of a description
LICENCE = "https://creativecommons.org/licenses/by/4.0/"

LEADS_ON = "↓"  # a link to further down, and nothing that the page says
SENTENCE = re.compile(rf"(?<=[.?!])\s+(?=[^a-z{LEADS_ON}])")
UNSAID = (nodes.raw, nodes.comment, nodes.footnote_reference)
NO_PROSE = (nodes.Admonition, nodes.table, nodes.figure, nodes.citation, nodes.definition_list)
MATHS = "\0"
VIEWPORT = '<meta name="viewport" content="width=device-width, initial-scale=1" />\n'


def description(doctree: nodes.document, title: str, book: str) -> str:
    """What a page is about, in its own first sentences: 70 to 160 characters.

    Args:
        doctree: The page. A sentence with a formula is left out.
        title: Its title, which goes first where the sentences are few.
        book: The book's title, for a page that has next to no sentence.
    """
    said = ""
    for sentences in _paragraphs(doctree):
        for sentence in sentences:
            longer = f"{said} {sentence}".strip()
            if len(longer) <= LONGEST:
                said = longer
            elif len(said) < SHORTEST:
                return longer[: longer.rindex(" ", 0, LONGEST)].rstrip(",;:–—") + "…"
            else:
                return said
        if len(said) >= SHORTEST:
            return said
    said = f"{title}: {said}" if said else f"{title}."
    return said if len(said) >= SHORTEST else f"{said} From “{book}”."


def _paragraphs(doctree: nodes.document) -> Iterator[list[str]]:
    """The sentences of each paragraph that can be quoted."""
    for paragraph in filter(_is_prose, doctree.findall(nodes.paragraph)):
        found = SENTENCE.split(" ".join(_said(paragraph).split()))
        yield [s for s in found if s and not {MATHS, LEADS_ON} & set(s)]


def _is_prose(node: nodes.Node) -> bool:
    while node := node.parent:
        if isinstance(node, NO_PROSE):
            return False
    return True


def _said(node: nodes.Node) -> str:
    if isinstance(node, nodes.math):
        return MATHS
    if isinstance(node, nodes.Text):
        return node.astext()
    return "" if isinstance(node, UNSAID) else "".join(map(_said, node.children))


def lesson(app: Sphinx, page: str) -> dict[str, Any] | None:
    """What schema.org calls a learning resource; None for a page that is no lesson."""
    match = CHAPTER.fullmatch(page)
    if not match or match["letter"]:
        return None
    taught = [re.sub(r"[`*$]", "", goal) for goal in goals(Path(app.srcdir, f"{page}.ipynb"))]
    minutes = app.rnnbook_forms[page].read if page in app.rnnbook_forms else 0
    return {
        "@type": "LearningResource",
        "learningResourceType": "lesson",
        "position": int(match["number"]),
        "educationalLevel": "Intermediate",
        **({"teaches": taught} if taught else {}),
        **({"timeRequired": f"PT{minutes}M"} if minutes else {}),
        "isPartOf": {"@type": "Course", "name": app.config.html_title},
    }


def course(app: Sphinx) -> dict[str, Any]:
    """What schema.org calls a course: the book."""
    return {
        "@type": "Course",
        "provider": {"@type": "Organization", "name": app.config.author},
        "educationalLevel": "Intermediate",
    }


def tags(app: Sphinx, page: str, title: str, said: str) -> list[str]:
    """The elements that go into the head of a page whose card is kept."""
    address, book = app.config.html_baseurl, app.config.html_title
    first = page == app.config.root_doc
    about = course(app) if first else lesson(app, page)
    properties = {
        "og:type": "website" if first else "article",
        "og:site_name": book,
        "og:title": title,
        "og:description": said,
        "og:locale": "en_GB",
    }
    if address:
        properties |= {
            "og:url": address + app.builder.get_target_uri(page),
            "og:image": address + cards.address_of(page),
            "og:image:alt": app.rnnbook_cards[page].says,
            "og:image:width": str(cards.SIZE[0]),
            "og:image:height": str(cards.SIZE[1]),
        }
    made = [f'<meta name="description" content="{escape(said)}">']
    made += [f'<meta property="{k}" content="{escape(v)}">' for k, v in properties.items()]
    made.append('<meta name="twitter:card" content="summary_large_image">')
    if about:
        shared = {"name": title, "description": said, "inLanguage": app.config.language,
                  "license": LICENCE, "isAccessibleForFree": True}  # fmt: skip
        if address:
            shared["url"] = properties["og:url"]
        data = {"@context": "https://schema.org", **shared, **about}
        text = json.dumps(data, ensure_ascii=False).replace("</", r"<\/")
        made.append(f'<script type="application/ld+json">{text}</script>')
    return made


def complete_head(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Give a page its description, and a title that ends with the book's short one.

    Raises:
        ExtensionError: Two pages would have the same description.
    """
    # docutils writes the viewport that Sphinx writes too.
    context["metatags"] = context.get("metatags", "").replace(VIEWPORT, "")
    book = app.config.html_title
    context["docstitle"] = "" if page == app.config.root_doc else book.partition(":")[0]
    if doctree is None:
        return
    title = app.env.titles[page].astext()
    said = description(doctree, title, book)
    if (other := app.rnnbook_said.setdefault(said, page)) != page:
        raise ExtensionError(f"{page} and {other} have the same description: {said}")
    cards.keep(app, page, title, context["body"])
    context["metatags"] += "\n".join(tags(app, page, title, said)) + "\n"


def complete_root_page(app: Sphinx, exception: Exception | None) -> None:
    """Let the page that leads to the book's first say the same of itself: it is what is shared."""
    first = app.config.root_doc
    if exception or app.builder.format != "html" or first == "index":
        return
    doctree, title = app.env.get_doctree(first), app.env.titles[first].astext()
    made = tags(app, first, title, description(doctree, title, app.config.html_title))
    if app.config.html_baseurl:
        target = app.config.html_baseurl + app.builder.get_target_uri(first)
        made.append(f'<link rel="canonical" href="{target}">')
    path = Path(app.outdir, "index.html")
    page = path.read_text(encoding="utf-8")
    path.write_text(page.replace("<title>", "\n".join([*made, "<title>"])), encoding="utf-8")


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    app.rnnbook_said = {}
    app.setup_extension("page_form")
    app.setup_extension("address")
    app.setup_extension("cards")
    app.connect("html-page-context", complete_head)  # after the page has been measured
    app.connect("build-finished", complete_root_page, priority=600)  # after it has been written
    return {"parallel_read_safe": True, "parallel_write_safe": False}
