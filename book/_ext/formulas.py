"""Set formulas when the book is made: no reader's browser has to.

KaTeX (the folder `katex` beside this file holds one of its versions, with its licence) runs here in
V8 and writes each formula twice: as HTML, which is seen, and as MathML, which a screen reader says.
Pages load KaTeX's style sheet, and the fonts that their formulas use.
"""

from __future__ import annotations

import re
import shutil
from functools import cache
from html import escape
from pathlib import Path
from xml.etree import ElementTree

from docutils import nodes
from py_mini_racer import JSEvalException, MiniRacer
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number, wrap_displaymath
from sphinx.writers.html import HTML5Translator

KATEX = Path(__file__).with_name("katex")
CLASSES = "math notranslate nohighlight"
MATHML = re.compile(r"<math\b.*?</math>", re.DOTALL)
CHILDREN = {"mfrac": 2, "mover": 2, "mroot": 2, "msub": 2, "msubsup": 3, "msup": 2, "munder": 2,
            "munderover": 3}  # fmt: skip
NOTHING = ' columnspacing=""'  # KaTeX writes it, and a browser complains of it
LOGGER = logging.getLogger(__name__)


@cache
def engine() -> MiniRacer:
    """V8 with KaTeX in it."""
    racer = MiniRacer()
    racer.eval((KATEX / "katex.min.js").read_text(encoding="utf-8"))
    return racer


@cache
def set_formula(tex: str, displayed: bool) -> str:
    """A formula as HTML and MathML.

    Args:
        tex: the formula, without what begins and ends it.
        displayed: whether it has a line of its own.

    Raises:
        ValueError: KaTeX does not understand it, or writes MathML that no browser does.
    """
    options = {"displayMode": displayed, "throwOnError": True, "strict": "error"}
    try:
        made = engine().call("katex.renderToString", tex, options).replace(NOTHING, "")
    except JSEvalException as error:
        message = str(error).partition("ParseError: ")[2].partition("\n")[0]
        raise ValueError(f"a formula cannot be set: {message or error}") from None
    for element in ElementTree.fromstring(MATHML.search(made)[0]).iter():
        name = element.tag.partition("}")[2]
        if len(element) != CHILDREN.get(name, len(element)):
            found = "".join(element.itertext())
            raise ValueError(f"a formula cannot be set: {found!r} as {name}: try \\text in {tex!r}")
    return made


def _set(node: nodes.Node, tex: str, displayed: bool) -> str:
    try:
        return set_formula(tex, displayed)
    except ValueError as error:
        LOGGER.warning("%s", error, location=node, type="formulas")
        return escape(tex)


def visit_math(self: HTML5Translator, node: nodes.math) -> None:
    """A formula in the text."""
    html = _set(node, node.astext(), displayed=False)
    self.body.append(self.starttag(node, "span", "", CLASS=CLASSES) + html + "</span>")
    raise nodes.SkipNode


def visit_math_block(self: HTML5Translator, node: nodes.math_block) -> None:
    """A formula with a line of its own, and a number where it has one."""
    self.body.append(self.starttag(node, "div", CLASS=CLASSES))
    if node["number"]:
        self.body.append(f'<span class="eqno">({get_node_equation_number(self, node)})')
        self.add_permalink_ref(node, "Link to this equation")
        self.body.append("</span>")
    tex = node.astext()
    if not node["nowrap"] and r"\\" in tex:
        tex = wrap_displaymath(tex, None, numbering=False)
    self.body.append(_set(node, tex, displayed=True) + "</div>\n")
    raise nodes.SkipNode


def copy_katex(app: Sphinx, exception: Exception | None) -> None:
    """Copy what the pages load beside them."""
    if exception or app.builder.format != "html":
        return
    target = Path(app.outdir) / "_static" / "katex"
    shutil.copytree(KATEX, target, ignore=shutil.ignore_patterns("*.js"), dirs_exist_ok=True)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx, as the renderer `katex`."""
    app.add_css_file("katex/katex.min.css")
    app.add_html_math_renderer("katex", (visit_math, None), (visit_math_block, None))
    app.connect("build-finished", copy_katex)
    return {"parallel_read_safe": True, "parallel_write_safe": False}  # V8 survives no fork
