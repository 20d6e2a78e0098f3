"""The row of a gated unit: a shut gate passes nothing from below, an open one nothing across."""

import pytest

from rnncourse import plots


def test_what_is_kept_and_what_is_written_are_arrows_of_that_thickness():
    _, ax = plots.gated_row([0.5, 0.5, 0.1], [0.5, -0.9, -0.3], [1.0, 0.0, 0.5])
    arrows = [text.arrow_patch for text in ax.texts if getattr(text, "arrow_patch", None)]
    # written at 1, kept at 2, half of each at 3
    assert [round(arrow.get_linewidth(), 1) for arrow in arrows] == [4.0, 4.0, 2.3, 2.3]
    dotted = [line for line in ax.lines if line.get_linestyle() == ":"]
    assert len(dotted) == 1  # nothing is written at 2
    words = {text.get_text() for text in ax.texts}
    assert {"0.50", "−0.90", "1.0", "0.0", "$h_{3}$"} <= words


def test_it_is_a_picture_in_the_colours_of_the_page():
    fig, _ = plots.gated_row([0.5], [0.5], [1.0])
    svg = plots.to_svg(fig, "one gated unit that has written once")
    assert "var(--rnnbook-simple" in svg
    assert len(svg) < 60_000


@pytest.mark.parametrize(
    ("arguments", "words"),
    [(([0.1], [0.1], []), "as h"), (([0.1], [0.1], [1.5]), "between 0 and 1")],
)
def test_what_is_not_a_row_is_refused(arguments, words):
    with pytest.raises(ValueError, match=words):
        plots.gated_row(*arguments)
