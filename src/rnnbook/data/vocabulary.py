"""Characters and their numbers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import LongTensor, Tensor

from rnnbook.cells.checks import instance, tensor


@dataclass(frozen=True)
class Vocabulary:
    """The characters that a model knows; a character's id is its place among them.

    Args:
        characters: all of them, each once.
        unknown: the one among them that stands for every other; None to refuse others.

    Raises:
        TypeError: if one of them is no str.
        ValueError: if a character occurs twice, or ``unknown`` is not among the characters.
    """

    characters: str
    unknown: str | None = None

    def __post_init__(self) -> None:
        instance("characters", self.characters, str, "a str")
        instance("unknown", self.unknown, str | None, "a str or None")
        if not self.characters:
            raise ValueError("characters must hold at least one character, got ''")
        if len(set(self.characters)) != len(self.characters):
            twice = sorted({c for c in self.characters if self.characters.count(c) > 1})
            raise ValueError(f"characters must differ from each other, got {twice} twice")
        if self.unknown is not None and (len(self.unknown) != 1 or self.unknown not in self._ids):
            raise ValueError(f"unknown must be one of the characters, got {self.unknown!r}")

    @classmethod
    def from_text(cls, text: str, unknown: str | None = None) -> Vocabulary:
        """The characters of a text in the order of their code points, and ``unknown``."""
        instance("text", text, str, "a str")
        instance("unknown", unknown, str | None, "a str or None")
        return cls("".join(sorted({*text, *(unknown or "")})), unknown)

    def __len__(self) -> int:
        """How many characters there are."""
        return len(self.characters)

    def encode(self, text: str) -> LongTensor:
        """The ids of a text's characters, shape (len(text)).

        Raises:
            TypeError: if the text is no str.
            ValueError: if the text has characters that the vocabulary lacks, and no ``unknown``.
        """
        instance("text", text, str, "a str")
        others = set(text) - self._ids.keys()
        if others and self.unknown is None:
            named = ", ".join(repr(c) for c in sorted(others)[:5])
            more = f" and {len(others) - 5} more" if len(others) > 5 else ""
            raise ValueError(f"text has characters outside the vocabulary: {named}{more}")
        ids = self._ids if self.unknown is None else self._ids | dict.fromkeys(others, self._other)
        return torch.LongTensor([ids[c] for c in text])

    def decode(self, ids: Tensor | Iterable[int]) -> str:
        """The text of some ids, a tensor of one axis or any ints.

        Raises:
            TypeError: if an id is no int.
            ValueError: if an id is not one of the vocabulary's, or a tensor has more axes.
        """
        if isinstance(ids, Tensor):
            ids = tensor("ids", ids, "N").tolist()
        instance("ids", ids, Iterable, "a tensor or some ints")
        numbers = list(ids)
        for number in numbers:
            if isinstance(number, bool) or not hasattr(number, "__index__"):
                raise TypeError(f"ids must be ints, got {number!r}")
            if not 0 <= number < len(self):
                raise ValueError(f"ids must lie between 0 and {len(self) - 1}, got {number}")
        return "".join(self.characters[number] for number in numbers)

    @cached_property
    def _ids(self) -> dict[str, int]:
        return {character: i for i, character in enumerate(self.characters)}

    @property
    def _other(self) -> int:
        return self._ids[self.unknown or ""]
