"""The gradient playground: a simple RNN, an LSTM and a GRU train while the reader watches."""

from __future__ import annotations

from html import escape
from typing import Any

import matplotlib.pyplot as plt
import traitlets

from rnncourse import plots
from rnncourse.experiments import Recorded
from rnncourse.figures.base import Figure

_SETTINGS = (
    *("cell", "task", "lag", "hidden_size", "initialisation", "forget_bias"),
    *("optimizer", "learning_rate", "clip", "seed", "compare"),
)
_NAMES = {"simple": "simple", "relu": "simple (ReLU)", "lstm": "LSTM", "gru": "GRU"}


class Playground(Figure):
    """Cells that learn a task in the page, and the gradient that reaches each input meanwhile.

        Playground(stories=recorded("stories"))           # all stories, all settings
        Playground("opens", stories=recorded("stories"))  # one story within a chapter
        Playground(cell="gru", task="copy", lag=20)

    The network has one layer and a linear read-out, reads batches of 16 sequences, and is
    computed in single precision by the book's JavaScript. Settings beyond a slider's ends, or
    between its places, go to the nearest.

    Args:
        story: the short name of one of the stories. Only this one is told; its settings are folded
            away.
        stories: what was recorded of them: settings, ten seeds, a picture. Without a story and
            without settings, it starts as the first of them does.
        **settings: where it starts otherwise: any of the attributes down to ``compare``.

    Attributes:
        cell: ``"simple"`` (tanh), ``"relu"`` (simple with ReLU), ``"lstm"`` or ``"gru"``.
        task: ``"cue"``, ``"adding"``, ``"order"``, ``"echo"`` or ``"copy"``.
        lag: steps to be remembered across, 4 to 80; for adding and order the length ``T``.
        hidden_size: ``H``, 2 to 24.
        initialisation: ``"torch"``, ``"orthogonal"``, ``"identity"`` (of ``U``, biases 0) or
            ``"chrono"`` (torch's, with gate biases spread over the length).
        forget_bias: of the gate that keeps: the LSTM's ``b_f``, the GRU's ``b_z``; −2 to 6.
        optimizer: ``"sgd"`` or ``"adam"``.
        learning_rate: 0.001 to 3.
        clip: the length to which longer gradients are cut; 0 for never.
        seed: of weights and data, 0 to 9999.
        compare: train simple RNN, LSTM and GRU side by side, on the same data.
        compact: leave out the other stories.
        step: updates made so far. Read it; the figure writes it.
        results: for each cell ``loss`` and ``accuracy`` on held-out sequences (accuracy None for
            adding), ``reach`` (the gradient at the first input as a share of that at the last),
            ``gradient_norm`` before clipping, and ``diverged``. Written a few times a second.

    Raises:
        ValueError: if there is no such story among those recorded.
        traitlets.TraitError: if a setting is none of its choices.
    """

    name = "playground"

    cell = traitlets.Enum(["simple", "relu", "lstm", "gru"], "simple").tag(sync=True)
    task = traitlets.Enum(["cue", "adding", "order", "echo", "copy"], "cue").tag(sync=True)
    lag = traitlets.Int(40).tag(sync=True)
    hidden_size = traitlets.Int(16).tag(sync=True)
    initialisation = traitlets.Enum(["torch", "orthogonal", "identity", "chrono"], "torch").tag(
        sync=True
    )
    forget_bias = traitlets.Float(0.0).tag(sync=True)
    optimizer = traitlets.Enum(["sgd", "adam"], "adam").tag(sync=True)
    learning_rate = traitlets.Float(0.005).tag(sync=True)
    clip = traitlets.Float(1.0).tag(sync=True)
    seed = traitlets.Int(2).tag(sync=True)
    compare = traitlets.Bool(False).tag(sync=True)
    compact = traitlets.Bool(False).tag(sync=True)
    step = traitlets.Int(0).tag(sync=True)
    results = traitlets.Dict().tag(sync=True)

    def __init__(
        self, story: str | None = None, *, stories: Recorded | None = None, **settings: Any
    ) -> None:
        self._stories: dict[str, Any] = stories.info if stories else {}
        if story is not None and story not in self._stories:
            known = ", ".join(self._stories) or "those of stories=recorded('stories')"
            raise ValueError(f"story must be one of {known}, got {story!r}")
        start: dict[str, Any] = {}
        if self._stories and (story is not None or not settings):
            start = self._stories[story or next(iter(self._stories))]["settings"]
        super().__init__(**{"compact": story is not None, **start, **settings})

    def still(self) -> str:
        """The story's gradient and loss as recorded; of other settings, what they are."""
        told = next((told for told in self._stories.values() if self._tells(told)), None)
        if told is None:
            shown = ", ".join(f"{name} = {value}" for name, value in self._settings().items())
            return f"<p>The gradient playground, to be trained in the page: {escape(shown)}.</p>"
        picture = told["picture"]
        fig, (left, right) = plots.figure(width=7.2, height=3.0, ncols=2)
        T = len(next(iter(picture.values()))["first"])
        for cell, seen in picture.items():
            color = plots.COLORS["simple" if cell == "relu" else cell]
            name = _NAMES[cell] if len(picture) > 1 else ""
            left.semilogy(range(1, T + 1), _positive(seen["first"]), "--", color=color, lw=1.2)
            left.semilogy(range(1, T + 1), _positive(seen["last"]), color=color)
            steps, losses = zip(*seen["loss"], strict=True)
            right.semilogy(steps, losses, color=color)
            plots.end_label(right, steps[-1], losses[-1], name, color)
        baseline = next(iter(picture.values()))["baseline"]
        right.axhline(baseline, color=plots.COLORS["baseline"], linestyle="--")
        plots.end_label(right, 1, baseline, "baseline", plots.COLORS["baseline"], edge=True)
        left.set(xlabel="time t", ylabel=r"$\|\partial\ell/\partial x_t\|$")
        left.set_title(f"{told['name']} (dashed: at first)", loc="left")
        right.set(xlabel="training step", ylabel="loss")
        try:
            return plots.to_svg(fig, _alt(told))
        finally:
            plt.close(fig)

    def _settings(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in _SETTINGS}

    def _tells(self, told: dict[str, Any]) -> bool:
        return bool(told["settings"] == self._settings())


def _positive(norms: list[float]) -> list[float]:
    """What a logarithmic axis can show."""
    return [norm if norm else float("nan") for norm in norms]


def _alt(told: dict[str, Any]) -> str:
    seed = told["seeds"][told["settings"]["seed"]]
    each = [
        f"{_NAMES[cell]}: of the gradient at the last input a share of {end['reach_first']:.0e} "
        f"reaches the first one before training; after {told['steps']} steps the held-out loss "
        f"is {end['share']:.2g} times the baseline"
        for cell, end in seed.items()
    ]
    return f"{told['name']}. {'. '.join(each)}."
