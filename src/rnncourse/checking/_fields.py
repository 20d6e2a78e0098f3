"""Reading the tables of a TOML file field by field, with errors that say where."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from typing import Any


def _finite(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_TAG = re.compile(r"<(/?)([A-Za-z]\w*)([^<>]*)>?")
_TAGS = ("code", "em", "sub", "sup")


class QuizError(ValueError):
    """A file of quiz questions that is not as it should be."""


class Fields:
    """The fields of one table; each may be read once, and none may be left over.

    Args:
        place: Where the table stands, for messages.
        table: The table, as ``tomllib`` gives it.
    """

    def __init__(self, place: str, table: Mapping[str, Any]) -> None:
        self.place = place
        self._table = dict(table)

    def error(self, field: str, problem: str) -> QuizError:
        """Make an error about a field of this table."""
        return QuizError(f"{self.place}: {field}: {problem}")

    def text(self, field: str, *, default: str | None = None) -> str:
        """Read a text with markup; without a default it must be there and hold something."""
        value = self._take(field, str, "a text", default)
        if not value.strip() and default is None:
            raise self.error(field, "is empty")
        self._check_markup(field, value)
        return " ".join(value.split())

    def name(self, field: str) -> str:
        """Read a name of small letters, digits and hyphens; further messages show it."""
        value: str = self._take(field, str, "a text", None)
        if not _NAME.fullmatch(value):
            raise self.error(field, f"must be like 'what-it-asks', got {value!r}")
        self.place = f"{self.place} ({value})"
        return value

    def one_of(self, field: str, known: Iterable[str]) -> str:
        """Read a text that must be one of some."""
        value: str = self._take(field, str, "a text", None)
        if value not in known:
            raise self.error(field, f"must be one of {', '.join(known)}, got {value!r}")
        return value

    def number(self, field: str, *, default: float | None = None) -> float:
        """Read a finite number."""
        value: float = self._take(field, (int, float), "a number", default)
        if isinstance(value, bool) or not math.isfinite(value):
            raise self.error(field, f"must be a finite number, got {value}")
        return value

    def numbers(self, field: str) -> tuple[float, ...]:
        """Read a list of finite numbers, at least one."""
        values = self._take(field, list, "a list of numbers", None)
        if not values or not all(_finite(value) for value in values):
            raise self.error(field, f"must be a list of finite numbers, got {values!r}")
        return tuple(float(value) for value in values)

    def ranges(self, field: str) -> tuple[tuple[float, float], ...]:
        """Read a list of pairs, the lower number first."""
        values = self._take(field, list, "a list of pairs", None)
        for pair in values:
            if not (isinstance(pair, list) and len(pair) == 2 and all(map(_finite, pair))):
                raise self.error(field, f"must hold pairs of finite numbers, got {pair!r}")
            if pair[0] > pair[1]:
                raise self.error(field, f"the lower number stands first, got {pair!r}")
        return tuple((float(least), float(most)) for least, most in values)

    def texts(self, field: str, *, least: int) -> tuple[str, ...]:
        """Read a list of texts with markup, at least so many; without any it may be left out."""
        values = self._take(field, list, "a list of texts", None if least else [])
        if len(values) < least or not all(isinstance(v, str) and v.strip() for v in values):
            raise self.error(field, f"must be a list of at least {least} texts, got {values!r}")
        for value in values:
            self._check_markup(field, value)
        return tuple(" ".join(value.split()) for value in values)

    def flag(self, field: str, *, default: bool) -> bool:
        """Read true or false."""
        value: bool = self._take(field, bool, "true or false", default)
        return value

    def tables(self, field: str, *, least: int) -> list[Fields]:
        """Read a list of tables, at least so many."""
        value = self._take(field, list, "a list of tables", [])
        if len(value) < least or not all(isinstance(table, dict) for table in value):
            raise self.error(field, f"at least {least} of [[…{field}]] must be there")
        return [
            Fields(f"{self.place}, {field} {place}", table)
            for place, table in enumerate(value, start=1)
        ]

    def close(self) -> None:
        """Complain of fields that nothing has read."""
        if self._table:
            raise self.error(next(iter(self._table)), "there is no such field here")

    def _take(self, field: str, kind: Any, words: str, default: Any) -> Any:
        if field not in self._table:
            if default is None:
                raise self.error(field, "is missing")
            return default
        value = self._table.pop(field)
        if not isinstance(value, kind):
            raise self.error(field, f"must be {words}, got {value!r}")
        return value

    def _check_markup(self, field: str, value: str) -> None:
        open_tags: list[str] = []
        for closing, tag, rest in _TAG.findall(value):
            if tag not in _TAGS or rest:
                shown = f"<{closing}{tag}{rest}>"
                raise self.error(field, f"{shown!r} is not one of <{'>, <'.join(_TAGS)}>")
            if not closing:
                open_tags.append(tag)
            elif not open_tags or open_tags.pop() != tag:
                raise self.error(field, f"</{tag}> closes what is not open")
        if open_tags:
            raise self.error(field, f"<{open_tags[-1]}> is not closed")
        if "$" in value or "`" in value:
            raise self.error(field, "$ and ` mean nothing here: use Unicode and <code>")
