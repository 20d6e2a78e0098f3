"""The call on a lesson's first screen can be pasted anywhere: it needs torch and nothing else."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "book" / "_tools"))

import notebook_form

GUARD = """
import builtins, sys

real = builtins.__import__

def guarded(name, globals=None, *rest, **more):
    if globals is None or globals.get("__name__") == "__main__":
        if name.partition(".")[0] != "torch":
            raise ImportError(f"the call imports {name}")
    return real(name, globals, *rest, **more)

builtins.__import__ = guarded
"""
CALLS = [
    pytest.param(cell, id=path.stem)
    for path in notebook_form.chapters()
    for cell in notebook_form.read(path).cells
    if "call" in cell.metadata.get("tags", [])
]
assert CALLS


@pytest.mark.parametrize("cell", CALLS)
def test_the_call_runs_alone_and_says_what_the_page_says(cell, tmp_path):
    (tmp_path / "call.py").write_text(f"{GUARD}\n{cell.source}", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-I", "call.py"], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == "".join(output.text for output in cell.outputs)
    lines = [line for line in cell.source.splitlines() if line.strip()]
    assert len(lines) <= 10, f"{len(lines)} lines"
