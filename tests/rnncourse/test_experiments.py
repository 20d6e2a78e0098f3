"""Experiments: run in parallel, resumed, recorded, read."""

from __future__ import annotations

import importlib
import io
import json
import math
import os
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pandas as pd
import pytest

from rnnbook.cells import checks
from rnncourse import experiments
from rnncourse.experiments import (
    StaleResults,
    _cheap,
    _runner,
    _tuning,
    recorded,
    run_experiment,
    stamp,
    verify,
)
from rnncourse.experiments._cheap import run_cheap
from rnncourse.experiments.files import to_csv

TINY = """
    '''An experiment that takes no time.'''
    import os, time
    from pathlib import Path
    DESCRIPTION = "a tiny experiment"
    GRID = {"cell": ["lstm", "gru"], "size": [8, 2]}
    CHEAP = {"cell": "rnn", "size": 1}
    def run(seed, cell, size):
        if size > 1 and (log := os.environ.get("TINY_LOG")):
            with open(log, "a") as file:
                file.write(f"{cell} {size} {seed}\\n")
        if size == 2:
            time.sleep(float(os.environ.get("TINY_SLEEP", 0)))
        return {"loss": size / 3 + seed, "steps": len(cell) + 0.0}
"""


@pytest.fixture
def make_experiment(tmp_path, monkeypatch):
    """A function from source code to an importable experiment, here and in the workers."""
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)

    def make(name, source):
        (tmp_path / f"{name}.py").write_text(textwrap.dedent(source), encoding="utf-8")
        importlib.invalidate_caches()
        sys.modules.pop(name, None)
        return importlib.import_module(name)

    return make


def run(experiment, folder, **options):
    said = []
    path = run_experiment(experiment, folder=folder, say=said.append, **options)
    return path.read_text(encoding="utf-8"), said


def test_rows_are_sorted_as_the_grid_and_the_record_is_whole(make_experiment, tmp_path):
    table, said = run(make_experiment("tiny_whole", TINY), tmp_path / "out", seeds=2, jobs=2)
    assert table.splitlines() == [
        "cell,size,seed,loss,steps",
        *("lstm,8,0,2.66667,4", "lstm,8,1,3.66667,4", "lstm,2,0,0.666667,4", "lstm,2,1,1.66667,4"),
        *("gru,8,0,2.66667,3", "gru,8,1,3.66667,3", "gru,2,0,0.666667,3", "gru,2,1,1.66667,3"),
    ]
    assert len(said) == 8
    assert said[-1].startswith("[8/8]")
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == [
        "tiny_whole.csv",
        "tiny_whole.json",
    ]
    info = recorded("tiny_whole", tmp_path / "out").info
    assert info["seeds"] == [0, 1]
    assert info["runs"] == 8
    assert info["command"] == "python -m rnncourse experiments run tiny_whole --seeds 2 --jobs 2"
    assert set(info["machine"]) >= {"python", "torch", "numpy", "platform", "processor"}
    assert {"wall_seconds", "run_seconds", "date", "code", "grid"} <= set(info)


def test_a_dask_cluster_gives_the_same_table(make_experiment, tmp_path):
    distributed = pytest.importorskip("distributed")
    experiment = make_experiment("tiny_dask", TINY)
    plain, _ = run(experiment, tmp_path / "plain", seeds=2, jobs=1)
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None, scheduler_port=0
    ) as cluster:
        spread, _ = run(
            experiment, tmp_path / "dask", seeds=2, jobs=1, scheduler=cluster.scheduler_address
        )
    assert spread == plain
    assert recorded("tiny_dask", tmp_path / "dask").info["command"].endswith("--scheduler tcp://…")


def test_a_killed_run_is_resumed(make_experiment, tmp_path, monkeypatch):
    experiment = make_experiment("tiny_killed", TINY)
    whole, _ = run(experiment, tmp_path / "whole", seeds=3, jobs=1)
    out, log = tmp_path / "out", tmp_path / "log"
    monkeypatch.setenv("TINY_LOG", str(log))
    script = f"""if __name__ == "__main__":
        import pathlib, tiny_killed
        from rnncourse.experiments import run_experiment
        run_experiment(tiny_killed, seeds=3, jobs=1, folder=pathlib.Path({str(out)!r}))"""
    program = tmp_path / "program.py"
    program.write_text(script, encoding="utf-8")
    # The fourth run outlasts every wait below: the kill finds it there, however busy the machine.
    process = subprocess.Popen(
        [sys.executable, program], env={**os.environ, "TINY_SLEEP": "100"}, cwd=tmp_path
    )
    partial = out / "tiny_killed.partial.jsonl"
    patience = time.monotonic() + 60
    while not (partial.is_file() and partial.read_bytes().count(b"\n") >= 4):
        assert process.poll() is None, "the run ended before it could be killed"
        assert time.monotonic() < patience, "the run never got going"
        time.sleep(0.02)
    process.kill()
    process.wait()
    assert not (out / "tiny_killed.csv").exists()
    with partial.open("a", encoding="utf-8") as file:  # a line cut short by the kill
        file.write('{"cell": "gru", "size"')
    kept = partial.read_bytes().count(b"\n") - 1
    assert kept == 3

    log.write_text("", encoding="utf-8")
    resumed, said = run(experiment, out, seeds=3, jobs=1)
    assert resumed == whole
    assert said[0] == f"tiny_killed.partial.jsonl: {kept} of 12 runs are there already"
    assert said[1].startswith(f"[{kept + 1}/12]")
    assert len(log.read_text(encoding="utf-8").splitlines()) == 12 - kept
    assert not partial.exists()


def test_a_value_with_a_comma_is_read_as_it_was():
    rows = [{"sees": "the last eight, by 64 units", "seed": 0, "loss": 0.5}]
    table = pd.read_csv(io.StringIO(to_csv(list(rows[0]), rows)))
    assert table.to_dict("records") == rows


def test_a_line_cut_short_is_taken_out(tmp_path):
    partial = tmp_path / "any.partial.jsonl"
    row = {"cell": "gru", "seed": 0, "loss": 0.5}
    whole = "".join(json.dumps(line) + "\n" for line in ({"code": "x"}, row))
    partial.write_text(whole + '{"cell": "gru", "seed"', encoding="utf-8")
    assert list(_runner._resume(partial, {"code": "x"}).values()) == [row]
    assert partial.read_text(encoding="utf-8") == whole


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (("[8, 2]", "[8, 2, 4]"), "grid"),
        (("size / 3", "size / 4"), "code"),
    ],
)
def test_changed_code_is_not_mixed_with_old_rows(make_experiment, tmp_path, change, what):
    failing = TINY.replace("return {", "if size == 2: raise OSError('full')\n        return {")
    with pytest.raises(RuntimeError, match=r"tiny_stale failed at .*'size': 2.* seed 0: OSError"):
        run(make_experiment("tiny_stale", failing), tmp_path / "out", seeds=1, jobs=1)
    with pytest.raises(StaleResults, match=f"begun with another {what}"):
        run(
            make_experiment("tiny_stale", failing.replace(*change)),
            tmp_path / "out",
            seeds=1,
            jobs=1,
        )
    # A comment or a docstring changes no number.
    words = failing.replace("takes no time", "is quick")
    with pytest.raises(RuntimeError, match="full"):
        run(make_experiment("tiny_stale", words), tmp_path / "out", seeds=1, jobs=1)


HASHED = """
    '''A docstring.'''
    from rnnbook.cells.checks import positive_int
    DESCRIPTION, GRID, CHEAP = "a tiny experiment", {}, {}
    SIZE = 3  # a comment
    def called(x):
        "Another."
        return positive_int("x", x) + SIZE
    def not_called(x):
        return x
    def run(seed):
        return {"loss": called(seed + 1)}
    """


def hash_of(make_experiment, name, source):
    return run_cheap(make_experiment(name, source)).code


@pytest.mark.parametrize(
    ("change", "counts"),
    [
        (("+ SIZE", "- SIZE"), True),
        (("SIZE = 3", "SIZE = 4"), True),
        (("seed + 1", "seed + 2"), True),
        (("a tiny", "a small"), False),
        (("# a comment", "# another"), False),
        (("A docstring.", "Words."), False),
        (("Another.", "More."), False),
        (("return x\n", "return -x\n"), False),
    ],
)
def test_the_hash_is_of_what_runs(make_experiment, change, counts):
    assert change[0] in HASHED
    before = hash_of(make_experiment, "tiny_hash", HASHED)
    assert (hash_of(make_experiment, "tiny_hash", HASHED.replace(*change)) != before) == counts


def test_the_packages_own_code_counts(make_experiment, monkeypatch):
    before = hash_of(make_experiment, "tiny_hash", HASHED)
    read = _cheap._Source
    monkeypatch.setattr(
        _cheap, "_Source", lambda text: read(text.replace("value < 1", "value < 2"))
    )
    assert "value < 1" in Path(checks.__file__).read_text(encoding="utf-8")
    assert hash_of(make_experiment, "tiny_hash", HASHED) != before


def test_what_is_cached_runs_nevertheless():
    first, second = (run_cheap(experiments.load("carried_state")) for _ in range(2))
    assert first == second
    assert first.library


def test_an_experiment_without_a_cheap_point_is_refused(make_experiment, tmp_path):
    experiment = make_experiment("tiny_dear", TINY.replace("CHEAP", "DEAR"))
    with pytest.raises(ValueError, match="tiny_dear must declare CHEAP"):
        run(experiment, tmp_path, seeds=1, jobs=1)


@pytest.mark.parametrize(
    ("change", "verdict", "reason"),
    [
        (("takes no", "takes little"), (True, False), ""),
        (("size / 3", "size / 3.0"), (True, True), ""),
        (("size / 3", "size / 4"), (False, True), "loss: 0.333333 was recorded, 0.25 came"),
        (('"steps"', '"updates"'), (False, True), "steps: 3.0 was recorded, None came"),
        (("[8, 2]", "[8]"), (False, False), "GRID is"),
        (('"size": 1', '"size": 2'), (False, False), "CHEAP is"),
    ],
)
def test_a_record_is_verified(make_experiment, tmp_path, change, verdict, reason):
    run(make_experiment("tiny_verified", TINY), tmp_path / "out", seeds=1, jobs=1)
    assert change[0] in TINY
    experiment = make_experiment("tiny_verified", TINY.replace(*change))
    holds, changed, reasons = verify(experiment, tmp_path / "out")
    assert (holds, changed) == verdict
    assert reason in "\n".join(reasons)
    assert bool(reasons) != holds
    if holds:
        stamp(experiment, tmp_path / "out")
        assert verify(experiment, tmp_path / "out") == (True, False, [])
        assert "verified" in recorded("tiny_verified", tmp_path / "out").info


def test_rates_chosen_by_another_column_do_not_stand(make_experiment, tmp_path):
    tuned = TINY.replace("def run(seed, cell, size):", "def run(seed, cell, size, lr=1):")
    tuned = tuned.replace("    CHEAP", "    RATES, TUNE_ON = [1, 2, 3], 'loss'\n    CHEAP")
    run(make_experiment("tiny_tuned", tuned), tmp_path / "out", seeds=1, jobs=1)
    assert verify(make_experiment("tiny_tuned", tuned), tmp_path / "out").holds
    other = make_experiment("tiny_tuned", tuned.replace("'loss'\n", "'steps'\n"))
    assert verify(other, tmp_path / "out").reasons == ["TUNE_ON is steps, and was loss"]


@pytest.mark.parametrize(
    ("new", "old", "found"),
    [
        ({"a": 1.009}, {"a": 1.0}, False),
        ({"a": 1.02}, {"a": 1.0}, True),
        ({"a": math.nan}, {"a": math.nan}, False),
        ({"a": math.nan}, {"a": 1.0}, True),
        ({}, {"a": 1.0}, True),
    ],
)
def test_differences(new, old, found):
    assert bool(_cheap.differences(new, old)) == found


def test_rates_are_tuned_for_each_point_with_seeds_of_their_own(make_experiment, tmp_path):
    experiment = make_experiment(
        "tiny_rates",
        """
        import math
        DESCRIPTION = "best at another rate for each cell; NaN at the largest"
        GRID = {"cell": ["lstm", "gru"]}
        RATES = [0.1, 0.001, 0.01]  # NaN first: it compares as smallest by accident
        TUNE_ON = "loss"
        CHEAP = {"cell": "lstm", "lr": 0.01}
        BEST = {"lstm": 0.01, "gru": 0.001}
        def run(seed, cell, lr):
            return {"loss": math.nan if lr == 0.1 else abs(lr - BEST[cell]) + seed * 1e-6}
        """,
    )
    table, _ = run(experiment, tmp_path / "out", seeds=2, jobs=1)
    assert [line.split(",")[:3] for line in table.splitlines()] == [
        ["cell", "lr", "seed"],
        *(["lstm", "0.01", "0"], ["lstm", "0.01", "1"]),
        *(["gru", "0.001", "0"], ["gru", "0.001", "1"]),
    ]
    record = recorded("tiny_rates", tmp_path / "out")
    # The smallest declared rate is the best for a GRU: a smaller one is tried, which is worse.
    assert len(record.tuning) == (2 * 3 + 1) * _tuning.TUNING_SEEDS
    assert set(record.tuning.query("cell == 'gru'")["lr"]) == {0.0001, 0.001, 0.01, 0.1}
    assert record.info["at_edge"] == []
    assert set(record.tuning["seed"]).isdisjoint(record.table["seed"])
    assert record.info["rates"] == [0.1, 0.001, 0.01]
    assert record.summary("loss", cell="gru").seeds == 2


def test_the_record_says_where_a_run_is_chaotic(make_experiment, tmp_path):
    experiment = make_experiment(
        "tiny_chaos",
        """
        DESCRIPTION = "a rate that differs in its seventh digit is another end, or it is not"
        GRID = {"kind": ["calm", "wild"]}
        RATES, TUNE_ON = [0.1, 0.2, 0.3], "far"
        CHEAP = {"kind": "calm", "lr": 0.2}
        def run(seed, kind, lr):
            end = {"calm": lr, "wild": lr * 1e9 % 1000}[kind]
            return {"far": (lr - 0.2) ** 2, "end": end}
        """,
    )
    _, said = run(experiment, tmp_path / "out", seeds=3, jobs=1)
    record = recorded("tiny_chaos", tmp_path / "out")
    assert record.info["chaotic"] == [{"kind": "wild"}]
    assert len(record.table) == 6
    assert record.info["runs"] == len(said) == 2 * 3 * _tuning.TUNING_SEEDS + 2 * 3 + 2


def searched(*losses):
    """A search over the rates 0.001, 0.003, 0.01 with one run each."""
    rates = (0.001, 0.003, 0.01)
    return [{"seed": 0, "lr": lr, "loss": x} for lr, x in zip(rates, losses, strict=True)]


@pytest.mark.parametrize(
    ("losses", "rate", "further"),
    [
        ((3, 1, 2), 0.003, []),
        ((1, 2, 3), 0.001, [0.0003]),
        ((3, 2, 1), 0.01, [0.03]),
        ((1.0, 1.01, 3), 0.003, []),  # as good, and inside
        ((0, 0, 0), 0.003, []),
        ((math.nan, math.nan, 1), 0.01, [0.03]),
    ],
)
def test_the_search_goes_on_where_the_best_rate_is_at_the_edge(losses, rate, further):
    search = searched(*losses)
    assert _tuning.tune(search, {}, "loss") == rate
    assert _tuning.wider(search, {}, "loss") == further
    assert _tuning.at_edge(search, {}, "loss") == bool(further)


def test_an_experiment_says_how_much_is_as_good():
    search = searched(1.0, 1.01, 3)
    assert _tuning.tune(search, {}, "loss", 0.002) == 0.001
    assert _tuning.wider(search, {}, "loss", 0.002) == [0.0003]
    assert _tuning.at_edge(search, {}, "loss", 0.002)


def test_a_rate_at_which_one_run_of_three_fails_is_not_the_best():
    safe, risky = (0.1, 0.1, 0.1), (0.0, 0.0, 1.0)
    search = [
        {"seed": seed, "lr": lr, "loss": loss}
        for lr, losses in ((0.001, (1, 1, 1)), (0.01, safe), (0.1, risky), (1.0, (1, 1, 1)))
        for seed, loss in enumerate(losses)
    ]
    assert _tuning.tune(search, {}, "loss") == 0.01


@pytest.mark.parametrize("arguments", [{"seeds": 0}, {"seeds": 2.0}, {"jobs": True}])
def test_bad_numbers_are_named(make_experiment, tmp_path, arguments):
    with pytest.raises(ValueError, match=f"{next(iter(arguments))} must be a positive int"):
        run(make_experiment("tiny_bad", TINY), tmp_path, **arguments)


@pytest.fixture
def written(tmp_path):
    """Results of an experiment of two sizes and three seeds."""
    rows = [(size, seed, size + seed / 10) for size in (1, 2) for seed in range(3)]
    table = pd.DataFrame(rows, columns=["size", "seed", "loss"])
    table.to_csv(tmp_path / "made.csv", index=False)
    info = {"grid": {"size": [1, 2]}, "date": "2026-01-31"}
    (tmp_path / "made.json").write_text(json.dumps(info), encoding="utf-8")
    return tmp_path


def test_summary(written):
    summary = recorded("made", written).summary("loss", size=2)
    assert summary == (2.1, 2.0, 2.2, 3, "made", "2026-01-31", False, False)
    assert summary.spoken_of == (2.0, 2.2)
    middle = recorded("made", written).median("loss", size=2)
    assert (*middle[:3], middle.spoken_of) == (2.1, 2.0, 2.2, (2.1, 2.1))


@pytest.mark.parametrize(
    ("limits", "number"), [({"high": 2.1}, 1), ({"low": 2.1}, 2), ({"low": 2.0, "high": 2.2}, 2)]
)
def test_count(written, limits, number):
    count = recorded("made", written).count("loss", size=2, **limits)
    assert count == (number, number, number, 3, "made", "2026-01-31", True, False)


def test_a_diverged_seed_counts_for_nothing(written):
    table = pd.read_csv(written / "made.csv")
    table.loc[0, "loss"] = math.nan
    table.to_csv(written / "made.csv", index=False)
    assert recorded("made", written).count("loss", size=1).median == 2


def test_one_diverged_seed_shows(written):
    table = pd.read_csv(written / "made.csv")
    table.loc[0, "loss"] = math.nan
    table.to_csv(written / "made.csv", index=False)
    summary = recorded("made", written).summary("loss", size=1)
    assert math.isnan(summary.low)
    assert math.isnan(summary.high)
    assert math.isnan(summary.median)


@pytest.mark.parametrize(
    ("column", "where", "message"),
    [
        ("accuracy", {"size": 1}, "no column 'accuracy'; it has size, seed, loss"),
        ("loss", {"cell": "lstm"}, "no column 'cell'"),
        ("loss", {"size": 3}, "no run with {'size': 3}"),
        ("loss", {}, "several runs a seed with {}; also give size"),
    ],
)
def test_a_summary_that_cannot_be_had(written, column, where, message):
    with pytest.raises(ValueError, match=message):
        recorded("made", written).summary(column, **where)


def test_results_that_are_not_there(written):
    with pytest.raises(FileNotFoundError, match=r"'lost' \(recorded: made\).*experiments run lost"):
        recorded("lost", written)


@pytest.mark.parametrize("name", experiments.names())
def test_every_experiment_is_recorded_as_it_declares(name):
    experiment, results = experiments.load(name), recorded(name)
    assert experiment.DESCRIPTION.strip()
    grid = results.info["grid"]
    assert grid == experiment.GRID
    assert len(results.info["seeds"]) >= getattr(experiment, "SEEDS", 10)
    assert len(results.table) == len(results.info["seeds"]) * math.prod(map(len, grid.values()))
    # A quantity may be undefined at a point of the grid, for all of its seeds; never for some.
    points = [results.table[name] for name in experiment.GRID] or [0 * results.table["seed"]]
    assert results.table.isna().groupby(points).mean().isin([0, 1]).all(axis=None)
    for path in results.folder.glob(f"{name}*.csv"):
        assert path.stat().st_size < 200_000
    if rates := getattr(experiment, "RATES", None):
        assert set(results.tuning["lr"]) >= set(rates)
        assert results.info["at_edge"] == []


@pytest.mark.parametrize("name", experiments.names())
def test_every_record_is_that_of_its_code(name):
    """Where it is not: `python -m rnncourse experiments verify`, which says what is to be done."""
    assert verify(experiments.load(name)) == (True, False, [])


@pytest.mark.parametrize("name", experiments.names())
def test_a_cheap_point_tells_one_run_from_another(name):
    experiment = experiments.load(name)
    kept = recorded(name).info["cheap"]["row"]
    other = {key: float(value) for key, value in experiment.run(1, **experiment.CHEAP).items()}
    assert _cheap.differences(other, kept)


def test_temporal_xor_measures_what_it_says():
    from rnncourse.lessons.ch02.experiments import temporal_xor

    carried = temporal_xor.run(0, memory="carried", lr=0.03, steps=300)
    assert carried["mse_predictable"] < 0.05
    assert carried["mse_random1"] > 0.2
    assert carried["mse_random2"] > 0.2
    assert temporal_xor.run(0, memory="cut", lr=0.03, steps=5)["mse_predictable"] > 0.2
    with pytest.raises(ValueError, match="memory must be 'carried' or 'cut', got 'none'"):
        temporal_xor.run(0, memory="none")


def test_a_network_with_its_memory_cut_sees_the_current_bit_alone():
    import torch

    from rnncourse.lessons.ch02.experiments.temporal_xor import BitPredictor

    torch.manual_seed(0)
    x = torch.randint(2, (7, 3, 1)).float()
    for memory in ("carried", "cut"):
        model = BitPredictor(memory)
        together = model(x)
        alone = torch.cat([model(x[t : t + 1]) for t in range(7)])
        assert torch.allclose(together, alone) == (memory == "cut")


def test_a_search_that_found_nothing_goes_on_at_both_ends():
    def search(*rates):
        return [{"lr": lr, "seed": 0, "cost": 1490 + lr} for lr in rates]

    assert _tuning.wider(search(0.003, 0.01, 0.03), {}, "cost") == [0.001, 0.1]
    tried = search(0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3)
    assert _tuning.wider(tried, {}, "cost") == []
    solved = [*search(0.003, 0.01), {"lr": 0.03, "seed": 0, "cost": 700}]
    assert _tuning.wider(solved, {}, "cost") == [0.1]
    one_diverged = [*search(0.003, 0.01), {"lr": 0.03, "seed": 0, "cost": math.nan}]
    assert _tuning.wider(one_diverged, {}, "cost") == [0.001, 0.1]
    without_error = [{"lr": lr, "seed": 0, "cost": 0} for lr in (0.01, 0.03, 0.1)]
    assert _tuning.wider(without_error, {}, "cost") == []
