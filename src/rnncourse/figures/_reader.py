"""A trained reader as a figure is given it, and as the page carries it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch

from rnnbook.cells import Cell, GRUCell, LSTMCell, SimpleCell
from rnnbook.models.reader import Reader

CELLS: dict[str, type[Cell]] = {"simple": SimpleCell, "lstm": LSTMCell, "gru": GRUCell}


def network(trait: Mapping[str, Any], symbols: int, classes: int) -> Reader:
    """A reader in double precision; the random numbers of whoever looks on are left alone."""
    with torch.random.fork_rng(devices=[]):
        reader = Reader(CELLS[trait["kind"]], symbols, trait["H"], classes=classes).double()
    return reader.unpack(trait["parameters"])


def in_one_line(trait: Mapping[str, Any]) -> dict[str, Any]:
    """A reader with the rows of each parameter joined: half a kilobyte less for a page to carry."""
    parameters = {
        name: {"levels": "".join(packed["rows"]), "scales": packed["scales"]}
        for name, packed in trait["parameters"].items()
    }
    return {**trait, "parameters": parameters}
