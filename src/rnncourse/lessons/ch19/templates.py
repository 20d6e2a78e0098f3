"""Recognise a digit without training: by the most similar recording, stretched in time to fit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import scipy.fft
import torch
from torch import Generator, Tensor

from rnnbook.cells import checks
from rnnbook.data import log_mel
from rnnbook.data.padding import pad
from rnncourse.lessons.ch19.digits import BANDS, Utterance, draw
from rnncourse.lessons.ch19.recordings import RATE, Recording

COEFFICIENTS = 13
"""Of the cosine transform of a frame's log-mels, the first ones: the shape without its detail."""


class Templates(NamedTuple):
    """Recordings to compare with.

    Attributes:
        frames: N sequences, padded with zeros, shape (N, S, ``COEFFICIENTS``).
        lengths: frames of each, shape (N).
        digits: what each says, shape (N).
    """

    frames: np.ndarray
    lengths: np.ndarray
    digits: np.ndarray


def cepstra(samples: Tensor) -> np.ndarray:
    """Cosine coefficients of a recording's log-mels (S, ``COEFFICIENTS``), each of mean 0 over it.

    Taking the mean away takes away what a microphone or a room does to every frame alike.

    Args:
        samples: shape (T).
    """
    bands = log_mel(samples, RATE, bands=BANDS).numpy()
    found = scipy.fft.dct(bands, norm="ortho")[:, :COEFFICIENTS]
    return found - found.mean(axis=0)


def templates(recordings: Sequence[Recording], generator: Generator) -> Templates:
    """Every recording as a template, with noise as the strings have that it is compared with.

    Args:
        recordings: one at least.
        generator: of the noise.
    """
    if not recordings:
        raise ValueError("recordings must hold one at least, got none")
    spoken = [draw(1, [one], generator, least=1, most=1, gap=(0.0, 0.0))[0] for one in recordings]
    frames, lengths = pad([torch.from_numpy(cepstra(string.samples)) for string in spoken])
    digits = np.array([one.digit for one in recordings])
    return Templates(frames.transpose(0, 1).numpy(), lengths.numpy(), digits)


def warped(query: np.ndarray, known: Templates) -> np.ndarray:
    """How far a sequence is from each template, when time may be stretched: shape (N).

    *Dynamic time warping*: D[t, s] = d(t, s) + min(D[t−1, s], D[t−1, s−1] + d(t, s), D[t, s−1]),
    where d is the distance of two frames. The diagonal's counts twice, so that each way through
    has as much weight as the two sequences have frames, by which D is divided at the end.

    Args:
        query: frames, shape (T, ``COEFFICIENTS``).
        known: the templates.

    Source: Sakoe & Chiba (1978), the symmetric form without a slope constraint.
    """
    checks.instance("known", known, Templates, "Templates, as templates gives them")
    count, longest = known.frames.shape[:2]
    squares = (known.frames**2).sum(axis=2).T  # (S, N)
    last = np.full((longest, count), np.inf)
    for t, frame in enumerate(query):
        products = (known.frames @ frame).T
        d = np.sqrt(np.maximum(squares - 2 * products + (frame**2).sum(), 0))
        new = np.empty_like(last)
        new[0] = last[0] + d[0] if t else 2 * d[0]
        for s in range(1, longest):
            diagonal = last[s - 1] + 2 * d[s]
            new[s] = np.minimum(diagonal, np.minimum(last[s], new[s - 1]) + d[s])
        last = new
    ends = last[known.lengths - 1, np.arange(count)]
    return ends / (len(query) + known.lengths)


def compare(strings: Sequence[Utterance], known: Templates) -> list[list[int]]:
    """The digit of the nearest template, for each digit of each string.

    Where each digit begins and ends is given away, which no recogniser is told.
    """
    return [
        [
            int(known.digits[warped(cepstra(string.samples[begin:end]), known).argmin()])
            for begin, end in zip(string.begins, string.ends, strict=True)
        ]
        for string in strings
    ]
