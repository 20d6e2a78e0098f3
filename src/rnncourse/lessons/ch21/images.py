"""Images of handwritten digits, and the sequences that they are read as."""

from __future__ import annotations

import gzip
from functools import cache
from typing import NamedTuple

import torch
from torch import Generator, Tensor

from rnnbook.cells import checks
from rnnbook.data.registry import fetch

CLASSES = 10


class Images(NamedTuple):
    """Pictures and what is on them.

    Attributes:
        pixels: brightness of the ink, 0 … 1, shape (N, rows, columns).
        labels: 0 … 9, shape (N), long.
    """

    pixels: Tensor
    labels: Tensor


class Parts(NamedTuple):
    """Images to train with, to choose by, and to test on."""

    train: Images
    validation: Images
    test: Images


@cache
def _digits() -> Images:
    from sklearn.datasets import load_digits

    found = load_digits()
    pixels = torch.tensor(found.images, dtype=torch.float32) / 16
    return Images(pixels, torch.tensor(found.target, dtype=torch.long))


def digits(seed: int = 0) -> Parts:
    """The 1,797 digits of 8 × 8 pixels that come with scikit-learn: 1,197, 300 and 300.

    Args:
        seed: which digits go where.

    Source: Alpaydin & Kaynak (1998), Optical recognition of handwritten digits.
    """
    images = _digits()
    order = torch.randperm(len(images.labels), generator=Generator().manual_seed(seed))
    return Parts(*(_of(images, part) for part in order.split([1197, 300, 300])))


@cache
def _idx(name: str) -> Tensor:
    """The bytes of a file of MNIST: after two of zeros and one of the type come axes and sizes."""
    with gzip.open(fetch(f"mnist-{name}-ubyte.gz")) as file:
        read = file.read()
    sizes = [int.from_bytes(read[4 + 4 * k : 8 + 4 * k], "big") for k in range(read[3])]
    return torch.frombuffer(bytearray(read[4 + 4 * read[3] :]), dtype=torch.uint8).view(sizes)


def mnist(side: int = 28) -> Parts:
    """The 70,000 digits of MNIST: 55,000, the last 5,000 of those to train with, and 10,000.

    Args:
        side: pixels of a row, 28, or 14, where each is the mean of 2 × 2.

    Raises:
        DataUnavailable: if the files are neither here nor to be had.
        ValueError: if ``side`` is neither.
    """
    if side not in (14, 28):
        raise ValueError(f"side must be 14 or 28, got {side!r}")
    found = []
    for part in ("train", "t10k"):
        pixels = _idx(f"{part}-images-idx3").float() / 255
        step = 28 // side
        pixels = pixels.unflatten(1, (side, step)).unflatten(3, (side, step)).mean(dim=(2, 4))
        found.append(Images(pixels, _idx(f"{part}-labels-idx1").long()))
    known, test = found
    return Parts(_of(known, slice(0, 55_000)), _of(known, slice(55_000, None)), test)


def by_rows(pixels: Tensor) -> Tensor:
    """Images (N, rows, columns) as sequences of rows, from the top: (rows, N, columns)."""
    return checks.floats("pixels", pixels, "N, rows, columns").transpose(0, 1)


def by_pixels(pixels: Tensor, order: Tensor | None = None) -> Tensor:
    """Images (N, rows, columns) as sequences of pixels (rows · columns, N, 1).

    Args:
        pixels: row after row, each from the left.
        order: which pixel is read when, a permutation, the same for all images; None for as it is.
    """
    read = checks.floats("pixels", pixels, "N, rows, columns").flatten(1)
    return (read if order is None else read[:, order]).T[..., None]


def shuffled(steps: int, seed: int = 0) -> Tensor:
    """An order in which to read so many steps, drawn once."""
    return torch.randperm(steps, generator=Generator().manual_seed(20_000 + seed))


def _of(images: Images, which: Tensor | slice) -> Images:
    return Images(*(one[which] for one in images))
