"""``RNNBOOK_THREADS``: whatever stands there, the package can be imported."""

import os
import subprocess
import sys

import pytest

import rnnbook

PROGRAM = "import rnnbook, torch; print(torch.get_num_threads())"


def imported(value):
    environment = {**os.environ, "RNNBOOK_THREADS": value}
    return subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, env=environment
    )


@pytest.mark.parametrize("value", ["", "auto", "0", "-1", "2.0", "9" * 30])
def test_what_is_no_number_of_threads(value, monkeypatch):
    done = imported(value)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "1\n"
    assert f"RNNBOOK_THREADS must be a number of threads such as 2, got {value!r}" in done.stderr
    monkeypatch.setenv("RNNBOOK_THREADS", value)
    with pytest.raises(ValueError, match="RNNBOOK_THREADS must be a number"):
        rnnbook.threads()


@pytest.mark.parametrize(("value", "threads"), [(None, 1), ("1", 1), ("2", 2)])
def test_what_is_one(value, threads, monkeypatch):
    done = imported(value) if value else None
    assert done is None or (done.stdout, done.stderr) == (f"{threads}\n", "")
    monkeypatch.delenv("RNNBOOK_THREADS", raising=False)
    if value:
        monkeypatch.setenv("RNNBOOK_THREADS", value)
    assert rnnbook.threads() == threads
