"""Trials on MNIST; and, where nothing may be downloaded, on scikit-learn's digits in its place."""

from __future__ import annotations

from functools import cache

from rnncourse.lessons.ch21.images import Images, Parts, digits, mnist

CORPORA = ("mnist", "digits")


def parts(corpus: str, seed: int, side: int = 28, *, tested: int = 10_000) -> Parts:
    """Images to train with, the first 1,000 to choose by, and the first ones to test on.

    Args:
        corpus: ``mnist``, or ``digits``, which needs no download.
        seed: which of the digits go where; MNIST comes in parts.
        side: pixels of a row of MNIST, 28 or 14.
        tested: the most images to test on.

    Raises:
        ValueError: if there is no such corpus, or no such side.
        DataUnavailable: if MNIST's files are neither here nor to be had.
    """
    if corpus not in CORPORA:
        raise ValueError(f"corpus must be one of {', '.join(CORPORA)}, got {corpus!r}")
    found = digits(seed) if corpus == "digits" else _mnist(side)
    return Parts(found.train, _first(found.validation, 1000), _first(found.test, tested))


def _first(images: Images, count: int) -> Images:
    return Images(images.pixels[:count], images.labels[:count])


@cache
def _mnist(side: int) -> Parts:
    return mnist(side)
