"""One network, one way of reading: trained, and measured on images that it never saw."""

from __future__ import annotations

from contextlib import suppress
from functools import partial

import torch
from torch import Tensor, nn

from rnnbook.training import TrainingDiverged
from rnncourse.lessons.ch21.images import Parts, by_pixels, by_rows, shuffled
from rnncourse.lessons.ch21.reading import (
    CELLS,
    ImageReader,
    Reads,
    convolution,
    learn,
    linear,
)

WHOLE = {"linear": linear, "convolution": convolution}
MODELS = [*CELLS, *WHOLE]
ORDERS = ["as is", "shuffled"]


def made(model: str, side: int, hidden_size: int, *, pixels: bool = False) -> nn.Module:
    """A network as it is before training, for images of ``side`` × ``side`` pixels.

    Args:
        model: one of ``MODELS``.
        side: rows, and columns.
        hidden_size: units of a recurrent one.
        pixels: whether it reads a pixel a step; else a row.
    """
    if model in WHOLE:
        return WHOLE[model](side)
    D, T = (1, side * side) if pixels else (side, side)
    return ImageReader(model, D, hidden_size, T)


def reading(model: str, side: int, order: str, seed: int, *, pixels: bool = False) -> Reads:
    """What a network is given of images: sequences, or images.

    Args:
        model: one of ``MODELS``.
        side: rows, and columns.
        order: ``as is``, or ``shuffled``: all images alike, by a permutation of their pixels.
        seed: of the permutation.
        pixels: whether it reads a pixel a step; else a row.
    """
    permuted = None if order == "as is" else shuffled(side * side, seed)
    if pixels:
        return partial(by_pixels, order=permuted)
    return partial(_laid_out, order=permuted, rows=model not in WHOLE)


def trained(
    model: str,
    order: str,
    parts: Parts,
    seed: int,
    *,
    lr: float,
    updates: int,
    hidden_size: int = 64,
    pixels: bool = False,
    every: int = 50,
) -> tuple[nn.Module, Reads]:
    """A network that has learned, and how it reads images; where it diverges, learning ends."""
    side = parts.train.pixels.shape[-1]
    torch.manual_seed(seed)
    network = made(model, side, hidden_size, pixels=pixels)
    reads = reading(model, side, order, seed, pixels=pixels)
    with suppress(TrainingDiverged):  # the network keeps the last finite weights
        learn(
            network,
            parts.train,
            parts.validation,
            reads,
            updates=updates,
            lr=lr,
            every=every,
            seed=seed,
        )
    return network, reads


def _laid_out(pixels: Tensor, order: Tensor | None, rows: bool) -> Tensor:
    if order is not None:
        pixels = pixels.flatten(1)[:, order].view_as(pixels)
    return by_rows(pixels) if rows else pixels
