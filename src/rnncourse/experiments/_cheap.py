"""The cheap point of an experiment: what it measures, and a hash of the code that it runs."""

from __future__ import annotations

import ast
import hashlib
import io
import sys
import tokenize
from collections.abc import Callable
from functools import cache
from math import isclose, isnan
from pathlib import Path
from types import CodeType, FrameType
from typing import Any, NamedTuple

import rnnbook

PACKAGES = (rnnbook.__path__[0], str(Path(__file__).parents[1]))
DECLARED = {
    *("DESCRIPTION", "GRID", "RATES", "TUNE_ON", "TUNING_SEEDS", "AS_GOOD", "SEEDS", "CHEAP"),
    "__all__",
}
"""What the record holds itself, or what no number depends on."""
REL, ABS = 0.01, 0.004
"""How far apart two rows may be: other processors round otherwise, and two answers of 500 flip."""


class Cheap(NamedTuple):
    """One run of an experiment's cheap point.

    Attributes:
        row: what it measured.
        code: a hash of the functions that ran, and of the constants of their modules.
        library: whether Python's own library was read, which differs from version to version.
    """

    row: dict[str, float]
    code: str
    library: bool


def run_cheap(experiment: Any, seed: int = 0) -> Cheap:
    """Run an experiment's `CHEAP` point, and see which of the book's functions it runs.

    Args:
        experiment: its module.
        seed: of the run.

    Raises:
        ValueError: if it declares no cheap point.
    """
    if not isinstance(getattr(experiment, "CHEAP", None), dict):
        raise ValueError(f"{experiment.__name__} must declare CHEAP, the arguments of a short run")
    _forget()
    ran: set[CodeType] = set()

    def note(frame: FrameType, event: str, _: object) -> None:
        if event == "call":
            ran.add(frame.f_code)

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        row = experiment.run(seed, **experiment.CHEAP)
    finally:
        sys.setprofile(before)
    ours = (*PACKAGES, str(Path(experiment.__file__).parent))
    functions = [code for code in ran if code.co_filename.startswith(ours)]
    return Cheap(
        {name: float(value) for name, value in row.items()},
        code_hash(functions),
        any(code.co_name == "stdlib_text" for code in functions),
    )


def differences(row: dict[str, float], kept: dict[str, float]) -> list[str]:
    """In which columns two rows are further apart than processors put them, a line each."""
    lines = []
    for name in sorted(row.keys() | kept.keys()):
        new, old = row.get(name), kept.get(name)
        if new is None or old is None:
            lines.append(f"{name}: {old} was recorded, {new} came")
        elif not (isnan(new) and isnan(old)) and not isclose(new, old, rel_tol=REL, abs_tol=ABS):
            lines.append(f"{name}: {old:.6g} was recorded, {new:.6g} came")
    return lines


def code_hash(functions: list[CodeType]) -> str:
    """A hash of functions and of their modules' and classes' constants; comments do not count."""
    places: dict[str, set[int]] = {}
    for code in functions:
        places.setdefault(code.co_filename, set()).add(code.co_firstlineno)
    texts = []
    for path in sorted(places):
        module = _read(Path(path))
        texts += [module.constants, *(module.function(line) for line in sorted(places[path]))]
    # A function within a function is a part of its text already: a set counts each text once.
    return hashlib.sha256("\n".join(sorted(set(texts))).encode()).hexdigest()


def _forget() -> None:
    """Empty the packages' caches: a function that answers from one does not run."""
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] in ("rnnbook", "rnncourse"):
            for value in list(vars(module).values()):
                clear: Callable[[], None] | None = getattr(value, "cache_clear", None)
                if callable(clear) and getattr(value, "__module__", None) == name:
                    clear()


class _Source:
    """The text of a module, function by function."""

    def __init__(self, text: str) -> None:
        self._lines = _without_comments(text)
        tree = ast.parse(text)
        self._functions = {
            min([node.lineno, *(d.lineno for d in node.decorator_list)]): node
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
                self._blank_docstring(node)
        classes = [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
        self.constants = "\n".join(
            self._text(node)
            for body in [tree.body, *(node.body for node in classes)]
            for node in body
            if isinstance(node, ast.Assign | ast.AnnAssign) and not _names(node) & DECLARED
        )

    def function(self, line: int) -> str:
        """The function that begins at a line; nothing for a lambda, which is part of another."""
        node = self._functions.get(line)
        return self._text(node) if node else ""

    def _text(self, node: ast.stmt) -> str:
        lines = self._lines[node.lineno - 1 : node.end_lineno]
        return "\n".join(line for line in lines if line.strip())

    def _blank_docstring(self, node: ast.Module | ast.ClassDef | ast.FunctionDef) -> None:
        if ast.get_docstring(node) is not None:
            for line in range(node.body[0].lineno - 1, node.body[0].end_lineno or 0):
                self._lines[line] = ""


@cache
def _read(path: Path) -> _Source:
    return _Source(path.read_text(encoding="utf-8"))


def _names(node: ast.Assign | ast.AnnAssign) -> set[str]:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return {
        name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name)
    }


def _without_comments(text: str) -> list[str]:
    lines = text.splitlines()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            row, column = token.start
            lines[row - 1] = lines[row - 1][:column].rstrip()
    return lines
