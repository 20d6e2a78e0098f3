"""The picture that a page is shared with: its title above the first picture that it shows.

1200 × 630 pixels as PNG, for sites that show such pictures take no SVG. The type is that of the
formulas, where the machine has not what a picture asks for.
"""

import re
import tempfile
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape, unescape
from pathlib import Path
from typing import NamedTuple

import resvg_py
from fontTools.ttLib import TTFont
from sphinx.application import Sphinx

HERE = Path(__file__).parent
FONTS = ("Main-Regular", "Main-Bold", "Main-Italic", "Math-Italic", "AMS-Regular",
         "SansSerif-Regular", "SansSerif-Bold")  # fmt: skip
SIZE = (1200, 630)
PLACE = (100, 220, 1000, 370)  # of the picture: left, top, width, height
LINE = 42  # characters of a title
LOGO = HERE.parent / "_static" / "logo.svg"
LOGO_SAYS = "One recurrent cell, unrolled over three steps"

PICTURE = re.compile(r'<svg\b[^>]*class="rnnbook-figure".*?</svg>', re.DOTALL)
SAYS = re.compile(r'aria-label="([^"]*)"')
VIEW = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')
OPENING = re.compile(r"<svg\b[^>]*>")
THEMED = re.compile(r"var\(--[\w-]+,\s*([^()]+)\)")
CARD = """<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"
 width="1200" height="630" font-family="KaTeX_SansSerif">
<rect width="1200" height="630" fill="#fff"/><rect width="1200" height="12" fill="#D55E00"/>
<g text-anchor="middle"><text x="600" y="66" font-size="30" fill="#666">{book}</text>
<g font-weight="700" font-size="50" fill="#222">{title}</g></g>
{picture}</svg>"""


def first_picture(body: str) -> tuple[str, str] | None:
    """The first picture of a page and its description; None of a page without one."""
    found = PICTURE.search(body)
    return found and (found[0], unescape(SAYS.search(found[0])[1]))


def drawing(title: str, book: str, picture: str) -> str:
    """A card, as SVG.

    Args:
        title: The page's.
        book: The book's.
        picture: An SVG with a view box that begins at 0 0.
    """
    lines = textwrap.wrap(title.replace(" · ", " – "), LINE)[:2]  # its type has no middle dot
    top = 138 if len(lines) > 1 else 160
    said = "".join(
        f'<text x="600" y="{top + 58 * k}">{escape(line)}</text>' for k, line in enumerate(lines)
    )
    width, height = map(float, VIEW.search(picture).groups())
    left, above, widest, highest = PLACE
    scale = min(widest / width, highest / height)
    x, y = left + (widest - scale * width) / 2, above + (highest - scale * height) / 2
    opening = (
        f'<svg x="{x:.1f}" y="{y:.1f}" width="{scale * width:.1f}" height="{scale * height:.1f}" '
        f'viewBox="0 0 {width} {height}" font-family="KaTeX_Main" fill="#222" color="#222" '
        'stroke-linejoin="round">'
    )
    shown = opening + THEMED.sub(r"\1", OPENING.sub("", picture, count=1))
    return CARD.format(book=escape(book), title=said, picture=shown)


@contextmanager
def type_of_the_formulas() -> Iterator[list[str]]:
    """The paths of its fonts, in the form that a renderer reads, as long as they are needed."""
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for name in FONTS:
            font = TTFont(HERE / "katex" / "fonts" / f"KaTeX_{name}.woff2")
            font.flavor = None
            paths.append(str(Path(folder, f"{name}.ttf")))
            font.save(paths[-1])
        yield paths


def render(svg: str, fonts: list[str]) -> bytes:
    """A card as PNG."""
    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=svg,
            font_files=fonts,
            font_family="KaTeX_Main",
            serif_family="KaTeX_Main",
            sans_serif_family="KaTeX_SansSerif",
        )
    )


def address_of(page: str) -> str:
    """Where a page's card stands, from the site's root."""
    return f"_static/cards/{page.replace('/', '-')}.png"


class Card(NamedTuple):
    """What is drawn, as SVG, and what its picture shows, in words."""

    svg: str
    says: str


def keep(app: Sphinx, page: str, title: str, body: str) -> None:
    """Make the card of a page from what it shows, or else from the book's logo."""
    logo = LOGO.read_text(encoding="utf-8"), LOGO_SAYS
    picture, says = first_picture(body) or logo
    svg = drawing(title, app.config.html_title.partition(":")[0], picture)
    app.rnnbook_cards[page] = Card(svg, says)


def write(app: Sphinx, exception: Exception | None) -> None:
    """Write the cards, where the site's address is known: without one nothing leads to them."""
    if exception or app.builder.format != "html" or not app.config.html_baseurl:
        return
    with type_of_the_formulas() as fonts:
        for page, card in app.rnnbook_cards.items():
            path = Path(app.outdir, address_of(page))
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(render(card.svg, fonts))


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    app.rnnbook_cards = {}
    app.connect("build-finished", write, priority=900)  # after light.py has removed what is unused
    return {"parallel_read_safe": True, "parallel_write_safe": False}
