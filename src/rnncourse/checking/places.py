"""A function's source, and edits of the places where its nodes stand."""

from __future__ import annotations

import ast

from rnncourse.checking.edits import Edit, Function, source

_SHOWN = 40


class Text:
    """The source of a function, its nodes, and what may stand in their places."""

    def __init__(self, reference: Function) -> None:
        self.text = source(reference)
        self.begins = [0]  # of each line, in bytes, as ast counts
        for line in self.text.splitlines(keepends=True):
            self.begins.append(self.begins[-1] + len(line.encode()))
        function = ast.parse(self.text).body[0]
        assert isinstance(function, ast.FunctionDef)
        self.function = function

    def span(self, node: ast.AST) -> tuple[int, int]:
        """Where a node begins and ends, in bytes."""
        assert isinstance(node, ast.expr | ast.stmt)
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return (
            self.begins[node.lineno - 1] + node.col_offset,
            self.begins[node.end_lineno - 1] + node.end_col_offset,
        )

    def code(self, node: ast.AST) -> str:
        """A node's own code."""
        start, end = self.span(node)
        return self.text.encode()[start:end].decode()

    def shown(self, node: ast.AST) -> str:
        """A node's code as a reader is shown it."""
        code = " ".join(self.code(node).split())
        return f"`{code}`" if len(code) <= _SHOWN else f"`{code[:_SHOWN]}…`"

    def put(self, node: ast.AST, new: str) -> list[Edit]:
        """Something else stands there."""
        return [Edit(*self.span(node), new.encode())]

    def renamed(self, node: ast.Attribute, new: str) -> list[Edit]:
        """An attribute has another name."""
        _, end = self.span(node)
        return [Edit(end - len(node.attr.encode()), end, new.encode())]

    def around(self, node: ast.AST, before: str, after: str) -> list[Edit]:
        """Something stands before it and behind it."""
        start, end = self.span(node)
        return [Edit(start, start, before.encode()), Edit(end, end, after.encode())]

    def only(self, node: ast.AST, kept: ast.AST) -> list[Edit]:
        """Of a node, one part alone is left."""
        (start, end), (first, last) = self.span(node), self.span(kept)
        return [Edit(start, first, b"("), Edit(last, end, b")")]

    def exchanged(self, one: ast.AST, other: ast.AST) -> list[Edit]:
        """Two nodes change places."""
        (a, b) = (f"({self.code(place)})" for place in (one, other))
        return [*self.put(one, b), *self.put(other, a)]
