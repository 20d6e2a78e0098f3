"""The picture of a language model's guesses."""

import pytest

from rnncourse import plots

GUESSES = [[("b", 0.75), ("a", 0.25)], [("a", 0.5), ("c", 0.3), ("b", 0.15), ("d", 0.05)]]


def test_each_step_shows_what_was_read_and_at_most_three_guesses():
    fig, ax = plots.guesses("a\n", [0, 95], 96, GUESSES, "ba")
    words = [text.get_text() for text in ax.texts]
    assert [word for word in words if word in ("$h_{1}$", "$h_{2}$", "↵")] == [
        "$h_{1}$",
        "$h_{2}$",
        "↵",
    ]
    assert [word for word in words if "." in word] == ["0.75", "0.25", "0.50", "0.30", "0.15"]
    assert plots.to_svg(fig, alt="two steps of a language model").startswith("<svg")


def test_a_one_stands_inside_its_vector():
    _, ax = plots.guesses("aa", [0, 95], 96, GUESSES, "ba")
    strips = [patch for patch in ax.patches if patch.get_height() == 0.16]
    for vector, one in zip(strips[::2], strips[1::2], strict=True):
        assert vector.get_x() <= one.get_x()
        assert one.get_x() + one.get_width() <= vector.get_x() + vector.get_width() + 0.02


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"came": "b"}, "as many of each"),
        ({"read": "", "places": [], "probable": [], "came": ""}, "one at least"),
        ({"places": [0, 96]}, "between 0 and 95"),
    ],
)
def test_what_does_not_fit_is_refused(change, message):
    right = {"read": "ab", "places": [0, 1], "size": 96, "probable": GUESSES, "came": "ba"}
    with pytest.raises(ValueError, match=message):
        plots.guesses(**{**right, **change})
