"""The house: two packages, their rooms, and the doors between them."""

from __future__ import annotations

import ast
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src"
# Each room imports only itself and the rooms above it in its list; `rnncourse` any of `rnnbook`.
ROOMS = {
    "rnnbook": [
        *("cells", "unroll", "tasks", "data", "baselines", "training", "gradients", "models"),
    ],
    "rnncourse": [
        *(
            "console",
            "rooms",
            "experiments",
            "claims",
            "fresh",
            "plots",
            "checking",
            "figures",
            "lessons",
            "doctor",
            "__main__",
        ),
    ],
}
# The one door that opens by name: what stands in a lesson's room, and is asked for, is imported.
DYNAMIC = {"rnncourse/rooms.py"}
MODULES = sorted(path for package in ROOMS for path in (SOURCE / package).rglob("*.py"))
NOTEBOOKS = sorted((ROOT / "chapters").glob("*.ipynb"))


def by_place(path: Path) -> str:
    return path.relative_to(SOURCE).as_posix()


every_module = pytest.mark.parametrize("path", MODULES, ids=by_place)


def imports(text: str, path: Path) -> set[str]:
    """The modules that a text imports, by their absolute names."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: import absolutely"
            assert node.module
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def imported_by(path: Path) -> set[str]:
    return imports(path.read_text(encoding="utf-8"), path)


@every_module
def test_rooms_import_only_rooms_above(path: Path) -> None:
    package, *place = path.relative_to(SOURCE).with_suffix("").parts
    if place == ["__init__"]:
        return  # the front door opens on every room
    room, rooms = place[0], ROOMS[package]
    assert room in rooms, f"{room} is not a room of {package}"
    for name in imported_by(path):
        top, _, rest = name.partition(".")
        other = rest.split(".")[0]
        assert top not in {"sphinx", "docutils", "book", "chapters"}, f"{path} imports {name}"
        if top == package:
            # `from rnncourse import plots` names a room; `from rnnbook import Recurrent` would go
            # through the front door.
            assert other in rooms, f"{path} imports {name}: import from its room"
            assert rooms.index(other) <= rooms.index(room), f"{room} must not import {other}"
        elif top in ROOMS:
            assert top == "rnnbook", f"{path} imports {name}: the networks know no course"
            assert not other or other in ROOMS[top], f"{path} imports {name}: import from its room"


@every_module
def test_no_lesson_imports_another(path: Path) -> None:
    package, *place = path.relative_to(SOURCE).parts
    if place[0] == "lessons" and len(place) > 2:
        own = f"{package}.lessons.{place[1]}."
        others = {n for n in imported_by(path) if n.startswith(f"{package}.lessons.")}
        assert not {n for n in others if not n.startswith(own)}, "what two lessons need goes up"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_chapter_imports_no_other_lesson(path: Path) -> None:
    import json

    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    number = path.stem[:2]
    own = f"ch{number}" if number.isdigit() else path.stem.replace("-", "_")
    for cell in cells:
        source = "".join(cell["source"])
        if cell["cell_type"] == "code" and not source.startswith("%"):
            for name in imports(source, path):
                if name.startswith("rnncourse.lessons."):
                    assert name.split(".")[2] == own, f"{name}: results are read by recorded(name)"


def test_there_is_one_dynamic_door() -> None:
    dynamic = {"importlib.import_module", "importlib.util", "runpy.run_module", "importlib"}
    found = {by_place(path) for path in MODULES if imported_by(path) & dynamic}
    assert found == DYNAMIC


def test_names_are_unique_in_the_book() -> None:
    lessons = SOURCE / "rnncourse" / "lessons"
    for kind in ("exercises", "experiments"):
        names = [path.stem for path in lessons.glob(f"*/{kind}/*.py")]
        assert len(names) == len(set(names))
        assert names


@pytest.mark.parametrize(
    "path", sorted((ROOT / "book" / "_ext").glob("*.py")), ids=lambda path: path.stem
)
def test_sphinx_extensions_need_no_torch(path: Path) -> None:
    assert not {name.split(".")[0] for name in imported_by(path)} & {"torch", *ROOMS}


@every_module
def test_files_are_short(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 330


def test_the_networks_are_an_evenings_reading() -> None:
    files = (path for path in MODULES if by_place(path).startswith("rnnbook/"))
    assert sum(len(path.read_text(encoding="utf-8").splitlines()) for path in files) <= 6500


def test_no_two_modules_of_the_book_import_each_other() -> None:
    folders = (ROOT / "book" / name for name in ("_ext", "_tools"))
    files = {path.stem: path for folder in folders for path in folder.glob("*.py")}
    # An import inside a function counts as any other: it hides a knot, and does not undo it.
    graph = {
        name: {n.split(".")[0] for n in imported_by(path)} & set(files)
        for name, path in files.items()
    }
    assert any(graph.values()), "an empty graph has no knot either"
    TopologicalSorter(graph).prepare()  # a CycleError names the modules
