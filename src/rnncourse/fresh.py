"""Every claim again, on seeds that nobody has looked at when its bound was written.

A bound is written on seeds 0 to 9. A block of fresh seeds, 200 to 299 say, then tells whether it
was a fact or luck: the experiments run seeds 200 to 209 at the learning rates that were chosen for
them, and each chapter is run ten times, its seeds moved by 200, 210, … 290. A block that was looked
at is spent: what is rewritten is tested on the next.

`python -m rnncourse claims fresh --offset 200` does all of it, and goes on from where it was
stopped. Nothing is raised where a claim does not hold: it is counted.
"""

from __future__ import annotations

import csv
import json
import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import joblib
import torch

from rnncourse import claims, experiments
from rnncourse.console import say
from rnncourse.experiments.files import to_csv, write_atomically

COLUMNS = ("chapter", "claim", "block", "held", "of", "lowest", "highest")
READS = re.compile(r'recorded\(\\"(\w+)')
"""A record that is read, as a notebook's file has it."""
APART = 10
"""A chapter draws with up to ten seeds in a row: so far one run's seeds are from the next one's."""


def begin(offset: int, results: str, out: str) -> None:
    """In the kernel of a chapter: move its seeds, read fresh results, and write claims to a file.

    Args:
        offset: what is added to every seed.
        results: a folder with the results of experiments, which are read instead of the recorded.
        out: a JSON line is added to this file for each claim.
    """
    manual_seed = torch.manual_seed

    class Moved(torch.Generator):
        """A generator whose seeds are moved."""

        def manual_seed(self, seed: int) -> torch.Generator:
            return super().manual_seed(seed + offset)

    torch.Generator = Moved  # type: ignore[misc]
    torch.manual_seed = lambda seed: manual_seed(seed + offset)
    experiments.INSTEAD.append(Path(results))

    def note(id: str, held: bool, live: float | None) -> None:
        with Path(out).open("a", encoding="utf-8") as file:
            file.write(json.dumps({"claim": id, "held": held, "live": live}) + "\n")

    claims.witness(note)


def measure(
    chapters: Sequence[Path],
    folder: Path,
    offset: int = 200,
    seeds: int = 10,
    jobs: int = 2,
    say: Callable[[str], None] = say,
) -> list[dict[str, Any]]:
    """Run experiments and chapters on fresh seeds.

    Args:
        chapters: their notebooks; of the experiments those run whose records they read.
        folder: where the results are kept, so that a run that was stopped goes on.
        offset: the block's first seed.
        seeds: how many seeds an experiment runs, and how often a chapter is run.
        jobs: runs at a time.
        say: takes one line of progress.

    Returns:
        A row a claim, with `COLUMNS`: in how many runs it held, and the range of what was measured.
    """
    results = folder / f"{offset}" / "experiments"
    results.mkdir(parents=True, exist_ok=True)
    read = {name for path in chapters for name in READS.findall(path.read_text(encoding="utf-8"))}
    for name in sorted(read & set(experiments.names())):
        experiment = experiments.load(name)
        experiments.rerun(experiment, range(offset, offset + seeds), results, jobs, say)
    runs = [(path, offset + APART * run) for path in chapters for run in range(seeds)]
    done = joblib.Parallel(n_jobs=jobs, return_as="generator_unordered")(
        joblib.delayed(_run)(path, moved, results, folder / f"{offset}") for path, moved in runs
    )
    for number, line in enumerate(done, 1):
        say(f"[{number}/{len(runs)}]  {line}")
    return [row for path in chapters for row in _rows(path, folder / f"{offset}", offset)]


def write_table(rows: Sequence[dict[str, Any]], path: Path) -> None:
    """Enter rows in a table, in place of those of the same chapters' claims."""
    chapters = {row["chapter"] for row in rows}
    kept: list[dict[str, Any]] = []
    if path.is_file():
        with path.open(encoding="utf-8", newline="") as file:
            kept = [row for row in csv.DictReader(file) if row["chapter"] not in chapters]
    every = sorted([*kept, *rows], key=lambda row: row["chapter"])
    write_atomically(path, to_csv(COLUMNS, every))


def _run(path: Path, offset: int, results: Path, folder: Path) -> str:
    """Run a chapter with its seeds moved, unless that was done; a line about it."""
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError

    out = (folder / f"{path.stem}.{offset}.jsonl").resolve()
    name = f"{path.stem} at {offset}"
    if out.is_file():
        return f"{name} is there already"
    os.environ["RNNBOOK_PROGRESS_BAR"] = "0"
    partial = out.with_suffix(".partial")
    partial.unlink(missing_ok=True)
    notebook = nbformat.read(path, as_version=4)
    arguments = f"{offset}, {str(results.resolve())!r}, {str(partial)!r}"
    first = f"import rnncourse.fresh\nrnncourse.fresh.begin({arguments})"
    notebook.cells.insert(0, nbformat.v4.new_code_cell(first))
    client = NotebookClient(
        notebook,
        timeout=900,
        resources={"metadata": {"path": str(path.parent)}},
        extra_arguments=["--log-level=ERROR"],
    )
    try:
        client.execute()
    except CellExecutionError as error:
        return f"{name} FAILED: {error.ename}: {error.evalue}"
    if not partial.is_file():
        partial.touch()
    partial.replace(out)
    return name


def _rows(path: Path, folder: Path, block: int) -> list[dict[str, Any]]:
    """A row for each claim of a chapter, in the order of the chapter."""
    found: dict[str, list[dict[str, Any]]] = {}
    for file in sorted(folder.glob(f"{path.stem}.*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            entry = json.loads(line)
            found.setdefault(entry["claim"], []).append(entry)
    rows = []
    for claim, entries in found.items():
        live = [entry["live"] for entry in entries if entry["live"] is not None]
        held = sum(entry["held"] for entry in entries)
        ends = (min(live), max(live)) if live else ("", "")
        values = (path.stem, claim, block, held, len(entries), *ends)
        rows.append(dict(zip(COLUMNS, values, strict=True)))
    return rows
