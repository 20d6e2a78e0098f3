"""What each character of a Python text belongs to, as Python's own tokenizer says."""

from __future__ import annotations

import io
import tokenize
from itertools import accumulate

import torch
from torch import Tensor

from rnnbook.cells.checks import instance

KINDS = ("code", "comment", "string")
_MARKED = {"COMMENT": "comment", "STRING": "string"}
# From 3.12 on, an f-string comes in parts: its text is a string, what stands in braces is code.
_MARKED |= dict.fromkeys(("FSTRING_START", "FSTRING_MIDDLE", "FSTRING_END"), "string")


def code_kinds(text: str) -> Tensor:
    """Mark each character as part of code, of a comment or of a string.

    Args:
        text: Python source, lines ended by newlines.

    Returns:
        Indices into ``KINDS``, shape (len(text)).

    Raises:
        TypeError: if ``text`` is no str.
        ValueError: if Python's tokenizer cannot read the text.
    """
    instance("text", text, str, "a str")
    kinds = torch.zeros(len(text), dtype=torch.long, device="cpu")
    # Where each line starts; tokens know their line and column.
    starts = [0, *accumulate(len(line) for line in io.StringIO(text))]
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            kind = _MARKED.get(tokenize.tok_name[token.type])
            if kind is not None:
                first = starts[token.start[0] - 1] + token.start[1]
                last = starts[token.end[0] - 1] + token.end[1]
                kinds[first:last] = KINDS.index(kind)
    except (tokenize.TokenError, SyntaxError) as error:
        raise ValueError(f"text must be Python source, got something else: {error}") from None
    return kinds
