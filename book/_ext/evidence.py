"""✓ on tap: behind a number that is tied to a claim, a mark that opens what was measured.

The tie is an invisible comment in the prose, ``97 %<!--claim:reads-comments:median-->``
(`book/_tools/ties.py` compares the number). The first tie of a claim in a paragraph becomes a
button that opens a popover, without JavaScript; the popovers stand in a list at the page's end,
which is printed as notes.
"""

import re
from html import escape
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging

from claims_ledger import BIBTEX_KEY, Record, bound, number, recorded, records

TIE = re.compile(r"<!--\s*claim:\s*(?P<id>[^>:]*?)\s*(?::[^>]*)?-->")
LEDGER = "book/claims"

logger = logging.getLogger(__name__)


def read_claims(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
    """Read all claims of the book: by id the page that makes it, and its record."""
    known: dict[str, tuple[str, Record]] = {}
    for docname in sorted(env.found_docs):
        path = Path(env.doc2path(docname))
        if path.suffix == ".ipynb":
            known |= {record["id"]: (docname, record) for record in records(path)}
    env.rnnbook_claims = known  # type: ignore[attr-defined]


def mark_ties(app: Sphinx, doctree: nodes.document) -> None:
    """Put a mark in the place of each tie, and what the marks open at the page's end."""
    known = app.env.rnnbook_claims  # type: ignore[attr-defined]
    notes: dict[str, int] = {}
    seen: list[tuple[nodes.Node, str]] = []
    for node in list(doctree.findall(nodes.raw)):
        text = node.astext().strip()
        if not TIE.search(text):
            continue
        match = TIE.fullmatch(text)
        if not match or not _in_running_text(node):
            logger.warning("a tie to a claim would be lost here: %s", text[:80], location=node)
            continue
        claim = match["id"]
        if claim not in known:
            logger.warning("no chapter makes the claim %r", claim, location=node)
            continue
        place = (_block(node), claim)
        if any(place[0] is block and claim == other for block, other in seen):
            node.parent.remove(node)
            continue
        seen.append(place)
        note = notes.setdefault(claim, len(notes) + 1)
        node.parent.replace(node, nodes.raw("", _mark(claim, note), format="html"))
    if notes:
        for claim in notes:
            app.env.note_dependency(app.env.doc2path(known[claim][0]))
        items = "".join(_note(app, claim, *known[claim]) for claim in notes)
        doctree += nodes.raw("", f'<ol class="rnnbook-notes">{items}</ol>', format="html")


def _in_running_text(node: nodes.Node) -> bool:
    """Whether a mark can stand here: not between blocks, in a heading or in a link."""
    parent = node.parent
    if not isinstance(parent, nodes.TextElement):
        return False
    while parent is not None:
        if isinstance(parent, nodes.title | nodes.rubric | nodes.reference):
            return False
        parent = parent.parent
    return True


def _block(node: nodes.Node) -> nodes.Node:
    """The paragraph, table or caption in which a node stands."""
    block = node.parent
    while isinstance(block, nodes.Inline) and block.parent is not None:
        block = block.parent
    return block


def _mark(claim: str, note: int) -> str:
    return (
        f'<button type="button" class="rnnbook-mark" popovertarget="evidence-{claim}" '
        f'aria-label="Evidence {note}">✓</button><sup class="rnnbook-mark-print">{note}</sup>'
    )


def _note(app: Sphinx, claim: str, docname: str, record: Record) -> str:
    """What was claimed and measured, and where to look."""
    rows = [("bound", bound(record["bound"]))]
    if record["measured"] is not None:
        rows.append(("measured here", number(record["measured"])))
    if record["recorded"]:
        rows.append(("recorded", recorded(record["recorded"])))
    if said := _published(record):
        rows.append(("published", said))
    shown = "".join(f"<dt>{name}</dt><dd>{escape(text)}</dd>" for name, text in rows)
    here = app.env.docname

    def link(target: str, anchor: str, words: str) -> str:
        page = "" if target == here else app.builder.get_relative_uri(here, target)
        return f'<a href="{page}#{anchor}">{words}</a>'

    links = [link(docname, f"claim-{claim}", "how it was measured")]
    if LEDGER in app.env.found_docs:
        links.append(link(LEDGER, f"ledger-{claim}", "in the ledger"))
    return (
        f'<li id="evidence-{claim}" popover><p>{escape(record["statement"])}</p><dl>{shown}</dl>'
        f"<p>{' · '.join(links)}</p>"
        f'<button type="button" popovertarget="evidence-{claim}" popovertargetaction="hide">'
        "Close</button></li>"
    )


def _published(record: Record) -> str:
    """What a source reports; a key of the bibliography as name and year."""
    value, source = record["published"], record["source"] or ""
    shown = number(value) if isinstance(value, int | float) else value or ""
    if BIBTEX_KEY.fullmatch(source):
        source = re.sub(r"([a-z_]+)(\d{4})\w*", lambda m: f"{m[1].title()} {m[2]}", source)
    return f"{shown} ({source})" if shown and source else shown or source


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    app.connect("env-before-read-docs", read_claims)
    app.connect("doctree-read", mark_ties)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
