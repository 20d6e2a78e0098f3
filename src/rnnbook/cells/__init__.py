"""Cells: one file an architecture, one step of recurrence each."""

from rnnbook.cells.base import Cell, HiddenState
from rnnbook.cells.simple import SimpleCell

CELLS: tuple[type[Cell], ...] = (SimpleCell,)

__all__ = ["CELLS", "Cell", "HiddenState", "SimpleCell"]
