"""A layer's weights as a page's traits: names and shapes as the JavaScript engine takes them."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from rnnbook.cells import GRUCell, LSTMCell, SimpleCell
from rnnbook.unroll import Recurrent

_KINDS = {SimpleCell: "simple", LSTMCell: "lstm", GRUCell: "gru"}
_DIGITS = 6  # float32 has about seven


def kind_of(layer: Recurrent) -> str:
    """What the engine calls the cell of a layer: simple, lstm or gru.

    Raises:
        ValueError: if the layer is not one cell, forwards, of a form that the engine knows.
    """
    cell = layer.cell
    plain = type(cell) in _KINDS and getattr(cell, "P", None) is None
    if not plain or (isinstance(cell, LSTMCell) and (cell.coupled or not cell.forget)):
        raise ValueError(
            f"layer must be of a plain SimpleCell, LSTMCell or GRUCell, got {type(cell).__name__} "
            "with options that the figure does not know"
        )
    return _KINDS[type(cell)]


def weights(layer: Recurrent) -> dict[str, Any]:
    """``W`` (G·H, D), ``U`` (G·H, H), ``b`` (G·H) and, for a GRU, ``b_U`` (H), as lists."""
    cell = layer.cell
    biases = {"b": len(cell.U)}
    if isinstance(cell, GRUCell) and cell.reset_after:
        biases["b_U"] = cell.hidden_size
    zeros = {name: cell.U.new_zeros(size) for name, size in biases.items()}
    return {
        name: numbers(value) for name, value in {**zeros, **dict(cell.named_parameters())}.items()
    }


def numbers(values: Tensor) -> Any:
    """A tensor as nested lists, six digits each: the same text on every machine."""
    return _rounded(values.detach().cpu().double().tolist())


def _rounded(values: Any) -> Any:
    if isinstance(values, list):
        return [_rounded(value) for value in values]
    return float(f"{values:.{_DIGITS}g}")
