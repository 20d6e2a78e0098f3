"""The little server of `make book`."""

import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from serve import HTML, listen

SCRIPT = Path(__file__).resolve().parents[2] / "book" / "_tools" / "serve.py"


@pytest.fixture
def taken_port():
    """A port on which another server listens."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        yield other.getsockname()[1]


def test_next_free_port_is_used(tmp_path: Path, taken_port: int) -> None:
    with listen(tmp_path, taken_port) as server:
        assert taken_port < server.server_address[1] < taken_port + 100


def test_address_is_printed_and_ctrl_c_ends_quietly(site: Path, taken_port: int) -> None:
    command = [sys.executable, str(SCRIPT), "--port", str(taken_port)]
    ignored = signal.signal(signal.SIGINT, signal.SIG_IGN)  # as in a shell's background
    process = subprocess.Popen(command, stdout=-1, stderr=-1, text=True)
    signal.signal(signal.SIGINT, ignored)
    try:
        said, address = process.stdout.readline(), process.stdout.readline()
        assert said.startswith(f"Port {taken_port} is taken; using ")
        url = address.split()[4]
        with urllib.request.urlopen(url) as answer:
            assert b"Recurrent Neural Networks" in answer.read()
            assert answer.headers["Cache-Control"] == "no-cache"
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=10) == 0
        assert process.stderr.read() == ""
    finally:
        process.kill()  # or a failure would wait for the server for ever
        process.communicate()


def test_without_a_built_book_it_says_what_to_do(monkeypatch, capsys, tmp_path: Path) -> None:
    import serve

    assert HTML.parts[-2:] == ("_build", "html")
    monkeypatch.setattr(serve, "HTML", tmp_path)
    assert serve.main([]) == 1
    assert "make html" in capsys.readouterr().err
