"""What the pass over the chapters needs beside nbval: an order, times, and a quiet environment.

Name this folder or this file on the command line, so that pytest loads it before it collects:

    pytest --nbval --nbval-sanitize-with tests/notebooks/nbval_sanitize.cfg chapters tests/notebooks
"""

from __future__ import annotations

import os
import tempfile
from collections import defaultdict
from pathlib import Path

import pytest


def pytest_configure(config):
    if config.getoption("nbval", False):
        # Once on each machine matplotlib lists the fonts, and says so: not in a chapter.
        import matplotlib.font_manager  # noqa: F401

        # As `notebooks.py execute` sets them; kernels inherit them.
        os.environ["RNNBOOK_PROGRESS_BAR"] = "0"
        os.environ.pop("MPLBACKEND", None)
        os.environ.pop("RNNBOOK_DATA", None)
        # A check run here must not count as a reader's progress.
        os.environ["RNNBOOK_PROGRESS"] = str(Path(tempfile.mkdtemp(), "progress.json"))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """Put code cells back in their order, whatever shuffled the tests; notebooks stay shuffled."""
    notebooks = defaultdict(list)
    for item in items:
        if hasattr(item, "cell_num"):
            notebooks[item.path].append(item)
    ordered = []
    for item in items:
        if hasattr(item, "cell_num"):
            ordered += sorted(notebooks.pop(item.path, []), key=lambda cell: cell.cell_num)
        else:
            ordered.append(item)
    items[:] = ordered


def pytest_terminal_summary(terminalreporter):
    # From the reports: pytest_runtest_logreport reaches a conftest for its own folder's tests only.
    seconds = defaultdict(float)
    for report in (report for reports in terminalreporter.stats.values() for report in reports):
        path = getattr(report, "nodeid", "").partition("::")[0]
        if path.endswith(".ipynb"):
            seconds[Path(path).stem] += getattr(report, "duration", 0.0)
    if seconds:
        times = ", ".join(f"{name} {seconds[name]:.1f} s" for name in sorted(seconds))
        terminalreporter.write_line(f"notebook times: {times}")
