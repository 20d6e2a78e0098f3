"""Step through a cell: its equations with every number put in, one step at a time."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import Any, cast

import matplotlib.pyplot as plt
import numpy as np
import torch
import traitlets
from torch import Tensor, nn

from rnnbook.cells import Cell, GRUCell, LSTMCell, SimpleCell
from rnnbook.cells.trace import Trace
from rnnbook.unroll import Recurrent
from rnncourse import plots
from rnncourse.figures._weights import numbers
from rnncourse.figures.base import Figure

LARGEST_D, LARGEST_H, LONGEST = 3, 4, 16
_CELLS: dict[str, type[Cell]] = {"simple": SimpleCell, "lstm": LSTMCell, "gru": GRUCell}
_QUESTION = "What does each step do to the state, and why?"


class StepThrough(Figure):
    """A small cell that reads a short sequence, every number of its equations on show.

    The reader steps, edits the inputs and the weights, and clamps gates. In a live kernel the
    figure's traits follow: ``figure.observe(handler, "x")``.

    Args:
        cell: a `SimpleCell`, `LSTMCell` (with none of its options) or `GRUCell`; D ≤ 3, H ≤ 4.
        x: the inputs, shape (T, D), or (T,) where D = 1; T ≤ 16.
        readout: the layer that makes ``y_t = V h_t + c`` of the state, if there is one.
        question: what the reader is asked to find out.
        t: how many steps have been taken when the figure opens.
        unit: the unit whose numbers are put in first, counted from 0.
        clamps: gates that are clamped when the figure opens: numbers by name.
        input_names: words for the D inputs, such as ``["value", "mark"]``; numbered if not given.
        all_steps: whether gates, states and answers of all steps are shown as a table, with one
            clamp in sight, and the equations of the step are folded.

    Raises:
        TypeError: if ``cell`` is of another kind.
        ValueError: if a size or an option is not one that the figure can show.
        traitlets.TraitError: if numbers do not fit, here or when a trait is set later.

    Attributes:
        x: the inputs, T lists of D numbers. Set it anew: a change within a list is not seen.
        weights: ``W``, ``U``, ``b`` as lists, gates in the order of the cell; ``b_U`` of a GRU with
            ``reset_after``; ``V`` and ``c`` of the read-out.
        t: how many steps have been taken.
        unit: the unit on show, counted from 0 (the page counts from 1).
        clamps: the clamped gates, numbers by name.
        input_names: words for the D inputs, or none.
        all_steps: whether all steps are shown at once.
    """

    name = "step_through"

    question = traitlets.Unicode(_QUESTION).tag(sync=True)
    kind = traitlets.Unicode().tag(sync=True)
    nonlinearity = traitlets.Unicode("tanh").tag(sync=True)
    reset_after = traitlets.Bool(True).tag(sync=True)
    x: traitlets.List[Any] = traitlets.List().tag(sync=True)
    weights = traitlets.Dict().tag(sync=True)
    t = traitlets.Int(1).tag(sync=True)
    unit = traitlets.Int(0).tag(sync=True)
    clamps = traitlets.Dict().tag(sync=True)
    input_names: traitlets.List[Any] = traitlets.List().tag(sync=True)
    all_steps = traitlets.Bool(False).tag(sync=True)

    def __init__(
        self,
        cell: Cell,
        x: Tensor | Sequence[Any],
        readout: nn.Linear | None = None,
        *,
        question: str = _QUESTION,
        t: int = 1,
        unit: int = 0,
        clamps: Mapping[str, float] | None = None,
        input_names: Sequence[str] = (),
        all_steps: bool = False,
    ) -> None:
        kind = _kind(cell)
        self._D, self._H = cell.input_size, cell.hidden_size
        self._gates = cell.gates
        weights = _weights(cell, readout)
        self._shapes = {key: np.shape(value) for key, value in weights.items()}
        inputs = torch.as_tensor(x, dtype=torch.float64)
        super().__init__(
            question=question,
            kind=kind,
            nonlinearity=getattr(cell, "nonlinearity", "tanh"),
            reset_after=getattr(cell, "reset_after", True),
            x=numbers(inputs[:, None] if inputs.dim() == 1 else inputs),
            weights=weights,
            t=t,
            unit=unit,
            clamps=dict(clamps or {}),
            input_names=list(input_names),
            all_steps=all_steps,
        )

    def settings(self) -> dict[str, Any]:
        """The figure's traits, as the page is given them; `all_steps` only where it is chosen."""
        settings = super().settings()
        if not self.all_steps:
            del settings["all_steps"]
        return settings

    def layer(self) -> Recurrent:
        """The cell with the weights that stand in the figure now, in float64."""
        options: dict[str, Any] = {}
        if self.kind == "simple":
            options["nonlinearity"] = self.nonlinearity
        if self.kind == "gru":
            options["reset_after"] = self.reset_after
        layer = Recurrent(_CELLS[self.kind], self._D, self._H, dtype=torch.float64, **options)
        with torch.no_grad():
            for key, parameter in layer.cell.named_parameters():
                parameter.copy_(torch.tensor(self.weights[key], dtype=torch.float64))
        return layer

    @torch.no_grad()
    def trace(self) -> Trace:
        """Every state and gate at every step, with the figure's clamps: (T, 1, H) each."""
        layer = self.layer()
        exact = {name: torch.tensor(v, dtype=torch.float64) for name, v in self.clamps.items()}
        with layer.clamp(**exact):
            return layer.trace(torch.tensor(self.x, dtype=torch.float64)[:, None])

    @traitlets.validate("x")
    def _check_x(self, proposal: dict[str, Any]) -> list[list[float]]:
        x = proposal["value"]
        if not 1 <= len(x) <= LONGEST:
            raise traitlets.TraitError(f"x must have 1 to {LONGEST} steps, got {len(x)}")
        return _checked("x", x, (len(x), self._D), "(T, D)")

    @traitlets.validate("weights")
    def _check_weights(self, proposal: dict[str, Any]) -> dict[str, Any]:
        weights = proposal["value"]
        if weights.keys() != self._shapes.keys():
            raise traitlets.TraitError(
                f"weights must hold {', '.join(self._shapes)}, got {', '.join(weights)}"
            )
        return {
            key: _checked(f"weights[{key!r}]", weights[key], shape, "its parameter's")
            for key, shape in self._shapes.items()
        }

    @traitlets.validate("t")
    def _check_t(self, proposal: dict[str, Any]) -> int:
        return _between("t", proposal["value"], 0, len(self.x))

    @traitlets.validate("unit")
    def _check_unit(self, proposal: dict[str, Any]) -> int:
        return _between("unit", proposal["value"], 0, self._H - 1)

    @traitlets.validate("clamps")
    def _check_clamps(self, proposal: dict[str, Any]) -> dict[str, float]:
        clamps = proposal["value"]
        for name, value in clamps.items():
            if name not in self._gates:
                has = ", ".join(self._gates) or "none"
                raise traitlets.TraitError(f"clamps: the cell's gates are {has}, got {name!r}")
            low = -1 if name in ("g", "n") else 0
            if not low <= value <= 1:
                raise traitlets.TraitError(f"clamps[{name!r}] must be {low} to 1, got {value!r}")
        return {name: float(value) for name, value in clamps.items()}

    @traitlets.validate("input_names")
    def _check_input_names(self, proposal: dict[str, Any]) -> list[str]:
        names = proposal["value"]
        if names and (len(names) != self._D or not all(isinstance(n, str) and n for n in names)):
            raise traitlets.TraitError(f"input_names must be D = {self._D} words, got {names!r}")
        return names

    @traitlets.observe("x")
    def _no_step_beyond_the_last(self, change: Any) -> None:
        if self.t > len(self.x):
            self.t = len(self.x)

    def still(self) -> str:
        """All steps at once: the chosen unit's states as a curve, and its numbers as a table."""
        columns = self._columns()
        carried = [name for name in ("c", "h") if name in columns]
        return self._curve(carried, columns) + _table(columns)

    def _columns(self) -> dict[str, list[float]]:
        """What the table of the still picture holds: T numbers by name."""
        trace = self.trace()
        D = self._D
        names = [f" {name}" for name in self.input_names] or [""] * D
        columns = {f"x{_above(d, D)}{names[d]}": [x_t[d] for x_t in self.x] for d in range(D)}
        states = ("c", "h") if self.kind == "lstm" else ("h",)
        for name in (*self._gates, *states):
            columns[name] = getattr(trace, name)[:, 0, self.unit].tolist()
        if "V" in self.weights:
            y = trace.h[:, 0].numpy() @ np.transpose(self.weights["V"]) + self.weights["c"]
            columns |= {f"y{_above(k, y.shape[1])}": y[:, k].tolist() for k in range(y.shape[1])}
        return columns

    def _curve(self, names: Sequence[str], columns: Mapping[str, list[float]]) -> str:
        T = len(self.x)
        fig, ax = plots.figure(height=2.4)
        for name in names:
            color = plots.COLORS[self.kind] if name == "h" else plots.INK
            ax.plot(range(T + 1), [0.0, *columns[name]], "o-", ms=4, color=color)
            plots.end_label(ax, T, columns[name][-1], name, color)
        ax.set(xlabel="step t", ylabel="state")
        of = f" of unit {self.unit + 1}" if self._H > 1 else ""
        said = "; ".join(
            f"{name}{of} after each step: {', '.join(_short(v) for v in columns[name])}"
            for name in names
        )
        try:
            return plots.to_svg(fig, f"The state over {T} steps, from 0. {said}.")
        finally:
            plt.close(fig)


def _kind(cell: Cell) -> str:
    kind = next((key for key, known in _CELLS.items() if type(cell) is known), None)
    if kind is None:
        names = ", ".join(known.__name__ for known in _CELLS.values())
        raise TypeError(f"cell must be one of {names}, got {type(cell).__name__}")
    for name, size, largest in (
        ("input_size", cell.input_size, LARGEST_D),
        ("hidden_size", cell.hidden_size, LARGEST_H),
    ):
        if size > largest:
            raise ValueError(f"cell must have {name} at most {largest}, got {size}")
    for option, plain in (("peepholes", False), ("coupled", False), ("forget", True)):
        if getattr(cell, option, plain) is not plain:
            raise ValueError(f"cell must have {option}={plain}, got {option}={not plain}")
    return kind


def _weights(cell: Cell, readout: nn.Linear | None) -> dict[str, Any]:
    """All parameters as lists; a bias that is not there is zero."""
    rows, H = cell.U.shape
    weights: dict[str, Tensor] = {
        "W": cell.W,
        "U": cell.U,
        "b": cell.U.new_zeros(rows) if cell.b is None else cell.b,
    }
    if isinstance(cell, GRUCell) and cell.reset_after:
        weights["b_U"] = cell.U.new_zeros(H) if cell.b_U is None else cast(Tensor, cell.b_U)
    if readout is not None:
        if readout.in_features != H:
            raise ValueError(f"readout must take H = {H} numbers, got {readout.in_features}")
        if readout.out_features > LARGEST_H:
            raise ValueError(f"readout must give at most {LARGEST_H}, got {readout.out_features}")
        V, c = readout.weight, cast(Tensor | None, readout.bias)
        weights |= {"V": V, "c": V.new_zeros(len(V)) if c is None else c}
    return {key: numbers(value) for key, value in weights.items()}


def _checked(name: str, value: Any, shape: tuple[int, ...], words: str) -> list[Any]:
    try:
        array = np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        raise traitlets.TraitError(f"{name} must be lists of numbers, got {value!r}") from None
    if array.shape != shape:
        raise traitlets.TraitError(f"{name} must have shape {words} = {shape}, got {array.shape}")
    if not np.isfinite(array).all():
        raise traitlets.TraitError(f"{name} must be finite numbers, got {value!r}")
    return array.tolist()


def _between(name: str, value: int, low: int, high: int) -> int:
    if not low <= value <= high:
        raise traitlets.TraitError(f"{name} must be {low} to {high}, got {value}")
    return value


def _above(index: int, size: int) -> str:
    return "" if size == 1 else "⁽" + "¹²³⁴"[index] + "⁾"


def _short(value: float) -> str:
    return f"{round(value, 3) + 0:g}".replace("-", "−")


def _table(columns: Mapping[str, list[float]]) -> str:
    head = "".join(f'<th scope="col">{html.escape(name)}</th>' for name in ("t", *columns))
    body = "".join(
        f'<tr><th scope="row">{t}</th>' + "".join(f"<td>{_short(v)}</td>" for v in row) + "</tr>"
        for t, row in enumerate(zip(*columns.values(), strict=True), start=1)
    )
    return (
        '<div class="rnnbook-step-wide"><table class="rnnbook-step-still">'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )
