"""The three questions of `depth_and_direction` without recurrence: n-grams and windows.

Nothing is left to chance here but which targets the test has: each seed draws them anew, with
replacement, so that the range says how much that matters.
"""

from __future__ import annotations

import torch

from rnncourse.lessons.ch13.baselines import BASELINES, fitted

DESCRIPTION = "Which language, where words begin, which hour: counted letters, windows, regression"
GRID = {"baseline": [name for name in BASELINES if name != "made up"]}
CHEAP = {"baseline": "made up"}


def run(seed: int, baseline: str) -> dict[str, float]:
    """Fit on the training part, choose on validation, measure on targets drawn from the test part.

    Returns:
        ``right``, the share of the drawn that are found; ``error``, of validation's those that are
        not.
    """
    found = fitted(baseline)
    generator = torch.Generator().manual_seed(seed)
    drawn = torch.randint(len(found.hits), (len(found.hits),), generator=generator)
    return {"right": float(found.hits[drawn.numpy()].mean()), "error": found.error}
