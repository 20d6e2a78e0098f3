"""Exercise: a series scaled by what is known of it, and by nothing that comes later."""

from __future__ import annotations

import torch
from torch import Tensor

from rnncourse.checking.exercise import Exercise, Mistake, Tensors

_SIZES = (12, 7), (9, 4), (15, 10), (8, 8), (11, 3), (2, 2)
"""How many values each series has, and how many of them are known."""


class SeriesExercise(Exercise):
    """Draws series that rise, so that what comes later is larger than what is known."""

    def draw(self, generator: torch.Generator) -> list[Tensors]:
        """Draw the arguments; of two series all is known."""
        trials: list[Tensors] = []
        for T, known in _SIZES:
            y = 4 * torch.rand(T, generator=generator, dtype=torch.float64, device="cpu") - 1
            y += 0.3 * torch.arange(T, dtype=torch.float64, device="cpu")
            trials.append((y, torch.tensor(known, device="cpu")))
        return trials

    def introduce(self, inputs: Tensors) -> str:
        """Say how much of the series is known."""
        y, known = inputs
        return f"for a series of {len(y)} values, of which {known.item()} known, "


def scale(y: Tensor, known: Tensor) -> Tensor:
    """A series (T) less the mean of its first ``known`` values, over their deviation: (T)."""
    past = y[:known]
    mean = past.mean()
    deviation = past.std(correction=0)
    return (y - mean) / deviation


PAST = "past = y[:known]"
DEVIATION = "past.std(correction=0)"
SCALED = "(y - mean) / deviation"

EXERCISE = SeriesExercise(
    name="scale-without-leaking",
    title="Scale without leaking",
    level="write",
    minutes=5,
    objective="17.2",
    hints=(
        "Which numbers would you have on the day on which the last known value came? All that you "
        "compute must come from these; what is scaled by it may be more.",
        "Take mean and deviation of y[:known], and use both for the whole series. torch.std "
        "divides by n - 1 unless it is told otherwise.",
        "m = y[:known].mean() and s = y[:known].std(correction=0). Then (y - m) / s, for all T "
        "values.",
    ),
    notice="the unknown part need not have the mean 0 and the deviation 1, and on a trend it "
    "has neither. If yours has both, something has seen the future.",
    takes={"y": "T", "known": ""},
    returns={"scaled": "T"},
    places={"T": "value {i}"},
    reference=scale,
    mistakes=(
        Mistake(
            "whole-series",
            "mean and deviation are those of the whole series. On the day of the forecast nobody "
            "has the values after the first known ones: how high they will be has leaked.",
            {PAST: "past = y"},
        ),
        Mistake(
            "of-the-future",
            "mean and deviation are those of the part that is not known yet. It is the other part "
            "that you may use: y[:known].",
            {PAST: "past = y[known:]"},
        ),
        Mistake(
            "each-part-by-its-own",
            "the unknown part is scaled by its own mean and deviation, and so by values that come "
            "after the forecast. One mean and one deviation, of the known part, serve both.",
            {
                f"return {SCALED}": "rest = y[known:]\n"
                "    scaled = (rest - rest.mean()) / rest.std(correction=0)\n"
                "    return torch.cat([(past - mean) / deviation, scaled])"
            },
        ),
        Mistake(
            "mean-of-all",
            "the deviation is that of the known part, but the mean is that of the whole series. "
            "Half of it leaks still.",
            {"past.mean()": "y.mean()"},
        ),
        Mistake(
            "deviation-of-all",
            "the mean is that of the known part, but the deviation is that of the whole series. "
            "Half of it leaks still.",
            {DEVIATION: "y.std(correction=0)"},
        ),
        Mistake(
            "sample-deviation",
            "the deviation is divided by n - 1, as torch.std does unless it is told otherwise. The "
            "text asks for the root of the mean square, over n: correction=0.",
            {DEVIATION: "past.std(correction=1)"},
        ),
        Mistake(
            "one-value-too-many",
            "one value too many counts as known: y[:known + 1] holds the first one that is to be "
            "forecast. y[:known] ends before it by itself.",
            {PAST: "past = y[:known + 1]"},
        ),
        Mistake(
            "one-value-too-few",
            "the last known value is left out of mean and deviation. It does not leak: it has come "
            "already. y[:known] ends with it.",
            {PAST: "past = y[:known - 1]"},
        ),
        Mistake(
            "from-the-end",
            "these are mean and deviation of the last `known` values, counted from the end. What "
            "is known comes first.",
            {PAST: "past = y[-known:]"},
        ),
        Mistake(
            "mean-left-in",
            "it is divided by the deviation, but the mean has not been taken away.",
            {SCALED: "y / deviation"},
        ),
        Mistake(
            "not-divided",
            "the mean is taken away, but nothing is divided by the deviation.",
            {SCALED: "y - mean"},
        ),
        Mistake(
            "variance",
            "you divide by the variance. The deviation is its root, and has the unit of y.",
            {"past.std": "past.var"},
        ),
        Mistake(
            "around-zero",
            "you divide by the root of the mean square of y itself. The deviation is measured from "
            "the mean.",
            {DEVIATION: "past.square().mean().sqrt()"},
        ),
        Mistake(
            "from-0-to-1",
            "the known part goes from 0 to 1: that is its smallest and its largest value. It does "
            "not leak, but asked are mean and deviation.",
            {"past.mean()": "past.min()", DEVIATION: "past.max() - past.min()"},
        ),
        Mistake(
            "last-value-for-mean",
            "the last known value is taken away, not the mean. That helps a forecast, too, but it "
            "is another step.",
            {"past.mean()": "past[-1]"},
        ),
        Mistake(
            "known-part-alone",
            "only the known part is returned. Scale the whole series by the known part's mean and "
            "deviation.",
            {SCALED: "(past - mean) / deviation"},
        ),
        Mistake(
            "unknown-part-alone",
            "only the part that is not known is returned. Scale the whole series by the known "
            "part's mean and deviation.",
            {SCALED: "(y[known:] - mean) / deviation"},
        ),
    ),
)
