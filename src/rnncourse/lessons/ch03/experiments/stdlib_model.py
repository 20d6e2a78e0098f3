"""What a simple network learns of Python's standard library, and what it does not.

The network reads consecutive chunks with a carried state and predicts the next character. The
learning rate is the one found for ``carried_state``, and a quarter of it at the end. It is set
beside the best of the n-gram models on the same split: in bits a character on unseen source
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
from rnnbook.models.probes import bracket_shift, multiples_of_four
from rnnbook.training import fit

DESCRIPTION = "A simple network and the best n-gram on Python's standard library"
GRID = {"network": ["small", "large"]}


class Plan(NamedTuple):
    """A network's hidden size, the length of its chunks, and its steps, each with its rate."""

    hidden_size: int
    length: int
    schedule: tuple[tuple[int, float], ...]


# The small one is the chapter's, trained in parts as it is there.
PLANS = {
    "small": Plan(128, 16, ((1000, 0.004), (2000, 0.004), (600, 0.001))),
    "large": Plan(192, 32, ((2000, 0.004), (600, 0.001))),
}
BATCH_SIZE = 64
LONGEST_CONTEXT = 8
ROWS, CHARACTERS = 32, 500
DISTANCES = {"1_4": (1, 4), "5_8": (5, 8), "9_16": (9, 16), "17_128": (17, 128)}
"""Characters from an opening bracket to the one that closes it."""


@lru_cache(maxsize=1)
def best_ngram() -> tuple[CharacterNgram, float]:
    """The n-gram with the fewest bits on the unseen tenth, and these bits."""
    seen, unseen, vocabulary = stdlib_split()
    found = CharacterNgram(seen, LONGEST_CONTEXT, len(vocabulary)).bits(unseen)
    best = min(found)
    return CharacterNgram(seen, found.index(best), len(vocabulary)), best


def written(model: LanguageModel, seed: int) -> str:
    """Text that a network writes, rows one after the other, each from a new line."""
    *_, vocabulary = stdlib_split()
    generator = torch.Generator().manual_seed(seed)
    prompt = vocabulary.encode("\n")[:, None].expand(-1, ROWS)
    drawn = sample(model, prompt, CHARACTERS, generator=generator)
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


def run(seed: int, network: str) -> dict[str, float]:
    """Train, and measure network and n-gram.

    Returns:
        ``bits`` and ``bits_ngram`` a character on the unseen tenth, ``gain`` the difference;
        ``indented`` and ``indented_ngram``, the share of indented lines, among those written,
        whose indentation is a multiple of four; ``shift_A_B``, the mean of `bracket_shift` for
        brackets A to B characters apart.
    """
    seen, unseen, vocabulary = stdlib_split()
    torch.manual_seed(seed)
    plan = PLANS[network]
    model = LanguageModel(SimpleCell, len(vocabulary), plan.hidden_size)
    chunks, loss = stream(seen, BATCH_SIZE, plan.length), ChunkLoss("carried")
    for steps, lr in plan.schedule:
        fit(model, lambda _: next(chunks), loss, steps=steps, lr=lr, seed=seed, progress=False)
    ngram, ngram_bits = best_ngram()
    network_bits = bits(model, unseen)
    shifts = {
        f"shift_{name}": bracket_shift(model, *ends).mean().item()
        for name, ends in DISTANCES.items()
    }
    return {
        "bits": network_bits,
        "bits_ngram": ngram_bits,
        "gain": ngram_bits - network_bits,
        "indented": multiples_of_four(written(model, seed)),
        "indented_ngram": multiples_of_four(written_by_ngram(ngram, seed)),
        **shifts,
    }
