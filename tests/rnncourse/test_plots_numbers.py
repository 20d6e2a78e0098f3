"""Numbers read alike in pictures, in tables and in the figures that answer."""

import json
import math
import sys
from pathlib import Path

import numpy as np
import pytest

from rnncourse.figures import bundle
from rnncourse.plots import number

sys.path.insert(0, str(Path(__file__).parents[1] / "engine"))
from engine_node import node


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (0, 2, "0"),
        (0.25, 3, "0.25"),
        (-3.0, 2, "−3"),
        (0.00964, 2, "0.0096"),
        (0.000964, 2, "9.6 · 10⁻⁴"),
        (-0.000964, 1, "−10⁻³"),
        (2.47e-10, 1, "2 · 10⁻¹⁰"),
        (9.96e-9, 2, "10⁻⁸"),
        (9.96, 2, "10"),
        (1234.4, 3, "1,234"),
        (4.2e7, 2, "4.2 · 10⁷"),
        (math.inf, 2, "∞"),
        (-math.inf, 2, "−∞"),
        (math.nan, 2, "not a number"),
    ],
)
def test_powers_of_ten_are_written_as_such(value, digits, text):
    assert number(value, digits).replace("\u00a0", " ") == text


def test_figures_write_numbers_as_pictures_do(tmp_path):
    random = np.random.default_rng(0)
    drawn = random.choice([-1, 1], 500) * 10 ** random.uniform(-12, 9, 500)
    values = [0.0, 1e-3, 1e6, 9.9995e-4, 999999.6, *drawn.tolist()]
    cases = [(value, digits) for value in values for digits in (1, 2, 3)]
    module = tmp_path / "numbers.mjs"
    module.write_text(
        'import { readFileSync } from "node:fs";\n'
        f'import {{ formatNumber }} from "{(bundle.JS / "base" / "dom.js").as_uri()}";\n'
        'const cases = JSON.parse(readFileSync(0, "utf8"));\n'
        "process.stdout.write(JSON.stringify(cases.map((case_) => formatNumber(...case_))));\n",
        encoding="utf-8",
    )
    found = json.loads(node(str(module), text=json.dumps(cases)))
    assert found == [number(*case) for case in cases]
