"""Exercise: the last k observations beside each other, at every step."""

from __future__ import annotations

import torch
from torch import Tensor

from rnncourse.checking.exercise import Exercise, Mistake, Tensors
from rnncourse.checking.words import shape_sentence

_SIZES = (
    (7, 3, 2, 4),
    (6, 4, 3, 2),
    (3, 2, 4, 5),
    (5, 1, 2, 3),
    (4, 3, 1, 2),
    (1, 4, 2, 3),
    (5, 2, 3, 1),
)
"""``T, B, D`` and k of each call."""


class FramesExercise(Exercise):
    """Draws observations, and how many of them a policy reads at once."""

    def draw(self, generator: torch.Generator) -> list[Tensors]:
        """Draw the arguments; in two calls there are more frames than steps, in one only one."""
        return [
            (
                2 * torch.rand(shape, generator=generator, dtype=torch.float64, device="cpu") - 1,
                torch.tensor(k, device="cpu"),
            )
            for *shape, k in _SIZES
        ]

    def introduce(self, inputs: Tensors) -> str:
        """Say how many observations there are, and how many frames are asked for."""
        x, k = inputs
        T, B, D = x.shape
        return f"for T = {T}, B = {B}, D = {D} and k = {k.item()}, "

    def require_shapes(self, returned: Tensors, sizes: object) -> dict[str, int]:
        """Leave the shape to ``explain``: it follows from the number of frames."""
        return {}

    def explain(self, mine: Tensors, expected: Tensors) -> str:
        """Show a wrong shape, or the first wrong number."""
        if mine[0].shape != expected[0].shape:
            shapes = tuple(mine[0].shape), tuple(expected[0].shape)
            return shape_sentence("frames", ["T", "B", "k·D"], *shapes)
        return super().explain(mine, expected)


def last_frames(x: Tensor, k: int) -> Tensor:
    """The last k observations at each step of ``x`` (T, B, D), oldest first: (T, B, k·D)."""
    T = len(x)
    before = x[:1].repeat(k - 1, 1, 1)
    padded = torch.cat([before, x])
    shifted = [padded[j : j + T] for j in range(k)]
    return torch.cat(shifted, dim=2)


BEFORE = "x[:1].repeat(k - 1, 1, 1)"
PADDED = "torch.cat([before, x])"
SHIFTED = "padded[j : j + T]"
JOINED = "torch.cat(shifted, dim=2)"

EXERCISE = FramesExercise(
    name="frames",
    title="The last k frames",
    level="write",
    minutes=15,
    objective="22.2",
    hints=(
        "One cart, D = 1, observations 1 2 3 4 5 and k = 3. Write down the five rows of three "
        "numbers. What stands in the first two, where there are not three yet?",
        "Row t holds x[t - k + 1] … x[t]. Put k - 1 copies of x[0] before x, and no place is "
        "negative any more: row t begins at place t of what you have made.",
        "padded = torch.cat([x[:1].repeat(k - 1, 1, 1), x]). Then join the k parts "
        "padded[j : j + T], j = 0 … k - 1, along the last axis.",
    ),
    notice="k frames hold k - 1 differences, and so a velocity. With two frames the noise of both "
    "is in it, divided by a very short time; with more of them it can be averaged out.",
    takes={"x": "T B D", "k": ""},
    returns={"frames": "T B F"},
    places={"B": "cart {i}", "F": "number {i}"},
    reference=last_frames,
    mistakes=(
        Mistake(
            "newest-first",
            "the newest observation comes first in each row. Asked is the oldest first.",
            {"in range(k)": "in reversed(range(k))"},
        ),
        Mistake(
            "zeros-before",
            "before there are k, zeros are put in. To a policy that is a cart in the middle with "
            "its pole upright, which then jumps: repeat the first observation.",
            {BEFORE: "torch.zeros_like(x[:1]).repeat(k - 1, 1, 1)"},
        ),
        Mistake(
            "wraps-around",
            "the first rows hold observations from the end of the run: torch.roll puts what falls "
            "off at one end in at the other. A policy would see its future.",
            {SHIFTED: "x.roll(int(k - 1 - j), 0)"},
        ),
        Mistake(
            "future-frames",
            "each row holds the observation of its step and those that come after it. A policy can "
            "read only what has been: the k observations up to this step.",
            {BEFORE: "x[-1:].repeat(k - 1, 1, 1)", PADDED: "torch.cat([x, before])"},
        ),
        Mistake(
            "without-the-newest",
            "each row ends one observation early: the one of its own step is missing. A policy "
            "would act on what was a step ago.",
            {BEFORE: "x[:1].repeat(k, 1, 1)"},
        ),
        Mistake(
            "one-frame-too-many",
            "each row holds k + 1 observations. With the present one, k - 1 of the past make k.",
            {BEFORE: "x[:1].repeat(k, 1, 1)", "range(k)": "range(k + 1)"},
        ),
        Mistake(
            "number-by-number",
            "the numbers are the right ones, but each row has all k values of the first, then all "
            "of the second, as unfold gives them. Asked is frame by frame: D numbers, then D.",
            {JOINED: "torch.stack(shifted, dim=3).flatten(2)"},
        ),
        Mistake(
            "frames-on-an-axis-of-their-own",
            "the frames have an axis of their own, (T, B, k, D). A linear layer reads one row: "
            "join the last two.",
            {JOINED: "torch.stack(shifted, dim=2)"},
        ),
        Mistake(
            "joined-as-more-carts",
            "the frames are joined along the batch, as if there were k times as many carts, "
            "(T, k·B, D). Which axis holds the numbers of one observation?",
            {JOINED: "torch.cat(shifted, dim=1)"},
        ),
        Mistake(
            "joined-along-time",
            "the frames are joined along time, (k·T, B, D): torch.cat takes the first axis if "
            "nothing is said. Which axis holds the numbers of one observation?",
            {JOINED: "torch.cat(shifted)"},
        ),
        Mistake(
            "frames-of-other-carts",
            "each row holds observations of neighbouring carts at the same step. The frames of a "
            "policy are of one cart, at k steps: the axis to walk along is time.",
            {
                "len(x)": "x.shape[1]",
                BEFORE: "x[:, :1].repeat(1, k - 1, 1)",
                PADDED: "torch.cat([before, x], dim=1)",
                SHIFTED: "padded[:, j : j + T]",
            },
        ),
        Mistake(
            "first-steps-missing",
            "the first k - 1 steps are missing. A policy has to act at these, too: repeat the "
            "first observation there.",
            {SHIFTED: "x.unfold(0, int(k), 1)[..., j]"},
        ),
        Mistake(
            "present-repeated",
            "each row holds the observation of its own step, k times. It is as blind to velocities "
            "as one frame.",
            {SHIFTED: "x"},
        ),
        Mistake(
            "present-for-what-is-missing",
            "where there are fewer than k, the observation of the step itself is repeated. Asked "
            "is the first one, which stays the same from row to row.",
            {
                SHIFTED: "torch.stack([x[t - k + 1 + j] if t - k + 1 + j >= 0 else x[t] "
                "for t in range(T)])"
            },
        ),
        Mistake(
            "first-observation-only",
            "each row holds the present observation and, in the place of the others, the first one "
            "of the run. Row t holds x[t - k + 1] up to x[t].",
            {SHIFTED: "x if j == k - 1 else x[:1].expand_as(x)"},
        ),
    ),
)
