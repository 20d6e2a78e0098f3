"""What every cell is: one step of recurrence, ``state_t = cell(x_t, state_{t-1})``."""

from __future__ import annotations

from math import sqrt
from typing import Any, ClassVar, NamedTuple, Self

import torch
from torch import Tensor, nn


class HiddenState(NamedTuple):
    """The state of a cell that remembers one vector: ``h``, shape (B, H)."""

    h: Tensor


class Cell(nn.Module):
    """One step of recurrence; a subclass is an architecture.

    A subclass names its gates in ``gates``, has the parameters that ``project`` and ``step`` use,
    and implements ``step``. Unrolling, stacking, tracing, clamping and gradient probes come with
    the protocol; they are written once, for every cell. A hand-written way back through all steps
    is optional: ``by_hand``, see `rnnbook.cells.by_hand`.

    Args:
        input_size: ``D``, the number of features of one input ``x_t``.
        hidden_size: ``H``, the number of hidden units.
        rows: how many blocks of ``H`` rows the weights hold, one per gate.
        bias: whether there is a bias ``b``.
        extra: shapes of further parameters by name; None for one that this cell does without.

    Parameters: ``W`` (rows·H, D) from the input, ``U`` (rows·H, H) from the old hidden state and
    ``b`` (rows·H). `torch.nn` keeps two biases that only ever add up; this is their sum.
    All start uniform on ±1/√H, as in `torch.nn`. A cell may name its blocks in ``block_names``:
    ``init.forget_bias`` and ``init.chrono`` find the gate that keeps by name.

    Raises:
        ValueError: if a size is not a positive int.
    """

    State: ClassVar[Any] = HiddenState
    gates: tuple[str, ...] = ()
    block_names: tuple[str, ...] = ()
    torch_class: ClassVar[Any] = None
    by_hand: Any = None
    b: nn.Parameter | None

    def __init_subclass__(cls, **options: Any) -> None:
        """A class that steps otherwise than its parent cannot take its hand-written way back."""
        super().__init_subclass__(**options)
        if {"step", "project", "gate"} & vars(cls).keys() and "by_hand" not in vars(cls):
            cls.by_hand = None

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        *,
        rows: int = 1,
        bias: bool = True,
        extra: dict[str, tuple[int, ...] | None] | None = None,
        dtype: torch.dtype | None = None,
        device: torch.device | str | None = None,
    ) -> None:
        super().__init__()
        self.input_size = positive_int("input_size", input_size)
        self.hidden_size = positive_int("hidden_size", hidden_size)
        like: dict[str, Any] = {"dtype": dtype, "device": device}
        self.W = nn.Parameter(torch.empty(rows * hidden_size, input_size, **like))
        self.U = nn.Parameter(torch.empty(rows * hidden_size, hidden_size, **like))
        for name, shape in {"b": (rows * hidden_size,) if bias else None, **(extra or {})}.items():
            values = None if shape is None else nn.Parameter(torch.empty(shape, **like))
            self.register_parameter(name, values)
        self._clamps: dict[str, Tensor] = {}
        self._record: dict[str, list[Tensor]] | None = None
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw every parameter anew, uniform on ±1/√H."""
        bound = 1 / sqrt(self.hidden_size)
        for parameter in self.parameters():
            nn.init.uniform_(parameter, -bound, bound)

    def project(self, x: Tensor) -> Tensor:
        """The input's part of every gate, for all steps in one matrix product.

        Args:
            x: inputs, shape (T, B, D).

        Returns:
            ``W x_t + b`` for every ``t``, shape (T, B, rows·H).
        """
        return nn.functional.linear(x, self.W, self.b)

    def step(self, projected_t: Tensor, state: Any) -> Any:
        """One step: the input's part (B, rows·H) and the old state give the new state."""
        raise NotImplementedError

    def forward(self, x_t: Tensor, state: Any = None) -> Any:
        """One step from an input ``x_t`` (B, D); ``state`` starts at zero."""
        if state is None:
            state = self.initial_state(x_t.shape[0])
        return self.step(self.project(x_t), state)

    def initial_state(self, batch_size: int) -> Any:
        """The state before the first input: zeros, each field of shape (B, H)."""
        zeros = self.U.new_zeros(batch_size, self.hidden_size)
        return self.State(*(zeros for _ in self.State._fields))

    def gate(self, name: str, value: Tensor) -> Tensor:
        """Mark an activated gate (B, H), so that it can be traced and clamped from outside.

        Raises:
            ValueError: if a clamp on this gate does not broadcast to (B, H).
        """
        if name in self._clamps:
            clamp = self._clamps[name].to(value)
            try:
                value = clamp.expand_as(value)
            except RuntimeError:
                raise ValueError(
                    f"clamp {name} must broadcast to (B, H) = {tuple(value.shape)}, "
                    f"got shape {tuple(clamp.shape)}"
                ) from None
        if self._record is not None:
            self._record[name].append(value)
        return value

    @classmethod
    def options_from_torch(cls, module: nn.RNNBase) -> dict[str, Any]:
        """The cell's keyword arguments that make it compute what ``module`` computes."""
        return {"bias": module.bias}

    def options_to_torch(self) -> dict[str, Any]:
        """The keyword arguments of `torch.nn` that make it compute what this cell computes."""
        return {"bias": self.b is not None}

    @torch.no_grad()
    def load_torch(self, W: Tensor, U: Tensor, b_W: Tensor | None, b_U: Tensor | None) -> Self:
        """Copy the weights of one layer and direction of a `torch.nn` module."""
        self.W.copy_(W)
        self.U.copy_(U)
        if self.b is not None and b_W is not None and b_U is not None:
            self.b.copy_(b_W + b_U)
        return self

    def torch_weights(self) -> tuple[Tensor, Tensor, Tensor | None, Tensor | None]:
        """The weights as `torch.nn` keeps them: W, U, and two biases (the second one zero)."""
        return self.W, self.U, self.b, None if self.b is None else torch.zeros_like(self.b)

    def extra_repr(self) -> str:
        """The sizes, for ``repr``."""
        return f"{self.input_size}, {self.hidden_size}"


def positive_int(name: str, value: object) -> int:
    """Return ``value`` if it is a positive int, else raise an error that names it."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ValueError(f"{name} must be a positive int, got {value!r}")
    return value
