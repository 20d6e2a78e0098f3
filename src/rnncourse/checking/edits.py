"""Other versions of a reference: its source with one place changed, or two.

A learner's mistake is most often a part of the right answer left out, turned round or exchanged for
another. So mistakes need not be written as programs: ``edited`` makes one from the reference and
the text that stands otherwise. Edits of different places can be combined.
"""

from __future__ import annotations

import ast
import inspect
import io
import itertools
import textwrap
import tokenize
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from types import FunctionType
from typing import Any

Function = Callable[..., Any]


@dataclass(frozen=True, order=True)
class Edit:
    """One place of a source, in bytes, and what stands there instead."""

    start: int
    end: int
    new: bytes


@dataclass(frozen=True)
class Change:
    """A version of a reference.

    Attributes:
        words: What is changed, as in "with one change: …".
        edits: Where, in the order of the source.
    """

    words: str
    edits: tuple[Edit, ...]

    def overlaps(self, other: Change) -> bool:
        """Say whether both touch one place; what is put around a place leaves it free.

        Only what is taken away is not: the same may be put there again.
        """
        return any(
            (a.start < b.end and b.start < a.end)
            or a.start == a.end == b.start == b.end
            or _put_again(a, b)
            or _put_again(b, a)
            for a in self.edits
            for b in other.edits
        )


@cache
def source(reference: Function) -> str:
    """The source of a function from its ``def`` on, without docstring and comments."""
    text = textwrap.dedent(inspect.getsource(reference))
    lines = text.splitlines(keepends=True)
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            row, column = token.start
            lines[row - 1] = lines[row - 1][:column].rstrip() + "\n"
    function = ast.parse(text).body[0]
    assert isinstance(function, ast.FunctionDef)
    if ast.get_docstring(function) is not None:
        told = function.body[0]
        assert told.end_lineno is not None
        del lines[told.lineno - 1 : told.end_lineno]
    return "".join(lines)


def fragments(reference: Function, changed: Mapping[str, str]) -> tuple[Edit, ...]:
    """Find texts in a reference's source.

    Args:
        reference: The function.
        changed: What stands in its source, exactly once, and what stands there instead.

    Raises:
        ValueError: A text does not stand there exactly once.
    """
    text, edits = source(reference), []
    for old, new in changed.items():
        if (count := text.count(old)) != 1:
            raise ValueError(
                f"changed: {old!r} must stand once in {reference.__name__}, found {count} times"
            )
        place = text.index(old)
        # Only what differs counts as the place, so that more changes can be combined.
        before = _in_common(old, new)
        after = _in_common(old[before:][::-1], new[before:][::-1])
        start = len(text[: place + before].encode())
        end = len(text[: place + len(old) - after].encode())
        edits.append(Edit(start, end, new[before : len(new) - after].encode()))
    return tuple(sorted(edits))


def slip(reference: Function, change: Change) -> tuple[tuple[bytes, bytes], ...]:
    """What a change takes away and puts there: the same, wherever it is made."""
    content = source(reference).encode()
    return tuple((content[edit.start : edit.end], edit.new) for edit in change.edits)


def edited(reference: Function, edits: Iterable[Edit]) -> Function:
    """Compile a reference whose source is edited.

    Raises:
        SyntaxError: The edited source is no program.
    """
    content = source(reference).encode()
    for edit in sorted(edits, reverse=True):
        content = content[: edit.start] + edit.new + content[edit.end :]
    assert isinstance(reference, FunctionType)
    tree = ast.fix_missing_locations(_Finite().visit(ast.parse(content)))
    names: dict[str, Any] = {}
    # Names of the module are seen as they are there; the version itself stays out of it.
    exec(compile(tree, f"<{reference.__name__}, edited>", "exec"), reference.__globals__, names)
    function: Function = names[reference.__name__]
    return function


class _Finite(ast.NodeTransformer):
    """Lets every loop walk over a copy: an edited one may walk over the list that it fills."""

    def visit_For(self, node: ast.For) -> ast.For:
        self.generic_visit(node)
        node.iter = ast.Call(ast.Name("tuple", ast.Load()), [node.iter], [])
        return node

    def visit_While(self, node: ast.While) -> ast.AST:
        raise ValueError("reference: its loops must be `for` loops, which end when edited")


def _put_again(put: Edit, away: Edit) -> bool:
    """Say whether something is put where something else was taken away."""
    return put.start == put.end and not away.new and put.start in (away.start, away.end)


def _in_common(one: str, other: str) -> int:
    """How many characters two texts begin with alike."""
    pairs = itertools.takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))
    return sum(1 for _ in pairs)
