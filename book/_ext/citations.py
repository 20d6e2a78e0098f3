"""Citations by author and year in round brackets: Elman (1990); (Elman, 1990)."""

from dataclasses import dataclass, field

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator
from sphinxcontrib.bibtex.plugin import register_plugin
from sphinxcontrib.bibtex.style.referencing import BracketStyle
from sphinxcontrib.bibtex.style.referencing.author_year import AuthorYearReferenceStyle


def _round() -> BracketStyle:
    return BracketStyle(left="(", right=")")


@dataclass
class RoundAuthorYear(AuthorYearReferenceStyle):
    """The extension's author-year style, which has square brackets, with round ones."""

    bracket_parenthetical: BracketStyle = field(default_factory=_round)
    bracket_textual: BracketStyle = field(default_factory=_round)


def visit_citation(translator: HTML5Translator, node: nodes.citation) -> None:
    """Open an entry of the bibliography."""
    translator.body.append(translator.starttag(node, "div", CLASS="citation"))


def depart_citation(translator: HTML5Translator, node: nodes.citation) -> None:
    """Close an entry of the bibliography."""
    translator.body.append("</div>\n")


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx and sphinxcontrib-bibtex."""
    group = "sphinxcontrib.bibtex.style.referencing"
    # docutils marks each entry `doc-biblioentry`, a role that is deprecated and that axe refuses.
    app.add_node(nodes.citation, override=True, html=(visit_citation, depart_citation))
    register_plugin(group, "author_year_round", RoundAuthorYear, force=True)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
