"""Music without a network: how often each note sounds, and what each note knows of itself."""

from __future__ import annotations

from rnnbook.baselines import note_frequencies, note_transitions
from rnncourse.lessons.ch11.experiments.chung import collection

DESCRIPTION = "Chorales frame by frame, by two predictors that carry no state"
GRID = {"data": ["JSB"]}
CHEAP = {"data": "made up"}


def run(seed: int, data: str) -> dict[str, float]:
    """Count on the training part, measure on the test part; the seed changes nothing.

    Returns:
        ``frequencies`` and ``transitions``, in nats a frame.
    """
    music = collection(data)
    return {
        "frequencies": note_frequencies(music.train, music.test),
        "transitions": note_transitions(music.train, music.test),
    }
