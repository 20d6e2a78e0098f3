"""The JavaScript engine computes what torch computes in float64: states, losses, gradients."""

from __future__ import annotations

import random
import re
from typing import Any

import pytest
import torch
from engine_node import run_engine
from torch import Tensor, nn

from rnnbook.cells import GRUCell, LSTMCell, SimpleCell
from rnnbook.cells.base import Cell
from rnnbook.unroll import Recurrent

VARIANTS: dict[str, tuple[type[Cell], dict[str, Any], dict[str, Any]]] = {
    "tanh": (SimpleCell, {}, {"kind": "simple"}),
    "relu": (SimpleCell, {"nonlinearity": "relu"}, {"kind": "simple", "nonlinearity": "relu"}),
    "lstm": (LSTMCell, {}, {"kind": "lstm"}),
    "gru": (GRUCell, {}, {"kind": "gru"}),
    "gru-before": (GRUCell, {"reset_after": False}, {"kind": "gru", "resetAfter": False}),
}
# T, B, H, D: ones in each place, sizes on and off the kernels' tiles, and the benchmark's.
EDGES = [
    (1, 1, 1, 1),
    (1, 3, 4, 2),
    (6, 1, 5, 3),
    (7, 2, 1, 4),
    (5, 4, 8, 1),
    (3, 5, 4, 6),
    (50, 16, 16, 2),
]
DRAW = random.Random(0)
DRAWN = [tuple(DRAW.randint(1, most) for most in (14, 7, 11, 9)) for _ in range(8)]
LOSSES = {
    "meanSquaredError": nn.functional.mse_loss,
    "binaryCrossEntropy": nn.functional.binary_cross_entropy_with_logits,
    "crossEntropy": nn.functional.cross_entropy,
}


def drawn(*shape: int, generator: torch.Generator, scale: float = 1.0) -> Tensor:
    """Normal numbers that float32 holds exactly, as float64."""
    return (scale * torch.randn(shape, generator=generator)).double()


class Network:
    """One case: weights, data and options; what torch makes of it, and how the engine is told."""

    def __init__(self, variant: str, size: tuple[int, ...], index: int) -> None:
        generator = torch.Generator().manual_seed(index)
        self.variant, self.size, (T, B, H, D) = variant, size, size
        cell_class, options, self.js = VARIANTS[variant]
        self.layer = Recurrent(cell_class, D, H, **options).double()
        self.loss = list(LOSSES)[index % 3]
        O = 4 if self.loss == "crossEntropy" else 1
        self.readout = nn.Linear(H, O).double()
        with torch.no_grad():
            for parameter in [*self.layer.parameters(), *self.readout.parameters()]:
                # not too large, as errors would grow like gradients do
                parameter.copy_(drawn(*parameter.shape, generator=generator, scale=H**-0.5))
        self.x = drawn(T, B, D, generator=generator)
        self.target = torch.randint(4, (T, B), generator=generator)
        if self.loss == "binaryCrossEntropy":
            self.target = self.target // 2
        self.mask = torch.rand(T, B, generator=generator) < 0.6
        self.mask[-1, 0] = True
        cell = self.layer.cell
        self.start = {}
        if index % 2:
            self.start = {name: drawn(B, H, generator=generator) for name in cell.State._fields}
        self.clamps: dict[str, Any] = {}
        if cell.gates and index % 4 >= 2:
            names = DRAW.sample(list(cell.gates), DRAW.randint(1, 2))
            self.clamps = {name: torch.rand(H, generator=generator).double() for name in names}
            self.clamps[names[0]] = 0.75
        self.dc = drawn(T, B, H, generator=generator) if "c" in cell.State._fields else None

    def for_engine(self) -> dict[str, Any]:
        T, B, H, D = self.size
        return {
            "what": "network",
            "cell": {**self.js, "inputSize": D, "hiddenSize": H},
            "weights": {n: p.tolist() for n, p in self.layer.cell.named_parameters()},
            "readout": {"V": self.readout.weight.tolist(), "b": self.readout.bias.tolist()},
            "x": self.x.tolist(),
            "T": T,
            "B": B,
            "start": {name: value.tolist() for name, value in self.start.items()},
            "clamps": {n: torch.as_tensor(v).tolist() for n, v in self.clamps.items()},
            "loss": self.loss,
            "target": self.target.tolist(),
            "mask": self.mask.int().tolist(),
            "dc": None if self.dc is None else self.dc.tolist(),
        }

    def in_torch(self) -> dict[str, dict[str, Tensor]]:
        cell = self.layer.cell
        T, B, H, _ = self.size
        x = self.x.clone().requires_grad_()
        zeros = torch.zeros(B, H, dtype=torch.float64)
        names = cell.State._fields
        start = cell.State(*(self.start.get(n, zeros).clone().requires_grad_() for n in names))
        states, state = [], start
        with self.layer.clamp(**self.clamps):
            for projected_t in cell.project(x):
                state = cell.step(projected_t, state)
                states.append(state)
            trace = self.layer.trace(
                x, tuple(s[None] for s in start) if len(start) > 1 else start.h[None]
            )
        output = self.readout(torch.stack([s.h for s in states]))
        scores, targets = output[self.mask], self.target[self.mask]
        if self.loss != "crossEntropy":
            scores, targets = scores.squeeze(-1), targets.double()
        loss = LOSSES[self.loss](scores, targets)
        total = loss
        if self.dc is not None:
            total = loss + (self.dc * torch.stack([s.c for s in states])).sum()
        wanted = {
            **dict(cell.named_parameters()),
            "V": self.readout.weight,
            "readoutBias": self.readout.bias,
            "dOutput": output,
            "dx": x,
            **{f"d{n}0": getattr(start, n) for n in names},
            **{(n, t): getattr(s, n) for n in names for t, s in enumerate(states)},
        }
        found = torch.autograd.grad(
            total, list(wanted.values()), allow_unused=True, materialize_grads=True
        )
        gradients: dict[Any, Tensor] = dict(zip(wanted, found, strict=True))
        for n in names:
            gradients[f"d{n}Steps"] = torch.stack([gradients.pop((n, t)) for t in range(T)])
        outputs = {n: getattr(trace, n) for n in [*cell.gates, *names]}
        return {
            "outputs": {**outputs, "output": output, "loss": loss[None]},
            "gradients": gradients,
        }


NETWORKS = [
    Network(variant, size, index)
    for size_index, size in enumerate([*EDGES, *DRAWN])
    for index, variant in enumerate(VARIANTS, start=7 * size_index)
]


def identity(network: Network) -> str:
    options = ["clamped"] * bool(network.clamps) + ["started"] * bool(network.start)
    return "-".join([network.variant, *map(str, network.size), network.loss[:6], *options])


@pytest.fixture(scope="module")
def engine() -> dict[str, Any]:
    results = run_engine([network.for_engine() for network in NETWORKS])
    return {identity(n): result for n, result in zip(NETWORKS, results, strict=True)}


def error(found: list[float], expected: Tensor) -> float:
    """max|a − b| / max|b|; a tensor that is zero must be found so."""
    a, b = torch.tensor(found, dtype=torch.float64), expected.detach().flatten()
    assert a.shape == b.shape
    scale = b.abs().max()
    return ((a - b).abs().max() / scale).item() if scale else a.abs().max().item()


@pytest.mark.parametrize("network", NETWORKS, ids=identity)
def test_the_engine_computes_what_torch_computes(network, engine):
    found, expected = engine[identity(network)], network.in_torch()
    for kind, tolerance in (("outputs", 1e-5), ("gradients", 1e-4)):
        assert found[kind].keys() == expected[kind].keys()
        errors = {n: error(found[kind][n], expected[kind][n]) for n in expected[kind]}
        assert {n: e for n, e in errors.items() if not e <= tolerance} == {}


def test_every_option_is_met():
    assert len({identity(n) for n in NETWORKS}) == len(NETWORKS)
    seen = {(n.variant, n.loss) for n in NETWORKS}
    assert seen == {(variant, loss) for variant in VARIANTS for loss in LOSSES}
    for variant in ("lstm", "gru", "gru-before"):
        gates = {g for n in NETWORKS if n.variant == variant for g in n.clamps}
        assert gates == set(VARIANTS[variant][0].gates)
        assert {bool(n.start) for n in NETWORKS if n.variant == variant} == {True, False}


TORCH_MODULES = {
    "tanh": lambda D, H: nn.RNN(D, H),
    "relu": lambda D, H: nn.RNN(D, H, nonlinearity="relu"),
    "lstm": lambda D, H: nn.LSTM(D, H),
    "gru": lambda D, H: nn.GRU(D, H),
}


@pytest.mark.parametrize("variant", TORCH_MODULES)
def test_weights_of_torch_nn(variant):
    """No cell of ours between; both biases summed, but for what a GRU's reset gate meets."""
    T, B, H, D = 9, 3, 6, 2
    torch.manual_seed(1)
    module, readout = TORCH_MODULES[variant](D, H).double(), nn.Linear(H, 1).double()
    x = torch.randn(T, B, D).double().requires_grad_()
    W, U, b, b_U = (p.detach() for p in module.parameters())
    weights = {"W": W, "U": U, "b": b + b_U}
    if variant == "gru":
        b_n = torch.cat([b_U[: 2 * H], torch.zeros(H, dtype=b_U.dtype)])
        weights |= {"b": b + b_n, "b_U": b_U[2 * H :]}
    case = {
        "what": "network",
        "cell": {**VARIANTS[variant][2], "inputSize": D, "hiddenSize": H},
        "weights": {name: value.tolist() for name, value in weights.items()},
        "readout": {"V": readout.weight.tolist(), "b": readout.bias.tolist()},
        "x": x.tolist(),
        "T": T,
        "B": B,
        "loss": "meanSquaredError",
        "target": [[1.0] * B] * T,
        "mask": [[1] * B] * T,
    }
    (found,) = run_engine([case])
    h = module(x)[0]
    loss = (readout(h) - 1).square().mean()
    loss.backward()
    assert error(found["outputs"]["h"], h) <= 1e-5
    assert error(found["outputs"]["loss"], loss[None]) <= 1e-5
    dW, dU, db, db_U = (p.grad for p in module.parameters())
    expected = {"W": dW, "U": dU, "b": db, "dx": x.grad, "V": readout.weight.grad}
    if variant == "gru":
        expected["b_U"] = db_U[2 * H :]
    for name, gradient in expected.items():
        assert error(found["gradients"][name], gradient) <= 1e-4


def test_clamped_gates_pass_no_gradient(engine):
    checked = 0
    for network in NETWORKS:
        for gate in network.clamps:
            H = network.size[2]
            at = network.layer.cell.gates.index(gate) * H
            db = engine[identity(network)]["gradients"]["b"][at : at + H]
            assert db == [0.0] * H
            checked += 1
    assert checked > 10


SIMPLE = {"kind": "simple", "inputSize": 1, "hiddenSize": 2}
LSTM = {"kind": "lstm", "inputSize": 1, "hiddenSize": 2}


ERRORS = [
    ("createCell", {**LSTM, "kind": "elman"}, "kind must be simple, lstm or gru, got elman"),
    ("createCell", {**LSTM, "kind": "toString"}, "kind must be .* got toString"),
    ("createCell", {**LSTM, "hiddenSize": 0}, "hiddenSize must be a positive whole number"),
    ("createCell", {**SIMPLE, "nonlinearity": "relu6"}, "nonlinearity must be tanh or relu"),
    ("forward", {"cell": LSTM, "length": 5, "T": 2, "B": 3}, "x must have 6 numbers"),
    (
        "forward",
        {"cell": LSTM, "length": 2, "T": 2, "B": 1, "clamps": {"z": 1}},
        r"clamps must name gates \(i, f, g, o\), got z",
    ),
    (
        "forward",
        {"cell": SIMPLE, "length": 2, "T": 2, "B": 1, "clamps": {"h": 1}},
        r"clamps must name gates \(none\), got h",
    ),
    (
        "forward",
        {"cell": LSTM, "length": 2, "T": 2, "B": 1, "clamps": {"f": [1, 1, 1]}},
        "clamps.f must have 2 numbers",
    ),
    (
        "forward",
        {"cell": LSTM, "length": 2, "T": 2, "B": 1, "h0": [1]},
        r"h0 must have 2 numbers, \(B, H\); got 1",
    ),
    (
        "forward",
        {"cell": SIMPLE, "length": 2, "T": 2, "B": 1, "c0": [1, 1]},
        "c0 is given, but a cell of kind simple has no c",
    ),
    ("backward", {"cell": LSTM, "length": 3}, "dh must have 4 numbers"),
    ("backward", {"cell": SIMPLE, "length": 4, "dc": [1] * 4}, "dc is given, but a cell of"),
    ("load", {"cell": SIMPLE, "weights": {"W": [[1], [1]]}}, "weights must have U, got none"),
    (
        "load",
        {"cell": SIMPLE, "weights": {"W": [[1, 2], [1, 2]]}},
        "W must have 2 numbers, the parameter's size; got 4",
    ),
]


def test_errors_say_what_was_expected():
    found = run_engine([{"what": "error", "call": c, "options": o} for c, o, _ in ERRORS])
    for said, (_, _, expected) in zip(found, ERRORS, strict=True):
        assert re.match(f"RangeError: {expected}", said)
