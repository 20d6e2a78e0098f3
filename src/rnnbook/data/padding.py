"""Sequences of different lengths, side by side."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Generator, Tensor, nn

from rnnbook.cells import checks
from rnnbook.tasks import draws


def pad(sequences: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
    """Sequences as a batch, the shorter ones filled up with zeros at the end.

    Args:
        sequences: B tensors of shape (T, …), with T of its own, all else alike.

    Returns:
        The batch, shape (T, B, …) with the largest T, and the lengths, ints of shape (B) on the
        CPU: as `Recurrent` takes them, and `torch.nn.utils.rnn.pack_padded_sequence`.

    Raises:
        TypeError, ValueError: if there is none, one without a step, or they are not alike.
    """
    checks.instance("sequences", sequences, list | tuple, "a list of tensors (T, …)")
    if not sequences:
        raise ValueError("sequences must hold one tensor (T, …) at least, got none")
    for one in sequences:
        rest, dtype = checks.tensor("each of sequences", one).shape[1:], sequences[0].dtype
        if one.dtype != dtype:
            raise TypeError(f"each of sequences must be {dtype}, got {one.dtype}")
        if one.dim() == 0 or len(one) == 0 or rest != sequences[0].shape[1:]:
            shape = ", ".join(["T of at least 1", *map(str, sequences[0].shape[1:])])
            raise ValueError(f"each of sequences must have shape ({shape}), got {tuple(one.shape)}")
    lengths = torch.tensor([len(one) for one in sequences], device="cpu")
    return nn.utils.rnn.pad_sequence(list(sequences)), lengths


def mask(lengths: Tensor, steps: int) -> Tensor:
    """Which steps of a padded batch are a sequence's own, bools of shape (T, B).

    Args:
        lengths: of the sequences, ints from 0 to ``steps``, shape (B).
        steps: ``T``, those of the batch.

    Raises:
        TypeError, ValueError: if ``steps`` is not a positive int, or the lengths are no such ints.
    """
    checks.positive_int("steps", steps)
    lengths = checks.ids("lengths", lengths, "B", steps + 1)
    return torch.arange(steps, device=lengths.device)[:, None] < lengths


def length_buckets(lengths: Tensor, batch_size: int, generator: Generator) -> list[Tensor]:
    """Every sequence once, in batches of similar lengths and in a random order.

    Sorted by length, give or take a tenth: little is padded, and no two epochs are the same.

    Args:
        lengths: of the sequences, ints, shape (N).
        batch_size: ``B``; one of the batches may be smaller.
        generator: decides the order.

    Returns:
        The batches, each of indices into ``lengths``, shape (B).

    Raises:
        TypeError, ValueError: if an argument is none of these, or a length is below 0.
    """
    lengths = checks.ids("lengths", lengths, "N")
    checks.positive_int("batch_size", batch_size)
    nearly = lengths * (1 + 0.1 * draws.uniform((len(lengths),), generator))
    batches = nearly.argsort().split(batch_size)
    order = torch.randperm(len(batches), generator=generator, device=generator.device)
    return [batches[k] for k in order]
