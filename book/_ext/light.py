"""Make the built pages light: one style sheet, one script, and in them what the pages use.

The theme and the extensions bring some twenty sheets and scripts. Here they are joined; the style
sheet keeps the rules that some page can use (purge.py), a font its characters on the pages. What no
page, sheet or script names is not kept at all. No page has a script within it: those of the
extensions go into the joined one, what the theme does in attributes is done by `page.js`.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from hashlib import sha256
from html import unescape
from pathlib import Path
from posixpath import normpath
from typing import Any

from fontTools.subset import Options, Subsetter, load_font, save_font
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

from purge import CLASSES, names_in, purged

# What the theme's layout puts around the sheets and scripts of the extensions.
SHEETS_BEFORE = ["_static/basic.css", "_static/styles/pydata-sphinx-theme.css"]
SCRIPTS_AFTER = ["_static/scripts/pydata-sphinx-theme.js"]  # not Bootstrap: page.js has its part
APART = {"host.js", "ledger.js"}  # of some pages only
PAGENAME = "DOCUMENTATION_OPTIONS.pagename"  # for the theme's choice of versions, which we have not
JOINED = ("first.js", "site.css", "site.js")

URL = re.compile(r"""url\(\s*["']?(?!data:|#)([^"')]+)["']?\s*\)""")
SOURCE = re.compile(r"src:([^;}]+)")
NOTICE = re.compile(r"/\*!.*?\*/", re.DOTALL)
SOURCE_MAP = re.compile(r"^//# sourceMappingURL=.*$", re.MULTILINE)
LOADED = re.compile(r'<script[^>]* src="(?:\.\./)*([^"?]+)')
FIGURE = re.compile(r'data-figure="(\w+)"')
PRINT = ' onclick="window.print()"'  # page.js listens instead
ICON = re.compile(r"[\ue000-\uf8ff]")  # Unicode leaves these to fonts


def gather(app: Sphinx, page: str, template: str, context: dict[str, Any], tree: object) -> None:
    """Keep from the page what is joined, and remember it.

    Raises:
        ExtensionError: this page has other sheets or scripts than the pages before.
    """
    scripts, sheets = (
        sorted(context[kind], key=lambda file: file.priority)  # as Sphinx does after this
        for kind in ("script_files", "css_files")
    )
    context["script_files"] = [s for s in scripts if Path(str(s.filename)).name in APART]
    texts = [_script(s) for s in scripts if s not in context["script_files"]]
    found = {
        "scripts": [text for text in dict.fromkeys(texts) if PAGENAME not in text],
        "sheets": [str(sheet.filename) for sheet in sheets],
    }
    context["css_files"] = []
    joined = app.env.__dict__.setdefault("rnnbook_joined", found)
    for kind, names in found.items():
        if other := set(names) ^ set(joined[kind]):
            raise ExtensionError(f"{page}: only some pages have {sorted(other)}: see APART")


def _script(script: Any) -> str:
    """The path of a script, or what it says."""
    return script.attributes.get("body") or str(script.filename)


def lighten(app: Sphinx, exception: Exception | None) -> None:
    """Write the joined files, fit them to the pages, and remove what is left."""
    if exception or app.builder.format != "html":
        return
    root = Path(app.outdir)
    static = root / "_static"
    found = app.env.__dict__["rnnbook_joined"]
    script = joined_scripts(root, found["scripts"] + SCRIPTS_AFTER)
    (static / "site.js").write_text(script, encoding="utf-8")
    pages = {path: path.read_text("utf-8").replace(PRINT, "") for path in pages_in(root)}
    scripts = {path: path.read_text("utf-8") for path in scripts_in(root, pages.values())}
    texts = [*pages.values(), *scripts.values()]

    sheet = joined_sheets(root, SHEETS_BEFORE + found["sheets"])
    check_icons(pages, sheet)
    notices = "".join(dict.fromkeys(NOTICE.findall(sheet)))
    sheet = purged(sheet, names_in(pages.values(), scripts.values()))
    (static / "site.css").write_text(f'@charset "UTF-8";{notices}{sheet}', encoding="utf-8")
    shrink_fonts(static, sheet, set(unescape("".join([*texts, sheet]))))

    for path, text in pages.items():
        path.write_text(stamped(text, static), encoding="utf-8")
    for path in dead_files(root, list(scripts), [*texts, sheet]):
        path.unlink()
    for folder in sorted(filter(Path.is_dir, root.rglob("*")), reverse=True):
        if not any(folder.iterdir()):
            folder.rmdir()


def pages_in(root: Path) -> list[Path]:
    """The pages of a built site."""
    return [path for path in sorted(root.rglob("*.html")) if "_static" not in path.parts]


def scripts_in(root: Path, pages: Iterable[str]) -> list[Path]:
    """The scripts that the pages load, and those of their figures."""
    text = "".join(pages)
    loaded = {f"figures/{name}.js" for name in ["core", *FIGURE.findall(text)]}
    loaded |= set(LOADED.findall(text))
    return [p for p in sorted(root.rglob("*.js")) if p.as_posix().endswith(tuple(loaded))]


def joined_scripts(root: Path, scripts: list[str]) -> str:
    """The scripts, files or texts, as one.

    A text sets what some file reads, who runs at once here as the page is there: so it goes first.
    """
    settings = [text for text in scripts if not text.startswith("_static/")]
    options, *files = [(root / text).read_text("utf-8") for text in scripts if text not in settings]
    return SOURCE_MAP.sub("", ";\n".join([options, *settings, *files]))


def joined_sheets(root: Path, sheets: list[str]) -> str:
    """The sheets as one in `_static`; of a font's sources the one that every browser takes."""

    def text(name: str) -> str:
        folder = Path(name).parent.relative_to("_static")
        css = (root / name).read_text("utf-8").replace('@charset "UTF-8";', "")
        css = SOURCE.sub(lambda m: f"src:{_woff2(m[1])}", css)
        return URL.sub(lambda m: f"url({normpath((folder / m[1]).as_posix())})", css)

    return "\n".join(map(text, sheets))


def _woff2(sources: str) -> str:
    return next((s for s in sources.split(",") if ".woff2" in s), sources)


def check_icons(pages: dict[Path, str], sheet: str) -> None:
    """Fail where a page asks for an icon that there is not.

    Raises:
        ExtensionError: the style sheet does not know the icon's name.
    """
    known = set(re.findall(r"\.(fa-[\w-]+)", sheet))
    for path, text in pages.items():
        wanted = {name for values in CLASSES.findall(text) for name in "".join(values).split()}
        if missing := {name for name in wanted if name.startswith("fa-")} - known:
            raise ExtensionError(f"{path.name}: there is no icon {', '.join(sorted(missing))}")


def shrink_fonts(static: Path, sheet: str, characters: set[str]) -> None:
    """Leave in each font of the style sheet the characters that the book has.

    Raises:
        ExtensionError: an icon is in no font.
    """
    icons = {character for character in characters if ICON.match(character)}
    found: set[str] = set()
    for name in sorted(set(re.findall(r"url\(([^)]+\.woff2)\)", sheet))):
        options = Options(flavor="woff2", layout_features=["*"], notdef_outline=True)
        font = load_font(str(static / name), options)
        # A font of icons has some at letters too, which the pages do not mean.
        wanted = icons if "fontawesome" in name else characters
        found |= icons & set(map(chr, font.getBestCmap()))
        subsetter = Subsetter(options)
        subsetter.populate(text="".join(sorted(wanted)))
        subsetter.subset(font)
        save_font(font, str(static / name), options)
    if missing := icons - found:
        raise ExtensionError(f"no font has the icons {sorted(map(ascii, missing))}")


def stamped(page: str, static: Path) -> str:
    """A page that asks for the joined files by what is in them, whatever a cache holds."""
    for name in JOINED:
        digest = sha256((static / name).read_bytes()).hexdigest()[:8]
        page = page.replace(f'_static/{name}"', f'_static/{name}?v={digest}"')
    return page


def dead_files(root: Path, scripts: list[Path], texts: Iterable[str]) -> list[Path]:
    """The files in `_static`, `_sources` and their like that none of the texts names.

    A script is named in comments too, and so it must be one of those that are loaded.
    """
    text = "\n".join(texts)
    return [
        path
        for path in sorted(root.glob("_*/**/*"))
        if path.is_file()
        and "LICENSE" not in path.name
        and (path not in scripts if path.suffix == ".js" else path.name not in text)
    ]


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx, after everything else."""
    logging.getLogger("fontTools").setLevel(logging.WARNING)
    app.connect("html-page-context", gather, priority=900)
    app.connect("build-finished", lighten, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": False}
