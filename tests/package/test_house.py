"""The house: rooms, and the doors between them."""

from __future__ import annotations

import ast
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "rnnbook"
ROOMS = [
    "cells",
    "unroll",
    "tasks",
    "data",
    "baselines",
    "training",
    "gradients",
    "models",
    "experiments",
    "claims",
    "exercises",
    "plots",
    "figures",
    "__main__",
]
MODULES = sorted(p for p in PACKAGE.rglob("*.py") if p != PACKAGE / "__init__.py")


def imports(path: Path) -> set[str]:
    """The modules that a file imports, by their absolute names."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: import absolutely"
            assert node.module
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_rooms_import_only_rooms_above(path):
    room = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    assert room in ROOMS, f"{room} is not a room of the house"
    for name in imports(path):
        top, _, rest = name.partition(".")
        assert top not in {"sphinx", "docutils", "book", "chapters"}, f"{path} imports {name}"
        if top == "rnnbook":
            other = rest.split(".")[0]
            # `from rnnbook import plots` names a room; `from rnnbook import Recurrent` would
            # go through the package's front door, which opens on every room.
            assert other in ROOMS, f"{path} imports {name}: import from its room"
            assert ROOMS.index(other) <= ROOMS.index(room), f"{room} must not import {other}"


@pytest.mark.parametrize(
    "path", sorted((ROOT / "book" / "_ext").glob("*.py")), ids=lambda p: p.stem
)
def test_sphinx_extensions_need_no_torch(path):
    assert not {n.split(".")[0] for n in imports(path)} & {"torch", "rnnbook"}


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_files_are_short(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 330


def test_no_two_modules_of_the_book_import_each_other():
    files = {
        p.stem: p for folder in ("_ext", "_tools") for p in (ROOT / "book" / folder).glob("*.py")
    }
    # An import inside a function counts as any other: it hides a knot, and does not undo it.
    graph = {
        name: {n.split(".")[0] for n in imports(path)} & set(files) for name, path in files.items()
    }
    assert any(graph.values()), "an empty graph has no knot either"
    TopologicalSorter(graph).prepare()  # a CycleError names the modules
