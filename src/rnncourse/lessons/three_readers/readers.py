"""The three readers of Python that a page carries, and the passages that they read.

They are those of the study `reads_python_by_cell` at seed 0, each at the learning rate that the
study chose, their weights rounded as `rnnbook.models.packing` says. They lie in
``one_passage.json``: ``alphabet`` (the last of its 64 characters stands for all others), ``kinds``,
``readers`` and ``passages``. To train them anew and replace that file, in a minute:

    python -c "from rnnbook.figures import readers; readers.renew()"
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import Tensor

from rnnbook.data import KINDS, Vocabulary, code_kinds
from rnnbook.experiments import recorded
from rnnbook.experiments._record import write_atomically
from rnnbook.experiments.reads_python_by_cell import source, train
from rnnbook.models.packing import pack, unpack
from rnnbook.models.reader import SIZES, Reader

SHIPPED = Path(__file__).with_name("one_passage.json")
STUDY, SEED = "reads_python_by_cell", 0
TITLES = {"simple": "simple", "lstm": "LSTM", "gru": "GRU"}


class Passage(NamedTuple):
    """A text to be read: what it is called, itself, and where it is from."""

    title: str
    text: str
    source: str


PASSAGES = (
    Passage(
        "A name and a remark",
        "import sys\n\nfrom enum import Enum, _simple_enum\n\n\n"
        "__author__ = 'Ka-Ping Yee <ping@zesty.ca>'\n\n"
        "# The recognized platforms - known behaviors\n",
        "uuid.py of Python 3.11",
    ),
    Passage(
        "A docstring and a remark",
        'def excepthook(args, /):\n    """\n    Handle uncaught Thread.run() exception.\n    """\n'
        "    if args.exc_type == SystemExit:\n        # silently ignore SystemExit\n",
        "threading.py of Python 3.11, indented less",
    ),
    Passage(
        "A trap",
        'def add(a, b):  # is this a comment?\n    s = "# and this?"\n    return a + b\n',
        "made for this book",
    ),
)


@cache
def shipped() -> dict[str, Any]:
    """What `one_passage.json` holds."""
    return json.loads(SHIPPED.read_text(encoding="utf-8"))


def vocabulary() -> Vocabulary:
    """The 64 characters that the readers know."""
    alphabet = shipped()["alphabet"]
    return Vocabulary(alphabet, unknown=alphabet[-1])


def reader(cell: str) -> Reader:
    """One of the readers, in double precision.

    Args:
        cell: ``"simple"``, ``"lstm"`` or ``"gru"``.

    Raises:
        ValueError: if there is no such reader.
    """
    with torch.random.fork_rng(devices=[]):  # the reader's random numbers are left alone
        model = Reader(cell).double()
    packed = next(r for r in shipped()["readers"] if r["kind"] == cell)["parameters"]
    with torch.no_grad():
        for name, parameter in _by_letter(model).items():
            parameter.copy_(unpack(packed[name]).view_as(parameter))
    return model


def _by_letter(model: Reader) -> dict[str, Tensor]:
    """A reader's parameters by the letters of the book: W, U, b (and b_U), read-out V and c."""
    readout = {"V": model.readout.weight, "c": model.readout.bias}
    return {**dict(model.layer.cell.named_parameters()), **readout}


def to_ship(models: dict[str, Reader]) -> dict[str, Any]:
    """What is put into `one_passage.json`, for readers by the names of their cells."""
    return {
        "alphabet": source().vocabulary.characters,
        "kinds": list(KINDS),
        "readers": [
            {
                "title": TITLES[cell],
                "kind": cell,
                "H": model.layer.hidden_size,
                "parameters": {name: pack(p) for name, p in _by_letter(model).items()},
            }
            for cell, model in models.items()
        ],
        "passages": [
            {**passage._asdict(), "kinds": "".join(map(str, code_kinds(passage.text).tolist()))}
            for passage in PASSAGES
        ],
    }


def renew() -> None:
    """Train the three readers, and write them down."""
    rates = recorded(STUDY).table.drop_duplicates("cell").set_index("cell")["lr"]
    models = {cell: train(cell, SEED, float(rates[cell]))[0] for cell in SIZES}
    text = json.dumps(to_ship(models), ensure_ascii=False, separators=(",", ":"))
    write_atomically(SHIPPED, text + "\n")
