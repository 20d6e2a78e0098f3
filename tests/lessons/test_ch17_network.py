"""Chapter 17's network: causal, scaled by the training part alone, and its quantiles' loss."""

import numpy as np
import pytest
import torch
from torch import Generator

from rnncourse.lessons.ch17.backtest import backtest, mase, naive
from rnncourse.lessons.ch17.network import (
    LAYERS,
    RecurrentForecaster,
    coverage,
    forecast_loss,
    opened,
    pinball,
    train_forecaster,
)
from rnncourse.lessons.ch17.series import random_walk, seasonal

WAVE = 20 + 3 * torch.sin(torch.arange(300.0) * 0.5)


def made(*arguments, seed=0, **options):
    torch.manual_seed(seed)
    return RecurrentForecaster(*arguments, **options)


def identity(horizon=1):
    """A network whose forecast is the last value that it has read."""
    model = made(hidden_size=4, horizon=horizon)
    torch.nn.init.zeros_(model.readout.weight)
    torch.nn.init.zeros_(model.readout.bias)
    model.scale_by(WAVE)
    return model


@pytest.mark.parametrize("horizon", [1, 3])
def test_a_network_that_adds_nothing_is_the_naive_forecast(horizon):
    found = identity(horizon).backtest(WAVE, 200, 7)  # beyond its own horizon
    expected = backtest(naive, WAVE, 200, 7)
    torch.testing.assert_close(found.forecast, expected.forecast)
    torch.testing.assert_close(found.actual, expected.actual)
    torch.testing.assert_close(identity(horizon).forecast(WAVE, 7), naive(WAVE, 7))


@pytest.mark.parametrize("cell", LAYERS)
@pytest.mark.parametrize("horizon", [2, 3, 8])
@pytest.mark.parametrize("reads", [{}, {"minus_last": False}, {"levels": False}])
def test_all_origins_at_once_are_each_by_itself(cell, horizon, reads):
    model = made(cell, 5, horizon=3, **reads)
    model.scale_by(WAVE[:30])
    at_once = model.backtest(WAVE[:50], 30, horizon, every=2)
    one_by_one = backtest(model.forecast, WAVE[:50], 30, horizon, every=2)
    torch.testing.assert_close(at_once, one_by_one)


def test_recursion_reads_forecasts_as_values():
    model = made(hidden_size=5, horizon=1)
    model.scale_by(WAVE)
    longer = WAVE[:40]
    for _ in range(6):
        longer = torch.cat([longer, model.forecast(longer, 1)])
    torch.testing.assert_close(model.forecast(WAVE[:40], 6), longer[40:])


def test_no_forecast_sees_the_future():
    changed = WAVE.clone()
    changed[250:] = -1000
    one, other = made(hidden_size=5), made(hidden_size=5)
    for model, series in ((one, WAVE), (other, changed)):
        train_forecaster(model, series[:200], series[200:250], updates=20, window=40, every=5)
    found, same = one.backtest(WAVE, 245, 5), other.backtest(changed, 245, 5)
    assert torch.equal(found.forecast[:6], same.forecast[:6])
    assert not torch.equal(found.forecast[6:], same.forecast[6:])


def test_the_scale_is_of_the_training_part_alone():
    train, validation = WAVE[:200], WAVE[200:] + 1000
    model = made(hidden_size=4)
    train_forecaster(model, train, validation, updates=2, window=40)
    assert model.mean == train.mean()
    assert model.std == train.std(correction=0)
    assert model.step == pytest.approx(float(train.diff().std() / train.std()), rel=0.01)
    model.scale_by(torch.cat([train, validation]))
    kept = model.mean.clone()
    train_forecaster(model, train, updates=2, window=40, scale=False)
    assert model.mean == kept


def test_the_unit_of_a_series_does_not_matter():
    errors = []
    for factor in (1, 1000):
        model = made(hidden_size=4)
        train_forecaster(model, factor * WAVE[:200], updates=20, window=40)
        found = model.backtest(factor * WAVE, 200, 1)
        errors.append(mase(found.forecast, found.actual, factor * WAVE[:200]))
    assert errors[0] == pytest.approx(errors[1], rel=0.05)


def test_without_levels_a_series_may_leave_its_range():
    model = made(hidden_size=4, horizon=3, levels=False)
    model.scale_by(WAVE)
    found, raised = model.backtest(WAVE, 40, 5), model.backtest(WAVE + 1000, 40, 5)
    torch.testing.assert_close(found.forecast + 1000, raised.forecast, atol=0.01, rtol=0)


def test_a_wave_is_learned_and_a_run_repeats():
    runs = []
    for _ in range(2):
        model = made(hidden_size=8, horizon=2)
        history = train_forecaster(
            model, WAVE[:200], WAVE[200:240], updates=60, window=40, every=20, lr=5e-2
        )
        assert [step for step, _ in history.validation] == [20, 40, 60]
        runs.append(model.backtest(WAVE, 240, 2))
    assert torch.equal(runs[0].forecast, runs[1].forecast)
    assert mase(runs[0].forecast, runs[0].actual, WAVE[:240]) < 0.5
    by_naive = backtest(naive, WAVE, 240, 2)
    assert mase(by_naive.forecast, by_naive.actual, WAVE[:240]) > 1


def test_the_best_validation_is_kept():
    walk = random_walk(300, Generator().manual_seed(0))
    model = made(hidden_size=16)
    history = train_forecaster(
        model, walk[:100], walk[100:], updates=200, window=60, every=10, patience=3, lr=2e-2
    )
    assert "stopped" in history.stopped
    kept = forecast_loss(model.eval(), model.scaled(walk)[:, None], 99).item()
    assert kept == pytest.approx(min(value for _, value in history.validation), rel=1e-4)


def test_validation_is_on_the_values_after_training_alone():
    model, walk = identity(), random_walk(300, Generator().manual_seed(0))
    model.scale_by(walk[:200])
    ours = forecast_loss(model, model.scaled(walk)[:, None], 199).item()
    expected = (walk[200:] - walk[199:-1]).square().mean() / walk[:200].diff().var(correction=0)
    assert ours == pytest.approx(expected.item(), rel=1e-4)


def test_one_model_learns_of_several_series_of_several_lengths():
    many = [seasonal(length, Generator().manual_seed(length)) for length in (60, 80, 100)]
    model = made(hidden_size=4, horizon=2)
    history = train_forecaster(
        model, [one[:50] for one in many], [one[50:] for one in many], updates=20, window=64
    )
    assert len(history.loss) == 20
    assert model.mean == torch.cat([one[:50] for one in many]).mean()
    with pytest.raises(ValueError, match="validation must be 3 series, got 1"):
        train_forecaster(model, many, many[0], updates=1)


@pytest.mark.parametrize("q", [0.1, 0.5, 0.8])
def test_pinball_is_least_at_the_quantile(q):
    target = torch.randn(2001, generator=Generator().manual_seed(0), dtype=torch.float64)
    guesses = torch.linspace(-3, 3, 1201, dtype=torch.float64)
    losses = [pinball(guess.expand(2001, 1), target, [q]).item() for guess in guesses]
    best = guesses[int(np.argmin(losses))]
    assert best == pytest.approx(float(target.quantile(q)), abs=0.01)


def test_pinball_by_hand():
    forecast, target = torch.tensor([[1.0, 5.0]]), torch.tensor([3.0])
    # 2 too low at 0.1 costs 0.2; 2 too high at 0.9 costs 0.2
    assert pinball(forecast, target, (0.1, 0.9)).item() == pytest.approx(0.2)
    assert pinball(forecast, target, (0.9, 0.1)).item() == pytest.approx(1.8)


def test_quantiles_are_learned_and_cover():
    noise = torch.randn(1500, generator=Generator().manual_seed(0))
    model = made(hidden_size=4, horizon=2, quantiles=(0.1, 0.5, 0.9), minus_last=False)
    train_forecaster(model, noise[:1000], updates=120, window=40, lr=2e-2)
    found = model.backtest(noise, 1000, 2)
    assert found.forecast.shape == (499, 2, 3)
    low, _, high = found.forecast.unbind(dim=2)
    assert coverage(low, high, found.actual) == pytest.approx(0.8, abs=0.08)
    assert model.forecast(noise, 2).shape == (2, 3)
    with pytest.raises(ValueError, match="horizon must be at most 2, got 3: quantiles"):
        model.forecast(noise, 3)


def test_coverage_counts():
    actual = torch.tensor([1.0, 2, 3, 4])
    assert coverage(actual - 1, torch.tensor([5.0, 1, 3, 5]), actual) == 0.75
    with pytest.raises(ValueError, match="low must have shape"):
        coverage(actual[:2], actual, actual)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: made("rnn"), "cell must be one of simple, lstm, gru, got 'rnn'"),
        (lambda: made(minus_last=False, levels=False), "levels must be True without minus_last"),
        (lambda: made(horizon=0), "horizon must be a positive int, got 0"),
        (lambda: made(quantiles=(0.1, 1.0)), "each of quantiles must be between 0 and 1, got 1.0"),
        (lambda: train_forecaster(made(), WAVE[:17]), "train must have at least 18 values, got 17"),
        (lambda: train_forecaster(made(), WAVE, WAVE[:0]), "validation must have at least 1"),
        (lambda: train_forecaster(made(), WAVE, window=16), "skip must be from 0 to window − 1"),
        (lambda: made().forecast(WAVE[:0], 1), "first must be a positive int, got 0"),
        (lambda: pinball(WAVE, WAVE, [0.5]), r"forecast must have shape \(…, Q\) = \(300, 1\)"),
    ],
)
def test_errors_are_named(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_an_opened_forget_gate_keeps_most_of_a_silent_step():
    model = opened(made("lstm", 4))
    biases = model.layer.bias_hh_l0.unflatten(0, (4, 4))
    assert torch.equal(biases[1], torch.ones(4))  # torch's order: i f g o
    assert not torch.equal(biases[0], torch.ones(4))
    with pytest.raises(TypeError, match=r"model\.layer must be a torch\.nn\.LSTM"):
        opened(made("gru", 4))
