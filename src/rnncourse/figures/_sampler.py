"""Drawing the next character as a page does: with `rnnbook.models.truncate` the twin of
``js/write_with_it/sampler.js``.
"""

from __future__ import annotations

from torch import Tensor

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
