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
WINDOW, HOP = 200, 80  # samples that a frame reads, and from one frame to the next
QUIET = 3
"""The first frames of a string: shorter than its shortest gap, so that nobody speaks yet."""


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


def templates(
    recordings: Sequence[Recording], generator: Generator, gap: tuple[float, float] = (0.0, 0.0)
) -> Templates:
    """Every recording as a template, with noise as the strings have that it is compared with.

    Args:
        recordings: one at least.
        generator: of noise and gaps.
        gap: before and after the digit, as `draw` has it. The frames that are kept are the digit's;
            the mean that is taken away from them is that of digit and gaps, as in a string.
    """
    if not recordings:
        raise ValueError("recordings must hold one at least, got none")
    spoken = []
    for one in recordings:
        (string,) = draw(1, [one], generator, least=1, most=1, gap=gap)
        (begin,), (end,) = string.begins, string.ends
        found = cepstra(string.samples)[-(-begin // HOP) : (end - WINDOW) // HOP + 1]
        spoken.append(torch.from_numpy(found))
    frames, lengths = pad(spoken)
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


def search(query: np.ndarray, known: Templates) -> list[int]:
    """The digits of a string whose beginnings and ends nobody tells, by one pass of time warping.

    After each frame, for every frame of every template, the cheapest way there is kept: from the
    same frame, the one before or the one before that, or from the end of any digit or gap. A gap is
    as far from a frame as the mean of the string's first ``QUIET`` is. What it chooses, it chooses
    by the sum of the distances, each frame of the string counted once.

    Args:
        query: the string's `cepstra`, shape (T, ``COEFFICIENTS``).
        known: templates that were cut out between gaps.

    Source: Ney (1984), "the use of a one-stage dynamic programming algorithm".
    """
    checks.instance("known", known, Templates, "Templates, as templates gives them")
    query = query.astype(np.float32)
    flat = np.concatenate([one[:n] for one, n in zip(known.frames, known.lengths, strict=True)])
    flat, squares = flat.astype(np.float32), (flat**2).sum(axis=1).astype(np.float32)
    last = known.lengths.cumsum() - 1
    first, every = last - known.lengths + 1, np.arange(len(flat))
    quiet = query[:QUIET].mean(axis=0)
    # Of the ways to each frame of a template: what each costs, and when its digit began.
    costs = np.full((3, len(flat)), np.inf, dtype=np.float32)
    begun = np.zeros((3, len(flat)), dtype=np.int64)
    cheapest, since = costs[0].copy(), begun[0].copy()
    gap, gap_since = np.inf, 0
    # Of the ways on which a digit or a gap ends after t frames: the cost, which, and its beginning.
    ended, which, began = [0.0], [-1], [0]
    for t, frame in enumerate(query):
        costs[0], begun[0] = cheapest, since
        costs[1, 1:], begun[1, 1:] = cheapest[:-1], since[:-1]
        costs[2, 2:], begun[2, 2:] = cheapest[:-2], since[:-2]
        costs[1, first], begun[1, first] = ended[t], t
        costs[2, first] = costs[2, np.minimum(first + 1, last)] = np.inf
        way = costs.argmin(axis=0)
        d = np.sqrt(np.maximum(squares - 2 * flat @ frame + frame @ frame, 0))
        cheapest, since = costs[way, every] + d, begun[way, every]
        if ended[t] < gap:
            gap, gap_since = ended[t], t
        gap += float(np.linalg.norm(frame - quiet))
        best = int(cheapest[last].argmin())
        digit = float(cheapest[last[best]])
        ended.append(min(digit, gap))
        which.append(int(known.digits[best]) if digit < gap else -1)
        began.append(int(since[last[best]]) if digit < gap else gap_since)
    found, t = [], len(query)
    while t:
        found.append(which[t])
        t = began[t]
    return [digit for digit in reversed(found) if digit >= 0]
