"""What experiments on polyphonic music share: the pieces, their batches, and nats a frame."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Generator, Tensor, nn

from rnnbook.cells.modes import evaluating
from rnnbook.data import (
    Music,
    NextFrames,
    frame_loss,
    length_buckets,
    next_frames,
    polyphonic,
)
from rnnbook.tasks import draws

BATCH_SIZE = 16


def collection(name: str) -> Music:
    """Music by its name; or ``made up``, notes by chance, for a cheap point without a download."""
    if name != "made up":
        return polyphonic(name)
    generator = Generator().manual_seed(0)
    pieces = [(draws.uniform((5 + k, 88), generator) < 0.05).float() for k in range(60)]
    return Music(*(pieces[part::3] for part in range(3)))


def parts(pieces: list[Tensor]) -> list[list[Tensor]]:
    """The pieces by the batch, in their order."""
    return [pieces[k : k + BATCH_SIZE] for k in range(0, len(pieces), BATCH_SIZE)]


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
            self.left = length_buckets(self.lengths, BATCH_SIZE, generator)
        return next_frames([self.pieces[k] for k in self.left.pop()])


def measure_on(pieces: list[Tensor]) -> Callable[[nn.Module], float]:
    """A function from a model to its nats a frame on these pieces."""
    batches = [next_frames(part) for part in parts(sorted(pieces, key=len))]
    counts = [int(frames.mask.sum()) for frames in batches]

    @torch.no_grad()
    def measure(model: nn.Module) -> float:
        with evaluating(model):
            losses = [frame_loss(model(frames.x), frames).item() for frames in batches]
        return sum(n * loss for n, loss in zip(counts, losses, strict=True)) / sum(counts)

    return measure
