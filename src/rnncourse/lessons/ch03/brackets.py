"""Which bracket of a Python text closes which, as Python's own tokenizer says."""

from __future__ import annotations

import io
import tokenize
from itertools import accumulate

from rnnbook.cells.checks import instance

CLOSERS = {"(": ")", "[": "]", "{": "}"}


def bracket_pairs(text: str) -> list[tuple[int, int]]:
    """The places of brackets that belong together; those in strings and comments do not count.

    Args:
        text: Python source, lines ended by newlines.

    Returns:
        Pairs of indices ``(opening, closing)``, in the order of the closing ones.

    Raises:
        TypeError: if ``text`` is no str.
        ValueError: if Python's tokenizer cannot read the text.
    """
    instance("text", text, str, "a str")
    starts = [0, *accumulate(len(line) for line in io.StringIO(text))]
    pairs: list[tuple[int, int]] = []
    opened: list[int] = []
    # From 3.12 on, the braces of an f-string are operators too; its text is not.
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type != tokenize.OP:
                continue
            place = starts[token.start[0] - 1] + token.start[1]
            if token.string in CLOSERS:
                opened.append(place)
            elif token.string in CLOSERS.values():
                pairs.append((opened.pop(), place))
    except (tokenize.TokenError, SyntaxError, IndexError) as error:
        raise ValueError(f"text must be Python source, got something else: {error}") from None
    return pairs
