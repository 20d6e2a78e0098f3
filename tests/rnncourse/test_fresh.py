"""Every claim on fresh seeds: they are moved, nothing is raised, all is counted and resumed."""

from __future__ import annotations

import csv
from pathlib import Path

import nbformat
import pytest

from rnncourse import experiments, fresh
from rnncourse.experiments import recorded, rerun, run_experiment

CHAPTER = """
import torch
from rnncourse import claim
from rnncourse.experiments import recorded
torch.manual_seed(3)
weight = torch.rand(1).item()
draw = torch.rand(1, generator=torch.Generator().manual_seed(3)).item()
claim("always", "A draw lies between 0 and 1", measured=weight, bound=(0, 1))
claim("both-moved", "Both draws are the same", measured=abs(weight - draw), bound=(None, 1e-9))
claim("of-one-seed", "What seed 3 draws", measured=draw, bound=(DRAW - 1e-6, DRAW + 1e-6))
claim("recorded", "The loss", measured=recorded("tiny").summary("loss"), bound=(0, 100))
"""


@pytest.fixture
def tiny(tmp_path, monkeypatch):
    """An experiment whose loss is its seed, recorded for seeds 0 and 1; the only one there is."""
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    (tmp_path / "tiny.py").write_text(
        "DESCRIPTION, GRID, CHEAP = 'tiny', {'lag': [20]}, {'lag': 20, 'lr': 0.1}\n"
        "RATES, TUNE_ON = [0.1, 0.2, 0.3], 'far'\n"
        "def run(seed, lag, lr):\n"
        "    return {'loss': seed * len(range(lag)) / 20, 'far': abs(lr - 0.2)}\n",
        encoding="utf-8",
    )
    import tiny

    run_experiment(tiny, seeds=2, jobs=1, folder=tmp_path / "recorded", say=lambda _: None)
    monkeypatch.setattr(experiments, "names", lambda: ["tiny"])
    monkeypatch.setattr(experiments, "load", lambda name: tiny)
    monkeypatch.setattr(experiments, "INSTEAD", [])
    from rnncourse.experiments import _record

    monkeypatch.setattr(_record, "INSTEAD", [tmp_path / "recorded"])
    yield tiny
    import sys

    del sys.modules["tiny"]


def test_other_seeds_run_at_the_recorded_rates(tiny, tmp_path):
    said: list[str] = []
    rerun(tiny, range(200, 203), tmp_path / "new", jobs=1, say=said.append)
    new = recorded("tiny", tmp_path / "new")
    assert new.table["seed"].tolist() == [200, 201, 202]
    assert set(new.table["lr"]) == {0.2}
    assert new.info["seeds"] == [200, 201, 202]
    assert new.tuning.equals(recorded("tiny", tmp_path / "recorded").tuning)
    assert len(said) == 3
    rerun(tiny, range(200, 203), tmp_path / "new", jobs=1, say=said.append)
    assert len(said) == 3


def test_a_chapter_is_measured_on_fresh_seeds(tiny, tmp_path):
    import torch

    draw = torch.rand(1, generator=torch.Generator().manual_seed(3)).item()
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [nbformat.v4.new_code_cell(CHAPTER.replace("DRAW", str(draw)))]
    chapter = tmp_path / "01-tiny.ipynb"
    nbformat.write(notebook, chapter)
    before = chapter.read_bytes()

    said: list[str] = []
    rows = fresh.measure([chapter], tmp_path / "out", 200, seeds=2, jobs=1, say=said.append)
    assert {row["claim"]: (row["held"], row["of"]) for row in rows} == {
        "always": (2, 2),
        "both-moved": (2, 2),
        "of-one-seed": (0, 2),
        "recorded": (0, 2),  # the fresh losses are 200 and 201
    }
    assert all(row["block"] == 200 and row["chapter"] == "01-tiny" for row in rows)
    assert chapter.read_bytes() == before

    again = fresh.measure([chapter], tmp_path / "out", 200, seeds=2, jobs=1, say=said.append)
    assert again == rows
    assert "is there already" in said[-1]

    table = tmp_path / "fresh.csv"
    fresh.write_table([{**row, "chapter": "02-other"} for row in rows[:1]], table)
    fresh.write_table(rows, table)
    fresh.write_table(rows, table)
    with table.open(encoding="utf-8", newline="") as file:
        written = list(csv.DictReader(file))
    assert [row["chapter"] for row in written] == ["01-tiny"] * 4 + ["02-other"]
    assert written[2]["held"] == "0"


def test_a_chapter_that_fails_is_named(tiny, tmp_path):
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [nbformat.v4.new_code_cell("raise OSError('disk is full')")]
    chapter = tmp_path / "01-broken.ipynb"
    nbformat.write(notebook, chapter)
    said: list[str] = []
    assert fresh.measure([chapter], tmp_path / "out", 200, 1, 1, said.append) == []
    assert "01-broken at 200 FAILED: OSError: disk is full" in said[-1]
    assert not list(Path(tmp_path / "out").rglob("01-broken*.jsonl"))
