"""Exercise: a series cut into windows to read, and the values that follow each of them."""

from __future__ import annotations

import torch
from torch import Tensor

from rnncourse.checking.exercise import Exercise, Mistake, Tensors
from rnncourse.checking.words import shape_sentence

_SIZES = (13, 4, 3), (10, 3, 2), (9, 2, 5), (7, 1, 4), (11, 5, 1), (8, 3, 5), (2, 1, 1)
"""``T, k, h`` of each call; the last two have one window."""


class WindowsExercise(Exercise):
    """Draws a series, how many values a window has, and how many are to be forecast."""

    def draw(self, generator: torch.Generator) -> list[Tensors]:
        """Draw the arguments; no series is too short for a window and its targets."""
        return [
            (
                torch.rand(T, generator=generator, dtype=torch.float64, device="cpu") * 2 - 1,
                *(torch.tensor(number, device="cpu") for number in numbers),
            )
            for T, *numbers in _SIZES
        ]

    def introduce(self, inputs: Tensors) -> str:
        """Say how long the series is, and what is made of it."""
        y, k, h = inputs
        return f"for a series of {len(y)} values with k = {k.item()} and h = {h.item()}, "

    def require_shapes(self, returned: Tensors, sizes: object) -> dict[str, int]:
        """Leave the shapes to ``explain``: they follow from two numbers, not from other shapes."""
        return {}

    def explain(self, mine: Tensors, expected: Tensors) -> str:
        """Show the first shape that is wrong, or the first number."""
        for (name, axes), a, b in zip(self.returns.items(), mine, expected, strict=True):
            if a.shape != b.shape:
                return shape_sentence(name, axes.split(), tuple(a.shape), tuple(b.shape))
        return super().explain(mine, expected)


def windows_and_targets(y: Tensor, k: Tensor, h: Tensor) -> tuple[Tensor, Tensor]:
    """All windows (N, k) of a series (T), and the h values after each, (N, h)."""
    N = len(y) - k - h + 1
    inputs = torch.stack([y[i : i + k] for i in range(N)])
    targets = torch.stack([y[i + k : i + k + h] for i in range(N)])
    return inputs, targets


COUNT = "len(y) - k - h + 1"
INPUT = "y[i : i + k]"
TARGET = "y[i + k : i + k + h]"
RETURN = "return inputs, targets"
ALONE = (
    "each window has one target, the last of its h. Asked are all h values that follow: a forecast "
    "says the whole way to the horizon, (N, h)."
)
TOO_FEW = (
    "there is one window too few: the last one is missing, whose targets are the last h values. "
    "In T values there are T - k - h + 1 places to begin."
)

EXERCISE = WindowsExercise(
    name="windows-and-targets",
    title="Windows and targets",
    level="write",
    minutes=15,
    objective="17.2",
    hints=(
        "Write 0 1 2 3 4 5 on paper, and all windows with k = 3 and h = 2, each with its targets. "
        "How many are there, and where does the last one begin?",
        "The window that begins at i ends before i + k; its targets begin where it ends, at i + k, "
        "and end before i + k + h. That must not go beyond T.",
        "For i in range(len(y) - k - h + 1): y[i : i + k] and y[i + k : i + k + h], each list put "
        "through torch.stack. Or y.unfold(0, k + h, 1), cut after column k.",
    ),
    notice="each window shares all its values but one with the next. So N windows are far fewer "
    "than N independent examples, and a random split puts nearly the same ones on both sides.",
    takes={"y": "T", "k": "", "h": ""},
    returns={"inputs": "N K", "targets": "N H"},
    places={"N": "window {i}", "K": "input {i}", "H": "target {i}"},
    reference=windows_and_targets,
    mistakes=(
        Mistake(
            "last-input-is-target",
            "the last input is the first target: the targets begin one value early. A network "
            "learns to copy it, and looks excellent at one step.",
            {TARGET: "y[i + k - 1 : i + k + h - 1]"},
        ),
        Mistake(
            "last-input-is-target-to-the-end",
            "the last input is the first target: the targets begin one value early, and so there "
            "is room for one window too many. They begin where the window ends, at i + k.",
            {COUNT: "len(y) - k - h + 2", TARGET: "y[i + k - 1 : i + k + h - 1]"},
        ),
        Mistake(
            "window-sees-the-future",
            "each window is one value late, and ends with the first target. It reads what it is to "
            "forecast. y[a:b] ends before b: which b leaves the target out?",
            {INPUT: "y[i + 1 : i + k + 1]"},
        ),
        Mistake(
            "window-too-long",
            "each window has k + 1 values, and the last is the first target: it reads what it is "
            "to forecast. y[a:b] has b - a values.",
            {INPUT: "y[i : i + k + 1]"},
        ),
        Mistake(
            "window-holds-the-targets",
            "the inputs are windows of k + h values: the targets are in them. Only the first k are "
            "to be read.",
            {INPUT: "y[i : i + k + h]"},
        ),
        Mistake(
            "a-gap-between",
            "one value lies between window and targets, and is in neither. Position k, counted "
            "from 0, is the first after the window.",
            {COUNT: "len(y) - k - h", TARGET: "y[i + k + 1 : i + k + h + 1]"},
        ),
        Mistake("one-window-too-few", TOO_FEW, {COUNT: "len(y) - k - h"}),
        Mistake(
            "last-window-dropped",
            TOO_FEW,
            {RETURN: "return inputs[:-1], targets[:-1]"},
        ),
        Mistake(
            "one-window-too-many",
            "there is one window too many: its last target would lie behind the series' end, so "
            "that its row is shorter than the others. How many places are there to begin?",
            {COUNT: "len(y) - k - h + 2"},
        ),
        Mistake(
            "room-for-one-target",
            "you have left room for one target behind the last windows, and not for h: their rows "
            "are shorter than the others. With h = 1 it is right.",
            {COUNT: "len(y) - k"},
        ),
        Mistake(
            "windows-without-targets",
            "the inputs have windows at the series' end that nothing, or too little, follows. "
            "inputs and targets should have the same N rows.",
            {f"{INPUT} for i in range(N)": f"{INPUT} for i in range(len(y) - k + 1)"},
        ),
        Mistake(
            "each-from-the-start",
            "inputs and targets are all windows of k and all windows of h, each counted from the "
            "series' start. Row i of the targets should follow on row i of the inputs.",
            {
                f"{INPUT} for i in range(N)": f"{INPUT} for i in range(len(y) - k + 1)",
                f"{TARGET} for i in range(N)": "y[i : i + h] for i in range(len(y) - h + 1)",
            },
        ),
        Mistake(
            "targets-where-windows-begin",
            "the targets begin where the window begins, and so the window has read them. They come "
            "after its k values.",
            {TARGET: "y[i : i + h]"},
        ),
        Mistake("horizon-alone", ALONE, {TARGET: "y[i + k + h - 1]"}),
        Mistake("horizon-alone-as-a-column", ALONE, {TARGET: "y[i + k + h - 1 : i + k + h]"}),
        Mistake(
            "next-value-alone",
            "each window has one target, the next value. Asked are the h values that follow, "
            "(N, h).",
            {TARGET: "y[i + k]"},
        ),
        Mistake(
            "inputs-latest-first",
            "each window is turned round: its latest value comes first. A recurrent network reads "
            "in order, and should end with what came last.",
            {INPUT: f"{INPUT}.flip(0)"},
        ),
        Mistake(
            "targets-latest-first",
            "the targets of each window are turned round: the farthest comes first. Step 1 of the "
            "forecast is the next value.",
            {TARGET: f"{TARGET}.flip(0)"},
        ),
        Mistake(
            "windows-backwards",
            "each window is right, but the last one comes first. Row 0 belongs to the series' "
            "beginning: who cuts off the last rows for the test would train on the future.",
            {RETURN: "return inputs.flip(0), targets.flip(0)"},
        ),
        Mistake(
            "window-after-window",
            "the windows lie side by side: each begins where the one before has ended. Asked are "
            "all: the next one begins one value later.",
            {
                f"{INPUT} for i in range(N)": f"{INPUT} for i in range(0, N, k)",
                f"{TARGET} for i in range(N)": f"{TARGET} for i in range(0, N, k)",
            },
        ),
        Mistake(
            "no-value-twice",
            "each window begins where the targets of the one before have ended. Asked are all: the "
            "next one begins one value later.",
            {
                f"{INPUT} for i in range(N)": f"{INPUT} for i in range(0, N, k + h)",
                f"{TARGET} for i in range(N)": f"{TARGET} for i in range(0, N, k + h)",
            },
        ),
        Mistake(
            "k-and-h-exchanged",
            "k and h are exchanged: h values are read, and k are to be forecast.",
            {INPUT: "y[i : i + h]", TARGET: "y[i + h : i + h + k]"},
        ),
    ),
)
