"""The training loop: what decides a run, when it stops, and what is left when it goes wrong."""

import json
import math
import signal
import sys

import pytest
import torch
from torch import nn

from rnnbook.training import History, TrainingDiverged, fit

TRUE = torch.tensor([[1.0, -2.0, 0.5]])


def linear(seed=0):
    torch.manual_seed(seed)
    return nn.Linear(3, 1)


def sample(generator):
    x = torch.randn(16, 3, generator=generator)
    return x, x @ TRUE.T


def loss(model, batch):
    x, y = batch
    return nn.functional.mse_loss(model(x), y)


def distance(model):
    return (model.weight - TRUE).norm().item()


def weights(model):
    return [p.detach().clone() for p in model.parameters()]


def same(one, other):
    return all(torch.equal(a, b) for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize(
    ("optimizer", "lr"),
    [("adam", 0.05), ("sgd", 0.1), (lambda p: torch.optim.RMSprop(p, lr=0.02), 1e-3)],
)
def test_learns(optimizer, lr):
    model = linear()
    history = fit(model, sample, loss, steps=300, lr=lr, optimizer=optimizer, validate=distance)
    assert history.loss[-1] < 0.01 * history.loss[0]
    assert len(history.loss) == len(history.grad_norm) == 300
    assert [step for step, _ in history.validation] == [100, 200, 300]
    assert history.validation[-1][1] == distance(model)
    assert history.stopped == "finished 300 steps"
    assert history.seconds > 0


@pytest.mark.draws
def test_weights_and_seed_decide_the_run():
    runs = []
    for disturbance, seed in ((1, 7), (2, 7), (1, 8)):
        model = nn.Sequential(nn.Linear(3, 8), nn.Dropout(0.5), nn.Linear(8, 1))
        for p in model.parameters():
            nn.init.constant_(p, 0.1)
        torch.manual_seed(disturbance)
        history = fit(model, sample, loss, steps=5, seed=seed)
        runs.append((history.loss, weights(model)))
    assert runs[0][0] == runs[1][0]
    assert same(runs[0][1], runs[1][1])
    assert runs[0][0] != runs[2][0]


@pytest.mark.parametrize("seed", range(5))
def test_weights_batches_and_dropout_share_no_numbers(seed):
    """As they would if all three were drawn from the stream of one seed."""
    drawn, dropout = [], []

    def draw(generator):
        drawn.append(torch.rand(50, generator=generator))
        return sample(generator)

    def listen(model, batch):
        dropout.append(torch.rand(50))
        return loss(model, batch)

    fit(linear(), draw, listen, steps=2, seed=seed)
    torch.manual_seed(seed)
    streams = [torch.rand(100), torch.cat(drawn), torch.cat(dropout)]
    numbers = torch.cat(streams)
    assert len(numbers.unique()) == len(numbers) == 300


@pytest.mark.draws
def test_global_generator_is_put_back():
    model = nn.Sequential(nn.Linear(3, 1), nn.Dropout(0.1))
    before = torch.get_rng_state()
    fit(model, sample, loss, steps=3)
    assert torch.equal(torch.get_rng_state(), before)


def test_last_step_is_validated_too():
    history = fit(linear(), sample, loss, steps=25, every=10, validate=distance)
    assert [step for step, _ in history.validation] == [10, 20, 25]


def test_gradient_norm_is_recorded_before_clipping():
    start = linear()
    batch = sample(torch.Generator().manual_seed(0))
    loss(start, batch).backward()
    norm = math.sqrt(sum(p.grad.square().sum().item() for p in start.parameters()))
    for clip in (None, 1e-3, 1e3):
        model = linear()
        history = fit(model, lambda _: batch, loss, steps=1, lr=1.0, optimizer="sgd", clip=clip)
        assert history.grad_norm[0] == pytest.approx(norm, rel=1e-5)
        moves = [a - b for a, b in zip(weights(model), weights(linear()), strict=True)]
        moved = math.sqrt(sum(move.square().sum().item() for move in moves))
        assert moved == pytest.approx(norm if clip in (None, 1e3) else clip, rel=1e-3)


def test_validation_sees_evaluation_mode_without_gradients():
    model, seen = linear(), []

    def validate(model):
        seen.append((model.training, torch.is_grad_enabled()))
        return 1.0

    def watch(model, batch):
        assert model.training
        return loss(model, batch)

    model.eval()
    fit(model, sample, watch, steps=4, every=2, validate=validate)
    assert seen == [(False, False)] * 2
    assert not model.training
    fit(model.train(), sample, watch, steps=1)
    assert model.training


def test_stop_below():
    model = linear()
    history = fit(
        model, sample, loss, steps=1000, lr=0.05, validate=distance, every=10, stop_below=0.5
    )
    step, value = history.validation[-1]
    assert value < 0.5 <= history.validation[-2][1]
    assert len(history.loss) == step < 1000
    assert history.stopped == f"validation fell below 0.5 at step {step}"
    assert distance(model) == value


def test_patience_restores_the_best_weights():
    values = iter([3.0, 2.0, 2.5, 1.0, 1.0, 4.0, 1.5, 0.0])
    kept = []

    def validate(model):
        kept.append(weights(model))
        return next(values)

    model = linear()
    history = fit(
        model, sample, loss, steps=100, lr=0.1, validate=validate, every=5, patience=3, seed=1
    )
    assert [step for step, _ in history.validation] == [5, 10, 15, 20, 25, 30, 35]
    assert same(weights(model), kept[3])
    assert not same(weights(model), kept[-1])
    assert history.stopped == (
        "no better validation after step 20: stopped at step 35, weights of step 20 restored"
    )


def test_history_survives_json():
    history = fit(linear(), sample, loss, steps=4, every=2, validate=distance)
    back = History.from_dict(json.loads(json.dumps(history.to_dict())))
    assert back == history
    assert isinstance(back.validation[0], tuple)


@pytest.mark.parametrize("real", [False, True])
def test_interruption_keeps_what_was_learned(real):
    drawn = 0

    def interrupted(generator):
        nonlocal drawn
        drawn += 1
        if drawn == 8:
            if real:
                signal.raise_signal(signal.SIGINT)
            raise KeyboardInterrupt
        return sample(generator)

    model, seven = linear(), linear()
    rng = torch.get_rng_state()
    history = fit(model.eval(), interrupted, loss, steps=20)
    fit(seven, sample, loss, steps=7)
    assert same(weights(model), weights(seven))
    assert len(history.loss) == 7
    assert history.stopped == "interrupted at step 7 of 20"
    assert history.seconds > 0
    assert not model.training
    assert torch.equal(torch.get_rng_state(), rng)


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_bad_loss_names_the_step_and_what_to_try(bad):
    model, calls = linear(), 0

    def loss_that_breaks(model, batch):
        nonlocal calls
        calls += 1
        return loss(model, batch) * (bad if calls == 5 else 1)

    with pytest.raises(FloatingPointError) as caught:
        fit(model, sample, loss_that_breaks, steps=20, lr=0.1, clip=2.0)
    assert isinstance(caught.value, TrainingDiverged)
    message = str(caught.value)
    assert f"the loss is {bad} at step 5" in message
    assert "smaller lr (now 0.1)" in message
    assert "smaller clip (now 2)" in message
    assert len(caught.value.history.loss) == 4
    four = linear()
    fit(four, sample, loss, steps=4, lr=0.1, clip=2.0)
    assert same(weights(model), weights(four))


def test_bad_gradient_makes_no_update():
    def kink(model, batch):
        # √0 has a finite value and an infinite slope
        return (model.weight - model.weight.detach()).abs().sum().sqrt()

    model = linear()
    with pytest.raises(TrainingDiverged, match=r"the gradient's norm is nan at step 1: .*clip=1"):
        fit(model, sample, kink, steps=3, clip=None)
    assert same(weights(model), weights(linear()))


def test_weights_that_overflow_are_taken_back():
    model = linear()
    with pytest.raises(TrainingDiverged) as caught:
        fit(model, sample, loss, steps=500, lr=3e38, optimizer="sgd", clip=None)
    assert caught.value.history.loss
    assert all(w.isfinite().all() for w in weights(model))


def test_bad_validation():
    with pytest.raises(TrainingDiverged, match="the validation is nan at step 2"):
        fit(linear(), sample, loss, steps=9, every=2, validate=lambda model: math.nan)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"steps": 0}, "steps must be a positive int, got 0"),
        ({"every": 0}, "every must be a positive int, got 0"),
        ({"lr": 0.0}, "lr must be a positive number, got 0.0"),
        ({"lr": math.nan}, "lr must be a positive number, got nan"),
        ({"clip": -1.0}, "clip must be a positive number or None, got -1.0"),
        ({"patience": 0, "validate": distance}, "patience must be a positive int, got 0"),
        ({"patience": 2}, "patience needs validate, got patience=2"),
        ({"stop_below": 0.1}, "stop_below needs validate, got stop_below=0.1"),
        ({"optimizer": "adamw"}, "optimizer must be 'adam', 'sgd' or a function, got 'adamw'"),
    ],
)
def test_bad_arguments_are_named(options, message):
    with pytest.raises(ValueError, match=message):
        fit(linear(), sample, loss, **{"steps": 5, **options})


class Terminal:
    def __init__(self):
        self.written = ""

    def write(self, text):
        self.written += text

    def flush(self):
        pass

    def isatty(self):
        return True


def test_progress_is_for_live_eyes_only(monkeypatch, capsys):
    monkeypatch.delenv("RNNBOOK_PROGRESS_BAR", raising=False)
    fit(linear(), sample, loss, steps=3)  # pytest's stderr is no terminal
    assert capsys.readouterr() == ("", "")

    for options, switch, shown in (
        ({}, None, True),
        ({}, "0", False),
        ({"progress": False}, None, False),
    ):
        if switch is not None:
            monkeypatch.setenv("RNNBOOK_PROGRESS_BAR", switch)
        else:
            monkeypatch.delenv("RNNBOOK_PROGRESS_BAR", raising=False)
        terminal = Terminal()
        monkeypatch.setattr(sys, "stderr", terminal)
        fit(linear(), sample, loss, steps=3, **options)
        assert bool(terminal.written) == shown
        assert "\n" not in terminal.written  # leave=False: nothing stays


def scripted(values, kept):
    """A validation that says these values, and keeps the weights that it saw."""
    values = iter(values)

    def validate(model):
        kept.append(weights(model))
        return next(values)

    return validate


@pytest.mark.parametrize(
    ("values", "options", "best", "stopped"),
    [
        # the steps run out while patience still waits: the best weights are not lost
        ([3, 1, 2, 2], {"patience": 3}, 1, "finished 20 steps, weights of step 10 restored"),
        ([3.0, 2.0, 1.0, 0.5], {"patience": 3}, 3, "finished 20 steps"),
        ([3.0, 1.0, 2.0, 0.5], {"patience": 3}, 3, "finished 20 steps"),
        # without patience, nobody asked for others than the last
        ([3.0, 1.0, 2.0, 2.0], {}, 3, "finished 20 steps"),
        (
            [3.0, 1.0, 2.0, 2.0],
            {"patience": 2},
            1,
            "no better validation after step 10: stopped at step 20, weights of step 10 restored",
        ),
        # below the threshold is better than all before
        (
            [3.0, 4.0, 0.1],
            {"patience": 3, "stop_below": 0.5},
            2,
            "validation fell below 0.5 at step 15",
        ),
    ],
)  # fmt: skip
def test_the_best_weights_however_the_run_ends(values, options, best, stopped):
    model, kept = linear(), []
    history = fit(
        model, sample, loss, steps=20, lr=0.1, every=5, validate=scripted(values, kept), **options
    )
    assert history.stopped == stopped
    assert same(weights(model), kept[best])
    assert len(kept) == len(values)


@pytest.mark.parametrize(
    ("values", "options", "stopped", "best"),
    [
        # the last validation was no better: what came since goes on from worse weights
        ([1, 2], {"patience": 5}, "interrupted at step 12 of 20, weights of step 5 restored", 0),
        # it was the best, or nobody asked: every update is kept
        ([2.0, 1.0], {"patience": 5}, "interrupted at step 12 of 20", None),
        ([1.0, 2.0], {}, "interrupted at step 12 of 20", None),
    ],
)  # fmt: skip
def test_interruption_with_patience(values, options, stopped, best):
    model, twelve, kept, drawn = linear(), linear(), [], 0

    def interrupted(generator):
        nonlocal drawn
        drawn += 1
        if drawn == 13:
            raise KeyboardInterrupt
        return sample(generator)

    validate = scripted(values, kept)
    history = fit(model, interrupted, loss, steps=20, lr=0.1, every=5, validate=validate, **options)
    fit(twelve, sample, loss, steps=12, lr=0.1)
    assert history.stopped == stopped
    assert same(weights(model), weights(twelve) if best is None else kept[best])
    assert len(history.loss) == 12
