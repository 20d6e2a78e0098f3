"""Random numbers from a generator, on its device: whatever torch's default device may be."""

from __future__ import annotations

import torch
from torch import Tensor


def ints(low: int, high: int, shape: tuple[int, ...], generator: torch.Generator) -> Tensor:
    """Whole numbers from ``low`` to ``high − 1``, all equally often."""
    return torch.randint(low, high, shape, generator=generator, device=generator.device)


def uniform(shape: tuple[int, ...], generator: torch.Generator) -> Tensor:
    """Numbers uniform on [0, 1)."""
    return torch.rand(shape, generator=generator, device=generator.device)


def normal(shape: tuple[int, ...], generator: torch.Generator) -> Tensor:
    """Gaussian numbers with mean 0 and variance 1."""
    return torch.randn(shape, generator=generator, device=generator.device)
