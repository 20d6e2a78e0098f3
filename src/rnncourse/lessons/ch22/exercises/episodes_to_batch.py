"""Exercise: what several carts have met, logged row by row, as a time-major batch."""

from __future__ import annotations

import torch
from torch import Tensor

from rnncourse.checking.exercise import Exercise, Mistake, Tensors
from rnncourse.checking.words import shape_sentence

_SIZES = (12, 2, 3), (23, 3, 5), (7, 5, 2), (20, 1, 4), (1, 4, 1), (9, 4, 1), (5, 3, 4)
"""Rows, numbers in each of them, and carts, of each call; some end within a step."""


class LogExercise(Exercise):
    """Draws a log, and how many carts have written it."""

    def draw(self, generator: torch.Generator) -> list[Tensors]:
        """Draw the arguments; the first log ends with a step, and in some the last is cut off."""
        return [
            (
                2 * torch.rand((N, D), generator=generator, dtype=torch.float64, device="cpu") - 1,
                torch.tensor(B, device="cpu"),
            )
            for N, D, B in _SIZES
        ]

    def introduce(self, inputs: Tensors) -> str:
        """Say how long the log is, and how many carts have written it."""
        log, B = inputs
        return f"for a log of {len(log)} rows of {log.shape[1]} with B = {B.item()}, "

    def require_shapes(self, returned: Tensors, sizes: object) -> dict[str, int]:
        """Leave the shape to ``explain``: it follows from the number of carts."""
        return {}

    def explain(self, mine: Tensors, expected: Tensors) -> str:
        """Show a wrong shape, or the first wrong number."""
        if mine[0].shape != expected[0].shape:
            shapes = tuple(mine[0].shape), tuple(expected[0].shape)
            return shape_sentence("x", ["T", "B", "D"], *shapes)
        return super().explain(mine, expected)


def batch_of_log(log: Tensor, B: int) -> Tensor:
    """What B carts have met, (T, B, D), of a log (N, D) in which their rows take turns."""
    T = len(log) // B
    whole = log[: T * B]
    return whole.view(T, B, log.shape[1])


STEPS = "T = len(log) // B"
WHOLE = "log[: T * B]"
SHAPED = "whole.view(T, B, log.shape[1])"

EXERCISE = LogExercise(
    name="episodes-to-batch",
    title="From a log to a batch",
    level="write",
    minutes=10,
    objective="22.3",
    hints=(
        "Write the rows of three carts as t0c0, t0c1, t0c2, t1c0 … Where in the log is the cart's "
        "next observation? How many whole steps are there?",
        "view and reshape leave the numbers in their order, and only put brackets around them: "
        "the axis that changes fastest comes last. Here that is D, then the cart, then the step.",
        "T = len(log) // B steps are whole: take log[: T * B], and .view(T, B, -1) of that. There "
        "is nothing to transpose.",
    ),
    notice="a transposed (B, T, D) has the shape that is asked for, and raises no error; it would "
    "train, too. One look tells: do x[0, 0] and x[1, 0] belong to one cart?",
    takes={"log": "N D", "B": ""},
    returns={"x": "T B D"},
    places={"B": "cart {i}", "D": "number {i}", "N": "row {i}"},
    reference=batch_of_log,
    mistakes=(
        Mistake(
            "cart-after-cart",
            "the shape is right and the carts are mixed: the log is cut as if it held one cart "
            "after the other, (B, T, D), and then transposed. Here carts take turns, row by row.",
            {SHAPED: "whole.view(B, T, log.shape[1]).transpose(0, 1)"},
        ),
        Mistake(
            "cart-after-cart-and-batch-first",
            "the log is cut as if it held one cart after the other, (B, T, D). Here carts take "
            "turns, row by row; and asked is (T, B, D).",
            {SHAPED: "whole.view(B, T, log.shape[1])"},
        ),
        Mistake(
            "batch-first",
            "each cart has its own rows, in order, but the batch comes first, (B, T, D). Asked is "
            "(T, B, D).",
            {SHAPED: "whole.view(T, B, log.shape[1]).transpose(0, 1)"},
        ),
        Mistake(
            "shape-of-the-batch-read-backwards",
            "the shape is right, but within a step the numbers of a row are spread over the carts: "
            "the rows were cut as if the carts changed fastest. In the log, D does.",
            {SHAPED: "whole.view(T, log.shape[1], B).transpose(1, 2)"},
        ),
        Mistake(
            "last-step-dropped",
            "the last whole step is missing. With N rows, N // B steps are whole.",
            {STEPS: "T = len(log) // B - 1"},
        ),
        Mistake(
            "last-step-always-dropped",
            "the last step is left out even where it is whole. Only one that was cut off is to go.",
            {STEPS: "T = (len(log) - 1) // B"},
        ),
        Mistake(
            "first-step-dropped",
            "the first step is missing. The log begins with whole steps; if anything is left out, "
            "it is at the end.",
            {WHOLE: "log[B : T * B]", "view(T,": "view(T - 1,"},
        ),
        Mistake(
            "cut-at-the-beginning",
            "where the last step is cut off, rows are left out at the beginning. Then every step "
            "begins with another cart than the first, and ends in the next step.",
            {WHOLE: "log[len(log) - T * B :]"},
        ),
        Mistake(
            "not-cut",
            "it is right as long as the log ends with a whole step. Where the last one was cut "
            "off, its rows have to be left out: N need not be a multiple of B.",
            {WHOLE: "log"},
        ),
        Mistake(
            "filled-with-zeros",
            "a step that was cut off is filled up with zeros. Nobody has seen those: leave the "
            "step out.",
            {
                STEPS: "T = (len(log) + B - 1) // B",
                WHOLE: "torch.cat([log, log.new_zeros(T * B - len(log), log.shape[1])])",
            },
        ),
        Mistake(
            "one-cart-only",
            "only the first cart is there, (T, D). There are B of them.",
            {SHAPED: "whole[:: int(B)]"},
        ),
        Mistake(
            "side-by-side",
            "the carts of a step lie side by side in one row, (T, B·D). A network would read them "
            "as one observation. Asked is (T, B, D).",
            {SHAPED: "whole.view(T, B * log.shape[1])"},
        ),
        Mistake(
            "one-long-sequence",
            "the log has become one sequence of N steps, (N, 1, D): the state of one cart would be "
            "carried into the next.",
            {SHAPED: "log[:, None]"},
        ),
    ),
)
