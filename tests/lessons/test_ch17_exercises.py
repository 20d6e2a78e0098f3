"""The exercises of chapter 17: right answers in other words, and mistakes in other words."""

import numpy as np
import pytest
import torch

from rnncourse.checking import EXERCISES, engine
from rnncourse.checking.quiz import load_file, load_quiz
from rnncourse.figures.quiz import Quiz
from rnncourse.lessons.ch17.backtest import mase

NAMES = (
    "scale-without-leaking",
    "windows-and-targets",
    "mase",
    "a-forecast-that-sees-the-future",
)
MISTAKES = [
    pytest.param(name, mistake, id=f"{name}-{mistake.name}")
    for name in NAMES
    for mistake in EXERCISES[name].mistakes
]


@pytest.mark.parametrize(("name", "mistake"), MISTAKES)
def test_every_mistake_is_caught_and_named(name, mistake):
    exercise = EXERCISES[name]
    verdict = engine.judge(exercise, exercise.version(mistake))
    assert (verdict.kind, verdict.mistake) == ("failed", mistake.name), verdict.sentence
    assert verdict.sentence == mistake.sentence


# Right answers in other words


def scaled_by_squares(y, known):
    seen = y[:known]
    return (y - seen.mean()) / ((seen - seen.mean()) ** 2).mean().sqrt()


def scaled_with_numpy(y, known):
    seen = y.numpy()[: int(known)]
    return (y.numpy() - seen.mean()) / seen.std()


def scaled_with_unbiased(y, known):
    s, m = torch.std_mean(y[:known], unbiased=False)
    return (y - m) / (s + 1e-8)


def origins_walked(y, k, h):
    origins = range(k, len(y) - h + 1)
    return (
        torch.stack([y[t - k : t] for t in origins]),
        torch.stack([y[t : t + h] for t in origins]),
    )


def unfolded(y, k, h):
    both = y.unfold(0, int(k + h), 1)
    return both[:, :k], both[:, k:]


def indexed(y, k, h):
    starts = torch.arange(len(y) - k - h + 1)[:, None]
    return y[starts + torch.arange(k)], y[starts + k + torch.arange(h)]


def with_numpy_views(y, k, h):
    view = np.lib.stride_tricks.sliding_window_view
    return view(y.numpy()[: len(y) - h], k).copy(), view(y.numpy()[k:], h).copy()


def filled_row_by_row(y, k, h):
    N = len(y) - k - h + 1
    inputs, targets = torch.zeros(N, k), torch.zeros(N, h)
    for i in range(N):
        inputs[i], targets[i] = y[i : i + k].clone(), y[i + k : i + k + h].clone()
    return inputs, targets


def mase_in_loops(forecast, actual, history, season):
    errors = [abs(f - a) for f, a in zip(forecast, actual, strict=True)]
    steps = [abs(history[t] - history[t - season]) for t in range(season, len(history))]
    return (sum(errors) / len(errors)) / (sum(steps) / len(steps))


def mase_as_a_float(forecast, actual, history, season):
    scale = torch.nn.functional.l1_loss(history[season:], history[:-season])
    return (torch.nn.functional.l1_loss(forecast, actual) / scale).item()


def mase_with_numpy(forecast, actual, history, season):
    h = history.numpy()
    return np.abs((forecast - actual).numpy()).mean() / np.abs(h[season:] - h[:-season]).mean()


def mean_of_scaled(forecast, actual, history, season):
    naive = (history.narrow(0, int(season), len(history) - int(season)) - history[:-season]).abs()
    return ((forecast - actual) / naive.mean()).abs().mean()


def mean_at_each_origin(y, first, k):
    return torch.stack([(y[t - k : t].mean() - y[t]).abs() for t in range(first, len(y))])


def shifted_back_by_half(y, first, k):
    """The colleague's centred average, taken where its window has ended."""
    half = k // 2
    smooth = [y[max(0, t - half) : t + half + 1].mean() for t in range(len(y))]
    return torch.stack([abs(smooth[t - 1 - half] - y[t]) for t in range(first, len(y))])


def by_sums(y, first, k):
    sums = torch.cat([torch.zeros(1), y.cumsum(0)])
    before = (sums[k:] - sums[:-k]) / k  # before[t - k]: of the k values before t
    return (before[first - k : -1] - y[first:]).abs()


def by_windows(y, first, k):
    return (y[first - k : -1].unfold(0, int(k), 1).mean(dim=1) - y[first:]).abs()


RIGHT = [
    ("scale-without-leaking", scaled_by_squares),
    ("scale-without-leaking", scaled_with_numpy),
    ("scale-without-leaking", scaled_with_unbiased),
    ("windows-and-targets", origins_walked),
    ("windows-and-targets", unfolded),
    ("windows-and-targets", indexed),
    ("windows-and-targets", with_numpy_views),
    ("windows-and-targets", filled_row_by_row),
    ("mase", mase_in_loops),
    ("mase", mase_as_a_float),
    ("mase", mase_with_numpy),
    ("mase", mean_of_scaled),
    ("a-forecast-that-sees-the-future", mean_at_each_origin),
    ("a-forecast-that-sees-the-future", shifted_back_by_half),
    ("a-forecast-that-sees-the-future", by_sums),
    ("a-forecast-that-sees-the-future", by_windows),
]


@pytest.mark.parametrize(("name", "function"), RIGHT)
def test_right_answer_in_other_words(name, function):
    verdict = engine.judge(EXERCISES[name], function)
    assert verdict.kind == "passed", verdict.sentence


# Mistakes in other words


def standardised(y, known):
    return (y - y.mean()) / y.std(unbiased=False)


def fitted_twice(y, known):
    parts = y.split([known, len(y) - known])
    return torch.cat([(part - part.mean()) / part.std(correction=0) for part in parts])


def as_torch_does(y, known):
    return (y - y[:known].mean()) / y[:known].std()


def min_max(y, known):
    low, high = y[:known].min(), y[:known].max()
    return (y - low) / (high - low)


def walked_one_late(y, k, h):
    origins = range(k, len(y) - h + 1)
    inputs = torch.stack([y[t - k + 1 : t + 1] for t in origins])
    return inputs, torch.stack([y[t : t + h] for t in origins])


def unfolded_one_early(y, k, h):
    both = y.unfold(0, int(k + h - 1), 1)
    return both[:, :k], both[:, k - 1 :]


def walked_one_too_few(y, k, h):
    origins = range(k, len(y) - h)
    return tuple(torch.stack([y[t - a : t + b] for t in origins]) for a, b in ((k, 0), (0, h)))


def unfolded_without_the_last(y, k, h):
    both = y[:-1].unfold(0, int(k + h), 1) if len(y) > k + h else torch.zeros(0, int(k + h))
    return both[:, :k], both[:, k:]


def walked_to_the_end(y, k, h):
    inputs, targets = [], []
    for i in range(len(y) - k):
        inputs.append(y[i : i + k])
        targets.append(y[i + k : i + k + h])
    return torch.stack(inputs), torch.stack(targets)


def each_unfolded(y, k, h):
    return y.unfold(0, int(k), 1), y.unfold(0, int(h), 1)


def only_the_horizon(y, k, h):
    return y[: len(y) - h].unfold(0, int(k), 1), y[k + h - 1 :]


def by_the_test_part(forecast, actual, history, season):
    naive = (actual[season:] - actual[:-season]).abs().mean()
    return (forecast - actual).abs().mean() / naive


def by_the_repeated_season(forecast, actual, history, season):
    naive = torch.stack([history[len(history) - season + t % season] for t in range(len(actual))])
    return (forecast - actual).abs().sum() / (naive - actual).abs().sum()


def by_the_mean(forecast, actual, history, season):
    return (forecast - actual).abs().mean() / (history - history.mean()).abs().mean()


def squared(forecast, actual, history, season):
    mse = torch.nn.functional.mse_loss
    return mse(forecast, actual) / mse(history[season:], history[:-season])


def seasonless(forecast, actual, history, season):
    return (forecast - actual).abs().mean() / (history[1:] - history[:-1]).abs().mean()


def a_sum_of_errors(forecast, actual, history, season):
    scale = (history[season:] - history[:-season]).abs().mean()
    return sum(abs(f - a) / scale for f, a in zip(forecast, actual, strict=True))


def the_colleagues(y, first, k):
    half = k // 2
    smooth = torch.stack([y[max(0, t - half) : t + half + 1].mean() for t in range(len(y))])
    errors = []
    for origin in range(first, len(y)):
        forecast = smooth[origin - 1]
        errors.append((forecast - y[origin]).abs())
    return torch.stack(errors)


def with_the_origin(y, first, k):
    return torch.stack([(y[t - k + 1 : t + 1].mean() - y[t]).abs() for t in range(first, len(y))])


def cut_at_the_origin(y, first, k):
    """The centred window, less what is not known: only half of it is left."""
    errors = []
    for t in range(first, len(y)):
        window = y[max(0, t - 1 - k // 2) : min(t, t + k // 2)]
        errors.append((window.mean() - y[t]).abs())
    return torch.stack(errors)


def naive(y, first, k):
    return (y[first:] - y[first - 1 : -1]).abs()


WRONG = [
    ("scale-without-leaking", "whole-series", standardised),
    ("scale-without-leaking", "each-part-by-its-own", fitted_twice),
    ("scale-without-leaking", "sample-deviation", as_torch_does),
    ("scale-without-leaking", "from-0-to-1", min_max),
    ("windows-and-targets", "window-sees-the-future", walked_one_late),
    ("windows-and-targets", "last-input-is-target-to-the-end", unfolded_one_early),
    ("windows-and-targets", "one-window-too-few", walked_one_too_few),
    ("windows-and-targets", "last-window-dropped", unfolded_without_the_last),
    ("windows-and-targets", "room-for-one-target", walked_to_the_end),
    ("windows-and-targets", "each-from-the-start", each_unfolded),
    ("windows-and-targets", "horizon-alone", only_the_horizon),
    ("mase", "naive-error-of-the-test-part", by_the_test_part),
    ("mase", "naive-forecast-of-the-test-part", by_the_repeated_season),
    ("mase", "distance-from-the-mean", by_the_mean),
    ("mase", "squares", squared),
    ("mase", "lag-one", seasonless),
    ("mase", "sum-of-errors", a_sum_of_errors),
    ("a-forecast-that-sees-the-future", "as-it-was", the_colleagues),
    ("a-forecast-that-sees-the-future", "ends-one-step-late", with_the_origin),
    ("a-forecast-that-sees-the-future", "half-a-window", cut_at_the_origin),
    ("a-forecast-that-sees-the-future", "last-value", naive),
]


@pytest.mark.parametrize(("name", "mistake", "function"), WRONG)
def test_wrong_answers_are_named(name, mistake, function):
    verdict = engine.judge(EXERCISES[name], function)
    assert verdict.mistake == mistake, verdict.sentence


def test_two_slips_are_told_apart():
    def twice(y, known):
        return (y - y.mean()) / y[:known].std()

    verdict = engine.judge(EXERCISES["scale-without-leaking"], twice)
    assert verdict.mistake == "two-changes"
    for slip in ("the mean is that of the whole series", "divided by n - 1"):
        assert slip in verdict.sentence


@pytest.mark.parametrize(
    ("name", "stub"),
    [
        ("scale-without-leaking", lambda y, known: ...),
        ("windows-and-targets", lambda y, k, h: (..., ...)),
        ("mase", lambda forecast, actual, history, season: ...),
        ("a-forecast-that-sees-the-future", lambda y, first, k: None),
    ],
)
def test_the_pages_stub_is_not_attempted_yet(name, stub):
    verdict = engine.judge(EXERCISES[name], stub)
    assert verdict.kind == "untouched"
    assert verdict.sentence.startswith("not attempted yet")


class TestWords:
    def test_a_series_to_scale_is_described(self):
        verdict = engine.judge(EXERCISES["scale-without-leaking"], lambda y, known: y.cos())
        assert verdict.sentence.startswith("for a series of 12 values, of which 7 known, scaled ")

    def test_a_wrong_number_of_windows(self):
        def short(y, k, h):
            inputs, targets = unfolded(y, k, h)
            return inputs[: 1 + len(y) // 4] + 1, targets

        words = engine.judge(EXERCISES["windows-and-targets"], short).sentence
        assert words == (
            "for a series of 13 values with k = 4 and h = 3, inputs has shape (4, 4); "
            "expected (N, K) = (7, 4)."
        )

    def test_a_wrong_number_in_a_window(self):
        def spoiled(y, k, h):
            inputs, targets = unfolded(y, k, h)
            targets = targets.clone()
            targets[-1, -1] += y[0].cos()
            return inputs, targets

        words = engine.judge(EXERCISES["windows-and-targets"], spoiled).sentence
        assert "inputs right; targets first differs at window 6, target 2: yours " in words

    def test_a_wrong_number_of_errors(self):
        def some(y, first, k):
            return y[first:].exp()[:3]

        words = engine.judge(EXERCISES["a-forecast-that-sees-the-future"], some).sentence
        assert words == (
            "for 20 values with first = 9 and k = 5, errors has shape (3,); expected (N,) = (11,). "
            "Each origin has one error."
        )


class TestWhatIsDrawn:
    def test_the_future_is_higher_than_what_is_known(self):
        for y, known in EXERCISES["scale-without-leaking"].trials[:3]:
            assert y[known:].mean() > y[:known].mean() + 0.5

    def test_windows_have_other_numbers_than_targets(self):
        for y, k, h in EXERCISES["windows-and-targets"].trials[:-1]:
            assert k != h
            assert len(y) >= k + h

    def test_a_window_is_odd_and_fits_into_what_is_known_at_first(self):
        for y, first, k in EXERCISES["a-forecast-that-sees-the-future"].trials:
            assert k % 2 == 1
            assert k <= first < len(y)


def test_a_leak_beats_the_naive_forecast_where_nothing_can():
    """What the page's text says of the colleague's backtest, and what remains when it is mended."""
    exercise = EXERCISES["a-forecast-that-sees-the-future"]
    generator = torch.Generator().manual_seed(0)
    y = torch.randn(20_000, generator=generator, dtype=torch.float64).cumsum(dim=0)
    first, k = torch.tensor(1000), torch.tensor(5)
    best = naive(y, first, k).mean()
    assert the_colleagues(y, first, k).mean() / best == pytest.approx(15**0.5 / 5, abs=0.02)
    assert exercise.reference(y, first, k).mean() / best > 1.4


# The exercises are the book's own functions, in small


def test_the_mase_is_the_lessons():
    for forecast, actual, history, season in EXERCISES["mase"].trials:
        theirs = mase(forecast, actual, history, season=int(season))
        assert float(theirs) == pytest.approx(
            EXERCISES["mase"].reference(forecast, actual, history, season).item()
        )


# The quiz


def numbers(name):
    """A question's answer, and what its mistakes lead to."""
    asked = {one.id: one for one in (*load_quiz("17"), *load_file("17").tries)}[name]
    return asked.answer, [mistake.answer for mistake in asked.mistakes]


def mase_of(*tensors, season=1):
    forecast, actual, history = (torch.tensor(values, dtype=torch.float64) for values in tensors)
    return EXERCISES["mase"].reference(forecast, actual, history, season).item()


def test_the_naive_forecasts_mase_by_hand():
    history, came = [2.0, 5.0, 4.0, 6.0], [9.0, 11.0]
    errors, steps = [3, 5], [3, 1, 2]
    answer, wrong = numbers("naive-by-hand")
    assert mase_of([6.0, 6.0], came, history) == pytest.approx(answer)
    mean, unit = sum(errors) / 2, sum(steps) / 3
    walked = mase_of([6.0, 9.0], came, history)
    sums = sum(errors) / sum(steps)
    assert wrong == pytest.approx(
        [mean / mean, mean, walked, sums, mean / (sum(steps) / 4), unit / mean], abs=0.01
    )


def test_windows_with_a_missing_value():
    y = torch.ones(100)
    y[49] = torch.nan
    inputs, targets = EXERCISES["windows-and-targets"].reference(y, 24, 12)
    reads, wants = (part.isnan().any(dim=1) for part in (inputs, targets))
    answer, wrong = numbers("one-value-missing")
    assert answer == (~(reads | wants)).sum()
    N = len(inputs)
    assert wrong == [N, N - 1, (~reads).sum(), (~wants).sum(), answer - 1]


def test_a_mase_below_one_that_a_naive_forecast_beats():
    error, naive_there, month, year = 6, 5, 4, 8
    answer, wrong = numbers("below-one")
    assert answer == error / year > naive_there / year
    ratios = [error / month, error / naive_there, year / error, naive_there / year]
    assert wrong == pytest.approx(ratios, abs=0.005)


def test_the_quiz_is_short_enough_and_asks_for_every_goal():
    questions = load_quiz("17")
    assert len(Quiz("17").page()) < 20_000
    assert len(questions) == 9
    assert {one.goal for one in questions[:-2]} == {"17.1", "17.2", "17.3"}
    assert [one.id.split("/")[0] for one in questions[-2:]] == ["11", "13"]
