"""The path splitter's bars: what paths with so many detours add, up to the whole."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from rnncourse.figures import PathSplitter, bundle

sys.path.insert(0, str(Path(__file__).parents[1] / "engine"))
from engine_node import node

PARTS = """
const cases = JSON.parse(readFileSync(0, "utf8"));
const found = cases.map((traits) => {
  const { lag, epsilon } = traits;
  const terms = split({ get: (name) => traits[name] })[lag];
  const words = describePaths({ terms, lag, epsilon });
  return { ...partsOfWhole(terms, epsilon), size: stretch(sumOfPaths(terms, epsilon)), words };
});
process.stdout.write(JSON.stringify(found));
"""


def in_the_page(folder, figures):
    """What the page makes of the parts, for each figure's settings."""
    module = folder / "parts.mjs"
    start = 'import { readFileSync } from "node:fs";\n'
    module.write_text(start + bundle.live("path_splitter") + PARTS, encoding="utf-8")
    cases = [figure.settings() for figure in figures]
    return json.loads(node(str(module), text=json.dumps(cases)))


def drawn_settings(count):
    """Settings that a reader could make, each of another random network."""
    random = np.random.default_rng(0)
    for network in range(count):
        steps = int(random.integers(2, 13)) * 5
        yield PathSplitter(
            network=network,
            steps=steps,
            lag=int(random.integers(1, steps)),
            forget_bias=float(random.choice([-3, -1, 0, 1, 3, 6, 40])),
            weight_scale=float(random.choice([0, 0.5, 1, 2, 4, 6])),
            epsilon=float(random.choice([0, 0.05, 0.5, 1, 1])),
        )


def test_parts_add_up_to_the_whole_for_any_settings(tmp_path):
    for found in in_the_page(tmp_path, drawn_settings(60)):
        parts, whole, shown = found["parts"], found["whole"], found["shown"]
        assert whole == found["size"] > 0
        largest = max(whole, *map(abs, parts))
        assert sum(parts) == pytest.approx(whole, abs=1e-12 * largest)
        # What is left out is less than a pixel high.
        assert 2 <= shown <= len(parts)
        assert abs(sum(parts[:shown]) - whole) <= largest / 400


def test_parts_are_those_of_torch(tmp_path):
    figures = [PathSplitter(lag=10, forget_bias=1.0), PathSplitter(lag=40, epsilon=0.5)]
    for figure, found in zip(figures, in_the_page(tmp_path, figures), strict=True):
        terms = figure._terms()[figure.lag]
        J = terms.sum(dim=0)
        along = torch.einsum("mij,ij->m", terms, J / J.norm()) / J.shape[-1] ** 0.5
        np.testing.assert_allclose(found["parts"], along, atol=1e-4 * found["whole"])


def test_a_small_whole_is_told_as_a_power_of_ten(tmp_path):
    (found,) = in_the_page(tmp_path, [PathSplitter(lag=40)])
    assert "All paths together have size 2.5\u00a0·\u00a010⁻¹⁰" in found["words"]
    assert "along that the direct path adds next to nothing" in found["words"]


def test_words_say_what_the_direct_path_adds_or_takes_away(tmp_path):
    figures = [
        PathSplitter(lag=10, forget_bias=3.0),
        PathSplitter(lag=10),
    ]
    words = [found["words"] for found in in_the_page(tmp_path, figures)]
    assert "along that the direct path adds 52\u00a0%" in words[0]
    assert "the largest bar is that of the direct path" in words[0]
    assert "Nearly all of it came by detours through h, most of all by one detour." in words[1]
