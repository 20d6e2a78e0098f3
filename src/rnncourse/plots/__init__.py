"""The house style and the recurring pictures.

Draw with matplotlib as usual, then `show(fig, alt=...)`: the figure goes into the page as inline
SVG that follows the reader's light or dark theme.

    fig, ax = plots.figure()
    ax.plot(lags, norms, color=plots.COLORS["simple"])
    plots.show(fig, alt="the simple RNN's gradient falls below 1e-8 by lag 40")

Importing this module makes the house style matplotlib's default.
"""

from rnncourse.plots.attention_map import attention_map
from rnncourse.plots.backward_pass import backward_pass
from rnncourse.plots.backwards import backwards
from rnncourse.plots.curves import by_position, curve, lags, spread
from rnncourse.plots.flow import flow
from rnncourse.plots.gate import gate
from rnncourse.plots.gated_row import gated_row
from rnncourse.plots.gru_cell import gru_cell
from rnncourse.plots.guesses import guesses
from rnncourse.plots.heat import heat
from rnncourse.plots.lstm_cell import lstm_cell, lstm_keys, lstm_parts
from rnncourse.plots.numbers import number
from rnncourse.plots.one_hot import one_hot
from rnncourse.plots.parts import parts
from rnncourse.plots.pictures import states, unrolled
from rnncourse.plots.remedies import remedies
from rnncourse.plots.row import row
from rnncourse.plots.shapes import shapes
from rnncourse.plots.style import COLORS, INK, end_label, figure
from rnncourse.plots.svg import show, to_svg
from rnncourse.plots.text import marked
from rnncourse.plots.two_directions import two_directions
from rnncourse.plots.two_lanes import two_lanes
from rnncourse.plots.two_ways import two_ways

__all__ = [
    "COLORS",
    "INK",
    "attention_map",
    "backward_pass",
    "backwards",
    "by_position",
    "curve",
    "end_label",
    "figure",
    "flow",
    "gate",
    "gated_row",
    "gru_cell",
    "guesses",
    "heat",
    "lags",
    "lstm_cell",
    "lstm_keys",
    "lstm_parts",
    "marked",
    "number",
    "one_hot",
    "parts",
    "remedies",
    "row",
    "shapes",
    "show",
    "spread",
    "states",
    "to_svg",
    "two_directions",
    "two_lanes",
    "two_ways",
    "unrolled",
]
