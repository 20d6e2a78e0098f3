"""The last few inputs of every step, side by side."""

from __future__ import annotations

import torch
from torch import Tensor

from rnnbook.cells.checks import positive_int, tensor


def windows(x: Tensor, k: int) -> Tensor:
    """What a network without memory gets to see: at each step the last ``k`` inputs.

    Args:
        x: inputs, shape (T, B, D).
        k: how many inputs a window holds.

    Returns:
        Shape (T, B, k, D): ``[t, b]`` holds ``x_{t−k+1} … x_t`` of sequence ``b``, the newest last,
        and zeros where the window reaches back before the first input.

    Raises:
        ValueError: if ``x`` has another number of axes or ``k`` is not a positive int.
    """
    positive_int("k", k)
    tensor("x", x, "T, B, D")
    T = len(x)
    padded = torch.cat([x.new_zeros(k - 1, *x.shape[1:]), x])  # (k − 1 + T, B, D)
    return torch.stack([padded[place : place + T] for place in range(k)], dim=2)
