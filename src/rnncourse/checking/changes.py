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

from rnncourse.checking.edits import Change, Edit, Function
from rnncourse.checking.places import Text
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


class _Places(Text):
    """Walks over the places of a function."""

    def __init__(self, reference: Function) -> None:
        super().__init__(reference)
        self.arguments = [argument.arg for argument in self.function.args.args]
        stored = [
            node.id
            for node in ast.walk(self.function)
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
        ]
        self.names = list(dict.fromkeys([*self.arguments, *stored]))

    def walk(self) -> Iterator[tuple[int, str, list[Edit], str]]:
        """Every change of every place, with the simple statement that it is a part of."""
        simple = [node for node in ast.walk(self.function) if isinstance(node, _SIMPLE)]
        for statement in simple:
            for node in ast.walk(statement):
                for rank, words, edits in self._at(node):
                    yield rank, words, edits, self.shown(statement)
        for loop in ast.walk(self.function):
            if isinstance(loop, ast.For | ast.If):
                head = loop.iter if isinstance(loop, ast.For) else loop.test
                for node in (loop, *ast.walk(head)):
                    for rank, words, edits in self._at(node):
                        yield rank, words, edits, self.shown(head)

    def _at(self, node: ast.AST) -> Found:
        match node:
            case ast.BinOp():
                yield from self._operation(node)
            case ast.Call(func=ast.Name(id="range")):
                yield from self._range(node)
            case ast.Call():
                yield from self._call(node)
            case ast.Attribute(attr="T", value=value):
                yield 0, f"{self.shown(value)} not transposed", self.only(node, value)
            case ast.Name(ctx=ast.Load()):
                yield from self._name(node)
            case ast.Constant():
                yield from self._constant(node)
            case ast.UnaryOp(op=ast.USub(), operand=value):
                yield 0, f"no minus before {self.shown(value)}", self.only(node, value)
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
                place = self.code(node.target)
                anew = self.put(node, f"{place} = {self.code(node.value)}")
                yield 1, f"`{place}` set anew each time, not added to", anew
                yield 2, f"the line `{place} …=` left out", self.put(node, "pass")
            case ast.Assign():
                yield from self._assignment(node)

    # Expressions

    def _operation(self, node: ast.BinOp) -> Found:
        left, right = node.left, node.right
        if isinstance(node.op, ast.Pow):
            yield 0, f"{self.shown(left)} without its power", self.only(node, left)
        else:
            yield 0, f"{self.shown(left)} left out", self.only(node, right)
            yield 0, f"{self.shown(right)} left out", self.only(node, left)
        texts = {"a": self.code(left), "b": self.code(right),
                 "A": self.shown(left), "B": self.shown(right)}  # fmt: skip
        for rank, words, new in OPERATIONS.get(type(node.op), ()):
            yield rank, words.format(**texts), self.put(node, new.format(**texts))
        for one in (left, right):
            shown = self.shown(one)
            if isinstance(node.op, ast.Mult):
                yield 1, f"1 - {shown} for {shown}", self.around(one, "(1 - (", "))")
                yield 3, f"{shown} squared", self.around(one, "((", ") ** 2)")
                yield 3, f"the root of {shown}", self.around(one, "((", ") ** 0.5)")
                yield from self._factor(one)
            transposed = isinstance(one, ast.Attribute) and one.attr == "T"
            if isinstance(node.op, ast.MatMult) and not transposed:
                yield 1, f"{shown} transposed", self.around(one, "(", ").T")

        if isinstance(node.op, ast.Add):
            yield from self._regrouped(node, left, right)
            yield from self._regrouped(node, right, left)

    def _factor(self, node: ast.expr) -> Found:
        """A factor squashed though it is squashed already, or 1 minus something else."""
        if isinstance(node, ast.Name) and node.id in self.names:
            for name in SQUASHING:
                words = f"`{node.id}` put through {name} once more"
                yield 3, words, self.around(node, "(", f").{name}()")
            for other in self.names:
                if other != node.id:
                    words = f"`1 - {other}` where `{node.id}` belongs"
                    yield 3, words, self.put(node, f"(1 - {other})")

    def _regrouped(self, node: ast.BinOp, product: ast.expr, other: ast.expr) -> Found:
        """A factor of one term that is taken for one of the sum."""
        if isinstance(product, ast.BinOp) and isinstance(product.op, ast.Mult):
            a, b, c = (f"({self.code(part)})" for part in (product.left, product.right, other))
            for factor, shown, rest in ((a, product.left, b), (b, product.right, a)):
                words = f"{self.shown(shown)} multiplying the whole sum"
                yield 2, words, self.put(node, f"({factor} * ({rest} + {c}))")

    def _call(self, node: ast.Call) -> Found:
        function = node.func
        if isinstance(function, ast.Name):
            if node.args and function.id not in LEFT_ALONE:
                yield 2, f"`{function.id}` left out", self.only(node, node.args[0])
            return
        if not isinstance(function, ast.Attribute):
            return
        yield from self._keywords(node, function.attr)
        name, owner, given = function.attr, function.value, node.args
        of_torch = isinstance(owner, ast.Name) and owner.id not in self.names
        if name in LEFT_ALONE or (of_torch and not given):
            return
        inner, given = (given[0], given[1:]) if of_torch else (owner, given)
        where = f"{name} of {self.shown(inner)}"
        parts: list[ast.expr | ast.keyword] = [*given, *node.keywords]
        rest = ", ".join(map(self._source, parts))
        yield 1, f"no {where}", self.only(node, inner)
        for other in SWAPS.get(name, ()):
            words = f"{other} for {where if name not in MAKERS else name}"
            yield 1, words, self.renamed(function, other)
        if name in TWICE:
            yield 2, f"{name} twice", self.around(node, "(", f").{name}({rest})")
        if name == "norm":
            yield 1, "the norm squared", self.around(node, "((", ") ** 2)")
            values = f"({self.code(inner)}).abs()"
            along = ", ".join(self._source(part) for part in node.keywords if part.arg == "dim")
            for rank, words, other in (
                (1, "the sum of absolute values", "sum"),
                (2, "the largest absolute value", "amax"),
                (2, "the mean of absolute values", "mean"),
            ):
                yield rank, f"{words} for the norm", self.put(node, f"{values}.{other}({along})")

    def _source(self, part: ast.expr | ast.keyword) -> str:
        if isinstance(part, ast.keyword):
            return f"{part.arg}={self.code(part.value)}"
        return self.code(part)

    def _keywords(self, node: ast.Call, name: str) -> Found:
        for keyword in node.keywords:
            value = keyword.value
            was = self.code(value)
            if keyword.arg == "dim" and isinstance(value, ast.Constant | ast.UnaryOp):
                for dim in ("0", "1", "2", "-1"):
                    if dim != was:
                        yield 1, f"dim={dim} for dim={was} in {name}", self.put(value, dim)
            elif isinstance(value, ast.Constant) and isinstance(value.value, bool):
                turned = str(not value.value)
                yield 2, f"{keyword.arg}={turned}", self.put(value, turned)

    def _range(self, node: ast.Call) -> Found:
        bounds = [self.code(argument) for argument in node.args]
        if len(bounds) == 1:
            (end,) = bounds
            yield 1, "the loop one turn too short", self.put(node, f"range({end} - 1)")
            yield 1, "the loop without its first turn", self.put(node, f"range(1, {end})")
            yield 2, "the loop one turn too long", self.put(node, f"range({end} + 1)")
            return
        for bound, which in zip(node.args, ("first", "last"), strict=False):
            for step in ("+ 1", "- 1"):
                words = f"the loop's {which} bound {step}"
                yield 2, words, self.put(bound, f"{self.code(bound)} {step}")

    def _name(self, node: ast.Name) -> Found:
        for other in self.names if node.id in self.names else ():
            if other != node.id:
                rank = 2 if {other, node.id} <= set(self.arguments) else 3
                yield rank, f"`{other}` where `{node.id}` belongs", self.put(node, other)
        if node.id in self.arguments:
            words = f"the mean of all numbers in `{node.id}` for `{node.id}`"
            yield 3, words, self.around(node, "", ".mean()")

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
                yield 3, f"{other:g} where {value:g} belongs", self.put(node, f"({other!r})")

    def _comparison(self, node: ast.Compare) -> Found:
        left, right = self.code(node.left), self.code(node.comparators[0])
        sign = COMPARISONS[type(node.ops[0])]
        for other in {NEAR[sign], TURNED.get(sign, NEAR[sign])}:
            yield 1, f"{other} for {sign}", self.put(node, f"({left} {other} {right})")

    def _choice(self, node: ast.IfExp) -> Found:
        yield 1, "the condition turned round", self.around(node.test, "not (", ")")
        for always in (node.body, node.orelse):
            yield 1, f"always {self.shown(always)}", self.only(node, always)

    def _part(self, node: ast.Subscript) -> Found:
        index = node.slice
        steps = (("+ 1", "late"), ("- 1", "early"))
        if isinstance(index, ast.Slice):
            for bound, which in ((index.lower, "begins"), (index.upper, "ends")):
                if bound is None:
                    continue
                for step, words in steps:
                    new = self.put(bound, f"({self.code(bound)} {step})")
                    yield 2, f"a part that {which} one too {words}", new
                yield 2, f"a part that {which} where the whole does", self.put(bound, "")
        elif not isinstance(index, ast.Tuple):
            for step, words in steps:
                new = self.put(index, f"({self.code(index)}) {step}")
                yield 2, f"{self.shown(node)} taken one place too {words}", new

    # Statements

    def _result(self, node: ast.Return) -> Found:
        value = node.value
        if isinstance(value, ast.Tuple):
            for one, other in itertools.combinations(value.elts, 2):
                words = f"the results {self.shown(one)} and {self.shown(other)} exchanged"
                yield 0, words, self.exchanged(one, other)
        elif value is not None:
            yield 1, "the result with the opposite sign", self.around(value, "-(", ")")
            yield 1, "the result transposed", self.around(value, "(", ").T")
            for name in SQUASHING:
                words = f"the result put through {name} once more"
                yield 3, words, self.around(value, "(", f").{name}()")

    def _loop(self, node: ast.For) -> Found:
        for rank, words, part in (
            (1, "the loop run in the other direction", "[::-1]"),
            (1, "the loop without its first turn", "[1:]"),
            (1, "the loop without its last turn", "[:-1]"),
            (2, "only the first turn of the loop", "[:1]"),
        ):
            yield rank, words, self.around(node.iter, "list(", f"){part}")

    def _assignment(self, node: ast.Assign) -> Found:
        target, value = node.targets[0], node.value
        if isinstance(target, ast.Tuple):
            both = isinstance(value, ast.Tuple)
            parts = value.elts if isinstance(value, ast.Tuple) else target.elts
            for one, other in itertools.combinations(parts, 2):
                words = f"{self.shown(one)} and {self.shown(other)} exchanged"
                yield int(both), words, self.exchanged(one, other)
        elif isinstance(target, ast.Name) and target.id in self.arguments:
            yield 2, f"`{target.id}` left as it was", self.put(node, "pass")
