"""Sounds written as text, one character a sample, so that a page can carry recordings.

A sample becomes one of 63 levels, −31 … 31, in a coarse μ-law, which is finer on quiet samples. The
level l is ``packing.DIGITS[l + 31]``. It stands for y = l / 31, and that for (256^y − 1) / 255
where y is 0 or more, and for the same below 0 with the other sign. Silence is a row of one letter,
which compresses to nothing.
"""

from __future__ import annotations

from math import log

import torch
from torch import Tensor

from rnnbook.cells import checks
from rnncourse.experiments.packing import DIGITS, LARGEST

MU = 255


def spell(samples: Tensor) -> str:
    """Samples in [−1, 1], shape (T), as text.

    Raises:
        TypeError, ValueError: if they are no floats in one axis, or one of them lies outside.
    """
    checks.floats("samples", samples, "T")
    if not (samples.abs() <= 1).all():
        raise ValueError(f"samples must lie in [−1, 1], got {samples.abs().max():.3g}")
    y = samples.sign() * (1 + MU * samples.abs()).log() / log(1 + MU)
    return "".join(DIGITS[k + LARGEST] for k in (LARGEST * y).round().long().tolist())


def unspell(text: str) -> Tensor:
    """The samples (T) that `spell` wrote, as rounded, in double precision.

    Raises:
        TypeError: if it is no text.
        ValueError: if a character is none of `packing.DIGITS`.
    """
    checks.instance("text", text, str, "a str")
    if others := sorted(set(text) - set(DIGITS)):
        raise ValueError(f"text must hold characters of {DIGITS}, got {others}")
    levels = torch.tensor([DIGITS.index(letter) - LARGEST for letter in text], device="cpu")
    y = levels.double() / LARGEST
    return y.sign() * ((1 + MU) ** y.abs() - 1) / MU
