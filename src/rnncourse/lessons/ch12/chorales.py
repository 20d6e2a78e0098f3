"""Chorales by the networks of chapter 12: no noise, no dropout, stopped by the validation part."""

from __future__ import annotations

from rnnbook.data import Music, frame_loss
from rnnbook.training import History, TrainingDiverged, fit
from rnncourse.experiments.music import Shuffled, measure_on, parts
from rnncourse.lessons.ch12.networks import Network, by_eighths, seeded, weights

HIDDEN_SIZE = 36
"""The LSTM's, as in the table of chapter 11."""
UNTRAINED = 61.0
"""About what a network gives before training: 88 notes times ln 2, in nats a frame."""
EPOCHS = 80
PATIENCE = 8
"""How many epochs without a better validation after which training stops."""


def train(
    seed: int,
    music: Music,
    variant: str,
    lr: float,
    epochs: int = EPOCHS,
    clip: float | None = 1.0,
) -> tuple[Network, History]:
    """Train until 8 epochs in a row bring no better validation, or for 80.

    The network is left with the weights that did best on validation; where training diverged, as it
    was just before.
    """
    notes = music.train[0].shape[1]
    model = seeded(seed, variant, notes, HIDDEN_SIZE, notes)
    updates = len(parts(music.train))
    try:
        history = fit(
            model,
            sample=Shuffled(music.train),
            loss=lambda model, frames: frame_loss(model(frames.x), frames),
            steps=epochs * updates,
            lr=lr,
            clip=clip,
            validate=measure_on(music.valid),
            every=updates,
            patience=PATIENCE,
            seed=seed,
            progress=False,
        )
    except TrainingDiverged as error:
        history = error.history
    return model, history


def measure(
    seed: int,
    music: Music,
    variant: str,
    lr: float,
    epochs: int = EPOCHS,
    clip: float | None = 1.0,
) -> dict[str, float]:
    """Train one network, and say what came of it.

    Returns:
        ``validation``, ``test`` and ``train``, in nats a frame; ``epochs`` made; ``weights`` of the
        layer; ``after_1`` … ``after_8``, the validation after every eighth of the epochs.
    """
    model, history = train(seed, music, variant, lr, epochs, clip)
    updates = len(parts(music.train))
    return {
        "validation": measure_on(music.valid)(model),
        "test": measure_on(music.test)(model),
        "train": measure_on(music.train)(model),
        "epochs": len(history.loss) / updates,
        "weights": weights(model.layer),
        **by_eighths(history, epochs * updates, start=UNTRAINED),
    }
