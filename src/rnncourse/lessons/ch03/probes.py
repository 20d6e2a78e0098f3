"""What a language model of Python remembers, and how it writes."""

from __future__ import annotations

from functools import lru_cache
from math import log

import torch
from torch import Tensor, nn

from rnnbook.cells.modes import evaluating
from rnnbook.data import stdlib_split, stdlib_text
from rnncourse.lessons.ch03.brackets import CLOSERS, bracket_pairs

CONTEXT = 200
"""Characters that are read before a closing bracket."""


def multiples_of_four(text: str) -> float:
    """The share of indented lines whose indentation is a multiple of four spaces."""
    lines = [line for line in text.split("\n")[1:-1] if line.startswith(" ") and line.strip()]
    spaces = [len(line) - len(line.lstrip(" ")) for line in lines]
    return sum(n % 4 == 0 for n in spaces) / max(len(spaces), 1)


@lru_cache(maxsize=1)
def unseen_pairs() -> list[tuple[int, int]]:
    """The round and square brackets of the test part, as places in the whole text."""
    text = stdlib_text().text
    start = len(text) - len(stdlib_split().test)
    return [(i, j) for i, j in bracket_pairs(text) if i >= start and text[i] in "(["]


@torch.no_grad()
def bracket_shift(model: nn.Module, nearest: int, farthest: int) -> Tensor:
    """How much a network's choice of the closing bracket depends on the opening one.

    The network reads the true text up to a closing bracket, twice: as it is, and with ``(`` and
    ``[`` exchanged at the one place where that bracket was opened. All else is the same, so
    whatever moves is due to its memory of that character.

    Args:
        model: a language model of the corpus; it is asked in evaluation mode, and left in the
            mode it had.
        nearest: the fewest characters from the opening bracket to the closing one.
        farthest: the most; fewer than ``CONTEXT``.

    Returns:
        For each pair of brackets, the bits by which ``log p(right) − log p(wrong)`` grows when
        the opening bracket is the one that fits; 0 for a model that cannot see it.
    """
    text, (*parts, vocabulary) = stdlib_text().text, stdlib_split()
    ids = torch.cat(parts)
    pairs = [(i, j) for i, j in unseen_pairs() if nearest <= j - i <= farthest]
    true = torch.stack([ids[j - CONTEXT : j] for _, j in pairs], dim=1)  # (T, B)
    other = true.clone()
    swap = {"(": "[", "[": "("}
    for row, (i, j) in enumerate(pairs):
        other[CONTEXT - (j - i), row] = vocabulary.encode(swap[text[i]])[0]
    right, wrong = (
        torch.stack([vocabulary.encode(CLOSERS[opener])[0] for opener in openers])
        for openers in ([text[i] for i, _ in pairs], [swap[text[i]] for i, _ in pairs])
    )
    rows = torch.arange(len(pairs), device=ids.device)

    def preference(ids: Tensor) -> Tensor:
        last = model(ids)[0][-1]  # (B, V); a difference of logits is one of log-probabilities
        return (last[rows, right] - last[rows, wrong]) / log(2)

    with evaluating(model):
        return preference(true) - preference(other)
