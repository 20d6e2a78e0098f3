"""Drawing the next character as a page draws it: the twin of ``js/write_with_it/sampler.js``."""

from __future__ import annotations

import torch
from torch import Tensor

from rnnbook.models.decoding import temper

_BITS = 0xFFFFFFFF


class Random:
    """The page's generator, xoshiro128** started by splitmix32, as in ``js/engine/random.js``.

    Args:
        seed: a whole number from 0 to 2⁵³ − 1.
    """

    def __init__(self, seed: int) -> None:
        key = _mixed(_mixed(_mixed(seed & _BITS) ^ (seed >> 32)))
        self._state = []
        for _ in range(4):
            key = (key + 0x9E3779B9) & _BITS
            self._state.append(_mixed(key))
        self._state[0] = self._state[0] or 1  # all zero would stay zero

    def uniform(self) -> float:
        """Uniform on [0, 1), a multiple of 2⁻³²."""
        s = self._state
        result = _turned(s[1] * 5 & _BITS, 7) * 9 & _BITS
        shifted = s[1] << 9 & _BITS
        s[2] ^= s[0]
        s[3] ^= s[1]
        s[1] ^= s[2]
        s[0] ^= s[3]
        s[2] ^= shifted
        s[3] = _turned(s[3], 11)
        return result / 2**32


def chances(scores: Tensor, *, temperature: float, top_k: int, top_p: float) -> Tensor:
    """How probably each character is drawn: tempered, then cut twice, and adding up to 1.

    Of the ``top_k`` likeliest characters, whose probabilities are made to add up to 1, the fewest
    stay that have at least ``top_p`` together, the likeliest first; of equal ones the earlier.

    Args:
        scores: those of the characters that may be drawn, shape (K).
        temperature: what the scores are divided by.
        top_k: how many characters stay.
        top_p: which share of the probability they must have; all stay if it is 1.

    Returns:
        Shape (K); 0 where a character is cut out.
    """
    kept = scores.argsort(descending=True, stable=True)[:top_k]
    p = temper(scores, temperature)[kept]
    if top_p < 1:
        short = (p / p.sum()).cumsum(dim=0) < top_p  # with so many of them the share is not reached
        kept, p = kept[: int(short.sum()) + 1], p[: int(short.sum()) + 1]
    return torch.zeros_like(scores).scatter(0, kept, p / p.sum())


def drawn(chances: Tensor, uniform: float) -> int:
    """The first character at which the chances, added up in their order, are above ``uniform``."""
    above = (chances.cumsum(dim=0) > uniform).nonzero()
    found = above[0] if len(above) else chances.nonzero()[-1]  # the sum may be 1 but for rounding
    return int(found)


def _turned(bits: int, by: int) -> int:
    return (bits << by | bits >> (32 - by)) & _BITS


def _mixed(number: int) -> int:
    mixed = (number ^ number >> 16) * 0x21F0AAAD & _BITS
    mixed = (mixed ^ mixed >> 15) * 0x735A2D97 & _BITS
    return mixed ^ mixed >> 15
