"""Chapter 17's series: what each is built of, and what the measured ones hold."""

import sys

import pytest
import torch
from torch import Generator

from rnncourse.lessons.ch17 import series
from rnncourse.lessons.ch17.series import SEASONS, cue_response, random_walk, seasonal

MADE = [random_walk, seasonal, cue_response]


def seeded(seed=0):
    return Generator().manual_seed(seed)


@pytest.mark.parametrize("make", MADE)
def test_a_series_is_its_generators(make):
    assert make(300, seeded()).shape == (300,)
    assert torch.equal(make(300, seeded()), make(300, seeded()))
    assert not torch.equal(make(300, seeded()), make(300, seeded(1)))


@pytest.mark.parametrize("make", MADE)
def test_errors_are_named(make):
    with pytest.raises(ValueError, match="count must be a positive int, got 0"):
        make(0, seeded())
    with pytest.raises(TypeError, match="generator must be a torch"):
        make(9, 0)


def test_a_random_walk_makes_standard_steps():
    steps = random_walk(20_000, seeded()).diff()
    assert steps.mean().abs() < 0.03
    assert steps.std() == pytest.approx(1, abs=0.03)
    pair = torch.stack([steps[1:], steps[:-1]])
    assert torch.corrcoef(pair)[0, 1].abs() < 0.03


@pytest.mark.parametrize("period", [12, 7])
def test_a_season_repeats_with_small_steps(period):
    y = seasonal(20_000, seeded(), period)
    assert y[:period].mean().abs() < 1e-6
    steps = y[period:] - y[:-period]
    assert steps.mean().abs() < 0.01
    assert steps.std() == pytest.approx(0.3, abs=0.01)
    assert (y[1:] - y[:-1]).std() > 2 * steps.std()


def test_a_response_follows_each_bell_as_the_cue_says():
    y = cue_response(20_000, seeded())
    place = responses = 0
    while place < len(y) - 250:
        cue = y[place].sign()
        assert y[place] == pytest.approx(cue, abs=0.5)
        for _ in range(4):
            after = y[place + 1 :]
            gap = int((after.abs() > 1).nonzero()[0]) - 1  # the response is the next loud one
            assert 33 <= gap <= 45
            assert after[gap] == pytest.approx(0.5, abs=0.5)  # the bell
            assert after[gap + 1] == pytest.approx(2 * cue, abs=0.5)
            assert after[:gap].abs().max() < 0.6
            place += gap + 2
            responses += 1
        rest = y[place + 1 : place + 16].abs()
        place += 1 + int((rest > 0.6).nonzero()[0])
    assert responses > 400


def test_both_cues_are_as_frequent():
    y = cue_response(20_000, seeded())
    assert (y > 1.4).sum() == pytest.approx(int((y < -1.4).sum()), rel=0.25)


@pytest.mark.parametrize(
    ("name", "length", "low", "high"),
    [("sunspots", 309, 0, 200), ("co2", 2284, 313, 375), ("co2_monthly", 526, 313, 375)],
)
def test_measured_series_that_are_shipped(name, length, low, high):
    pytest.importorskip("statsmodels")
    y = getattr(series, name)()
    assert y.shape == (length,)
    assert y.dtype == torch.get_default_dtype()
    assert low <= y.min() < y.max() < high
    assert not y.isnan().any()
    assert SEASONS[name] > 1


def test_oil_temperatures(corpora):
    y = series.etth1()
    assert y.shape == (17_420,)
    assert y[0] == pytest.approx(30.531)
    assert -5 < y.min() < y.max() < 50


def test_without_statsmodels_a_sentence_says_what_to_do(monkeypatch):
    monkeypatch.setitem(sys.modules, "statsmodels", None)
    with pytest.raises(ModuleNotFoundError, match=r"sunspots needs statsmodels.*rnnbook\[course\]"):
        series.sunspots()
