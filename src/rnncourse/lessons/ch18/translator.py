"""The translator that the page carries: it reads dates, with words around them or without.

It is an `EncoderDecoder` of GRUs with additive attention, small, so that the page stays light; its
weights are rounded as `rnncourse.experiments.packing` says. It lies in ``translator.json``:
``network`` (its sizes and weights), ``reads`` and ``writes`` (the characters of the sources and of
the targets, in the order of their ids), and ``exact``, how many of ``pairs`` test pairs without
filler, with one word and with two it writes without a mistake, with the weights as rounded. To
train it anew and replace that file, in a minute and a half:

    python -m rnncourse.lessons.ch18.translator
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from math import cos, pi
from pathlib import Path
from typing import Any

import torch
from torch import Generator, Tensor, nn

from rnnbook.cells.gru import GRUCell
from rnnbook.models import EncoderDecoder
from rnnbook.tasks import draws
from rnnbook.training import fit
from rnncourse.experiments.files import write_atomically
from rnncourse.experiments.packing import pack_all, unpack_all
from rnncourse.lessons.ch18.dates import DateBatch, batch, draw, vocabularies
from rnncourse.lessons.ch18.translating import written

SHIPPED = Path(__file__).with_suffix(".json")
H, D = 32, 24
BATCH, UPDATES, RATE, SEED = 64, 1200, 4e-3, 0
FILLER = (0, 1, 2)
"""How many words are around a date: all equally often."""
PAIRS = 500
"""Pairs that it is tested on, of each number of words around them."""


@cache
def shipped() -> dict[str, Any]:
    """What ``translator.json`` holds: `rnncourse.figures.Translator` is made of it."""
    return json.loads(SHIPPED.read_text(encoding="utf-8"))


def new() -> EncoderDecoder:
    """The network before it has learned; its weights are drawn from torch's generator."""
    reads, writes = vocabularies()
    return EncoderDecoder(
        GRUCell, len(reads), len(writes), H, embedding_size=D, attention="additive"
    )


def translator() -> EncoderDecoder:
    """The trained network, with the weights as the page has them, in double precision."""
    with torch.random.fork_rng(devices=[]):  # the caller's random numbers are left alone
        model = new().double()
    return unpack_all(model, shipped()["network"]["parameters"])


def learn(model: nn.Module, updates: int = UPDATES, seed: int = SEED) -> None:
    """Train it by teacher forcing, at a rate that falls to nothing along a cosine."""

    def sample(generator: Generator) -> DateBatch:
        some = FILLER[int(draws.ints(0, len(FILLER), (1,), generator))]
        return batch(draw(BATCH, generator, filler=some))

    def loss(model: nn.Module, pairs: DateBatch) -> Tensor:
        logits = model(pairs.source, pairs.lengths, pairs.fed)
        return nn.functional.cross_entropy(logits[pairs.mask], pairs.wanted[pairs.mask])

    def optimizer(parameters: Iterable[nn.Parameter]) -> torch.optim.Optimizer:
        adam = torch.optim.Adam(parameters, lr=RATE)
        falling = torch.optim.lr_scheduler.LambdaLR(
            adam, lambda n: (1 + cos(pi * min(n / updates, 1))) / 2
        )
        adam.register_step_post_hook(lambda *_: falling.step())
        return adam

    fit(model, sample, loss, steps=updates, optimizer=optimizer, seed=seed, progress=False)


def exact(model: EncoderDecoder, filler: int, part: str = "test", seed: int = 18) -> int:
    """How many of ``PAIRS`` drawn pairs it writes as they should be, each character of them."""
    pairs = draw(PAIRS, Generator().manual_seed(seed), part, filler=filler)
    texts = written(model, pairs)
    return sum(text == pair.iso for text, pair in zip(texts, pairs, strict=True))


def renew() -> None:
    """Train it, round its weights, test it, and write it down."""
    torch.manual_seed(SEED)
    model = new()
    learn(model)
    packed = pack_all(model)
    unpack_all(model.double(), packed)
    reads, writes = vocabularies()
    content = {
        "reads": reads.characters,
        "writes": writes.characters,
        "pairs": PAIRS,
        "exact": {str(filler): exact(model, filler) for filler in FILLER},
        "network": {"H": H, "D": D, "parameters": packed},
    }
    as_json = json.dumps(content, ensure_ascii=False, separators=(",", ":")) + "\n"
    write_atomically(SHIPPED, as_json)


if __name__ == "__main__":
    renew()
