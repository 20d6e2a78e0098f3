"""Check the built pages: complete, without errors, self-contained, every link and image in order.

`python book/_tools/check_pages.py [FOLDER]`. jupyter-book can end with status 0 although something
failed, so what counts is what stands on the pages.
"""

import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

import yaml

ROOT = Path(__file__).resolve().parents[2]
HTML = ROOT / "_build" / "html"

# Attributes from which a browser loads without being asked.
LOADED = {
    "audio": ("src",),
    "embed": ("src",),
    "iframe": ("src",),
    "image": ("href", "xlink:href"),
    "img": ("src", "srcset"),
    "input": ("src",),
    "object": ("data",),
    "script": ("src",),
    "source": ("src", "srcset"),
    "track": ("src",),
    "video": ("src", "poster"),
}
LOADING_LINKS = {"stylesheet", "icon", "preload", "modulepreload", "preconnect", "dns-prefetch"}
TRAITS = "application/json"
DATA = {TRAITS, "application/ld+json"}  # types of a script that is none
OTHER_HOST = re.compile(r"^\s*(https?:)?//", re.IGNORECASE)
CSS_OTHER_HOST = re.compile(
    r"""(?:url\(|@import)\s*["']?\s*((?:https?:)?//[^"')\s]+)""", re.IGNORECASE
)

# Anchors that set a figure, as in book/_static/host.js: #counterfactual?size=1, #cobweb-2?u=0.9.
FIGURE_LINK = re.compile(r"(\w+)(?:-(\d+))?\?(.+)")
# What figures that read the address themselves understand beside their traits.
LINK_WORDS = {"playground": {"story", "show", "sample", "step"}}


@dataclass
class Page:
    """What the checks need to know of one page."""

    ids: set[str] = field(default_factory=set)
    links: list[str] = field(default_factory=list)
    loads: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    figures: list[tuple[str, str]] = field(default_factory=list)
    """Name and traits (JSON) of each figure."""
    has_policy: bool = False


class PageReader(HTMLParser):
    """Reads one page into a `Page`."""

    def __init__(self) -> None:
        super().__init__()
        self.page = Page()
        self._in_style = self._in_traits = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag's identity, links and loads, and what is wrong with it."""
        attributes = {name: value or "" for name, value in attrs}
        page = self.page
        if identity := attributes.get("id") or (tag == "a" and attributes.get("name")):
            page.ids.add(identity)
        if tag == "a" and attributes.get("href"):
            page.links.append(attributes["href"])
        page.loads += [attributes[name] for name in LOADED.get(tag, ()) if attributes.get(name)]
        if tag == "link" and LOADING_LINKS & set(attributes.get("rel", "").lower().split()):
            page.loads.append(attributes.get("href", ""))
        page.loads += CSS_OTHER_HOST.findall(attributes.get("style", ""))
        classes = set(attributes.get("class", "").split())
        if "traceback" in classes:
            page.faults.append("a code cell's output is an error")
        if "system-message" in classes:
            page.faults.append("a Sphinx system message stands on the page")
        page.has_policy |= attributes.get("http-equiv") == "Content-Security-Policy"
        page.faults += _scripts_within(tag, attributes)
        if not _has_alternative(tag, attributes):
            page.faults.append(f"<{tag}> without alternative text: {attributes.get('src', 'SVG')}")
        self._in_style = tag == "style"
        if name := attributes.get("data-figure"):
            page.figures.append((name, ""))
        self._in_traits = attributes.get("type") == TRAITS and bool(page.figures)

    def handle_endtag(self, tag: str) -> None:
        """Leave a style sheet, or a figure's traits."""
        self._in_style = self._in_traits = False

    def handle_data(self, data: str) -> None:
        """Look into a style sheet on the page, and keep a figure's traits."""
        if self._in_traits:
            name, traits = self.page.figures[-1]
            self.page.figures[-1] = (name, traits + data)
        if self._in_style:
            self.page.loads += CSS_OTHER_HOST.findall(data)


def _scripts_within(tag: str, attributes: dict[str, str]) -> list[str]:
    """What runs although it is no file of its own, which the page's policy forbids."""
    found = [f"a script in the attribute {name}" for name in attributes if name.startswith("on")]
    if attributes.get("href", "").lower().startswith("javascript:"):
        found.append("a script in a link")
    if tag == "script" and "src" not in attributes and attributes.get("type") not in DATA:
        found.append("a script within the page")
    return found


def _has_alternative(tag: str, attributes: dict[str, str]) -> bool:
    """Whether an image says what it shows, or is not an image, or is hidden from readers."""
    role = attributes.get("role")
    if attributes.get("aria-hidden") == "true" or role == "presentation":
        return True
    label = attributes.get("aria-label", "").strip() or attributes.get("aria-labelledby")
    if tag == "img":
        alternative = attributes.get("alt", "").strip()
        file_name = alternative == attributes.get("src")  # what docutils writes where there is none
        return bool(label) or (bool(alternative) and not file_name)
    return bool(label) if role == "img" else True


def read_page(path: Path) -> Page:
    """Read the page at `path`."""
    reader = PageReader()
    reader.feed(path.read_text(encoding="utf-8"))
    return reader.page


def toc_documents(toc: Path) -> list[str]:
    """Names of all documents that the table of contents lists (globs are left out)."""

    def walk(item: object) -> Iterator[str]:
        if isinstance(item, dict):
            for key, value in item.items():
                if key in ("file", "root"):
                    yield value
                else:
                    yield from walk(value)
        elif isinstance(item, list):
            for entry in item:
                yield from walk(entry)

    return list(walk(yaml.safe_load(toc.read_text(encoding="utf-8"))))


def check_link(link: str, path: Path, pages: dict[Path, Page]) -> str | None:
    """Say what is wrong with a link that stands on the page at `path`, or None."""
    parts = urlsplit(link)
    if parts.scheme or parts.netloc or link == "#":
        return None
    target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
    if target.is_dir():
        target /= "index.html"
    if not target.exists():
        return f"dead link: {link}"
    if target not in pages:
        return None
    anchor = unquote(parts.fragment)
    if found := FIGURE_LINK.fullmatch(anchor):
        name, place, query = found.groups()
        traits = [text for figure, text in pages[target].figures if figure == name]
        number = int(place or 1)
        if not 1 <= number <= len(traits):
            return f"link to a missing figure: {link}"
        known = set(json.loads(traits[number - 1])) | LINK_WORDS.get(name, set())
        if not {key for key, _ in parse_qsl(query, keep_blank_values=True)} <= known:
            return f"link that sets no trait of its figure: {link}"
        return None
    if anchor and anchor not in pages[target].ids:
        return f"link to a missing anchor: {link}"
    return None


def check(html: Path, documents: list[str]) -> list[str]:
    """All faults of a built site.

    Args:
        html: The folder of the built pages.
        documents: Names of the documents that must have a page, without suffix.

    Returns:
        One sentence a fault, beginning with the file it stands in. Empty: all is well.
    """
    html = html.resolve()
    paths = [path for path in sorted(html.rglob("*.html")) if "_static" not in path.parts]
    pages = {path: read_page(path) for path in paths}
    faults = [f"{name}: in the table of contents, but there is no page" for name in documents
              if html / f"{name}.html" not in pages]  # fmt: skip
    for path, page in pages.items():
        found = list(page.faults)
        if not page.has_policy:
            found.append("no Content-Security-Policy")
        found += [f"loads from another host: {url}" for url in page.loads if OTHER_HOST.match(url)]
        found += filter(None, (check_link(link, path, pages) for link in page.links))
        faults += [f"{path.relative_to(html)}: {fault}" for fault in dict.fromkeys(found)]
    for sheet in sorted(html.rglob("*.css")):
        urls = CSS_OTHER_HOST.findall(sheet.read_text(encoding="utf-8"))
        faults += [f"{sheet.relative_to(html)}: loads from another host: {url}" for url in urls]
    return faults


def main() -> int:
    """Check, print the faults and return the exit status."""
    html = Path(sys.argv[1]) if len(sys.argv) > 1 else HTML
    faults = check(html, toc_documents(ROOT / "_toc.yml"))
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
