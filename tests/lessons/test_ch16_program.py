"""The program of chapter 16: it learns, writes, and comes to no harm."""

from __future__ import annotations

import ast
import builtins
import errno
import hashlib
import io
import math
import os
import random
import runpy
import shutil
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from rnncourse.lessons.ch16 import my_language_model

PROGRAM = Path(my_language_model.__file__)
SOURCE = PROGRAM.read_text(encoding="utf-8")


def in_words(line: str) -> list[str]:
    """As a shell cuts a line."""
    return line.split()


TINY = in_words("--cell gru --hidden 8 --batch 4 --chunk 8 --steps 30 --every 4 --dropout 0.2")
POSIX = pytest.mark.skipif(os.name != "posix", reason="forks and kills")

Run = Callable[..., str]


def some_text(length: int = 1200, seed: int = 0) -> str:
    """Words in a random order."""
    some = in_words("the rain in Spain falls, mainly on a plain.")
    words = random.Random(seed).choices(some, k=900)
    return " ".join(words)[:length]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "book.txt").write_text(some_text(), encoding="utf-8")
    return tmp_path


@pytest.fixture
def run(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Run]:
    """The program as from the command line, in this process: what it prints, or says as it ends."""
    handler, threads = signal.getsignal(signal.SIGINT), torch.get_num_threads()

    def of(*words: str) -> str:
        monkeypatch.setattr(sys, "argv", [PROGRAM.name, *words])
        try:
            runpy.run_path(str(PROGRAM), run_name="__main__")
        except SystemExit as end:
            if isinstance(end.code, str):
                return end.code
            return capsys.readouterr().err.splitlines()[-1]  # argparse has said it
        return capsys.readouterr().out

    yield of
    signal.signal(signal.SIGINT, handler)
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
def whole(run: Run) -> dict[str, Any]:
    """Where a run ends that nothing has stopped."""
    run("train", "book.txt", "--model", "whole.pt", *TINY)
    return checkpoint("whole.pt")


# What it looks like


def test_it_is_as_long_as_the_page_says() -> None:
    lines = SOURCE.splitlines()
    assert len(lines) < 210
    assert max(map(len, lines)) <= 80


def test_it_needs_torch_and_tqdm_alone() -> None:
    needed = set()
    for node in ast.walk(ast.parse(SOURCE)):
        if isinstance(node, ast.Import):
            needed |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            needed.add(str(node.module).partition(".")[0])
    assert needed - sys.stdlib_module_names == {"torch", "tqdm"}


# What it computes


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
def test_bits_are_those_of_strips_read_whole(cell: str) -> None:
    torch.manual_seed(0)
    options = {"cell": cell, "hidden": 6, "dropout": 0.5}
    model = my_language_model.CharacterModel(5, options).eval()
    ids = torch.randint(5, (3 * 41 + 2,))
    strips = ids[: 3 * 41].view(3, 41).t()  # (S, B); two characters are left over
    logits, _ = model(strips[:-1])
    nats = cross_entropy(logits.flatten(0, 1), strips[1:].flatten())
    pieces = my_language_model.chunks(ids, 3, 8)
    assert pieces.shape == (5, 9, 3)
    assert torch.equal(torch.cat([strips[:1], *pieces[:, 1:]]), strips)
    assert my_language_model.bits(model, pieces) == pytest.approx(
        nats.item() / math.log(2), rel=1e-5
    )


def test_the_state_is_carried_and_its_history_is_not() -> None:
    torch.manual_seed(0)
    for cell in ("lstm", "gru", "rnn"):
        model = my_language_model.CharacterModel(5, {"cell": cell, "hidden": 6, "dropout": 0.0})
        loss, state = my_language_model.cost(model, torch.randint(5, (9, 3)), None)
        assert loss.requires_grad
        assert not any(part.requires_grad for part in state)
        assert any(part.abs().sum() > 0 for part in state)


def test_a_temperature_towards_0_is_greedy() -> None:
    torch.manual_seed(0)
    for logits in torch.randn(20, 30):
        for temperature in (1e-3, 0.0):
            p = my_language_model.likely(logits, temperature, 1.0)
            assert p[logits.argmax()] == pytest.approx(1.0, abs=1e-3)
    likeliest = my_language_model.likely(logits, 1.0, 0.0)
    assert likeliest.nonzero().flatten().tolist() == [logits.argmax()]


def test_top_p_keeps_the_fewest_that_make_it_up() -> None:
    logits = torch.tensor([0.25, 0.5, 0.125, 0.125]).log()
    for top_p, kept in ((0.4, [1]), (0.5, [1]), (0.51, [0, 1]), (0.75, [0, 1])):
        assert my_language_model.likely(logits, 1.0, top_p).nonzero().flatten().tolist() == kept
    torch.manual_seed(0)
    for logits in 3 * torch.randn(50, 30):
        p = logits.softmax(dim=0)
        for top_p in (0.1, 0.5, 0.9, 0.99):
            kept = my_language_model.likely(logits, 1.0, top_p) > 0
            assert p[kept].sum() >= top_p - 1e-6
            assert p[kept].sum() - p[kept].min() < top_p + 1e-6, "without the last it falls short"
            assert p[kept].min() > p[~kept].max()
        assert torch.allclose(my_language_model.likely(logits, 1.0, 1.0), p, atol=1e-6)


# Learning and writing


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
def test_a_text_that_repeats_is_learned(cell: str, run: Run, here: Path) -> None:
    song = "do re mi fa sol la ti "
    (here / "song.txt").write_text(song * 40, encoding="utf-8")
    size = in_words("--hidden 24 --batch 4 --chunk 16 --steps 300 --every 100 --lr 0.01")
    said = run("train", "song.txt", "--cell", cell, *size)
    bits = checkpoint("song.pt")["bits"]
    assert bits < 0.1 * math.log2(len(set(song)))
    assert said == f"song.pt: {bits:.3f} bits per character of validation\n"
    if cell != "rnn":  # which may still take "fa" for "la"
        written = run("write", "song.pt", "--prompt", song, "--length", "44", "--top-p", "0.5")
        assert written == 3 * song + "\n"


def test_it_writes_what_is_asked_for(run: Run) -> None:
    run("train", "book.txt", *TINY)
    first = run("write", "book.pt", "--prompt", "the", "--length", "70", "--seed", "3")
    assert first.startswith("the")
    assert len(first) == 3 + 70 + 1
    assert set(first[:-1]) <= set(some_text())
    again = run("write", "book.pt", "--prompt", "the", "--length", "70", "--seed", "3")
    other = run("write", "book.pt", "--prompt", "the", "--length", "70", "--seed", "4")
    assert first == again != other
    cold = [
        run("write", "book.pt", "--prompt", "the", "--temperature", "0", "--seed", seed)
        for seed in ("1", "2")
    ]
    assert cold[0] == cold[1]
    assert len(cold[0]) == 3 + 500 + 1


def test_the_same_command_gives_the_same_weights(run: Run, whole: dict[str, Any]) -> None:
    run("train", "book.txt", *TINY)
    assert same(checkpoint(), whole)
    run("train", "book.txt", "--restart", *TINY, "--seed", "2")
    assert not same(checkpoint()["model"], whole["model"])


def test_the_state_is_reset_where_the_text_begins(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    forward, begun, last = nn.GRU.forward, [], None

    def watched(layer: nn.GRU, x: Tensor, state: Tensor | None) -> tuple[Tensor, Tensor]:
        nonlocal last
        output, after = forward(layer, x, state)
        if layer.training:
            assert state is None or torch.equal(state, last)
            begun.append(state is None)
            last = after
        return output, after

    monkeypatch.setattr(nn.GRU, "forward", watched)
    run("train", "book.txt", *TINY, "--batch", "3", "--chunk", "30")
    chunks = (1200 * 9 // 10 // 3 - 1) // 30
    assert begun == [step % chunks == 0 for step in range(30)]


def test_one_thread_unless_more_are_asked_for(run: Run) -> None:
    run("train", "book.txt", *TINY)
    assert torch.get_num_threads() == 1
    run("train", "book.txt", *TINY, "--threads", "2")
    assert torch.get_num_threads() == 2


def test_the_best_weights_are_kept(run: Run, whole: dict[str, Any]) -> None:
    torch.manual_seed(0)
    ids = torch.tensor([whole["characters"].index(c) for c in some_text()])
    model = my_language_model.CharacterModel(len(whole["characters"]), whole["options"]).eval()
    pieces = my_language_model.chunks(ids[len(ids) * 9 // 10 :], 4, 8)
    model.load_state_dict(whole["best"])
    assert my_language_model.bits(model, pieces) == pytest.approx(whole["bits"], abs=1e-6)
    model.load_state_dict(whole["model"])
    assert my_language_model.bits(model, pieces) >= whole["bits"] - 1e-6
    # A text whose end is of another kind gets worse as the rest is learned.
    Path("two.txt").write_text("ab" * 540 + "ba" * 5 + "bbbbaaaa" * 14, encoding="utf-8")
    run("train", "two.txt", *TINY, "--steps", "200", "--lr", "0.02", "--every", "10")
    end = checkpoint("two.pt")
    assert not same(end["best"], end["model"])


# A run that is stopped

DRIVER = """
import builtins, io, os, random, runpy, signal, sys, time
import torch

program, kills, *words = sys.argv[1:]
draw = random.Random(16)
sys.argv = [program, *words]
torch.optim.Adam([torch.zeros(1, requires_grad=True)])  # imports much, once for all

def start(prepare):
    number = os.fork()
    if number:
        return number
    prepare()
    try:
        runpy.run_path(program, run_name="__main__")
    except BaseException as end:
        print(repr(end), flush=True)
        os._exit(1)
    os._exit(0)

def ended(number):
    return os.waitstatus_to_exitcode(os.waitpid(number, 0)[1])

def kill(number, saves, later):
    "Wait for some checkpoints and a moment more, and kill."
    seen = set()
    alive = lambda: os.waitid(os.P_PID, number, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None
    while len(seen) <= saves and alive():
        seen.add(os.stat("book.pt").st_mtime_ns if os.path.exists("book.pt") else 0)
        time.sleep(0.001)
    time.sleep(later)
    os.kill(number, signal.SIGKILL)

def die_while_writing(fraction, before):
    "Keep what was saved before; then write a fraction of a checkpoint, and die."
    class Part(io.FileIO):
        def write(self, data):
            nonlocal before
            before -= 1
            if before < 0:
                super().write(data[: int(fraction * len(data))])
                os.kill(os.getpid(), signal.SIGKILL)
            return super().write(data)

    builtins.open = Part  # which the program does for nothing but this

for _ in range(int(kills)):
    number = start(lambda: None)
    kill(number, draw.randrange(3), draw.uniform(0, 0.03))
    print("from outside", ended(number) == -signal.SIGKILL, flush=True)
    fraction, before = draw.random(), draw.randrange(3)
    number = start(lambda: die_while_writing(fraction, before))
    print("while writing", ended(number) == -signal.SIGKILL, flush=True)
    if os.path.exists("book.pt"):
        print("step", torch.load("book.pt", weights_only=True)["step"])
sys.exit(ended(start(lambda: None)))
"""


@POSIX
def test_a_run_that_is_killed_goes_on_to_the_same_weights(run: Run, here: Path) -> None:
    words = ["train", "book.txt", *TINY, "--steps", "300", "--every", "10", "--cell", "lstm"]
    run(*words, "--model", "whole.pt")
    (here / "driver.py").write_text(DRIVER, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "driver.py", str(PROGRAM), "4", *words],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("from outside True") >= 2
    assert done.stdout.count("while writing True") >= 2
    steps = [int(line.split()[1]) for line in done.stdout.splitlines() if line.startswith("step ")]
    assert steps == sorted(steps), "a checkpoint never goes back"
    assert any(0 < step < 300 for step in steps)
    assert same(checkpoint(), checkpoint("whole.pt"))


class Killed(BaseException):
    """As if the process ended here."""


@pytest.mark.parametrize("where", ["write", "fsync", "replace"])
def test_a_death_while_saving_leaves_the_old_checkpoint(
    where: str, run: Run, whole: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []

    class Part(io.FileIO):
        def write(self, data: memoryview) -> int:
            calls.append("write")
            if where == "write" and len(calls) == 3:
                super().write(data[: len(data) // 2])
                raise Killed
            return super().write(data)

    def dies(*_: object) -> None:
        if len(calls) == 3:
            raise Killed

    replace = os.replace
    with monkeypatch.context() as patch:
        patch.setattr(builtins, "open", Part)
        if where == "fsync":
            patch.setattr(os, "fsync", dies)
        if where == "replace":
            patch.setattr(os, "replace", lambda a, b: (dies(), replace(a, b)))
        with pytest.raises(Killed):
            run("train", "book.txt", *TINY)
    assert checkpoint()["step"] == 8
    assert Path("book.pt.part").exists()  # which a process that is killed cannot clear away
    assert run("write", "book.pt", "--prompt", "the", "--length", "9").startswith("the")
    run("train", "book.txt", *TINY)
    assert same(checkpoint(), whole)
    assert not Path("book.pt.part").exists()


def test_ctrl_c_saves_between_two_steps(
    run: Run, whole: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    steps, clip = [], nn.utils.clip_grad_norm_

    def interrupted(*given: Any) -> Tensor:
        steps.append(clip(*given))
        if len(steps) in (2, 9):
            signal.raise_signal(signal.SIGINT)
        return steps[-1]

    monkeypatch.setattr(nn.utils, "clip_grad_norm_", interrupted)
    for step in (2, 9):  # the first before anything was measured
        said = run("train", "book.txt", *TINY)
        assert said == "Saved: the same command (without --restart) goes on."
        assert checkpoint()["step"] == step
        assert run("write", "book.pt", "--prompt", "the", "--length", "9").startswith("the")
    run("train", "book.txt", *TINY)
    assert same(checkpoint(), whole)
    assert len(steps) == 30


def test_a_run_that_has_ended_is_left_alone(run: Run, whole: dict[str, Any]) -> None:
    before = Path("whole.pt").read_bytes()
    said = run("train", "book.txt", "--model", "whole.pt", *TINY)
    assert said == f"whole.pt: {whole['bits']:.3f} bits per character of validation\n"
    assert Path("whole.pt").read_bytes() == before


def test_a_full_disk_is_named(
    run: Run, whole: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    fsync, calls = os.fsync, []

    def full(file: int) -> None:
        calls.append(file)
        if len(calls) > 2:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        fsync(file)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        said = run("train", "book.txt", *TINY)
    assert said == "Cannot save: No space left on device. book.pt is as it was before."
    assert checkpoint()["step"] == 8
    assert not Path("book.pt.part").exists()
    run("train", "book.txt", *TINY)
    assert same(checkpoint(), whole)


def test_a_disk_that_is_full_indeed(here: Path) -> None:
    """A file system of the size of a checkpoint and a half."""
    (here / "room.sh").write_text(
        textwrap.dedent("""
            mkdir -p disk && mount -t tmpfs -o size=$1k tmpfs disk || exit 77
            shift
            "$@"; ended=$?
            ls disk && cp disk/book.pt .
            exit $ended
            """),
        encoding="utf-8",
    )
    words = [*TINY, "--cell", "lstm", "--hidden", "32"]
    program = [sys.executable, str(PROGRAM), "train", "book.txt", "--model", "disk/book.pt", *words]
    if not shutil.which("unshare"):
        pytest.skip("no unshare on this machine")
    done = subprocess.run(
        ["unshare", "-rm", "sh", "room.sh", "320", *program], capture_output=True, text=True
    )
    if done.returncode == 77 or done.stderr.startswith("unshare:"):
        pytest.skip(f"a disk of our own cannot be had: {done.stderr}")
    last = done.stderr.splitlines()[-1]
    assert last == "Cannot save: No space left on device. disk/book.pt is as it was before."
    assert "Traceback" not in done.stderr
    assert done.stdout.split() == ["book.pt"]
    assert 160_000 < (here / "book.pt").stat().st_size < 320_000
    assert checkpoint()["step"] == 4


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA here")
def test_a_checkpoint_moves_between_devices(run: Run) -> None:
    for words in ([], ["--cell", "lstm", "--restart"]):
        for stop, device in ((8, "cuda"), (16, "cpu"), (99, "cuda")):
            with pytest.MonkeyPatch.context() as patch:
                replace = os.replace

                def stops(
                    a: Path, b: Path, stop: int = stop, replace: Callable[..., None] = replace
                ) -> None:
                    replace(a, b)
                    if checkpoint()["step"] == stop:
                        raise Killed

                patch.setattr(os, "replace", stops)
                try:
                    run("train", "book.txt", *TINY, "--device", device, *words)
                except Killed:
                    words = [word for word in words if word != "--restart"]
        assert checkpoint()["step"] == 30
        assert run("write", "book.pt", "--prompt", "the", "--length", "9").startswith("the")


@pytest.mark.parametrize(
    ("cuda", "mps", "chosen"),
    [(True, True, "cuda"), (False, True, "mps"), (False, False, "cpu")],
)
def test_auto_takes_what_is_there(
    cuda: bool, mps: bool, chosen: str, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def to(module: nn.Module, device: str) -> nn.Module:
        raise Killed(device)

    monkeypatch.setattr(torch.cuda, "is_available", lambda: cuda)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: mps)
    monkeypatch.setattr(nn.Module, "to", to)
    for words in ([], ["--device", "auto"], ["--device", chosen]):
        with pytest.raises(Killed, match=chosen):
            run("train", "book.txt", *TINY, *words)
    if not mps:
        said = run("train", "book.txt", "--device", "mps")
        assert "argument --device: invalid choice: 'mps'" in said


# What it says instead of a traceback


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("cell", "rnn"), ("hidden", "9"), ("dropout", "0.3"), ("lr", "0.1"), ("batch", "5")),
        *(("chunk", "7"), ("steps", "31"), ("every", "5"), ("seed", "2")),
    ],
)
def test_another_option_is_refused_by_its_name(name: str, value: str, run: Run) -> None:
    assert name in {"cell", *my_language_model.TRAINING}
    run("train", "book.txt", *TINY)
    before = Path("book.pt").read_bytes()
    said = run("train", "book.txt", *TINY, f"--{name}", value)
    sentence = f"book.pt was begun with another {name}: go back to that, or use --restart."
    assert said == sentence
    assert Path("book.pt").read_bytes() == before
    run("train", "book.txt", *TINY, f"--{name}", value, "--restart")
    assert str(checkpoint()["options"][name]) == value


def test_another_text_is_refused(run: Run) -> None:
    run("train", "book.txt", *TINY)
    text = some_text(seed=1)
    assert set(text) == set(some_text())
    Path("other.txt").write_text(text, encoding="utf-8")
    said = run("train", "other.txt", "--model", "book.pt", *TINY)
    assert said == "book.pt was begun with another text: go back to that, or use --restart."
    run("train", "other.txt", "--model", "book.pt", *TINY, "--restart")
    assert checkpoint()["options"]["text"] == hashlib.sha256(text.encode()).hexdigest()
    Path("moved.txt").write_text(text, encoding="utf-8")  # its name does not matter
    assert run("train", "moved.txt", "--model", "book.pt", *TINY).startswith("book.pt: ")


def test_a_text_that_cannot_be_read(run: Run, here: Path) -> None:
    assert run("train", "nothing.txt") == "Cannot read nothing.txt: No such file or directory."
    assert run("train", str(here)) == f"Cannot read {here}: Is a directory."
    (here / "latin.txt").write_bytes("café ".encode("latin-1") * 500)
    said = run("train", "latin.txt", *TINY)
    assert said == "latin.txt is not in UTF-8: save it in that encoding."


def test_a_text_that_is_too_short(run: Run, here: Path) -> None:
    for length in (0, 1, 359):
        (here / "short.txt").write_text(some_text(length), encoding="utf-8")
        said = run("train", "short.txt", *TINY)
        assert said == (
            f"short.txt has {length} of 360 characters: "
            "give more text, or a smaller --batch or --chunk."
        )
    (here / "short.txt").write_text(some_text(360), encoding="utf-8")
    assert run("train", "short.txt", *TINY).startswith("short.pt: ")


def test_a_prompt_that_it_cannot_read(run: Run) -> None:
    run("train", "book.txt", *TINY)
    for words in ([], ["--prompt", ""]):
        said = run("write", "book.pt", *words)
        assert said == "The --prompt is empty: give a character at least."
    said = run("write", "book.pt", "--prompt", "thé 1the é")
    assert said == "book.pt has never read ['1', 'é']: change the --prompt."


class Thief:
    """Leaves a trace where it is unpickled."""

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (Path("stolen"),)


def test_a_checkpoint_that_is_broken(run: Run, here: Path) -> None:
    run("train", "book.txt", *TINY)
    good = (here / "book.pt").read_bytes()
    sentence = "book.pt is missing, broken, or another program's."
    for end in (0, 1, 100, len(good) // 2, len(good) - 1):
        (here / "book.pt").write_bytes(good[:end])
        assert run("write", "book.pt", "--prompt", "the") == sentence
        assert run("train", "book.txt", *TINY) == sentence
    for other in ({"weight": torch.zeros(2)}, [1, 2], Thief(), nn.Linear(2, 2)):
        torch.manual_seed(0)
        torch.save(other, "book.pt")
        assert run("write", "book.pt", "--prompt", "the") == sentence
        assert run("train", "book.txt", *TINY) == sentence
    assert not (here / "stolen").exists()
    assert run("write", "no.pt", "--prompt", "the") == sentence.replace("book", "no")
    assert run("train", "book.txt", *TINY, "--restart").startswith("book.pt: ")


def test_a_folder_that_is_not_there(run: Run) -> None:
    said = run("train", "book.txt", *TINY, "--model", "no/book.pt")
    assert said == "Cannot save: No such file or directory. no/book.pt is as it was before."


def test_options_that_cannot_be(run: Run) -> None:
    for name in ("hidden", "batch", "chunk", "steps", "every", "seed", "length", "threads"):
        assert run("train", "book.txt", f"--{name}", "0").endswith(f"--{name} must be at least 1")
    assert "argument --hidden: invalid int value: 'many'" in run(
        "train", "book.txt", "--hidden", "many"
    )
    assert "invalid choice: 'lstn'" in run("train", "book.txt", "--cell", "lstn")
    text = Path("book.txt").read_bytes()
    said = run("train", "book.txt", "--model", "book.txt", "--restart")
    assert said.endswith("--model must be another file than the text")
    assert Path("book.txt").read_bytes() == text


def test_it_is_a_program_of_its_own(here: Path) -> None:
    """As a reader calls it: copied, in a Python that knows no package of ours."""
    shutil.copy(PROGRAM, here)
    program = [sys.executable, "-I", PROGRAM.name]
    done = subprocess.run([*program, "train", "book.txt", *TINY], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "validation=" in done.stderr
    assert "loss=" in done.stderr
    done = subprocess.run(
        [*program, "write", "no.pt", "--prompt", "the"], capture_output=True, text=True
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "no.pt is missing, broken, or another program's.\n"
