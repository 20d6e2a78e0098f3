"""Training and evaluation mode: entered for a while, and put back as they were."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

from torch import nn

from rnnbook.cells.checks import instance

AnyModule = TypeVar("AnyModule", bound=nn.Module)


@contextmanager
def modes_kept(model: AnyModule) -> Iterator[AnyModule]:
    """Put the mode of every module in a model back at the end, also when something is raised."""
    instance("model", model, nn.Module, "a module")
    before = [(module, module.training) for module in model.modules()]
    try:
        yield model
    finally:
        for module, training in before:
            module.training = training


@contextmanager
def evaluating(model: AnyModule) -> Iterator[AnyModule]:
    """Within the context, a model is in evaluation mode: whoever asks it wants no dropout."""
    with modes_kept(model):
        model.eval()
        yield model
