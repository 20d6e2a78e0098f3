"""A notebook opened by itself says what to install, where the reader looks: in the error."""

import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

CHAPTERS = Path(__file__).parents[2] / "chapters"
WITHOUT = """
import sys

class Without:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("rnnbook", "rnncourse"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Without())
"""


@pytest.mark.parametrize("name", ["04-bptt", "playground"])
def test_the_error_of_the_first_import_shows_what_to_install(name: str) -> None:
    notebook = nbformat.read(CHAPTERS / f"{name}.ipynb", as_version=4)
    imports = next(
        cell
        for cell in notebook.cells
        if cell.cell_type == "code" and re.search(r"^from rnn", cell.source, re.MULTILINE)
    )
    notebook.cells = [nbformat.v4.new_code_cell(WITHOUT), imports]
    NotebookClient(notebook, timeout=120, allow_errors=True).execute()
    (error,) = imports.outputs
    shown = re.sub(r"\x1b\[[\d;]*m", "", "\n".join(error.traceback))
    assert 'pip install -e ".[course]"' in shown
    assert "No module named 'rnn" in shown
