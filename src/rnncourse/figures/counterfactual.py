"""Counterfactual memory: one token changed, what stays different, and what the gradient says."""

from __future__ import annotations

from typing import Any, ClassVar

import matplotlib.pyplot as plt
import numpy as np
import torch
import traitlets
from torch import Tensor, nn

from rnnbook.unroll import Recurrent
from rnncourse import plots
from rnncourse.figures._memories import Memory, memories
from rnncourse.figures._weights import kind_of, numbers, weights
from rnncourse.figures.base import Figure

_LONGEST, _MOST_UNITS = 100, 32
_SMALLEST = 1e-15  # below this, double precision cannot tell two read-outs apart


class Counterfactual(Figure):
    """Two runs that differ in one token, beside the gradient of the read-out at that token.

    The reader chooses a network, the token and the size of its change, and sees the read-out
    ``y_t`` in both runs, how far these are apart, and how far apart they would be if the gradient
    ``∂y_t/∂x`` held for the whole change. A latch keeps a difference for ever without a gradient;
    a chaotic network has a large gradient and no robust memory.

    A box ticked shows how far the states ``h`` and ``c`` are apart too. Another shows all networks
    at once: as the change shrinks, what really happens and what the gradient foretells come
    together, which is what a derivative is.

        Counterfactual()                                    # five networks set by hand
        Counterfactual(layer, head, x[:, 0], position=3)    # a trained one first

    Args:
        layer: one forward layer of plain `SimpleCell`, `LSTMCell` or `GRUCell`, at most 32 units
            (16 add about 6 KB to the page, 32 about 20). It stands before the five, and is the
            one that is shown first.
        readout: what reads ``y`` from ``h``, a `torch.nn.Linear` (H, 1); its row ``output`` where
            it has more. Needed with ``layer``.
        x: the sequence, shape (T, D), T at most 100. Needed with ``layer``.
        output: which output of the read-out is ``y``.
        direction: what a change of size 1 adds to a token, shape (D). For one-hot tokens the new
            token minus the old one. 1 in the first feature if not given.
        position: the step whose token is changed first, from 1.
        size: how large the first change is, above 0.
        title: what the list of networks calls it.
        about: a sentence on what the network does.
        states: whether ``h`` and ``c`` are shown beside ``y``.
        together: whether all networks are shown at once.

    Raises:
        ValueError: if ``layer``, ``readout`` or ``x`` is missing or does not fit the others.
    """

    name: ClassVar[str] = "counterfactual"

    networks: Any = traitlets.List().tag(sync=True)
    network = traitlets.Int(0).tag(sync=True)
    position = traitlets.Int(1).tag(sync=True)
    size = traitlets.Float(1.0).tag(sync=True)
    states = traitlets.Bool(False).tag(sync=True)
    together = traitlets.Bool(False).tag(sync=True)

    def __init__(
        self,
        layer: Recurrent | None = None,
        readout: nn.Linear | None = None,
        x: Tensor | None = None,
        *,
        output: int = 0,
        direction: Tensor | None = None,
        position: int = 1,
        size: float = 1.0,
        title: str = "The network trained above",
        about: str = "",
        states: bool = False,
        together: bool = False,
    ) -> None:
        shown = memories()
        if layer is not None:
            if readout is None or x is None:
                raise ValueError("layer needs a readout and a sequence x, got None")
            direction = torch.eye(layer.input_size)[0] if direction is None else direction
            head = _row(readout, output, layer)
            own = Memory(title, about, layer, head, x, direction, position, size)
            shown = [_checked(own), *shown]
        self._shown = shown
        super().__init__(
            networks=[_as_trait(memory) for memory in shown],
            position=shown[0].position,
            size=shown[0].size,
            states=states,
            together=together,
        )

    @traitlets.validate("network", "position")
    def _check(self, proposal: Any) -> int:
        name, value = proposal["trait"].name, proposal["value"]
        low, count = (0, len(self.networks)) if name == "network" else (1, self._length())
        if not low <= value < low + count:
            raise traitlets.TraitError(f"{name} must be {low} to {low + count - 1}, got {value}")
        return value

    @traitlets.validate("size")
    def _check_size(self, proposal: Any) -> float:
        if not 0 < proposal["value"] < np.inf:
            raise traitlets.TraitError(f"size must be above 0, got {proposal['value']}")
        return proposal["value"]

    @traitlets.observe("network")
    def _keep_position_within(self, change: Any) -> None:
        self.position = min(self.position, self._length())

    def _length(self) -> int:
        return len(self.networks[self.network]["x"])

    def still(self) -> str:
        """The state that it starts in: both runs, and the differences with the forecast."""
        if self.together:
            return self._still_of_all()
        memory = self._shown[self.network]
        y, changed, forecast = two_runs(memory, self.position, self.size)
        steps = np.arange(1, len(y) + 1)
        since = steps >= self.position
        color = plots.COLORS[kind_of(memory.layer)]

        fig, (top, below) = plots.figure(height=5.2, nrows=2, sharex=True)
        baseline, accent = plots.COLORS["baseline"], plots.COLORS["accent"]
        for values, label, c in ((y, "as it was", baseline), (changed, "changed", color)):
            top.plot(steps, values, color=c)
            plots.end_label(top, steps[-1], values[-1], label, c)
        lines = [
            (np.abs(changed - y), "in y", color, "-"),
            (forecast, "y, foretold", accent, "--"),
        ]
        if self.states:
            apart = states_apart(memory, self.position, self.size).items()
            lines += [
                (values, f"in {name}", plots.INK, ":")
                for name, values in apart
                if not np.allclose(values, np.abs(changed - y), atol=1e-6)  # h is read out as it is
            ]
        for values, label, c, style in lines:
            drawn = since & (values > 0)  # a logarithmic axis has no 0
            below.plot(steps[drawn], values[drawn], color=c, linestyle=style)
            if drawn.any():
                plots.end_label(below, steps[drawn][-1], values[drawn][-1], label, c)
        for ax in (top, below):
            ax.axvline(self.position, color=accent, linewidth=1.5)
            ax.margins(x=0)
        top.set_ylabel("read-out y in both runs")
        below.set(yscale="log", xlabel="step", ylabel="size of the difference")
        alt = (
            f"{memory.title}: the token at step {self.position} is changed by {self.size:g}; at "
            f"step {len(y)} the read-outs of the two runs are {abs(changed[-1] - y[-1]):.1g} "
            f"apart, and the gradient foretells {forecast[-1]:.1g}."
        )
        html = plots.to_svg(fig, alt)
        plt.close(fig)
        return html

    def _still_of_all(self) -> str:
        """What becomes of one change in each network, and what the gradient foretells of it."""
        ends: list[tuple[float, float]] = []
        for k, memory in enumerate(self._shown):
            place = self.position if k == self.network else memory.position
            y, changed, forecast = two_runs(memory, place, self.size)
            ends.append((float(abs(changed[-1] - y[-1])), float(forecast[-1])))
        high = 10 ** np.ceil(np.log10(max(10.0, *(foretold for _, foretold in ends))))
        fig, ax = plots.figure(height=3.6)
        ax.plot([_SMALLEST, high], [_SMALLEST, high], "--", color=plots.COLORS["baseline"])
        for memory, (real, foretold) in zip(self._shown, ends, strict=True):
            at = (max(real, _SMALLEST), max(foretold, _SMALLEST))
            ax.plot(*at, "o", color=plots.COLORS[kind_of(memory.layer)])
            ax.annotate(memory.title, at, (-6, 5), textcoords="offset points", ha="right")
        ax.set(xscale="log", yscale="log", xlabel="real change of y after the last step")
        ax.set_ylabel("change as the gradient foretells it")
        told = sum(abs(real - foretold) <= 0.1 * max(real, foretold) for real, foretold in ends)
        alt = (
            f"{len(ends)} networks, one token of each changed by {self.size:g}: the change of y "
            f"that the gradient foretells against the real one. It is right to within a tenth in "
            f"{told} of them."
        )
        html = plots.to_svg(fig, alt)
        plt.close(fig)
        return html


def two_runs(
    memory: Memory, position: int, size: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Run a network as it is and with one token changed.

    Args:
        memory: the network.
        position: the step whose token is changed, from 1.
        size: how far it moves along the network's direction.

    Returns:
        The read-out as it was, the read-out with the token changed, and the size of the
        difference that the gradient foretells, (T) each.
    """

    def read(moved: Tensor) -> Tensor:
        return memory.readout(memory.layer(_moved(memory, position, moved))[0])[:, 0, 0]

    with torch.no_grad():
        y, changed = read(memory.x.new_tensor(0.0)), read(memory.x.new_tensor(size))
    moved = memory.x.new_tensor(0.0, requires_grad=True)
    with torch.enable_grad():
        slopes = [torch.autograd.grad(y_t, moved, retain_graph=True)[0] for y_t in read(moved)]
    forecast = size * torch.stack(slopes).abs()
    return y.numpy(), changed.numpy(), forecast.numpy()


@torch.no_grad()
def states_apart(memory: Memory, position: int, size: float) -> dict[str, np.ndarray]:
    """How far the states of the two runs are apart, (T) each, by letter; as for `two_runs`."""
    was, now = (
        memory.layer.trace(_moved(memory, position, memory.x.new_tensor(moved)))
        for moved in (0.0, size)
    )
    names = memory.layer.cell.State._fields
    return {
        name: (getattr(now, name) - getattr(was, name)).norm(dim=-1)[:, 0].numpy() for name in names
    }


def _moved(memory: Memory, position: int, moved: Tensor) -> Tensor:
    """The sequence, (T, 1, D), with one token moved along the network's direction."""
    before, after = memory.x[: position - 1], memory.x[position:]
    token = memory.x[position - 1].detach() + moved * memory.direction
    return torch.cat([before, token.unsqueeze(0), after]).unsqueeze(1)


def _as_trait(memory: Memory) -> dict[str, Any]:
    cell = memory.layer.cell
    readout = {"V": numbers(memory.readout.weight), "b": numbers(memory.readout.bias)}
    trait = {
        "title": memory.title,
        "about": memory.about,
        "kind": kind_of(memory.layer),
        "weights": weights(memory.layer),
        "readout": readout,
        "x": numbers(memory.x),
        "direction": numbers(memory.direction),
        "position": memory.position,
        "size": memory.size,
    }
    options = ("nonlinearity", "reset_after")
    return trait | {name: getattr(cell, name) for name in options if hasattr(cell, name)}


def _row(readout: nn.Linear, output: int, layer: Recurrent) -> nn.Linear:
    """The row of a read-out that is looked at, as a read-out."""
    if readout.in_features != layer.hidden_size or not 0 <= output < readout.out_features:
        raise ValueError(
            f"readout must read H = {layer.hidden_size} units and have an output {output}, "
            f"got {readout}"
        )
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        row = nn.Linear(layer.hidden_size, 1, dtype=readout.weight.dtype)
        row.weight.copy_(readout.weight[output])
        row.bias.copy_(readout.bias[output] if readout.bias is not None else torch.zeros(()))
    return row


def _checked(memory: Memory) -> Memory:
    layer, x = memory.layer, memory.x
    D = layer.input_size
    if x.dim() != 2 or x.shape[1] != D or not 2 <= len(x) <= _LONGEST:
        raise ValueError(
            f"x must have shape (T, D) with D = {D} and T from 2 to {_LONGEST}, "
            f"got {tuple(x.shape)}"
        )
    if memory.direction.shape != (D,):
        raise ValueError(
            f"direction must have shape (D,) = ({D},), got {tuple(memory.direction.shape)}"
        )
    if layer.hidden_size > _MOST_UNITS:
        raise ValueError(f"layer must have at most {_MOST_UNITS} units, got {layer.hidden_size}")
    return memory
