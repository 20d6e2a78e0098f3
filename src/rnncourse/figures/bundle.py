"""Join the modules of a figure into one: for a live notebook, and for the static page.

Needs nothing but Python, as the book is built where the package and torch are not installed.

A module is plain JavaScript with named imports from its neighbours and named exports. Modules are
joined by dropping the imports and the word ``export``, so no two may use one name at top level.
``core`` is what the figures of a page share: everything in ``js/engine``, ``js/base`` and, as every
lesson asks in three ways, ``js/quiz``.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

_HERE = Path(__file__).resolve().parent
JS = _HERE / "js"
CSS = _HERE / "css"
SHARED = ("base", "engine", "quiz")

_IMPORT = re.compile(
    r"^import\s*\{(?P<names>[^}]*)\}\s*from\s*\"(?P<path>\.{1,2}/[^\"]+)\";\n", re.M
)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function|class|const|let)\b)", re.M)
_COMMENT = re.compile(r"^\s*(?://.*|/\*\*?(?s:.*?)\*/)\n", re.M)
_INDENT = re.compile(r"^\s+", re.M)
_EXPORTED = re.compile(
    r"^export (?:async )?(?:function\*?|class|const|let)\s+(?P<name>[\w$]+)", re.M
)


def names() -> list[str]:
    """The figures that there are: the modules beside the folders that export `render`."""
    return sorted(path.stem for path in JS.glob("*.js") if "render" in _exported(path))


def live(name: str) -> str:
    """The module `_esm` of a figure, complete: what anywidget runs in a notebook.

    Raises:
        ValueError: there is no such figure.
    """
    return f"{_core_text()}{_figure_text(name)}export default {{ render }};\n"


def static_core() -> str:
    """A classic script that puts what all figures share where `static_figure` finds it.

    Static scripts leave out comments and indentation: a reader has to load them.
    """
    shared = ", ".join(sorted(_core_names()))
    return (
        f'(() => {{\n"use strict";\n{_bare(_core_text())}'
        f"globalThis.rnnbookCore = {{ {shared} }};\n}})();\n"
    )


def static_figure(name: str) -> str:
    """A classic script that hands a figure to the static page's host.

    Raises:
        ValueError: there is no such figure.
    """
    used = ", ".join(sorted(_imported_names(_figure_modules(name)) & _core_names()))
    shared = f"const {{ {used} }} = globalThis.rnnbookCore;\n" if used else ""
    return (
        f'(() => {{\n"use strict";\n{shared}{_bare(_figure_text(name))}'
        f'globalThis.rnnbookHost.define("{name}", render);\n}})();\n'
    )


def style() -> str:
    """The style sheet of all figures: the palette, the rules they share, and each one's own."""
    first = [CSS / "palette.css", CSS / "figures.css"]
    rest = [path for path in sorted(CSS.glob("*.css")) if path not in first]
    return "".join(path.read_text(encoding="utf-8") for path in [*first, *rest])


def core_modules() -> list[Path]:
    """The shared modules, each after those that it imports."""
    return _ordered([path for room in SHARED for path in sorted((JS / room).glob("*.js"))])


def _figure_modules(name: str) -> list[Path]:
    path = JS / f"{name}.js"
    if name not in names():
        raise ValueError(f"name must be one of {', '.join(names())}, got {name!r}")
    core = set(core_modules())
    return [module for module in _ordered([path]) if module not in core]


def _ordered(modules: list[Path]) -> list[Path]:
    order: list[Path] = []

    def visit(module: Path) -> None:
        if module in order:
            return
        for needed in _imported_modules(module):
            visit(needed)
        order.append(module)

    for module in modules:
        visit(module)
    return order


@cache
def _source(module: Path) -> str:
    return module.read_text(encoding="utf-8")


def _imported_modules(module: Path) -> list[Path]:
    return [(module.parent / m["path"]).resolve() for m in _IMPORT.finditer(_source(module))]


def _imported_names(modules: list[Path]) -> set[str]:
    found = (m["names"] for module in modules for m in _IMPORT.finditer(_source(module)))
    return {name.strip() for names in found for name in names.split(",") if name.strip()}


def _exported(module: Path) -> set[str]:
    return {match["name"] for match in _EXPORTED.finditer(_source(module))}


def _core_names() -> set[str]:
    return {name for module in core_modules() for name in _exported(module)}


def _joined(modules: list[Path]) -> str:
    return "".join(_EXPORT.sub("", _IMPORT.sub("", _source(module))) for module in modules)


def _core_text() -> str:
    return _joined(core_modules())


def _figure_text(name: str) -> str:
    return _joined(_figure_modules(name))


def _bare(text: str) -> str:
    """Without the comments that have lines of their own, and without indentation."""
    return _INDENT.sub("", _COMMENT.sub("", text))
