"""A small recogniser of made-up sounds: random weights, the same in every run."""

from __future__ import annotations

import json
from functools import cache
from math import pi
from typing import Any

import torch
from torch import nn

from rnncourse.experiments.packing import pack_all
from rnncourse.experiments.sounds import spell
from rnncourse.figures import Recogniser, bundle
from rnncourse.figures._recogniser import SYMBOLS

H, BANDS = 5, 24
STATISTICS = {
    "mean": [-6 + 0.1 * band for band in range(BANDS)],
    "deviation": [3 - 0.02 * band for band in range(BANDS)],
}


def sound(*pitches: float) -> str:
    """A tone of 0.3 s for each pitch in Hz, after 0.15 s of silence each, and some at the end."""
    time = torch.arange(2400).double() / 8000
    tones = [
        torch.cat([torch.zeros(1200).double(), 0.07 * (2 * pi * f * time).sin()]) for f in pitches
    ]
    return spell(torch.cat([*tones, torch.zeros(1000).double()]))


def recording(*pitches: float, digits: list[int], speaker: str = "ann") -> dict[str, Any]:
    """A recording as the trait has it: each tone is said to be a digit."""
    begins = [1200 + 3600 * k for k in range(len(pitches))]
    ends = [begin + 2400 for begin in begins]
    return {
        "samples": sound(*pitches),
        "digits": digits,
        "begins": begins,
        "ends": ends,
        "speaker": speaker,
    }


RECORDINGS = [
    recording(300, 900, 2500, digits=[3, 7, 1]),
    recording(500, 500, digits=[2, 2], speaker="bob"),
]


@cache
def network(seed: int = 3) -> dict[str, Any]:
    """A network as the trait has it; its weights are large, so that what it reads matters."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        gru = nn.GRU(4 * BANDS, H, bidirectional=True)
        model = nn.ModuleDict({"gru": gru, "readout": nn.Linear(2 * H, SYMBOLS)})
        with torch.no_grad():
            for name, parameter in model.named_parameters():
                parameter.copy_((0.3 if "ih" in name else 2.5) * torch.randn_like(parameter))
    return {"H": H, "parameters": pack_all(model)}


def figure(**options: Any) -> Recogniser:
    """The figure with that network and two recordings."""
    default = {
        "network": network(),
        "statistics": STATISTICS,
        "recordings": RECORDINGS,
        "question": "Which digit?",
    }
    return Recogniser(**{**default, **options})


def in_the_page(script: str, folder: Any, given: Any) -> Any:
    """What the figure's JavaScript answers."""
    from engine_node import node

    module = folder / "recogniser.mjs"
    module.write_text(bundle.live("recogniser") + script, encoding="utf-8")
    return json.loads(node(str(module), text=json.dumps(given)))


READ = """
import { readFileSync } from "node:fs";
const { settings, cases } = JSON.parse(readFileSync(0, "utf8"));
const read = createReader(settings.network, settings.statistics);
process.stdout.write(JSON.stringify(cases.map(([k, noise, backwards]) => {
  const made = read(opened(settings.recordings[k]), noise, backwards);
  const { T, x } = stepsOf(made.mel, settings.statistics);
  return {
    samples: [...made.samples],
    mel: [...made.mel.frames],
    x: [...x],
    T,
    p: made.p,
    path: made.path,
    runs: made.runs,
    digits: made.digits,
    said: made.said,
    says: describeReading(made),
    spelled: pathInWords(made),
    picture: describePicture(made),
  };
})));
"""
