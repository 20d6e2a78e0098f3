"""The reader that chapter 21's figure carries: a GRU over the rows of a digit.

It reads scikit-learn's digits of 8 × 8 pixels a row a step, from the top, and a linear layer says
after every row which digit it would answer; it is trained at every row, on images as they are and
shifted by a pixel to the left and to the right. Its weights are rounded as
`rnncourse.experiments.packing` says. ``reader.json`` holds what `rnncourse.figures.DrawADigit` is
made of, ``network`` (its size and weights) and ``examples`` (a test image of each digit, first one
where it changes its mind on the way), and ``accuracy``: the share of the 300 test images that is
right in the end, with the weights as rounded. To train it anew and replace the file, in a quarter
of a minute:

    python -m rnncourse.lessons.ch21.reader
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from rnncourse.experiments.files import write_atomically
from rnncourse.experiments.packing import pack_all, round_weights, unpack_all
from rnncourse.lessons.ch21.images import CLASSES, Images, by_rows, digits
from rnncourse.lessons.ch21.reading import ImageReader, accuracy, learn

SHIPPED = Path(__file__).with_name("reader.json")
ROWS, H, INK = 8, 32, 16
UPDATES, RATE, SEED = 1500, 0.02, 0


@cache
def _content() -> dict[str, Any]:
    return json.loads(SHIPPED.read_text(encoding="utf-8"))


def shipped() -> dict[str, Any]:
    """What `rnncourse.figures.DrawADigit` is made of: ``network`` and ``examples``."""
    return {name: _content()[name] for name in ("network", "examples")}


def tested() -> float:
    """The share of the test images that is right in the end, as the file has it."""
    return _content()["accuracy"]


def reader() -> ImageReader:
    """The trained network, with the weights as the page has them."""
    return unpack_all(_made(SEED), shipped()["network"]["parameters"])


def shifted(images: Images) -> Images:
    """Images (N, rows, columns), and all of them a pixel to the left, and to the right: 3 N."""
    wide = nn.functional.pad(images.pixels, (1, 1))
    columns = images.pixels.shape[2]
    pixels = torch.cat([wide[:, :, k : k + columns] for k in (1, 2, 0)])
    return Images(pixels, images.labels.repeat(3))


def trained(updates: int = UPDATES, seed: int = SEED) -> ImageReader:
    """A network that has learned from what it says after every row, its weights rounded."""
    parts, network = digits(seed), _made(seed)
    learn(
        network,
        shifted(parts.train),
        parts.validation,
        by_rows,
        updates=updates,
        lr=RATE,
        seed=seed,
        every_step=True,
    )
    return round_weights(network)


@torch.no_grad()
def said(network: ImageReader, images: Images) -> Tensor:
    """The probability of each digit after each row, (8, N, 10)."""
    return network(by_rows(images.pixels)).softmax(dim=2)


def chosen(network: ImageReader, images: Images) -> list[int]:
    """An image of each digit that is right in the end: first where the network changes its mind.

    That is where it was surest of another digit after some row, and as sure of the right one in
    the end. The others are the first of their digits, in order.
    """
    p = said(network, images)
    right = p[-1].argmax(dim=1) == images.labels
    others = p.scatter(2, images.labels.expand(ROWS, -1)[..., None], 0.0)
    sure = torch.minimum(others.amax(dim=(0, 2)), p[-1].amax(dim=1))
    first = int((sure * right).argmax())
    rest = [digit for digit in range(CLASSES) if digit != images.labels[first]]
    return [first, *(int((right & (images.labels == digit)).nonzero()[0]) for digit in rest)]


def renew() -> None:
    """Train it, round its weights, test it, choose examples, and write all down."""
    network, test = trained(), digits(SEED).test
    content = {
        "network": {"H": H, "parameters": pack_all(network)},
        "examples": [
            {
                "pixels": (INK * test.pixels[k]).round().int().flatten().tolist(),
                "label": int(test.labels[k]),
            }
            for k in chosen(network, test)
        ],
        "accuracy": accuracy(network, test, by_rows),
    }
    write_atomically(SHIPPED, json.dumps(content, separators=(",", ":")) + "\n")


def _made(seed: int) -> ImageReader:
    with torch.random.fork_rng(devices=[]):  # the caller's random numbers are left alone
        torch.manual_seed(seed)
        return ImageReader("gru", ROWS, H, ROWS)


if __name__ == "__main__":
    renew()
