"""The path splitter: the gradient through an LSTM's cell state, term by term."""

from __future__ import annotations

from typing import Any, ClassVar

import matplotlib.pyplot as plt
import torch
import traitlets
from torch import Tensor

from rnnbook.cells import LSTMCell
from rnnbook.gradients import path_terms
from rnnbook.tasks import draws
from rnnbook.unroll import Recurrent
from rnncourse import plots
from rnncourse.figures._weights import kind_of, numbers, weights
from rnncourse.figures.base import Figure

_STEPS, _UNITS = 60, 8
_FEWEST = 10
_MOST_UNITS = 32


class PathSplitter(Figure):
    """``∂c_T/∂c_t`` of an LSTM, split by how often its paths pass through ``h``.

    Scale the gradient through every ``h`` by ε: the coefficient of ``εᵐ`` sums the paths with
    ``m`` detours, and ``m = 0`` is the product of the forget gates. The reader sets what is added
    to the forget bias, a factor of ``W`` and ``U``, ``T``, the lag and ε, and sees the size of
    the sum ``J`` (``‖J‖_F / √H``: 1 when nothing is lost), and what each term ``P`` adds to it:
    its part along ``J``, ``⟨P, J⟩ / ‖J‖_F / √H``. These parts add up to the size.

        PathSplitter()                                    # a random network, 8 units
        PathSplitter(layer, x[:, 0], lag=30)              # a trained Recurrent(LSTMCell, …)

    Args:
        layer: one forward layer of plain `LSTMCell`, at most 32 units (16 add about 6 KB to the
            page, 32 about 20); without one, a random network with a forget bias of 0, and a
            button that draws another.
        x: the inputs that drive it, shape (T, D), T from 10 to 60. Standard normal ones if not
            given.
        **settings: the state it starts in, by trait: ``forget_bias`` (added), ``weight_scale``,
            ``steps`` (T), ``lag``, ``epsilon``.

    Raises:
        ValueError: if the layer is of another form or too large, or ``x`` does not fit it.
    """

    name: ClassVar[str] = "path_splitter"

    weights = traitlets.Dict().tag(sync=True)
    x: Any = traitlets.List().tag(sync=True)
    trained = traitlets.Bool(False).tag(sync=True)
    forget_bias = traitlets.Float(0.0).tag(sync=True)
    weight_scale = traitlets.Float(1.0).tag(sync=True)
    steps = traitlets.Int(_STEPS).tag(sync=True)
    lag = traitlets.Int(40).tag(sync=True)
    epsilon = traitlets.Float(1.0).tag(sync=True)
    network = traitlets.Int(0).tag(sync=True)  # 0: the one given; else a seed for the page to draw

    def __init__(
        self, layer: Recurrent | None = None, x: Tensor | None = None, **settings: Any
    ) -> None:
        trained = layer is not None
        layer = _random_layer() if layer is None else layer
        if kind_of(layer) != "lstm":
            raise ValueError(f"layer must be of LSTMCell, got {type(layer.cell).__name__}")
        if layer.hidden_size > _MOST_UNITS:
            raise ValueError(
                f"layer must have at most {_MOST_UNITS} units, got {layer.hidden_size}"
            )
        if x is None:
            generator = torch.Generator().manual_seed(0)
            x = draws.normal((_STEPS, layer.input_size), generator)
        if x.dim() != 2 or x.shape[1] != layer.input_size or not _FEWEST <= len(x) <= _STEPS:
            raise ValueError(
                f"x must have shape (T, D) with D = {layer.input_size} and T at least {_FEWEST} "
                f"and at most {_STEPS}, got {tuple(x.shape)}"
            )
        settings = {"steps": len(x)} | settings
        settings = {"lag": min(40, settings["steps"] - 1)} | settings
        super().__init__(weights=weights(layer), x=numbers(x), trained=trained, **settings)

    @traitlets.validate("steps", "lag")
    def _check(self, proposal: Any) -> int:
        name, value = proposal["trait"].name, proposal["value"]
        low, high = (_FEWEST, len(self.x)) if name == "steps" else (1, self.steps - 1)
        if not low <= value <= high:
            raise traitlets.TraitError(f"{name} must be {low} to {high}, got {value}")
        return value

    @traitlets.observe("steps")
    def _keep_lag_within(self, change: Any) -> None:
        self.lag = min(self.lag, self.steps - 1)

    def still(self) -> str:
        """The state that it starts in: the parts at one lag, and the sizes over all lags."""
        terms = self._terms()
        parts = _parts(terms[self.lag])
        together = [float(_stretch(of_lag.sum(dim=0))) for of_lag in terms]
        direct = [float(_stretch(of_lag[0])) for of_lag in terms]

        fig, (top, below) = plots.figure(height=5.4, nrows=2)
        plots.parts(parts, self.lag, ax=top)
        lags = range(len(terms))
        for label, sizes, color in (("m = 0", direct, "f"), ("all paths", together, "lstm")):
            below.plot(lags, sizes, color=plots.COLORS[color])
            plots.end_label(below, lags[-1], sizes[-1], label, plots.COLORS[color])
        below.axvline(self.lag, color=plots.COLORS["accent"], linewidth=1.5)
        below.set(yscale="log", xlabel="lag: steps back from T", ylabel="size at every lag")
        below.margins(x=0)
        kept, whole, added = (
            plots.number(value, 2)
            for value in (direct[self.lag], together[self.lag], float(parts[0]))
        )
        alt = (
            f"Bars that add up: over {self.lag} steps all paths bring {whole} of the gradient. The "
            f"direct path adds {added}, and has a size of {kept}; the longest bar is that of "
            f"m = {int(parts.argmax())}."
        )
        html = plots.to_svg(fig, alt)
        plt.close(fig)
        return html

    def _terms(self) -> list[Tensor]:
        """The terms that the traits describe, ``(lag + 1, H, H)`` by lag, ``ε^m`` in them."""
        W, U, b = (torch.tensor(self.weights[name], dtype=torch.float64) for name in "WUb")
        H = U.shape[1]
        b[H : 2 * H] += self.forget_bias
        layer = _fresh(W.shape[1], H, dtype=torch.float64)
        scale = self.weight_scale
        layer.cell.load_torch(scale * W, scale * U, b, torch.zeros_like(b))
        x = torch.tensor(self.x[: self.steps], dtype=torch.float64).unsqueeze(1)
        powers = self.epsilon ** torch.arange(self.steps, dtype=torch.float64)
        by_lag = path_terms(layer, x)[: self.steps]
        return [powers[: lag + 1, None, None] * term[:, 0] for lag, term in enumerate(by_lag)]


def _random_layer() -> Recurrent:
    """A network as `LSTMCell` starts, but for its forget bias of 0; the same in every run."""
    return _fresh(1, _UNITS, forget_bias=0.0)


def _fresh(input_size: int, hidden_size: int, **options: Any) -> Recurrent:
    """A new layer that leaves the reader's random numbers alone."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return Recurrent(LSTMCell, input_size, hidden_size, **options)


def _parts(terms: Tensor) -> Tensor:
    """``⟨P, J⟩ / ‖J‖ / √H``: what each term ``P`` (…, H, H) adds to the size of their sum ``J``."""
    J = terms.sum(dim=0)
    return (terms * J).sum(dim=(-2, -1)) / J.norm() / J.shape[-1] ** 0.5


def _stretch(matrices: Tensor) -> Tensor:
    """``‖J‖_F / √H``: how much each matrix (…, H, H) stretches, in root mean square."""
    return matrices.norm(dim=(-2, -1)) / matrices.shape[-1] ** 0.5
