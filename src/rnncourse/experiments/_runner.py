"""Runs an experiment over its grid and seeds: in parallel, resumable, recorded."""

from __future__ import annotations

import itertools
import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

import joblib

from rnncourse.console import say
from rnncourse.experiments._chaos import chaotic, nudged
from rnncourse.experiments._cheap import differences, run_cheap
from rnncourse.experiments._record import machine, recorded
from rnncourse.experiments._tuning import AS_GOOD, TUNING_SEEDS, Point, Row, at_edge, tune, wider
from rnncourse.experiments.files import to_csv, write_atomically

# Far from the seeds that are recorded: a rate must not be chosen on the runs that it is judged by.
FURTHER = 4  # rates beyond the declared ones that a point may try, one after the other


class Experiment(Protocol):
    """What an experiment's module declares (`RATES`, `TUNE_ON`, `TUNING_SEEDS` may be missing)."""

    __name__: str
    __file__: str
    DESCRIPTION: str
    GRID: dict[str, list[Any]]
    CHEAP: Point
    run: Callable[..., dict[str, float]]


class StaleResults(RuntimeError):
    """A run was begun with another grid or other code than it is to be continued with."""


def run_experiment(
    experiment: Experiment,
    seeds: int = 10,
    jobs: int = 2,
    scheduler: str | None = None,
    folder: Path | None = None,
    say: Callable[[str], None] = say,
) -> Path:
    """Run an experiment for seeds 0 … ``seeds − 1``, going on from where it was stopped.

    Every finished run is kept at once in ``NAME.partial.jsonl``; the results replace the old ones
    when all runs are there.

    Args:
        experiment: its module.
        seeds: number of seeds.
        jobs: runs at a time, each in a process of its own with one torch thread.
        scheduler: address of a Dask scheduler (``tcp://…``) that gets the runs instead.
        folder: where the files go; beside the module if not given.
        say: takes one line of progress.

    Returns:
        The path of the results.

    Raises:
        StaleResults: if unfinished results come from another grid or other code.
    """
    for key, value in (("seeds", seeds), ("jobs", jobs)):
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise ValueError(f"{key} must be a positive int, got {value!r}")
    name = experiment.__name__.rpartition(".")[2]
    folder = Path(experiment.__file__).parent if folder is None else folder
    folder.mkdir(parents=True, exist_ok=True)
    start = time.perf_counter()
    rates: Sequence[float] = getattr(experiment, "RATES", ())
    points = [
        dict(zip(experiment.GRID, values, strict=True))
        for values in itertools.product(*experiment.GRID.values())
    ]
    cheap = run_cheap(experiment)
    search: list[Row] = []
    count = getattr(experiment, "TUNING_SEEDS", TUNING_SEEDS)
    as_good = getattr(experiment, "AS_GOOD", AS_GOOD)
    tuning_seeds = range(1000, 1000 + count)
    with _workers(jobs, scheduler) as parallel:
        stages = ("tuning.partial", "partial", "nudged.partial")
        partial = [folder / f"{name}.{stage}.jsonl" for stage in stages]

        def collect(points: list[Point], seeds: Sequence[int], partial: Path) -> list[Row]:
            return _collect(experiment, points, seeds, parallel, partial, cheap.code, say)

        if rates:
            column: str = experiment.TUNE_ON  # type: ignore[attr-defined]
            tries = [{**point, "lr": rate} for point in points for rate in rates]
            search = collect(tries, tuning_seeds, partial[0])
            for _ in range(FURTHER):
                more = [{**p, "lr": lr} for p in points for lr in wider(search, p, column, as_good)]
                if not more:
                    break
                tries += more
                search = collect(tries, tuning_seeds, partial[0])
            edge = [point for point in points if at_edge(search, point, column, as_good)]
            points = [{**p, "lr": tune(search, p, column, as_good)} for p in points]
        rows = collect(points, range(seeds), partial[1])
        again = collect(nudged(points), [0], partial[2]) if rates else []
        firsts = [row for row in rows if row["seed"] == 0] if rates else []

    info = {
        "experiment": name,
        "description": experiment.DESCRIPTION,
        "grid": experiment.GRID,
        "rates": list(rates),
        **({"tune_on": column, "tuning_seeds": count, "as_good": as_good} if rates else {}),
        **({"at_edge": edge} if rates else {}),
        **({"chaotic": chaotic(points, firsts, again)} if rates else {}),
        "seeds": list(range(seeds)),
        "runs": len(rows) + len(search) + len(again),
        "command": f"python -m rnncourse experiments run {name} --seeds {seeds} --jobs {jobs}"
        + (" --scheduler tcp://…" if scheduler else ""),
        "date": datetime.now(UTC).date().isoformat(),
        "wall_seconds": round(time.perf_counter() - start, 1),
        "run_seconds": round(sum(row["_seconds"] for row in rows + search + again), 1),
        "code": cheap.code,
        "cheap": {"point": experiment.CHEAP, "row": cheap.row, "library": cheap.library},
        "machine": machine(),
    }
    results = folder / f"{name}.csv"
    if search:
        write_atomically(folder / f"{name}.tuning.csv", _table(search))
    write_atomically(folder / f"{name}.json", json.dumps(info, indent=2, ensure_ascii=False) + "\n")
    write_atomically(results, _table(rows))
    for path in partial:
        path.unlink(missing_ok=True)
    return results


def rerun(
    experiment: Experiment,
    seeds: Sequence[int],
    folder: Path,
    jobs: int = 2,
    say: Callable[[str], None] = say,
) -> Path:
    """Run other seeds at the learning rates that the record chose; nothing is tuned again.

    Args:
        experiment: its module.
        seeds: which.
        folder: where the results go; what is there of these seeds and rates, and of code that still
            measures the same at the cheap point, is not run again.
        jobs: runs at a time.
        say: takes one line of progress.

    Raises:
        FileNotFoundError: if the experiment was never recorded.
    """
    name = experiment.__name__.rpartition(".")[2]
    before, cheap = recorded(name), run_cheap(experiment)
    chosen = [*experiment.GRID, *(["lr"] if getattr(experiment, "RATES", ()) else [])]
    first = before.table[before.table["seed"] == before.info["seeds"][0]]
    points = first[chosen].to_dict("records")  # which keeps whole numbers whole
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.json"
    if path.is_file():
        kept = recorded(name, folder)
        same = kept.info["seeds"] == list(seeds) and not differences(
            cheap.row, kept.info["cheap"]["row"]
        )
        there = kept.table[kept.table["seed"] == seeds[0]]
        if same and there[chosen].to_dict("records") == points:
            return folder / f"{name}.csv"
    info = {**before.info, "seeds": list(seeds), "code": cheap.code}
    partial = folder / f"{name}.partial.jsonl"
    with _workers(jobs, None) as parallel:
        rows = _collect(experiment, points, seeds, parallel, partial, cheap.code, say)
    tuning = before.folder / f"{name}.tuning.csv"
    if tuning.is_file():
        write_atomically(folder / tuning.name, tuning.read_text(encoding="utf-8"))
    write_atomically(folder / f"{name}.csv", _table(rows))
    write_atomically(path, json.dumps(info, indent=2, ensure_ascii=False) + "\n")
    partial.unlink(missing_ok=True)
    return folder / f"{name}.csv"


def _collect(
    experiment: Experiment,
    points: list[Point],
    seeds: Sequence[int],
    parallel: joblib.Parallel,
    partial: Path,
    code: str,
    say: Callable[[str], None],
) -> list[Row]:
    """All runs in the order of the grid: those kept in ``partial``, and the others made now."""
    wanted = [{**point, "seed": seed} for point in points for seed in seeds]
    key = {"code": code, "grid": experiment.GRID, "python": sys.version.split()[0]}
    done = _resume(partial, key)
    missing = [w for w in wanted if _id(w) not in done]
    if done:
        say(f"{partial.name}: {len(wanted) - len(missing)} of {len(wanted)} runs are there already")
    calls = (joblib.delayed(_one)(experiment.run, w) for w in missing)
    with partial.open("a", encoding="utf-8", newline="\n") as file:
        for row in parallel(calls):
            # One JSON object a line: a line cut short by a kill is seen as such and dropped.
            file.write(json.dumps(row) + "\n")
            file.flush()
            os.fsync(file.fileno())
            done[_id(row)] = row
            count = len(wanted) - len(missing) + sum(_id(w) in done for w in missing)
            shown = "  ".join(f"{k}={_short(v)}" for k, v in row.items() if k != "_seconds")
            say(f"[{count}/{len(wanted)}]  {shown}  ({row['_seconds']:.1f} s)")
    return [done[_id(w)] for w in wanted]


def _resume(partial: Path, key: dict[str, Any]) -> dict[str, Row]:
    """The runs kept in a partial file, which is begun if there is none."""
    lines = partial.read_text(encoding="utf-8").splitlines(True) if partial.is_file() else []
    whole = [line for line in lines if line.endswith("\n")]
    if not whole:
        write_atomically(partial, json.dumps(key) + "\n")
        return {}
    begun = json.loads(whole[0])
    changed = [what for what in key if json.loads(json.dumps(key[what])) != begun.get(what)]
    if changed:
        raise StaleResults(
            f"{partial} was begun with another {' and '.join(changed)}. Go back to it to finish, "
            "or delete the file to begin again."
        )
    if len(whole) < len(lines):
        write_atomically(partial, "".join(whole))
    rows = [json.loads(line) for line in whole[1:]]
    return {_id(row): row for row in rows}


def _id(row: Row) -> str:
    """What tells one run from another: its point and its seed, which lead every row."""
    keys = list(row)[: list(row).index("seed") + 1]
    return json.dumps([(key, row[key]) for key in keys])


def _one(run: Callable[..., dict[str, float]], wanted: Row) -> Row:
    """One run, in a worker."""
    import torch

    torch.set_num_threads(1)
    point = dict(wanted)
    seed = point.pop("seed")
    start = time.perf_counter()
    try:
        measured = run(seed, **point)
    except Exception as error:
        raise RuntimeError(f"{run.__module__} failed at {point}, seed {seed}: {error!r}") from error
    seconds = time.perf_counter() - start
    return {**wanted, **{k: float(v) for k, v in measured.items()}, "_seconds": seconds}


@contextmanager
def _workers(jobs: int, scheduler: str | None) -> Iterator[joblib.Parallel]:
    if scheduler is None:
        with joblib.Parallel(n_jobs=jobs, return_as="generator_unordered") as parallel:
            yield parallel
        return
    from distributed import Client

    with Client(scheduler), joblib.parallel_config("dask"):
        yield joblib.Parallel(n_jobs=-1, return_as="generator_unordered")


def _table(rows: list[Row]) -> str:
    columns = [column for column in rows[0] if column != "_seconds"]
    for row in rows:
        if set(row) - {"_seconds"} != set(columns):
            raise ValueError(f"every run must return the same columns, got {list(row)}")
    return to_csv(columns, rows)


def _short(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
