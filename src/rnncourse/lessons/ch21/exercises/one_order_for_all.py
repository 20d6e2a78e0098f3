"""Exercise: images whose pixels are shuffled, each part in another way, to be mended."""

from __future__ import annotations

import torch
from torch import Tensor

from rnncourse.checking.exercise import Exercise, Mistake, Tensors

_SIZES = (
    *((4, 5, 3, 6), (6, 4, 5, 3), (3, 2, 4, 5), (5, 6, 2, 4)),
    *((1, 3, 4, 2), (4, 1, 3, 5), (3, 5, 1, 7), (2, 4, 6, 1)),
)
"""``N, M, R, C`` of each call: images to train with and to test on, rows, columns."""


class ShuffleExercise(Exercise):
    """Draws images of two parts, and the seed of an order."""

    def draw(self, generator: torch.Generator) -> list[Tensors]:
        """Draw the arguments; each call has a seed of its own, and none the sandbox's."""
        return [
            (
                torch.rand(N, R, C, generator=generator, dtype=torch.float64, device="cpu"),
                torch.rand(M, R, C, generator=generator, dtype=torch.float64, device="cpu"),
                torch.tensor(8 + k, device="cpu"),
            )
            for k, (N, M, R, C) in enumerate(_SIZES)
        ]


def shuffled(train: Tensor, test: Tensor, seed: Tensor) -> tuple[Tensor, Tensor]:
    """Images (N, R, C) and (M, R, C) whose pixels come in one other order, the same for all.

    Args:
        train: images to train with.
        test: images to test on.
        seed: of the order, ``torch.randperm`` of the pixels of an image; place k of a shuffled
            image has the pixel ``order[k]``.
    """
    generator = torch.Generator().manual_seed(int(seed))
    order = torch.randperm(train[0].numel(), generator=generator)
    parts = []
    for images in (train, test):
        pixels = images.flatten(1)
        parts.append(pixels[:, order].view(images.shape))
    return parts[0], parts[1]


START = "generator = torch.Generator().manual_seed(int(seed))"
DRAWN = "torch.randperm(train[0].numel(), generator=generator)"
LINE = f"order = {DRAWN}"
BEGIN = "pixels = images.flatten(1)"
NEW = "pixels[:, order].view(images.shape)"
RETURN = "return parts[0], parts[1]"

EXERCISE = ShuffleExercise(
    name="one-order-for-all",
    title="One order for all",
    level="find the fault",
    minutes=10,
    starred=True,
    objective="21.3",
    hints=(
        "How often does the colleague's function draw an order? And would the second be the same "
        "as the first?",
        "A generator goes on: each draw from it is another. Whatever a network has learned about "
        "place k, in the test another pixel stands there.",
        "Draw the order once, before the loop, and use it for both parts: pixels[:, order].",
    ),
    notice="a linear layer does not mind the other order: its weights change places with the "
    "pixels. With two orders it has learned about places where other pixels stand now.",
    takes={"train": "N R C", "test": "M R C", "seed": ""},
    returns={"train_shuffled": "N R C", "test_shuffled": "M R C"},
    places={"N": "image {i}", "M": "image {i}", "R": "row {i}", "C": "column {i}"},
    reference=shuffled,
    mistakes=(
        Mistake(
            "as-it-was",
            "it does what the colleague's does: the test part gets an order of its own, because "
            "the generator has gone on. What was learned about a place does not hold there.",
            {LINE: "pass", BEGIN: f"{BEGIN}\n        {LINE}"},
        ),
        Mistake(
            "new-for-each-image",
            "each image gets an order of its own. Nothing is left to learn from but how much ink "
            "there is: the order must be the same for all images.",
            {
                LINE: "pass",
                NEW: "torch.stack([one[torch.randperm(len(one), generator=generator)] for one in "
                "pixels]).view(images.shape)",
            },
        ),
        Mistake(
            "another-seed-for-the-test",
            "the two parts have orders from different seeds. One order serves both: draw it once.",
            {
                RETURN: "generator.manual_seed(int(seed) + 1)\n"
                f"    order = {DRAWN}\n"
                "    return parts[0], test.flatten(1)[:, order].view(test.shape)"
            },
        ),
        Mistake(
            "test-as-it-is",
            "only the training part is shuffled. In the test the network meets images whose pixels "
            "are elsewhere than it has learned: both parts need the same order.",
            {RETURN: "return parts[0], test"},
        ),
        Mistake(
            "train-as-it-is",
            "only the test part is shuffled. The network learns one order and is tested on "
            "another: both parts need the same.",
            {RETURN: "return train, parts[1]"},
        ),
        Mistake(
            "nothing-shuffled",
            "the images come back as they were. Index the pixels by order.",
            {NEW: "images"},
        ),
        Mistake(
            "inverse-in-the-test",
            "the training part is right, but the test part is shuffled by the inverse: there the "
            "pixel k goes to place order[k]. That is another order.",
            {RETURN: "return parts[0], test.flatten(1)[:, order.argsort()].view(test.shape)"},
        ),
        Mistake(
            "inverse-in-training",
            "the test part is right, but the training part is shuffled by the inverse: there the "
            "pixel k goes to place order[k]. That is another order.",
            {RETURN: "return train.flatten(1)[:, order.argsort()].view(train.shape), parts[1]"},
        ),
        Mistake(
            "inverse",
            "one order for all, and so a fair test. But it is the inverse: the pixel k goes to "
            "place order[k]. Asked is that place k has the pixel order[k].",
            {NEW: "pixels[:, order.argsort()].view(images.shape)"},
        ),
        Mistake(
            "images-for-pixels",
            "the images change places, and their pixels stay. Now the labels belong to other "
            "images. The order is one of pixels.",
            {NEW: "images[torch.randperm(len(images), generator=generator)]", LINE: "pass"},
        ),
        Mistake(
            "rows-only",
            "whole rows change places, and within a row everything stays. Asked is an order of all "
            "pixels.",
            {NEW: "images[:, order]", DRAWN: "torch.randperm(train.shape[1], generator=generator)"},
        ),
        Mistake(
            "within-rows-only",
            "the pixels stay in their row: whole columns change places. Asked is an order of all "
            "pixels.",
            {
                NEW: "images[..., order]",
                DRAWN: "torch.randperm(train.shape[2], generator=generator)",
            },
        ),
        Mistake(
            "across-images",
            "the pixels of all images are thrown together: an image's pixels end up in others. An "
            "order is one of the pixels of one image.",
            {
                NEW: "pixels.flatten()[torch.randperm(pixels.numel(), generator=generator)]"
                ".view(images.shape)",
                LINE: "pass",
            },
        ),
        Mistake(
            "not-from-the-seed",
            "one order for all, but it is not drawn from seed: nobody can draw the same one again. "
            "Give randperm a generator.",
            {DRAWN: "torch.randperm(train[0].numel())"},
        ),
        Mistake(
            "not-from-the-seed-and-twice",
            "each part gets an order of its own, and neither comes from seed. Draw one, from a "
            "generator with this seed.",
            {LINE: "pass", BEGIN: f"{BEGIN}\n        order = torch.randperm(pixels.shape[1])"},
        ),
        Mistake(
            "read-down-the-columns",
            "one order for all, but the pixels were counted down the columns before. Count them "
            "row after row, as flatten(1) does.",
            {BEGIN: "pixels = images.transpose(1, 2).flatten(1)"},
        ),
        Mistake(
            "shuffled-twice",
            "one order for all, but it is applied twice.",
            {NEW: "pixels[:, order][:, order].view(images.shape)"},
        ),
        Mistake(
            "not-laid-out-again",
            "the pixels are in the right order, but they have not been laid out in rows again.",
            {NEW: "pixels[:, order]"},
        ),
    ),
)
