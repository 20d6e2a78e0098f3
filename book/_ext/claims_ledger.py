"""`{claims-ledger}`: every claim of the book in one table a chapter, each linked to its place.

`rnncourse.claim` leaves a record in the metadata of the output that shows it, as `rnnbook_claim`.
The directive reads these records from the committed notebooks; nothing is run and nothing of the
packages is imported. Where `fresh-seeds.csv` stands beside the page, as `python -m rnncourse claims
fresh` writes it, a column says in how many runs on fresh seeds each claim held.
"""

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

Record = dict[str, Any]

HEADINGS = ("Claim", "Bound", "Measured here", "Recorded", "Fresh seeds", "Published")
BIBTEX_KEY = re.compile(r"[a-z_]+\d{4}\w*")


def records(notebook: Path) -> list[Record]:
    """The records of all claims that a notebook's committed outputs show, in reading order."""
    content = json.loads(notebook.read_text(encoding="utf-8"))
    outputs = (output for cell in content["cells"] for output in cell.get("outputs", ()))
    found = (output.get("metadata", {}).get("rnnbook_claim") for output in outputs)
    return [record for record in found if record]


def number(value: float) -> str:
    """A number as the chapters show it (`rnncourse.claims.format_number`; a test compares them)."""
    if value < 0:
        return f"−{number(-value)}"
    if value < 1e6 and value == int(value):
        return str(int(value))
    text = f"{value:.3g}"
    return str(int(float(text))) if float(text) >= 1e3 and value < 1e6 else text


def bound(limits: tuple[float | None, float | None]) -> str:
    """A bound as the chapters show it (`rnncourse.claims.format_bound`): `< 0.01`, `exactly 2`."""
    low, high = limits
    if low is None:
        return f"< {_endpoint(high)}"
    if low == high:
        return f"exactly {_endpoint(low)}"
    return f"≥ {_endpoint(low)}" if high is None else f"{_endpoint(low)} … {_endpoint(high)}"


def _endpoint(value: float) -> str:
    text = str(abs(value)).removesuffix(".0")
    text = text if len(text) <= 8 else f"{abs(value):.3g}"
    return f"−{text}" if value < 0 else text


def recorded(summary: Record) -> str:
    """Median and range, or count, with seeds, experiment and date, of what was recorded."""
    median, low, high = (number(summary[key]) for key in ("median", "low", "high"))
    origin = f"{summary['experiment']}, {summary['date']}"
    if summary.get("counted"):
        return f"{median} of {summary['seeds']} seeds; {origin}"
    what = "median (the bound is of it)" if summary.get("middle") else "median"
    return f"{what} {median} ({low} … {high}), {summary['seeds']} seeds; {origin}"


def fresh_seeds(path: Path) -> dict[str, str]:
    """By claim: in how many runs on which block of fresh seeds it held, such as `9 of 10 (200)`."""
    if not path.is_file():
        return {}
    with path.open(encoding="utf-8", newline="") as file:
        return {
            row["claim"]: "{held} of {of} (from {block})".format(**row)
            for row in csv.DictReader(file)
        }


class ClaimsLedger(SphinxDirective):
    """The directive. It takes no argument and no content."""

    def run(self) -> list[nodes.Node]:
        """Return a heading and a table for every notebook that has claims."""
        result: list[nodes.Node] = []
        table = Path(self.env.doc2path(self.env.docname)).with_name("fresh-seeds.csv")
        self.env.note_dependency(str(table))
        self.fresh = fresh_seeds(table)
        for docname, path in self._notebooks():
            self.env.note_dependency(str(path))
            if found := records(path):
                result += [self._heading(docname), self._table(docname, found)]
        return result or [nodes.paragraph("", "No chapter has made a claim yet.")]

    def _notebooks(self) -> Iterator[tuple[str, Path]]:
        for docname in sorted(self.env.found_docs):
            path = Path(self.env.doc2path(docname))
            if path.suffix == ".ipynb":
                yield docname, path

    def _heading(self, docname: str) -> nodes.Node:
        heading = nodes.rubric(ids=[f"ledger-of-{Path(docname).name}"])
        heading += self._parse(f"{{doc}}`/{docname}`")
        return heading

    def _table(self, docname: str, found: list[Record]) -> nodes.Node:
        group = nodes.tgroup(cols=len(HEADINGS))
        group += [nodes.colspec(colwidth=width) for width in (36, 12, 10, 18, 10, 14)]
        group += nodes.thead("", self._row([[nodes.Text(heading)] for heading in HEADINGS]))
        rows = []
        for record in found:
            # The classes are what the page's filter goes by (ledger.js).
            row = self._row(self._cells(docname, record))
            row["ids"] = [f"ledger-{record['id']}"]
            row["classes"] = [f"ledger-{record['kind']}", f"ledger-{self._outcome(record)}"]
            rows.append(row)
        group += nodes.tbody("", *rows)
        table = nodes.table("", group, classes=["rnnbook-ledger"])
        return nodes.container("", table, classes=["rnnbook-scroll", "rnnbook-claims"])

    def _row(self, cells: list[list[nodes.Node]]) -> nodes.row:
        return nodes.row("", *(nodes.entry("", nodes.paragraph("", "", *c)) for c in cells))

    def _cells(self, docname: str, record: Record) -> list[list[nodes.Node]]:
        page = self.env.app.builder.get_relative_uri(self.env.docname, docname)
        place = nodes.reference(
            "", record["statement"], internal=True, refuri=f"{page}#claim-{record['id']}"
        )
        measured, summary = record["measured"], record["recorded"]
        texts = (
            bound(record["bound"]),
            "–" if measured is None else number(measured),
            "–" if summary is None else recorded(summary),
            self.fresh.get(record["id"], "–"),
        )
        return [[place], *([nodes.Text(text)] for text in texts), self._published(record)]

    def _outcome(self, record: Record) -> str:
        held = self.fresh.get(record["id"])
        if held is None:
            return "untried"
        count, _, runs = held.split()[:3]
        return "held" if count == runs else "broke"

    def _published(self, record: Record) -> list[nodes.Node]:
        value, source = record["published"], record["source"] or ""
        shown = number(value) if isinstance(value, int | float) else value or ""
        if BIBTEX_KEY.fullmatch(source):
            return [nodes.Text(f"{shown} "), *self._parse(f"{{cite:t}}`{source}`")]
        return [nodes.Text(f"{shown} ({source})" if shown and source else shown or source or "–")]

    def _parse(self, text: str) -> list[nodes.Node]:
        """Nodes of one line of MyST."""
        box = nodes.container()
        self.state.nested_parse(StringList([text], self.env.docname), 0, box)
        return list(box[0].children)


def add_filter(app: Sphinx, page: str, template: str, context: Record, tree: object) -> None:
    """Load the filter on the page that has the ledger."""
    if "rnnbook-claims" in context.get("body", ""):
        app.add_js_file("ledger.js", defer="defer")


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    app.add_directive("claims-ledger", ClaimsLedger)
    app.connect("html-page-context", add_filter)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
