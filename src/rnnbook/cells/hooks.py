"""What calling a module does beside its work, done once for a whole pass over time.

A cell is unrolled by its ``project`` and ``step``, and not called itself. But torch's tools hang on
the call: `torch.nn.utils.prune` and the old ``weight_norm`` and ``spectral_norm`` compute the
weights in a hook before it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils import parametrize

from rnnbook.cells.doors import Method, as_written


@contextmanager
def whole_pass(cell: nn.Module, x: Tensor, state: Any = None) -> Iterator[tuple[Method, Method]]:
    """Within the context, take a cell over all its steps as if it had been called once.

    Forward-pre-hooks run once, and weights that are computed from others
    (`torch.nn.utils.parametrizations`) are computed once.

    Args:
        cell: the cell.
        x: its inputs, shape (T, B, D).
        state: the state before the first step.

    Yields:
        Its ``project`` and ``step`` `as_written`: asked nothing at each step.

    Raises:
        ValueError: if the cell has a hook that could never run, since nothing calls the cell, or
            a forward-pre-hook that wants to change its input.
    """
    for kind in ("forward", "backward_pre", "backward"):
        for hook in getattr(cell, f"_{kind}_hooks").values():
            raise ValueError(
                f"a cell must have no {kind.replace('_', '-')} hooks, got {_name(hook)} on "
                f"{type(cell).__name__}: it would never run, as a layer takes the steps of its "
                "cell together and does not call it. Put the hook on the Recurrent"
            )
    for key, pre_hook in cell._forward_pre_hooks.items():
        with_kwargs = key in cell._forward_pre_hooks_with_kwargs
        changed = pre_hook(cell, (x, state), *([{}] if with_kwargs else []))
        if changed is not None:
            raise ValueError(
                f"a forward-pre-hook of a cell must return None, got something from "
                f"{_name(pre_hook)}: to change the input, put the hook on the Recurrent"
            )
    if parametrize.is_parametrized(cell) and not torch.compiler.is_compiling():
        with parametrize.cached():
            yield as_written(cell)
    else:
        yield as_written(cell)


def _name(hook: Any) -> str:
    return repr(getattr(hook, "__name__", type(hook).__name__))
