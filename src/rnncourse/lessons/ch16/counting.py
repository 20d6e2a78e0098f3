"""A table of counts that can go on counting while it reads: the baseline of dynamic evaluation."""

from __future__ import annotations

from collections import Counter
from math import log2

CONTEXT = 6
"""Characters that are looked back at, at most."""


class Counts:
    """Counts of strings, and what they say about the next character.

    Interpolated with Witten and Bell's weights: where a context was followed by ``n`` characters,
    ``d`` of them different, the shorter context has the weight ``d / (n + d)``. It is a little
    worse than Kneser and Ney's, and can be added to, one character at a time.

    Args:
        symbols: how many characters there are.
    """

    def __init__(self, symbols: int) -> None:
        self.symbols = symbols
        self.strings: Counter[str] = Counter()
        self.followed: Counter[str] = Counter()
        self.different: Counter[str] = Counter()

    def add(self, context: str, character: str) -> None:
        """Count a character after the context and after each of its ends."""
        for start in range(len(context) + 1):
            end = context[start:]
            self.different[end] += end + character not in self.strings
            self.strings[end + character] += 1
            self.followed[end] += 1

    def p(self, context: str, character: str) -> float:
        """The probability of a character after a context."""
        p = 1 / self.symbols
        for start in range(len(context), -1, -1):
            end = context[start:]
            n, d = self.followed[end], self.different[end]
            if n:
                p = (self.strings[end + character] + d * p) / (n + d)
        return p

    def read(self, text: str, learn: bool) -> list[float]:
        """Bits of each character of a text; with ``learn``, each is counted after it was paid."""
        bits = []
        for at, character in enumerate(text):
            context = text[max(at - CONTEXT, 0) : at]
            bits.append(-log2(self.p(context, character)))
            if learn:
                self.add(context, character)
        return bits
