"""The GRU that the page carries: it tells which language a name is in.

It has fewer weights than those that the experiments compare, so that the page stays light, and
was trained for up to thirty epochs; its learning rate is the better of 0.01 and 0.02 on validation.
Its weights are rounded as `rnncourse.experiments.packing` says. It lies in ``teller.json``:
``alphabet`` (the last character stands for all others), ``languages`` (their codes) and ``reader``.
To train it anew and replace that file, in half a minute:

    python -m rnncourse.lessons.ch13.teller
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import torch
from babel import Locale
from torch import Tensor

from rnnbook.cells.gru import GRUCell
from rnnbook.data import Vocabulary
from rnnbook.unroll import Recurrent
from rnncourse.experiments.files import write_atomically
from rnncourse.experiments.reader import Reader
from rnncourse.lessons.ch13.networks import Classifier, batch, learn
from rnncourse.lessons.ch13.three_tasks import names

SHIPPED = Path(__file__).with_suffix(".json")
WEIGHTS, RATE, SEED = 17_000, 0.02, 0
EPOCHS, BATCH_SIZE = 30, 128


@cache
def shipped() -> dict[str, Any]:
    """What ``teller.json`` holds: `rnncourse.figures.LetterByLetter` is made of it."""
    return json.loads(SHIPPED.read_text(encoding="utf-8"))


def english_names() -> list[str]:
    """The languages in the order of the read-out, as English calls them."""
    return [str(Locale.parse(code).get_display_name("en")) for code in shipped()["languages"]]


def teller() -> Reader:
    """The trained GRU, in double precision."""
    content = shipped()
    with torch.random.fork_rng(devices=[]):  # the caller's random numbers are left alone
        model = Reader(
            GRUCell,
            len(content["alphabet"]),
            content["reader"]["H"],
            classes=len(content["languages"]),
        ).double()
    return model.unpack(content["reader"]["parameters"])


def test_guesses() -> tuple[list[str], Tensor, Tensor]:
    """The test names as they are read, the language of each, and what the shipped GRU guesses."""
    known, examples = names(), names().parts.test
    alphabet = shipped()["alphabet"]
    letters, model = Vocabulary(alphabet, unknown=alphabet[-1]), teller()
    examples = examples._replace(inputs=[letters.encode(text) for text in known.texts[2]])
    some = batch(examples._replace(symbols=len(alphabet)), torch.arange(len(examples.inputs)))
    with torch.no_grad():
        scores = model(some.x.double())
    last = scores[some.lengths - 1, torch.arange(len(some.lengths))]
    return known.texts[2], some.targets, last.argmax(dim=1)


def renew() -> None:
    """Train the GRU, and write it down."""
    known = names()
    train, validation, _ = known.parts
    torch.manual_seed(SEED)
    model = Classifier("gru", train, WEIGHTS)
    learn(
        model,
        train,
        validation,
        lr=RATE,
        seed=SEED,
        epochs=EPOCHS,
        batch_size=BATCH_SIZE,
    )
    reader = Reader(
        GRUCell, len(known.letters), model.layer.hidden_size, classes=len(known.languages)
    )
    reader.layer, reader.readout = Recurrent.from_torch(model.layer), model.readout
    content = {
        "alphabet": known.letters.characters,
        "languages": known.languages,
        "reader": {"kind": "gru", "H": model.layer.hidden_size, "parameters": reader.pack()},
    }
    as_json = json.dumps(content, ensure_ascii=False, separators=(",", ":")) + "\n"
    write_atomically(SHIPPED, as_json)


if __name__ == "__main__":
    renew()
