"""MNIST's digits brought to 8 × 8 pixels in the way of scikit-learn's: other hands, other paper."""

from __future__ import annotations

from functools import cache

import torch
from torch import Generator, Tensor, nn

from rnnbook.cells import checks
from rnncourse.lessons.ch21.images import Images, Parts, digits, mnist
from rnncourse.lessons.ch21.trials import CORPORA

SIDE, BLOCK = 32, 4
WIDTH = 20
"""Columns of 32 that a digit is stretched over, as widths and edges of scikit-learn's say."""
INK = 0.125
"""From which brightness on a pixel of MNIST is ink: its training images then have as much ink, on
average, as those of scikit-learn."""


def as_digits(pixels: Tensor, threshold: float = INK) -> Tensor:
    """Images (N, rows, columns) of one digit each, made as scikit-learn's were: (N, 8, 8).

    What is drawn is cut out, stretched over all 32 rows and the middle 20 columns of a bitmap, made
    black or white, and counted in blocks of 4 × 4: sixteenths, 0 … 1.

    Args:
        pixels: brightness of the ink, 0 … 1.
        threshold: from which brightness on a pixel is ink.

    Raises:
        ValueError: if ``threshold`` is not in (0, 1], or there is no ink in an image.

    Source: scikit-learn's description of the set has bitmaps and blocks; that digits are stretched
    over 20 columns is what we saw in the images.
    """
    checks.finite_number("threshold", threshold, "a number in (0, 1]", lambda one: 0 < one <= 1)
    ink = checks.floats("pixels", pixels, "N, rows, columns") >= threshold
    blank = (~ink.flatten(1).any(dim=1)).sum()
    if blank:
        raise ValueError(f"pixels must have ink in every image, got {int(blank)} without")
    (top, height), (left, width) = _extent(ink.any(dim=2)), _extent(ink.any(dim=1))
    rows, columns = pixels.shape[1:]
    # Of the whole image −1 is one edge and 1 the other; the bitmap's −1 … 1 is mapped into it.
    theta = torch.zeros(len(pixels), 2, 3)
    theta[:, 0, 0] = width / columns * SIDE / WIDTH
    theta[:, 0, 2] = (2 * left + width) / columns - 1
    theta[:, 1, 1] = height / rows
    theta[:, 1, 2] = (2 * top + height) / rows - 1
    grid = nn.functional.affine_grid(theta, [len(pixels), 1, SIDE, SIDE], align_corners=False)
    bitmap = nn.functional.grid_sample(pixels[:, None], grid, align_corners=False) >= threshold
    edge = (SIDE - WIDTH) // 2
    bitmap[..., :edge] = bitmap[..., -edge:] = False  # beyond the box nothing is the digit's
    return nn.functional.avg_pool2d(bitmap.to(pixels.dtype), BLOCK)[:, 0]


@cache
def elsewhere(corpus: str, threshold: float = INK) -> Images:
    """Test images as 8 × 8 pixels: the 10,000 of MNIST; or 300 of the digits, made anew.

    Args:
        corpus: ``mnist``, or ``digits``, which needs no download.
        threshold: as `as_digits` has it.

    Raises:
        ValueError: if there is no such corpus.
        DataUnavailable: if MNIST's files are neither here nor to be had.
    """
    if corpus not in CORPORA:
        raise ValueError(f"corpus must be one of {', '.join(CORPORA)}, got {corpus!r}")
    test = (mnist() if corpus == "mnist" else digits()).test
    return Images(as_digits(test.pixels, threshold), test.labels)


def few(corpus: str, seed: int) -> Parts:
    """As many images to train with and to choose by as `digits` has, and test images: 8 × 8.

    Args:
        corpus: ``mnist``, or ``digits``, which needs no download and is made anew.
        seed: which of the training images are taken, or which of the digits go where.

    Raises:
        ValueError: if there is no such corpus.
        DataUnavailable: if MNIST's files are neither here nor to be had.
    """
    test = elsewhere(corpus)
    train, validation, _ = digits(seed)
    if corpus == "mnist":
        known = mnist().train
        order = torch.randperm(len(known.labels), generator=Generator().manual_seed(seed))
        sizes = [len(train.labels), len(validation.labels)]
        which = order[: sum(sizes)].split(sizes)
        train, validation = (Images(known.pixels[one], known.labels[one]) for one in which)
    train, validation = (Images(as_digits(of.pixels), of.labels) for of in (train, validation))
    return Parts(train, validation, test)


def nine_places(images: Images) -> Images:
    """Each image where it is and moved by a pixel in all eight directions, zeros moved in."""
    padded = nn.functional.pad(images.pixels, (1, 1, 1, 1))
    rows, columns = images.pixels.shape[1:]
    moved = [padded[:, r : r + rows, c : c + columns] for r in range(3) for c in range(3)]
    return Images(torch.cat(moved), images.labels.repeat(9))


def _extent(some: Tensor) -> tuple[Tensor, Tensor]:
    """The first place that is true of each row (N, places), and how many there are to the last."""
    first = some.int().argmax(dim=1)
    last = some.shape[1] - 1 - some.flip(1).int().argmax(dim=1)
    return first, last + 1 - first
