"""Strings of spoken digits, made of recordings of single ones, and their features."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple

import torch
from torch import Generator, Tensor, nn

from rnnbook.cells import checks
from rnnbook.data import log_mel, stack
from rnnbook.data.padding import pad
from rnnbook.tasks import draws
from rnncourse.lessons.ch19.recordings import RATE, Recording

BANDS, STACKED = 24, 4
"""Features: log-mels of 25 ms every 10 ms, and four of these make one step of 40 ms."""
HOP, WINDOW = RATE // 100, RATE // 40
SIZE = BANDS * STACKED
"""Numbers in a step."""
BLANK, CLASSES = 0, 11
"""CTC's blank is id 0, and the digit d is id d + 1."""
LEVEL = 0.05
"""The root mean square that the samples of each recording are brought to."""


class Utterance(NamedTuple):
    """A string of digits, one speaker's.

    Attributes:
        samples: floats, shape (T).
        digits: what is said.
        begins: the sample that each digit begins at.
        ends: the sample after its last.
        speaker: who.
    """

    samples: Tensor
    digits: tuple[int, ...]
    begins: tuple[int, ...]
    ends: tuple[int, ...]
    speaker: str


class Statistics(NamedTuple):
    """What features are brought to mean 0 and deviation 1 with: each of shape (``BANDS``)."""

    mean: Tensor
    deviation: Tensor


class SpeechBatch(NamedTuple):
    """Utterances side by side, as `torch.nn.CTCLoss` takes them.

    Attributes:
        features: padded with zeros, shape (T, B, ``SIZE``), or of as many numbers as a step has.
        lengths: steps of each, shape (B).
        targets: ids from 1 to 10, padded with ``BLANK``, shape (B, S).
        target_lengths: digits of each, shape (B).
    """

    features: Tensor
    lengths: Tensor
    targets: Tensor
    target_lengths: Tensor


def draw(
    count: int,
    recordings: Sequence[Recording],
    generator: Generator,
    *,
    least: int = 2,
    most: int = 4,
    gap: tuple[float, float] = (0.05, 0.35),
    noise: tuple[float, float] = (20.0, 40.0),
) -> list[Utterance]:
    """Strings of digits: a speaker, some of that speaker's recordings, gaps, and noise over all.

    Each recording is brought to ``LEVEL``. A gap comes before, between and after them. White noise
    lies over the whole string, gaps too; what it is measured by is the level of the digits.

    Args:
        count: how many.
        recordings: what they are made of: speakers are drawn equally often, and so are recordings
            of the same speaker, with repetition.
        generator: decides everything.
        least: digits of the shortest string.
        most: digits of the longest.
        gap: the shortest and the longest, in seconds, each drawn uniformly.
        noise: the least and the greatest ratio of digits to noise, in decibels, drawn uniformly
            for each string.

    Raises:
        TypeError, ValueError: if an argument is none of these.
    """
    checks.positive_int("count", count)
    if checks.positive_int("most", most) < checks.positive_int("least", least):
        raise ValueError(f"most must be {least} at least, as least is, got {most}")
    if not recordings:
        raise ValueError("recordings must hold one at least, got none")
    shortest, longest = _ends("gap", gap)
    if shortest < 0:
        raise ValueError(f"gap must be 0 seconds or more, got {gap!r}")
    loudest, softest = _ends("noise", noise)
    by_speaker: dict[str, list[Recording]] = {}
    for one in recordings:
        by_speaker.setdefault(one.speaker, []).append(one)
    speakers = list(by_speaker)
    sizes = draws.ints(least, most + 1, (count,), generator).tolist()
    who = draws.ints(0, len(speakers), (count,), generator).tolist()
    which = draws.uniform((count, most), generator).tolist()
    pauses = shortest + (longest - shortest) * draws.uniform((count, most + 1), generator)
    silent = (pauses * RATE).round().long().tolist()
    ratios = loudest + (softest - loudest) * draws.uniform((count,), generator)
    amplitudes = (LEVEL * 10 ** (-ratios / 20)).tolist()
    found = []
    for k, size in enumerate(sizes):
        own = by_speaker[speakers[who[k]]]
        said = [own[int(part * len(own))] for part in which[k][:size]]
        lengths = [len(one.samples) for one in said]
        # Gap, digit, gap, digit, …, gap: where a digit begins, all before it has ended.
        parts = [n for pair in zip(silent[k], lengths, strict=False) for n in pair]
        *marks, total = accumulate([*parts, silent[k][size]])
        begins, ends = tuple(marks[::2]), tuple(marks[1::2])
        samples = amplitudes[k] * draws.normal((total,), generator)
        for one, begin, end in zip(said, begins, ends, strict=True):
            samples[begin:end] += levelled(one.samples)
        digits = tuple(one.digit for one in said)
        found.append(Utterance(samples, digits, begins, ends, speakers[who[k]]))
    return found


def levelled(samples: Tensor) -> Tensor:
    """Samples (T) as loud as all others: their root mean square is ``LEVEL``, or 0 of silence."""
    power = checks.floats("samples", samples, "T").square().mean()
    return samples * (LEVEL / power.sqrt().clamp(min=1e-12))


def features(utterances: Sequence[Utterance]) -> list[Tensor]:
    """The log-mels of each utterance, shape (frames, ``BANDS``).

    They are computed all at once, which is faster: utterances are laid end to end, each from a
    multiple of ``HOP`` samples on, and frames that begin in one and end in the next are left out.
    """
    if not utterances:
        raise ValueError("utterances must hold one at least, got none")
    counts = [len(one.samples) for one in utterances]
    whole = [nn.functional.pad(one.samples, (0, -len(one.samples) % HOP)) for one in utterances]
    frames = log_mel(torch.cat(whole), RATE, bands=BANDS)
    starts = accumulate((len(one) // HOP for one in whole), initial=0)
    return [
        frames[start : start + 1 + (count - WINDOW) // HOP]
        for start, count in zip(starts, counts, strict=False)
    ]


def statistics(utterances: Sequence[Utterance]) -> Statistics:
    """Mean and standard deviation of each band, over all frames of some utterances to train with.

    They are fixed from then on. Those of each utterance alone would depend on how much of it is
    silent.
    """
    frames = torch.cat(features(utterances))
    return Statistics(frames.mean(dim=0), frames.std(dim=0))


def batch(
    utterances: Sequence[Utterance], fixed: Statistics, *, stacked: int = STACKED
) -> SpeechBatch:
    """Utterances as features and ids.

    Args:
        utterances: B of them.
        fixed: the `statistics` of the training set.
        stacked: how many windows make a step.

    Raises:
        TypeError, ValueError: if an argument is none of these.
    """
    checks.instance("fixed", fixed, Statistics, "Statistics, as statistics gives them")
    mean, deviation = fixed
    steps, lengths = pad(
        [stack((frames - mean) / deviation, stacked) for frames in features(utterances)]
    )
    targets, digits = pad([torch.tensor(one.digits, device="cpu") + 1 for one in utterances])
    return SpeechBatch(steps, lengths, targets.t(), digits)


def middle_of(step: int) -> int:
    """The sample in the middle of a step.

    Step k reads ``STACKED`` windows, 440 samples from 320 k on; its middle is 320 k + 220.
    """
    return HOP * STACKED * step + (HOP * (STACKED - 1) + WINDOW) // 2


def digit_at(utterance: Utterance, step: int) -> int | None:
    """The place of the digit that a step's middle lies in, or None where it lies in a gap."""
    middle = middle_of(step)
    for place, (begin, end) in enumerate(zip(utterance.begins, utterance.ends, strict=True)):
        if begin <= middle < end:
            return place
    return None


def _ends(name: str, value: tuple[float, float]) -> tuple[float, float]:
    """Both ends of a range."""
    checks.instance(name, value, tuple, "a pair of numbers")
    if len(value) != 2:
        raise ValueError(f"{name} must be a pair of numbers, got {value!r}")
    low, high = (checks.finite_number(name, end, "finite numbers", lambda _: True) for end in value)
    if low > high:
        raise ValueError(f"{name} must be the lesser and the greater number, got {value!r}")
    return low, high
