"""Chapter 17's backtests: no forecast sees the future, and MASE is what it is by hand."""

import warnings
from functools import partial

import numpy as np
import pytest
import torch
from torch import Generator

from rnncourse.lessons.ch17.backtest import (
    LinearWindow,
    ar,
    arima,
    backtest,
    correlation_by_lag,
    ets,
    mase,
    mean,
    naive,
    origins,
    recursive,
    seasonal_naive,
    theta,
)
from rnncourse.lessons.ch17.series import random_walk, seasonal

COUNT = torch.arange(1.0, 8)  # 1 … 7


def periodic(count=120):
    return 5 + seasonal(count, Generator().manual_seed(0)).double()


def test_simple_forecasts():
    assert naive(COUNT, 3).tolist() == [7, 7, 7]
    assert mean(COUNT, 2).tolist() == [4, 4]
    assert seasonal_naive(COUNT, 5, 3).tolist() == [5, 6, 7, 5, 6]
    assert seasonal_naive(COUNT, 2, 4).tolist() == [4, 5]


def test_mase_by_hand():
    history, actual = torch.tensor([1.0, 3, 2, 6]), torch.tensor([5.0, 9])
    # |3 − 1|, |2 − 3|, |6 − 2| have the mean 7 / 3; the naive forecast of 6 is wrong by 1 and 3
    assert mase(naive(history, 2), actual, history) == pytest.approx(2 / (7 / 3))
    # |2 − 1| and |6 − 3| have the mean 2; the last season, 2 and 6, is wrong by 3 and 3
    assert mase(seasonal_naive(history, 2, 2), actual, history, season=2) == pytest.approx(3 / 2)
    assert mase(actual, actual, history) == 0


def test_mase_has_no_unit():
    history, actual = torch.tensor([1.0, 3, 2, 6]), torch.tensor([5.0, 9])
    found = mase(naive(history, 2), actual, history)
    assert mase(100 * naive(history, 2), 100 * actual, 100 * history) == pytest.approx(found)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((COUNT[:2], COUNT[:3], COUNT), r"forecast must have shape \(as actual\) = \(3,\)"),
        ((COUNT, COUNT[:, None], COUNT), r"forecast must have shape .* got \(7,\)"),
        ((COUNT, COUNT, COUNT, 7), "history must have at least 8 values, got 7"),
        ((COUNT, COUNT, torch.ones(5)), "history must change from season to season"),
        ((COUNT, COUNT, COUNT, 0), "season must be a positive int, got 0"),
    ],
)
def test_mase_names_errors(arguments, message):
    with pytest.raises(ValueError, match=message):
        mase(*arguments)


def test_origins_leave_a_whole_horizon():
    assert list(origins(10, 6, 2)) == [6, 7, 8]
    assert list(origins(10, 6, 2, every=2)) == [6, 8]
    with pytest.raises(ValueError, match="first must leave horizon = 5 of 10 values"):
        origins(10, 6, 5)
    with pytest.raises(ValueError, match="every must be a positive int"):
        origins(10, 6, 2, 0)


def test_a_backtest_pairs_forecasts_with_what_came():
    found = backtest(naive, COUNT, first=4, horizon=2)
    assert list(found.origins) == [4, 5]
    assert found.forecast.tolist() == [[4, 4], [5, 5]]
    assert found.actual.tolist() == [[5, 6], [6, 7]]


def test_a_forecaster_is_handed_the_past_alone_and_cannot_change_it():
    seen = []

    def forecaster(history, horizon):
        seen.append(history.tolist())
        return history.zero_()[:horizon]

    found = backtest(forecaster, COUNT.clone(), first=5, horizon=1)
    assert seen == [[1, 2, 3, 4, 5], [1, 2, 3, 4, 5, 6]]
    assert found.actual.tolist() == [[6], [7]]


def test_backtest_names_errors():
    with pytest.raises(TypeError, match="forecaster must be a function, got 3"):
        backtest(3, COUNT, 4, 1)
    with pytest.raises(ValueError, match=r"forecaster must return shape \(horizon\) = \(2,\)"):
        backtest(lambda history, horizon: history, COUNT, 4, 2)
    with pytest.raises(TypeError, match="series must be floats"):
        backtest(naive, torch.arange(9), 4, 1)


def forecasters(known):
    yield naive
    yield mean
    yield partial(seasonal_naive, season=12)
    yield LinearWindow(12, horizon=3).fit(known)
    if pytest.importorskip("statsmodels"):
        yield ar(known, 3)
        yield arima(known, (1, 1, 0))
        yield ets(known, season=12)
        yield partial(theta, season=12)


def test_no_forecaster_sees_the_future():
    series = periodic()
    changed = series.clone()
    changed[100:] += 50
    for one, other in zip(forecasters(series[:100]), forecasters(changed[:100]), strict=True):
        known = backtest(one, series, 96, 4, every=4).forecast[:2]
        assert torch.equal(known, backtest(other, changed, 96, 4, every=4).forecast[:2])


def test_yesterday_shifted_peaks_at_lag_one():
    walk = random_walk(500, Generator().manual_seed(0))
    found = backtest(naive, walk, first=100, horizon=1)
    by_lag = correlation_by_lag(found.forecast[:, 0].diff(), found.actual[:, 0].diff(), lags=3)
    assert by_lag[1] == pytest.approx(1, abs=1e-5)
    assert by_lag[[0, 2, 3]].abs().max() < 0.2


def test_correlations_by_lag_are_numpys():
    x, y = (random_walk(60, Generator().manual_seed(seed)) for seed in (0, 1))
    found = correlation_by_lag(x, y, 2)
    assert found[0] == pytest.approx(np.corrcoef(x, y)[0, 1], abs=1e-5)
    assert found[2] == pytest.approx(np.corrcoef(x[2:], y[:-2])[0, 1], abs=1e-5)
    with pytest.raises(ValueError, match="lags must be at most"):
        correlation_by_lag(x, y, 59)


def test_recursion_reads_its_own_forecasts():
    assert recursive(lambda history, _: 2 * history[-1:])(COUNT, 3).tolist() == [14, 28, 56]
    window = LinearWindow(12).fit(periodic())
    ours = recursive(window)(periodic(), 9)
    torch.testing.assert_close(window(periodic(), 9), ours)


def test_a_linear_window_finds_a_rule():
    line = torch.arange(40.0)
    assert LinearWindow(3, horizon=2).fit(line)(line, 5).tolist() == pytest.approx(
        [40, 41, 42, 43, 44], abs=1e-2
    )
    wave = torch.sin(torch.arange(200.0).double() / 3)
    found = LinearWindow(4, horizon=8, ridge=1e-9).fit(wave[:150])(wave[:150], 8)
    torch.testing.assert_close(found, wave[150:158], atol=1e-3, rtol=0)


def test_a_linear_window_has_the_least_squared_error():
    series, k = periodic(), 6
    window = LinearWindow(k, ridge=1e-12).fit(series)
    ours = torch.stack([window(series[:origin], 1) for origin in range(k, len(series))])
    x = np.stack([series[t - k : t] - series[t - 1] for t in range(k, len(series))])[:, :-1]
    x = np.concatenate([x, np.ones((len(x), 1))], axis=1)
    y = (series[k:] - series[k - 1 : -1]).numpy()
    weight = np.linalg.lstsq(x, y, rcond=None)[0]
    np.testing.assert_allclose(ours[:, 0] - series[k - 1 : -1], x @ weight, atol=1e-6)


def test_a_linear_window_names_errors():
    with pytest.raises(ValueError, match="fit must be called before a forecast"):
        LinearWindow(3)(COUNT, 1)
    with pytest.raises(ValueError, match="history must have at least 8 values, got 7"):
        LinearWindow(6, horizon=2).fit(COUNT)


def test_statsmodels_forecasts_are_its_own():
    pytest.importorskip("statsmodels")
    from statsmodels.tsa.ar_model import AutoReg
    from statsmodels.tsa.arima.model import ARIMA
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel
    from statsmodels.tsa.forecasting.theta import ThetaModel

    y = periodic()
    parts = {"trend": "add", "damped_trend": True, "seasonal": "add", "seasonal_periods": 12}
    pairs = [
        (ar(y, 3), AutoReg(y.numpy(), 3).fit()),
        (arima(y, (1, 1, 1)), ARIMA(y.numpy(), order=(1, 1, 1)).fit()),
        (ets(y), ETSModel(y.numpy()).fit(disp=False)),
        (
            ets(y, trend=True, damped=True, season=12),
            ETSModel(y.numpy(), **parts).fit(disp=False),
        ),
        (partial(theta, season=12), ThetaModel(y.numpy(), period=12).fit()),
    ]
    for ours, theirs in pairs:
        np.testing.assert_allclose(ours(y, 5), np.asarray(theirs.forecast(5)), rtol=1e-6)


def test_fitted_once_the_state_still_follows_the_history():
    pytest.importorskip("statsmodels")
    walk = random_walk(120, Generator().manual_seed(0))
    forecaster = ets(walk[:100])
    raised = torch.cat([walk[:100], walk[:100] + 30])
    assert forecaster(raised, 1).item() > forecaster(walk[:100], 1).item() + 25


@pytest.mark.parametrize("make", [lambda: ar(COUNT, 0), lambda: naive(COUNT, 0)])
def test_errors_are_named(make):
    pytest.importorskip("statsmodels")
    with warnings.catch_warnings(), pytest.raises(ValueError, match="must be a positive int"):
        make()
