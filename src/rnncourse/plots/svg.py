"""From a matplotlib figure to inline SVG that belongs to the page it stands on."""

import hashlib
import io
import re
from html import escape
from xml.etree import ElementTree

import matplotlib
import matplotlib.pyplot as plt
from IPython.core.getipython import get_ipython
from IPython.display import display
from matplotlib.figure import Figure

from rnncourse.plots.style import COLORS, INK, separate_end_labels

_SHORTEST_ALT = 20
_ID = "rnnbook-figure-id"
_SVG = "{http://www.w3.org/2000/svg}"
_HREF = "{http://www.w3.org/1999/xlink}href"

_PALETTE: dict[str, str] = {}
for _name, _hex in COLORS.items():
    _PALETTE.setdefault(_hex.lower(), f"var(--rnnbook-{_name}, {_hex})")
_PALETTE[INK] = "currentColor"

# Words take the page's own font. Formulas keep the fonts, and so the widths, that matplotlib
# placed their glyphs by, and fall back on ones that measure alike.
_FONTS = {
    "'DejaVu Sans Mono'": "monospace",
    "'DejaVu Sans'": "'DejaVu Sans', Verdana, sans-serif",
    "'STIXGeneral'": "'STIX Two Text', STIXGeneral, 'Times New Roman', serif",
}


def show(fig: Figure, alt: str, caption: str = "") -> None:
    """Put a figure on the page as inline SVG, and close it.

    In a plain Python process, where there is no page, the figure is only closed.

    Args:
        fig: Drawn in the house style: `INK` and `COLORS` follow the page's theme, other colours
            stay as they are.
        alt: What the picture *shows*, for a reader who does not see it: "the error falls at
            every third position", not "error plot".
        caption: What to *look for*, a sentence or two below the picture, which the page numbers.

    Raises:
        ValueError: If `alt` is shorter than 20 characters.
    """
    try:
        markup = captioned(to_svg(fig, alt), caption)
    finally:
        plt.close(fig)  # or the notebook would show it a second time
    if get_ipython() is not None:
        display({"text/html": markup, "text/plain": alt}, raw=True)


def captioned(markup: str, caption: str) -> str:
    """Return HTML with a caption below it, in which `code` may stand in backticks."""
    if not caption:
        return markup
    words = re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(caption, quote=False))
    return f'<figure class="rnnbook-picture">{markup}<figcaption>{words}</figcaption></figure>'


def to_svg(fig: Figure, alt: str) -> str:
    """Return a figure as one line of SVG, the same for the same drawing.

    Args:
        fig: The figure.
        alt: What the picture shows, in at least 20 characters.

    Returns:
        An `<svg>` element with `role="img"`: no prolog, date or style sheet, a transparent
        background, and ids that no other figure of the page has.

    Raises:
        ValueError: If `alt` is shorter than 20 characters.
    """
    alt = " ".join(alt.split())
    if len(alt) < _SHORTEST_ALT:
        raise ValueError(
            f"alt must say what the picture shows in at least {_SHORTEST_ALT} characters, "
            f"got {alt!r}"
        )
    separate_end_labels(fig)
    svg = ElementTree.fromstring(_render(fig))
    _strip(svg)
    _rename_ids(svg)
    for element in svg.iter():
        _restyle(element)
        _shorten(element)
    box = svg.get("viewBox", "")
    width, height = (str(round(float(points) * 96 / 72)) for points in box.split()[2:])
    svg.attrib = {
        "xmlns": _SVG[1:-1],
        "class": "rnnbook-figure",
        "role": "img",
        "aria-label": alt,
        "viewBox": box,
        "width": width,
        "height": height,
        # What matplotlib's style sheet said: inline, its `*{…}` rule would hold for the whole
        # page. The fill is for black text, which matplotlib leaves without one.
        "style": "display:block;margin:1em auto;max-width:100%;height:auto;"
        "fill:currentColor;stroke-linejoin:round",
    }
    markup = ElementTree.tostring(svg, encoding="unicode")
    return markup.replace(_ID, "f" + hashlib.sha256(markup.encode()).hexdigest()[:8])


def _render(fig: Figure) -> str:
    buffer = io.StringIO()
    with matplotlib.rc_context({"svg.fonttype": "none"}):
        fig.savefig(buffer, format="svg", facecolor="none", edgecolor="none")
    return buffer.getvalue()


def _strip(svg: ElementTree.Element) -> None:
    """Take away namespaces, metadata, style sheets and the white space between elements."""
    for parent in list(svg.iter()):
        for child in list(parent):
            if child.tag in {f"{_SVG}metadata", f"{_SVG}style"}:
                parent.remove(child)
    for element in svg.iter():
        element.tag = element.tag.removeprefix(_SVG)
        element.tail = None
        if len(element) or element.tag not in {"text", "tspan"}:
            element.text = None
        if _HREF in element.attrib:
            element.set("href", element.attrib.pop(_HREF))


def _rename_ids(svg: ElementTree.Element) -> None:
    """Number the ids that something refers to, and drop the rest.

    Two figures of one page must share none: a reference finds the first bearer of an id, and if
    that one is hidden, so is what refers to it.
    """
    names: dict[str, str] = {}

    def rename(match: re.Match[str]) -> str:
        return "#" + names.setdefault(match[1], f"{_ID}{len(names)}")

    for element in svg.iter():
        for key, value in element.items():
            if key == "href" or value.startswith("url("):
                element.set(key, re.sub(r"#(\w+)", rename, value))
    for element in svg.iter():
        name = names.get(element.attrib.pop("id", ""))
        if name:
            element.set("id", name)


def _restyle(element: ElementTree.Element) -> None:
    """Replace ink, palette and fonts by what the page says."""
    style = element.get("style")
    if style is None:
        return
    style = re.sub(r"#[0-9a-f]{6}\b", lambda match: _PALETTE.get(match[0], match[0]), style)
    if element.tag == "tspan":  # matplotlib gives a formula's group the same opacity again
        style = re.sub(r"(?<![-\w])opacity:[^;]*;?", "", style)
    if element.tag == "tspan" or "Mono" in style:
        for name, family in _FONTS.items():
            style = style.replace(name, family)
    else:
        style = re.sub(r"font-family:[^;]*;?\s*", "", style)
    element.set("style", style.replace(": ", ":").replace("; ", ";").strip("; "))


def _shorten(element: ElementTree.Element) -> None:
    """Round places to a hundredth of a point: shorter, and the same on every processor."""
    for key in {"d", "x", "y"} & element.attrib.keys():
        rounded = re.sub(
            r"-?\d+\.\d+",
            lambda match: f"{float(match[0]):.2f}".rstrip("0").rstrip("."),
            element.attrib[key],
        )
        element.set(key, " ".join(rounded.split()))
