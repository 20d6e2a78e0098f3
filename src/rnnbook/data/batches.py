"""Batches that let a state be carried from one to the next."""

from __future__ import annotations

from collections.abc import Iterator

from torch import Tensor

from rnnbook.cells import checks
from rnnbook.cells.checks import positive_int

Chunk = tuple[Tensor, Tensor, bool]
"""Tokens (T, B), the tokens that follow (T, B), and whether the text begins here."""


def carried_batches(ids: Tensor, batch_size: int, length: int) -> Iterator[tuple[Tensor, Tensor]]:
    """Cut a long sequence into ``batch_size`` strips and go through them side by side.

    Row ``b`` of a chunk continues row ``b`` of the chunk before, so the state after one chunk is
    the right one to start the next from. Shuffled chunks would make it nonsense.

    Args:
        ids: the sequence, ints from 0 up, shape (N).
        batch_size: ``B``, the number of strips.
        length: ``T``, the steps of a chunk; what is left over at the end is not used.

    Yields:
        ``x`` and ``y``, both (T, B): ``y`` is one step ahead of ``x``.

    Raises:
        TypeError: if the sequence is no tensor of ints.
        ValueError: if it has more axes, an id below 0 or too few for one chunk, or a size is not a
            positive int.
    """
    positive_int("batch_size", batch_size)
    positive_int("length", length)
    ids = checks.ids("ids", ids, "N")
    strip = (len(ids) - 1) // batch_size  # steps with a successor
    if strip < length:
        raise ValueError(
            f"ids must hold at least batch_size · length + 1 = {batch_size * length + 1} steps, "
            f"got {len(ids)}"
        )
    x = ids[: strip * batch_size].view(batch_size, strip).t()
    y = ids[1 : strip * batch_size + 1].view(batch_size, strip).t()
    for start in range(0, strip - length + 1, length):
        yield x[start : start + length], y[start : start + length]


def stream(ids: Tensor, batch_size: int, length: int) -> Iterator[Chunk]:
    """Consecutive chunks of a text, over and over."""
    while True:
        for number, (x, y) in enumerate(carried_batches(ids, batch_size, length)):
            yield x, y, number == 0
