"""What a simple network learns of Python's standard library, and what it does not.

The network reads consecutive chunks with a carried state and predicts the next character. The
learning rate is the one found for ``carried_state``, and a quarter of it at the end. It is set
beside the best of the n-gram models on the same split: in bits a character on unseen source
(teacher-forced), in the indentation of the text that it writes, and in whether it remembers which
bracket is open.
"""

from __future__ import annotations

from functools import lru_cache
from math import log
from typing import NamedTuple

import torch
from torch import Tensor, nn

from rnnbook.baselines import CharacterNgram
from rnnbook.cells import SimpleCell
from rnnbook.data import stdlib_text
from rnnbook.data.brackets import CLOSERS, bracket_pairs
from rnnbook.experiments.carried_state import ChunkLoss, bits, corpus, stream
from rnnbook.models import LanguageModel, sample
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
CONTEXT = 200
DISTANCES = {"1_4": (1, 4), "5_8": (5, 8), "9_16": (9, 16), "17_128": (17, 128)}
"""Characters from an opening bracket to the one that closes it."""


@lru_cache(maxsize=1)
def best_ngram() -> tuple[CharacterNgram, float]:
    """The n-gram with the fewest bits on the unseen tenth, and these bits."""
    seen, unseen, vocabulary = corpus()
    found = CharacterNgram(seen, LONGEST_CONTEXT, len(vocabulary)).bits(unseen)
    best = min(found)
    return CharacterNgram(seen, found.index(best), len(vocabulary)), best


def multiples_of_four(text: str) -> float:
    """The share of indented lines whose indentation is a multiple of four spaces."""
    lines = [line for line in text.split("\n")[1:-1] if line.startswith(" ") and line.strip()]
    spaces = [len(line) - len(line.lstrip(" ")) for line in lines]
    return sum(n % 4 == 0 for n in spaces) / max(len(spaces), 1)


def written(model: LanguageModel, seed: int) -> str:
    """Text that a network writes, rows one after the other, each from a new line."""
    *_, vocabulary = corpus()
    generator = torch.Generator().manual_seed(seed)
    prompt = vocabulary.encode("\n")[:, None].expand(-1, ROWS)
    drawn = sample(model, prompt, CHARACTERS, generator=generator)
    return "\n".join(vocabulary.decode(row) for row in drawn.T)


def written_by_ngram(ngram: CharacterNgram, seed: int, characters: int = 8000) -> str:
    """Text that an n-gram writes."""
    *_, vocabulary = corpus()
    generator = torch.Generator().manual_seed(seed)
    ids = vocabulary.encode("\n").tolist()
    for _ in range(characters):
        p = ngram.probabilities(torch.tensor(ids[-ngram.context :] if ngram.context else []))
        ids.append(int(torch.multinomial(p, 1, generator=generator)))
    return vocabulary.decode(ids)


@lru_cache(maxsize=1)
def unseen_pairs() -> list[tuple[int, int]]:
    """The round and square brackets of the unseen tenth, as places in the whole text."""
    text, (seen, _, _) = stdlib_text().text, corpus()
    return [(i, j) for i, j in bracket_pairs(text) if i >= len(seen) and text[i] in "(["]


@torch.no_grad()
def bracket_shift(model: nn.Module, nearest: int, farthest: int) -> Tensor:
    """How much a network's choice of the closing bracket depends on the opening one.

    The network reads the true text up to a closing bracket, twice: as it is, and with ``(`` and
    ``[`` exchanged at the one place where that bracket was opened. All else is the same, so
    whatever moves is due to its memory of that character.

    Args:
        model: a language model of the corpus.
        nearest: the fewest characters from the opening bracket to the closing one.
        farthest: the most; fewer than ``CONTEXT``.

    Returns:
        For each pair of brackets, the bits by which ``log p(right) − log p(wrong)`` grows when
        the opening bracket is the one that fits; 0 for a model that cannot see it.
    """
    text, (seen, unseen, vocabulary) = stdlib_text().text, corpus()
    ids = torch.cat([seen, unseen])
    pairs = [(i, j) for i, j in unseen_pairs() if nearest <= j - i <= farthest]
    true = torch.stack([ids[j - CONTEXT : j] for _, j in pairs], dim=1)  # (T, B)
    other = true.clone()
    swap = {"(": "[", "[": "("}
    for row, (i, j) in enumerate(pairs):
        other[CONTEXT - (j - i), row] = vocabulary.encode(swap[text[i]])[0]
    right, wrong = (
        torch.stack([vocabulary.encode(CLOSERS[opener])[0] for opener in openers])
        for openers in ([text[i] for i, _ in pairs], [swap[text[i]] for i, _ in pairs])
    )
    rows = torch.arange(len(pairs))

    def preference(ids: Tensor) -> Tensor:
        last = model(ids)[0][-1]  # (B, V); a difference of logits is one of log-probabilities
        return (last[rows, right] - last[rows, wrong]) / log(2)

    return preference(true) - preference(other)


def run(seed: int, network: str) -> dict[str, float]:
    """Train, and measure network and n-gram.

    Returns:
        ``bits`` and ``bits_ngram`` a character on the unseen tenth, ``gain`` the difference;
        ``indented`` and ``indented_ngram``, the share of indented lines, among those written,
        whose indentation is a multiple of four; ``shift_A_B``, the mean of `bracket_shift` for
        brackets A to B characters apart.
    """
    seen, unseen, vocabulary = corpus()
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
