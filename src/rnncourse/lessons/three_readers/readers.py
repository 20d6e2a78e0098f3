"""The three readers of Python that the page carries, and the passages that they read.

They are those of the experiment `reads_python_by_cell` at seed 0, each at the learning rate that
the experiment chose, their weights rounded as `rnncourse.experiments.packing` says. They lie in
``readers.json``: ``alphabet`` (the last of its 64 characters stands for all others), ``readers``
and ``passages``. To train them anew and replace that file, in a minute:

    python -m rnncourse.lessons.three_readers.readers
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import torch

from rnnbook.data import Vocabulary, code_kinds
from rnncourse.experiments import recorded
from rnncourse.experiments.files import write_atomically
from rnncourse.experiments.reader import Reader
from rnncourse.lessons.three_readers.experiments.reads_python_by_cell import (
    SIZES,
    make_reader,
    source,
    train,
)

SHIPPED = Path(__file__).with_suffix(".json")
EXPERIMENT, SEED = "reads_python_by_cell", 0
TITLES = {"simple": "simple", "lstm": "LSTM", "gru": "GRU"}


class Passage(NamedTuple):
    """A text to be read.

    Attributes:
        title: what it is called.
        text: itself.
        source: where it is from.
        read: what has just been read when it opens: the cursor is at its last character.
        replaced: begins with the character that is replaced when it opens.
    """

    title: str
    text: str
    source: str
    read: str
    replaced: str


PASSAGES = (
    Passage(
        "A name and a remark",
        "import sys\n\nfrom enum import Enum, _simple_enum\n\n\n"
        "__author__ = 'Ka-Ping Yee <ping@zesty.ca>'\n\n"
        "# The recognized platforms - known behaviors\n",
        "uuid.py of Python 3.11",
        "- k",
        "# The",
    ),
    Passage(
        "A docstring and a remark",
        'def excepthook(args, /):\n    """\n    Handle uncaught Thread.run() exception.\n    """\n'
        "    if args.exc_type == SystemExit:\n        # silently ignore SystemExit\n",
        "threading.py of Python 3.11, indented less",
        "Thread.r",
        '"""\n    Handle',
    ),
    Passage(
        "A trap",
        'def add(a, b):  # is this a comment?\n    s = "# and this?"\n    return a + b\n',
        "made for this book",
        "and th",
        "# and",
    ),
)


@cache
def shipped() -> dict[str, Any]:
    """What ``readers.json`` holds: `rnncourse.figures.OnePassage` is made of it."""
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
    with torch.random.fork_rng(devices=[]):  # the caller's random numbers are left alone
        model = make_reader(cell).double()
    packed = next(r for r in shipped()["readers"] if r["kind"] == cell)
    return model.unpack(packed["parameters"])


def to_ship(models: dict[str, Reader]) -> dict[str, Any]:
    """What is put into ``readers.json``, for readers by the names of their cells."""
    return {
        "alphabet": source().vocabulary.characters,
        "readers": [
            {
                "title": TITLES[cell],
                "kind": cell,
                "H": model.layer.hidden_size,
                "parameters": model.pack(),
            }
            for cell, model in models.items()
        ],
        "passages": [passage_to_ship(passage) for passage in PASSAGES],
    }


def passage_to_ship(passage: Passage) -> dict[str, Any]:
    """A passage with the true kind of each character, and where it opens, counted from 1."""
    text = passage.text
    return {
        "title": passage.title,
        "text": text,
        "source": passage.source,
        "kinds": "".join(map(str, code_kinds(text).tolist())),
        "at": text.index(passage.read) + len(passage.read),
        "origin": text.index(passage.replaced) + 1,
    }


def renew() -> None:
    """Train the three readers, and write them down."""
    rates = recorded(EXPERIMENT).table.drop_duplicates("cell").set_index("cell")["lr"]
    models = {cell: train(cell, SEED, float(rates[cell]))[0] for cell in SIZES}
    write_atomically(SHIPPED, as_json(to_ship(models)))


def as_json(content: dict[str, Any]) -> str:
    """As it stands in the file: in one line."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")) + "\n"


if __name__ == "__main__":
    renew()
