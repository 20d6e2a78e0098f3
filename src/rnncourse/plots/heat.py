"""A table of numbers as a heat map: the larger, the stronger its colour."""

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from rnncourse.plots.style import COLORS, figure

_STRONGEST = 0.55  # so that the numbers can be read on light and dark pages


def heat(
    strengths: Sequence[Sequence[float]],
    rows: Sequence[str],
    columns: Sequence[str],
    texts: Sequence[Sequence[str]],
    color: str = COLORS["accent"],
) -> tuple[Figure, Axes]:
    """Draw a heat map with its numbers in it.

    Args:
        strengths: between 0 and 1, a row of them for each of `rows`.
        rows: their names, from top to bottom.
        columns: the names of the columns; they may hold line breaks.
        texts: what is written in each cell.
        color: of the strongest.

    Returns:
        The figure and its axes.

    Raises:
        ValueError: If there is not one strength and one text for each row and column, or a
            strength is not between 0 and 1.
    """
    for name, table in (("strengths", strengths), ("texts", texts)):
        shape = {len(row) for row in table}
        if len(table) != len(rows) or shape != {len(columns)}:
            raise ValueError(f"{name} must hold {len(rows)} rows of {len(columns)}")
    if not all(0 <= strength <= 1 for row in strengths for strength in row):
        raise ValueError("strengths must be between 0 and 1")
    fig, ax = figure(height=0.6 + 0.34 * len(rows))
    ax.set(xlim=(0, len(columns)), ylim=(len(rows), 0))
    for y, (row, words) in enumerate(zip(strengths, texts, strict=True)):
        for x, (strength, text) in enumerate(zip(row, words, strict=True)):
            shade = (color, _STRONGEST * strength)
            ax.add_patch(Rectangle((x + 0.02, y + 0.05), 0.96, 0.9, fc=shade, ec="none"))
            ax.text(x + 0.5, y + 0.52, text, ha="center", va="center")
    ax.set_yticks([y + 0.5 for y in range(len(rows))], rows)
    ax.set_xticks([x + 0.5 for x in range(len(columns))], columns)
    ax.tick_params(length=0, top=False, labeltop=True, labelbottom=False)
    ax.spines[:].set_visible(False)
    ax.grid(visible=False)
    return fig, ax
