"""A date among more and more words: one vector against attention, and attention's three scores.

English and German dates, read in pieces. With attention 300 updates are made, without 1,000: among
forty words that took 27 s and 53 s on one busy thread of the machine that recorded it.
"""

from __future__ import annotations

import torch
from torch import Generator
from torch.optim import Adam
from torch.optim.lr_scheduler import CosineAnnealingLR

from rnnbook.cells import GRUCell
from rnnbook.models import EncoderDecoder
from rnncourse.lessons.ch18.among import batch, draw, exact, vocabularies
from rnncourse.lessons.ch18.translating import step_of

DESCRIPTION = "Dates among 0, 20 and 40 words into ISO 8601, by one vector or with attention"
GRID = {"words": [0, 20, 40], "attention": ["none", "additive", "dot", "scaled"]}
RATES = [0.004, 0.008, 0.016]
TUNE_ON = "error"
TUNING_SEEDS = 1
CHEAP = {
    **{"words": 2, "attention": "scaled", "lr": 0.008},
    **{"updates": 16, "batch_size": 4, "measured": 8, "tested": [3]},
}

HIDDEN = 64
UPDATES = {"none": 1000, "additive": 300, "dot": 300, "scaled": 300}
TESTED = (0, 5, 10, 20, 40, 80)


def run(
    seed: int,
    words: int,
    attention: str,
    lr: float,
    updates: int | None = None,
    batch_size: int = 64,
    measured: int = 300,
    tested: tuple[int, ...] | list[int] = TESTED,
) -> dict[str, float]:
    """Train one model, and measure it where as many words stand around, and where others do.

    Args:
        seed: of weights and data.
        words: how many stand around each date, in training.
        attention: its score, or ``none``.
        lr: learning rate, which falls to nothing along a cosine.
        updates: how many; as `UPDATES` has it if not given.
        batch_size: pairs an update.
        measured: on how many pairs of validation, and of test for each number of words.
        tested: with how many words the test is made.

    Returns:
        ``error``, on validation the share with a fault, what the rate is chosen by; ``loss``, nats
        a token over the last tenth of training; ``right_with_0`` …, exact match on test.
    """
    torch.manual_seed(seed)
    reads, writes = vocabularies()
    score = None if attention == "none" else attention
    model = EncoderDecoder(GRUCell, len(reads), len(writes), HIDDEN, attention=score)
    updates = updates or UPDATES[attention]
    optimizer = Adam(model.parameters(), lr=lr)
    schedule = CosineAnnealingLR(optimizer, updates)
    generator, held = Generator().manual_seed(seed), Generator().manual_seed(10_000 + seed)
    losses = []
    for _ in range(updates):
        pairs = draw(batch_size, generator, filler=words)
        losses.append(step_of(model, optimizer, batch(pairs)))
        schedule.step()
    last = losses[-max(1, updates // 10) :]
    validation = draw(measured, held, "validation", filler=words)
    found = {"error": 1 - exact(model, validation), "loss": sum(last) / len(last)}
    for count in tested:
        test = draw(measured, Generator().manual_seed(20_000 + seed), "test", filler=count)
        found[f"right_with_{count}"] = exact(model, test)
    return found
