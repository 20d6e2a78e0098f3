"""Whatever a submission does, the reader gets a sentence and the process goes on."""

import sys
import threading

import numpy as np
import pytest
import torch

from rnncourse.checking import EXERCISES, check, engine, sandbox

STEP = EXERCISES["simple-step"]
RUN = EXERCISES["simple-unroll"]


def step(*args):
    return STEP.reference(*args)


def raises(error):
    def submission(*args):
        raise error

    return submission


class Unprintable(Exception):
    def __str__(self):
        raise RuntimeError("no words")


def in_place(x, h, W, U, b):
    return h.copy_(step(x, h, W, U, b))


def resizes_in_place(x, h, W, U, b):
    result = step(x, h, W, U, b)
    x.t_()
    b.zero_()
    return result


def recurses(*args):
    return recurses(*args)


def generates(*args):
    yield step(*args)


async def waits(*args):
    return step(*args)


def divides_by_zero(*args):
    result = step(*args)
    result[0, 0] = 0.0
    return result / result


HOSTILE = {
    "ValueError": (raises(ValueError("no luck")), "your function raised ValueError: no luck."),
    "SystemExit": (raises(SystemExit(3)), "your function raised SystemExit: 3."),
    "KeyboardInterrupt": (raises(KeyboardInterrupt()), "raised KeyboardInterrupt."),
    "unprintable": (raises(Unprintable()), "your function raised Unprintable."),
    "long": (raises(ValueError("a" * 5000)), "a" * 300 + "…"),
    "two lines": (raises(ValueError("\none\ntwo")), "raised ValueError: one."),
    "address": (lambda *args: object().h, "'object' object has no attribute 'h'"),
    "RecursionError": (recurses, "RecursionError: maximum recursion depth exceeded"),
    "numpy": (lambda *args: step(*args).numpy(), "h_new is a numpy.ndarray; expected a torch."),
    "list": (lambda *args: [step(*args)], "h_new is a list of 1; expected a torch.Tensor."),
    "number": (lambda *args: 0.5, "h_new is a float; expected a torch.Tensor."),
    "int": (lambda *args: 1, "h_new is an int; expected"),
    "numpy scalar": (lambda *args: np.float64(1), "h_new is a numpy.float64; expected"),
    "function": (lambda *args: step, "h_new is a function; expected"),
    "generator": (generates, "h_new is a generator; expected"),
    "tuple": (lambda *args: (step(*args),), "returns a tuple of 1; expected h_new itself."),
    "empty tuple": (lambda *args: (), "h_new is a tuple of 0; expected"),
    "meta": (lambda *args: step(*args).to("meta"), "h_new holds no plain numbers"),
    "sparse": (lambda *args: step(*args).to_sparse(), "h_new holds no plain numbers"),
    "float32": (lambda *args: step(*args).float(), "h_new has dtype torch.float32"),
    "integer": (lambda *args: step(*args).long(), "h_new has dtype torch.int64"),
    "complex": (lambda *args: step(*args) + 0j, "h_new has dtype torch.complex128"),
    "scalar": (lambda *args: step(*args).sum(), "h_new has shape (); expected (B, H) = ("),
    "extra axis": (lambda *args: step(*args)[None], "An axis of size 1 was lost or added."),
    "squeezed": (lambda *args: step(*args).squeeze(), "An axis of size 1 was lost or added."),
    "transposed": (lambda *args: step(*args).T + 1, "The sizes are right, their order is not."),
    "nan": (lambda *args: step(*args) * torch.nan, "h_new holds nan, first at batch element 0"),
    "one nan": (divides_by_zero, "h_new holds nan, first at batch element 0, unit 0"),
    "infinite": (lambda *args: step(*args) / 0, "h_new holds"),
    "changes h": (in_place, "your function changes its argument h in place"),
    "changes x and b": (resizes_in_place, "changes its argument x and b in place"),
    "too few arguments": (lambda x, h: h, "takes (x, h), but it is called as step(x, h, W, U, b)"),
    "not a function": (3, "expected your function, got an int."),
    "a result": (torch.zeros(2, 3), "expected your function, got one tensor of shape (2, 3)."),
    "nothing": (None, 'without brackets: check("simple-step", step).'),
    "a class": (dict, "your function raised TypeError: dict expected at most 1 argument"),
    "built-in": (max, "your function raised RuntimeError"),
}


@pytest.mark.filterwarnings("ignore:coroutine")
@pytest.mark.parametrize(("submission", "says"), HOSTILE.values(), ids=HOSTILE.keys())
def test_a_sentence_for_everything(submission, says, capsys):
    verdict = engine.judge(STEP, submission)
    assert verdict.kind == "failed"
    assert says in verdict.sentence
    check("simple-step", submission)  # nothing is raised, nothing but the verdict is printed
    printed = capsys.readouterr()
    assert printed.out.startswith("✗ simple-step: ")
    assert printed.err == ""


@pytest.mark.filterwarnings("ignore:coroutine")
def test_coroutine():
    assert "h_new is a coroutine" in engine.judge(STEP, waits).sentence


@pytest.mark.parametrize(
    ("returned", "says"),
    [
        (lambda output, h_n: output, "returns one tensor of shape"),
        (lambda output, h_n: [output, h_n], "returns a list of 2; expected a tuple of 2"),
        (lambda output, h_n: (output, h_n, h_n), "returns a tuple of 3; expected a tuple of 2"),
        (lambda output, h_n: (output, None), "h_n is None; expected a torch.Tensor"),
        (lambda output, h_n: (list(output), h_n), "output is a list of"),
        (lambda output, h_n: (h_n, output), "output has shape"),
    ],
)
def test_wrong_kinds_of_pairs(returned, says):
    verdict = engine.judge(RUN, lambda *args: returned(*RUN.reference(*args)))
    assert verdict.kind == "failed"
    assert says in verdict.sentence


def test_addresses_are_masked():
    def submission(*args):
        raise ValueError(f"at {object()!r}")

    assert "object at 0x…>" in engine.judge(STEP, submission).sentence


def test_gradients_do_not_matter():
    assert engine.judge(STEP, lambda *args: step(*args).requires_grad_()).kind == "passed"
    assert engine.judge(STEP, lambda *args: torch.nn.Parameter(step(*args))).kind == "passed"


def test_prints_are_kept_short(capsys):
    def submission(*args):
        for i in range(1000):
            print("line", i)
        print("loud " * 500, file=sys.stderr)
        return step(*args)

    check("simple-step", submission, record=False)
    printed = capsys.readouterr()
    lines = printed.out.splitlines()
    assert lines[0].startswith("✓ simple-step: correct")
    assert lines[1:] == [
        "    It printed, on the first input:",
        *(f"    | line {i}" for i in range(5)),
        "    | … and 996 more",
    ]
    assert printed.err == ""


def test_what_is_printed_does_not_fill_the_memory():
    outcome = sandbox.call(lambda: print("loud " * 100_000), (), 5.0)
    assert outcome.printed_lines == 1
    assert len(outcome.printed) < 10_000


def test_a_stdout_taken_away_comes_back(capsys):
    def submission(*args):
        sys.stdout = None
        return step(*args)

    check("simple-step", submission, record=False)
    assert capsys.readouterr().out.startswith("✓")


def threads_of_a_new_thread():
    counts = []
    thread = threading.Thread(target=lambda: counts.append(torch.get_num_threads()))
    thread.start()
    thread.join()
    return counts


def test_global_state_is_put_back():
    def submission(*args):
        torch.set_default_dtype(torch.float16)
        torch.set_grad_enabled(False)
        torch.set_num_threads(3)
        torch.set_default_device("meta")
        torch.manual_seed(7)
        torch.use_deterministic_algorithms(True)
        torch.autograd.set_detect_anomaly(True)
        sys.setrecursionlimit(5000)
        torch.rand(3)
        return step(*args)

    def state():
        return (
            torch.get_default_dtype(),
            torch.is_grad_enabled(),
            torch.get_num_threads(),
            threads_of_a_new_thread(),
            torch.get_default_device(),
            torch.get_rng_state().tolist(),
            torch.are_deterministic_algorithms_enabled(),
            torch.is_anomaly_enabled(),
            sys.getrecursionlimit(),
        )

    torch.manual_seed(123)
    before = state()
    assert engine.judge(STEP, submission).kind == "passed"
    assert state() == before


def test_reader_who_changed_the_defaults_is_served():
    torch.set_default_device("meta")
    torch.set_grad_enabled(False)
    try:
        assert engine.judge(STEP, step).kind == "passed"
        assert engine.judge(EXERCISES["delay-by-hand"], lambda: ...).kind == "untouched"
        delay = EXERCISES["delay-by-hand"]
        assert engine.judge(delay, delay.reference).kind == "passed"
    finally:
        torch.set_default_device(None)
        torch.set_grad_enabled(True)
