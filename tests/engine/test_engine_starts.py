"""The engine's randomness, and how its weights start."""

from __future__ import annotations

from math import erf, sqrt
from typing import Any

import pytest
import torch
from engine_node import one, run_engine
from torch import Tensor

CELL_KINDS = ["simple", "lstm", "gru"]


class TestRandom:
    def draw(self, method: str, count: int, seed: int = 1, **options: Any) -> list[float]:
        return one("random", seed=seed, method=method, count=count, **options)

    def test_it_is_xoshiro128(self):
        # The first numbers from the state 1, 2, 3, 4, as published with it.
        expected = [11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849]
        assert self.draw("bits", 8, state=[1, 2, 3, 4]) == expected

    def test_uniform(self):
        n, bins = 100_000, 50
        values = torch.tensor(self.draw("uniform", n), dtype=torch.float64)
        assert values.min() >= 0
        assert values.max() < 1
        found = torch.histc(values, bins, 0, 1)
        chi_square = ((found - n / bins) ** 2 / (n / bins)).sum().item()
        assert abs(chi_square - (bins - 1)) < 5 * sqrt(2 * (bins - 1))
        centred = values - 0.5
        for lag in (1, 2, 3):
            correlation = 12 * (centred[lag:] * centred[:-lag]).mean().item()
            assert abs(correlation) < 5 / sqrt(n)

    def test_normal(self):
        n = 100_000
        values = torch.tensor(self.draw("normal", n), dtype=torch.float64)
        for edge in (-2.5, -1.5, -0.5, 0.0, 0.5, 1.5, 2.5):
            p = (1 + erf(edge / sqrt(2))) / 2
            assert abs((values < edge).double().mean() - p) < 5 * sqrt(p * (1 - p) / n)
        assert abs((values[::2] * values[1::2]).mean()) < 5 / sqrt(n / 2)

    def test_integer(self):
        n = 30_000
        found = torch.bincount(torch.tensor(self.draw("integer", n, argument=3)))
        assert len(found) == 3
        assert ((found / n - 1 / 3).abs() < 5 * sqrt(2 / 9 / n)).all()

    def test_seeds_and_streams(self):
        seeds = [0, 1, 2, 2**32, 2**32 + 1, 2**53 - 1]
        cases = [
            {"what": "random", "seed": s, "stream": k, "method": "bits", "count": 4}
            for s in seeds
            for k in (0, 1, 2)
        ]
        first, again = run_engine(cases), run_engine(cases)
        assert first == again
        assert len({tuple(drawn) for drawn in first}) == len(cases)
        assert len({number for drawn in first for number in drawn}) == 4 * len(cases)

    def test_neighbouring_seeds_have_nothing_to_do_with_each_other(self):
        count = 2000
        cases = [
            {"what": "random", "seed": s, "method": "uniform", "count": 1} for s in range(count)
        ]
        values = torch.tensor(run_engine(cases)).double().flatten()
        assert abs(values.mean() - 0.5) < 5 / sqrt(12 * count)
        assert abs(12 * ((values[1:] - 0.5) * (values[:-1] - 0.5)).mean()) < 5 / sqrt(count)


class TestInitialise:
    H, D = 40, 30

    def start(self, kind: str, **initialisation: Any) -> dict[str, Tensor]:
        cell = {"kind": kind, "inputSize": self.D, "hiddenSize": self.H}
        found = one("initialise", cell=cell, initialisation=initialisation, seed=4)
        return {name: torch.tensor(values).double() for name, values in found.items()}

    def blocks(self, values: Tensor) -> tuple[Tensor, ...]:
        if values.numel() % self.H**2 == 0:
            return values.reshape(-1, self.H, self.H).unbind()
        return values.reshape(-1, self.H).unbind()

    @pytest.mark.parametrize("kind", CELL_KINDS)
    def test_torch(self, kind):
        bound = 1 / sqrt(self.H)
        found = self.start(kind)
        assert found.keys() >= {"W", "U", "b", "V", "readoutBias"}
        for values in found.values():
            assert values.abs().max() <= bound
        for name in ("W", "U"):
            values, n = found[name], found[name].numel()
            assert values.abs().max() > 0.99 * bound
            assert abs(values.mean()) < 5 * bound / sqrt(3 * n)
            assert values.var().item() == pytest.approx(bound**2 / 3, rel=5 * sqrt(0.8 / n))

    @pytest.mark.parametrize("kind", CELL_KINDS)
    def test_orthogonal(self, kind):
        found = self.start(kind, recurrent="orthogonal")
        blocks = self.blocks(found["U"])
        for block in blocks:
            assert torch.allclose(block @ block.T, torch.eye(self.H).double(), atol=1e-6)
            # uniform among all: a trace of mean 0 and variance 1 (no bias to the identity)
            assert abs(block.trace()) < 5
        assert not any(torch.equal(blocks[0], other) for other in blocks[1:])
        assert not found["b"].any()

    @pytest.mark.parametrize("kind", CELL_KINDS)
    def test_identity(self, kind):
        found = self.start(kind, recurrent="identity")
        for block in self.blocks(found["U"]):
            assert torch.equal(block, torch.eye(self.H).double())
        assert not found["b"].any()
        assert found["W"].abs().max() > 0

    @pytest.mark.parametrize(("kind", "keeping"), [("lstm", 1), ("gru", 1)])
    def test_forget_bias(self, kind, keeping):
        found, plain = self.start(kind, forgetBias=3), self.start(kind)
        for index, (b, before) in enumerate(
            zip(self.blocks(found["b"]), self.blocks(plain["b"]), strict=True)
        ):
            expected = torch.full_like(b, 3) if index == keeping else before
            assert torch.equal(b, expected)
        assert torch.equal(found["U"], plain["U"])

    @pytest.mark.parametrize("kind", ["lstm", "gru"])
    def test_chrono(self, kind):
        longest = 100
        found, plain = self.start(kind, chrono=longest), self.start(kind)
        b, before = self.blocks(found["b"]), self.blocks(plain["b"])
        u = b[1].exp()
        assert u.min() >= 1 - 1e-6
        assert u.max() <= longest - 1 + 1e-4
        assert abs(u.mean() - longest / 2) < 5 * (longest - 2) / sqrt(12 * self.H)
        if kind == "lstm":
            assert torch.equal(b[0], -b[1])
        else:
            assert torch.equal(b[0], before[0])
        assert torch.equal(b[-1], before[-1])

    def test_a_simple_cell_has_no_gate_that_keeps(self):
        found, plain = self.start("simple", forgetBias=3, chrono=50), self.start("simple")
        assert torch.equal(found["b"], plain["b"])
