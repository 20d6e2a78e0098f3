"""What is asked of an argument: written once, so that every door refuses in the same words.

Each check names the argument, what was expected and what came: a `TypeError` where it is of the
wrong kind, a `ValueError` where it is of the right kind and does not fit.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import isfinite
from types import UnionType
from typing import Any

import numpy as np
import torch
from torch import Tensor

# What weights can be of: torch draws and multiplies no others.
DTYPES = (
    *(torch.float32, torch.float64, torch.float16, torch.bfloat16),
    *(torch.complex64, torch.complex128),
)


def positive_int(name: str, value: object) -> int:
    """Return ``value`` if it is a positive int, else raise an error that names it."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ValueError(f"{name} must be a positive int, got {value!r}")
    return value


def whole_number(name: str, value: object) -> None:
    """Refuse what is no int of any sort, such as a seed must be."""
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        raise ValueError(f"{name} must be an int, got {value!r}")


def flag(name: str, value: object) -> bool:
    """Return ``value`` if it is True or False: ``"no"`` and ``0.5`` count as true elsewhere."""
    if not isinstance(value, bool | np.bool_):
        raise TypeError(f"{name} must be True or False, got {value!r}")
    return bool(value)


def function(name: str, value: object) -> None:
    """Refuse what cannot be called."""
    if not callable(value):
        raise TypeError(f"{name} must be a function, got {value!r}")


def finite_number(name: str, value: Any, kind: str, fits: Callable[[float], bool]) -> float:
    """Return ``value`` if it is a finite number that ``fits``; ``kind`` says in words which do."""
    try:
        fitting = isfinite(value) and fits(value)
    except (TypeError, ValueError, RuntimeError):  # no number at all, or several
        fitting = False
    if not fitting:
        raise ValueError(f"{name} must be {kind}, got {value!r}")
    return value


def positive_number(name: str, value: Any, kind: str = "a positive number") -> float:
    """Return ``value`` if it is a finite number above 0."""
    return finite_number(name, value, kind, lambda found: found > 0)


def dtype(name: str, value: object) -> None:
    """Refuse what is no dtype that weights can have; None stands for torch's default."""
    is_one = isinstance(value, torch.dtype)
    if value is not None and not (is_one and value in DTYPES):
        raise (ValueError if is_one else TypeError)(
            f"{name} must be a floating-point dtype such as torch.float64, got {value!r}"
        )


def device(name: str, value: Any) -> None:
    """Refuse what is no device of this machine; None stands for torch's default."""
    try:
        torch.empty(0, device=value)
    except TypeError:
        error: type[Exception] = TypeError
    except (RuntimeError, AssertionError, ImportError):  # as torch says that there is none
        error = ValueError
    else:
        return
    raise error(f"{name} must be a device of this machine such as 'cpu', got {value!r}")


def instance(name: str, value: object, kind: type | UnionType, example: str) -> None:
    """Refuse what is not of a class; ``example`` says in words what is."""
    if not isinstance(value, kind):
        raise TypeError(f"{name} must be {example}, got {type(value).__name__}")


def loss_value(value: object, depends_on: str) -> Tensor:
    """Return what a loss gave, if gradients can start from it: one number, from what it is of."""
    found = tensor("loss", value, returned=True)
    if found.numel() != 1:
        raise ValueError(f"loss must return a scalar, got shape {tuple(found.shape)}")
    if not found.requires_grad:
        raise ValueError(f"loss must depend on {depends_on}, got a value without a gradient")
    return found


def tensor(name: str, value: object, axes: str | None = None, *, returned: bool = False) -> Tensor:
    """Return ``value`` if it is a tensor with these axes, such as ``"T, B, D"``; None for any."""
    if not isinstance(value, Tensor):
        must = "return" if returned else "be"
        raise TypeError(f"{name} must {must} a tensor, got {type(value).__name__}")
    if axes is not None and value.dim() != axes.count(",") + 1:
        raise ValueError(f"{name} must have shape ({axes}), got {tuple(value.shape)}")
    return value


def floats(name: str, value: object, axes: str | None = None) -> Tensor:
    """Return ``value`` if it is a tensor of floating-point numbers, with these axes."""
    found = tensor(name, value, axes)
    if not found.is_floating_point():
        raise TypeError(f"{name} must be floats, got {found.dtype}")
    return found


def numbers(name: str, value: float | Tensor) -> Tensor:
    """Return a tensor as it is, or a number in double precision, if there is no NaN in it."""
    try:
        exact = torch.as_tensor(value, dtype=torch.float64, device="cpu")
    except (TypeError, ValueError, RuntimeError):
        raise TypeError(f"{name} must be a number or a tensor, got {value!r}") from None
    if can_be_looked_at(exact) and exact.isnan().any():
        raise ValueError(f"{name} must hold no NaN, got {value!r}")
    return value if isinstance(value, Tensor) else exact


def sequences(name: str, value: Any, steps: int) -> Sequence[Tensor]:
    """Return ``value`` if it is a list of float tensors (T, N): one N, and each T long enough.

    Args:
        name: of the argument.
        value: what came.
        steps: the least that a T may be.
    """
    instance(name, value, list | tuple, "a list of tensors (T, N)")
    if not value:
        raise ValueError(f"{name} must hold one tensor (T, N) at least, got none")
    found = [floats(f"each of {name}", one, "T, N") for one in value]
    for one in found:
        if len(one) < steps or one.shape[1] != found[0].shape[1]:
            raise ValueError(
                f"each of {name} must have shape (T, N) with T of at least {steps} and "
                f"N = {found[0].shape[1]}, got {tuple(one.shape)}"
            )
    return found


def of_shape(name: str, value: object, axes: str, expected: tuple[int, ...]) -> Tensor:
    """Return ``value`` if it is a tensor of this shape; ``axes`` names its axes."""
    found = tensor(name, value)
    if found.shape != expected:
        raise ValueError(f"{name} must have shape ({axes}) = {expected}, got {tuple(found.shape)}")
    return found


def like(name: str, value: object, weight: Tensor, owner: str = "cell") -> Tensor:
    """Return ``value`` if it is a tensor of the dtype and on the device of its owner's weights."""
    found = tensor(name, value)
    if found.device != weight.device:
        raise ValueError(
            f"{name} must be on the {owner}'s device {weight.device}, got one on {found.device}"
        )
    if found.dtype != weight.dtype and not _cast(found, weight):
        raise TypeError(f"{name} must have the {owner}'s dtype {weight.dtype}, got {found.dtype}")
    return found


def inputs(
    name: str, x: object, axes: str, size: int, weight: Tensor, owner: str = "cell"
) -> Tensor:
    """Return ``x`` if it is not empty and has ``axes``, the last of this size: the features."""
    tensor(name, x, axes)
    found = like(name, x, weight, owner)
    if found.shape[-1] != size:
        features = axes.rpartition(" ")[2]
        raise ValueError(
            f"{name} must have {features} = {size} features (its last axis), "
            f"got {tuple(found.shape)}"
        )
    return some(name, found, axes)


def some(name: str, found: Tensor, axes: str) -> Tensor:
    """Return ``found`` if it has at least one step and sequence; ``axes`` may end in features."""
    if 0 in found.shape[:2]:
        what = "step and sequence" if "T" in axes else "sequence"
        raise ValueError(f"{name} must have at least one {what}, got {tuple(found.shape)}")
    return found


def ids(name: str, value: object, axes: str | None, size: int | None = None) -> Tensor:
    """Return ``value`` as int64 if it holds ids from 0 to ``size − 1``, of any integer dtype.

    Where nobody knows ``size``, only ids below 0 are refused.
    """
    found = tensor(name, value, axes)
    if not found.numel():
        return found.long()  # of no dtype in particular: torch.tensor([]) is float
    found = whole_numbers(name, found)
    if can_be_looked_at(found):
        low, high = (int(end) for end in found.aminmax())
        if low < 0 or (size is not None and high >= size):
            where = "be 0 or more" if size is None else f"lie between 0 and {size - 1}"
            raise ValueError(f"{name} must {where}, got {low if low < 0 else high}")
    return found


def lengths(value: Tensor | Sequence[int], x: Tensor) -> Tensor:
    """Return how many steps of each sequence count, int64 of shape (B,), on the device of ``x``.

    Args:
        value: B ints from 1 to T, in a tensor or anything else that holds ints.
        x: the sequences, shape (T, B, …).
    """
    T, B = x.shape[:2]
    try:
        counts = value if isinstance(value, Tensor) else torch.as_tensor(value, device="cpu")
    except (TypeError, ValueError, RuntimeError):
        raise TypeError(f"lengths must be B = {B} ints, got {value!r}") from None
    counts = whole_numbers("lengths", counts)
    if counts.shape != (B,):
        raise ValueError(f"lengths must have shape (B,) = ({B},), got {tuple(counts.shape)}")
    if can_be_looked_at(counts) and (counts.min() < 1 or counts.max() > T):
        raise ValueError(f"lengths must lie between 1 and T = {T}, got {counts.tolist()}")
    return counts.to(x.device)


def whole_numbers(name: str, value: Tensor) -> Tensor:
    """Return a tensor of any integer dtype as int64."""
    if value.is_floating_point() or value.is_complex() or value.dtype == torch.bool:
        raise TypeError(f"{name} must be ints, got {value.dtype}")
    return value.long()


def can_be_looked_at(value: Tensor) -> bool:
    """Whether values can decide what happens: not where there are none yet, only their shapes."""
    return not (
        value.is_meta
        or torch.compiler.is_compiling()
        or torch._C._are_functorch_transforms_active()
    )


def _cast(found: Any, weight: Tensor) -> bool:
    """Whether autocast brings two floating dtypes together."""
    return (
        found.is_floating_point()
        and weight.is_floating_point()
        and not found.is_meta
        and torch.is_autocast_enabled(found.device.type)
    )
