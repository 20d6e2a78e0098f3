from __future__ import annotations

import sys

import pytest


@pytest.fixture(autouse=True)
def _no_picture_left_open():
    yield
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")
