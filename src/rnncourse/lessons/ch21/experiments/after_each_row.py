"""What a network says after each row of a digit, and what a probe reads from its state there."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from rnncourse.lessons.ch21.experiments.rows_of_digits import RATES_FOUND
from rnncourse.lessons.ch21.images import Images, by_rows, digits
from rnncourse.lessons.ch21.reading import ImageReader, accuracy_by_step, learn

DESCRIPTION = "Digits of 8 × 8: right after each row, as said and as read from the state"
GRID = {"cell": ["simple", "lstm", "gru"], "asked": ["in the end", "at every row"]}
CHEAP = {"cell": "gru", "asked": "in the end", "updates": 20}
ROWS = 8


def run(seed: int, cell: str, asked: str, updates: int = 600) -> dict[str, float]:
    """Train a network, and a linear probe on its state after each row.

    Args:
        seed: of images, weights and batches.
        cell: one of ``CELLS``.
        asked: whether it learns from what it says ``in the end``, or ``at every row``.
        updates: how many.

    Returns:
        ``said_k``: the share of 300 new digits that is right after row k, as the network says;
        ``known_k``: as the probe of row k reads it; ``pixels_k``: as a linear layer says, of the
        first k rows themselves.
    """
    parts = digits(seed)
    torch.manual_seed(seed)
    network = ImageReader(cell, ROWS, 64, ROWS)
    every_step = asked == "at every row"
    learn(
        network,
        parts.train,
        parts.validation,
        by_rows,
        updates=updates,
        lr=RATES_FOUND[cell],
        seed=seed,
        every_step=every_step,
    )
    said = accuracy_by_step(network, parts.test, by_rows)
    with torch.no_grad():
        states = [network.layer(by_rows(part.pixels))[0] for part in (parts.train, parts.test)]
    seen = [_so_far(part) for part in (parts.train, parts.test)]
    found = {}
    for k in range(ROWS):
        found[f"said_{k + 1}"] = float(said[k])
        for name, (known, new) in (("known", states), ("pixels", seen)):
            found[f"{name}_{k + 1}"] = _probed(known[k], parts.train, new[k], parts.test)
    return found


def _so_far(images: Images) -> Tensor:
    """Pixels of the rows that were read after each step, zeros below: (T, N, rows · columns)."""
    N = len(images.labels)
    read = torch.ones(ROWS, ROWS).tril()[:, None, :, None]  # (T, 1, rows, 1)
    return (images.pixels * read).reshape(ROWS, N, -1)


def _probed(known: Tensor, train: Images, new: Tensor, test: Images) -> float:
    """The share of new states (N, H) whose digit least squares tells that was fitted on known."""
    known, new = (nn.functional.pad(one, (0, 1), value=1.0).double() for one in (known, new))
    weights = torch.linalg.pinv(known) @ nn.functional.one_hot(train.labels, 10).double()
    return float(((new @ weights).argmax(dim=1) == test.labels).double().mean().item())
