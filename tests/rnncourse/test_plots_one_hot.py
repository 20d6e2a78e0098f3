"""A text on its way through a network."""

import pytest

from rnncourse import plots


def words(ax):
    return [text.get_text() for text in ax.texts]


def test_a_symbol_has_one_row_and_each_column_a_single_one():
    _, ax = plots.one_hot("a $a", [[0.999, 0.001], [0.5, 0.5], [0.25, 0.75], [0, 1]], ["x", "y"])
    said = words(ax)
    assert said.count("1") == 4 + 2  # a one in each column; and .999 and 1 are shown as 1
    assert "0" not in said
    assert "␣" in said
    assert {".25", ".75", ".00"} < set(said)
    assert "<svg" in plots.to_svg(ax.figure, "a text on its way through a network")


def test_what_cannot_be_drawn_is_refused():
    with pytest.raises(ValueError, match=r"must have shape \(T, K\) = \(2, 1\)"):
        plots.one_hot("ab", [[1.0]], ["x"])
