"""Chapter 17's forecasters: what the page carries, how they were made, and who wins on which."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import torch

from rnncourse.figures import Forecast
from rnncourse.figures._forecast import HORIZON, QUANTILES, Study
from rnncourse.lessons.ch17 import forecasters

sys.path.insert(0, str(Path(__file__).parents[1] / "engine"))
sys.path.insert(0, str(Path(__file__).parents[1] / "rnncourse"))
from made_up_forecast import READ, in_the_page

MOST_BYTES = 60_000
DRAWN = [kind for kind in forecasters.KINDS if kind.name != "Carbon dioxide, monthly"]


def figure(**options) -> Forecast:
    return Forecast(forecasters.shipped()["series"], **options)


def study(name: str) -> Study:
    return next(one for one in figure()._studies if one.name == name)


def test_the_file_is_small():
    assert forecasters.SHIPPED.stat().st_size <= MOST_BYTES
    assert len(figure().page().encode()) <= MOST_BYTES
    assert (forecasters.HORIZON, forecasters.QUANTILES) == (HORIZON, QUANTILES)


@pytest.mark.parametrize("kind", forecasters.KINDS, ids=lambda kind: kind.name)
def test_the_values_are_the_series(kind):
    if kind not in DRAWN:
        pytest.importorskip("statsmodels")
    found, values = study(kind.name), kind.make().double()
    assert found.first == len(values) - kind.tested
    assert found.start + len(found.values) == len(values)
    torch.testing.assert_close(found.values, values[found.start :], rtol=0, atol=0.006)
    known = values[: found.first]
    error = (known[kind.season :] - known[: -kind.season]).abs().mean()
    assert found.error == pytest.approx(error.item(), rel=1e-4)
    assert (found.scale, found.centre) == pytest.approx(forecasters.scale(kind, known.float()))


def test_nobody_beats_the_last_value_of_a_random_walk():
    scores = study("Random walk").scores()
    assert scores.own == pytest.approx(scores.naive, rel=0.05)
    assert 0.7 < scores.inside < 0.9


def test_the_seasonal_naive_forecast_wins_on_its_own_series():
    scores = study("Seasonal").scores()
    assert scores.naive < 0.5 * scores.own


def test_after_a_bell_the_network_knows_the_response():
    found = study("Cue and response")
    values = found.values
    due = [t for t in range(found.first - found.start, len(values)) if values[t].abs() > 1.5]
    fans = found.fans(torch.tensor(due) + found.start)[:, 0]
    assert len(due) >= 4
    assert (fans[:, 1] - values[due]).abs().max() < 1
    scores = found.scores()
    assert scores.own < 0.75 * scores.naive
    assert 0.7 < scores.inside < 0.9


def test_carbon_dioxide_has_a_season_and_a_rise():
    scores = study("Carbon dioxide, monthly").scores()
    assert scores.own < 0.5 * scores.naive


def test_python_and_page_agree(tmp_path):
    shown = figure()
    cases = [[k, one.origin] for k, one in enumerate(shown._studies)]
    cases += [[k, one.last] for k, one in enumerate(shown._studies)]
    given = {"settings": shown.settings(), "cases": cases}
    for (k, origin), page in zip(cases, in_the_page(READ, tmp_path, given), strict=True):
        ours = shown._studies[k]
        fan = ours.look(origin).fan
        assert (torch.tensor(page["look"]["fan"]).double() - fan).abs().max() <= 1e-5 * max(
            1.0, fan.abs().max().item()
        )
        assert page["scores"]["own"] == pytest.approx(ours.scores().own, rel=1e-5)
        assert page["scores"]["inside"] == pytest.approx(ours.scores().inside, abs=1e-3)


def test_the_walk_alone_is_yesterday_shifted(tmp_path):
    shown = figure()
    cases = [[k, one.origin] for k, one in enumerate(shown._studies)]
    given = {"settings": shown.settings(), "cases": cases}
    walk, *others = in_the_page(READ, tmp_path, given)
    assert walk["shifted"].endswith("it is yesterday, shifted. It says the last value again.")
    assert all("It is not yesterday, shifted" in one["shifted"] for one in others)
    assert "so neither wins." in walk["says"]


def test_it_learns_the_same_every_time_and_from_the_known_values_alone():
    kind = DRAWN[0]._replace(updates=2)
    known = kind.make()[: -kind.tested]
    first, again = (forecasters.learn(kind, known).state_dict() for _ in range(2))
    assert all(torch.equal(first[name], again[name]) for name in first)


def test_windows_and_what_is_due():
    kind = DRAWN[0]._replace(window=4, skip=2)
    values = torch.arange(60).float() ** 2
    read = forecasters.cut(kind, values, torch.tensor([3, 5]), 2.0, None)
    assert read.x[:, 0, 0].tolist() == [(t * t - 9) / 2 for t in (3, 4, 5, 6)]
    assert read.due.shape == (2, 2, HORIZON)
    assert read.due[1, 0, :2].tolist() == [(49 - 36) / 2, (64 - 36) / 2]
    centred = forecasters.cut(kind, values, torch.tensor([3]), 2.0, 1.0)
    assert centred.x[0, 0, 0] == 4
    assert centred.due[0, 0, 0] == (36 - 1) / 2


def test_it_leaves_the_reader_s_random_numbers_alone():
    kind = DRAWN[0]._replace(updates=1)
    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    forecasters.learn(kind, kind.make()[: -kind.tested])
    assert torch.equal(torch.rand(1), expected)


def test_the_figure_begins_where_the_source_says():
    for kind, found in zip(forecasters.KINDS, figure()._studies, strict=True):
        assert found.origin == found.first + kind.begin
    cue = study("Cue and response")
    assert cue.look(cue.origin).came[0].abs() > 1.5, "a bell is known, its response is not"
