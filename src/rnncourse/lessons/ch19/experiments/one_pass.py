"""The same strings without training and without being told where digits are, by one-pass search.

The recordings are the download `fsdd`, the Free Spoken Digit Dataset.
"""

from __future__ import annotations

from torch import Generator

from rnncourse.lessons.ch19.experiments.nearest_recording import GRID as OF_NEAREST
from rnncourse.lessons.ch19.experiments.nearest_recording import drawn
from rnncourse.lessons.ch19.templates import cepstra, search, templates
from rnncourse.lessons.ch19.training import errors

DESCRIPTION = "Strings of digits of a person held out, by one pass over the other people's digits"
SEEDS = 2
GRID = OF_NEAREST
CHEAP = {"speaker": "en-us+whisper", "kept": 1, "corpus": "voices", "measured": 10}


def run(
    seed: int, speaker: str, kept: int, corpus: str = "people", measured: int = 200
) -> dict[str, float]:
    """Find the digits of strings with recordings of the other speakers.

    Args:
        seed: of the strings and of the noise over the recordings.
        speaker: who is held out.
        kept: how many recordings of each digit of each other speaker there are to compare with.
        corpus: as `without` has it.
        measured: how many strings of each part.

    Returns:
        ``known`` and ``unseen``, word error rates on the strings of `unheard_people`.
    """
    train, known, unseen = drawn(seed, speaker, kept, corpus, measured)
    there = templates(train, Generator().manual_seed(seed), gap=(0.05, 0.35))
    return {
        "known": errors(known, [search(cepstra(one.samples), there) for one in known]),
        "unseen": errors(unseen, [search(cepstra(one.samples), there) for one in unseen]),
    }
