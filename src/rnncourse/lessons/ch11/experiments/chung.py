"""Polyphonic music as in Table 2 of Chung et al. (2014): three cells of about as many weights.

As theirs: the hidden sizes, noise on the weights, clipping at norm 1, stopping and the choice of
the rate on validation. Ours: Adam in place of RMSProp, 88 notes of one common file, an LSTM without
peepholes.
"""

from __future__ import annotations

from math import inf

import torch
from torch import Tensor, nn
from torch.func import functional_call

from rnnbook.data import NextFrames, frame_loss
from rnnbook.training import TrainingDiverged, fit
from rnncourse.experiments.music import Shuffled, collection, measure_on, parts
from rnncourse.lessons.ch11.networks import Network

DESCRIPTION = "Chorales frame by frame, as Chung et al. (2014): three cells, noise on the weights"
GRID = {"data": ["JSB"], "cell": ["simple", "gru", "lstm"]}
RATES = [0.001, 0.003, 0.01]
TUNE_ON = "validation"
TUNING_SEEDS = 2
CHEAP = {"data": "made up", "cell": "gru", "lr": 0.003, "epochs": 4}

SIZES = {"simple": 100, "gru": 46, "lstm": 36}
"""The hidden sizes of the paper's Table 1: about 20,000 weights each there, read-out aside."""
NOISE = 0.075
"""The standard deviation of what is added to each weight while it learns."""
EPOCHS = 200
PATIENCE = 20
"""How many epochs without a better validation after which training stops."""


def noisy_loss(model: nn.Module, frames: NextFrames) -> Tensor:
    """The loss with noise on every weight; its gradient there is what the clean ones move by."""
    noisy = {
        name: weight + NOISE * torch.randn_like(weight) for name, weight in model.named_parameters()
    }
    return frame_loss(functional_call(model, noisy, (frames.x,)), frames)


def run(seed: int, data: str, cell: str, lr: float, epochs: int = EPOCHS) -> dict[str, float]:
    """Train until 20 epochs in a row bring no better validation, or for 200.

    Returns:
        ``validation``, ``test`` and ``train``, in nats a frame, of the weights that did best on
        validation, without noise (infinite if training diverged); ``epochs`` made.
    """
    music = collection(data)
    torch.manual_seed(seed)
    notes = music.train[0].shape[1]
    model = Network(cell, notes, SIZES[cell], notes)
    updates = len(parts(music.train))
    try:
        history = fit(
            model,
            sample=Shuffled(music.train),
            loss=noisy_loss,
            steps=epochs * updates,
            lr=lr,
            validate=measure_on(music.valid),
            every=updates,
            patience=PATIENCE,
            seed=seed,
            progress=False,
        )
    except TrainingDiverged as error:
        made = len(error.history.loss) / updates
        return {"validation": inf, "test": inf, "train": inf, "epochs": made}
    return {
        "validation": measure_on(music.valid)(model),
        "test": measure_on(music.test)(model),
        "train": measure_on(music.train)(model),
        "epochs": len(history.loss) / updates,
    }
