"""What the experiment asks, and how it could come out otherwise. Replace it by your own."""

from __future__ import annotations

import torch

from rnnbook.cells import SimpleCell
from rnnbook.tasks import RunningParity
from rnnbook.unroll import Recurrent

DESCRIPTION = "How large the states of an untrained simple network are, by its size"
GRID = {"units": [4, 16]}
CHEAP = {"units": 4}

TASK = RunningParity(length=12)


def run(seed: int, units: int) -> dict[str, float]:
    """Draw a network, and let it read.

    Returns:
        ``size``, the mean of ``|h|`` over all steps.
    """
    torch.manual_seed(seed)
    layer = Recurrent(SimpleCell, TASK.input_size, units)
    x = TASK.sample(32, torch.Generator().manual_seed(10_000 + seed)).x
    with torch.no_grad():
        h, _ = layer(x)
    return {"size": h.abs().mean().item()}
