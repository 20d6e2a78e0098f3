"""Two directions, a padded batch: which slice knows the first token, and which the last?

Each network is trained from the start on the slice that it is read by, so that what is measured is
how far this slice lies from the token, and not a mistake that only shows later.
"""

from __future__ import annotations

import torch
from torch import nn

from rnnbook.training import fit
from rnncourse.lessons.ch13.slices import SLICES, Namer, Strings

DESCRIPTION = "The first and the last token of padded strings, by eight slices of two directions"
GRID = {"asked": ["first", "last"], "cell": ["simple", "gru"], "slice": list(SLICES)}
RATES = [0.003, 0.01, 0.03]
TUNE_ON = "error"
TUNING_SEEDS = 2
CHEAP = {"asked": "last", "cell": "gru", "slice": "mean of output", "lr": 0.01, "steps": 30}

STEPS = 300
BATCH_SIZE = 32


def run(
    seed: int, asked: str, cell: str, slice: str, lr: float, steps: int = STEPS
) -> dict[str, float]:
    """Train on drawn strings, and measure on strings that were never seen.

    Returns:
        ``right``, the share of 1,000 test strings whose token is named rightly, and ``error``, what
        the rate is chosen by: the share of 1,000 others that are named wrongly.
    """
    left = slice == "output[-1], padded left"
    torch.manual_seed(seed)
    model = Namer(cell, slice)
    fit(
        model,
        sample=lambda generator: Strings(BATCH_SIZE, asked, left, generator),
        loss=lambda model, batch: nn.functional.cross_entropy(model(batch), batch.target),
        steps=steps,
        lr=lr,
        seed=seed,
        progress=False,
    )

    @torch.no_grad()
    def right(offset: int) -> float:
        batch = Strings(1000, asked, left, torch.Generator().manual_seed(offset + seed))
        return (model(batch).argmax(dim=1) == batch.target).double().mean().item()

    return {"right": right(30_000), "error": 1 - right(10_000)}
