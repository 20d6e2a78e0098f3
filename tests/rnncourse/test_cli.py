"""``python -m rnncourse``: what it prints, and its exit code."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

from rnncourse import __main__ as cli
from rnncourse import doctor, experiments, fresh
from rnncourse.experiments import StaleResults, Verdict


def test_doctor_finds_this_environment_well(capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("RNNBOOK_PROGRESS", str(tmp_path / "progress.json"))
    assert cli.main(["doctor"]) == 0, capsys.readouterr().out
    out = capsys.readouterr().out
    lines = [line for line in out.splitlines()[:-1] if not line.startswith("       ")]
    assert all(re.match(r"\[( OK |skip)\] \S", line) for line in lines), out
    for requirement in metadata.requires("rnnbook"):
        if "extra" in requirement and '"course"' not in requirement:
            continue
        name = re.match(r"[\w-]+", requirement).group()
        assert f"[ OK ] {name} {metadata.version(name)}" in lines
    for thing in ("Python 3", "one torch thread", "kernel python3", "progress file", "data folder"):
        assert thing in out
    assert list(tmp_path.iterdir()) == []


def failures(capsys):
    out = capsys.readouterr().out
    assert out.endswith(" to put right.\n"), out
    return re.findall(r"\[FAIL\] (.*)\n {7}(.*)", out)


def test_doctor_names_what_is_missing_and_what_is_out_of_bounds(capsys, monkeypatch):
    requires = [
        "numpy>=1.26",
        "pandas>=2.2",
        'jupyterlab>=4.2; extra == "course"',
        'x; extra == "y"',
    ]
    monkeypatch.setattr(metadata, "requires", lambda name: requires)
    versions = {"numpy": "1.0", "pandas": None, "jupyterlab": None, "nbval": None}
    real = doctor._version
    monkeypatch.setattr(doctor, "_version", lambda name: versions.get(name, real(name)))
    assert cli.main(["doctor"]) == 1
    found = dict(failures(capsys))
    assert found["jupyterlab is not installed"].startswith('pip install "jupyterlab>=')
    (numpy,) = [remedy for line, remedy in found.items() if line.startswith("numpy 1.0 is outside")]
    assert re.fullmatch(r'pip install "numpy>=\S+"', numpy)
    assert found["pandas is not installed"].startswith('pip install "pandas>=')
    assert len(found) == 3


def test_doctor_names_folders_that_cannot_be_used(capsys, monkeypatch, tmp_path):
    (tmp_path / "file").touch()
    monkeypatch.setenv("RNNBOOK_DATA", str(tmp_path / "nowhere"))
    monkeypatch.setenv("RNNBOOK_PROGRESS", str(tmp_path / "file" / "progress.json"))
    assert cli.main(["doctor"]) == 1
    found = "\n".join(line for line, _ in failures(capsys))
    assert "RNNBOOK_DATA names" in found
    assert "progress file cannot be written" in found


def test_doctor_sees_too_many_threads(capsys, monkeypatch):
    monkeypatch.delenv("RNNBOOK_THREADS", raising=False)
    monkeypatch.setattr("torch.get_num_threads", lambda: 2)
    assert cli.main(["doctor"]) == 1
    assert failures(capsys)[0][0] == "2 torch threads"
    monkeypatch.setenv("RNNBOOK_THREADS", "2")
    assert cli.main(["doctor"]) == 0


def test_doctor_works_without_torch(tmp_path):
    """In a process of its own, where torch cannot be found."""
    script = tmp_path / "no_torch.py"
    script.write_text(
        "import sys, importlib.metadata as m\n"
        "class NoTorch:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.split('.')[0] == 'torch':\n"
        "            raise ModuleNotFoundError(name, name=name)\n"
        "sys.meta_path.insert(0, NoTorch())\n"
        "version = m.version\n"
        "def lacking(name):\n"
        "    if name == 'torch':\n"
        "        raise m.PackageNotFoundError(name)\n"
        "    return version(name)\n"
        "m.version = lacking\n"
        "import importlib.util\n"
        "find = importlib.util.find_spec\n"
        "importlib.util.find_spec = lambda n, *a: None if n == 'torch' else find(n, *a)\n"
        "sys.argv = ['-m']  # as while Python looks for the module of -m\n"
        "from rnncourse.__main__ import main\n"
        "sys.exit(main(['doctor']))\n",
        encoding="utf-8",
    )
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    assert '[FAIL] torch is not installed\n       pip install "torch' in done.stdout
    assert done.stdout.count("FAIL") == 1
    assert done.stderr == ""


def test_progress(capsys, monkeypatch, tmp_path):
    from rnncourse.checking import EXERCISES, progress

    monkeypatch.setenv("RNNBOOK_PROGRESS", str(tmp_path / "progress.json"))
    progress.record(next(iter(EXERCISES)))
    assert cli.main(["progress"]) == 0
    assert ": 1 of" in capsys.readouterr().out
    assert cli.main(["progress", "--clear"]) == 0
    assert not progress.load()


@pytest.fixture
def two_sets(monkeypatch, tmp_path):
    """Two data sets that are downloaded, one that is not, an empty cache, and what is served."""
    from rnnbook.data import registry

    served = {"a.txt": b"all the world", "b.tar.gz": b"a stage"}

    def entry(name, *files, ships_with=""):
        found = tuple(
            registry.File(f, f"https://example.org/{f}", hashlib.sha256(served[f]).hexdigest(), 9)
            for f in files
        )
        return registry.Dataset(name, f"Title of {name}", *["…"] * 4, ships_with, found)

    sets = [entry("one", "a.txt"), entry("two", "b.tar.gz"), entry("three", ships_with="Python")]
    monkeypatch.setattr(registry, "DATASETS", {one.name: one for one in sets})
    monkeypatch.setattr(registry.platformdirs, "user_cache_dir", lambda n: str(tmp_path / "cache"))
    monkeypatch.delenv("RNNBOOK_DATA", raising=False)

    def download(url, path, pooch_):
        content = served[url.rpartition("/")[2]]
        if content is None:
            raise ConnectionError("no network")
        Path(path).write_bytes(content)

    monkeypatch.setattr(registry.pooch, "HTTPDownloader", lambda **options: download)
    return tmp_path / "cache", served


def test_data_list(capsys, monkeypatch, tmp_path, two_sets):
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "a.txt").touch()
    monkeypatch.setenv("RNNBOOK_DATA", str(tmp_path / "own"))
    assert cli.main(["data", "list"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"one  (0.0 MB, here, in {tmp_path / 'own'})",
        "  Title of one",
        "two  (0.0 MB, not here yet)",
        "  Title of two",
        "three  (comes with Python)",
        "  Title of three",
    ]


def test_data_list_names_every_set(capsys):
    from rnnbook.data import DATASETS

    assert cli.main(["data", "list"]) == 0
    out = capsys.readouterr().out
    assert all(f"{name}  (" in out and one.title in out for name, one in DATASETS.items())


def test_data_fetch_and_verify(capsys, two_sets):
    cache, _ = two_sets
    assert cli.main(["data", "verify"]) == 0
    assert cli.main(["data", "fetch", "one", "three"]) == 0
    out = f"{cache / 'a.txt'}\nthree comes with Python: nothing to fetch\n"
    assert capsys.readouterr().out == out
    assert cli.main(["data", "fetch", "all"]) == 0
    assert sorted(path.name for path in cache.iterdir()) == ["a.txt", "b.tar.gz"]
    capsys.readouterr()
    assert cli.main(["data", "verify"]) == 0
    assert capsys.readouterr().out.count("as it should be") == 2
    (cache / "a.txt").write_bytes(b"all the wor")
    assert cli.main(["data", "verify"]) == 1
    out = capsys.readouterr().out
    for content in (b"all the wor", b"all the world"):
        assert hashlib.sha256(content).hexdigest() in out
    assert out.count("as it should be") == 1
    assert cli.main(["data", "fetch", "one"]) == cli.main(["data", "verify"]) == 0


def test_data_fetch_goes_on_where_one_fails(capsys, two_sets):
    cache, served = two_sets
    served["a.txt"] = None
    assert cli.main(["data", "fetch", "all"]) == 1
    out, err = capsys.readouterr()
    assert str(cache / "b.tar.gz") in out
    assert "a.txt could not be downloaded" in err
    assert len(err.splitlines()) == 1


def test_data_remove(capsys, monkeypatch, tmp_path, two_sets):
    cache, _ = two_sets
    cli.main(["data", "fetch", "all"])
    (cache / "b").mkdir()
    (cache / "b" / "unpacked.wav").touch()
    own = tmp_path / "own"
    own.mkdir()
    (own / "b.tar.gz").write_bytes(b"mine")
    monkeypatch.setenv("RNNBOOK_DATA", str(own))
    capsys.readouterr()
    assert cli.main(["data", "remove", "two", "three"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"{cache / 'b.tar.gz'}: removed",
        f"{cache / 'b'}: removed",
        f"{own}, which RNNBOOK_DATA names, is yours: nothing in it is removed",
    ]
    assert [path.name for path in cache.iterdir()] == ["a.txt"]
    (cache / "tmp-of-a-killed-download").touch()
    assert cli.main(["data", "remove", "all"]) == 0
    assert not cache.exists()
    assert (own / "b.tar.gz").read_bytes() == b"mine"
    assert cli.main(["data", "remove", "all"]) == 0


@pytest.mark.parametrize("below", [".", "own"])
def test_data_remove_spares_a_cache_that_is_the_readers_own(capsys, monkeypatch, two_sets, below):
    cache, _ = two_sets
    cli.main(["data", "fetch", "one"])
    monkeypatch.setenv("RNNBOOK_DATA", str(cache / below))
    assert cli.main(["data", "remove", "all"]) == 2
    assert "which RNNBOOK_DATA names, is yours" in capsys.readouterr().err
    assert (cache / "a.txt").exists()


@pytest.mark.parametrize("action", ["fetch", "remove"])
def test_an_unknown_data_set_is_named(capsys, two_sets, action):
    assert cli.main(["data", action, "nope"]) == 2
    assert capsys.readouterr().err == "name must be one of one, two, three, got 'nope'\n"


def test_a_cache_that_cannot_be_emptied(capsys, monkeypatch, two_sets):
    def refuse(path, *arguments, **options):
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    cli.main(["data", "fetch", "one"])
    monkeypatch.setattr(Path, "unlink", refuse)
    assert cli.main(["data", "remove", "one"]) == 2
    assert "Permission denied" in capsys.readouterr().err


def test_experiments_list(capsys):
    assert cli.main(["experiments", "list"]) == 0
    out = capsys.readouterr().out
    for name in experiments.names():
        assert f"{name}  (" in out
        assert experiments.load(name).DESCRIPTION in out


def test_experiments_run_passes_its_options_on(capsys, monkeypatch, tmp_path):
    calls = []

    def run_experiment(experiment, *arguments):
        calls.append((experiment.__name__, *arguments))
        return tmp_path / "temporal_xor.csv"

    monkeypatch.setattr(experiments, "run_experiment", run_experiment)
    options = ["--seeds", "3", "--jobs", "1", "--scheduler", "tcp://here:1", "--out", str(tmp_path)]
    assert cli.main(["experiments", "run", "temporal_xor", *options]) == 0
    assert cli.main(["experiments", "run", "temporal_xor"]) == 0
    name = "rnncourse.lessons.ch02.experiments.temporal_xor"
    assert cli.main(["experiments", "run", "all", "--jobs", "1"]) == 0
    everything = [experiments.load(name).__name__ for name in experiments.names()]
    assert [call[0] for call in calls[2:]] == everything
    assert calls[:2] == [
        (name, 3, 1, "tcp://here:1", tmp_path),
        (name, 10, 2, None, None),
    ]


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (KeyboardInterrupt(), 130, "The same command goes on from here."),
        (StaleResults("begun with another code"), 2, "begun with another code"),
    ],
)
def test_experiments_that_stop_say_so(capsys, monkeypatch, error, code, words):
    def run_experiment(*arguments):
        raise error

    monkeypatch.setattr(experiments, "run_experiment", run_experiment)
    assert cli.main(["experiments", "run", "temporal_xor"]) == code
    assert words in capsys.readouterr().err


def test_experiments_verify_says_what_is_to_be_done(capsys, monkeypatch):
    verdicts = {
        "clipping": Verdict(True, False, []),
        "remedies": Verdict(True, True, []),
        "temporal_xor": Verdict(False, True, ["loss: 1 was recorded, 2 came"]),
    }
    stamped = []
    monkeypatch.setattr(experiments, "names", lambda: list(verdicts))
    monkeypatch.setattr(experiments, "load", lambda name: name)
    monkeypatch.setattr(experiments, "verify", verdicts.get)
    monkeypatch.setattr(experiments, "stamp", stamped.append)
    assert cli.main(["experiments", "verify", "all"]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "clipping: as recorded",
        "remedies: other code measures the same: stamped anew",
        "temporal_xor: is to be run again",
        "  loss: 1 was recorded, 2 came",
    ]
    assert stamped == ["remedies"]
    assert cli.main(["experiments", "verify", "remedies"]) == 0


def test_claims_fresh_names_what_broke(capsys, monkeypatch, tmp_path):
    rows = [
        dict(zip(fresh.COLUMNS, ("01-a", name, 300, held, 3, 0.1, 0.9), strict=True))
        for name, held in (("one", 3), ("two", 1))
    ]
    calls = []
    monkeypatch.setattr(fresh, "measure", lambda *given: calls.append(given) or rows)
    table, out = tmp_path / "table.csv", tmp_path / "out"
    options = ["--offset", "300", "--seeds", "3", "--out", str(out), "--table", str(table)]
    assert cli.main(["claims", "fresh", "01-a.ipynb", *options]) == 1
    assert calls == [([Path("01-a.ipynb")], out, 300, 3, 2)]
    assert "01-a: two held in 1 of 3" in capsys.readouterr().out
    assert len(table.read_text(encoding="utf-8").splitlines()) == 3
    monkeypatch.chdir(tmp_path)
    assert cli.main(["claims", "fresh"]) == 2
    assert "run this in the book's folder" in capsys.readouterr().err


def test_an_unknown_experiment_is_named(capsys):
    assert cli.main(["experiments", "run", "nope"]) == 2
    assert "name must be one of" in capsys.readouterr().err


def test_no_command_shows_the_usage(capsys):
    with pytest.raises(SystemExit) as stop:
        cli.main([])
    assert stop.value.code == 2
    assert "python -m rnncourse" in capsys.readouterr().err


@pytest.fixture
def closed(monkeypatch, tmp_path):
    """A home that cannot be entered. As root, every folder can be: so what asks is told so."""
    home = tmp_path / "closed"
    home.mkdir()
    for name in ("HOME", "USERPROFILE", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(home))
    for name in ("RNNBOOK_PROGRESS", "RNNBOOK_DATA", "XDG_DATA_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(doctor, "_kernel", lambda: iter([]))  # Jupyter's own files are not ours
    real = {name: getattr(os, name) for name in ("stat", "open", "mkdir")}

    def refusing(name):
        def call(path, *arguments, **options):
            if str(path).startswith(f"{home}{os.sep}"):
                raise PermissionError(errno.EACCES, "Permission denied", str(path))
            return real[name](path, *arguments, **options)

        return call

    for name in real:
        monkeypatch.setattr(os, name, refusing(name))
    return home


def test_doctor_in_a_home_that_cannot_be_entered(capsys, monkeypatch, closed):
    assert cli.main(["doctor"]) == 1
    found = [line for line, _ in failures(capsys)]
    assert len(found) == 2, found
    for what, line in zip(("progress file", "data folder"), found, strict=True):
        assert line.startswith(f"{what} cannot be written in {closed}"), line
        assert line.endswith("Permission denied")
    monkeypatch.setenv("RNNBOOK_DATA", str(closed / "data"))
    assert cli.main(["doctor"]) == 1
    assert "RNNBOOK_DATA names" in failures(capsys)[1][0]


def test_commands_in_a_home_that_cannot_be_entered(capsys, monkeypatch, closed):
    import io

    def refused(path, *arguments, **options):
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr(io, "open", refused)
    for options in ([], ["--clear"]):
        assert cli.main(["progress", *options]) == 2
        out, err = capsys.readouterr()
        assert out == ""
        assert re.fullmatch(r"progress file .* cannot be used: Permission denied\.\n", err), err
    assert cli.main(["data", "list"]) == cli.main(["data", "verify"]) == 0


@pytest.mark.parametrize("value", ["", "auto", "0", "-1"])
def test_doctor_names_a_bad_number_of_threads(capsys, monkeypatch, value):
    monkeypatch.setenv("RNNBOOK_THREADS", value)
    assert cli.main(["doctor"]) == 1
    assert failures(capsys) == [
        (
            f"RNNBOOK_THREADS must be a number of threads such as 2, got {value!r}",
            "Set it to a number, or unset it: one is fastest here.",
        )
    ]


def test_doctor_reports_whatever_breaks(capsys, monkeypatch):
    def broken():
        yield "OK", "so far", ""
        raise RuntimeError("no such luck")

    monkeypatch.setattr(doctor, "_kernel", broken)
    assert cli.main(["doctor"]) == 1
    ((found, remedy),) = failures(capsys)
    assert found == "broken: RuntimeError: no such luck"
    assert remedy


@pytest.mark.parametrize("variable", ["RNNBOOK_DATA", "RNNBOOK_PROGRESS"])
def test_a_home_of_nobody(capsys, monkeypatch, variable):
    monkeypatch.setenv(variable, "~nobody-of-this-name/folder")
    assert cli.main(["doctor"]) in {0, 1}
    assert cli.main(["data", "list"]) == cli.main(["progress"]) == 0
