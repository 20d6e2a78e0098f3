"""`{timings}`: a table of how long each notebook took when it was last run.

The times stand in `book/timings.json`, which `make notebooks` writes::

    {"chapters/02-simple-rnn.ipynb": {"seconds": 21.3, "date": "2025-01-31", "machine": "2 cores"}}
"""

import json
from pathlib import Path

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

FILE = Path("book/timings.json")


def rows(timings: dict[str, dict]) -> list[str]:
    """The table in MyST, one line a notebook, in the order of the file names."""
    lines = ["| Notebook | Seconds | Run on | Machine |", "|---|---:|---|---|"]
    for name, timing in sorted(timings.items()):
        docname = name.removesuffix(".ipynb")
        seconds = f"{timing['seconds']:.1f}"
        lines.append(
            f"| {{doc}}`/{docname}` | {seconds} | {timing['date']} | {timing['machine']} |"
        )
    total = sum(timing["seconds"] for timing in timings.values())
    return [*lines, f"| **All {len(timings)}** | **{total:.1f}** | | |"]


class Timings(SphinxDirective):
    """The directive. It takes no argument and no content."""

    def run(self) -> list[nodes.Node]:
        """Return the table, or a sentence where nothing has been timed."""
        path = Path(self.env.srcdir) / FILE
        self.env.note_dependency(str(path))
        timings = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        timings = {name: t for name, t in timings.items() if self._in_book(name)}
        if not timings:
            return [nodes.paragraph("", "No notebook has been timed yet.")]
        box = nodes.container(classes=["rnnbook-scroll"])
        self.state.nested_parse(StringList(rows(timings), str(path)), 0, box)
        return [box]

    def _in_book(self, name: str) -> bool:
        return name.removesuffix(".ipynb") in self.env.found_docs


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    app.add_directive("timings", Timings)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
