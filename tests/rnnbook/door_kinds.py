"""Kinds of arguments, by which a table says what each door takes and how it refuses the rest."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable
from types import ModuleType
from typing import Any, NamedTuple

import pytest
import torch
from hypothesis import strategies as st

from rnnbook import SimpleCell

T, B, D, H, V = 4, 2, 3, 5, 6
NONSENSE = (None, "x", 3, 0.5, -1, True, [1.0], ["a"], {"a": 1}, object(), len, SimpleCell, b"x")


class Kind(NamedTuple):
    """What an argument may be: one value that fits, and how to draw what does not."""

    fits: Any
    wrong: st.SearchStrategy


def nonsense(fit: Callable[[Any], bool]) -> st.SearchStrategy:
    return st.sampled_from([value for value in NONSENSE if not fit(value)])


def tensors(
    good: torch.Tensor,
    *,
    ints: bool = False,
    free: Iterable[int] = (),
    optional: bool = False,
    any_rank: bool = False,
) -> Kind:
    """Tensors of one shape; its ``free`` axes may be of any size above 0."""
    others = (torch.float32, torch.bool) if ints else (torch.int64, torch.bool)
    wrong = [good.to(dtype) for dtype in (*others, torch.complex64)]
    wrong += [] if any_rank else [good[None], good[0]]
    fixed = [axis for axis in range(good.dim()) if axis not in set(free)]
    wrong += [torch.cat([good, good], dim=axis) for axis in fixed]
    wrong += [good.narrow(axis, 0, 1) for axis in fixed if good.shape[axis] > 1]
    return Kind(good, nonsense(lambda v: optional and v is None) | st.sampled_from(wrong))


def ids_below(good: torch.Tensor, size: int, **options: Any) -> Kind:
    kind = tensors(good, ints=True, **options)
    return kind._replace(wrong=kind.wrong | st.sampled_from([good + size, good - size]))


def without_negatives(kind: Kind) -> Kind:
    """Ids of nobody knows how many symbols: only those below 0 are none."""
    one_below = kind.fits.clone()
    one_below[-1] = -1
    return kind._replace(wrong=kind.wrong | st.sampled_from([one_below, kind.fits - V]))


def one_of(good: Any, fit: Callable[[Any], bool] = lambda value: False) -> Kind:
    return Kind(good, nonsense(fit))


def is_number(value: Any) -> bool:
    return isinstance(value, int | float)


def torch_ids(*shape: int, size: int = V) -> torch.Tensor:
    return torch.arange(torch.Size(shape).numel()).remainder(size).view(shape)


SIZE = Kind(2, nonsense(lambda v: v == 3 and v is not True) | st.integers(max_value=0))
POSITIVE = Kind(1.5, nonsense(lambda v: is_number(v) and v > 0) | st.floats(max_value=0))
SEED = one_of(0, lambda v: v in (3, -1) and v is not True)
CLASS = one_of(SimpleCell, lambda v: v is SimpleCell)
TEXT_IDS = torch_ids(30)
IDS = ids_below(torch_ids(T, B), V, free=(0, 1))
TEXTS = without_negatives(tensors(TEXT_IDS, ints=True, free=(0,)))


def comes_in(door: Callable[..., Any], kinds: dict[str, Kind]) -> None:
    """What fits comes in."""
    door(**{name: kind.fits for name, kind in kinds.items()})


def is_refused(
    door: Callable[..., Any], kinds: dict[str, Kind], name: str, data: st.DataObject
) -> None:
    """What does not fit as one of the arguments is refused by its name."""
    wrong = data.draw(kinds[name].wrong, label=name)
    arguments = {other: kind.fits for other, kind in kinds.items()}
    with pytest.raises((TypeError, ValueError)) as refused:
        door(**{**arguments, name: wrong})
    others = "|".join(map(re.escape, kinds))  # two that do not fit each other: either is named
    sentence = rf"^(each of )?({others})( \w+)?(, \w+)* (and \w+ )?(must|has|needs) .*\bgot "
    assert re.search(sentence, str(refused.value)), str(refused.value)


def minds_its_ids(door: Callable[[torch.Tensor], Any], wrong: int, step: int) -> None:
    """Ids (T, B) of V symbols are refused where one of them is none."""
    ids = torch.zeros(T, B, dtype=torch.long)
    ids[step] = wrong
    with pytest.raises(ValueError, match=rf"^\w+ must lie between 0 and 5, got {wrong}$"):
        door(ids)


def wants_ints(door: Callable[[torch.Tensor], Any], dtype: torch.dtype) -> None:
    """Ids (T, B) of another type are refused."""
    with pytest.raises(TypeError, match=rf"^\w+ must be ints, got {dtype}"):
        door(torch.zeros(T, B, dtype=dtype))


def public(*rooms: ModuleType) -> set[str]:
    """The names of the functions that rooms define for others."""
    return {
        name for room in rooms for name, found in vars(room).items()
        if inspect.isfunction(found) and found.__module__ == room.__name__ and name[0] != "_"
    }  # fmt: skip
