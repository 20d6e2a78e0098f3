"""Cells: one file an architecture, one step of recurrence each."""

from rnnbook.cells.base import Cell, HiddenState
from rnnbook.cells.gru import GRUCell
from rnnbook.cells.lstm import LSTMCell, LSTMState
from rnnbook.cells.simple import SimpleCell
from rnnbook.cells.variants import (
    GatedLeakCell,
    JANETCell,
    LeakyCell,
    LiGRUCell,
    MGUCell,
    MutantCell,
)

CELLS: tuple[type[Cell], ...] = (
    *(SimpleCell, LSTMCell, GRUCell, LeakyCell, GatedLeakCell),
    *(MGUCell, JANETCell, LiGRUCell, MutantCell),
)

__all__ = [
    "CELLS",
    "Cell",
    "GRUCell",
    "GatedLeakCell",
    "HiddenState",
    "JANETCell",
    "LSTMCell",
    "LSTMState",
    "LeakyCell",
    "LiGRUCell",
    "MGUCell",
    "MutantCell",
    "SimpleCell",
]
