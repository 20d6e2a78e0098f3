"""The engine's parts: activations, norms, clipping, optimisers, and the benchmark's baseline."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from engine_node import one
from torch import Tensor, nn

CELL_KINDS = ["simple", "lstm", "gru"]


def vectors(count: int, seed: int) -> list[Tensor]:
    generator = torch.Generator().manual_seed(seed)
    return [torch.randn(size, generator=generator) for size in (1, 7, 12)[:count]]


class TestOptimizers:
    @pytest.mark.parametrize(
        ("name", "options", "in_torch"),
        [
            ("SGD", {"lr": 0.1}, {"lr": 0.1}),
            ("SGD", {"lr": 0.03, "momentum": 0.9}, {"lr": 0.03, "momentum": 0.9}),
            ("SGD", {}, {}),
            ("Adam", {"lr": 0.02}, {"lr": 0.02}),
            ("Adam", {"betas": [0.5, 0.9], "eps": 0.1}, {"betas": (0.5, 0.9), "eps": 0.1}),
            ("Adam", {}, {}),
        ],
    )
    def test_as_torch(self, name, options, in_torch):
        start = vectors(3, seed=0)
        gradients = [vectors(3, seed=1 + step) for step in range(12)]
        gradients[5] = [torch.zeros_like(g) for g in gradients[5]]
        case = {"parameters": start, "gradients": gradients}
        case = {k: to_lists(v) for k, v in case.items()}
        found = one("optimizer", name=name, options=options, **case)
        parameters = [nn.Parameter(p.double()) for p in start]
        optimizer = getattr(torch.optim, name)(parameters, **in_torch)
        for step, after in zip(gradients, found, strict=True):
            for parameter, gradient in zip(parameters, step, strict=True):
                parameter.grad = gradient.double()
            optimizer.step()
            for parameter, values in zip(parameters, after, strict=True):
                error = (torch.tensor(values).double() - parameter).abs().max()
                assert error <= 2e-6 * parameter.abs().max()


def to_lists(values: Any) -> Any:
    return values.tolist() if isinstance(values, Tensor) else [to_lists(v) for v in values]


class TestClip:
    @pytest.mark.parametrize("max_norm", [0.5, 3.0, 100.0, None])
    def test_as_torch(self, max_norm):
        gradients = vectors(3, seed=3)
        found = one("clip", gradients=to_lists(gradients), maxNorm=max_norm)
        parameters = [nn.Parameter(torch.zeros_like(g).double()) for g in gradients]
        for parameter, gradient in zip(parameters, gradients, strict=True):
            parameter.grad = gradient.double()
        total = nn.utils.clip_grad_norm_(parameters, float("inf") if max_norm is None else max_norm)
        assert found["norm"] == pytest.approx(total.item(), rel=1e-6)
        for parameter, values in zip(parameters, found["gradients"], strict=True):
            assert torch.allclose(torch.tensor(values).double(), parameter.grad, rtol=1e-6)

    def test_sizes_whose_squares_float32_does_not_hold(self):
        small, large = one("norms", gradient=[3e-30, 4e-30], T=1, B=1, width=2), None
        assert small["all"] == pytest.approx(5e-30, rel=1e-6)
        assert small["steps"] == pytest.approx([5e-30], rel=1e-6)
        large = one("clip", gradients=[[3e30, 4e30]], maxNorm=1)
        assert large["norm"] == pytest.approx(5e30, rel=1e-6)
        assert large["gradients"][0] == pytest.approx([0.6, 0.8], rel=1e-6)


def test_step_norms():
    gradient = torch.tensor([[[3.0, 4.0], [0.0, 0.0]], [[0.0, 1e-45], [0.0, 0.0]], [[0.0] * 2] * 2])
    found = one("norms", gradient=gradient.tolist(), T=3, B=2, width=2)
    assert found["steps"][0] == 5
    assert 0 < found["steps"][1] < 2e-45
    assert found["steps"][2] == 0


def test_mat_vec():
    assert one("product", M=[[1, 2, 3], [4, 5, 6]], v=[1, 0, -1]) == [-2, -2]


def test_activations_are_exact_to_more_digits_than_float32_has():
    x = torch.cat([torch.linspace(-40, 40, 4001), torch.logspace(-12, 0, 400)]).double()
    edges = [1e-3, -1e-3, 700.0, -700.0, 1e4, -1e4]
    x = torch.cat([x, -x, torch.tensor(edges, dtype=torch.float64)])
    found = one("activations", x=x.tolist())
    for name in ("sigmoid", "tanh"):
        value = torch.tensor(found[name], dtype=torch.float64)
        expected = getattr(torch, name)(x.clamp(-700, 700))
        assert ((value - expected).abs() <= 1e-9 * expected.abs()).all()


@pytest.mark.parametrize("kind", CELL_KINDS)
def test_the_benchmarks_baseline_computes_the_same(kind):
    T, B, H, D = 11, 3, 5, 2
    generator = torch.Generator().manual_seed(0)
    ours, plain = one(
        "straightforward",
        cell={"kind": kind, "inputSize": D, "hiddenSize": H},
        x=torch.randn(T, B, D, generator=generator).tolist(),
        dh=torch.randn(T, B, H, generator=generator).tolist(),
        T=T,
        B=B,
        seed=3,
    )
    assert ours.keys() == plain.keys()
    for name in ours:
        found, expected = torch.tensor(ours[name]).double(), torch.tensor(plain[name]).double()
        assert (found - expected).abs().max() < 1e-5 * expected.abs().max(), name
