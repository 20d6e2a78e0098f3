"""Windows' high contrast paints over a page's colours: a key keeps those that it explains."""

import io

import pytest

pytest.importorskip("torch")
image = pytest.importorskip("PIL.Image")

KEYS = ".rnnbook-swatch, .rnnbook-bar"


def painted(page) -> list[list[tuple[int, int, int]]]:
    """The colours along each part of a key, as they are on the screen."""
    rows = []
    for part in page.locator(KEYS).locator("visible=true").all():
        picture = image.open(io.BytesIO(part.screenshot())).convert("RGB")
        middle = picture.height // 2
        rows.append([picture.getpixel((x, middle)) for x in range(3, picture.width - 3)])
    return rows


def test_a_key_keeps_the_colours_that_it_explains(bare) -> None:
    from rnncourse.figures import Playground

    usual, forced = (
        painted(bare(Playground(), **options).page) for options in ({}, {"forced_colors": "active"})
    )
    assert len(usual) >= 3
    assert forced == usual
    bar = max(usual, key=len)
    assert len(set(bar)) > 20  # a scale and not a box of one colour
    swatches = [row[0] for row in usual if len(set(row)) == 1]
    assert len(set(swatches)) == len(swatches) >= 2
