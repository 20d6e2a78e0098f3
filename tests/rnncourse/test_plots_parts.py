"""Bars that add up: what paths with so many detours add to a gradient, and the whole."""

import numpy as np
import pytest

from rnncourse import plots


@pytest.mark.parametrize(
    ("size", "counted", "note"),
    [(1.0, 1, ""), (2e-10, 2, ", in 10⁻¹⁰"), (3e7, 3, ", in 10⁷"), (0.0, 0, "")],
)
def test_drawn_parts_add_up_to_the_last_bar_whatever_their_size(size, counted, note):
    values = size * np.array([0.5, 2.0, -1.0, 1.5, 1e-4, -1e-4, 1e-5])
    _, ax = plots.parts(values, lag=6)
    *drawn, whole = (bar.get_height() for bar in ax.patches)
    assert len(drawn) == (4 if size else 2)  # those behind are too small to be seen
    assert whole == pytest.approx(3 * counted, rel=1e-4)
    assert sum(drawn) == pytest.approx(whole, rel=1e-3)
    assert ax.get_ylabel() == f"what they add{note}"


def test_the_line_steps_from_part_to_part_and_ends_at_the_whole():
    _, ax = plots.parts([1.0, 3.0, -2.0], lag=2)
    (line, _) = ax.lines
    assert line.get_ydata() == pytest.approx([0, 1, 4, 2])
    assert ax.patches[2].get_height() == -2  # hangs from the axis
    assert [label.get_text() for label in ax.get_xticklabels()] == ["0", "1", "2", "all"]


def test_wrong_arguments_are_named():
    with pytest.raises(ValueError, match=r"values must be two at least, got \(1,\)"):
        plots.parts([1.0], lag=1)
