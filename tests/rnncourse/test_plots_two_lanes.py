"""The two lanes of an LSTM's gradient: the numbers are powers of the gates that were given."""

import pytest

from rnncourse import plots


def test_the_upper_lane_says_what_each_start_keeps():
    fig, ax = plots.two_lanes({"open": 0.9, "shut": 0.5}, 40)
    shown = [text.get_text() for text in ax.texts]
    assert {"open", "shut", "$c_{T-40}$", "$h_{T}$", "×f"} <= set(shown)
    for f, far in ((0.9, "0.01"), (0.5, "10⁻¹²")):
        kept = [far, *(f"{f**back:.2f}" for back in (4, 3, 2, 1))]
        assert all(number in shown for number in kept)
    svg = plots.to_svg(fig, "two lanes, c above h, with arrows going back")
    assert "var(--rnnbook-f" in svg


@pytest.mark.parametrize(
    ("starts", "lag", "message"),
    [
        ({"too open": 1.1}, 40, "gates from 0 to 1, got 1.1 for 'too open'"),
        ({"open": 0.9}, 4, "lag must be more than 4, got 4"),
    ],
)
def test_lanes_that_cannot_be_drawn_are_refused(starts, lag, message):
    with pytest.raises(ValueError, match=message):
        plots.two_lanes(starts, lag)
