"""A small reader of made-up digits: random weights, the same in every run; and drawn strokes."""

from __future__ import annotations

import json
from functools import cache
from math import cos, pi, sin
from typing import Any

import torch
from torch import nn

from rnncourse.experiments.packing import pack_all
from rnncourse.figures import DrawADigit, bundle

H = 6
Stroke = list[tuple[float, float]]


@cache
def network(seed: int = 7) -> dict[str, Any]:
    """A network as the trait has it; its weights are large, so that what it reads matters."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = nn.ModuleDict({"layer": nn.GRU(8, H), "readout": nn.Linear(H, 10)})
        with torch.no_grad():
            for parameter in model.parameters():
                parameter.copy_(1.5 * torch.randn_like(parameter))
    return {"H": H, "parameters": pack_all(model)}


def arc(x: float, y: float, across: float, down: float, start: float, end: float) -> Stroke:
    """Points of an ellipse around (x, y), angles in turns clockwise from the right."""
    angles = [2 * pi * (start + (end - start) * k / 24) for k in range(25)]
    return [(round(x + across * cos(a), 4), round(y + down * sin(a), 4)) for a in angles]


DRAWN: dict[str, list[Stroke]] = {
    "0": [arc(0.5, 0.5, 0.2, 0.35, -0.25, 0.75)],
    "1": [[(0.4, 0.3), (0.52, 0.15), (0.5, 0.85)]],
    "2": [[*arc(0.5, 0.32, 0.2, 0.18, -0.5, 0.15), (0.3, 0.82), (0.72, 0.8)]],
    "4": [[(0.45, 0.1), (0.25, 0.6), (0.75, 0.58)], [(0.62, 0.35), (0.58, 0.9)]],
    "7": [[(0.2, 0.2), (0.8, 0.2), (0.45, 0.85)], [(0.35, 0.5), (0.7, 0.5)]],
    "8": [arc(0.5, 0.3, 0.15, 0.17, 0.25, 1.25), arc(0.5, 0.66, 0.2, 0.19, -0.25, 0.75)],
    "a slanted line": [[(0.7, 0.1), (0.35, 0.9)]],
    "a dash": [[(0.1, 0.5), (0.9, 0.52)]],
    "a dot": [[(0.3, 0.7)]],
    "nothing": [[], []],
}

EXAMPLES = [
    {"pixels": DrawADigit.pixels_of(DRAWN[name]), "label": int(name)} for name in ("2", "7", "8")
]


def figure(**options: Any) -> DrawADigit:
    """The figure with that network and three digits."""
    default = {"network": network(), "examples": EXAMPLES, "question": "Which digit is it?"}
    return DrawADigit(**{**default, **options})


def in_the_page(script: str, folder: Any, given: Any) -> Any:
    """What the figure's JavaScript answers."""
    from engine_node import node

    module = folder / "draw_a_digit.mjs"
    module.write_text(bundle.live("draw_a_digit") + script, encoding="utf-8")
    return json.loads(node(str(module), text=json.dumps(given)))


PIXELS = """
import { readFileSync } from "node:fs";
process.stdout.write(JSON.stringify(JSON.parse(readFileSync(0, "utf8")).map(pixelsOf)));
"""
READ = """
import { readFileSync } from "node:fs";
const { network, cases } = JSON.parse(readFileSync(0, "utf8"));
const read = openDigitReader(network);
process.stdout.write(JSON.stringify(cases.map(([pixels, order]) => read(pixels, order))));
"""
