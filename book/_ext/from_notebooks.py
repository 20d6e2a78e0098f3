"""What front and back matter take over from the notebooks, so that it is written once.

- `{figure-from} chapters/NAME FIGURE`: the first figure of that name on a page, with its caption.
- `{recap}`: the five lines to take along from every lesson.

Nothing of the packages is imported.
"""

import json
import re
from pathlib import Path

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.util.docutils import SphinxDirective

TAKE = re.compile(r"^## Take with you\n+((?:\d\. .*\n)+)", re.M)


def cells(notebook: Path) -> list[dict]:
    """The cells of a notebook."""
    return json.loads(notebook.read_text(encoding="utf-8"))["cells"]


def figure(notebook: Path, name: str) -> str:
    """The HTML of the first figure of that name.

    Raises:
        ExtensionError: If the notebook has none.
    """
    for cell in cells(notebook):
        for output in cell.get("outputs", []):
            html = "".join(output.get("data", {}).get("text/html", ""))
            if f'data-figure="{name}"' in html:
                return html
    raise ExtensionError(f"{notebook.name} has no figure {name!r}")


def to_take_along(notebook: Path) -> str:
    """The lines under "Take with you", as they stand in the notebook; empty if there are none."""
    for cell in cells(notebook):
        if cell["cell_type"] == "markdown" and (
            found := TAKE.search("".join(cell["source"]) + "\n")
        ):
            return found[1]
    return ""


class FigureFrom(SphinxDirective):
    """The directive. Its arguments are a page and the name of a figure on it."""

    required_arguments = 2

    def run(self) -> list[nodes.Node]:
        """Return the figure as it is on that page."""
        page, name = self.arguments
        path = Path(self.env.srcdir) / f"{page}.ipynb"
        self.env.note_dependency(str(path))
        return [nodes.raw("", figure(path, name), format="html")]


class Recap(SphinxDirective):
    """The directive. It takes no argument and no content."""

    def run(self) -> list[nodes.Node]:
        """Return a heading and five lines for every lesson that has them."""
        root, box = Path(self.env.srcdir), nodes.container()
        lines: list[str] = []
        for path in sorted(root.glob("chapters/[0-9][0-9]-*.ipynb")):
            self.env.note_dependency(str(path))
            if taken := to_take_along(path):
                lines += [f"**{{doc}}`/chapters/{path.stem}`**", "", *taken.splitlines(), ""]
        self.state.nested_parse(StringList(lines, self.env.docname), 0, box)
        return box.children


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    app.add_directive("figure-from", FigureFrom)
    app.add_directive("recap", Recap)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
