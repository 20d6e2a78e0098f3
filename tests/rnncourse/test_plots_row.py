"""The unrolled row and the two ways to look at the past: what is drawn is what was given."""

from itertools import pairwise

import pytest
from matplotlib.patches import FancyBboxPatch

from rnncourse import plots

ALT = "a unit as a loop and as a row of copies"


def words(ax):
    return [text.get_text() for text in ax.texts]


def test_the_row_shows_each_state_input_and_weight():
    fig, ax = plots.row([1, -0.5], [0.76, -0.08], w=1, u=0.8)
    shown = words(ax)
    assert {"0.76", "−0.08", "$h_0$", "$h_{1}$", "$h_{2}$"} <= set(shown)
    assert {"$x_{1}$ = 1", "$x_{2}$ = −0.5"} <= set(shown)
    assert shown.count("×0.8") == 3  # on the loop, and into each box
    assert shown.count("×1") == 3
    boxes = [patch for patch in ax.patches if isinstance(patch, FancyBboxPatch)]
    assert len(boxes) == 3
    assert "var(--rnnbook-simple" in plots.to_svg(fig, ALT)


@pytest.mark.parametrize("steps", [5, 8])
def test_in_a_long_row_too_each_input_has_its_room(steps):
    fig, ax = plots.row([-0.5] * steps, [0.76] * steps, w=1, u=0.8)
    inputs = [text for text in ax.texts if "−0.5" in text.get_text()]
    places = [text.get_window_extent(fig.canvas.get_renderer()) for text in inputs]
    assert len(places) == steps
    assert all(left.x1 < right.x0 for left, right in pairwise(places))
    assert all(place.y0 > 0 for place in places)


def test_the_two_ways_show_the_same_bits():
    bits, states = [1, 0, 1, 1, 0], [1, 1, 0, 1, 1]
    _, (above, below) = plots.two_ways(bits, states, 3)
    assert above.get_title(loc="left") == "a window of 3"
    assert [w for w in words(above) if w.startswith("$t")] == ["$t = 3$", "$t = 4$", "$t = 5$"]
    inside = [w for w in words(above)[6:] if w in ("0", "1")]
    assert inside == ["1", "0", "1", "0", "1", "1", "1", "1", "0"]
    assert [w for w in words(below) if w in ("0", "1")] == ["1", "0", "1", "1", "0", *"11011"]


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda: plots.row([], [], w=1, u=1), "h must be one state for each of the inputs, 0"),
        (lambda: plots.row([1, 0], [0.5], w=1, u=1), "the inputs, 2, got 1"),
        (lambda: plots.two_ways([1, 0, 1], [1, 1], 1), "one for each of the 3 bits, got 2"),
        (lambda: plots.two_ways([1, 0, 1], [1, 1, 0], 2), "k must be a positive int of at most 1"),
    ],
)
def test_pictures_that_cannot_be_drawn_are_refused(draw, message):
    with pytest.raises(ValueError, match=message):
        draw()
