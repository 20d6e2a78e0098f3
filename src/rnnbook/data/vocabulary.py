"""Characters, or words, and their numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
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
        return "".join(self.characters[number] for number in _numbers(ids, len(self)))

    @cached_property
    def _ids(self) -> dict[str, int]:
        return {character: i for i, character in enumerate(self.characters)}

    @property
    def _other(self) -> int:
        return self._ids[self.unknown or ""]


@dataclass(frozen=True)
class WordVocabulary:
    """The words that a model knows; a word's id is its place among them.

    Args:
        words: all of them, each once; the first stands for every other.

    Raises:
        ValueError: if a word occurs twice, or there is none.
    """

    words: tuple[str, ...]

    def __post_init__(self) -> None:
        if not self.words or len(set(self.words)) != len(self.words):
            raise ValueError(f"words must differ, and be one at least, got {self.words!r:.60}")

    @classmethod
    def from_words(
        cls, text: Iterable[str], seen: int = 1, first: Sequence[str] = ("<unk>",)
    ) -> WordVocabulary:
        """The words of a text in the order of the alphabet, after what stands for others.

        Args:
            text: its words.
            seen: how often a word must stand there to be known.
            first: what stands for every other word, and more that shall have the first ids.
        """
        often = Counter(text)
        known = sorted(word for word, count in often.items() if count >= seen)
        return cls((*first, *(word for word in known if word not in first)))

    def __len__(self) -> int:
        """How many words there are."""
        return len(self.words)

    def encode(self, text: Iterable[str]) -> LongTensor:
        """The ids of some words, shape (N); 0 for a word that is not known."""
        instance("text", text, Iterable, "some words")
        return torch.LongTensor([self._ids.get(word, 0) for word in text])

    def decode(self, ids: Tensor | Iterable[int]) -> list[str]:
        """The words of some ids; errors as `Vocabulary.decode`."""
        return [self.words[number] for number in _numbers(ids, len(self))]

    @cached_property
    def _ids(self) -> dict[str, int]:
        return {word: place for place, word in enumerate(self.words)}


def _numbers(ids: Tensor | Iterable[int], size: int) -> list[int]:
    """Some ids as ints, if all are of a vocabulary of this size."""
    if isinstance(ids, Tensor):
        ids = tensor("ids", ids, "N").tolist()
    instance("ids", ids, Iterable, "a tensor or some ints")
    numbers = list(ids)
    for number in numbers:
        if isinstance(number, bool) or not hasattr(number, "__index__"):
            raise TypeError(f"ids must be ints, got {number!r}")
        if not 0 <= number < size:
            raise ValueError(f"ids must lie between 0 and {size - 1}, got {number}")
    return numbers
