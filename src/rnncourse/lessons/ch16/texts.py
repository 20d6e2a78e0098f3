"""Two texts to model: Python's standard library by character, and the prose in it by word."""

from __future__ import annotations

import io
import re
import tokenize
from functools import lru_cache
from typing import NamedTuple

from torch import Tensor

from rnnbook.data import Vocabulary, WordVocabulary, stdlib_split, stdlib_text, tiny_shakespeare

QUOTES = ('"""', "'''", 'r"""', "r'''")
WORD = re.compile(r"[a-z']+|[.,;:()]")
SEEN = 5
"""How often a word must stand in the training part to be known; all others are one, `UNKNOWN`."""
UNKNOWN = "<unk>"


class Text(NamedTuple):
    """A text in ids, in three pieces that follow each other.

    Attributes:
        train: what weights are fitted to.
        validation: what everything else is chosen on, a twentieth of the text.
        test: what is measured on, once all is chosen; the last tenth.
        tokens: what the ids stand for.
    """

    train: Tensor
    validation: Tensor
    test: Tensor
    tokens: tuple[str, ...]


@lru_cache(maxsize=1)
def characters() -> Text:
    """The standard library's code, character by character."""
    train, validation, test, vocabulary = stdlib_split()
    return Text(train, validation, test, tuple(vocabulary.characters))


@lru_cache(maxsize=1)
def prose() -> tuple[str, ...]:
    """The words and marks of the standard library's comments and docstrings, in small letters."""
    found = []
    for token in tokenize.generate_tokens(io.StringIO(stdlib_text().text).readline):
        if token.type == tokenize.COMMENT:
            found.append(token.string.lstrip("# "))
        if token.type == tokenize.STRING and token.string.startswith(QUOTES):
            found.append(token.string)
    return tuple(WORD.findall("\n".join(found).lower()))


@lru_cache(maxsize=4)
def words(seen: int = SEEN) -> Text:
    """The prose in the standard library, word by word.

    Args:
        seen: how often a word must stand in the training part to be known.
    """
    text = prose()
    first, second = int(0.85 * len(text)), int(0.9 * len(text))
    known = WordVocabulary.from_words(text[:first], seen, first=(UNKNOWN,))
    ids = known.encode(text)
    return Text(ids[:first], ids[first:second], ids[second:], known.words)


@lru_cache(maxsize=1)
def shakespeare() -> Text:
    """Shakespeare's plays, character by character: the download `tinyshakespeare`."""
    text = tiny_shakespeare()
    vocabulary = Vocabulary.from_text(text)
    ids = vocabulary.encode(text)
    first, second = int(0.85 * len(ids)), int(0.9 * len(ids))
    return Text(ids[:first], ids[first:second], ids[second:], tuple(vocabulary.characters))


TEXTS = {"characters": characters, "words": words}
