"""What a recurrent layer did: every state and gate at every step."""

from __future__ import annotations

from types import SimpleNamespace

from torch import Tensor


class Trace:
    """Every state and gate at every step, by layer and direction.

    ``trace[layer, direction].h`` has shape (T, B, H); so have the other states and the gates.
    ``trace.h`` is short for ``trace[0, 0].h`` where there is only one layer and direction.
    Steps beyond a sequence's length are zero.
    """

    def __init__(self, traces: dict[tuple[int, int], SimpleNamespace]) -> None:
        self._traces = traces

    def __getitem__(self, key: tuple[int, int]) -> SimpleNamespace:
        if key not in self._traces:
            raise KeyError(f"trace[layer, direction]: there is {list(self._traces)}, not {key}")
        return self._traces[key]

    def __getattr__(self, name: str) -> Tensor:
        if name.startswith("_"):
            raise AttributeError(name)
        if len(self._traces) > 1:
            raise AttributeError(
                f"there are several layers or directions: say which, trace[layer, direction].{name}"
            )
        return getattr(self._traces[0, 0], name)
