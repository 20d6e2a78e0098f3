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
TUNE_ON = "validation"
CHEAP = {"trained": "carried", "lr": 0.004, "steps": 20, "characters": 4000}

HIDDEN_SIZE = 128
STEPS = 1000
BATCH_SIZE, LENGTH = 64, 16


def run(
    seed: int, trained: str, lr: float = 0.004, steps: int = STEPS, characters: int | None = None
) -> dict[str, float]:
    """Train, and measure on the test part, or the first ``characters`` of it.

    Returns:
        Bits a character: ``bits_zeros``, ``bits_carried`` and ``bits_another``, by where the
        first state of a chunk comes from while it is measured; ``validation``, what the rate is
        chosen by: that of a carried state on the validation part.
    """
    train, validation, test, vocabulary = stdlib_split()
    torch.manual_seed(seed)
    model = LanguageModel(SimpleCell, len(vocabulary), HIDDEN_SIZE)
    chunks = stream(train, BATCH_SIZE, LENGTH)
    fit(
        model,
        lambda generator: next(chunks),
        ChunkLoss(trained),
        steps=steps,
        lr=lr,
        seed=seed,
        progress=False,
    )
    names = zip(("zeros", "carried", "another"), STARTS, strict=True)
    return {
        **{f"bits_{name}": bits(model, test[:characters], start) for name, start in names},
        "validation": bits(model, validation[:characters]),
    }
