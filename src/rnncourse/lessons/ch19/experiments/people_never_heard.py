"""The page's recogniser, which has heard a synthesiser alone, on recordings of people.

The recordings are the download `fsdd`, the Free Spoken Digit Dataset.
"""

from __future__ import annotations

from torch import Generator

from rnncourse.lessons.ch19.digits import draw
from rnncourse.lessons.ch19.recogniser import fixed, recogniser
from rnncourse.lessons.ch19.recordings import CORPORA
from rnncourse.lessons.ch19.training import inside, listen, word_error_rate

DESCRIPTION = "Strings of digits that people spoke, to a network that has heard a synthesiser"
GRID = {"speaker": ["george", "jackson", "nicolas", "theo", "yweweler"]}
CHEAP = {"speaker": "en-gb-scotland+f4", "corpus": "voices", "measured": 20}


def run(seed: int, speaker: str, corpus: str = "people", measured: int = 100) -> dict[str, float]:
    """Let the network hear strings of one speaker.

    Args:
        seed: of the strings.
        speaker: who.
        corpus: ``people``, or ``voices``, which needs no download.
        measured: how many strings.

    Returns:
        ``wrong``, the word error rate; ``inside``, of the spikes the share within their digit.
    """
    recordings = [one for one in CORPORA[corpus]() if one.speaker == speaker]
    strings = draw(measured, recordings, Generator().manual_seed(seed))
    paths = listen(recogniser(), strings, fixed())
    return {"wrong": word_error_rate(strings, paths), "inside": inside(strings, paths)}
