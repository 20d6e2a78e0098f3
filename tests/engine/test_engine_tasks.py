"""The engine's tasks are those of `rnnbook.tasks`: the same rules, losses and baselines."""

from __future__ import annotations

from math import sqrt
from typing import Any

import pytest
import torch
from engine_node import run_engine
from torch import Tensor

from rnnbook import tasks

N = 1000
SAME: dict[str, tuple[tasks.Task, dict[str, Any]]] = {
    "cue": (tasks.Cue(lag=6, noise=0.3), {"name": "cue", "lag": 6, "noise": 0.3}),
    "cue-short": (tasks.Cue(lag=1), {"name": "cue", "lag": 1}),
    "adding": (tasks.Adding(length=7), {"name": "adding", "length": 7}),
    "adding-short": (tasks.Adding(length=2), {"name": "adding", "length": 2}),
    "copy": (tasks.CopyMemory(length=4, symbols=3), {"name": "copy", "length": 4, "symbols": 3}),
    "copy-short": (
        tasks.CopyMemory(length=1, symbols=1),
        {"name": "copy", "length": 1, "symbols": 1},
    ),
    "echo": (tasks.DelayedEcho(lag=3, echoes=5), {"name": "echo", "lag": 3, "echoes": 5}),
    "echo-late": (tasks.DelayedEcho(lag=4, echoes=2), {"name": "echo", "lag": 4, "echoes": 2}),
    "order": (tasks.TemporalOrder(length=23), {"name": "order", "length": 23}),
    "order-short": (tasks.TemporalOrder(length=10), {"name": "order", "length": 10}),
}


class Drawn:
    """What the engine drew of one task, beside the Python task."""

    def __init__(self, task: tasks.Task, found: dict[str, Any]) -> None:
        T, B = task.steps, N
        self.task, self.found = task, found
        batch = found["batch"]
        self.x = torch.tensor(batch["x"]).reshape(T, B, task.input_size)
        self.target = torch.tensor(batch["target"]).float().reshape(T, B)
        self.mask = torch.tensor(batch["mask"]).reshape(T, B).bool()
        self.output = torch.tensor(found["output"]).reshape(T, B, task.output_size)

    def batch(self) -> tasks.Batch:
        classes = isinstance(self.task, tasks.Classification) and self.task.output_size > 1
        return tasks.Batch(self.x, self.target.long() if classes else self.target, self.mask)


@pytest.fixture(scope="module")
def engine() -> dict[str, Drawn]:
    cases = [{"what": "task", "task": js, "B": N, "seed": 5} for _, js in SAME.values()]
    results = zip(SAME.items(), run_engine(cases), strict=True)
    return {name: Drawn(task, found) for (name, (task, _)), found in results}


@pytest.fixture(params=SAME)
def drawn(request, engine) -> Drawn:
    return engine[request.param]


def test_the_same_sizes(drawn):
    task, found = drawn.task, drawn.found
    assert (found["inputSize"], found["outputSize"]) == (task.input_size, task.output_size)
    assert found["steps"] == task.steps
    assert found["metric"] == task.metric
    assert found["baseline"] == pytest.approx(task.baseline(), rel=1e-12)


def test_the_same_steps_count(drawn):
    assert torch.equal(drawn.mask, drawn.task.sample(N, torch.Generator()).mask)


def test_the_same_loss_and_gradient(drawn):
    output = drawn.output.double().requires_grad_()
    batch = drawn.batch()
    loss = drawn.task.loss(output, batch._replace(target=to_double(batch.target)))
    loss.backward()
    assert drawn.found["loss"] == pytest.approx(loss.item(), rel=1e-6)
    dOutput = torch.tensor(drawn.found["dOutput"]).reshape(output.shape).double()
    assert (dOutput - output.grad).abs().max() <= 1e-6 * output.grad.abs().max()


def to_double(target: Tensor) -> Tensor:
    return target.double() if target.is_floating_point() else target


def test_the_same_accuracy(drawn):
    if not isinstance(drawn.task, tasks.Classification):
        assert drawn.found["accuracy"] is None
        return
    accuracy = drawn.task.accuracy(drawn.output, drawn.batch())
    assert drawn.found["accuracy"] == pytest.approx(accuracy, abs=1e-12)
    predictions = torch.tensor(drawn.found["predictions"]).reshape(drawn.target.shape)
    right = (predictions == drawn.target)[drawn.mask].double().mean().item()
    assert right == pytest.approx(accuracy, abs=1e-12)
    if isinstance(drawn.task, tasks.BinaryTask):
        probabilities = torch.tensor(drawn.found["probabilities"]).reshape(drawn.output.shape)
        assert torch.allclose(probabilities, drawn.output.sigmoid(), atol=1e-6)


def as_likely(values: Tensor, low: int, high: int) -> None:
    """Whole numbers from low to high, each as often as the others to within 5 standard errors."""
    count = high - low + 1
    found = torch.bincount(values.long().flatten() - low, minlength=count).double()
    assert len(found) == count
    n, p = values.numel(), 1 / count
    assert ((found / n - p).abs() <= 5 * sqrt(p * (1 - p) / n)).all()


@pytest.mark.parametrize("name", ["cue", "cue-short"])
def test_cue(engine, name):
    drawn = engine[name]
    sign = drawn.x[0, :, 0]
    assert set(sign.tolist()) == {-1.0, 1.0}
    as_likely((sign + 1) / 2, 0, 1)
    assert torch.equal(drawn.target[-1], (sign + 1) / 2)
    noise = drawn.x[1:]
    n, scale = noise.numel(), drawn.task.noise
    assert abs(noise.mean()) < 5 * scale / sqrt(n)
    assert noise.std().item() == pytest.approx(scale, rel=5 / sqrt(2 * n))


@pytest.mark.parametrize("name", ["adding", "adding-short"])
def test_adding(engine, name):
    drawn = engine[name]
    numbers, markers = drawn.x.unbind(-1)
    T, half = drawn.task.length, drawn.task.length // 2
    assert torch.equal(markers[:half].sum(dim=0), torch.ones(N))
    assert torch.equal(markers[half:].sum(dim=0), torch.ones(N))
    as_likely(markers[:half].argmax(dim=0), 0, half - 1)
    as_likely(markers[half:].argmax(dim=0), 0, T - half - 1)
    assert torch.allclose(drawn.target[-1], (numbers * markers).sum(dim=0), rtol=1e-6)
    assert 0 <= numbers.min() < 0.01
    assert 0.99 < numbers.max() < 1
    assert numbers.mean().item() == pytest.approx(0.5, abs=5 / sqrt(12 * numbers.numel()))


@pytest.mark.parametrize("name", ["copy", "copy-short"])
def test_copy(engine, name):
    drawn = engine[name]
    K, read = drawn.task.symbols, drawn.x.argmax(dim=-1)
    assert torch.equal(drawn.x.sum(dim=-1), torch.ones(drawn.target.shape))
    as_likely(read[:K], 1, 8)
    assert torch.equal(read[-K - 1], torch.full((N,), 9))
    blank = torch.cat([read[K : -K - 1], read[-K:]])
    assert not blank.any()
    assert torch.equal(drawn.target[-K:], read[:K].float())
    assert not drawn.target[:-K].any()


@pytest.mark.parametrize("name", ["echo", "echo-late"])
def test_echo(engine, name):
    drawn = engine[name]
    bits, lag = drawn.x[..., 0], drawn.task.lag
    as_likely(bits, 0, 1)
    assert torch.equal(drawn.target[lag:], bits[:-lag])
    assert not drawn.target[:lag].any()


@pytest.mark.parametrize("name", ["order", "order-short"])
def test_order(engine, name):
    drawn = engine[name]
    T, read = drawn.task.length, drawn.x.argmax(dim=-1)
    assert torch.equal(drawn.x.sum(dim=-1), torch.ones(drawn.target.shape))
    is_symbol = read < 2
    assert torch.equal(is_symbol.sum(dim=0), torch.full((N,), 2))
    first = is_symbol.int().argmax(dim=0)
    second = T - 1 - is_symbol.int().flip(0).argmax(dim=0)
    as_likely(first, T // 10, 2 * T // 10)
    as_likely(second, 4 * T // 10, 5 * T // 10)
    shown = [read.gather(0, place[None])[0] for place in (first, second)]
    assert torch.equal(drawn.target[-1], (2 * shown[0] + shown[1]).float())
    as_likely(drawn.target[-1], 0, 3)
    as_likely(read[~is_symbol], 2, 5)


ERRORS = [
    ({"name": "parity"}, "name must be one of cue, adding, copy, echo, order, got parity"),
    ({"name": "cue", "lag": 0}, "lag must be a positive whole number, got 0"),
    ({"name": "cue", "noise": -1}, "noise must be a number of at least 0, got -1"),
    ({"name": "adding", "length": 1}, "length must be a whole number of at least 2, got 1"),
    ({"name": "order", "length": 9}, "length must be a whole number of at least 10, got 9"),
    ({"name": "copy", "symbols": 1.5}, "symbols must be a positive whole number, got 1.5"),
    ({"name": "echo", "echoes": 0}, "echoes must be a positive whole number, got 0"),
]


def test_errors_say_what_was_expected():
    cases = [{"what": "error", "call": "createTask", "options": o} for o, _ in ERRORS]
    assert run_engine(cases) == [f"RangeError: {message}" for _, message in ERRORS]
