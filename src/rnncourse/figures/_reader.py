"""A trained reader as a figure is given it, and as the page carries it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
import traitlets

from rnnbook.cells import Cell, GRUCell, LSTMCell, SimpleCell
from rnncourse.experiments.reader import Reader

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


def opened(reader: Mapping[str, Any], symbols: int, classes: int) -> tuple[Reader, dict[str, Any]]:
    """A reader that a figure was given: the network, and the trait for the page.

    Raises:
        traitlets.TraitError: if it is no reader of so many characters and classes.
    """
    if not isinstance(reader, Mapping) or reader.get("kind") not in CELLS:
        kind = reader.get("kind") if isinstance(reader, Mapping) else reader
        some = " or ".join(map(repr, CELLS))
        raise traitlets.TraitError(f"kind of reader must be {some}, got {kind!r}")
    try:
        return network(reader, symbols, classes), in_one_line(reader)
    except KeyError as missing:
        raise traitlets.TraitError(f"reader must have {missing}, got none") from missing
    except (TypeError, ValueError) as wrong:
        raise traitlets.TraitError(
            f"reader must be a network of {symbols} characters and {classes} classes, as "
            f"Reader.pack gives it: {wrong}"
        ) from wrong
