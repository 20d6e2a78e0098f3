"""Random numbers from a generator, on its device: whatever torch's default device may be."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from rnnbook.cells.checks import instance


def ints(low: int, high: int, shape: tuple[int, ...], generator: torch.Generator) -> Tensor:
    """Whole numbers from ``low`` to ``high − 1``, all equally often."""
    return torch.randint(low, high, shape, **_from(generator))


def uniform(shape: tuple[int, ...], generator: torch.Generator) -> Tensor:
    """Numbers uniform on [0, 1)."""
    return torch.rand(shape, **_from(generator))


def normal(shape: tuple[int, ...], generator: torch.Generator) -> Tensor:
    """Gaussian numbers with mean 0 and variance 1."""
    return torch.randn(shape, **_from(generator))


def _from(generator: torch.Generator) -> dict[str, Any]:
    """Where the numbers come from."""
    instance("generator", generator, torch.Generator, "a torch.Generator")
    return {"generator": generator, "device": generator.device}
