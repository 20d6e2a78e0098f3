"""The changes that make sense in any reference: what learners leave out, turn round or exchange.

Every place of the source is looked at: an operation loses one side or gets the wrong sign, a matrix
its transpose, a function gives way to its sister, a name to another name, a loop runs one turn too
few. Each change comes with words for the reader, and with a rank: likelier ones have lower ones.
"""

from __future__ import annotations

import ast
import itertools
from collections import Counter
from collections.abc import Iterator
from functools import cache

from rnncourse.checking.edits import Change, Edit, Function, source
from rnncourse.checking.usual import (
    COMPARISONS,
    LEFT_ALONE,
    MAKERS,
    NEAR,
    OPERATIONS,
    SQUASHING,
    SWAPS,
    TURNED,
    TWICE,
)  # fmt: skip

_SHOWN = 40
_SIMPLE = (ast.Assign, ast.AugAssign, ast.Return, ast.Expr, ast.Assert)

Found = Iterator[tuple[int, str, list[Edit]]]
"""Rank, words and edits."""


@cache
def changes(reference: Function) -> tuple[Change, ...]:
    """List the changes that make sense in a reference, one place each, likelier ones first."""
    listed: dict[tuple[Edit, ...], tuple[int, str, str]] = {}
    for rank, words, edits, statement in _Places(reference).walk():
        place = tuple(sorted(edits))
        if place not in listed or rank < listed[place][0]:
            listed[place] = rank, words, statement
    often = Counter(words for _, words, _ in listed.values())
    ordered = sorted(listed.items(), key=lambda item: item[1][0])
    return tuple(
        Change(words if often[words] == 1 else f"{words}, in {statement}", edits)
        for edits, (_, words, statement) in ordered
    )


class _Places:
    """Walks over the places of a function."""

    def __init__(self, reference: Function) -> None:
        self.text = source(reference)
        self.begins = [0]  # of each line, in bytes, as ast counts
        for line in self.text.splitlines(keepends=True):
            self.begins.append(self.begins[-1] + len(line.encode()))
        function = ast.parse(self.text).body[0]
        assert isinstance(function, ast.FunctionDef)
        self.function = function
        self.arguments = [argument.arg for argument in function.args.args]
        stored = [
            node.id
            for node in ast.walk(function)
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
        ]
        self.names = list(dict.fromkeys([*self.arguments, *stored]))

    def walk(self) -> Iterator[tuple[int, str, list[Edit], str]]:
        """Every change of every place, with the simple statement that it is a part of."""
        simple = [node for node in ast.walk(self.function) if isinstance(node, _SIMPLE)]
        for statement in simple:
            for node in ast.walk(statement):
                for rank, words, edits in self._at(node):
                    yield rank, words, edits, self._shown(statement)
        for loop in ast.walk(self.function):
            if isinstance(loop, ast.For | ast.If):
                head = loop.iter if isinstance(loop, ast.For) else loop.test
                for node in (loop, *ast.walk(head)):
                    for rank, words, edits in self._at(node):
                        yield rank, words, edits, self._shown(head)

    def _at(self, node: ast.AST) -> Found:
        match node:
            case ast.BinOp():
                yield from self._operation(node)
            case ast.Call(func=ast.Name(id="range")):
                yield from self._range(node)
            case ast.Call():
                yield from self._call(node)
            case ast.Attribute(attr="T", value=value):
                yield 0, f"{self._shown(value)} not transposed", self._only(node, value)
            case ast.Name(ctx=ast.Load()):
                yield from self._name(node)
            case ast.Constant():
                yield from self._constant(node)
            case ast.UnaryOp(op=ast.USub(), operand=value):
                yield 0, f"no minus before {self._shown(value)}", self._only(node, value)
            case ast.Compare(ops=[op]) if type(op) in COMPARISONS:
                yield from self._comparison(node)
            case ast.IfExp():
                yield from self._choice(node)
            case ast.Subscript(ctx=ast.Load()):
                yield from self._part(node)
            case ast.Return():
                yield from self._result(node)
            case ast.For():
                yield from self._loop(node)
            case ast.AugAssign():
                place = self._code(node.target)
                anew = self._put(node, f"{place} = {self._code(node.value)}")
                yield 1, f"`{place}` set anew each time, not added to", anew
                yield 2, f"the line `{place} …=` left out", self._put(node, "pass")
            case ast.Assign():
                yield from self._assignment(node)

    # Texts and edits

    def _span(self, node: ast.AST) -> tuple[int, int]:
        assert isinstance(node, ast.expr | ast.stmt)
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return (
            self.begins[node.lineno - 1] + node.col_offset,
            self.begins[node.end_lineno - 1] + node.end_col_offset,
        )

    def _code(self, node: ast.AST) -> str:
        start, end = self._span(node)
        return self.text.encode()[start:end].decode()

    def _shown(self, node: ast.AST) -> str:
        code = " ".join(self._code(node).split())
        return f"`{code}`" if len(code) <= _SHOWN else f"`{code[:_SHOWN]}…`"

    def _put(self, node: ast.AST, new: str) -> list[Edit]:
        return [Edit(*self._span(node), new.encode())]

    def _around(self, node: ast.AST, before: str, after: str) -> list[Edit]:
        start, end = self._span(node)
        return [Edit(start, start, before.encode()), Edit(end, end, after.encode())]

    def _only(self, node: ast.AST, kept: ast.AST) -> list[Edit]:
        (start, end), (first, last) = self._span(node), self._span(kept)
        return [Edit(start, first, b"("), Edit(last, end, b")")]

    def _exchanged(self, one: ast.AST, other: ast.AST) -> list[Edit]:
        (a, b) = (f"({self._code(place)})" for place in (one, other))
        return [*self._put(one, b), *self._put(other, a)]

    # Expressions

    def _operation(self, node: ast.BinOp) -> Found:
        left, right = node.left, node.right
        if isinstance(node.op, ast.Pow):
            yield 0, f"{self._shown(left)} without its power", self._only(node, left)
        else:
            yield 0, f"{self._shown(left)} left out", self._only(node, right)
            yield 0, f"{self._shown(right)} left out", self._only(node, left)
        texts = {"a": self._code(left), "b": self._code(right),
                 "A": self._shown(left), "B": self._shown(right)}  # fmt: skip
        for rank, words, new in OPERATIONS.get(type(node.op), ()):
            yield rank, words.format(**texts), self._put(node, new.format(**texts))
        for one in (left, right):
            shown = self._shown(one)
            if isinstance(node.op, ast.Mult):
                yield 1, f"1 - {shown} for {shown}", self._around(one, "(1 - (", "))")
                yield 3, f"{shown} squared", self._around(one, "((", ") ** 2)")
            transposed = isinstance(one, ast.Attribute) and one.attr == "T"
            if isinstance(node.op, ast.MatMult) and not transposed:
                yield 1, f"{shown} transposed", self._around(one, "(", ").T")

    def _call(self, node: ast.Call) -> Found:
        function = node.func
        if isinstance(function, ast.Name):
            if node.args and function.id not in LEFT_ALONE:
                yield 2, f"`{function.id}` left out", self._only(node, node.args[0])
            return
        if not isinstance(function, ast.Attribute):
            return
        yield from self._keywords(node, function.attr)
        name, owner, given = function.attr, function.value, node.args
        of_torch = isinstance(owner, ast.Name) and owner.id not in self.names
        if name in LEFT_ALONE or (of_torch and not given):
            return
        inner, given = (given[0], given[1:]) if of_torch else (owner, given)
        where = f"{name} of {self._shown(inner)}"
        parts: list[ast.expr | ast.keyword] = [*given, *node.keywords]
        rest = ", ".join(map(self._source, parts))
        yield 1, f"no {where}", self._only(node, inner)
        for other in SWAPS.get(name, ()):
            words = f"{other} for {where if name not in MAKERS else name}"
            yield 1, words, self._put(function, f"({self._code(owner)}).{other}")
        if name in TWICE:
            yield 2, f"{name} twice", self._around(node, "(", f").{name}({rest})")
        if name == "norm":
            yield 1, "the norm squared", self._around(node, "((", ") ** 2)")
            values = f"({self._code(inner)}).abs()"
            yield 1, "the sum of absolute values for the norm", self._put(node, f"{values}.sum()")
            yield 2, "the largest absolute value for the norm", self._put(node, f"{values}.max()")

    def _source(self, part: ast.expr | ast.keyword) -> str:
        if isinstance(part, ast.keyword):
            return f"{part.arg}={self._code(part.value)}"
        return self._code(part)

    def _keywords(self, node: ast.Call, name: str) -> Found:
        for keyword in node.keywords:
            value = keyword.value
            was = self._code(value)
            if keyword.arg == "dim" and isinstance(value, ast.Constant | ast.UnaryOp):
                for dim in ("0", "1", "2", "-1"):
                    if dim != was:
                        yield 1, f"dim={dim} for dim={was} in {name}", self._put(value, dim)
            elif isinstance(value, ast.Constant) and isinstance(value.value, bool):
                turned = str(not value.value)
                yield 2, f"{keyword.arg}={turned}", self._put(value, turned)

    def _range(self, node: ast.Call) -> Found:
        bounds = [self._code(argument) for argument in node.args]
        if len(bounds) == 1:
            (end,) = bounds
            yield 1, "the loop one turn too short", self._put(node, f"range({end} - 1)")
            yield 1, "the loop without its first turn", self._put(node, f"range(1, {end})")
            yield 2, "the loop one turn too long", self._put(node, f"range({end} + 1)")
            return
        for bound, which in zip(node.args, ("first", "last"), strict=False):
            for step in ("+ 1", "- 1"):
                words = f"the loop's {which} bound {step}"
                yield 2, words, self._put(bound, f"{self._code(bound)} {step}")

    def _name(self, node: ast.Name) -> Found:
        for other in self.names if node.id in self.names else ():
            if other != node.id:
                rank = 2 if {other, node.id} <= set(self.arguments) else 3
                yield rank, f"`{other}` where `{node.id}` belongs", self._put(node, other)
        if node.id in self.arguments:
            words = f"the mean of all numbers in `{node.id}` for `{node.id}`"
            yield 3, words, self._around(node, "", ".mean()")

    def _constant(self, node: ast.Constant) -> Found:
        value = node.value
        if isinstance(value, bool) or not isinstance(value, int | float):
            return
        half = value // 2 if isinstance(value, int) and value % 2 == 0 else value / 2
        others: list[float] = [value + 1, value - 1, -value, 2 * value, half]
        if isinstance(value, float):
            others += [0.0, 1.0]
        for other in dict.fromkeys(others):
            if other != value:
                yield 3, f"{other:g} where {value:g} belongs", self._put(node, f"({other!r})")

    def _comparison(self, node: ast.Compare) -> Found:
        left, right = self._code(node.left), self._code(node.comparators[0])
        sign = COMPARISONS[type(node.ops[0])]
        for other in {NEAR[sign], TURNED.get(sign, NEAR[sign])}:
            yield 1, f"{other} for {sign}", self._put(node, f"({left} {other} {right})")

    def _choice(self, node: ast.IfExp) -> Found:
        yield 1, "the condition turned round", self._around(node.test, "not (", ")")
        for always in (node.body, node.orelse):
            yield 1, f"always {self._shown(always)}", self._only(node, always)

    def _part(self, node: ast.Subscript) -> Found:
        index = node.slice
        steps = (("+ 1", "late"), ("- 1", "early"))
        if isinstance(index, ast.Slice):
            for bound, which in ((index.lower, "begins"), (index.upper, "ends")):
                if bound is None:
                    continue
                for step, words in steps:
                    new = self._put(bound, f"({self._code(bound)} {step})")
                    yield 2, f"a part that {which} one too {words}", new
                yield 2, f"a part that {which} where the whole does", self._put(bound, "")
        elif not isinstance(index, ast.Tuple):
            for step, words in steps:
                new = self._put(index, f"({self._code(index)}) {step}")
                yield 2, f"{self._shown(node)} taken one place too {words}", new

    # Statements

    def _result(self, node: ast.Return) -> Found:
        value = node.value
        if isinstance(value, ast.Tuple):
            for one, other in itertools.combinations(value.elts, 2):
                words = f"the results {self._shown(one)} and {self._shown(other)} exchanged"
                yield 0, words, self._exchanged(one, other)
        elif value is not None:
            yield 1, "the result with the opposite sign", self._around(value, "-(", ")")
            yield 1, "the result transposed", self._around(value, "(", ").T")
            for name in SQUASHING:
                words = f"the result put through {name} once more"
                yield 3, words, self._around(value, "(", f").{name}()")

    def _loop(self, node: ast.For) -> Found:
        for rank, words, part in (
            (1, "the loop run in the other direction", "[::-1]"),
            (1, "the loop without its first turn", "[1:]"),
            (1, "the loop without its last turn", "[:-1]"),
            (2, "only the first turn of the loop", "[:1]"),
        ):
            yield rank, words, self._around(node.iter, "list(", f"){part}")

    def _assignment(self, node: ast.Assign) -> Found:
        target, value = node.targets[0], node.value
        if isinstance(target, ast.Tuple):
            both = isinstance(value, ast.Tuple)
            parts = value.elts if isinstance(value, ast.Tuple) else target.elts
            for one, other in itertools.combinations(parts, 2):
                words = f"{self._shown(one)} and {self._shown(other)} exchanged"
                yield int(both), words, self._exchanged(one, other)
        elif isinstance(target, ast.Name) and target.id in self.arguments:
            yield 2, f"`{target.id}` left as it was", self._put(node, "pass")
