"""Chorales by the LSTM less a part and by its relatives, each at a rate of its own.

No noise and no dropout: what stops the training is the validation part, which also chooses the
rate. The LSTM has 36 hidden units, as in `chung`.
"""

from __future__ import annotations

from math import inf

import torch

from rnnbook.data import frame_loss
from rnnbook.training import TrainingDiverged, fit
from rnncourse.experiments.music import Shuffled, collection, measure_on, parts
from rnncourse.lessons.ch12.networks import VARIANTS, Network, by_eighths, weights

DESCRIPTION = "Chorales by the LSTM less a part, and by its relatives, each at a rate of its own"
GRID = {"data": ["JSB"], "variant": VARIANTS}
RATES = [0.003, 0.01, 0.03]
TUNE_ON = "validation"
TUNING_SEEDS = 2
CHEAP = {"data": "made up", "variant": "coupled gates", "lr": 0.01, "epochs": 2}

HIDDEN_SIZE = 36
UNTRAINED = 61.0
"""About what a network gives before training: 88 notes times ln 2."""
EPOCHS = 80
PATIENCE = 8
"""How many epochs without a better validation after which training stops."""


def run(seed: int, data: str, variant: str, lr: float, epochs: int = EPOCHS) -> dict[str, float]:
    """Train until 8 epochs in a row bring no better validation, or for 80.

    Returns:
        ``validation``, ``test`` and ``train``, in nats a frame, of the weights that did best on
        validation (infinite if training diverged); ``epochs`` made; ``weights`` of the layer;
        ``after_1`` … ``after_8``, the validation after every ten epochs.
    """
    music = collection(data)
    torch.manual_seed(seed)
    notes = music.train[0].shape[1]
    model = Network(variant, notes, HIDDEN_SIZE, notes)
    size, updates = weights(model.layer), len(parts(music.train))
    try:
        history = fit(
            model,
            sample=Shuffled(music.train),
            loss=lambda model, frames: frame_loss(model(frames.x), frames),
            steps=epochs * updates,
            lr=lr,
            validate=measure_on(music.valid),
            every=updates,
            patience=PATIENCE,
            seed=seed,
            progress=False,
        )
        ended = {
            "validation": measure_on(music.valid)(model),
            "test": measure_on(music.test)(model),
            "train": measure_on(music.train)(model),
        }
    except TrainingDiverged as error:
        history = error.history
        ended = dict.fromkeys(("validation", "test", "train"), inf)
    return {
        **ended,
        "epochs": len(history.loss) / updates,
        "weights": size,
        **by_eighths(history, epochs * updates, start=UNTRAINED),
    }
