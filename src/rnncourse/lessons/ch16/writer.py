"""The GRU that the page carries: a model of Python's library, to write with.

It has few units, so that the page stays light, and has read the training part twelve times. Its
embedding is multiplied into the input weights, and its weights are rounded as
`rnncourse.experiments.packing` says. It lies in ``writer.json``: ``alphabet`` (the last character
stands for all others) and ``reader``. To train it anew and replace that file, in two minutes:

    python -m rnncourse.lessons.ch16.writer
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import torch

from rnnbook.cells.gru import GRUCell
from rnnbook.models import LanguageModel
from rnnbook.unroll import Recurrent
from rnncourse.experiments.files import write_atomically
from rnncourse.experiments.reader import Reader
from rnncourse.lessons.ch16.networks import NextToken, Plan, learn
from rnncourse.lessons.ch16.texts import characters

SHIPPED = Path(__file__).with_suffix(".json")
PLAN = Plan(hidden_size=96, dropout=0.15, batch_size=32, length=64, updates=4000)
RATE, SEED = 0.01, 0
OTHER = "…"
"""Stands in the alphabet for every character that is not in the library."""


@cache
def shipped() -> dict[str, Any]:
    """What ``writer.json`` holds: `rnncourse.figures.WriteWithIt` is made of it."""
    return json.loads(SHIPPED.read_text(encoding="utf-8"))


def writer() -> LanguageModel:
    """The trained GRU, with the weights as the page has them, in double precision."""
    content = shipped()
    size, H = len(content["alphabet"]), content["reader"]["H"]
    with torch.random.fork_rng(devices=[]):  # the caller's random numbers are left alone
        reader = Reader(GRUCell, size, H, classes=size).double()
        model = LanguageModel(GRUCell, size, H)
    reader.unpack(content["reader"]["parameters"])
    model.layer, model.readout = reader.layer, reader.readout
    return model


def renew() -> None:
    """Train the GRU, and write it down."""
    text = characters()
    alphabet = "".join(text.tokens) + OTHER
    torch.manual_seed(SEED)
    model = NextToken("gru", len(alphabet), PLAN.hidden_size, dropout=PLAN.dropout)
    learn(model, text, PLAN, ["schedule"], lr=RATE, seed=SEED)
    reader = Reader(GRUCell, len(alphabet), PLAN.hidden_size, classes=len(alphabet))
    with torch.no_grad():
        known = model.embedding.weight
        known[-1] = known[:-1].mean(dim=0)  # it was never read
        layer = torch.nn.GRU(len(alphabet), PLAN.hidden_size)
        read = {"weight_ih_l0": model.layer.get_parameter("weight_ih_l0") @ known.T}
        layer.load_state_dict(model.layer.state_dict() | read)
    reader.layer, reader.readout = Recurrent.from_torch(layer), model.readout
    content = {
        "alphabet": alphabet,
        "reader": {"kind": "gru", "H": PLAN.hidden_size, "parameters": reader.pack()},
    }
    as_json = json.dumps(content, ensure_ascii=False, separators=(",", ":")) + "\n"
    write_atomically(SHIPPED, as_json)


if __name__ == "__main__":
    renew()
