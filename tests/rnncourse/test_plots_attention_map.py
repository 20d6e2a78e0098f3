"""A map of attention: a row for each token written, and the larger a weight the stronger."""

import matplotlib.pyplot as plt
import pytest
import torch

from rnncourse import plots


def test_each_weight_has_its_place_and_the_faint_are_left_out():
    _, ax = plots.attention_map(torch.tensor([[0.25, 0.75], [0.0, 1.0]]), "ab", "x ")
    drawn = {(round(p.get_x()), round(p.get_y())): p.get_facecolor()[3] for p in ax.patches}
    assert drawn == {(0, 0): 0.25, (1, 0): 0.75, (1, 1): 1.0}
    assert [label.get_text() for label in ax.get_yticklabels()] == ["a", "b"]
    assert [label.get_text() for label in ax.get_xticklabels()] == ["x", "␣"]
    plt.close("all")


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ([[0.5, 0.5]], r"weights must be \(2, 2\), got \(1, 2\)"),
        ([[0.5, 0.5], [2, 0]], "from 0 to 1"),
        ([[0.5, 0.5], [float("nan"), 0]], "from 0 to 1"),
    ],
)
def test_wrong_weights_are_named(weights, message):
    with pytest.raises(ValueError, match=message):
        plots.attention_map(weights, "ab", "xy")
