"""Polyphonic music as piano rolls: which of 88 notes sound at each step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn

from rnnbook.cells import checks
from rnnbook.data.padding import mask, pad
from rnnbook.data.registry import fetch

MUSIC = {
    "JSB": "JSB_Chorales.mat",
    "Nottingham": "Nottingham.mat",
    "MuseData": "MuseData.mat",
    "Piano-midi": "Piano_midi.mat",
}
"""The collections and the corpora that hold them."""


class Music(NamedTuple):
    """A collection in the parts that the literature uses.

    Attributes:
        train: pieces to fit weights to, each a float tensor (T, 88) of 0.0 and 1.0.
        valid: pieces to choose on.
        test: pieces to measure on, once all is chosen.
    """

    train: list[Tensor]
    valid: list[Tensor]
    test: list[Tensor]


def polyphonic(name: str) -> Music:
    """Four collections of polyphonic music, a frame a step, in pieces of different lengths.

    Args:
        name: ``"JSB"`` (chorales by Bach), ``"Nottingham"`` (folk tunes), ``"MuseData"`` or
            ``"Piano-midi"`` (classical music).

    Raises:
        ValueError: if there is no collection of that name.
        DataUnavailable: if its file is neither here nor can be downloaded.
        ModuleNotFoundError: if scipy, which reads such files, is not installed.

    Source: Boulanger-Lewandowski, Bengio & Vincent (2012), Modeling temporal dependencies in
    high-dimensional sequences.
    """
    if name not in tuple(MUSIC):
        raise ValueError(f"name must be one of {', '.join(MUSIC)}, got {name!r}")
    try:
        from scipy.io import loadmat
    except ModuleNotFoundError as missing:
        raise ModuleNotFoundError(
            "polyphonic music needs scipy, which is not installed here; it comes with "
            'rnnbook[course]. In the book\'s folder: pip install -e ".[course]"',
            name=missing.name,
        ) from missing
    found = loadmat(fetch(MUSIC[name]))
    parts = (found[f"{part}data"][0] for part in Music._fields)
    dtype = torch.get_default_dtype()
    return Music(*([torch.as_tensor(piece).to(dtype) for piece in part] for part in parts))


class NextFrames(NamedTuple):
    """Pieces side by side, the shorter ones padded with silence, and at each step what comes next.

    Attributes:
        x: the frames 1 … T − 1 of each piece, shape (T − 1, B, N).
        target: the frames 2 … T, shape (T − 1, B, N).
        mask: where a frame is the piece's and no padding, bools of shape (T − 1, B).
    """

    x: Tensor
    target: Tensor
    mask: Tensor


def next_frames(pieces: Sequence[Tensor]) -> NextFrames:
    """Pieces as a network reads them, and the frames that it is to predict.

    Args:
        pieces: B piano rolls of N notes, each of shape (T, N), with T of its own.

    Raises:
        TypeError: if a piece is no tensor of floats.
        ValueError: if there is no piece, or one of less than two frames, or of other notes.
    """
    pieces = checks.sequences("pieces", pieces, steps=2)
    padded, lengths = pad(pieces)  # (T, B, N)
    own = mask(lengths - 1, len(padded) - 1).to(padded.device)
    return NextFrames(padded[:-1], padded[1:], own)


def frame_loss(scores: Tensor, frames: NextFrames) -> Tensor:
    """Mean negative log-likelihood of a frame, in nats: the sum over the notes that it may hold.

    Each note is a yes or no of its own, and a frame's loss is the sum over the N = 88 notes, not
    their mean. The frames 2 … T of each piece count, each predicted from those before; the first,
    which nothing comes before, does not. Every frame counts alike, whichever piece it is of, and
    padding never counts.

    Args:
        scores: a network's logits, positive where a note will sound, shape (T − 1, B, N).
        frames: what it read, and what came.

    Raises:
        TypeError: if ``frames`` is none, or the scores are no tensor of floats.
        ValueError: if the scores have another shape.
    """
    checks.instance("frames", frames, NextFrames, "NextFrames, as next_frames gives them")
    shape = tuple(frames.target.shape)
    checks.floats("scores", checks.of_shape("scores", scores, "T − 1, B, N", shape))
    notes = nn.functional.binary_cross_entropy_with_logits(
        scores[frames.mask], frames.target[frames.mask], reduction="none"
    )
    return notes.sum(dim=-1).mean()
