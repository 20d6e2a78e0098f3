"""A chapter's lines for what is downloaded: they run where the data are, and say so where not."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "book" / "_tools"))

import notebook_form  # noqa: E402

BESIDE = ROOT.parent / "shared" / "data"
"""The corpora, where they lie beside the checkout."""
ABSENT = "not on this machine"
CHAPTERS = {
    path.stem: [
        number
        for number, cell in enumerate(notebook_form.read(path).cells)
        if "download" in cell.metadata.get("tags", [])
    ]
    for path in notebook_form.chapters()
}
with_downloads = pytest.mark.parametrize("name", [name for name in CHAPTERS if CHAPTERS[name]])


def printed(cell) -> str:
    return "".join(output.get("text", "") for output in cell.outputs)


@with_downloads
def test_what_is_committed_was_run_without_the_data(name):
    cells = notebook_form.read(ROOT / "chapters" / f"{name}.ipynb").cells
    for number in CHAPTERS[name]:
        assert ABSENT in printed(cells[number])
        # Where a reader has the data, it prints something else.
        assert "nbval-ignore-output" in cells[number].metadata.tags


@pytest.mark.skipif(not BESIDE.is_dir(), reason="no corpora beside the checkout")
@with_downloads
def test_with_the_data_it_runs(name, monkeypatch):
    from nbclient import NotebookClient

    monkeypatch.setenv("RNNBOOK_DATA", str(BESIDE))
    monkeypatch.setenv("RNNBOOK_PROGRESS_BAR", "0")
    notebook = notebook_form.read(ROOT / "chapters" / f"{name}.ipynb")
    where = {"metadata": {"path": str(ROOT / "chapters")}}
    kernel = notebook_form.KERNELSPEC["name"]
    client = NotebookClient(notebook, timeout=300, kernel_name=kernel, resources=where)
    client.execute()
    for number in CHAPTERS[name]:
        assert printed(notebook.cells[number])
        assert ABSENT not in printed(notebook.cells[number])
