"""Exercise: the last three inputs of every step, side by side."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from rnnbook.data import windows
from rnncourse.checking.exercise import Exercise, Mistake, Tensors

K = 3
_SIZES = ((7, 2, 4), (4, 5, 2), (6, 4, 1), (5, 1, 2), (2, 4, 5), (1, 2, 4))
"""``(T, B, D)`` of each call; sequences shorter than the window among them."""


@dataclass(frozen=True, kw_only=True)
class WindowsExercise(Exercise):
    """Draws sequences that are longer than a window, and some that are shorter."""

    def draw(self, generator: torch.Generator) -> list[Tensors]:
        """Draw one tensor a call, elements uniform in (-1, 1), no two sizes the same."""
        return [
            (torch.rand(size, generator=generator, dtype=torch.float64, device="cpu") * 2 - 1,)
            for size in _SIZES
        ]


def make_windows(x: Tensor) -> Tensor:
    """The inputs of this step and of the two before it, ``(T, B, D) -> (T, B, 3, D)``."""
    return windows(x, K)


def _shifted(x: Tensor, *delays: int) -> Tensor:
    """For each delay, oldest first, ``x`` that many steps later, with zeros where nothing is."""
    T = len(x)
    room = max(T, K)
    space = x.new_zeros(room, *x.shape[1:])
    padded = torch.cat([space, x, space])
    return torch.stack([padded[room - d : room - d + T] for d in delays], dim=2)


def _repeated_start(x: Tensor) -> Tensor:
    padded = torch.cat([x[:1]] * (K - 1) + [x])
    return padded.unfold(0, K, 1).transpose(2, 3)


def _blocks(x: Tensor) -> Tensor:
    """Windows that do not overlap: a step gets the block that it stands in."""
    T = len(x)
    padded = torch.cat([x, x.new_zeros(-T % K, *x.shape[1:])])
    blocks = padded.unfold(0, K, K).transpose(2, 3)
    return blocks.repeat_interleave(K, dim=0)[:T]


EXERCISE = WindowsExercise(
    name="make-windows",
    title="The last three inputs of every step",
    takes={"x": "T B D"},
    returns={"seen": f"T B {K} D"},
    reference=make_windows,
    mistakes=(
        Mistake(
            "looks-ahead",
            "the window of a step holds inputs that come after it: this network would read the "
            "future. Which input is the newest that step t may see?",
            lambda x: _shifted(x, 0, -1, -2),
        ),
        Mistake(
            "centred",
            "the window stands around its step: one input before it, one after it. "
            "Which input is the newest that step t may see?",
            lambda x: _shifted(x, 1, 0, -1),
        ),
        Mistake(
            "off-by-one",
            "the window ends one step too early: the input of the step itself is missing. "
            "Count from which input the window of step t should begin.",
            lambda x: _shifted(x, 3, 2, 1),
        ),
        Mistake(
            "reversed",
            "the right inputs in the wrong order: yours has the newest first, and it should "
            "stand last.",
            lambda x: _shifted(x, 0, 1, 2),
        ),
        Mistake(
            "wraps-around",
            "the windows of the first steps hold the last inputs of the sequence: something goes "
            "round in a circle. There is nothing before the first input; what stands for nothing?",
            lambda x: torch.stack([x.roll(d, 0) for d in (2, 1, 0)], dim=2),
        ),
        Mistake(
            "first-steps-dropped",
            "the first two steps are missing. They have a window too, partly filled: an answer "
            "is due at every step. What can fill the rest?",
            lambda x: make_windows(x)[K - 1 :],
        ),
        Mistake(
            "no-padding",
            "the first two steps are missing, and a sequence shorter than the window breaks it. "
            "What could you put in front of the sequence before you cut?",
            lambda x: x.unfold(0, K, 1).transpose(2, 3),
        ),
        Mistake(
            "first-input-repeated",
            "before the sequence begins your windows hold copies of its first input. "
            "The exercise asks for zeros there.",
            _repeated_start,
        ),
        Mistake(
            "blocks",
            "your windows do not overlap: three steps in a row share one. "
            "Each step has a window of its own, which ends with that step.",
            _blocks,
        ),
        Mistake(
            "axes-mixed",
            "the last two axes are exchanged: `unfold` puts the window's axis at the very end. "
            "The shape asked for is (T, B, 3, D).",
            lambda x: make_windows(x).transpose(2, 3),
        ),
        Mistake(
            "reshaped",
            "the shape is right, but features and steps are mixed up inside each window: `view` "
            "and `reshape` do not exchange axes. Which function does?",
            lambda x: make_windows(x).transpose(2, 3).reshape(*x.shape[:2], K, -1),
        ),
        Mistake(
            "batch-for-time",
            "the windows run over the sequences of the batch, not over the steps. "
            "Which axis of x is time?",
            lambda x: make_windows(x.transpose(0, 1)).transpose(0, 1),
        ),
    ),
)
