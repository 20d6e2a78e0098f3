"""Exercise: the last three inputs of every step, side by side."""

from __future__ import annotations

import torch
from torch import Tensor

from rnncourse.checking.exercise import Exercise, Mistake, Tensors

_SIZES = ((7, 2, 4), (4, 5, 2), (6, 4, 1), (5, 1, 2), (2, 4, 5), (1, 2, 4))
"""``(T, B, D)`` of each call; sequences shorter than the window among them."""


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
    T = len(x)
    nothing = torch.zeros_like(x[:1])
    padded = torch.cat([nothing, nothing, x])
    oldest, middle, newest = padded[:T], padded[1 : T + 1], padded[2 : T + 2]
    seen = torch.stack([oldest, middle, newest], dim=2)
    return seen


PADDED = "torch.cat([nothing, nothing, x])"
STACKED = "torch.stack([oldest, middle, newest], dim=2)"
SHUFFLED = (
    "the shape is as it should be, but the numbers are mixed up inside it: `view` and `reshape` "
    "do not exchange axes. Which function does?"
)

EXERCISE = WindowsExercise(
    name="make-windows",
    title="The last three inputs of every step",
    level="write",
    minutes=10,
    objective="01.2",
    hints=(
        "Write down what the windows of t = 1, 2 and 3 hold, zeros included. What do the first "
        "two lack?",
        "Either you read step by step and keep a list of three, from which the oldest drops out; "
        "or you put two steps of zeros before x and cut three pieces of T steps from that.",
        "torch.stack makes the new axis: three tensors (T, B, D) along dim=2; or, step by step, "
        "three of (B, D) along dim=1, and then the steps along dim=0.",
    ),
    notice="seen holds nearly every input three times, and still nothing of x_(t-3) is in the "
    "window of t. A longer window costs more copies, and ends as sharply.",
    takes={"x": "T B D"},
    returns={"seen": "T B 3 D"},
    places={"3": "place {i} of the window", "D": "feature {i}"},
    reference=make_windows,
    mistakes=(
        Mistake(
            "looks-ahead",
            "the window of a step holds inputs that come after it: this network would read the "
            "future. Which input is the newest that step t may see?",
            {PADDED: "torch.cat([x, nothing, nothing])"},
        ),
        Mistake(
            "centred",
            "the window stands around its step: one input before it, one after it. "
            "Which input is the newest that step t may see?",
            {PADDED: "torch.cat([nothing, x, nothing])"},
        ),
        Mistake(
            "off-by-one",
            "the window ends one step too early: the input of the step itself is missing. "
            "Count from which input the window of step t should begin.",
            {PADDED: "torch.cat([nothing, nothing, nothing, x])"},
        ),
        Mistake(
            "reversed",
            "the window is the wrong way round: yours has the newest input first, and it should "
            "stand last.",
            {"[oldest, middle, newest]": "[newest, middle, oldest]"},
        ),
        Mistake(
            "wraps-around",
            "the windows of the first steps hold the last inputs of the sequence: something goes "
            "round in a circle. There is nothing before the first input; what stands for nothing?",
            {STACKED: "torch.stack([x.roll(2, 0), x.roll(1, 0), x], dim=2)"},
        ),
        Mistake(
            "negative-index",
            "the windows of the first steps hold the last inputs of the sequence: x[t - 1] is "
            "x[-1] at the first step, and Python counts that from the end. There is nothing "
            "before the first input; what stands for nothing?",
            {
                STACKED: "torch.stack("
                "[torch.stack([x[t - 2], x[t - 1], x[t]], 1) for t in range(T)])"
            },
        ),
        Mistake(
            "window-of-two",
            "your windows hold this step's input and the one before it. There should be three.",
            {"[oldest, middle, newest]": "[middle, newest]"},
        ),
        Mistake(
            "first-steps-dropped",
            "the first two steps are missing. They have a window too, partly filled: an answer "
            "is due at every step. What can fill the rest?",
            {"return seen": "return seen[2:]"},
        ),
        Mistake(
            "no-padding",
            "the first two steps are missing, and a sequence shorter than the window breaks it. "
            "What could you put in front of the sequence before you cut?",
            {STACKED: "x.unfold(0, 3, 1).transpose(2, 3)"},
        ),
        Mistake(
            "full-windows-only",
            "the first two steps are missing, and a sequence shorter than the window leaves "
            "nothing to stack. They have a window too: what can fill its empty places?",
            {STACKED: "torch.stack([torch.stack([*x[t - 2 : t + 1]], 1) for t in range(2, T)])"},
        ),
        Mistake(
            "first-steps-empty",
            "the first two steps have windows of zeros alone. An input that has been read is "
            "seen at once: at t = 1 the newest place holds x_1.",
            {"return seen": "seen[:2] = 0\n    return seen"},
        ),
        Mistake(
            "filled-from-the-left",
            "the windows of the first two steps have their zeros behind the inputs. The newest "
            "input stands last in every window, so the empty places come first.",
            {
                "return seen": "early = [seen[:1].roll(1, 2), seen[1:2].roll(2, 2), seen[2:]]\n"
                "    return torch.cat(early)"
            },
        ),
        Mistake(
            "first-input-repeated",
            "before the sequence begins your windows hold copies of its first input. "
            "The exercise asks for zeros there.",
            {"torch.zeros_like(x[:1])": "x[:1]"},
        ),
        Mistake(
            "one-window-for-all",
            "every step has the window of the last one. Is the same tensor kept again and again, "
            "and changed afterwards?",
            {"return seen": "return seen[-1:].expand_as(seen)"},
        ),
        Mistake(
            "blocks",
            "your windows do not overlap: there is one for every three steps. "
            "Each step has a window of its own, which ends with that step.",
            {"return seen": "return seen[::3]"},
        ),
        Mistake(
            "one-long-vector",
            "the three inputs are joined to one long vector, (T, B, 3·D). The window has an axis "
            "of its own: which function joins tensors along a new one?",
            {"return seen": "return seen.flatten(2)"},
        ),
        Mistake(
            "axes-mixed",
            "the last two axes are exchanged: the window's axis stands at the very end, where "
            "`unfold` puts it. The shape asked for is (T, B, 3, D).",
            {"return seen": "return seen.transpose(2, 3)"},
        ),
        Mistake(
            "window-before-batch",
            "the window's axis stands before that of the batch, (T, 3, B, D). Along which axis do "
            "you put the three inputs beside each other?",
            {"dim=2)": "dim=1)"},
        ),
        Mistake(
            "reshaped",
            SHUFFLED,
            {"return seen": "return seen.transpose(2, 3).reshape(seen.shape)"},
        ),
        Mistake(
            "reshaped-batch",
            SHUFFLED,
            {"return seen": "return seen.transpose(1, 2).reshape(seen.shape)"},
        ),
        Mistake(
            "batch-for-time",
            "the windows run over the sequences of the batch, not over the steps. "
            "Which axis of x is time?",
            {
                "T = len(x)": "x = x.transpose(0, 1)\n    T = len(x)",
                "return seen": "return seen.transpose(0, 1)",
            },
        ),
    ),
)
