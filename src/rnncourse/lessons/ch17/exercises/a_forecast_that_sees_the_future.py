"""Exercise: a backtest whose forecast has read what it forecasts, to be mended."""

from __future__ import annotations

import torch
from torch import Tensor

from rnncourse.checking.exercise import Exercise, Mistake, Tensors
from rnncourse.checking.words import shape_sentence

_SIZES = (20, 9, 5), (14, 6, 3), (17, 8, 7), (11, 5, 3), (9, 8, 5), (10, 4, 1), (2, 1, 1)
"""``T``, how many values are known at first, and the window, of each call."""


class BacktestExercise(Exercise):
    """Draws random walks, of which nothing but the last value tells the next one."""

    def draw(self, generator: torch.Generator) -> list[Tensors]:
        """Draw the arguments; the window is odd, and no longer than what is known at first."""
        return [
            (
                (torch.rand(T, generator=generator, dtype=torch.float64, device="cpu") * 2 - 1)
                .cumsum(dim=0),
                *(torch.tensor(number, device="cpu") for number in numbers),
            )
            for T, *numbers in _SIZES
        ]  # fmt: skip

    def introduce(self, inputs: Tensors) -> str:
        """Say how long the series is, where the first origin lies, and how long the window is."""
        y, first, k = inputs
        return f"for {len(y)} values with first = {first.item()} and k = {k.item()}, "

    def explain(self, mine: Tensors, expected: Tensors) -> str:
        """Show a wrong number of errors, or the first wrong one."""
        if mine[0].shape != expected[0].shape:
            shapes = tuple(mine[0].shape), tuple(expected[0].shape)
            return shape_sentence("errors", ["N"], *shapes) + " Each origin has one error."
        return super().explain(mine, expected)


def rolling_errors(y: Tensor, first: Tensor, k: Tensor) -> Tensor:
    """Absolute errors (T - first) of a moving average's forecasts, one step ahead.

    Args:
        y: the series, (T).
        first: how many values are known at the first origin.
        k: how many values the average is of.
    """
    smooth = torch.stack([y[max(0, t - k + 1) : t + 1].mean() for t in range(len(y))])
    errors = []
    for origin in range(first, len(y)):
        forecast = smooth[origin - 1]
        errors.append((forecast - y[origin]).abs())
    return torch.stack(errors)


WINDOW = "y[max(0, t - k + 1) : t + 1]"
CENTRED = "y[max(0, t - k // 2) : t + k // 2 + 1]"
FORECAST = "smooth[origin - 1]"
ERROR = "(forecast - y[origin]).abs()"
ORIGINS = "range(first, len(y))"

EXERCISE = BacktestExercise(
    name="a-forecast-that-sees-the-future",
    title="A forecast that sees the future",
    level="find the fault",
    minutes=10,
    starred=True,
    objective="17.2",
    hints=(
        "Take k = 3 and the origin 5: y[0] to y[4] are known, and y[5] is to come. Which values is "
        "the colleague's forecast a mean of?",
        "It stops at smooth[origin - 1], and that looks right. But a centred average at a value is "
        "made of values after it, too. Where should the window end?",
        "Let each average end with its own value: y[t - k + 1 : t + 1]. Then smooth[origin - 1] is "
        "the mean of the k values before the origin, and the rest may stay.",
    ),
    notice="the loop over origins was clean: the future came in before it, when the whole series "
    "was smoothed. Change the last value, and see whether an earlier forecast moves.",
    takes={"y": "T", "first": "", "k": ""},
    returns={"errors": "N"},
    places={"N": "origin number {i}"},
    reference=rolling_errors,
    mistakes=(
        Mistake(
            "as-it-was",
            "it does what the colleague's does: a centred average at the last known value is made "
            "of values after it, too. Which values may the forecast of y[origin] be made of?",
            {WINDOW: CENTRED},
        ),
        Mistake(
            "ends-one-step-late",
            "the window has the right length, but it ends with y[origin] itself: one step late. "
            "The forecast has read the value that it is compared with.",
            {FORECAST: "smooth[origin]"},
        ),
        Mistake(
            "centred-on-the-target",
            "the average is centred on y[origin], the very value to be forecast. Half of its "
            "window lies after the origin.",
            {WINDOW: CENTRED, FORECAST: "smooth[origin]"},
        ),
        Mistake(
            "ends-one-step-early",
            "nothing of the future is used any more, but the window ends one step early: "
            "y[origin - 1] is known at the origin, and belongs to it.",
            {FORECAST: "smooth[origin - 2]"},
        ),
        Mistake(
            "half-a-window",
            "the window ends at the origin now, but only its first half is left. Asked is the mean "
            "of the k values before the origin.",
            {WINDOW: "y[max(0, t - k // 2) : t + 1]"},
        ),
        Mistake(
            "farther-back-than-needed",
            "nothing of the future is used any more: the centred average is taken k steps before "
            "the origin. Its window ends earlier than it must. The last k values are all known.",
            {WINDOW: CENTRED, FORECAST: "smooth[origin - k]"},
        ),
        Mistake(
            "one-value-too-many",
            "nothing of the future is used, but the mean is of k + 1 values. y[a:b] has b - a.",
            {WINDOW: "y[max(0, t - k) : t + 1]"},
        ),
        Mistake(
            "all-of-the-past",
            "nothing of the future is used, but the mean is of all values before the origin. Asked "
            "is that of the last k.",
            {WINDOW: "y[: t + 1]"},
        ),
        Mistake(
            "whole-series",
            "the forecast is the mean of the whole series, and so of what comes after the origin. "
            "Asked is that of the k values before it.",
            {FORECAST: "y.mean()"},
        ),
        Mistake(
            "last-value",
            "that is the naive forecast: it does not see the future, and on a random walk it is "
            "the best. But the colleague's is a mean of k values: keep that, and mend it.",
            {FORECAST: "y[origin - 1]"},
        ),
        Mistake(
            "compared-with-the-average",
            "the forecast is right, but it is compared with an average, not with y[origin]. A "
            "smooth curve is easier to forecast than the series, and is not what comes.",
            {ERROR: "(forecast - smooth[origin]).abs()"},
        ),
        Mistake(
            "compared-with-the-last-value",
            "the forecast is right, but it is compared with y[origin - 1], which is known. To come "
            "is y[origin].",
            {ERROR: "(forecast - y[origin - 1]).abs()"},
        ),
        Mistake(
            "sums",
            "the forecast is the sum of the k values, not their mean.",
            {f"{WINDOW}.mean()": f"{WINDOW}.sum()"},
        ),
        Mistake(
            "squares",
            "the forecast is right, but its errors are squared. Asked are absolute ones.",
            {ERROR: "(forecast - y[origin]).square()"},
        ),
        Mistake(
            "signs-kept",
            "the forecast is right, but its errors keep their signs. Asked are absolute ones.",
            {ERROR: "(forecast - y[origin])"},
        ),
        Mistake(
            "signs-kept-turned",
            "the forecast is right, but its errors (what came less the forecast) keep their signs. "
            "Asked are absolute ones.",
            {ERROR: "(y[origin] - forecast)"},
        ),
        Mistake(
            "mean-returned",
            "that is the mean of the errors, and right as that. Asked is one for each origin.",
            {"return torch.stack(errors)": "return torch.stack(errors).mean()"},
        ),
        Mistake(
            "from-k-on",
            "the first origin is k, as early as the window allows. Asked is first: what comes "
            "before is for training.",
            {ORIGINS: "range(k, len(y))"},
        ),
        Mistake(
            "first-origin-left-out",
            "the first origin is left out. If the first `first` values are known, y[first] is the "
            "first to be forecast, since positions count from 0.",
            {ORIGINS: "range(first + 1, len(y))"},
        ),
        Mistake(
            "last-origin-left-out",
            "the last origin is left out: y[T - 1] has been forecast by nothing. range(first, T) "
            "ends before T by itself.",
            {ORIGINS: "range(first, len(y) - 1)"},
        ),
    ),
)
