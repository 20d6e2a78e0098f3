"""State that a function may change for everyone: put back afterwards, or refused."""

from __future__ import annotations

import builtins
import contextlib
import gc
import math
import os
import random
import sys
import threading
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch

_NAMESPACES = (
    *(torch, torch.Tensor, torch.nn, torch.nn.Module, torch.nn.functional),
    *(torch.linalg, torch.special, torch.autograd, np, math, builtins),
)
"""Where a reader may put a function of their own while looking for a fault."""


class NotByHand(RuntimeError):
    """A submission lets autograd do what is to be written out."""


@contextlib.contextmanager
def state_kept() -> Iterator[None]:
    """Put back what a function may change for everyone (grad mode belongs to its thread)."""
    dtype, threads = torch.get_default_dtype(), torch.get_num_threads()
    random_states = torch.get_rng_state(), random.getstate(), np.random.get_state()
    deterministic = torch.are_deterministic_algorithms_enabled()
    anomaly, recursion = torch.is_anomaly_enabled(), sys.getrecursionlimit()
    matmul, shown = torch.get_float32_matmul_precision(), vars(torch._tensor_str.PRINT_OPTS).copy()
    numpy_shown, numpy_errors = np.get_printoptions(), np.geterr()
    filters, switching, collecting = warnings.filters[:], sys.getswitchinterval(), gc.isenabled()
    environment, traced = dict(os.environ), threading.gettrace()
    names = [(owner, dict(vars(owner))) for owner in _NAMESPACES]
    try:
        folder = os.getcwd()
    except OSError:  # it was removed
        folder = ""
    try:
        yield
    finally:
        for owner, before in names:
            _put_back(owner, before)
        torch.set_default_dtype(dtype)
        torch.set_num_threads(threads)
        torch.set_rng_state(random_states[0])
        random.setstate(random_states[1])
        np.random.set_state(random_states[2])
        # Only if need be: the call imports torch's compiler, which takes more than a second.
        if torch.are_deterministic_algorithms_enabled() != deterministic:
            torch.use_deterministic_algorithms(deterministic)
        if torch.get_float32_matmul_precision() != matmul:
            torch.set_float32_matmul_precision(matmul)
        torch.autograd.set_detect_anomaly(anomaly)
        vars(torch._tensor_str.PRINT_OPTS).update(shown)
        np.set_printoptions(**numpy_shown)
        np.seterr(**numpy_errors)
        if warnings.filters != filters:
            warnings.filters[:] = filters  # type: ignore[index]
            warnings._filters_mutated()  # type: ignore[attr-defined]
        sys.setrecursionlimit(recursion)
        sys.setswitchinterval(switching)
        threading.settrace(traced)
        if gc.isenabled() != collecting:
            (gc.enable if collecting else gc.disable)()
        if os.environ != environment:
            os.environ.clear()
            os.environ.update(environment)
        if folder and os.getcwd() != folder:
            os.chdir(folder)


def _put_back(owner: Any, before: dict[str, Any]) -> None:
    now = vars(owner)
    if isinstance(owner, type):  # a name of the class below may have been covered
        for name in [name for name in now if name not in before]:
            delattr(owner, name)
    for name, value in before.items():
        if name not in now or now[name] is not value:
            with contextlib.suppress(AttributeError, TypeError):
                setattr(owner, name, value)


@contextlib.contextmanager
def autograd_refused() -> Iterator[None]:
    """Let every way to a derivative raise: backward, ``autograd.grad``, ``torch.func``."""

    def refuse(*args: Any, **named: Any) -> Any:
        raise NotByHand("autograd was used")

    doors: tuple[tuple[Any, str], ...] = (
        (torch.autograd, "_engine_run_backward"),
        (torch.autograd.graph, "_engine_run_backward"),
        (torch.autograd.forward_ad, "make_dual"),
    )
    found = [(owner, name, getattr(owner, name)) for owner, name in doors if hasattr(owner, name)]
    for owner, name, _ in found:
        setattr(owner, name, refuse)
    try:
        yield
    finally:
        for owner, name, function in found:
            setattr(owner, name, function)
