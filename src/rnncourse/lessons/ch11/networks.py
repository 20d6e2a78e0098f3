"""The three layers that are compared: of one hidden size, or of as many parameters."""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor, nn

from rnncourse.experiments.protocol import set_bias

LAYERS: dict[str, Callable[[int, int], nn.RNNBase]] = {
    "simple": nn.RNN,
    "lstm": nn.LSTM,
    "gru": nn.GRU,
}
KEPT = 3.0
"""What the bias of the keeping gate starts at where it does not start as torch draws it."""


class Network(nn.Module):
    """A recurrent layer of `torch.nn` and a linear read-out at every step.

    Args:
        cell: ``simple``, ``lstm`` or ``gru``.
        input_size: ``D``.
        hidden_size: ``H``.
        output_size: scores a step.
        start: ``stock``, as torch draws it; or ``kept``: what helps to keep, at the start. Of an
            LSTM and a GRU that is a bias of 3 for the forget or the update gate; of a simple
            layer, which has no gate, an orthogonal recurrent matrix.
    """

    def __init__(
        self, cell: str, input_size: int, hidden_size: int, output_size: int, start: str = "stock"
    ) -> None:
        super().__init__()
        self.layer = LAYERS[cell](input_size, hidden_size)
        self.readout = nn.Linear(hidden_size, output_size)
        if start == "kept":
            if cell == "simple":
                nn.init.orthogonal_(self.layer.all_weights[0][1])  # U
            else:
                set_bias(self.layer, "f" if cell == "lstm" else "z", KEPT)

    def forward(self, x: Tensor) -> Tensor:
        """From inputs (T, B, D) to scores (T, B, output_size)."""
        return self.readout(self.layer(x)[0])


def parameters(cell: str, input_size: int, hidden_size: int, output_size: int) -> int:
    """How many a `Network` has, torch's second bias of each gate included."""
    gates = {"simple": 1, "lstm": 4, "gru": 3}[cell]
    H = hidden_size
    return gates * H * (input_size + H + 2) + output_size * (H + 1)


def hidden_size(cell: str, input_size: int, output_size: int, budget: int) -> int:
    """The largest hidden size with at most so many parameters."""
    H = 1
    while parameters(cell, input_size, H + 1, output_size) <= budget:
        H += 1
    return H
