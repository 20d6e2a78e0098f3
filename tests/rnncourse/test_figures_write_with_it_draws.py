"""Drawing the next character: what is kept, what is drawn, and the same on the page."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import torch

from rnnbook.models import temper, truncate
from rnncourse.figures._sampler import Random, drawn

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "engine"))
from engine_node import one
from made_up_writer import ALPHABET, figure, in_the_page

DRAW = """
import { readFileSync } from "node:fs";
const cases = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(cases.map(({ scores, uniforms, ...settings }) => {
  const chances = drawChances(scores, settings);
  return { chances, drawn: uniforms.map((uniform) => drawFrom(chances, uniform)) };
})));
"""


def chances(scores, *, temperature, **cuts):
    return truncate(temper(scores, temperature), **cuts)


def test_the_generator_is_the_page_s():
    for seed in (0, 1, 2**32, 2**32 + 5, 2**53 - 1):
        expected = one("random", seed=seed, method="uniform", count=50)
        random = Random(seed)
        assert [random.uniform() for _ in range(50)] == expected


def test_chances_are_those_of_the_page_and_so_are_draws(tmp_path):
    generator = torch.Generator().manual_seed(0)
    uniforms = [0.0, 0.25, 0.5, 0.999999, 1 - 2**-32]
    cases = []
    for temperature in (0.01, 0.7, 1.0, 3.0):
        for top_k, top_p in ((12, 1.0), (5, 1.0), (12, 0.6), (4, 0.9), (1, 0.1), (3, 0.999999)):
            for scores in (4 * torch.randn(12, generator=generator), torch.arange(12) // 3):
                cuts = {"temperature": temperature, "top_k": top_k, "top_p": top_p}
                cases.append({"scores": scores.tolist(), "uniforms": uniforms, **cuts})
    for case, found in zip(cases, in_the_page(DRAW, tmp_path, cases), strict=True):
        settings = {name: case[name] for name in ("temperature", "top_k", "top_p")}
        ours = chances(torch.tensor(case["scores"]).double(), **settings)
        torch.testing.assert_close(torch.tensor(found["chances"]).double(), ours)
        assert [drawn(ours, uniform) for uniform in uniforms] == found["drawn"], case


def test_top_k_and_top_p_keep_the_likeliest():
    p = torch.tensor([0.05, 0.4, 0.1, 0.3, 0.15], dtype=torch.float64)

    def kept(**cuts):
        settings = {"temperature": 1.0, "top_k": 5, "top_p": 1.0, **cuts}
        found = chances(p.log(), **settings)
        assert found.sum() == pytest.approx(1)
        left = found > 0
        torch.testing.assert_close(found[left], p[left] / p[left].sum())
        return left.nonzero().flatten().tolist()

    assert kept() == [0, 1, 2, 3, 4]
    assert kept(top_k=2) == [1, 3]
    assert kept(top_p=0.39) == [1]
    assert kept(top_p=0.69) == [1, 3]
    assert kept(top_p=0.71) == [1, 3, 4]
    assert kept(top_p=0.99) == [0, 1, 2, 3, 4]
    # Of 0.4 and 0.3 the first has 57 % when they are all there is.
    assert kept(top_k=2, top_p=0.5) == [1]
    assert kept(top_k=2, top_p=0.6) == [1, 3]
    ties = chances(torch.zeros(4), temperature=1.0, top_k=2, top_p=1.0)
    assert ties.tolist() == [0.5, 0.5, 0, 0], "of equal ones the earlier"


def test_near_temperature_nought_the_likeliest_is_drawn():
    scores = torch.tensor([1.0, 3.0, 2.0], dtype=torch.float64)
    cold = chances(scores, temperature=0.01, top_k=3, top_p=1.0)
    assert cold.tolist() == pytest.approx([0, 1, 0])
    assert [drawn(cold, u) for u in (2**-32, 0.5, 1 - 2**-32)] == [1, 1, 1]
    warm = chances(scores, temperature=1.0, top_k=3, top_p=1.0)
    torch.testing.assert_close(warm, scores.softmax(dim=0))
    greedy = figure(top_k=1, temperature=2.0, length=30)
    p = greedy.probabilities(greedy.text + greedy.written)[len(greedy.text) : -1, :-1]
    assert greedy.written == "".join(ALPHABET[k] for k in p.argmax(dim=1))


def test_a_draw_inverts_the_summed_chances():
    some = torch.tensor([0.0, 0.25, 0.0, 0.75, 0.0], dtype=torch.float64)
    assert [drawn(some, u) for u in (0.0, 0.24, 0.25, 0.99)] == [1, 1, 3, 3]
    assert drawn(0.9 * some, 0.95) == 3, "rounding leaves no hole"
