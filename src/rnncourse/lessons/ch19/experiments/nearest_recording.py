"""The same strings without training: each digit is the nearest recording's, by time warping.

The recordings are the download `fsdd`, the Free Spoken Digit Dataset.
"""

from __future__ import annotations

from torch import Generator

from rnncourse.lessons.ch19.digits import Utterance, draw
from rnncourse.lessons.ch19.recordings import Recording, without
from rnncourse.lessons.ch19.templates import compare, templates
from rnncourse.lessons.ch19.training import errors

DESCRIPTION = "Strings of digits of a person held out, by the nearest of the other people's digits"
SEEDS = 1
GRID = {"speaker": ["george", "jackson", "nicolas", "theo", "yweweler"], "kept": [5, 40]}
CHEAP = {"speaker": "en-us+whisper", "kept": 1, "corpus": "voices", "measured": 5}


def run(
    seed: int, speaker: str, kept: int, corpus: str = "people", measured: int = 50
) -> dict[str, float]:
    """Compare each digit with recordings of the other speakers.

    Args:
        seed: of the strings and of the noise over the recordings.
        speaker: who is held out.
        kept: how many recordings of each digit of each other speaker there are to compare with.
        corpus: as `without` has it.
        measured: how many strings of each part.

    Returns:
        ``known`` and ``unseen``, word error rates as in `unheard_people`. Where each digit begins
        and ends is given away here.
    """
    train, known, unseen = drawn(seed, speaker, kept, corpus, measured)
    there = templates(train, Generator().manual_seed(seed))
    return {
        "known": errors(known, compare(known, there)),
        "unseen": errors(unseen, compare(unseen, there)),
    }


def drawn(
    seed: int, speaker: str, kept: int, corpus: str, measured: int
) -> tuple[list[Recording], list[Utterance], list[Utterance]]:
    """What to compare with, and the strings of known speakers and of the one held out."""
    parts = without(speaker, corpus)
    first = min(one.index for one in parts.train)
    train = [one for one in parts.train if one.index < first + kept]
    held = Generator().manual_seed(10_000 + seed)
    known, unseen = (draw(measured, of, held) for of in (parts.known, parts.unseen))
    return train, known, unseen
