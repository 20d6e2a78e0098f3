"""The style sheet agrees with the figures' palette, and can be seen in the dark."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CSS = (ROOT / "src" / "rnncourse" / "figures" / "css" / "palette.css").read_text()
DARK_GROUND = "#121212"  # the theme's --pst-color-background


def palette(selector: str) -> dict[str, str]:
    block = re.search(
        rf"^{re.escape(selector)}[ ,][^{{]*\{{(.*?)^\}}", CSS, re.DOTALL | re.MULTILINE
    )
    colors = dict(re.findall(r"--rnnbook-([a-z]+): (#[0-9a-f]{6})", block[1]))
    return colors


def luminance(color: str) -> float:
    channels = [int(color[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """WCAG's contrast ratio of two colours."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_light_palette_is_that_of_the_figures() -> None:
    plots = pytest.importorskip("rnncourse.plots")
    expected = {name: color.lower() for name, color in plots.COLORS.items()}
    assert palette(":root") == expected


def test_dark_palette_has_the_same_names_and_is_brighter() -> None:
    light, dark = palette(":root"), palette('html[data-theme="dark"]')
    assert dark.keys() == light.keys()
    for name, color in dark.items():
        assert luminance(color) > luminance(light[name]), name
        assert contrast(color, DARK_GROUND) >= 3, name


def test_contrast_is_wcags() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
