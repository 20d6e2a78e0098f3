"""Leave out of a style sheet what no page uses, and write what stays in few bytes.

A rule stays if every class and id that its selector asks for is known. Attributes, elements and
states are taken to be there, and what stands in `:not()` is not asked for. Custom properties, fonts
and keyframes stay if something that stays names them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import tinycss2
from tinycss2 import ast

Tokens = list[ast.Node]
ALTERNATIVES = {"is", "where", "has"}
GROUPS = {"media", "supports", "layer", "container"}  # at-rules that hold rules
CLASSES = re.compile(r"""\s(?:class|id)=(?:"([^"]*)"|'([^']*)'|([^\s>"']+))""")
WORD = re.compile(r"[\w-]+")
BEGINNING = re.compile(r"[A-Za-z_][\w-]+-")
VARIABLE = re.compile(r"var\(\s*(--[\w-]+)")
FAMILY = re.compile(r"font-family:(.+)")
QUOTES = str.maketrans("", "", "\\\"'")  # "Font 6" can be written Font\\ 6


@dataclass(frozen=True)
class Known:
    """Names of classes, ids and properties: whole ones, and beginnings that a script completes."""

    names: frozenset[str]
    beginnings: tuple[str, ...] = ()

    def __contains__(self, name: str) -> bool:
        return name in self.names or name.startswith(self.beginnings)


def names_in(pages: Iterable[str], scripts: Iterable[str] = ()) -> Known:
    """The names that occur in a page's `class`, `id` or `var()`, or anywhere in a script.

    A word of a script that ends in a dash is the beginning of names: `tooltip-${place}`.
    """
    names: set[str] = set()
    for page in pages:
        names.update(VARIABLE.findall(page))
        names.update(*("".join(values).split() for values in CLASSES.findall(page)))
    words = {word for script in scripts for word in WORD.findall(script)}
    beginnings = filter(BEGINNING.fullmatch, words)
    return Known(frozenset(names | words), tuple(sorted(beginnings)))


@dataclass
class Rule:
    """What stands before the braces, and in them declarations, or rules."""

    head: str
    declarations: list[str] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)

    def __str__(self) -> str:
        inner = "".join(map(str, self.rules)) or ";".join(self.declarations)
        return f"{self.head}{{{inner}}}" if inner else ""


def purged(css: str, known: Known) -> str:
    """A style sheet without the rules for elements that cannot be there.

    Args:
        css: The sheet; `@import` is not followed.
        known: The names that are there.

    Raises:
        ValueError: the sheet cannot be read, or imports another.
    """
    rules = list(_possible(tinycss2.parse_stylesheet(css, True, True), known))
    used = _used(rules, known)
    return "".join(str(rule) for rule in _needed(rules, used))


def _possible(nodes: Iterable[ast.Node], known: Known) -> Iterator[Rule]:
    """The rules whose elements can be there."""
    for node in nodes:
        if node.type == "error":
            raise ValueError(f"the style sheet cannot be read: {node.message}")
        if node.type == "qualified-rule":
            selectors = [_short(s) for s in _split(node.prelude, ",") if _can_be(s, known)]
            if selectors:
                yield Rule(",".join(selectors), _declarations(node.content))
        elif node.content is None:
            if node.lower_at_keyword != "charset":
                raise ValueError(f"@{node.at_keyword} {_short(node.prelude)} is not followed")
        else:
            rule = Rule(f"@{node.at_keyword} {_short(node.prelude)}".strip())
            if node.lower_at_keyword in GROUPS:
                inner = tinycss2.parse_rule_list(node.content, True, True)
                rule.rules = list(_possible(inner, known))
            else:
                rule.declarations = _declarations(node.content)
            yield rule


def _declarations(content: Tokens) -> list[str]:
    return [text for part in _split(content, ";") if (text := _short(part))]


def _split(tokens: Tokens, separator: str) -> Iterator[Tokens]:
    part: Tokens = []
    for token in tokens:
        if token == separator:
            yield part
            part = []
        else:
            part.append(token)
    yield part


def _can_be(selector: Tokens, known: Known) -> bool:
    """Whether there can be an element that a selector asks for."""
    before = None
    for token in selector:
        named = token.type == "hash" or (token.type == "ident" and before == ".")
        if named and token.value not in known:
            return False
        if (
            token.type == "function"
            and token.lower_name in ALTERNATIVES
            and not any(_can_be(part, known) for part in _split(token.arguments, ","))
        ):
            return False
        before = token
    return True


def _short(tokens: Tokens) -> str:
    """Tokens as text, without comments and with single blanks."""
    kept = [token for token in tokens if token.type != "comment"]
    for token in kept:
        if token.type == "whitespace":
            token.value = " "
    return tinycss2.serialize(kept).strip()


def _all(rules: list[Rule]) -> Iterator[Rule]:
    for rule in rules:
        yield rule
        yield from _all(rule.rules)


def _used(rules: list[Rule], known: Known) -> set[str]:
    """The custom properties that something needs, and all words of the other declarations."""
    needs: dict[str, set[str]] = {}  # of a property, whatever its values name
    used: set[str] = set()
    for rule in _all(rules):
        for declaration in rule.declarations:
            name, _, value = declaration.partition(":")
            if name.startswith("--"):
                needs.setdefault(name.strip(), set()).update(VARIABLE.findall(value))
            else:
                used.update(VARIABLE.findall(value))
    waiting = used | {name for name in needs if name in known.names}
    used = set()
    while waiting:
        name = waiting.pop()
        used.add(name)
        waiting |= needs.get(name, set()) - used
    return used


def _needed(rules: list[Rule], used: set[str]) -> list[Rule]:
    """The rules without properties that nobody reads, fonts and keyframes that nobody names."""
    for rule in _all(rules):
        rule.declarations = [
            d for d in rule.declarations
            if not d.startswith("--") or d.partition(":")[0].strip() in used
        ]  # fmt: skip
    text = "\n".join(
        d for rule in _all(rules) if not rule.head.startswith("@") for d in rule.declarations
    ).translate(QUOTES)

    def is_named(rule: Rule) -> bool:
        if rule.head == "@font-face":
            families = (FAMILY.match(d) for d in rule.declarations)
            return any(match and match[1].translate(QUOTES).strip() in text for match in families)
        if "keyframes" in rule.head:
            return re.search(rf"\b{re.escape(rule.head.split()[-1])}\b", text) is not None
        return True

    for rule in _all(rules):
        rule.rules = [inner for inner in rule.rules if is_named(inner)]
    return [rule for rule in rules if is_named(rule)]
