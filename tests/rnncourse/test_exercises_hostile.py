"""Whatever a submission does, the reader gets a sentence and the process goes on."""

import builtins
import gc
import math
import os
import random
import sys
import threading
import warnings

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
    "list": (lambda *args: [step(*args)], "h_new is a list of 1; expected a torch.Tensor."),
    "number": (lambda *args: 0.5, "h_new has shape (); expected (B, H) = ("),
    "int": (lambda *args: 1, "h_new has dtype torch.int64: whole numbers"),
    "numpy scalar": (lambda *args: np.float64(1), "h_new has shape (); expected (B, H) = ("),
    "word": (lambda *args: "h", "h_new is a str; expected a torch.Tensor."),
    "function": (lambda *args: step, "h_new is a function; expected"),
    "generator": (generates, "h_new is a generator; expected"),
    "tuple": (lambda *args: (step(*args),), "returns a tuple of 1; expected h_new itself."),
    "empty tuple": (lambda *args: (), "h_new has shape (0,); expected"),
    "meta": (lambda *args: step(*args).to("meta"), "h_new holds no plain numbers"),
    "sparse": (lambda *args: step(*args).to_sparse(), "h_new holds no plain numbers"),
    "integer": (lambda *args: step(*args).long(), "h_new has dtype torch.int64"),
    "complex": (lambda *args: step(*args) + 0j, "h_new has dtype torch.complex128"),
    "scalar": (lambda *args: step(*args).sum(), "h_new has shape (); expected (B, H) = ("),
    "extra axis": (lambda *args: step(*args)[None], "An axis of size 1 was lost or added."),
    "squeezed": (lambda *args: step(*args).squeeze(), "An axis of size 1 was lost or added."),
    "transposed": (lambda *args: step(*args).T + 1, "The sizes are right, their order is not."),
    "nan": (lambda *args: step(*args) * torch.nan, "h_new is nan at batch element 0, unit 0"),
    "one nan": (divides_by_zero, "h_new is nan at batch element 0, unit 0"),
    "infinite": (lambda *args: step(*args) / 0, "h_new is -inf at batch element 0"),
    "changes h": (in_place, "your function changes its argument h in place"),
    "changes x and b": (resizes_in_place, "changes its arguments x and b in place"),
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
        (lambda output, h_n: (output, h_n, h_n), "returns a tuple of 3; expected a tuple of 2"),
        (lambda output, h_n: (output, None), "h_n is None; expected a torch.Tensor"),
        (lambda output, h_n: (list(output), h_n), "output is a list of"),
        (lambda output, h_n: (h_n, output), "both are right, but h_n comes first"),
    ],
)
def test_wrong_kinds_of_pairs(returned, says):
    verdict = engine.judge(RUN, lambda *args: returned(*RUN.reference(*args)))
    assert verdict.kind == "failed"
    assert says in verdict.sentence


def test_right_numbers_in_other_containers_pass():
    assert engine.judge(STEP, lambda *args: step(*args).numpy()).kind == "passed"
    assert engine.judge(STEP, lambda *args: step(*args).float()).kind == "passed"
    assert engine.judge(STEP, lambda *args: step(*args).tolist()).kind == "passed"
    assert engine.judge(RUN, lambda *args: list(RUN.reference(*args))).kind == "passed"


def test_a_function_that_works_in_float32_only_is_judged_there():
    def mixes(x, h, W, U, b):
        return torch.tanh(x @ W.T + h @ (U.T @ torch.eye(len(b)).float()) + b)

    def mixes_wrongly(x, h, W, U, b):
        return torch.tanh(x @ W.T + h @ (U @ torch.eye(len(b)).float()) + b)

    assert engine.judge(STEP, mixes).kind == "passed"
    assert engine.judge(STEP, mixes_wrongly).mistake == "U-not-transposed"


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
    assert lines[1:8] == [
        "    It printed, on the first input:",
        *(f"    | line {i}" for i in range(5)),
        "    | … and 996 more",
    ]
    assert lines[8].startswith("  Worth noticing: ")
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


def test_check_inside_the_function_is_a_sentence(capsys):
    def nested(x, h, W, U, b):
        check("simple-step", nested)
        return step(x, h, W, U, b)

    before = threading.active_count()
    check("simple-step", nested)
    printed = capsys.readouterr().out
    assert "Move the line with `check` out of the function's body" in " ".join(printed.split())
    assert "at line" in printed
    assert threading.active_count() == before
    assert torch.get_default_dtype() == torch.float32


def shrunk(*args):
    result = step(*args).clone()
    result.untyped_storage().resize_(0)
    return result


def escaped(*args):
    kept = []

    def keep(row):
        kept.append(row)
        return row

    torch.func.vmap(keep)(step(*args))
    return kept[0]


class Loud(torch.Tensor):
    @classmethod
    def __torch_function__(cls, function, types, args=(), kwargs=None):
        raise KeyboardInterrupt


def loses_its_input(x, h, W, U, b):
    result = step(x, h, W, U, b)
    x.untyped_storage().resize_(0)
    return result


class Interrupting(Exception):
    def __str__(self):
        raise KeyboardInterrupt


class NoLength(list):
    def __len__(self):
        raise Interrupting


class NoClass:
    @property
    def __class__(self):
        raise Interrupting


STRANGE = {
    "endless memory": (lambda *args: torch.zeros(1).expand(10**12), "1,000,000,000,000 numbers"),
    "lost memory": (shrunk, "h_new has lost the memory"),
    "escaped": (escaped, "h_new holds no plain numbers"),
    "subclass": (lambda *args: step(*args).as_subclass(Loud), "expected a plain torch.Tensor"),
    "nested tensor": (lambda *args: torch.nested.nested_tensor([step(*args)]), "h_new "),
    "lost input": (loses_its_input, "your function changes its argument x in place"),
    "interrupting": (raises(Interrupting()), "your function raised Interrupting."),
    "no length": (
        lambda *args: NoLength([step(*args)]),
        "your answer cannot be read: Interrupting.",
    ),
    "no class": (lambda *args: NoClass(), "your answer cannot be read: Interrupting."),
}


@pytest.mark.filterwarnings("ignore:The PyTorch API of nested tensors")
@pytest.mark.parametrize(("submission", "says"), STRANGE.values(), ids=STRANGE.keys())
def test_strange_answers_are_examined_before_they_are_copied(submission, says):
    verdict = engine.judge(STEP, submission)
    assert verdict.kind == "failed"
    assert says in verdict.sentence


def test_a_compiled_function_is_judged_as_it_was_written():
    assert engine.judge(STEP, torch.compile(step)).kind == "passed"


def test_what_is_changed_by_accident_does_not_outlive_the_call(monkeypatch, tmp_path):
    def submission(*args):
        torch.tanh = torch.sigmoid
        torch.Tensor.sum = torch.Tensor.mean
        torch.autograd.grad = torch.special.expit = None
        math.pi = 3
        del builtins.sorted
        np.random.seed(1)
        random.seed(1)
        np.seterr(all="raise")
        np.set_printoptions(precision=1)
        torch.set_printoptions(precision=1)
        torch.set_float32_matmul_precision("medium")
        warnings.simplefilter("error")
        os.chdir(tmp_path)
        os.environ["TZ"] = "nowhere"
        gc.disable()
        sys.setswitchinterval(0.5)
        threading.settrace(lambda *args: None)
        return args[1]

    def state():
        return (
            torch.tanh,
            torch.Tensor.sum,
            torch.autograd.grad,
            torch.special.expit,
            math.pi,
            builtins.sorted,
            np.random.get_state()[1].tolist(),
            random.getstate(),
            np.geterr(),
            np.get_printoptions(),
            dict(vars(torch._tensor_str.PRINT_OPTS)),
            torch.get_float32_matmul_precision(),
            list(warnings.filters),
            os.getcwd(),
            dict(os.environ),
            gc.isenabled(),
            sys.getswitchinterval(),
            threading.gettrace(),
        )

    before = state()
    assert engine.judge(STEP, submission).kind == "failed"
    assert state() == before


def test_a_wrong_answer_does_not_pass_by_a_changed_torch():
    def submission(x, h, W, U, b):
        torch.tanh = torch.sigmoid
        return torch.sigmoid(x @ W.T + h @ U.T + b)

    assert engine.judge(STEP, submission).mistake == "sigmoid-for-tanh"


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
