"""Pictures whose words can be read on a phone: they shrink to a least width, and then scroll."""

import math
import re
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

LEAST = 11  # px: the words of a picture, their exponents and indices apart
PICTURE = re.compile(
    r'(?P<start><svg\b[^>]*?viewBox="0 0 (?P<width>[\d.]+) [^>]*?style=")(?P<rest>.*?</svg>)', re.S
)
WORDS = re.compile(r"<text\b.*?</text>", re.S)
SIZE = re.compile(r'\bfont(?:-size)?:[^;"]*?([\d.]+)px')


def legible(body: str) -> str:
    """A page with each picture that has words in a box that scrolls, and with its least width."""
    return PICTURE.sub(_legible, body)


def _legible(picture: re.Match[str]) -> str:
    inherited = SIZE.findall(picture[0].partition(">")[0])
    words = [SIZE.findall(text) or inherited for text in WORDS.findall(picture["rest"])]
    sizes = [max(map(float, one)) for one in words if one]
    if not sizes:
        return picture[0]
    least = math.ceil(LEAST / min(sizes) * float(picture["width"]))
    svg = f"{picture['start']}min-width:{least}px;{picture['rest']}"
    return f'<div class="rnnbook-scroll">{svg}</div>'


def lay_out(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Do so on every page."""
    if "body" in context:
        context["body"] = legible(context["body"])


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    app.connect("html-page-context", lay_out)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
