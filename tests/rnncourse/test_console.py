"""What is printed reaches any console: a character that it lacks becomes a question mark."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from rnncourse.console import say

COURSE = """
from rnncourse import check, claim, ledger
ledger()
claim("a-b", "ε is ≥ 3 — “naïvely” ✓", measured=4.0, bound=(3, None), source="Čapek")
claim("c-d", "∂ℓ/∂h …", measured=0.001, bound=(None, 0.01))
ledger()
check("simple-step", lambda x, h, W, U, b: None)
from rnncourse.__main__ import main
for command in ("doctor", "progress", "data list", "data verify", "experiments list"):
    main(command.split())
"""
HELP = """
from rnncourse.__main__ import main
for command in ("", "doctor", "progress", "data", "data list", "data fetch", "data verify",
                "data remove", "experiments", "experiments list", "experiments run"):
    try:
        main([*command.split(), "--help"])
    except SystemExit as done:
        assert done.code == 0
"""
STUDY = """
import sys, types
from pathlib import Path
from rnncourse.experiments import run_experiment
study = types.ModuleType("study")
study.__file__ = sys.argv[1] + "/study.py"
Path(study.__file__).write_text("", encoding="utf-8")
study.DESCRIPTION, study.GRID, study.CHEAP = "α ≥ ½", {"gate": ["σ", "▒"]}, {"gate": "σ"}
study.run = run
run_experiment(study, seeds=1, jobs=1)
"""


def python(encoding, tmp_path, *arguments):
    environment = {
        **os.environ,
        "PYTHONIOENCODING": encoding,
        "PYTHONUTF8": "0",
        "RNNBOOK_PROGRESS": str(tmp_path / "ö" / "progress.json"),
        "RNNBOOK_DATA": "",
    }
    done = subprocess.run(
        [sys.executable, *arguments], capture_output=True, env=environment, check=False
    )
    assert b"Traceback" not in done.stderr, done.stderr.decode()
    assert b"Error" not in done.stderr, done.stderr.decode()
    return done.returncode, done.stdout.decode(encoding)


@pytest.mark.parametrize("encoding", ["ascii", "cp932", "cp1252", "gbk", "utf-8"])
def test_claims_checks_and_commands(encoding, tmp_path):
    code, out = python(encoding, tmp_path, "-c", COURSE)
    assert code == 0
    for what in ("Claim a-b: ", "Claim c-d: ", "simple-step", "chapter 01: ", "[ OK ] torch"):
        assert what in out
    for name in ("cue_at_lag", "tinyshakespeare"):
        assert name in out
    assert ("Čapek" in out) == (encoding == "utf-8")


def test_help_is_plain(tmp_path):
    code, out = python("ascii", tmp_path, "-c", HELP)
    assert code == 0
    assert out.count("usage: python -m rnncourse") == 11
    assert out.isascii()


def test_an_experiments_progress(tmp_path):
    program = "def run(seed, gate): return {'loss': 1.0}\n" + STUDY
    code, out = python("ascii", tmp_path, "-c", program, str(tmp_path))
    assert code == 0
    assert "[2/2]  gate=?" in out


def test_a_progress_file_that_is_set_aside(tmp_path):
    (tmp_path / "ö").mkdir()
    (tmp_path / "ö" / "progress.json").write_text("…", encoding="utf-8")
    code, out = python("ascii", tmp_path, "-m", "rnncourse", "progress")
    assert code == 0
    assert "could not be understood" in out


def test_whatever_stands_for_the_console(capsys, monkeypatch):
    say("≥ \ud800")
    assert capsys.readouterr().out == "≥ ?\n"

    class Plain:
        encoding = None
        text = ""

        def write(self, text):
            self.text += text

    monkeypatch.setattr(sys, "stdout", plain := Plain())
    say("≥")
    assert plain.text == "≥\n"
