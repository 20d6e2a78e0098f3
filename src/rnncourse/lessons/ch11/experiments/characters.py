"""Python's standard library, character by character: three cells of as many parameters.

All read the same chunks in the same order, with the state carried. How far each is after so many
updates is recorded; how many updates a second buys depends on the machine and is measured there.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import log

import torch
from torch import Tensor, nn

from rnnbook.data import stdlib_split, stream
from rnnbook.models import ChunkLoss, bits
from rnnbook.training import TrainingDiverged, fit
from rnncourse.lessons.ch11.networks import Network, hidden_size

DESCRIPTION = "Bits a character of Python's standard library: three cells of as many parameters"
GRID = {"cell": ["simple", "lstm", "gru"], "start": ["stock", "kept"]}
RATES = [0.002, 0.004, 0.008, 0.016]
TUNE_ON = "validation"
TUNING_SEEDS = 1
CHEAP = {"cell": "gru", "start": "kept", "lr": 0.004, "updates": [10, 20], "characters": 2000}

BUDGET = 100_000
"""Parameters that a network may have, its read-out included."""
BATCH_SIZE, LENGTH = 32, 50
UPDATES = (250, 500, 750, 1000, 1250, 1500)
"""After how many updates the bits are measured."""


class NextCharacter(nn.Module):
    """Says after each character what may come next; takes and returns a state."""

    def __init__(self, cell: str, symbols: int, start: str) -> None:
        super().__init__()
        self.symbols = symbols
        size = hidden_size(cell, symbols, symbols, BUDGET)
        self.network = Network(cell, symbols, size, symbols, start)

    def forward(self, ids: Tensor, state: object = None) -> tuple[Tensor, object]:
        """From ids (T, B) to scores (T, B, V), and the last state."""
        one_hot = nn.functional.one_hot(ids, self.symbols).float()
        h, state = self.network.layer(one_hot, state)
        return self.network.readout(h), state


def run(
    seed: int,
    cell: str,
    start: str,
    lr: float,
    updates: Sequence[int] = UPDATES,
    characters: int | None = None,
) -> dict[str, float]:
    """Train one network, and measure it on the way.

    Args:
        seed: of the weights.
        cell: ``simple``, ``lstm`` or ``gru``.
        start: as `Network` has it.
        lr: learning rate.
        updates: after how many of them to measure.
        characters: how many of the validation and of the test part are read; all if not given.

    Returns:
        ``after_250`` … ``after_1500``, bits a character on the validation part; ``validation``, the
        last of them; ``test``, bits on the test part at the end. Where training diverged, log2 V.
    """
    train, validation, test, vocabulary = stdlib_split()
    V = len(vocabulary)
    torch.manual_seed(seed)
    model = NextCharacter(cell, V, start)
    chunks, loss = stream(train, BATCH_SIZE, LENGTH), ChunkLoss("carried")
    found: dict[str, float] = {}
    for before, after in pairwise((0, *updates)):
        try:
            fit(
                model,
                lambda _: next(chunks),
                loss,
                steps=after - before,
                lr=lr,
                seed=seed,
                progress=False,
            )
        except TrainingDiverged:
            none = log(V, 2)
            lost = {f"after_{k}": none for k in updates if k >= after}
            return {**found, **lost, "validation": none, "test": none}
        found[f"after_{after}"] = bits(model, validation[:characters])
    return {
        **found,
        "validation": found[f"after_{updates[-1]}"],
        "test": bits(model, test[:characters]),
    }
