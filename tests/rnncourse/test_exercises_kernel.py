"""In a real kernel: the verdict is the cell's output, and an endless loop is not its end."""

import nbformat
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

CELLS = (
    "import torch\nfrom rnncourse.checking import check, sandbox\nsandbox.LIMIT_SECONDS = 0.5",
    "def step(x, h, W, U, b):\n    n = 0\n    while True:\n        n += 1",
    'check("simple-step", step)',
    # Only the loop is cut short: what ends needs its time where the machine is busy.
    "sandbox.LIMIT_SECONDS = 60\ndef step(x, h, W, U, b):\n    return torch.tanh(x @ W.T + h @ U)",
    'check("simple-step", step)',
    "def step(x, h, W, U, b):\n    y = x @ h\n    return y",
    'check("simple-step", step)',
    "def step(x, h, W, U, b):\n    raise SystemExit",
    'check("simple-step", step)',
    'def step(x, h, W, U, b):\n    check("simple-step", step)\n    return h',
    'check("simple-step", step)',
    "print('alive')",
)


def test_verdicts_in_a_kernel(tmp_path, monkeypatch):
    monkeypatch.setenv("RNNBOOK_PROGRESS", str(tmp_path / "progress.json"))
    notebook = new_notebook(cells=[new_code_cell(source) for source in CELLS])
    NotebookClient(notebook, timeout=300, kernel_name="python3").execute()
    nbformat.validate(notebook)
    texts = ["".join(output["text"] for output in cell.outputs) for cell in notebook.cells]
    assert all(output["name"] == "stdout" for cell in notebook.cells for output in cell.outputs)
    assert texts[2].startswith("✗ simple-step: still running after 0.5 seconds")
    assert "at line 3: while True:" in texts[2] or "at line 4: n += 1" in texts[2]
    assert texts[4].startswith("✗ simple-step: two things at once. First: both products")
    assert "    at line 2: y = x @ h\n" in texts[6]
    assert texts[8].startswith("✗ simple-step: your function raised SystemExit.")
    assert texts[10].startswith("✗ simple-step: `check` stands inside your function")
    assert texts[11] == "alive\n"
