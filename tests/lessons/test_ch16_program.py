"""The program of chapter 16: it learns, writes, and comes to no harm."""

from __future__ import annotations

import ast
import builtins
import contextlib
import errno
import io
import json
import math
import os
import pickle
import random
import re
import runpy
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from rnncourse import lessons

PROGRAM = Path(lessons.__path__[0]) / "ch16" / "my_language_model.py"
SOURCE = PROGRAM.read_text(encoding="utf-8")
CONSTANTS = "EMBEDDING, DROPOUT, RATE, BATCH, CHUNK, EVERY = "


def in_words(line: str) -> list[str]:
    """As a shell cuts a line."""
    return line.split()


TINY = in_words("--cell gru --hidden 8 --steps 30 --length 9")
POSIX = pytest.mark.skipif(os.name != "posix", reason="forks and kills")

Run = Callable[..., str]


def some_text(length: int = 1200, seed: int = 0) -> str:
    """Words in a random order."""
    some = in_words("the rain in Spain falls, mainly on a plain.")
    words = random.Random(seed).choices(some, k=900)
    return " ".join(words)[:length]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a text, and the program with constants as a reader might set them."""
    monkeypatch.chdir(tmp_path)
    before, _, after = SOURCE.partition(CONSTANTS)
    rest = after.partition("\n")[2]
    small = f"{before}{CONSTANTS}16, 0.2, 0.01, 4, 8, 4\n{rest}"
    (tmp_path / "program.py").write_text(small, encoding="utf-8")
    (tmp_path / "book.txt").write_text(some_text(), encoding="utf-8")
    return tmp_path


@pytest.fixture
def names() -> dict[str, Any]:
    """What the last run of the program has called by a name."""
    return {}


@pytest.fixture
def run(
    here: Path,
    names: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[Run]:
    """The program as from the command line, in this process: what it prints, or says as it ends."""
    threads = torch.get_num_threads()

    def of(*words: str) -> str:
        monkeypatch.setattr(sys, "argv", ["program.py", *words])
        try:
            names.update(runpy.run_path("program.py", run_name="__main__"))
        except SystemExit as end:
            if isinstance(end.code, str):
                return end.code
            return capsys.readouterr().err.splitlines()[-1]  # argparse has said it
        return capsys.readouterr().out

    yield of
    torch.set_num_threads(threads)


def checkpoint(path: str | Path = "book.pt") -> dict[str, Any]:
    return torch.load(path, weights_only=True)


def same(a: object, b: object) -> bool:
    """Whether two checkpoints, or parts of them, agree to the last bit."""
    if isinstance(a, Tensor):
        return isinstance(b, Tensor) and a.dtype == b.dtype and torch.equal(a, b)
    if isinstance(a, dict):
        return isinstance(b, dict) and a.keys() == b.keys() and all(same(a[k], b[k]) for k in a)
    if isinstance(a, list | tuple):
        return type(a) is type(b) and len(a) == len(b) and all(map(same, a, b))
    return a == b


@pytest.fixture
def whole(run: Run, here: Path) -> dict[str, Any]:
    """Where a run ends that nothing has stopped."""
    (here / "whole.txt").write_text(some_text(), encoding="utf-8")
    run("train", "whole.txt", *TINY)
    return checkpoint("whole.pt")


# What it looks like


def test_it_is_as_short_as_the_page_says() -> None:
    lines = SOURCE.splitlines()
    assert len(lines) < 100
    assert max(map(len, lines)) <= 80
    assert SOURCE.count(CONSTANTS) == 1


def test_it_needs_torch_and_tqdm_alone() -> None:
    needed = set()
    for node in ast.walk(ast.parse(SOURCE)):
        if isinstance(node, ast.Import):
            needed |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            needed.add(str(node.module).partition(".")[0])
    assert needed - sys.stdlib_module_names == {"torch", "tqdm"}


# Learning and writing


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
def test_a_text_that_repeats_is_learned(
    cell: str, run: Run, here: Path, names: dict[str, Any]
) -> None:
    song = "do re mi fa sol la ti "
    (here / "song.txt").write_text(song * 40, encoding="utf-8")
    size = in_words("--hidden 24 --steps 300 --length 44 --temperature 0")
    written = run("train", "song.txt", "--cell", cell, *size, "--prompt", song)
    assert names["bits"] < 0.1 * math.log2(len(set(song)))
    assert torch.get_num_threads() == 1
    if cell != "rnn":  # which may still take "fa" for "la"
        assert written == 3 * song + "\n"


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
def test_bits_are_those_of_the_last_tenth_read_whole(
    cell: str, run: Run, names: dict[str, Any]
) -> None:
    run("train", "book.txt", *TINY, "--cell", cell)
    tenth = 1200 // 40 * 4
    ids = torch.tensor([names["characters"].index(c) for c in some_text()[-tenth:]])
    strips = ids.view(4, -1).t()
    strips = strips[: (len(strips) - 1) // 8 * 8 + 1]
    logits, _ = names["predict"](strips[:-1], None)
    nats = cross_entropy(logits.flatten(0, 1), strips[1:].flatten())
    assert names["bits"] == pytest.approx(nats.item() / math.log(2), rel=1e-5)


def test_the_state_is_carried_and_its_history_is_not(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    forward, last, carried = nn.GRU.forward, None, []

    def watched(layer: nn.GRU, x: Tensor, state: Tensor | None) -> tuple[Tensor, Tensor]:
        nonlocal last
        carried.append(state is not None)
        assert state is None or not state.requires_grad
        assert state is None or len(carried) % 7 in {1, 5} or torch.equal(state, last)
        output, last = forward(layer, x, state)
        return output, last

    monkeypatch.setattr(nn.GRU, "forward", watched)
    run("train", "book.txt", *TINY)
    # Four steps, and the three chunks of the validation, which begins without a state.
    assert carried[:14] == [False, *3 * [True], False, True, True, *4 * [True], False, True, True]


def test_it_writes_what_is_asked_for(run: Run) -> None:
    run("train", "book.txt", *TINY)
    words = in_words("write book.pt --prompt the --length 70")
    first = run(*words, "--seed", "3")
    assert first.startswith("the")
    assert len(first) == 3 + 70 + 1
    assert set(first[:-1]) <= set(some_text())
    assert first == run(*words, "--seed", "3") != run(*words, "--seed", "4")
    cold = [run(*words, "--temperature", "0", "--seed", seed) for seed in ("1", "2")]
    assert cold[0] == cold[1]
    assert len(run("write", "book.pt")) == 1 + 500 + 1, "a prompt is not needed"


def test_the_seed_decides(run: Run, whole: dict[str, Any]) -> None:
    run("train", "book.txt", *TINY)
    assert same(checkpoint(), whole)
    Path("book.pt").unlink()
    run("train", "book.txt", *TINY, "--seed", "2")
    assert not same(checkpoint()["model"], whole["model"])


@pytest.mark.parametrize(
    ("cuda", "mps", "chosen"),
    [(True, True, "cuda"), (False, True, "mps"), (False, False, "cpu")],
)
def test_the_device_is_what_is_there(
    cuda: bool, mps: bool, chosen: str, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def to(module: nn.Module, device: str) -> nn.Module:
        raise Killed(device)

    monkeypatch.setattr(torch.cuda, "is_available", lambda: cuda)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: mps)
    monkeypatch.setattr(nn.Module, "to", to)
    for words in ([], ["--device", chosen]):
        with pytest.raises(Killed, match=chosen):
            run("train", "book.txt", *TINY, *words)


# A run that is stopped

DRIVER = """
import builtins, os, random, runpy, signal, sys, time
import torch

sys.argv = sys.argv[1:]
torch.optim.Adam([torch.zeros(1, requires_grad=True)])  # imports much, once for all
draw = random.Random(16)

def start(prepare):
    number = os.fork()
    if number:
        return number
    prepare()
    try:
        runpy.run_path(sys.argv[0], run_name="__main__")
    except BaseException as end:
        print(repr(end), flush=True)
        os._exit(1)
    os._exit(0)

def ended(number):
    return os.waitstatus_to_exitcode(os.waitpid(number, 0)[1])

def deadly(call, times):
    "The call, which kills the process as it is made for the last time."
    def counted(*given, **named):
        nonlocal times
        times -= 1
        if times == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return call(*given, **named)
    return counted

def learning(times):
    torch.optim.Adam.step = deadly(torch.optim.Adam.step, times)

def writing(times):
    "Within a checkpoint, of which some records are written by then."
    plain = builtins.open
    class File:
        def __init__(self, name, *mode):
            self.file = plain(name, *mode)
        def __enter__(self):
            return self
        def __exit__(self, *how):
            self.file.close()
        def write(self, data):
            written(self.file)
            return self.file.write(data)
        def __getattr__(self, name):
            return getattr(self.file, name)
    written = deadly(lambda file: file.flush(), times)
    builtins.open = lambda name, *mode, **more: (
        File(name, *mode) if str(name).endswith(".part") else plain(name, *mode, **more)
    )

def syncing(times):
    os.fsync = deadly(os.fsync, times)

def replacing(times):
    os.replace = deadly(os.replace, times)

for moment, most in [(learning, 25), (writing, 60), (syncing, 3), (replacing, 3)] * 2:
    times = draw.randint(1, most)
    code = ended(start(lambda: moment(times)))
    step = torch.load("book.pt", weights_only=True)["step"] if os.path.exists("book.pt") else 0
    print(moment.__name__, code == -signal.SIGKILL, step, flush=True)
number = start(lambda: None)
time.sleep(draw.uniform(0, 0.3))
os.kill(number, signal.SIGKILL)  # at whatever it may be
ended(number)
sys.exit(ended(start(lambda: None)))
"""


@POSIX
def test_a_run_that_is_killed_goes_on_to_the_same_weights(run: Run, here: Path) -> None:
    words = [*TINY, "--steps", "200", "--cell", "lstm"]
    (here / "whole.txt").write_text(some_text(), encoding="utf-8")
    run("train", "whole.txt", *words)
    (here / "driver.py").write_text(DRIVER, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "driver.py", "program.py", "train", "book.txt", *words],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    told = [line.split() for line in done.stdout.splitlines() if " True " in line]
    assert [kind for kind, *_ in told] == 2 * ["learning", "writing", "syncing", "replacing"]
    steps = [int(step) for *_, step in told]
    assert steps == sorted(steps), "a checkpoint never goes back"
    assert 0 < steps[-1] < 200
    assert same(checkpoint(), checkpoint("whole.pt"))


class Killed(BaseException):
    """As if the process ended here."""


@pytest.mark.parametrize("where", ["write", "fsync"])
def test_a_full_disk_leaves_the_old_checkpoint(
    where: str, run: Run, whole: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    plain, fsync, files = builtins.open, os.fsync, []

    def is_full(what: str) -> None:
        if what == where and len(files) == 3:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    class Part(io.FileIO):
        def write(self, data: Any) -> int:
            if self.tell() > 2000:
                is_full("write")
            return super().write(data)

    def opened(name: Any, *mode: Any, **more: Any) -> Any:
        if not str(name).endswith(".part"):
            return plain(name, *mode, **more)
        files.append(Part(name, *mode))
        return files[-1]

    with monkeypatch.context() as patch:
        patch.setattr(builtins, "open", opened)
        patch.setattr(os, "fsync", lambda file: (is_full("fsync"), fsync(file)))
        with pytest.raises((OSError, RuntimeError)) as caught:  # torch makes its own of it
            run("train", "book.txt", *TINY)
    assert "No space left" in f"{caught.value} {caught.value.__context__}"
    assert checkpoint()["step"] == 8
    assert run("write", "book.pt", "--prompt", "the", "--length", "9").startswith("the")
    run("train", "book.txt", *TINY)
    assert same(checkpoint(), whole)
    assert not Path("book.pt.part").exists()


def test_a_run_that_has_ended_is_left_alone(run: Run, whole: dict[str, Any]) -> None:
    before = Path("whole.pt").read_bytes()
    run("train", "whole.txt", *TINY)
    assert Path("whole.pt").read_bytes() == before


@POSIX
def test_ctrl_c_ends_it_and_the_last_checkpoint_stands(here: Path) -> None:
    """As a reader calls it, in a Python that knows no package of ours."""
    words = in_words("train book.txt --hidden 8 --steps 1000000")
    program = subprocess.Popen(
        [sys.executable, "-I", "program.py", *words], stderr=subprocess.PIPE, text=True
    )
    end = time.monotonic() + 60
    while not Path("book.pt").exists() and program.poll() is None and time.monotonic() < end:
        time.sleep(0.01)
    time.sleep(0.3)  # the bar is drawn ten times a second
    said = ""
    while program.poll() is None and time.monotonic() < end + 60:
        program.send_signal(signal.SIGINT)  # one that comes in a callback is ignored there
        with contextlib.suppress(subprocess.TimeoutExpired):
            _, said = program.communicate(timeout=2)
    assert program.returncode != 0
    assert "KeyboardInterrupt" in said
    assert "bits per character" in said
    assert checkpoint()["step"] >= 4


# What it says instead of a traceback


@pytest.mark.parametrize(
    ("name", "value"), [("cell", "rnn"), ("hidden", "9"), ("steps", "31"), ("seed", "2")]
)
def test_other_options_are_refused(name: str, value: str, run: Run) -> None:
    run("train", "book.txt", *TINY)
    before = Path("book.pt").read_bytes()
    said = run("train", "book.txt", *TINY, f"--{name}", value)
    assert said == "book.pt has other options or text: rename it."
    assert Path("book.pt").read_bytes() == before


def test_another_constant_is_refused(run: Run) -> None:
    run("train", "book.txt", *TINY)
    source = Path("program.py").read_text(encoding="utf-8")
    Path("program.py").write_text(source.replace("0.2, 0.01", "0.2, 0.02"), encoding="utf-8")
    said = run("train", "book.txt", *TINY)
    assert said == "book.pt has other options or text: rename it."


def test_another_text_is_refused(run: Run) -> None:
    run("train", "book.txt", *TINY)
    before, text = Path("book.pt").read_bytes(), some_text(seed=1)
    assert set(text) == set(some_text())
    Path("book.txt").write_text(text, encoding="utf-8")
    said = run("train", "book.txt", *TINY)
    assert said == "book.pt has other options or text: rename it."
    assert Path("book.pt").read_bytes() == before


def test_a_text_that_is_too_short(run: Run, here: Path) -> None:
    for length in (0, 1, 359):
        (here / "short.txt").write_text(some_text(length), encoding="utf-8")
        assert run("train", "short.txt", *TINY) == "short.txt is too short: give 360 characters."
    (here / "short.txt").write_text(some_text(360), encoding="utf-8")
    run("train", "short.txt", *TINY)
    assert checkpoint("short.pt")["step"] == 30


def test_a_prompt_that_it_cannot_read(run: Run) -> None:
    said = run("train", "book.txt", *TINY, "--prompt", "thé")
    assert said == "book.pt does not know {'é'}: change the --prompt."
    assert not Path("book.pt").exists(), "which is said before it has learned for an hour"
    run("train", "book.txt", *TINY)
    said = run("write", "book.pt", "--prompt", "thé the é")
    assert said == "book.pt does not know {'é'}: change the --prompt."


def test_options_that_cannot_be(run: Run) -> None:
    assert "invalid int value: 'many'" in run("train", "book.txt", "--hidden", "many")
    assert "invalid choice: 'lstn'" in run("train", "book.txt", "--cell", "lstn")
    with pytest.raises(FileNotFoundError):
        run("write", "no.pt")


class Thief:
    """Leaves a trace where it is unpickled."""

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (Path("stolen"),)


def test_no_code_in_a_checkpoint_is_run(run: Run, here: Path) -> None:
    torch.save(Thief(), "book.pt")
    for words in (["write", "book.pt"], ["train", "book.txt"]):
        with pytest.raises(pickle.UnpicklingError):
            run(*words)
    assert not (here / "stolen").exists()


def test_the_page_shows_the_program() -> None:
    """Part by part, with sentences between them."""
    page = Path(__file__).parents[2] / "chapters" / "16e-your-own-language-model.ipynb"
    cells = json.loads(page.read_text(encoding="utf-8"))["cells"]
    prose = "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")
    parts = re.findall(r"```python\n(.*?)\n```", prose, re.DOTALL)
    lines = [line for part in parts for line in part.splitlines() if line]
    assert lines == [line for line in SOURCE.splitlines() if line]
