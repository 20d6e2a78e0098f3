"""The recogniser that chapter 19's page carries: digits of synthetic voices, by CTC.

A GRU in both directions reads steps of 40 ms, and a linear layer scores a blank and ten digits at
each. It is trained on the synthetic voices that are not held out, at several speeds, and small, so
that a page stays light; its weights are rounded as `rnncourse.experiments.packing` says. It lies in
``recogniser.json``: ``network`` (its size and weights), ``statistics`` (mean and deviation of each
band), ``tested`` (how it does on strings of the held-out voices, with the weights as rounded) and
``recordings`` (strings of these voices to listen to). To train it anew and replace the file, in a
minute and a half:

    python -m rnncourse.lessons.ch19.recogniser
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from itertools import pairwise
from math import cos, pi
from pathlib import Path
from typing import Any

import jiwer
import torch
from torch import Generator, Tensor, nn

from rnnbook.models.ctc import greedy_decode
from rnnbook.training import fit
from rnncourse.experiments.files import write_atomically
from rnncourse.experiments.packing import pack_all, unpack_all
from rnncourse.experiments.sounds import spell, unspell
from rnncourse.lessons.ch19.digits import (
    CLASSES,
    SIZE,
    SpeechBatch,
    Statistics,
    Utterance,
    batch,
    draw,
    statistics,
)
from rnncourse.lessons.ch19.recordings import HELD_OUT, Recording, at_speeds, split, synthetic

SHIPPED = Path(__file__).with_name("recogniser.json")
H = 32
BATCH, UPDATES, RATE, SEED = 32, 1100, 1e-2, 0
SPEEDS = (0.8, 0.87, 0.93, 1.0, 1.07, 1.15, 1.25)
NOISE = (5.0, 40.0)
"""Decibels of the digits over the noise, to train with; the tests have those of `draw`."""
STRINGS = 200
"""Strings of held-out voices that it is tested on."""
_SIGNIFICANT = 6
_CLEAN = 300.0  # dB: no noise that a byte could hold


class SpeechNetwork(nn.Module):
    """A GRU in both directions, and scores of a blank and ten digits at each step.

    Args:
        hidden_size: units of each direction.
    """

    def __init__(self, hidden_size: int = H) -> None:
        super().__init__()
        self.gru = nn.GRU(SIZE, hidden_size, bidirectional=True)
        self.readout = nn.Linear(2 * hidden_size, CLASSES)

    def forward(self, features: Tensor, lengths: Tensor) -> Tensor:
        """Logits (T, B, ``CLASSES``) of features (T, B, ``SIZE``), B lengths of which count."""
        packed = nn.utils.rnn.pack_padded_sequence(features, lengths, enforce_sorted=False)
        h = nn.utils.rnn.pad_packed_sequence(self.gru(packed)[0], total_length=len(features))[0]
        return self.readout(h)


@cache
def shipped() -> dict[str, Any]:
    """What the file holds: `rnncourse.figures.Recogniser` is made of it."""
    return json.loads(SHIPPED.read_text(encoding="utf-8"))


def recogniser() -> SpeechNetwork:
    """The trained network, with the weights as the page has them, in double precision."""
    with torch.random.fork_rng(devices=[]):  # the caller's random numbers are left alone
        model = SpeechNetwork().double()
    return unpack_all(model, shipped()["network"]["parameters"])


def fixed() -> Statistics:
    """The statistics that features are brought to mean 0 and deviation 1 with, in double."""
    found = shipped()["statistics"]
    return Statistics(*(torch.tensor(found[name]).double() for name in Statistics._fields))


def examples() -> list[Utterance]:
    """The strings that the page carries: held-out voices, as rounded, without noise, in double."""
    return [
        Utterance(
            unspell(one["samples"]),
            tuple(one["digits"]),
            tuple(one["begins"]),
            tuple(one["ends"]),
            one["speaker"],
        )
        for one in shipped()["recordings"]
    ]


def learn(model: nn.Module, known: Statistics, updates: int = UPDATES, seed: int = SEED) -> None:
    """Train it by CTC, at a rate that falls to nothing along a cosine."""
    recordings = _voices(held_out=False)
    ctc = nn.CTCLoss()

    def sample(generator: Generator) -> SpeechBatch:
        return batch(draw(BATCH, recordings, generator, noise=NOISE), known)

    def loss(model: nn.Module, strings: SpeechBatch) -> Tensor:
        log_p = model(strings.features, strings.lengths).log_softmax(dim=2)
        return ctc(log_p, strings.targets, strings.lengths, strings.target_lengths)

    def optimizer(parameters: Iterable[nn.Parameter]) -> torch.optim.Optimizer:
        adam = torch.optim.Adam(parameters, lr=RATE)
        falling = torch.optim.lr_scheduler.LambdaLR(
            adam, lambda n: (1 + cos(pi * min(n / updates, 1))) / 2
        )
        adam.register_step_post_hook(lambda *_: falling.step())
        return adam

    fit(model, sample, loss, steps=updates, optimizer=optimizer, seed=seed, progress=False)


@torch.no_grad()
def score(model: nn.Module, known: Statistics, seed: int = 19) -> dict[str, int]:
    """How it does on ``STRINGS`` strings of 2 to 4 digits of the held-out voices.

    Returns:
        ``strings`` and ``right``, how many are wholly right; ``digits`` and ``wrong``, the fewest
        digits to put in, take out or change in all of them. ``wrong / digits`` is the digit error
        rate.
    """
    generator = Generator().manual_seed(seed)
    strings = draw(STRINGS, _voices(held_out=True), generator)
    steps, lengths, *_ = batch(strings, known)
    log_p = model(steps.to(known.mean), lengths).log_softmax(dim=2)
    found = [" ".join(str(k - 1) for k in one) for one in greedy_decode(log_p, lengths)]
    said = [" ".join(map(str, one.digits)) for one in strings]
    apart = jiwer.process_words(said, found)
    return {
        "strings": STRINGS,
        "right": sum(one == other for one, other in zip(found, said, strict=True)),
        "digits": sum(len(one.digits) for one in strings),
        "wrong": apart.substitutions + apart.deletions + apart.insertions,
    }


def drawn() -> list[Utterance]:
    """The strings of three digits that the page is to carry, one of each held-out voice.

    Each is the voice's first of those drawn; of the last voice, the first in which a digit is said
    twice, one after the other. None is chosen for how it is recognised.
    """
    generator = Generator().manual_seed(19)
    noise = (_CLEAN, _CLEAN)
    strings = draw(200, _voices(held_out=True), generator, least=3, most=3, noise=noise)
    *plain, last = HELD_OUT
    found = [next(one for one in strings if one.speaker == voice) for voice in plain]
    twice = (one for one in strings if any(a == b for a, b in pairwise(one.digits)))
    return [*found, next(one for one in twice if one.speaker == last)]


def renew() -> None:
    """Train it, round its weights, test it, and write it down."""
    generator = Generator().manual_seed(SEED)
    strings = draw(500, _voices(held_out=False), generator, noise=NOISE)
    rounded = {
        name: [float(f"{x:.{_SIGNIFICANT}g}") for x in values.tolist()]
        for name, values in statistics(strings)._asdict().items()
    }
    known = Statistics(**{name: torch.tensor(values) for name, values in rounded.items()})
    torch.manual_seed(SEED)
    model = SpeechNetwork()
    learn(model, known)
    packed = pack_all(model)
    unpack_all(model.double(), packed)
    doubles = Statistics(known.mean.double(), known.deviation.double())
    content = {
        "tested": score(model, doubles),
        "statistics": rounded,
        "recordings": [
            {**one._asdict(), "samples": spell(one.samples)}  # what is nearly 0 becomes 0
            for one in drawn()
        ],
        "network": {"H": H, "parameters": packed},
    }
    print(content["tested"])
    write_atomically(SHIPPED, json.dumps(content, separators=(",", ":")) + "\n")


def _voices(held_out: bool) -> list[Recording]:
    """The recordings of the voices that are held out, or of the others at all speeds."""
    parts = split(synthetic(), HELD_OUT, known=0, validation=0)
    return parts.unseen if held_out else at_speeds(parts.train, SPEEDS)


if __name__ == "__main__":
    renew()
