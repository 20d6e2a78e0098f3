"""What a model writes, by several ways to choose, and three numbers that describe a text."""

from __future__ import annotations

import re
from functools import lru_cache
from math import log
from typing import Any

import torch
from torch import Tensor

from rnnbook.data import Vocabulary, stdlib_split, stdlib_text
from rnnbook.models import LanguageModel, beam_search, sample

PROMPTS, READ, WRITTEN = 24, 64, 200
"""How many beginnings there are, how long each is, and how much is written after it."""
RUN = 8
"""Characters that count as a repetition when they come again."""


def beginnings(vocabulary: Vocabulary) -> tuple[Tensor, Tensor]:
    """Pieces of the test text (T, B), evenly spread, each from a new line; and how they went on."""
    text = stdlib_text().text[-len(stdlib_split().test) :]
    spread = len(text) // (PROMPTS + 1)
    starts = [text.index("\n", n * spread) for n in range(PROMPTS)]
    rows: list[Tensor] = [vocabulary.encode(text[at : at + READ + WRITTEN]) for at in starts]
    both = torch.stack(rows, dim=1)
    return both[:READ], both[READ:]


def by_sampling(model: LanguageModel, prompt: Tensor, seed: int = 0, **how: Any) -> Tensor:
    """Drawn continuations, shape (T, B): of `rnnbook.models.sample`, the same for the same seed."""
    generator = torch.Generator().manual_seed(seed)
    return sample(model, prompt, WRITTEN, generator=generator, **how)


@torch.no_grad()
def by_beam(model: LanguageModel, prompt: Tensor, width: int) -> Tensor:
    """The likeliest continuations that a beam of this width finds, shape (T, B)."""

    def step(tokens: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        logits, state = model(tokens[None], state)
        return logits[0], state

    found = []
    for row in prompt.T:
        _, state = model(row[:-1, None])
        best = beam_search(step, state, int(row[-1]), width=width, steps=WRITTEN)[0]
        found.append(torch.tensor(best.tokens))
    return torch.stack(found, dim=1)


@torch.no_grad()
def cost(model: LanguageModel, prompt: Tensor, written: Tensor) -> float:
    """Bits a character that the model itself gives to what was written after the prompt."""
    logits, _ = model(torch.cat([prompt, written])[:-1])
    p = logits[len(prompt) - 1 :].log_softmax(dim=-1)
    return -p.gather(-1, written[..., None]).mean().item() / log(2)


def repeated(text: str) -> float:
    """The share of runs of `RUN` characters that stood earlier in the same text."""
    seen: set[str] = set()
    again = 0
    for at in range(len(text) - RUN + 1):
        run = text[at : at + RUN]
        again += run in seen
        seen.add(run)
    return again / (len(text) - RUN + 1)


@lru_cache(maxsize=1)
def known_words() -> set[str]:
    """The words of at least three letters in the part that is trained on."""
    text = stdlib_text().text[: len(stdlib_split().train)]
    return set(re.findall(r"[A-Za-z]{3,}", text))


def spelled(text: str) -> float:
    """The share of a text's words of three letters or more that are known; the last may be cut."""
    found = re.findall(r"[A-Za-z]{3,}(?=[^A-Za-z])", text)
    return sum(word in known_words() for word in found) / max(len(found), 1)
