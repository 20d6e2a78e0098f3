"""Small forecasters of made-up series: random weights, the same in every run."""

from __future__ import annotations

import json
from functools import cache
from math import pi, sin
from typing import Any

import torch
from torch import nn

from rnncourse.experiments.packing import pack_all
from rnncourse.figures import Forecast, bundle
from rnncourse.figures._forecast import HORIZON, QUANTILES

H, WINDOW, START = 6, 20, 100


@cache
def packed(seed: int) -> dict[str, Any]:
    """Weights as the trait has them, large, so that what is read matters."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        parts = {"gru": nn.GRU(1, H), "readout": nn.Linear(H, HORIZON * len(QUANTILES))}
        model = nn.ModuleDict(parts)
        with torch.no_grad():
            for parameter in model.parameters():
                parameter.copy_(0.8 * torch.randn_like(parameter))
    return pack_all(model)


def series(seed: int = 1, **other: Any) -> dict[str, Any]:
    """A series as the figure is given it: a sine of period 12 and noise."""
    generator = torch.Generator().manual_seed(seed)
    noise = torch.randn(120, generator=generator).tolist()
    whole = {
        "name": f"Series {seed}",
        "start": START,
        "values": [round(3 * sin(pi * t / 6) + 0.5 * n, 3) for t, n in enumerate(noise)],
        "first": START + 40,
        "origin": START + 60,
        "season": 12,
        "error": 0.7,
        "step": "months",
        "unit": "ppm",
        "why": f"Reason {seed}.",
        "network": {"H": H, "window": WINDOW, "scale": 2.5, "parameters": packed(seed)},
    }
    return {**whole, **other}


def centred(seed: int = 2) -> dict[str, Any]:
    """Another, without a season, whose network takes a centre from its values."""
    one = series(seed, season=1, unit="")
    return {**one, "network": {**one["network"], "centre": 0.25}}


def figure(**options: Any) -> Forecast:
    """The figure with two such series."""
    return Forecast(**{"series": [series(), centred()], "question": "Which?", **options})


def in_the_page(script: str, folder: Any, given: Any) -> Any:
    """What the figure's JavaScript answers."""
    from engine_node import node

    module = folder / "forecast.mjs"
    module.write_text(bundle.live("forecast") + script, encoding="utf-8")
    return json.loads(node(str(module), text=json.dumps(given)))


READ = """
import { readFileSync } from "node:fs";
const { settings, cases } = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(cases.map(([k, known]) => {
  const { network, start, first, origin, ...rest } = settings.series[k];
  const series = { ...rest, start, first: first - start, origin: origin - start };
  const study = createStudy(series, "network", openNetwork(network));
  const look = lookFrom(study, known - start);
  return {
    look,
    scores: study.scores,
    shift: study.shift,
    says: describeFan(study, known - start, look),
    shifted: describeShift(study),
  };
})));
"""
