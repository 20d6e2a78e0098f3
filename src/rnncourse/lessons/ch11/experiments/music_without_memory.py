"""Music without a network: how often each note sounds, and what each note knows of itself.

Nothing is left to chance here but which pieces the test has: each seed draws them anew, with
replacement, from the test part, so that the range says how much that matters.
"""

from __future__ import annotations

import torch

from rnnbook.baselines import note_frequencies, note_transitions
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
