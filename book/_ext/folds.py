"""Folds without a script: `<details>` elements, named by the words that they show.

An admonition with the class `dropdown` becomes one. MyST-NB's folds of code are some already, but
have one name for all, "Toggle hidden content", which is not what is read: it is left out.
"""

from docutils import nodes
from myst_nb.sphinx_ import HideCodeCellNode, depart_HideCellInput, visit_HideCellInput
from sphinx.application import Sphinx
from sphinx.writers.html import HTML5Translator

NAME_OF_ALL = ' aria-label="Toggle hidden content"'


def visit_admonition(self: HTML5Translator, node: nodes.Element, name: str = "") -> None:
    """A `<details>` with its title as `<summary>` where it is to be folded.

    Notes and warnings, which Sphinx calls by `name`, have no title to fold it under.
    """
    if name or "dropdown" not in node["classes"]:
        HTML5Translator.visit_admonition(self, node, name)
        return
    title, *content = node.children
    self.body.append(self.starttag(node, "details", CLASS="admonition"))
    self.body.append(self.starttag(title, "summary", "", CLASS="admonition-title"))
    for child in title.children:
        child.walkabout(self)
    self.body.append("</summary>\n")
    for child in content:
        child.walkabout(self)
    self.body.append("</details>\n")
    raise nodes.SkipNode


def depart_admonition(self: HTML5Translator, node: nodes.Element | None = None) -> None:
    """End what was not to be folded."""
    HTML5Translator.depart_admonition(self, node)


def visit_code(self: HTML5Translator, node: HideCodeCellNode) -> None:
    """MyST-NB's fold of code, named by its words."""
    start = len(self.body)
    visit_HideCellInput(self, node)
    self.body[start:] = [html.replace(NAME_OF_ALL, "") for html in self.body[start:]]


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx, after MyST-NB."""
    app.add_node(nodes.admonition, override=True, html=(visit_admonition, depart_admonition))
    app.add_node(HideCodeCellNode, override=True, html=(visit_code, depart_HideCellInput))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
