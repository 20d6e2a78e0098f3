"""What a state carried from chunk to chunk is worth, in training and in use.

A simple network predicts the next character of Python's standard library. It is trained on the
same consecutive chunks in the same order, starting each chunk from zeros, from the state in which
it left the row's last chunk, or from the state of the row beside it (which is what carrying a
state through shuffled chunks comes to). Each is then measured in all three ways on source that it
has not seen, always teacher-forced: it is fed the true text.
"""

from __future__ import annotations

import torch

from rnnbook.cells import SimpleCell
from rnnbook.data import stdlib_split, stream
from rnnbook.models import STARTS, ChunkLoss, LanguageModel, bits
from rnnbook.training import fit

DESCRIPTION = "Bits a character of a simple network by where its chunks' first state comes from"
GRID = {"trained": list(STARTS)}
RATES = [0.002, 0.004, 0.008]
TUNE_ON = "bits_carried"

HIDDEN_SIZE = 128
STEPS = 1000
BATCH_SIZE, LENGTH = 64, 16


def run(seed: int, trained: str, lr: float = 0.004) -> dict[str, float]:
    """Train, and measure on the unseen tenth.

    Returns:
        Bits a character: ``bits_zeros``, ``bits_carried`` and ``bits_another``, by where the
        first state of a chunk comes from while it is measured.
    """
    seen, unseen, vocabulary = stdlib_split()
    torch.manual_seed(seed)
    model = LanguageModel(SimpleCell, len(vocabulary), HIDDEN_SIZE)
    chunks = stream(seen, BATCH_SIZE, LENGTH)
    fit(
        model,
        lambda generator: next(chunks),
        ChunkLoss(trained),
        steps=STEPS,
        lr=lr,
        seed=seed,
        progress=False,
    )
    return {
        f"bits_{name}": bits(model, unseen, start)
        for name, start in zip(("zeros", "carried", "another"), STARTS, strict=True)
    }
