"""What a state carried from chunk to chunk is worth, in training and in use.

A simple network predicts the next character of Python's standard library. It is trained on the
same consecutive chunks in the same order, starting each chunk from zeros, from the state in which
it left the row's last chunk, or from the state of the row beside it (which is what carrying a
state through shuffled chunks comes to). Each is then measured in all three ways on source that it
has not seen, always teacher-forced: it is fed the true text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from math import log

import torch
from torch import Tensor, nn

from rnnbook.cells import SimpleCell
from rnnbook.data import Vocabulary, carried_batches, stdlib_text
from rnnbook.models import LanguageModel, next_token_loss
from rnnbook.training import fit

DESCRIPTION = "Bits a character of a simple network by where its chunks' first state comes from"
STARTS = ["zeros", "carried", "another row's"]
GRID = {"trained": STARTS}
RATES = [0.002, 0.004, 0.008]
TUNE_ON = "bits_carried"

HIDDEN_SIZE = 128
STEPS = 1000
BATCH_SIZE, LENGTH = 64, 16
TRAINED_ON = 0.9

Chunk = tuple[Tensor, Tensor, bool]
"""Tokens (T, B), the tokens that follow (T, B), and whether the text begins here."""

State = Tensor | tuple[Tensor, ...]
"""The last state as a layer returns it: ``h_n``, or ``(h_n, c_n)``, each (L, B, H)."""


@lru_cache(maxsize=1)
def corpus() -> tuple[Tensor, Tensor, Vocabulary]:
    """The standard library in ids: what is trained on, the unseen rest, and the characters."""
    text = stdlib_text().text
    vocabulary = Vocabulary.from_text(text)
    ids = vocabulary.encode(text)
    cut = int(TRAINED_ON * len(ids))
    return ids[:cut], ids[cut:], vocabulary


def stream(ids: Tensor, batch_size: int, length: int) -> Iterator[Chunk]:
    """Consecutive chunks of a text, over and over."""
    while True:
        for number, (x, y) in enumerate(carried_batches(ids, batch_size, length)):
            yield x, y, number == 0


def each_part(state: State, change: Callable[[Tensor], Tensor]) -> State:
    """Change ``h_n``, or ``h_n`` and ``c_n`` alike."""
    return change(state) if isinstance(state, Tensor) else tuple(map(change, state))


class ChunkLoss:
    """The loss of one chunk after the other, in nats; keeps the state in between.

    Args:
        start: where a chunk's first state comes from, one of ``STARTS``.

    Raises:
        ValueError: if ``start`` is something else.
    """

    def __init__(self, start: str) -> None:
        if start not in STARTS:
            raise ValueError(f"start must be one of {', '.join(STARTS)}, got {start!r}")
        self.start = start
        self.state: State | None = None

    def __call__(self, model: nn.Module, chunk: Chunk) -> Tensor:
        """The loss of one chunk."""
        x, y, begins = chunk
        state = None if begins or self.start == "zeros" else self.state
        if state is not None and self.start == "another row's":
            state = each_part(state, lambda part: part.roll(1, dims=1))
        logits, state = model(x, state)
        self.state = each_part(state, Tensor.detach)
        return next_token_loss(logits, y)


@torch.no_grad()
def bits(model: nn.Module, ids: Tensor, start: str = "carried") -> float:
    """Bits a character on a text that is read in chunks."""
    loss = ChunkLoss(start)
    chunks = enumerate(carried_batches(ids, BATCH_SIZE, LENGTH))
    nats = [loss(model, (x, y, number == 0)).item() for number, (x, y) in chunks]
    return sum(nats) / len(nats) / log(2)


def run(seed: int, trained: str, lr: float = 0.004) -> dict[str, float]:
    """Train, and measure on the unseen tenth.

    Returns:
        Bits a character: ``bits_zeros``, ``bits_carried`` and ``bits_another``, by where the
        first state of a chunk comes from while it is measured.
    """
    seen, unseen, vocabulary = corpus()
    torch.manual_seed(seed)
    model = LanguageModel(SimpleCell, len(vocabulary), HIDDEN_SIZE)
    chunks = stream(seen, BATCH_SIZE, LENGTH)
    fit(
        model,
        lambda generator: next(chunks),
        ChunkLoss(trained),
        steps=STEPS,
        lr=lr,
        seed=seed,
        progress=False,
    )
    return {
        f"bits_{name}": bits(model, unseen, start)
        for name, start in zip(("zeros", "carried", "another"), STARTS, strict=True)
    }
