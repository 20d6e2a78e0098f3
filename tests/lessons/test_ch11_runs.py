"""Chapter 11's experiments give the same table on a cluster, and where a run was cut short."""

from __future__ import annotations

import importlib
import os
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from rnncourse.experiments import run_experiment

distributed = pytest.importorskip("distributed")

EXPERIMENTS = (
    "capacity", "characters", "chung", "counting", "cue_order_copy", "music_without_memory",
    "patched_counts", "tries",
)  # fmt: skip
# The experiment itself, at its cheap point alone, in a module of its own.
CHEAPLY = """
import os
from rnncourse.lessons.ch11.experiments import {name} as whole
DESCRIPTION, CHEAP = whole.DESCRIPTION, whole.CHEAP
GRID = {{key: [value] for key, value in CHEAP.items() if key in ("lr", *whole.GRID)}}
SHORTER = {{key: value for key, value in CHEAP.items() if key not in GRID}}
def run(seed, **point):
    if seed == 1 and "STOP" in os.environ:
        raise InterruptedError("stopped")
    return whole.run(seed, **(point | SHORTER))
"""


@pytest.fixture(scope="module")
def cheap(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, ModuleType]]:
    """The experiments by name, importable here and in every process that is started."""
    folder = tmp_path_factory.mktemp("cheap")
    for name in EXPERIMENTS:
        (folder / f"cheap_{name}.py").write_text(CHEAPLY.format(name=name), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(folder)
        patch.setenv("PYTHONPATH", str(folder), prepend=os.pathsep)
        patch.setenv("OMP_NUM_THREADS", "1")
        yield {name: importlib.import_module(f"cheap_{name}") for name in EXPERIMENTS}


@pytest.fixture(scope="module")
def cluster(cheap: dict[str, ModuleType]) -> Iterator[str]:
    """The address of two workers."""
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None, scheduler_port=0
    ) as workers:
        yield workers.scheduler_address


@pytest.fixture(scope="module")
def plain(cheap: dict[str, ModuleType], tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The tables that one process makes without a break."""
    folder = tmp_path_factory.mktemp("plain")
    return {name: table(cheap[name], folder) for name in EXPERIMENTS}


def table(experiment: ModuleType, folder: Path, **options: object) -> str:
    path = run_experiment(experiment, seeds=2, jobs=1, folder=folder, say=lambda _: None, **options)
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_a_cluster_gives_the_same_table(name, cheap, plain, cluster, tmp_path):
    assert table(cheap[name], tmp_path, scheduler=cluster) == plain[name]


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_a_run_that_was_cut_short_goes_on_to_the_same_table(
    name, cheap, plain, tmp_path, monkeypatch
):
    """(That a process may be killed at it, tests/rnncourse/test_experiments.py proves.)"""
    monkeypatch.setenv("STOP", "1")
    with pytest.raises(RuntimeError, match="seed 1: InterruptedError"):
        table(cheap[name], tmp_path)
    monkeypatch.delenv("STOP")
    partial = tmp_path / f"cheap_{name}.partial.jsonl"
    assert partial.read_bytes().count(b"\n") == 2
    assert table(cheap[name], tmp_path) == plain[name]
    assert not partial.exists()
