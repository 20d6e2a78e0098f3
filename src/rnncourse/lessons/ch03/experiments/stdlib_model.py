"""What a simple network learns of Python's standard library, and what it does not.

The network reads consecutive chunks with a carried state and predicts the next character, at the
end with a quarter of the learning rate. Rate and length of the n-gram's context are chosen on a
validation part. It is set beside the n-gram on the same split: in bits a character on unseen source
(teacher-forced), in the indentation of the text that it writes, and in whether it remembers which
bracket is open.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import torch

from rnnbook.baselines import CharacterNgram
from rnnbook.cells import SimpleCell
from rnnbook.data import stdlib_split, stream
from rnnbook.models import ChunkLoss, LanguageModel, bits, sample
from rnnbook.training import fit
from rnncourse.lessons.ch03.probes import bracket_shift, multiples_of_four

DESCRIPTION = "A simple network and the best n-gram on Python's standard library"
GRID = {"network": ["small", "large"]}
RATES = [0.002, 0.004, 0.008]
TUNE_ON = "validation"
CHEAP = {"network": "small", "lr": 0.004, "part": 0.005, "characters": 1600}


class Plan(NamedTuple):
    """A network's hidden size, the length of its chunks, and its training.

    Attributes:
        hidden_size: ``H``.
        length: characters of a chunk.
        schedule: updates, and the share of the learning rate that they are made with.
    """

    hidden_size: int
    length: int
    schedule: tuple[tuple[int, float], ...]


# The small one is the chapter's, trained in parts as it is there.
PLANS = {
    "small": Plan(128, 16, ((1000, 1.0), (2000, 1.0), (600, 0.25))),
    "large": Plan(192, 32, ((2000, 1.0), (600, 0.25))),
}
BATCH_SIZE = 64
LONGEST_CONTEXT = 8
ROWS, CHARACTERS = 32, 500
DISTANCES = {"1_4": (1, 4), "5_8": (5, 8), "9_16": (9, 16), "17_128": (17, 128)}
"""Characters from an opening bracket to the one that closes it."""


@lru_cache(maxsize=1)
def best_ngram() -> tuple[CharacterNgram, float]:
    """The n-gram with the fewest bits on the validation part, and its bits on the test part."""
    train, validation, test, vocabulary = stdlib_split()
    found = CharacterNgram(train, LONGEST_CONTEXT, len(vocabulary)).bits(validation)
    best = CharacterNgram(train, found.index(min(found)), len(vocabulary))
    return best, best.bits(test)[-1]


def written(model: LanguageModel, seed: int, characters: int | None = None) -> str:
    """Text that a network writes, rows one after the other, each from a new line."""
    *_, vocabulary = stdlib_split()
    generator = torch.Generator().manual_seed(seed)
    prompt = vocabulary.encode("\n")[:, None].expand(-1, ROWS)
    each = CHARACTERS if characters is None else characters // ROWS
    drawn = sample(model, prompt, each, generator=generator)
    return "\n".join(vocabulary.decode(row) for row in drawn.T)


def written_by_ngram(ngram: CharacterNgram, seed: int, characters: int = 8000) -> str:
    """Text that an n-gram writes."""
    *_, vocabulary = stdlib_split()
    generator = torch.Generator().manual_seed(seed)
    ids = vocabulary.encode("\n").tolist()
    for _ in range(characters):
        p = ngram.probabilities(torch.tensor(ids[-ngram.context :] if ngram.context else []))
        ids.append(int(torch.multinomial(p, 1, generator=generator)))
    return vocabulary.decode(ids)


def run(
    seed: int, network: str, lr: float, part: float = 1.0, characters: int | None = None
) -> dict[str, float]:
    """Train, and measure network and n-gram on the test part.

    Args:
        seed: of weights and of what is written.
        network: one of `PLANS`.
        lr: learning rate.
        part: which share of the updates is made.
        characters: how many of the test part are read, and of both how many are written.

    Returns:
        ``bits`` and ``bits_ngram`` a character, ``gain`` the difference; ``indented`` and
        ``indented_ngram``, the share of indented lines, among those written, whose indentation is
        a multiple of four; ``shift_A_B``, the mean of `bracket_shift` for brackets A to B
        characters apart; ``validation``, what the rate is chosen by, in bits.
    """
    train, validation, test, vocabulary = stdlib_split()
    torch.manual_seed(seed)
    plan = PLANS[network]
    model = LanguageModel(SimpleCell, len(vocabulary), plan.hidden_size)
    chunks, loss = stream(train, BATCH_SIZE, plan.length), ChunkLoss("carried")
    for number, (updates, share) in enumerate(plan.schedule):
        fit(
            model,
            lambda _: next(chunks),
            loss,
            steps=max(round(part * updates), 1),
            lr=share * lr,
            seed=seed + number,
            progress=False,
        )
    ngram, ngram_bits = best_ngram()
    network_bits = bits(model, test[:characters])
    shifts = {
        f"shift_{name}": bracket_shift(model, *ends).mean().item()
        for name, ends in DISTANCES.items()
    }
    return {
        "bits": network_bits,
        "bits_ngram": ngram_bits,
        "gain": ngram_bits - network_bits,
        "indented": multiples_of_four(written(model, seed, characters)),
        "indented_ngram": multiples_of_four(written_by_ngram(ngram, seed, characters or 8000)),
        **shifts,
        "validation": bits(model, validation[:characters]),
    }
