"""The house style and the recurring pictures.

Draw with matplotlib as usual, then `show(fig, alt=...)`: the figure goes into the page as inline
SVG that follows the reader's light or dark theme.

    fig, ax = plots.figure()
    ax.plot(lags, norms, color=plots.COLORS["simple"])
    plots.show(fig, alt="the simple RNN's gradient falls below 1e-8 by lag 40")

Importing this module makes the house style matplotlib's default.
"""

from rnnbook.plots.curves import by_position, curve, lags, spread
from rnnbook.plots.flow import flow
from rnnbook.plots.gate import gate
from rnnbook.plots.gru_cell import gru_cell
from rnnbook.plots.lstm_cell import lstm_cell
from rnnbook.plots.pictures import states, unrolled
from rnnbook.plots.repeating_module import repeating_module
from rnnbook.plots.shapes import shapes
from rnnbook.plots.style import COLORS, INK, end_label, figure
from rnnbook.plots.svg import show, to_svg
from rnnbook.plots.text import marked

__all__ = [
    "COLORS",
    "INK",
    "by_position",
    "curve",
    "end_label",
    "figure",
    "flow",
    "gate",
    "gru_cell",
    "lags",
    "lstm_cell",
    "marked",
    "repeating_module",
    "shapes",
    "show",
    "spread",
    "states",
    "to_svg",
    "unrolled",
]
