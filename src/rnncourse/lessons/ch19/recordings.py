"""Recordings of single digits: by people, and by a synthesiser where nothing is downloaded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from rnnbook.cells import checks
from rnnbook.data import from_wavs, unpack

RATE = 8000
"""Samples a second, of all recordings here."""
HELD_OUT = ("en-gb-scotland+f4", "en-us+f2", "en+m5")
"""The synthetic voices to test on."""
ARCHIVE = "fsdd-1.0.9"


@dataclass(frozen=True, eq=False)
class Recording:
    """One digit, spoken once.

    Attributes:
        samples: floats in [−1, 1], shape (T).
        digit: from 0 to 9.
        speaker: a person or a synthetic voice.
        index: which of the speaker's recordings of this digit, from 0 on.
    """

    samples: Tensor
    digit: int
    speaker: str
    index: int


class Split(NamedTuple):
    """Recordings in parts, none of which shares one with another.

    Attributes:
        train: to fit weights to.
        validation: of the same speakers, to choose on.
        known: of the same speakers, to test on.
        unseen: of speakers in no other part, to test on.
    """

    train: list[Recording]
    validation: list[Recording]
    known: list[Recording]
    unseen: list[Recording]


@lru_cache(maxsize=1)
def people() -> tuple[Recording, ...]:
    """The Free Spoken Digit Dataset: 5 speakers, 50 recordings of each digit by each of them.

    Raises:
        DataUnavailable: if its archive is neither here nor can be downloaded.
    """
    folder = unpack(f"{ARCHIVE}.tar.gz") / f"free-spoken-digit-dataset-{ARCHIVE[5:]}"
    found = []
    for samples, name in zip(*from_wavs(folder / "recordings")[:2], strict=True):
        digit, speaker, index = name.split("_")
        found.append(Recording(samples, int(digit), speaker, int(index)))
    return tuple(found)


@lru_cache(maxsize=1)
def synthetic() -> tuple[Recording, ...]:
    """A synthesiser's digits: 17 voices, each of which says each once.

    The module ``synthesise`` beside this made the file, in bytes of μ-law.
    """
    with np.load(Path(__file__).with_name("voices.npz"), allow_pickle=False) as file:
        samples = torch.from_numpy(expand(file["codes"])).to(torch.get_default_dtype())
        voices, lengths = file["voices"].tolist(), file["lengths"]
    pieces = iter(samples.split(lengths.flatten().tolist()))
    return tuple(
        Recording(next(pieces), digit, voice, 0) for voice in voices for digit in range(10)
    )


def expand(codes: np.ndarray) -> np.ndarray:
    """Samples in [−1, 1] of bytes in μ-law, which spends 256 levels finer on quiet samples.

    A byte b stands for y = 2b / 255 − 1, and that for (256^y − 1) / 255 where y is 0 or more, and
    for the same below 0 with the other sign.
    """
    y = codes / 127.5 - 1
    return np.sign(y) * (256 ** np.abs(y) - 1) / 255


def split(
    recordings: Sequence[Recording], held_out: Sequence[str], *, known: int = 5, validation: int = 5
) -> Split:
    """Part recordings by speaker, and those of the others by their index.

    Of each digit of a speaker who is not held out, the first ``known`` recordings are to test on,
    as the authors of the Free Spoken Digit Dataset have it, the next ``validation`` to choose on.
    The synthetic voices have one of each digit alone, so that both must be 0 there.

    Args:
        recordings: `people` or `synthetic`.
        held_out: the speakers whose every recording is unseen.
        known: how many indices.
        validation: how many indices.

    Raises:
        TypeError, ValueError: if an argument is none of these, a speaker is not there, or there is
            no recording left to train with.
    """
    checks.instance("held_out", held_out, list | tuple, "a list of speakers")
    for name, value in (("known", known), ("validation", validation)):
        checks.whole_number(name, value)
        if value < 0:
            raise ValueError(f"{name} must be 0 or more, got {value}")
    speakers = dict.fromkeys(one.speaker for one in recordings)
    for speaker in held_out:
        if speaker not in tuple(speakers):
            raise ValueError(f"held_out must be of {', '.join(speakers)}, got {speaker!r}")
    parts = Split([], [], [], [])
    for one in recordings:
        if one.speaker in held_out:
            parts.unseen.append(one)
        elif one.index < known:
            parts.known.append(one)
        else:
            (parts.validation if one.index < known + validation else parts.train).append(one)
    if not parts.train:
        raise ValueError(
            f"held_out, known and validation must leave some to train with, got {held_out!r}, "
            f"{known} and {validation}, which leave none"
        )
    return parts


CORPORA: dict[str, Callable[[], tuple[Recording, ...]]] = {"people": people, "voices": synthetic}


def without(speaker: str, corpus: str) -> Split:
    """A corpus with one speaker held out.

    The synthetic voices have one recording of each digit, so that the parts of known speakers are
    the one to train with there: for trying an experiment out without a download.

    Args:
        speaker: who.
        corpus: one of ``CORPORA``.
    """
    if corpus == "people":
        return split(people(), [speaker])
    parts = split(CORPORA[corpus](), [speaker], known=0, validation=0)
    return parts._replace(known=parts.train, validation=parts.train)


def at_speeds(recordings: Sequence[Recording], factors: Sequence[float]) -> list[Recording]:
    """Each recording at each speed, its pitch and all its resonances changed with it.

    A recording played at 1.1 times its speed is shorter, and sounds as of a smaller speaker: more
    different voices to train with. Samples between samples are read off straight lines.

    Args:
        recordings: those to change.
        factors: 1 leaves a recording as it is.

    Raises:
        TypeError, ValueError: if a factor is no positive number or there is none.

    Source: Ko, Peddinti, Povey & Khudanpur (2015), Audio augmentation for speech recognition.
    """
    checks.instance("factors", factors or None, list | tuple, "a list of positive numbers")
    for factor in factors:
        checks.positive_number("each of factors", factor)
    return [
        replace(one, samples=_resampled(one.samples, round(len(one.samples) / factor)))
        for one in recordings
        for factor in factors
    ]


def _resampled(samples: Tensor, count: int) -> Tensor:
    return nn.functional.interpolate(samples[None, None], max(count, 1), mode="linear")[0, 0]
