"""Exercise: images as sequences, a row a step and a pixel a step."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor

from rnncourse.checking.exercise import Exercise, Mistake, Tensors


class ImagesExercise(Exercise):
    """Draws images; an image has as many pixels as rows times columns."""

    def require_shapes(self, returned: Tensors, sizes: Mapping[str, int]) -> dict[str, int]:
        """Compare the returned shapes with the declared ones."""
        return super().require_shapes(returned, {**sizes, "P": sizes["R"] * sizes["C"]})


def as_sequences(images: Tensor) -> tuple[Tensor, Tensor]:
    """Images (N, R, C) a row a step, (R, N, C), and a pixel a step, (R · C, N, 1)."""
    rows = images.transpose(0, 1)
    pixels = images.flatten(1).T.unsqueeze(2)
    return rows.contiguous(), pixels.contiguous()


ROWS = "images.transpose(0, 1)"
PIXELS = "images.flatten(1).T.unsqueeze(2)"
DOWN = "images.permute(2, 1, 0).reshape(-1, len(images), 1)"
RESHAPED = "images.reshape(images.shape[1], len(images), -1)"

EXERCISE = ImagesExercise(
    name="rows-as-steps",
    title="Rows as steps, pixels as steps",
    level="write",
    minutes=10,
    objective="21.1",
    hints=(
        "Follow one number: the pixel in row 2, column 3 of image 1. Where does it stand in rows, "
        "and where in pixels?",
        "rows[r, n, c] is images[n, r, c]: two axes are exchanged. That is another thing than to "
        "ask for the right shape: view and reshape leave the numbers in their old order.",
        "images.transpose(0, 1) for the rows. For the pixels, first put each image into one row of "
        "numbers, images.flatten(1); exchange the two axes; add an axis of size 1 at the end.",
    ),
    notice="what reshape gets wrong has the right shape, and no error tells you. So compare one "
    "image yourself: rows[:, 0] should be images[0].",
    takes={"images": "N R C"},
    returns={"rows": "R N C", "pixels": "P N 1"},
    places={"N": "image {i}", "R": "row {i}", "C": "column {i}", "P": "pixel {i}"},
    reference=as_sequences,
    mistakes=(
        Mistake(
            "rows-reshaped",
            "rows has the right shape, and each of its sequences is put together from rows of "
            "several images: view and reshape leave the numbers in their old order. Which function "
            "exchanges two axes?",
            {ROWS: RESHAPED},
        ),
        Mistake(
            "pixels-reshaped",
            "pixels has the right shape, but its sequences are made of several images' pixels: "
            "reshape leaves the numbers in their old order, image after image. Exchange two axes.",
            {PIXELS: "images.reshape(-1, len(images), 1)"},
        ),
        Mistake(
            "both-reshaped",
            "both shapes are right, but the images are mixed: view and reshape leave the numbers "
            "in their old order, image after image. Which function exchanges two axes?",
            {ROWS: RESHAPED, PIXELS: "images.reshape(-1, len(images), 1)"},
        ),
        Mistake(
            "columns-for-rows",
            "each step is a column, read from the left: (C, N, R). Here a step is a row, from the "
            "top.",
            {ROWS: "images.permute(2, 0, 1)"},
        ),
        Mistake(
            "columns-throughout",
            "steps are columns, and pixels are read down the columns, too. Here images are read "
            "as a page is: row after row, each from the left.",
            {
                ROWS: "images.permute(2, 0, 1)",
                PIXELS: "images.permute(2, 1, 0).reshape(-1, len(images), 1)",
            },
        ),
        Mistake(
            "batch-last",
            "the images have become the last axis: what should be numbers of one step are the same "
            "pixel in all images. The batch belongs in the middle, (R, N, C).",
            {ROWS: "images.permute(1, 2, 0)"},
        ),
        Mistake(
            "all-axes-turned-round",
            "all three axes are turned round, (C, R, N), as .T does. Only the first two are to be "
            "exchanged.",
            {ROWS: "images.permute(2, 1, 0)"},
        ),
        Mistake(
            "rows-batch-first",
            "rows is images as it came, batch first. The book's layers, and torch's, take the "
            "steps first: (T, B, D).",
            {ROWS: "images"},
        ),
        Mistake(
            "pixels-batch-first",
            "pixels has the batch first, (N, P, 1). The steps come first: (T, B, D).",
            {PIXELS: "images.flatten(1).unsqueeze(2)"},
        ),
        Mistake(
            "batch-first",
            "both have the batch first. That is right for layers with batch_first=True; here the "
            "steps come first: (T, B, D).",
            {ROWS: "images", PIXELS: "images.flatten(1).unsqueeze(2)"},
        ),
        Mistake(
            "bottom-up",
            "the rows are read from the bottom up. The first step is the row at the top.",
            {ROWS: f"{ROWS}.flip(0)"},
        ),
        Mistake(
            "right-to-left",
            "each row is turned round: its last pixel comes first, so that the images are "
            "mirrored.",
            {ROWS: f"{ROWS}.flip(2)"},
        ),
        Mistake(
            "last-pixel-first",
            "the pixels are read from the last to the first. The first step is the pixel at the "
            "top left.",
            {PIXELS: f"{PIXELS}.flip(0)"},
        ),
        Mistake(
            "pixels-down-the-columns",
            "the pixels are read column after column. Here they are read row after row, each from "
            "the left.",
            {PIXELS: DOWN},
        ),
        Mistake(
            "pixels-from-the-right",
            "the pixels of each row are read from the right, so that the images are mirrored.",
            {PIXELS: "images.flip(2).flatten(1).T.unsqueeze(2)"},
        ),
        Mistake(
            "no-axis-for-the-one-number",
            "pixels has two axes, (P, N). A layer wants a third: each step holds one number, and "
            "D = 1.",
            {PIXELS: "images.flatten(1).T"},
        ),
        Mistake(
            "axis-in-the-middle",
            "the axis of size 1 stands in the middle, (P, 1, N): a batch of one sequence, whose "
            "steps hold all images' pixels. D = 1 is the last axis.",
            {PIXELS: "images.flatten(1).T.unsqueeze(1)"},
        ),
        Mistake(
            "all-pixels-in-one-step",
            "all pixels come in a single step, (1, N, P). Asked is a step for each pixel, with one "
            "number.",
            {PIXELS: "images.flatten(1).unsqueeze(0)"},
        ),
        Mistake(
            "one-sequence-of-all",
            "all images have become one long sequence, and a state would be carried from one to "
            "the next. Each image is a sequence of its own, beside the others.",
            {PIXELS: "images.reshape(-1, 1, 1)"},
        ),
        Mistake(
            "rows-for-pixels",
            "pixels is a row a step, as rows is. Asked is a pixel a step: R · C steps with one "
            "number each.",
            {PIXELS: ROWS},
        ),
    ),
)
