"""A small network that translates: random weights, the same in every run."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import torch

from rnnbook.cells import GRUCell
from rnnbook.models import EncoderDecoder
from rnncourse.experiments.packing import pack_all
from rnncourse.figures import Translator, bundle

READS = "· 0123456789Mabcdefghijklmnopqrstuvwxyzé"
WRITES = "·<>-0123456789"
EXAMPLES = ["7 mars 2024", "on 1 May 09"]
WORDS = [
    *(
        "·",
        ",",
        "and",
        "eight",
        "eighteen",
        "eighty",
        "eleven",
        "fifteen",
        "fifty",
        "five",
        "forty",
    ),
    *("four", "fourteen", "hundred", "nine", "nineteen", "ninety", "one", "seven", "seventeen"),
    *("seventy", "six", "sixteen", "sixty", "ten", "thirteen", "thirty", "thousand", "three"),
    *("twelve", "twenty", "two", "zero"),
]
MORPHEMES = ["·", "<", ">", "neun", "sieben", "tausend", "und", "zig"]
NUMBERS = ["97", "431,297"]
H, D = 6, 4


@cache
def network(reads: int = len(READS), writes: int = len(WRITES), seed: int = 64) -> dict[str, Any]:
    """A network as the trait has it; its weights are large, so that what it reads matters."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = EncoderDecoder(GRUCell, reads, writes, H, embedding_size=D, attention="additive")
        with torch.no_grad():
            for parameter in model.parameters():
                parameter.copy_(2.2 * torch.randn_like(parameter))
    return {"H": H, "D": D, "parameters": pack_all(model)}


def figure(**options: Any) -> Translator:
    """The figure with that network, and with examples."""
    default = {
        "network": network(),
        "reads": READS,
        "writes": WRITES,
        "examples": EXAMPLES,
        "question": "Which letter?",
    }
    return Translator(**{**default, **options})


def number_figure(**options: Any) -> Translator:
    """The figure with another such network, which reads numbers."""
    default = {
        "network": network(len(WORDS), len(MORPHEMES), 211),
        "reads": WORDS,
        "writes": MORPHEMES,
        "examples": NUMBERS,
        "question": "Which word?",
    }
    return Translator(**{**default, **options})


def in_the_page(script, folder, given):
    """What the figure's JavaScript answers."""
    from engine_node import node

    module = folder / "translator.mjs"
    module.write_text(bundle.live("translator") + script, encoding="utf-8")
    return json.loads(node(str(module), text=json.dumps(given)))
