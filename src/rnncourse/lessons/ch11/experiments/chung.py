"""Polyphonic music as in Table 2 of Chung et al. (2014): three cells of about as many weights.

As theirs: the hidden sizes, noise on the weights, clipping at norm 1, stopping and the choice of
the rate on validation. Ours: Adam in place of RMSProp, 88 notes of one common file, an LSTM without
peepholes.
"""

from __future__ import annotations

from collections.abc import Callable
from math import inf

import torch
from torch import Generator, Tensor, nn
from torch.func import functional_call

from rnnbook.cells.modes import evaluating
from rnnbook.data import Music, NextFrames, frame_loss, next_frames, polyphonic
from rnnbook.tasks import draws
from rnnbook.training import TrainingDiverged, fit
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
BATCH_SIZE = 16
EPOCHS = 200
PATIENCE = 20
"""How many epochs without a better validation after which training stops."""


def collection(name: str) -> Music:
    """Music by its name; or ``made up``, notes by chance, for a cheap point without a download."""
    if name != "made up":
        return polyphonic(name)
    generator = Generator().manual_seed(0)
    pieces = [(draws.uniform((5 + k, 88), generator) < 0.05).float() for k in range(60)]
    return Music(*(pieces[part::3] for part in range(3)))


class Shuffled:
    """Draws each piece once an epoch, in batches of similar lengths, so that little is padded.

    Args:
        pieces: piano rolls (T, N).
    """

    def __init__(self, pieces: list[Tensor]) -> None:
        self.pieces = pieces
        self.lengths = torch.tensor([len(piece) for piece in pieces])
        self.left: list[Tensor] = []

    def __call__(self, generator: Generator) -> NextFrames:
        """The next batch of the epoch, or the first of another."""
        if not self.left:
            # Sorted by length, give or take a tenth: no two epochs have the same batches.
            nearly = self.lengths * (1 + 0.1 * torch.rand(len(self.lengths), generator=generator))
            batches = nearly.argsort().split(BATCH_SIZE)
            order = torch.randperm(len(batches), generator=generator)
            self.left = [batches[k] for k in order]
        return next_frames([self.pieces[k] for k in self.left.pop()])


def noisy_loss(model: nn.Module, frames: NextFrames) -> Tensor:
    """The loss with noise on every weight; its gradient there is what the clean ones move by."""
    noisy = {
        name: weight + NOISE * torch.randn_like(weight) for name, weight in model.named_parameters()
    }
    return frame_loss(functional_call(model, noisy, (frames.x,)), frames)


def measure_on(pieces: list[Tensor]) -> Callable[[nn.Module], float]:
    """A function from a model to its nats a frame on these pieces."""
    batches = [next_frames(part) for part in _parts(sorted(pieces, key=len))]
    counts = [int(frames.mask.sum()) for frames in batches]

    @torch.no_grad()
    def measure(model: nn.Module) -> float:
        with evaluating(model):
            losses = [frame_loss(model(frames.x), frames).item() for frames in batches]
        return sum(n * loss for n, loss in zip(counts, losses, strict=True)) / sum(counts)

    return measure


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
    updates = len(_parts(music.train))
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


def _parts(pieces: list[Tensor]) -> list[list[Tensor]]:
    """The pieces by the batch, in their order."""
    return [pieces[k : k + BATCH_SIZE] for k in range(0, len(pieces), BATCH_SIZE)]
