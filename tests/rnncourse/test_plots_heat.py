"""A heat map: a number in each cell, and the larger the stronger its colour."""

import matplotlib.pyplot as plt
import pytest

from rnncourse import plots


def test_each_cell_has_its_text_and_the_larger_is_the_stronger():
    _, ax = plots.heat([[0.0, 1.0], [0.5, 0.25]], "ab", "xy", [["0", "10"], ["5", "2.5"]])
    assert [text.get_text() for text in ax.texts] == ["0", "10", "5", "2.5"]
    alphas = [patch.get_facecolor()[3] for patch in ax.patches]
    assert sorted(alphas) == [alphas[0], alphas[3], alphas[2], alphas[1]]
    assert alphas[0] == 0
    assert [label.get_text() for label in ax.get_yticklabels()] == ["a", "b"]
    plt.close("all")


@pytest.mark.parametrize(
    ("strengths", "texts", "message"),
    [
        ([[0.5]], [["a", "b"]], "strengths must hold 1 rows of 2"),
        ([[0.5, 1]], [["a"]], "texts must hold 1 rows of 2"),
        ([[0.5, 2]], [["a", "b"]], "between 0 and 1"),
    ],
)
def test_wrong_tables_are_named(strengths, texts, message):
    with pytest.raises(ValueError, match=message):
        plots.heat(strengths, ["row"], ["one", "two"], texts)
