"""A small network that tells made-up languages apart: random weights, the same in every run."""

from __future__ import annotations

from typing import Any

import torch

from rnncourse.experiments.reader import Reader
from rnncourse.figures import LetterByLetter
from rnncourse.figures._reader import CELLS

ALPHABET = "abcdefghijklmnopqrstuvwxyz é?"
CLASSES = ["German", "Polish", "Welsh", "Finnish", "Norwegian Bokmål"]
EXAMPLES = [
    {"word": "Frankreich", "class": "German"},
    {"word": "nowy dom", "class": "Polish"},
]


def made_up(
    kind: str = "gru", classes: int = len(CLASSES), alphabet: str = ALPHABET
) -> dict[str, Any]:
    """A reader as the trait has it; its weights are large, so that it changes its mind."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(4)
        model = Reader(CELLS[kind], len(alphabet), 6, classes=classes)
        with torch.no_grad():
            for parameter in model.parameters():
                parameter.copy_(1.6 * torch.randn_like(parameter))
    return {"kind": kind, "H": 6, "parameters": model.pack()}


def figure(**options: Any) -> LetterByLetter:
    """The figure with that network, and with examples."""
    default = {
        "reader": made_up(),
        "alphabet": ALPHABET,
        "classes": CLASSES,
        "examples": EXAMPLES,
        "question": "Which language?",
    }
    return LetterByLetter(**{**default, **options})
