"""Exercise: the mean absolute error of a forecast, in units of the naive forecast's."""

from __future__ import annotations

import torch
from torch import Tensor

from rnncourse.checking.exercise import Exercise, Mistake, Tensors

_SIZES = (8, 21, 3), (5, 12, 2), (4, 17, 6), (1, 9, 1), (7, 2, 1), (2, 13, 5), (6, 10, 7)
"""``H, T`` and the season of each call."""


class ForecastExercise(Exercise):
    """Draws a history with a trend, what comes after it, and a forecast of that."""

    def draw(self, generator: torch.Generator) -> list[Tensors]:
        """Draw the arguments; some values are below 0."""
        trials: list[Tensors] = []
        for H, T, season in _SIZES:
            y = 3 * torch.rand(T + H, generator=generator, dtype=torch.float64, device="cpu") - 1
            y += 0.1 * torch.arange(T + H, dtype=torch.float64, device="cpu")
            off = torch.rand(H, generator=generator, dtype=torch.float64, device="cpu") - 0.4
            trials.append((y[T:] + off, y[T:], y[:T], torch.tensor(season, device="cpu")))
        return trials

    def introduce(self, inputs: Tensors) -> str:
        """Say how long the forecast and the history are, and how long a season."""
        forecast, _, history, season = inputs
        return (
            f"for a forecast of {len(forecast)} after a history of {len(history)} with a season of "
            f"{season.item()}, "
        )


def mase_by_hand(forecast: Tensor, actual: Tensor, history: Tensor, season: Tensor) -> Tensor:
    """The MASE of a forecast (H), given what came, (H), and what was known before, (T): ()."""
    steps = (history[season:] - history[:-season]).abs()
    errors = (forecast - actual).abs()
    return errors.mean() / steps.mean()


STEPS = "history[season:] - history[:-season]"
ERRORS = "(forecast - actual).abs()"
RATIO = "errors.mean() / steps.mean()"

EXERCISE = ForecastExercise(
    name="mase",
    title="MASE by hand",
    level="write",
    minutes=10,
    objective="17.1",
    hints=(
        "It is a ratio of two means. Above is how far your forecast was off. Below is how far "
        "'as a season ago' was off: over which part of the series may that be counted?",
        "Below belongs to the history alone: each value less the one a season before it, "
        "absolute, and the mean of these. There are T - season of them.",
        "(forecast - actual).abs().mean() divided by (history[season:] - history[:-season])"
        ".abs().mean().",
    ),
    notice="it has no unit, so that series of degrees and of euros can be averaged. But below 1 "
    "does not mean better than naive on the same values: set the naive forecast's own MASE beside "
    "it.",
    takes={"forecast": "H", "actual": "H", "history": "T", "season": ""},
    returns={"mase": ""},
    places={"H": "step {t}", "T": "value {i}"},
    reference=mase_by_hand,
    mistakes=(
        Mistake(
            "naive-error-of-the-test-part",
            "the denominator is the naive error within the part that was forecast. It is there to "
            "give a unit, the same for every forecast of a series: take it from history.",
            {STEPS: "actual[season:] - actual[:-season]"},
        ),
        Mistake(
            "naive-forecast-of-the-test-part",
            "you divide by the error of the naive forecast of the same values, history's last "
            "season repeated. A fair comparison, but it is another measure: MASE's unit comes from "
            "history alone.",
            {STEPS: "history[-season:].repeat(len(actual))[: len(actual)] - actual"},
        ),
        Mistake(
            "history-and-test-part",
            "the denominator counts the part that was forecast as well: the unit then depends on "
            "what came. Take it from history alone.",
            {
                "steps =": "both = torch.cat([history, actual])\n    steps =",
                STEPS: "both[season:] - both[:-season]",
            },
        ),
        Mistake(
            "distance-from-the-mean",
            "the denominator is how far history is from its mean. On a trend that is large, and "
            "any forecast looks good beside it. The naive forecast is the value a season before.",
            {STEPS: "history - history.mean()"},
        ),
        Mistake(
            "deviation-of-history",
            "the denominator is history's deviation. On a trend that is large, and any forecast "
            "looks good beside it. The naive forecast is the value a season before.",
            {RATIO: "errors.mean() / history.std()"},
        ),
        Mistake(
            "lag-one",
            "the denominator compares each value with the one just before. Here the naive forecast "
            "is the value a season before; with a season of 1 yours is right.",
            {STEPS: "history.diff()"},
        ),
        Mistake(
            "mean-of-history",
            "you divide by history's mean. Add 100 to every value, and your number becomes small: "
            "the unit should come from differences.",
            {RATIO: "errors.mean() / history.mean()"},
        ),
        Mistake(
            "mean-size-of-history",
            "you divide by how large history's values are. Add 100 to every value, and your number "
            "becomes small: the unit should come from differences.",
            {RATIO: "errors.mean() / history.abs().mean()"},
        ),
        Mistake(
            "mean-size-of-what-came",
            "you divide by how large the values are that came. Add 100 to every value, and your "
            "number becomes small: the unit should come from differences, in history.",
            {RATIO: "errors.mean() / actual.abs().mean()"},
        ),
        Mistake(
            "percentages",
            "each error is divided by the value that came: that is a percentage error, MAPE. Near "
            "0 it explodes; here one mean is divided by another.",
            {RATIO: "(errors / actual.abs()).mean()"},
        ),
        Mistake(
            "squares",
            "errors and steps are squared. The A of MASE is for absolute.",
            {RATIO: "errors.square().mean() / steps.square().mean()"},
        ),
        Mistake(
            "root-of-squares",
            "that is RMSSE, from squared errors and squared steps. The A of MASE is for absolute.",
            {RATIO: "(errors.square().mean() / steps.square().mean()).sqrt()"},
        ),
        Mistake(
            "sums",
            "you divide one sum by another. There are H errors and T - season steps: take the mean "
            "of each.",
            {RATIO: "errors.sum() / steps.sum()"},
        ),
        Mistake(
            "sum-of-errors",
            "above the line is the sum of the errors. The longer the forecast, the larger: take "
            "the mean.",
            {RATIO: "errors.sum() / steps.mean()"},
        ),
        Mistake(
            "sum-of-steps",
            "below the line is the sum of the steps. The longer the history, the larger: take the "
            "mean.",
            {RATIO: "errors.mean() / steps.sum()"},
        ),
        Mistake(
            "divided-by-all",
            "the steps are divided by T, but there are only T - season of them: the first season "
            "has nothing before it.",
            {RATIO: "errors.mean() / (steps.sum() / len(history))"},
        ),
        Mistake(
            "signs-kept-above",
            "the errors keep their signs, so that too high and too low cancel each other. Take "
            "absolute values before the mean.",
            {ERRORS: "(forecast - actual)"},
        ),
        Mistake(
            "signs-kept-above-turned",
            "the errors (what came less the forecast) keep their signs, so that too high and too "
            "low cancel each other. Take absolute values before the mean.",
            {ERRORS: "(actual - forecast)"},
        ),
        Mistake(
            "signs-kept-below",
            "the steps keep their signs, so that up and down cancel each other, and the "
            "denominator comes near 0. Take absolute values before the mean.",
            {f"({STEPS}).abs()": f"({STEPS})"},
        ),
        Mistake(
            "not-scaled",
            "that is the mean absolute error, in the series' own unit. What is it divided by?",
            {RATIO: "errors.mean()"},
        ),
        Mistake(
            "upside-down",
            "it is upside down: the forecast's error belongs above the line, so that smaller is "
            "better.",
            {RATIO: "steps.mean() / errors.mean()"},
        ),
        Mistake(
            "one-a-step",
            "these are the scaled errors of each step, (H). MASE is their mean, one number.",
            {RATIO: "errors / steps.mean()"},
        ),
    ),
)
