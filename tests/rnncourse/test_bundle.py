"""The figures' modules: what lets them be joined, and what joining makes of them."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from rnncourse.figures import bundle

MODULES = sorted(bundle.JS.rglob("*.js"))
TOP_LEVEL = re.compile(
    r"^(?:export )?(?:async )?(?:function\*?|class|const|let|var)\s+"
    r"(?:(?P<name>[\w$]+)|\{(?P<many>[^}]*)\})",
    re.M,
)


def name_of(path: Path) -> str:
    return path.relative_to(bundle.JS).as_posix()


def top_level(path: Path) -> list[str]:
    """All names that a module defines for itself at top level."""
    found = []
    for match in TOP_LEVEL.finditer(path.read_text(encoding="utf-8")):
        many = (match["many"] or "").split(",")
        found += [match["name"]] if match["name"] else [name.strip() for name in many]
    return found


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_module_can_be_joined(path):
    text = path.read_text(encoding="utf-8")
    assert len(re.findall(r"^import\b", text, re.M)) == len(bundle._IMPORT.findall(text))
    assert len(re.findall(r"^export\b", text, re.M)) == len(bundle._EXPORT.findall(text))
    assert "import(" not in text
    # Comments and indentation are taken off line by line, so no text may go over several lines.
    assert [line for line in bundle._bare(text).splitlines() if line.count("`") % 2] == []
    for match in bundle._IMPORT.finditer(text):
        assert " as " not in match["names"], "joined modules cannot rename"
        target = (path.parent / match["path"]).resolve()
        wanted = {name.strip() for name in match["names"].split(",") if name.strip()}
        assert wanted <= bundle._exported(target), f"{path} imports what {target} does not export"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_core_does_not_import_figures(path):
    if path.parent.name in bundle.SHARED:
        rooms = {target.parent.name for target in bundle._imported_modules(path)}
        allowed = {"engine": {"engine"}, "base": {"engine", "base"}, "quiz": {*bundle.SHARED}}
        assert rooms <= allowed[path.parent.name]


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_files_are_short(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 330


@pytest.mark.parametrize("name", [None, *bundle.names()])
def test_no_name_is_used_twice(name):
    modules = bundle.core_modules() + (bundle._figure_modules(name) if name else [])
    counts = Counter(one for module in modules for one in top_level(module))
    assert [one for one, count in counts.items() if count > 1] == []


def test_every_figure_has_a_class_and_the_other_way_round():
    from rnncourse import figures

    classes = [getattr(figures, name) for name in figures.__all__]
    assert sorted(c.name for c in classes if c is not figures.Figure) == bundle.names()


def test_core_stands_before_what_uses_it():
    order = bundle.core_modules()
    for place, module in enumerate(order):
        assert set(bundle._imported_modules(module)) <= set(order[:place])


def test_joined_module_has_one_export():
    for name in bundle.names():
        text = bundle.live(name)
        assert re.findall(r"^(?:export|import)\b.*", text, re.M) == ["export default { render };"]


def test_static_scripts_take_from_the_core_what_they_use():
    for name in bundle.names():
        text = bundle.static_figure(name)
        assert not re.search(r"^(?:export|import)\b", text, re.M)
        assert f'rnnbookHost.define("{name}", render)' in text
        taken = re.search(r"const \{ (.*) \} = globalThis\.rnnbookCore;", text)
        shared = re.search(r"globalThis\.rnnbookCore = \{ (.*) \};", bundle.static_core())
        assert set(taken[1].split(", ")) <= set(shared[1].split(", "))


def test_unknown_figure_is_named():
    with pytest.raises(ValueError, match=r"name must be one of .*, got 'nothing'"):
        bundle.live("nothing")


def test_static_scripts_leave_comments_and_indentation_out():
    text = bundle.static_core()
    assert not re.search(r"^\s*(//|/\*|\*)", text, re.M)
    assert not re.search(r"^[ \t]", text, re.M)
    assert "clipByNorm" in text


def test_there_is_nothing_but_modules_that_a_figure_needs():
    needed = set(bundle.core_modules())
    needed |= {module for name in bundle.names() for module in bundle._figure_modules(name)}
    found = {path for path in bundle.JS.rglob("*") if path.is_file()}
    assert found - needed == {bundle.JS / "package.json"}  # it tells Node that these are modules
