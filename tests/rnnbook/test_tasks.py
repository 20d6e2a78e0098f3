"""Samples obey each task's definition; baselines are what the samples show."""

import dataclasses
from math import log, sqrt

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnbook import tasks

SIZES = st.integers(1, 25)
SEEDS = st.integers(0, 2**32)
ALL = [
    tasks.Cue(lag=5),
    tasks.ThreeSigns(lag=5),
    tasks.MarkedBit(length=5, never=(1,)),
    tasks.FirstSign(length=6),
    tasks.MemoryKeys(length=7),
    tasks.Adding(length=7),
    tasks.CopyMemory(length=4, symbols=3),
    tasks.TemporalOrder(length=10),
    tasks.DelayedEcho(lag=3, echoes=4),
    tasks.RunningParity(length=6),
]
CLASSIFICATIONS = [task for task in ALL if isinstance(task, tasks.Classification)]


def name(task: tasks.Task) -> str:
    return type(task).__name__


def draw(task: tasks.Task, batch_size: int, seed: int = 0) -> tasks.Batch:
    return task.sample(batch_size, torch.Generator().manual_seed(seed))


def perfect_output(task: tasks.Task, batch: tasks.Batch) -> torch.Tensor:
    if isinstance(task, tasks.BinaryTask):
        return 100 * (2 * batch.target - 1).unsqueeze(-1)
    if isinstance(task, tasks.Classification):
        return 100 * torch.nn.functional.one_hot(batch.target, task.output_size).float()
    return batch.target.unsqueeze(-1).clone()


def test_every_task_is_here():
    assert {type(task) for task in ALL} == set(tasks.TASKS)


@pytest.mark.parametrize("task", ALL, ids=name)
class TestProtocol:
    def test_shapes(self, task):
        x, target, mask = draw(task, 3)
        assert x.shape == (task.steps, 3, task.input_size)
        assert x.dtype == torch.get_default_dtype()
        assert target.shape == mask.shape == (task.steps, 3)
        assert mask.dtype == torch.bool

    def test_the_seed_decides(self, task):
        for one, same in zip(draw(task, 4, seed=5), draw(task, 4, seed=5), strict=True):
            assert torch.equal(one, same)
        assert not torch.equal(draw(task, 40, seed=5).x, draw(task, 40, seed=6).x)

    def test_the_global_generator_is_left_alone(self, task):
        before = torch.get_rng_state()
        draw(task, 3)
        assert torch.equal(torch.get_rng_state(), before)

    def test_perfect_answers_have_no_loss(self, task):
        batch = draw(task, 5)
        output = perfect_output(task, batch)
        output[~batch.mask] = 17.0  # what does not count
        assert task.loss(output, batch) < 1e-6
        if isinstance(task, tasks.Classification):
            assert task.accuracy(output, batch) == 1
            assert task.accuracy(-output, batch) < 1

    def test_loss_reaches_the_output(self, task):
        batch = draw(task, 5)
        shape = (*batch.target.shape, task.output_size)
        output = torch.randn(shape, generator=torch.Generator().manual_seed(1)).requires_grad_()
        (gradient,) = torch.autograd.grad(task.loss(output, batch), output)
        assert torch.equal(gradient.abs().sum(dim=-1) > 0, batch.mask)

    def test_wrong_output_shape(self, task):
        batch = draw(task, 2)
        with pytest.raises(ValueError, match=r"output must have shape \(T, B, output_size\) = .*"):
            task.loss(torch.zeros(2, task.steps, task.output_size + 1), batch)

    def test_frozen(self, task):
        with pytest.raises(dataclasses.FrozenInstanceError):
            task.length = 3

    def test_names_its_unit(self, task):
        assert "(" in task.metric

    @pytest.mark.parametrize("size", [0, -1, 2.0, True])
    def test_bad_batch_size(self, task, size):
        with pytest.raises(ValueError, match="batch_size must be"):
            task.sample(size, torch.Generator())


@pytest.mark.parametrize("task", CLASSIFICATIONS, ids=name)
def test_target_distribution_is_that_of_samples(task):
    n = 20_000
    batch = draw(task, n)
    expected = task.target_distribution()
    counted = batch.mask.all(dim=1)
    assert torch.equal(counted, batch.mask.any(dim=1))  # the same steps in every sequence
    targets = batch.target[counted].long()
    found = torch.nn.functional.one_hot(targets, expected.shape[1]).double().mean(dim=1)
    error = (expected * (1 - expected) / n).sqrt()
    assert torch.all((found - expected).abs() <= 5 * error)
    assert torch.allclose(expected.sum(dim=1), torch.ones(len(expected), dtype=torch.float64))


@pytest.mark.parametrize("task", CLASSIFICATIONS, ids=name)
def test_baseline_is_the_loss_of_the_best_blind_answer(task):
    n = 20_000
    batch = draw(task, n)
    counted = batch.mask.all(dim=1)

    def blind(p):
        """Answers with frequencies (steps that count, classes), whatever was read."""
        p = p.float()
        scores = (
            p.logit()[:, 1:] if isinstance(task, tasks.BinaryTask) else p.clamp_min(1e-30).log()
        )
        output = torch.zeros(task.steps, n, task.output_size)
        output[counted] = scores.unsqueeze(1).expand(-1, n, -1)
        return output

    expected = task.target_distribution()
    loss = task.loss(blind(expected), batch).item()
    assert loss == pytest.approx(task.baseline(), abs=0.01 * task.baseline())
    # A sample's best answer is its own frequencies. They are near the expected ones, and another
    # answer may by chance be nearer: that one loses less than the expected, but more than the best.
    targets = batch.target[counted].long()
    found = torch.nn.functional.one_hot(targets, expected.shape[1]).double().mean(dim=1)
    best = blind(found)
    noise = torch.randn(task.steps, 1, task.output_size, generator=torch.Generator().manual_seed(1))
    assert task.loss(best, batch).item() == pytest.approx(loss, rel=1e-3)
    assert task.loss(best + 0.5 * noise, batch).item() > task.loss(best, batch).item()


def test_adding_baseline_is_the_variance_of_samples():
    n = 100_000
    batch = draw(tasks.Adding(4), n)
    sums = batch.target[-1].double()
    squares = (sums - sums.mean()).square()
    error = squares.std().item() / sqrt(n)
    assert abs(squares.mean().item() - tasks.Adding(4).baseline()) <= 5 * error
    best = torch.full((4, n, 1), sums.mean().item())
    assert tasks.Adding(4).loss(best, batch).item() == pytest.approx(1 / 6, abs=5 * error)


def test_published_baselines():
    assert tasks.Adding(50).baseline() == pytest.approx(1 / 6)
    assert tasks.Cue(20).baseline() == pytest.approx(log(2))
    assert tasks.ThreeSigns(20).baseline() == pytest.approx(log(8))
    assert tasks.TemporalOrder(50).baseline() == pytest.approx(log(4))
    # Tallec & Ollivier (2018): 10 log 8 / (T + 20)
    assert tasks.CopyMemory(1000, 10).baseline() == pytest.approx(10 * log(8) / 1020)
    assert tasks.CopyMemory(30, 5).baseline() == pytest.approx(0.2599, abs=5e-5)


@given(lag=SIZES, seed=SEEDS)
def test_cue(lag, seed):
    x, target, mask = draw(tasks.Cue(lag, noise=0.0), 6, seed)
    assert torch.equal(x[0, :, 0], 2 * target[-1] - 1)
    assert torch.all(x[1:] == 0)
    assert torch.equal(mask, torch.arange(lag + 1)[:, None].expand(-1, 6) == lag)


def test_cue_noise():
    x = draw(tasks.Cue(10, noise=0.3), 5000).x
    assert x[0].abs().eq(1).all()
    assert x[1:].std().item() == pytest.approx(0.3, rel=0.02)
    assert x[1:].mean().item() == pytest.approx(0, abs=0.01)


@given(lag=SIZES, seed=SEEDS)
def test_three_signs(lag, seed):
    x, target, mask = draw(tasks.ThreeSigns(lag, noise=0.0), 6, seed)
    assert torch.equal((x[0] > 0).long() @ torch.tensor([1, 2, 4]), target[-1])
    assert x[0].abs().eq(1).all()
    assert torch.all(x[1:] == 0)
    assert torch.equal(mask, torch.arange(lag + 1)[:, None].expand(-1, 6) == lag)


def test_three_signs_are_independent_and_noisy():
    x, target, _ = draw(tasks.ThreeSigns(10, noise=0.3), 8000)
    assert torch.bincount(target[-1], minlength=8) == pytest.approx(1000, abs=150)
    assert x[1:].std(dim=(0, 1)) == pytest.approx(0.3, rel=0.03)


@given(length=st.integers(1, 20), seed=SEEDS)
def test_marked_bit(length, seed):
    x, target, mask = draw(tasks.MarkedBit(length), 6, seed)
    bits, marks = x.unbind(-1)
    assert marks.sum(dim=0).eq(1).all()
    assert torch.equal(target[-1], bits[marks == 1][marks.nonzero()[:, 1].argsort()])
    assert torch.equal(mask, torch.arange(length)[:, None].expand(-1, 6) == length - 1)


def test_marked_bit_bears_each_lag_but_those_that_are_never_shown():
    x, _, _ = draw(tasks.MarkedBit(6, never=(0, 4)), 8000)
    lags = 5 - x[..., 1].argmax(dim=0)
    assert torch.bincount(lags).tolist() == pytest.approx([0, 2000, 2000, 2000, 0, 2000], abs=200)


@given(length=st.integers(2, 30), seed=SEEDS)
def test_adding(length, seed):
    x, target, mask = draw(tasks.Adding(length), 6, seed)
    numbers, markers = x.unbind(-1)
    assert numbers.min() >= 0
    assert numbers.max() <= 1
    assert markers[: length // 2].sum(dim=0).eq(1).all()
    assert markers[length // 2 :].sum(dim=0).eq(1).all()
    assert torch.allclose(target[-1], (numbers * markers).sum(dim=0))
    assert mask[-1].all()
    assert not mask[:-1].any()


def test_adding_marks_every_step_of_each_half():
    markers = draw(tasks.Adding(5), 500).x[..., 1]
    assert markers.sum(dim=1).gt(0).all()


@given(length=SIZES, symbols=st.integers(1, 12), seed=SEEDS)
def test_copy_memory(length, symbols, seed):
    x, target, mask = draw(tasks.CopyMemory(length, symbols), 6, seed)
    read = x.argmax(dim=-1)
    assert torch.equal(x.sum(dim=-1), torch.ones_like(read, dtype=x.dtype))
    assert len(read) == length + 2 * symbols
    shown = read[:symbols]
    assert shown.min() >= 1
    assert shown.max() <= 8
    assert read[symbols : symbols + length - 1].eq(0).all()
    assert read[symbols + length - 1].eq(9).all()
    assert read[symbols + length :].eq(0).all()
    assert target[: symbols + length].eq(0).all()
    assert torch.equal(target[symbols + length :], shown)
    assert mask.all()


@given(length=st.integers(10, 60), seed=SEEDS)
def test_temporal_order(length, seed):
    x, target, mask = draw(tasks.TemporalOrder(length), 6, seed)
    read = x.argmax(dim=-1)
    for b in range(6):
        first, second = torch.nonzero(read[:, b] < 2).flatten().tolist()
        assert length // 10 <= first <= 2 * length // 10
        assert 4 * length // 10 <= second <= 5 * length // 10
        assert target[-1, b] == 2 * read[first, b] + read[second, b]
    assert mask[-1].all()
    assert not mask[:-1].any()


@given(lag=SIZES, echoes=SIZES, seed=SEEDS)
def test_delayed_echo(lag, echoes, seed):
    x, target, mask = draw(tasks.DelayedEcho(lag, echoes), 6, seed)
    assert len(x) == lag + echoes
    for t in range(lag + echoes):
        assert mask[t].eq(t >= lag).all()
        if t >= lag:
            assert torch.equal(target[t], x[t - lag, :, 0])


@given(length=SIZES, seed=SEEDS)
def test_running_parity(length, seed):
    x, target, mask = draw(tasks.RunningParity(length), 6, seed)
    odd = torch.zeros(6, dtype=torch.bool)
    for bit, answer in zip(x[..., 0], target, strict=True):
        odd = odd ^ (bit == 1)
        assert torch.equal(answer == 1, odd)
    assert mask.all()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: tasks.Cue(0), "lag must be a positive int, got 0"),
        (lambda: tasks.Cue(2.0), "lag must be a positive int, got 2.0"),
        (lambda: tasks.Cue(2, noise=-1), "noise must be a number of at least 0, got -1"),
        (lambda: tasks.Cue(2, noise=float("nan")), "noise must be a number of at least 0, got nan"),
        (lambda: tasks.ThreeSigns(0), "lag must be a positive int, got 0"),
        (lambda: tasks.ThreeSigns(2, -1), "noise must be a number of at least 0, got -1"),
        (lambda: tasks.Adding(1), "length must be an int of at least 2, got 1"),
        (lambda: tasks.CopyMemory(0), "length must be a positive int, got 0"),
        (lambda: tasks.CopyMemory(3, symbols=-2), "symbols must be a positive int, got -2"),
        (lambda: tasks.TemporalOrder(9), "length must be an int of at least 10, got 9"),
        (lambda: tasks.DelayedEcho(0), "lag must be a positive int, got 0"),
        (lambda: tasks.DelayedEcho(1, echoes=0), "echoes must be a positive int, got 0"),
        (lambda: tasks.MarkedBit(2, never=(0, 1)), "never must leave a lag"),
        (lambda: tasks.RunningParity("3"), "length must be a positive int, got '3'"),
    ],
)
def test_bad_parameters_are_named(make, message):
    with pytest.raises(ValueError, match=message):
        make()


@settings(deadline=None, max_examples=10)
@given(task=st.sampled_from(CLASSIFICATIONS), seed=SEEDS)
def test_accuracy_counts_right_answers(task, seed):
    batch = draw(task, 8, seed)
    output = torch.randn(
        task.steps, 8, task.output_size, generator=torch.Generator().manual_seed(1)
    )
    right = [
        (output[t, b, 0] > 0) == batch.target[t, b]
        if isinstance(task, tasks.BinaryTask)
        else output[t, b].argmax() == batch.target[t, b]
        for t in range(task.steps)
        for b in range(8)
        if batch.mask[t, b]
    ]
    assert task.accuracy(output, batch) == pytest.approx(sum(map(int, right)) / len(right))
