"""A text read in chunks: the state carried from one to the next, and what a character costs."""

from __future__ import annotations

from collections.abc import Callable
from math import log

import torch
from torch import Tensor, nn

from rnnbook.cells.checks import instance
from rnnbook.cells.modes import evaluating
from rnnbook.data import Chunk, carried_batches
from rnnbook.models.language_model import next_token_loss

STARTS = ("zeros", "carried", "another row's")
"""Where a chunk's first state may come from."""

State = Tensor | tuple[Tensor, ...]
"""The last state as a layer returns it: ``h_n``, or ``(h_n, c_n)``, each (L, B, H)."""


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
        """The loss of one chunk.

        Raises:
            TypeError: if ``model`` is no module, or ``chunk`` none that `stream` gives.
        """
        instance("model", model, nn.Module, "a language model")
        if not (isinstance(chunk, tuple | list) and len(chunk) == 3):
            raise TypeError(f"chunk must be (x, y, whether a text begins), got {chunk!r:.60}")
        x, y, begins = chunk
        state = None if begins or self.start == "zeros" else self.state
        if state is not None and self.start == "another row's":
            state = each_part(state, lambda part: part.roll(1, dims=1))
        logits, state = model(x, state)
        self.state = each_part(state, Tensor.detach)
        return next_token_loss(logits, y)


@torch.no_grad()
def bits(
    model: nn.Module,
    ids: Tensor,
    start: str = "carried",
    *,
    batch_size: int = 64,
    length: int = 16,
) -> float:
    """Bits a character on a text that is read in chunks, fed the true text throughout.

    Args:
        model: a language model; it is asked in evaluation mode, and left in the mode it had.
        ids: the text, shape (N).
        start: where a chunk's first state comes from, one of ``STARTS``.
        batch_size: ``B``, the strips read side by side.
        length: ``T``, the steps of a chunk.
    """
    loss = ChunkLoss(start)
    chunks = enumerate(carried_batches(ids, batch_size, length))
    with evaluating(model):
        nats = [loss(model, (x, y, number == 0)).item() for number, (x, y) in chunks]
    return sum(nats) / len(nats) / log(2)
