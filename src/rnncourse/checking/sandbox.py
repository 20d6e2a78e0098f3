"""Call a reader's function so that whatever it does, the kernel lives.

The function runs in a thread of its own, because an exception can be raised in a thread from
outside (``PyThreadState_SetAsyncExc``) on every system and in a notebook, which signals cannot do.
Code that never comes back to Python cannot be stopped so; it is left behind, and the reader told.
"""

from __future__ import annotations

import contextlib
import ctypes
import io
import linecache
import re
import sys
import sysconfig
import threading
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

import torch
from torch import Tensor

from rnncourse.checking.state import NotByHand, autograd_refused, state_kept

LIMIT_SECONDS = 10.0
"""How long one check may run."""

SEED = 0
"""What torch's generator is seeded with before each call."""

_GRACE_SECONDS = 2.0
_KEPT_CHARACTERS = 2000
_MESSAGE_CHARACTERS = 300
_NOT_THE_READERS = tuple(
    {
        place
        for folder in (
            *(sysconfig.get_path(key) for key in ("stdlib", "platstdlib", "purelib", "platlib")),
            str(Path(torch.__file__).parent),
            str(Path(__file__).parent.parent),
        )
        for place in (folder, str(Path(folder).resolve()))  # also where a link leads there
    }
)
_running = threading.local()


class Nested(RuntimeError):
    """A submission calls ``check``."""


@dataclass
class Outcome:
    """What one call did.

    Attributes:
        returned: What the function returned.
        error: ``"Type: message"`` if it raised, otherwise empty.
        line: Where in the reader's code it raised or was stopped, such as
            ``"line 3: return x @ W"``; empty if unknown.
        unwritten: It raised ``NotImplementedError``, as a stub does.
        refused: What it did that is refused, ``Nested`` or ``NotByHand``.
        finished: It ended within the limit.
        stopped: It ended, in time or when it was made to.
        changed: Positions of the arguments that it changed in place.
        printed: The start of what it printed.
        printed_lines: How many lines it printed.
    """

    returned: Any = None
    error: str = ""
    line: str = ""
    unwritten: bool = False
    refused: type[RuntimeError] | None = None
    finished: bool = True
    stopped: bool = True
    changed: tuple[int, ...] = ()
    printed: str = ""
    printed_lines: int = 0


class _Stop(BaseException):
    """Raised in a thread to end it; no ``except Exception`` catches it."""


class _Printed(io.TextIOBase):
    """Keeps the start of what is printed and counts the rest."""

    def __init__(self) -> None:
        self.kept = ""
        self.lines = 0

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self.kept += text[: max(0, _KEPT_CHARACTERS - len(self.kept))]
        self.lines += text.count("\n")
        return len(text)


def require_not_nested() -> None:
    """Refuse a check within a check.

    Raises:
        Nested: The thread runs a submission.
    """
    if getattr(_running, "here", False):
        raise Nested("check was called inside the function that it checks")


def call(
    function: Callable[..., Any],
    inputs: tuple[Tensor, ...],
    seconds: float,
    *,
    dtype: torch.dtype = torch.float64,
    by_hand: bool = False,
) -> Outcome:
    """Call a function with copies of the inputs and see what it does.

    The default dtype is that of the inputs during the call, so that ``torch.zeros(B, H)`` fits
    them, and the random seed is the same at each call. State that a function may change for
    everyone is put back afterwards.

    Args:
        function: The reader's function.
        inputs: Its arguments.
        seconds: How long it may run.
        dtype: The default dtype during the call.
        by_hand: Whether autograd is refused.

    Returns:
        What it did. Nothing that the function raises is raised here.
    """
    result = Outcome()
    copies = [tensor.clone() for tensor in inputs]

    def target() -> None:
        _running.here = True
        try:
            try:
                result.returned = function(*copies)
            except BaseException as error:  # SystemExit and KeyboardInterrupt too
                _describe_error(error, result)
        except _Stop:
            pass

    thread = threading.Thread(target=target, daemon=True)
    printed = _Printed()
    with (
        state_kept(),
        contextlib.redirect_stdout(printed),
        contextlib.redirect_stderr(printed),
        autograd_refused() if by_hand else contextlib.nullcontext(),
        _stops_unheard(),
    ):
        torch.set_default_dtype(dtype)
        torch.default_generator.manual_seed(SEED)
        thread.start()
        try:
            # In slices, because Windows does not interrupt a long wait.
            deadline = time.monotonic() + seconds
            while thread.is_alive() and time.monotonic() < deadline:
                thread.join(0.1)
            line = _running_line(thread)
        finally:  # also if the reader interrupts the kernel
            in_time = not thread.is_alive()
            stopped = in_time or _stop(thread)
    outcome = result if in_time else Outcome(line=line, finished=False, stopped=stopped)
    outcome.printed, outcome.printed_lines = printed.kept, printed.lines
    outcome.changed = tuple(
        position
        for position, (before, after) in enumerate(zip(inputs, copies, strict=True))
        if _differ(before, after)
    )
    return outcome


def readable(tensor: Tensor) -> bool:
    """Say whether a tensor's numbers lie within its memory; to read others ends the process."""
    reach = sum((n - 1) * step for n, step in zip(tensor.shape, tensor.stride(), strict=True))
    needed = (tensor.storage_offset() + reach + 1) * tensor.element_size()
    return tensor.numel() == 0 or needed <= tensor.untyped_storage().nbytes()


def _differ(before: Tensor, after: Tensor) -> bool:
    return (
        not readable(after)
        or before.shape != after.shape
        or before.dtype != after.dtype
        or not bool(((before == after) | (before.isnan() & after.isnan())).all())
    )


@contextlib.contextmanager
def _stops_unheard() -> Iterator[None]:
    """Say nothing of a ``_Stop`` that comes when its thread has left the function already."""
    of_threads, of_others = threading.excepthook, sys.unraisablehook

    def unless_stop(hook: Callable[[Any], Any]) -> Callable[[Any], Any]:
        return lambda told: None if told.exc_type is _Stop else hook(told)

    threading.excepthook, sys.unraisablehook = unless_stop(of_threads), unless_stop(of_others)
    try:
        yield
    finally:
        threading.excepthook, sys.unraisablehook = of_threads, of_others


def _stop(thread: threading.Thread) -> bool:
    """Raise in the thread until it ends; once is not enough for code that swallows exceptions."""
    end = time.monotonic() + _GRACE_SECONDS
    while thread.is_alive() and time.monotonic() < end:
        ctypes.pythonapi.PyThreadState_SetAsyncExc(
            ctypes.c_ulong(thread.ident or 0), ctypes.py_object(_Stop)
        )
        thread.join(0.0005)
    return not thread.is_alive()


def _running_line(thread: threading.Thread) -> str:
    frame = sys._current_frames().get(thread.ident or 0)
    return _reader_line(reversed(list(traceback.walk_stack(frame)))) if frame else ""


def described(error: BaseException) -> str:
    """Put an error in a line: ``"Type: message"``, without addresses, not too long."""
    try:
        message = next((line for line in str(error).splitlines() if line.strip()), "")
    except BaseException:  # a reader's own exception class may fail to print, and raise anything
        message = ""
    message = re.sub(r"0x[0-9a-fA-F]+", "0x…", message.strip())
    if len(message) > _MESSAGE_CHARACTERS:
        message = message[:_MESSAGE_CHARACTERS] + "…"
    return type(error).__name__ + (f": {message}" if message else "")


def sentence(error: BaseException) -> str:
    """The same as the end of a sentence, with one full stop."""
    return described(error).rstrip(".") + "."


def _describe_error(error: BaseException, outcome: Outcome) -> None:
    outcome.error = described(error)
    outcome.line = _reader_line(traceback.walk_tb(error.__traceback__))
    outcome.refused = next((kind for kind in (Nested, NotByHand) if isinstance(error, kind)), None)
    # Torch, too, raises NotImplementedError, from lines that do not say `raise`.
    outcome.unwritten = isinstance(error, NotImplementedError) and (
        ": " not in outcome.error or ": raise " in outcome.line
    )


def _reader_line(frames: Iterable[tuple[FrameType, int]]) -> str:
    """Return the innermost line that belongs neither to a library nor to this package."""
    found = ""
    for frame, number in frames:
        file = frame.f_code.co_filename
        if not file.startswith((*_NOT_THE_READERS, "<frozen")):
            code = linecache.getline(file, number, frame.f_globals).strip()
            found = f"line {number}" + (f": {code}" if code else "")
    return found
