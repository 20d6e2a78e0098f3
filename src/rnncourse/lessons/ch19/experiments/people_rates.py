"""Which learning rate suits which recogniser of people's digits: on speakers it trains with."""

from __future__ import annotations

import torch
from torch import Generator, nn

from rnncourse.lessons.ch19.digits import batch, draw, statistics
from rnncourse.lessons.ch19.recordings import at_speeds, without
from rnncourse.lessons.ch19.training import SPEEDS, DigitRecogniser, learn

DESCRIPTION = "Digits of four people: four learning rates for each cell, one direction and two"
SEEDS = 1
GRID = {
    "cell": ["simple", "lstm", "gru"],
    "directions": [1, 2],
    "lr": [0.002, 0.004, 0.008, 0.016, 0.032],
}
CHEAP = {
    **{"cell": "gru", "directions": 2, "lr": 0.004},
    **{"corpus": "voices", "held_out": "en+m5", "updates": 3, "measured": 10},
}


def run(
    seed: int,
    cell: str,
    directions: int,
    lr: float,
    corpus: str = "people",
    held_out: str = "george",
    updates: int = 900,
    measured: int = 200,
) -> dict[str, float]:
    """Train a recogniser, and measure it on other recordings of the speakers it trains with.

    Args:
        seed: of weights and strings.
        cell: of its layer.
        directions: 1, or 2 where it also reads backwards.
        lr: the first rate of Adam, which falls to nothing.
        corpus: as `without` has it.
        held_out: a speaker who is in no part of it.
        updates: how many.
        measured: on how many strings.

    Returns:
        ``loss``: nats a digit of validation.
    """
    parts = without(held_out, corpus)
    train = at_speeds(parts.train, SPEEDS)
    torch.manual_seed(1000 + seed)
    model = DigitRecogniser(cell, bidirectional=directions == 2)
    fixed = statistics(draw(200, train, Generator().manual_seed(1000 + seed)))
    learn(model, train, fixed, 1000 + seed, lr=lr, updates=updates, falling=True)
    held = Generator().manual_seed(11_000 + seed)
    heard = batch(draw(measured, parts.validation, held), fixed)
    with torch.no_grad():
        log_p = model(heard.features, heard.lengths)
        loss = nn.CTCLoss()(log_p, heard.targets, heard.lengths, heard.target_lengths)
    return {"loss": float(loss.item())}
