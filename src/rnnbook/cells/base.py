"""What every cell is: one step of recurrence, ``state_t = cell(x_t, state_{t-1})``."""

from __future__ import annotations

import inspect
from math import sqrt
from typing import Any, ClassVar, NamedTuple, Self

import torch
from torch import Tensor, nn

from rnnbook.cells import checks
from rnnbook.cells.checks import positive_int
from rnnbook.cells.doors import as_written, asking


class HiddenState(NamedTuple):
    """The state of a cell that remembers one vector: ``h``, shape (B, H)."""

    h: Tensor


def _fits_project(cell: Cell, x: Tensor, *_: Any) -> None:
    one_step = isinstance(x, Tensor) and x.dim() == 2
    checks.inputs("x", x, "B, D" if one_step else "T, B, D", cell.input_size, cell._weight)


def _fits_step(cell: Cell, projected_t: Tensor, state: Any, *_: Any) -> None:
    axes, weight = "B, rows·H", cell._weight
    if cell.projects_rows or getattr(cell.project, "__func__", None) is Cell.project:
        checks.inputs("projected_t", projected_t, axes, len(cell.W), weight)
    else:  # how wide it is is known to the cell's own alone
        checks.like("projected_t", checks.tensor("projected_t", projected_t, axes), weight)
    _fits_state(cell, len(projected_t), state)


def _fits_state(cell: Cell, batch_size: int, state: Any) -> None:
    names = cell.State._fields
    if getattr(state, "_fields", None) != names:
        raise TypeError(
            f"state must be a {cell.State.__name__}({', '.join(names)}), got {type(state).__name__}"
        )
    for name, field in zip(names, state, strict=True):
        checks.like(f"state {name}", field, cell._weight)
        checks.of_shape(f"state {name}", field, "B, H", (batch_size, cell.hidden_size))


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
        TypeError: if ``bias`` is neither True nor False, or ``dtype`` or ``device`` is none.
        ValueError: if a size is not a positive int, ``dtype`` has no floating point, or this
            machine has no such device.
    """

    State: ClassVar[Any] = HiddenState
    gates: tuple[str, ...] = ()
    block_names: tuple[str, ...] = ()
    projects_rows: ClassVar[bool] = False
    """Whether a ``project`` of a cell's own gives a number for each row of ``W``, too."""
    torch_class: ClassVar[Any] = None
    by_hand: Any = None
    b: nn.Parameter | None

    def __init_subclass__(cls, **options: Any) -> None:
        """A class that steps otherwise than its parent cannot take its hand-written way back.

        And its ``step`` and ``project`` refuse what does not fit, as those of every cell.
        """
        super().__init_subclass__(**options)
        if {"step", "project", "gate"} & vars(cls).keys() and "by_hand" not in vars(cls):
            cls.by_hand = None
        for name, question in (("project", _fits_project), ("step", _fits_step)):
            method = vars(cls).get(name)
            if inspect.isfunction(method):
                setattr(cls, name, asking(name, question)(method))

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
        checks.flag("bias", bias)
        checks.dtype("dtype", dtype)
        checks.device("device", device)
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

    @asking("project", _fits_project)
    def project(self, x: Tensor) -> Tensor:
        """The input's part of every gate, for all steps in one matrix product.

        Args:
            x: inputs, shape (T, B, D); (B, D) for those of one step.

        Returns:
            ``W x_t + b`` for every ``t``, shape (T, B, rows·H).

        Raises:
            TypeError: if ``x`` is no tensor or has another dtype than the cell.
            ValueError: if its shape or its device does not fit; the message names it.
        """
        return nn.functional.linear(x, self.W, self.b)

    def step(self, projected_t: Tensor, state: Any) -> Any:
        """One step: the input's part and the old state give the new state.

        Args:
            projected_t: what ``project`` gives for one step, shape (B, rows·H).
            state: the state before, a ``State`` with fields of shape (B, H).

        Returns:
            The state after the step.

        Raises:
            TypeError: if ``projected_t`` or a field is no tensor, or has another dtype than the
                cell, or ``state`` is not one of this cell's.
            ValueError: if a shape or a device does not fit; the message names it.
        """
        raise NotImplementedError

    def forward(self, x_t: Tensor, state: Any = None) -> Any:
        """One step.

        Args:
            x_t: inputs, shape (B, D).
            state: the state before, a ``State`` with fields of shape (B, H); zero if not given.

        Returns:
            The state after the step.

        Raises:
            TypeError: if ``x_t`` or a field is no tensor, or has another dtype than the cell, or
                ``state`` is not one of this cell's.
            ValueError: if a shape or a device does not fit; the message names it.
        """
        checks.inputs("x_t", x_t, "B, D", self.input_size, self._weight)
        state = self.first_state(len(x_t), state)
        project, step = as_written(self)
        return step(project(x_t), state)

    @property
    def _weight(self) -> Tensor:
        """A parameter, whose dtype and device are those of all: ``U``, or what it is made from."""
        U = self._parameters.get("U")
        return next(self.parameters()) if U is None else U

    def initial_state(self, batch_size: int) -> Any:
        """The state before the first input: zeros, each field of shape (B, H)."""
        if not (torch.compiler.is_compiling() or torch.jit.is_tracing()):  # B is a symbol there
            positive_int("batch_size", batch_size)
        zeros = self._weight.new_zeros(batch_size, self.hidden_size)
        return self.State(*(zeros for _ in self.State._fields))

    def first_state(self, batch_size: int, state: Any = None) -> Any:
        """The state that was given, if it fits; else the initial one.

        Raises:
            TypeError: if ``state`` is not one of this cell's, or a field has another dtype.
            ValueError: if a field's shape is not (B, H), or its device another one.
        """
        if state is None:
            return self.initial_state(batch_size)
        _fits_state(self, batch_size, state)
        return state

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

    def freeze_as_torch(self, W: Tensor, U: Tensor, b_W: Tensor | None, b_U: Tensor | None) -> Self:
        """Let learn what learns in the same weights of a `torch.nn` module, and freeze the rest."""
        self.W.requires_grad_(W.requires_grad)
        self.U.requires_grad_(U.requires_grad)
        if self.b is not None and b_W is not None and b_U is not None:
            self.b.requires_grad_(b_W.requires_grad or b_U.requires_grad)
        return self

    def torch_weights(self) -> tuple[Tensor, Tensor, Tensor | None, Tensor | None]:
        """The weights as `torch.nn` keeps them: W, U, and two biases (the second one zero).

        Each has ``requires_grad`` as what it is made from.
        """
        b = self.b
        zero = None if b is None else torch.zeros_like(b, requires_grad=b.requires_grad)
        return self.W, self.U, b, zero

    def extra_repr(self) -> str:
        """The sizes, for ``repr``."""
        return f"{self.input_size}, {self.hidden_size}"
