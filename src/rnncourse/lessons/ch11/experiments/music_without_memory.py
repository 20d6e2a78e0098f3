"""Music without a network: how often each note sounds, and what each note knows of itself.

Nothing is left to chance here but which pieces the test has: each seed draws them anew, with
replacement, from the test part, so that the range says how much that matters.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from rnnbook.cells import checks
from rnncourse.experiments.music import collection

DESCRIPTION = "Chorales and folk tunes frame by frame, by two predictors that carry no state"
GRID = {"data": ["JSB", "Nottingham"]}
CHEAP = {"data": "made up"}


def run(seed: int, data: str) -> dict[str, float]:
    """Count on the training part, measure on pieces drawn from the test part.

    Returns:
        ``frequencies`` and ``transitions``, in nats a frame, and ``frames``, how many were drawn.
    """
    music = collection(data)
    generator = torch.Generator().manual_seed(seed)
    drawn = torch.randint(len(music.test), (len(music.test),), generator=generator)
    pieces = [music.test[k] for k in drawn]
    return {
        "frequencies": note_frequencies(music.train, pieces),
        "transitions": note_transitions(music.train, pieces),
        "frames": sum(len(piece) for piece in pieces),
    }


def note_frequencies(train: Sequence[Tensor], pieces: Sequence[Tensor]) -> float:
    """Nats a frame where each note sounds as often as it did in training, whatever came before.

    A note that sounded in ``n`` of ``m`` frames has the probability ``(n + 1) / (m + 2)``. As in
    `rnnbook.data.frame_loss`, the frames 2 … T of each piece count, and a frame's loss is the sum
    over its notes.

    Args:
        train: piano rolls to count in, each of shape (T, N).
        pieces: those to measure on.

    Raises:
        TypeError: if a piece is no tensor of floats.
        ValueError: if there is no piece, or one of less than two frames, or of other notes.
    """
    (_, after), (_, came) = _neighbours(train, pieces)
    return _nats_a_frame((after.sum(dim=0) + 1) / (len(after) + 2), came)


def note_transitions(train: Sequence[Tensor], pieces: Sequence[Tensor]) -> float:
    """Nats a frame where each note knows only whether it sounded itself one frame before.

    For each note two probabilities, where it sounded and where it did not, counted as in
    `note_frequencies`, whose arguments and errors these are.
    """
    (before, after), (was, came) = _neighbours(train, pieces)
    rest = 1 - before
    kept = ((before * after).sum(dim=0) + 1) / (before.sum(dim=0) + 2)
    begun = ((rest * after).sum(dim=0) + 1) / (rest.sum(dim=0) + 2)
    return _nats_a_frame(torch.where(was > 0, kept, begun), came)


def _neighbours(*collections: Sequence[Tensor]) -> list[tuple[Tensor, Tensor]]:
    """Of training and of the other pieces, all frames but the last ones, and what followed each."""
    train, pieces = map(checks.sequences, ("train", "pieces"), collections, (2, 2))
    if train[0].shape[1] != pieces[0].shape[1]:
        raise ValueError(
            f"pieces must have N = {train[0].shape[1]} notes, as train has, "
            f"got {tuple(pieces[0].shape)}"
        )
    return [
        (torch.cat([p[:-1] for p in part]).double(), torch.cat([p[1:] for p in part]).double())
        for part in (train, pieces)
    ]


def _nats_a_frame(p: Tensor, came: Tensor) -> float:
    """The mean over frames (M, N) of the negative log-likelihood of their notes."""
    return -(came * p.log() + (1 - came) * (1 - p).log()).sum(dim=-1).mean().item()
