"""Code that never ends is stopped, or left behind, and the reader told."""

import threading
import time

import pytest
import torch

from rnncourse.checking import EXERCISES, check, engine, sandbox

STEP = EXERCISES["simple-step"]


def step(*args):
    return STEP.reference(*args)


@pytest.fixture(autouse=True)
def _short(monkeypatch):
    monkeypatch.setattr(sandbox, "LIMIT_SECONDS", 0.3)


def test_loop():
    def submission(*args):
        while True:
            pass

    threads = threading.active_count()
    verdict = engine.judge(STEP, submission)
    assert verdict.kind == "failed"
    assert "still running after 0.3 seconds, so it was stopped" in verdict.sentence
    first = submission.__code__.co_firstlineno
    assert verdict.details[0].startswith((f"at line {first + 1}:", f"at line {first + 2}:"))
    assert threading.active_count() <= threads


def test_loop_that_swallows_exceptions():
    def submission(*args):
        while True:
            try:
                torch.rand(3)
            except BaseException:
                continue

    threads = threading.active_count()
    verdict = engine.judge(STEP, submission)
    assert "still running after 0.3 seconds" in verdict.sentence
    assert threading.active_count() <= threads


def test_loop_that_prints(capsys):
    def submission(*args):
        while True:
            print("again")

    check("simple-step", submission)
    printed = capsys.readouterr().out
    assert printed.startswith("✗ simple-step: still running")
    assert len(printed) < 1000


def test_loop_that_ends_only_on_some_inputs():
    def submission(x, h, W, U, b):
        while len(x) == 1:
            pass
        return step(x, h, W, U, b)

    assert "still running" in engine.judge(STEP, submission).sentence


def test_code_that_cannot_be_stopped_is_left_behind(monkeypatch):
    monkeypatch.setattr(sandbox, "_GRACE_SECONDS", 0.2)
    release = threading.Event()

    def submission(*args):
        release.wait(60)
        return ...

    began = time.monotonic()
    verdict = engine.judge(STEP, submission)
    assert time.monotonic() - began < 30  # of the submission's 60; a busy machine takes some too
    assert "it could not be stopped" in verdict.sentence
    assert "Restart the kernel" in verdict.sentence
    assert torch.get_default_dtype() == torch.float32
    release.set()


def test_limit_is_for_all_draws_together():
    calls = 0

    def submission(*args):
        nonlocal calls
        calls += 1
        time.sleep(0.15)
        return step(*args)

    assert "still running" in engine.judge(STEP, submission).sentence
    assert calls < len(STEP.trials)


def interrupted_once(join):
    calls = []

    def wrapper(self, timeout=None):
        calls.append(timeout)
        if len(calls) == 1:
            raise KeyboardInterrupt
        return join(self, timeout)

    return wrapper


def test_interrupting_the_kernel_stops_the_submission(monkeypatch):
    def submission(*args):
        while True:
            pass

    threads = threading.active_count()
    monkeypatch.setattr(threading.Thread, "join", interrupted_once(threading.Thread.join))
    with pytest.raises(KeyboardInterrupt):
        engine.judge(STEP, submission)
    assert threading.active_count() <= threads
    assert torch.get_default_dtype() == torch.float32
