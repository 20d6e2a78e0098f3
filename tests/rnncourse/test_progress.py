"""The reader's progress is kept, whatever happens to the file."""

import json
import subprocess
import sys

import pytest

from rnncourse.checking import EXERCISES, check, progress


@pytest.fixture(autouse=True)
def file(tmp_path, monkeypatch):
    file = tmp_path / "kept" / "progress.json"
    monkeypatch.setenv(progress.ENVIRONMENT_VARIABLE, str(file))
    return file


def python(code):
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)


def test_empty_at_first(file):
    assert progress.load() == frozenset()
    progress.clear()
    assert not file.parent.exists()


def test_passes_are_kept_and_cleared(file):
    progress.record("simple-step")
    progress.record("delay-by-hand")
    progress.record("simple-step")
    assert progress.load() == {"simple-step", "delay-by-hand"}
    assert json.loads(file.read_text()) == {"passed": ["delay-by-hand", "simple-step"]}
    progress.clear()
    assert progress.load() == frozenset()


def test_place_without_the_variable(monkeypatch):
    monkeypatch.delenv(progress.ENVIRONMENT_VARIABLE)
    assert progress.path().name == "progress.json"
    assert progress.path().parent.name == "rnnbook"


def test_check_records_passes_only(file, capsys):
    check("simple-step", lambda *args: ...)
    check("simple-step", lambda *args: 1)
    check("simple-step", EXERCISES["simple-step"].reference, record=False)
    assert not file.parent.exists()
    check("simple-step", EXERCISES["simple-step"].reference)
    assert progress.load() == {"simple-step"}
    assert "kept in your progress" in " ".join(capsys.readouterr().out.split())


def test_summary():
    names = EXERCISES.by_room()["ch02"]
    line = f"chapter 02: 0 of {len(names)} passed; remaining: {', '.join(names)}"
    assert line in progress.summary().splitlines()
    progress.record(names[0])
    line = f"chapter 02: 1 of {len(names)} passed; remaining: {', '.join(names[1:])}"
    assert line in progress.summary().splitlines()
    for name in names:
        progress.record(name)
    progress.record("an exercise of another edition")
    assert f"chapter 02: {len(names)} of {len(names)} passed" in progress.summary().splitlines()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b'{"passed": ["simple-st',
        b"\xff\xfe\x00",
        b"[]",
        b'{"passed": 3}',
        b'{"passed": [["simple-step"]]}',
        b"[" * 100_000,
    ],
    ids=["empty", "cut", "no text", "list", "number", "nested", "deep"],
)
def test_unreadable_file_is_set_aside_and_kept(file, content, capsys):
    file.parent.mkdir()
    file.write_bytes(content)
    assert progress.load() == frozenset()
    assert "kept as progress.unreadable-1.json" in capsys.readouterr().out
    assert file.with_name("progress.unreadable-1.json").read_bytes() == content
    file.write_bytes(content)
    progress.record("simple-step")
    assert file.with_name("progress.unreadable-2.json").read_bytes() == content
    assert file.with_name("progress.unreadable-1.json").exists()
    assert progress.load() == {"simple-step"}


def test_failed_write_leaves_the_old_file(file, monkeypatch):
    progress.record("simple-step")

    def fails(*args):
        raise OSError("disk full")

    monkeypatch.setattr(progress.os, "replace", fails)
    with pytest.raises(OSError, match="disk full"):
        progress.record("delay-by-hand")
    assert progress.load() == {"simple-step"}
    assert not list(file.parent.glob("*.tmp"))


@pytest.mark.parametrize("moment", ["fsync", "replace"])
def test_killed_write_leaves_the_old_file(moment):
    progress.record("simple-step")
    died = python(
        "import os\n"
        "from rnncourse.checking import progress\n"
        f"os.{moment} = lambda *args: os._exit(9)\n"
        "progress.record('delay-by-hand')\n"
    )
    assert died.returncode == 9
    assert progress.load() == {"simple-step"}
    progress.record("simple-unroll")
    assert progress.load() == {"simple-step", "simple-unroll"}


def test_a_progress_that_cannot_be_kept_is_said(file, capsys):
    file.mkdir(parents=True)
    check("simple-step", EXERCISES["simple-step"].reference)
    text = " ".join(capsys.readouterr().out.split())
    assert text.startswith("✓ simple-step: correct")
    assert "It could not be kept in your progress" in text


SLOW_WRITER = """
import sys, time
from pathlib import Path
from rnncourse.checking import progress

mine, other, folder = sys.argv[1:]
write = progress._write
progress._write = lambda passed: (time.sleep(0.02), write(passed))
Path(folder, mine).touch()
while not Path(folder, other).exists():
    time.sleep(0.001)
for i in range(10):
    progress.record(f"{mine}-{i}")
"""


def test_two_programs_write_at_once(tmp_path):
    programs = [
        subprocess.Popen([sys.executable, "-c", SLOW_WRITER, mine, other, str(tmp_path)])
        for mine, other in ("ab", "ba")
    ]
    assert [program.wait(timeout=120) for program in programs] == [0, 0]
    assert progress.load() == {f"{name}-{i}" for name in "ab" for i in range(10)}
