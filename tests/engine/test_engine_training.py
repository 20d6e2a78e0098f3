"""The engine trains as the package does, step by step, and learns."""

from __future__ import annotations

from math import log
from typing import Any

import pytest
import torch
from engine_node import one, run_engine
from torch import Tensor, nn

from rnnbook import tasks
from rnnbook.cells import GRUCell, LSTMCell, SimpleCell
from rnnbook.gradients import gradient_norms
from rnnbook.unroll import Recurrent

CELLS = {"simple": SimpleCell, "lstm": LSTMCell, "gru": GRUCell}
CELL_KINDS = list(CELLS)


@pytest.mark.parametrize("kind", CELL_KINDS)
def test_one_step_of_the_trainer(kind):
    """Weights, batch and norms, set beside what the package makes of the same numbers."""
    B, H, length, clip = 6, 5, 9, 0.05
    trainer = {
        "cell": {"kind": kind, "hiddenSize": H},
        "task": {"name": "adding", "length": length},
        "batchSize": B,
        "heldOutSize": 4,
        "clip": clip,
        "optimizer": "sgd",
        "lr": 0.5,
        "seed": 2,
    }
    found = one("step", trainer=trainer, heldOut=3)
    task = tasks.Adding(length)
    torch.manual_seed(0)  # to be overwritten
    layer = Recurrent(CELLS[kind], 2, H).double()
    cell = layer.cell
    readout = nn.Linear(H, 1).double()
    with torch.no_grad():
        for name, parameter in cell.named_parameters():
            parameter.copy_(torch.tensor(found["weights"][name]).reshape(parameter.shape))
        readout.weight.copy_(torch.tensor(found["readout"]["V"]).reshape(1, H))
        readout.bias.copy_(torch.tensor(found["readout"]["b"]))
    x, target, mask = batch_of(found["batch"], length, B, 2)
    batch = tasks.Batch(x, target, mask)

    loss = task.loss(readout(layer(x)[0]), batch)
    loss.backward()
    result = found["result"]
    assert result["loss"] == pytest.approx(loss.item(), rel=1e-5)
    parameters = [*cell.parameters(), *readout.parameters()]
    norm = nn.utils.clip_grad_norm_(parameters, clip).item()
    assert result["gradNorm"] == pytest.approx(norm, rel=1e-4)
    assert result["clipped"] is (norm > clip)
    assert result["clipped"]
    assert not result["diverged"]
    for name, parameter in cell.named_parameters():
        after = torch.tensor(found["after"][name]).double().reshape(parameter.shape)
        assert torch.allclose(after, parameter - 0.5 * parameter.grad, atol=1e-6)

    # The mean over sequences of each one's own gradient: of a sum of losses, so B times the mean's.
    norms = gradient_norms(cell, x, lambda h: B * task.loss(readout(h), batch))
    assert (result["dcNorms"] is None) == (kind != "lstm")
    for name, values in norms.items():
        expected = values.mean(dim=1)
        error = (torch.tensor(result[f"d{name}Norms"]).double() - expected).abs() / expected.max()
        assert error.max() < 1e-4

    shown = found["shown"]
    x, target, mask = batch_of(shown["heldOut"], length, 4, 2)
    for name, whole in (("x", x), ("target", target), ("mask", mask)):
        assert torch.equal(torch.tensor(shown[name]).to(whole), whole[:, 3].flatten())
    with torch.no_grad():
        for name, parameter in cell.named_parameters():
            parameter.copy_(torch.tensor(found["after"][name]).reshape(parameter.shape))
    h = layer(x[:, 3:])[0]
    assert torch.allclose(torch.tensor(shown["h"]).double(), h.flatten(), atol=1e-6)
    assert shown["prediction"] == shown["output"]


RACES = {"adding": tasks.Adding(20), "echo": tasks.DelayedEcho(8)}
OPTIONS = {"adding": {"length": 20}, "echo": {"lag": 8}}


@pytest.mark.parametrize("kind", CELL_KINDS)
@pytest.mark.parametrize("name", RACES)
def test_a_race_is_run_as_torch_runs_it(kind, name):
    """Losses of some updates with Adam, clipped, and the held-out loss after them."""
    B, H, steps = 16, 16, 12
    trainer = {
        "cell": {"kind": kind, "hiddenSize": H},
        "task": {"name": name, **OPTIONS[name]},
        "batchSize": B,
        "heldOutSize": 20,
        "clip": 1,
        "lr": 0.03,
        "seed": 5,
    }
    found = one("follow", trainer=trainer, steps=steps)
    task = RACES[name]
    T, D = found["heldOut"]["T"], task.input_size
    torch.manual_seed(0)  # to be overwritten
    layer, readout = Recurrent(CELLS[kind], D, H).double(), nn.Linear(H, 1).double()
    given = {**dict(layer.cell.named_parameters()), "V": readout.weight}
    given["readoutBias"] = readout.bias
    with torch.no_grad():
        for place, parameter in given.items():
            parameter.copy_(torch.tensor(found["weights"][place]).reshape(parameter.shape))
    parameters = list(given.values())
    optimizer = torch.optim.Adam(parameters, lr=0.03)
    for batch, loss_there in zip(found["batches"], found["losses"], strict=True):
        x, target, mask = batch_of(batch, T, B, D)
        loss = task.loss(readout(layer(x)[0]), tasks.Batch(x, target, mask))
        assert loss_there == pytest.approx(loss.item(), rel=1e-3)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(parameters, 1)
        optimizer.step()
    x, target, mask = batch_of(found["heldOut"], T, 20, D)
    with torch.no_grad():
        loss = task.loss(readout(layer(x)[0]), tasks.Batch(x, target, mask))
    assert found["judged"]["loss"] == pytest.approx(loss.item(), rel=1e-3)


def batch_of(batch: dict[str, Any], T: int, B: int, D: int) -> tuple[Tensor, Tensor, Tensor]:
    x = torch.tensor(batch["x"]).double().reshape(T, B, D)
    target = torch.tensor(batch["target"]).double().reshape(T, B)
    return x, target, torch.tensor(batch["mask"]).reshape(T, B).bool()


CUE = {"name": "cue", "lag": 10}


class TestTraining:
    @pytest.mark.parametrize("kind", CELL_KINDS)
    def test_it_learns_the_cue(self, kind):
        cases = [
            {
                "what": "train",
                "trainer": {"cell": {"kind": kind, "hiddenSize": 16}, "task": CUE, "seed": seed},
                "steps": 600,
                "every": 10,
                "enough": 0.96,
            }
            for seed in (0, 1, 2)
        ]
        for found in run_engine(cases):
            assert found["judged"]["accuracy"] > 0.95
            assert found["judged"]["loss"] < found["baseline"]
            assert found["history"][0]["loss"] == pytest.approx(log(2), abs=0.3)
            assert len(found["history"]) == found["updates"]

    def run(self, steps: int = 3, **options: Any) -> Any:
        trainer = {"cell": {"kind": "lstm", "hiddenSize": 4}, "task": CUE, **options}
        return one("train", trainer=trainer, steps=steps, every=1000, enough=2)

    def test_the_seed_decides(self):
        assert self.run(seed=7) == self.run(seed=7)
        assert self.run(seed=7)["history"] != self.run(seed=8)["history"]

    def test_cells_of_one_seed_see_the_same_data(self):
        batches = [
            one("step", trainer={"cell": {"kind": k, "hiddenSize": h}, "task": CUE, "seed": 3})[
                "batch"
            ]
            for k, h in (("simple", 4), ("lstm", 4), ("gru", 9))
        ]
        assert batches[0] == batches[1] == batches[2]

    def test_a_clamp_closes_the_way_back(self):
        closed = self.run(steps=1, clamps={"f": 0, "o": 0.5}, seed=1)["history"][0]
        assert closed["dcNorms"][-1] > 0
        open_ = self.run(steps=1, clamps={"f": 1, "i": 0}, seed=1)["history"][0]
        # With f = 1 nothing of what arrives at c is lost on the way back.
        assert min(open_["dcNorms"]) > 0.5 * max(open_["dcNorms"])
        assert max(closed["dcNorms"][:-3]) < 0.1 * closed["dcNorms"][-1]

    def test_a_gradient_that_underflows_is_exactly_zero(self):
        options = {"task": {"name": "cue", "lag": 150}, "clamps": {"f": 0.2, "o": 0.01}}
        norms = self.run(steps=1, **options)["history"][0]["dcNorms"]
        assert norms[-1] > 0
        zeros = [norm == 0 for norm in norms]
        assert zeros[0]
        assert zeros == sorted(zeros, reverse=True)  # zero from some step back, and nowhere else

    def test_a_run_that_diverges_keeps_its_last_weights(self):
        found = self.run(
            steps=60,
            cell={"kind": "simple", "hiddenSize": 4, "nonlinearity": "relu"},
            task={"name": "adding", "length": 60},
            optimizer="sgd",
            lr=50,
            clip=None,
        )
        diverged = [result["diverged"] for result in found["history"]]
        assert diverged[-1]
        assert found["updates"] == diverged.index(True)
        assert None not in found["weights"]["U"]  # JSON's word for NaN and infinity

    def test_errors_say_what_was_expected(self):
        trainer = {"cell": {"kind": "gru", "hiddenSize": 2}, "task": CUE}
        cell = {"kind": "gru", "inputSize": 1, "hiddenSize": 2}
        errors = [
            ("Trainer", {**trainer, "optimizer": "rprop"}, "optimizer must be adam or sgd"),
            ("Trainer", {**trainer, "batchSize": 0, "heldOutSize": 0}, "B must be a positive"),
            ("runHeldOut", {"trainer": trainer, "index": 200}, "index must be from 0 to 199"),
            ("Random", -1, "seed must be a whole number of at least 0, got -1"),
            (
                "initialiseCell",
                {"cell": cell, "initialisation": {"recurrent": "zero"}},
                "recurrent must be torch, orthogonal or identity, got zero",
            ),
            (
                "initialiseCell",
                {"cell": cell, "initialisation": {"chrono": 2}},
                "chrono must be a number above 2, got 2",
            ),
        ]
        found = run_engine([{"what": "error", "call": c, "options": o} for c, o, _ in errors])
        for said, (_, _, expected) in zip(found, errors, strict=True):
            assert said.startswith(f"RangeError: {expected}")
