"""The simple recurrent cell of Elman (1990), as `torch.nn.RNN` computes it."""

from __future__ import annotations

from typing import Any, ClassVar

import torch
from torch import Tensor, nn

from rnnbook.cells.base import Cell, HiddenState
from rnnbook.cells.by_hand import Backward, ByHand, Forward, backwards, one_earlier, over_time

NONLINEARITIES = {"tanh": torch.tanh, "relu": torch.relu}
IN_PLACE = {"tanh": torch.tanh_, "relu": torch.relu_}


class SimpleByHand(ByHand):
    """The simple cell over all steps."""

    def __init__(self, nonlinearity: str) -> None:
        self.nonlinearity = nonlinearity

    def forward(self, weights: dict[str, Any], projected: Tensor, state: HiddenState) -> Forward:
        """Forwards: keeps ``h_1 … h_T``."""
        U, activation_ = weights["U"].t(), IN_PLACE[self.nonlinearity]
        h_before = state.h
        for h_t in projected:
            # h_t = tanh(W x_t + b + U h_{t-1}), in place of W x_t + b
            h_before = activation_(h_t.addmm_(h_before, U))
        return Forward(projected.clone(), (h_before.clone(),), (projected,))

    def backward(
        self,
        weights: dict[str, Any],
        state: HiddenState,
        saved: tuple[Tensor, ...],
        doutput: Tensor,
        dlast: tuple[Tensor, ...],
    ) -> Backward:
        """Backwards: a nonlinearity's slope is known from what it gave."""
        (h,), U = saved, weights["U"]
        da = torch.empty_like(h)
        # σ'(a_t): 1 − h_t² for tanh, 0 or 1 for relu
        slopes = 1 - h**2 if self.nonlinearity == "tanh" else (h > 0).to(h.dtype)
        dh = dlast[0]
        for da_t, direct, slope in backwards(da, doutput, slopes):
            # ∂ℓ/∂a_t = ∂ℓ/∂h_t ⊙ σ'(a_t), where h_t counts directly and through h_{t+1}
            torch.mul(direct + dh, slope, out=da_t)
            # what h_{t-1} gets through a_t
            dh = da_t @ U
        return Backward(da, (dh,), {"U": over_time(da, one_earlier(state.h, h))})


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
        TypeError, ValueError: as `Cell`, and if the nonlinearity is unknown.

    Source: Elman (1990), Finding structure in time.
    """

    torch_class: ClassVar[Any] = nn.RNN
    by_hand = SimpleByHand("tanh")

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
        if nonlinearity not in tuple(NONLINEARITIES):
            raise ValueError(f"nonlinearity must be 'tanh' or 'relu', got {nonlinearity!r}")
        super().__init__(input_size, hidden_size, bias=bias, dtype=dtype, device=device)
        self.nonlinearity = nonlinearity
        self.activation = NONLINEARITIES[nonlinearity]
        if self.by_hand:
            self.by_hand = SimpleByHand(nonlinearity)

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
