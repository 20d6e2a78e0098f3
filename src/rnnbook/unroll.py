"""``Recurrent`` runs any cell over time: layers, directions, lengths, traces, clamps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any, Self, cast

import torch
from torch import Tensor, nn

from rnnbook.cells import CELLS, Cell, checks
from rnnbook.cells.by_hand import by_hand_suffices, step_by_step, unroll_by_hand
from rnnbook.cells.checks import positive_int
from rnnbook.cells.hooks import whole_pass
from rnnbook.cells.trace import Trace


class Recurrent(nn.Module):
    """A recurrent layer, or a stack of them, made of copies of one kind of cell.

    Args:
        cell: the class of the cell, for example `SimpleCell`.
        input_size: ``D``, the number of features of one input ``x_t``.
        hidden_size: ``H``, the number of hidden units of each cell.
        num_layers: ``L``; layer ``l`` reads the output of layer ``l − 1``.
        bidirectional: whether each layer also reads backwards; the outputs are concatenated.
        dropout: probability of dropping an output between layers (not over time), in training.
        **cell_options: passed on to the cell.

    ``cells[layer][direction]`` are the cells; ``cell`` is the only one where there is only one.

    Raises:
        TypeError: if ``cell`` is no class of cells, or ``bidirectional`` is neither True nor False.
        ValueError: if a size is not a positive int or ``dropout`` is outside [0, 1].
        TypeError, ValueError: as the cell, of its options.
    """

    def __init__(
        self,
        cell: type[Cell],
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bidirectional: bool = False,
        dropout: float = 0.0,
        **cell_options: Any,
    ) -> None:
        super().__init__()
        if not (isinstance(cell, type) and issubclass(cell, Cell)):
            raise TypeError(f"cell must be a class of cells such as SimpleCell, got {cell!r}")
        kind = "a probability between 0 and 1"
        self.dropout = checks.finite_number("dropout", dropout, kind, lambda p: 0 <= p <= 1)
        self.input_size = positive_int("input_size", input_size)
        self.hidden_size = positive_int("hidden_size", hidden_size)
        self.num_layers = positive_int("num_layers", num_layers)
        self.bidirectional = checks.flag("bidirectional", bidirectional)
        self.directions = 2 if bidirectional else 1
        sizes = [input_size] + [hidden_size * self.directions] * (num_layers - 1)
        self.cells = nn.ModuleList(
            nn.ModuleList(cell(size, hidden_size, **cell_options) for _ in range(self.directions))
            for size in sizes
        )

    @property
    def cell(self) -> Cell:
        """The only cell, where there is one layer and one direction."""
        if self.num_layers * self.directions != 1:
            raise ValueError(
                f"there are {self.num_layers} layers × {self.directions} directions: "
                "say which with cells[layer][direction]"
            )
        return self._flat_cells()[0]

    def forward(
        self,
        x: Tensor,
        state: Any = None,
        lengths: Tensor | Sequence[int] | None = None,
    ) -> tuple[Tensor, Any]:
        """Run over a batch of sequences.

        Args:
            x: inputs, shape (T, B, D).
            state: the state before the first input, as returned: ``h_0`` of shape
                (L·directions, B, H), or a tuple of such tensors where the cell has more than one
                (``(h_0, c_0)`` for an LSTM). Zero if it is not given.
            lengths: how many steps of each sequence count, B ints from 1 to T; all of them if
                not given. What stands in the padding, be it NaN, reaches nothing: it leaves the
                state as it is, its output is zero, and no gradient comes from it.

        Returns:
            ``output`` (T, B, H·directions), the hidden states of the last layer, and the last
            state in the shape of ``state``.

        Raises:
            TypeError: if a tensor is not one, or has another dtype than the layer.
            ValueError: if a shape, a length or a device does not fit, or a cell has hooks that
                could never run; the message names it.
        """
        self.check_input(x)
        states = self._unpack(state, x.shape[1])
        valid = None if lengths is None else which_count(lengths, x)
        if valid is not None:
            x = zero_elsewhere(x, valid)
        cells, finals = self._flat_cells(), []
        for layer in range(self.num_layers):
            if layer > 0:
                x = nn.functional.dropout(x, self.dropout, self.training)
            outputs = []
            for direction in range(self.directions):
                index = layer * self.directions + direction
                output, final = run(cells[index], x, states[index], valid, reverse=direction == 1)
                outputs.append(output)
                finals.append(final)
            x = torch.cat(outputs, dim=-1) if self.bidirectional else outputs[0]
        return x, self._pack(finals)

    def trace(
        self,
        x: Tensor,
        state: Any = None,
        lengths: Tensor | Sequence[int] | None = None,
    ) -> Trace:
        """Run as ``forward`` does, and keep every state and gate at every step.

        Returns:
            `Trace`: ``trace[layer, direction].h`` (T, B, H) and so on for each state and gate;
            ``trace.h`` where there is only one layer and direction.
        """
        cells = self._flat_cells()
        records: list[dict[str, list[Tensor]]] = [
            {name: [] for name in (*cell.State._fields, *cell.gates)} for cell in cells
        ]
        try:
            for cell, record in zip(cells, records, strict=True):
                cell._record = record
            self.forward(x, state, lengths)
        finally:
            for cell in cells:
                cell._record = None
        valid = None if lengths is None else which_count(lengths, x)
        traces = {}
        for index, record in enumerate(records):
            layer, direction = divmod(index, self.directions)
            steps = slice(None, None, -1 if direction == 1 else 1)
            over_time = {name: torch.stack(values[steps]) for name, values in record.items()}
            if valid is not None:
                over_time = {name: zero_elsewhere(v, valid) for name, v in over_time.items()}
            traces[layer, direction] = SimpleNamespace(**over_time)
        return Trace(traces)

    @contextmanager
    def clamp(self, **gates: float | Tensor) -> Iterator[Self]:
        """Within the context, replace activated gates in every layer and direction.

        Args:
            **gates: by name, a number or a tensor that broadcasts to (B, H).

        Raises:
            TypeError: if a value is neither a number nor a tensor.
            ValueError: if the cell has no gate of that name, or a value holds NaN.
        """
        cells = self._flat_cells()
        known = cells[0].gates
        for name in gates:
            if name not in known:
                has = f"gates {', '.join(known)}" if known else "no gates"
                raise ValueError(f"clamp {name!r}: {type(cells[0]).__name__} has {has}")
        clamps = {name: checks.numbers(f"clamp {name}", value) for name, value in gates.items()}
        before = [cell._clamps for cell in cells]
        try:
            for cell in cells:
                cell._clamps = {**cell._clamps, **clamps}
            yield self
        finally:
            for cell, earlier in zip(cells, before, strict=True):
                cell._clamps = earlier

    @classmethod
    def from_torch(cls, module: nn.RNNBase) -> Self:
        """A layer with the weights of a `torch.nn` module; it computes the same.

        What is frozen there (``requires_grad`` is False) is frozen here: ``W`` and ``U`` each, and
        a bias where all that it is made from is.

        Raises:
            TypeError: if no cell of the book computes what ``module`` computes.
            ValueError: if ``module`` is batch-first or projects its output.
        """
        cell = next((c for c in CELLS if c.torch_class is type(module)), None)
        if cell is None:
            known = ", ".join(f"torch.nn.{c.torch_class.__name__}" for c in CELLS if c.torch_class)
            raise TypeError(f"module must be one of {known}, got {type(module).__name__}")
        if module.batch_first:
            raise ValueError("module must be time-major (T, B, D), got one with batch_first=True")
        if module.proj_size:
            raise ValueError(
                f"module must not project its output, got proj_size={module.proj_size}"
            )
        weight = module.weight_hh_l0
        layer = cls(
            cell,
            module.input_size,
            module.hidden_size,
            module.num_layers,
            module.bidirectional,
            module.dropout,
            dtype=weight.dtype,
            device=weight.device,
            **cell.options_from_torch(module),
        )
        for names, target in zip(module._all_weights, layer._flat_cells(), strict=True):
            W, U, *biases = (getattr(module, name) for name in names)
            b_W, b_U = biases or (None, None)
            target.load_torch(W, U, b_W, b_U).freeze_as_torch(W, U, b_W, b_U)
        return layer.train(module.training)

    def to_torch(self) -> nn.RNNBase:
        """A `torch.nn` module with the weights of this layer; it computes the same.

        What is frozen here is frozen there. Torch's second bias is made from ``b_U`` where there is
        one, else from ``b`` as the first is, and learns if that does.

        Raises:
            TypeError: if `torch.nn` has no such cell.
        """
        cells = self._flat_cells()
        if cells[0].torch_class is None:
            raise TypeError(f"torch.nn has no counterpart of {type(cells[0]).__name__}")
        module = cells[0].torch_class(
            self.input_size,
            self.hidden_size,
            num_layers=self.num_layers,
            bidirectional=self.bidirectional,
            dropout=self.dropout,
            dtype=cells[0].U.dtype,
            device=cells[0].U.device,
            **cells[0].options_to_torch(),
        )
        for names, cell in zip(module._all_weights, cells, strict=True):
            # Weights that are computed from others (pruned, say) are computed now; and whether
            # one learns is asked of what it is made from.
            with whole_pass(cell, cell._weight), torch.enable_grad():
                weights = [w for w in cell.torch_weights() if w is not None]
            for name, weight in zip(names, weights, strict=True):
                parameter = getattr(module, name).requires_grad_(weight.requires_grad)
                with torch.no_grad():
                    parameter.copy_(weight)
        return module.train(self.training)

    def check_input(self, x: Tensor) -> None:
        """Refuse what is not a batch of sequences for this layer, as ``forward`` does."""
        checks.inputs("x", x, "T, B, D", self.input_size, self._flat_cells()[0]._weight, "layer")

    def _flat_cells(self) -> list[Cell]:
        """Every cell, layer by layer, forwards before backwards: the order of `torch.nn`."""
        return [cast(Cell, cell) for layer in self.cells for cell in cast(nn.ModuleList, layer)]

    def _unpack(self, state: Any, batch_size: int) -> list[Any]:
        """One state a cell, from a tensor or tuple of tensors (L·directions, B, H)."""
        cells = self._flat_cells()
        if state is None:
            return [cell.initial_state(batch_size) for cell in cells]
        names = cells[0].State._fields
        fields = (state,) if isinstance(state, Tensor) else state
        if not isinstance(fields, tuple | list):
            what = "a tensor" if len(names) == 1 else f"a tuple ({', '.join(names)})"
            raise TypeError(f"state must be {what}, got {type(state).__name__}")
        if len(fields) != len(names):
            raise ValueError(
                f"state must hold {len(names)} tensors ({', '.join(names)}), got {len(fields)}"
            )
        expected = (len(cells), batch_size, self.hidden_size)
        for name, field in zip(names, fields, strict=True):
            checks.like(f"state {name}", field, cells[0]._weight, "layer")
            checks.of_shape(f"state {name}", field, "L·directions, B, H", expected)
        return [cells[0].State(*parts) for parts in zip(*fields, strict=True)]

    def _pack(self, states: list[Any]) -> Any:
        """The states of every cell as `torch.nn` returns them."""
        fields = tuple(torch.stack(parts) for parts in zip(*states, strict=True))
        return fields[0] if len(fields) == 1 else fields


def which_count(lengths: Tensor | Sequence[int], x: Tensor) -> Tensor:
    """Which steps of ``x`` (T, B, …) count: bools of shape (T, B, 1)."""
    counts = checks.lengths(lengths, x)
    return (torch.arange(len(x), device=x.device)[:, None] < counts).unsqueeze(2)


def zero_elsewhere(values: Tensor, valid: Tensor) -> Tensor:
    """Values (T, B, ·) where they count and zeros elsewhere: a product would keep NaN."""
    return torch.where(valid, values, values.new_zeros(()))


def run(
    cell: Cell, x: Tensor, state: Any, valid: Tensor | None = None, *, reverse: bool = False
) -> tuple[Tensor, Any]:
    """Unroll one cell over time: the same cell, T times.

    Args:
        cell: the cell.
        x: inputs, shape (T, B, D).
        state: the state before the first step, fields of shape (B, H).
        valid: which steps count, bools of shape (T, B, 1); the others leave the state as it is.
        reverse: whether to go from the last step to the first.

    Returns:
        ``output`` (T, B, H), in the order of ``x``, and the state after the last step taken.
    """
    if reverse:
        x, valid = x.flip(0), None if valid is None else valid.flip(0)
    with whole_pass(cell, x, state):
        if valid is None and by_hand_suffices(cell, x, state):
            output, state = unroll_by_hand(cell, x, state)
        else:
            output, state = step_by_step(cell, x, state, valid)
    if valid is not None:
        output = zero_elsewhere(output, valid)
    return output.flip(0) if reverse else output, state
