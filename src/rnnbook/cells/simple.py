"""The simple recurrent cell of Elman (1990), as `torch.nn.RNN` computes it."""

from __future__ import annotations

from typing import Any, ClassVar

import torch
from torch import Tensor, nn

from rnnbook.cells.base import Cell, HiddenState

NONLINEARITIES = {"tanh": torch.tanh, "relu": torch.relu}


class SimpleCell(Cell):
    """The simple recurrent cell: ``h_t = tanh(W x_t + U h_{t-1} + b)``.

    Args:
        input_size: ``D``, the number of features of one input.
        hidden_size: ``H``, the number of hidden units.
        nonlinearity: ``"tanh"`` or ``"relu"``.
        bias: whether there is a bias ``b``.
        dtype: of the parameters.
        device: of the parameters.

    Raises:
        ValueError: if a size is not a positive int or the nonlinearity is unknown.

    Source: Elman (1990), Finding structure in time.
    """

    torch_class: ClassVar[Any] = nn.RNN

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        *,
        nonlinearity: str = "tanh",
        bias: bool = True,
        dtype: torch.dtype | None = None,
        device: torch.device | str | None = None,
    ) -> None:
        if nonlinearity not in NONLINEARITIES:
            raise ValueError(f"nonlinearity must be 'tanh' or 'relu', got {nonlinearity!r}")
        super().__init__(input_size, hidden_size, bias=bias, dtype=dtype, device=device)
        self.nonlinearity = nonlinearity
        self.activation = NONLINEARITIES[nonlinearity]

    def step(self, projected_t: Tensor, state: HiddenState) -> HiddenState:
        """One step.

        Args:
            projected_t: ``W x_t + b``, shape (B, H).
            state: ``h_{t-1}``, shape (B, H).

        Returns:
            ``h_t``, shape (B, H).
        """
        # h_t = tanh(W x_t + b + U h_{t-1})
        return HiddenState(self.activation(projected_t + nn.functional.linear(state.h, self.U)))

    @classmethod
    def options_from_torch(cls, module: nn.RNNBase) -> dict[str, Any]:
        """The nonlinearity and the bias of a `torch.nn.RNN`."""
        return {"bias": module.bias, "nonlinearity": module.nonlinearity}

    def options_to_torch(self) -> dict[str, Any]:
        """The nonlinearity and the bias, for `torch.nn.RNN`."""
        return {"bias": self.b is not None, "nonlinearity": self.nonlinearity}
