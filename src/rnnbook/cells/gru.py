"""The gated recurrent unit, as `torch.nn.GRU` computes it, and as it was first described."""

from __future__ import annotations

from typing import Any, ClassVar, Self

import torch
from torch import Tensor, nn

from rnnbook.cells import checks
from rnnbook.cells.base import Cell, HiddenState
from rnnbook.cells.by_hand import (
    Backward,
    ByHand,
    Forward,
    backwards,
    one_earlier,
    over_time,
    sigmoid_backward,
    tanh_backward,
)


class GRUByHand(ByHand):
    """The GRU over all steps; for the form that `torch.nn.GRU` has."""

    weights: ClassVar[set[str]] = {"W", "U", "b", "b_U"}

    def forward(self, weights: dict[str, Any], projected: Tensor, state: HiddenState) -> Forward:
        """Forwards: keeps ``h``, the gates, and ``q_t = U_n h_{t-1} + b_U``."""
        a, U, b_U = projected, weights["U"], weights.get("b_U")
        H = a.shape[2] // 3
        U_rz, U_n = U[: 2 * H].t(), U[2 * H :].t()
        b_U = a.new_zeros(H) if b_U is None else b_U
        h, q = a.new_empty(2, *a.shape[:2], H)
        h_before = state.h
        steps = zip(a[:, :, : 2 * H], *a.split(H, dim=2), q, h, strict=True)
        for r_and_z, r, z, n, q_t, h_t in steps:
            # r_t and z_t = σ(W x_t + b + U h_{t-1}), in place
            r_and_z.addmm_(h_before, U_rz).sigmoid_()
            # n_t = tanh(W_n x_t + b_n + r_t ⊙ q_t), in place
            torch.addmm(b_U, h_before, U_n, out=q_t)
            n.addcmul_(r, q_t).tanh_()
            # h_t = (1 − z_t) ⊙ n_t + z_t ⊙ h_{t-1}
            h_before = torch.lerp(n, h_before, z, out=h_t)
        return Forward(h.clone(), (h[-1].clone(),), (a, q, h))

    def backward(
        self,
        weights: dict[str, Any],
        state: HiddenState,
        saved: tuple[Tensor, ...],
        doutput: Tensor,
        dlast: tuple[Tensor, ...],
    ) -> Backward:
        """Backwards: ``h`` hands on its gradient through ``z`` and through ``U``."""
        (gates, q, h), U = saved, weights["U"]
        h_before, H = one_earlier(state.h, h), doutput.shape[2]
        r, z, n = gates.split(H, dim=2)
        # What ∂ℓ/∂h_t is multiplied by on its way to a_r, a_z and q_t, and to a_n: known for
        # every step before the first one back.
        to_n = tanh_backward(1 - z, n)
        du = torch.empty_like(gates)  # gradients of U h_{t-1}
        slopes = du.unflatten(2, (3, H))
        torch.mul(to_n, sigmoid_backward(q, r), out=slopes[:, :, 0])
        sigmoid_backward.grad_input(h_before - n, z, grad_input=slopes[:, :, 1])
        torch.mul(to_n, r, out=slopes[:, :, 2])
        (dh,) = dlast
        for du_t, slopes_t, to_n_t, z_t, direct in backwards(du, slopes, to_n, z, doutput):
            # ∂ℓ/∂h_t: directly, and through h_{t+1}
            dh = direct + dh
            slopes_t.mul_(dh.unsqueeze(1))
            to_n_t.mul_(dh)
            # what h_{t-1} gets: through z_t, and through U
            dh = torch.addmm(dh * z_t, du_t, U)
        gradients = {"U": over_time(du, h_before)}
        if "b_U" in weights:
            gradients["b_U"] = du[:, :, 2 * H :].sum((0, 1))
        # a_r and a_z hold the sum of W x_t + b and U h_{t-1}; a_n has only q_t's share of it
        da = du
        da[:, :, 2 * H :] = to_n
        return Backward(da, (dh,), gradients)


class GRUCell(Cell):
    """The GRU: ``h_t = (1 − z_t) ⊙ n_t + z_t ⊙ h_{t-1}``, so ``z = 1`` keeps.

    ``W``, ``U`` and ``b`` hold one block of ``H`` rows for each of ``r z n``, in torch's order.

    Args:
        input_size: ``D``, the number of features of one input.
        hidden_size: ``H``, the number of hidden units.
        reset_after: where the reset gate acts. True, as in `torch.nn.GRU`: on the product,
            ``n_t = tanh(W_n x_t + b_n + r_t ⊙ (U_n h_{t-1} + b_U))``. False, as first described:
            on the state, ``n_t = tanh(W_n x_t + b_n + U_n (r_t ⊙ h_{t-1}))``.
        bias: whether there are biases ``b`` and, with ``reset_after``, ``b_U`` (H): the part of
            torch's second bias that the reset gate multiplies, so that it adds to no other.
        dtype: of the parameters.
        device: of the parameters.

    Gates ``r z n`` can be traced and clamped.

    Raises:
        TypeError, ValueError: as `Cell`.

    Source: Cho et al. (2014), which writes ``z`` for torch's; Chung et al. (2014) writes
    ``1 − z`` for it. ONNX's GRU operator has both forms: ``linear_before_reset`` is 1 for
    ``reset_after=True``, 0 for False.
    """

    gates = ("r", "z", "n")
    block_names = ("r", "z", "n")
    torch_class: ClassVar[Any] = nn.GRU
    by_hand: Any = GRUByHand()
    b_U: nn.Parameter | None

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        *,
        reset_after: bool = True,
        bias: bool = True,
        dtype: torch.dtype | None = None,
        device: torch.device | str | None = None,
    ) -> None:
        self.reset_after = checks.flag("reset_after", reset_after)
        if not reset_after:
            self.by_hand = None
        super().__init__(
            input_size,
            hidden_size,
            rows=3,
            bias=bias,
            extra={"b_U": (hidden_size,) if reset_after and bias else None},
            dtype=dtype,
            device=device,
        )

    def step(self, projected_t: Tensor, state: HiddenState) -> HiddenState:
        """One step.

        Args:
            projected_t: ``W x_t + b``, shape (B, 3H).
            state: ``h_{t-1}``, shape (B, H).

        Returns:
            ``h_t``, shape (B, H).
        """
        h, H = state.h, self.hidden_size
        if not self.reset_after:
            return self._step_reset_before(projected_t, h)
        # W x_t + b and U h_{t-1}, each cut into a block for each gate
        W_r, W_z, W_n = projected_t.split(H, dim=1)
        U_r, U_z, U_n = nn.functional.linear(h, self.U).split(H, dim=1)
        # r_t = σ(W_r x_t + b_r + U_r h_{t-1})
        r = self.gate("r", torch.sigmoid(W_r + U_r))
        # z_t = σ(W_z x_t + b_z + U_z h_{t-1})
        z = self.gate("z", torch.sigmoid(W_z + U_z))
        # n_t = tanh(W_n x_t + b_n + r_t ⊙ (U_n h_{t-1} + b_U))
        n = self.gate("n", torch.tanh(W_n + r * (U_n if self.b_U is None else U_n + self.b_U)))
        # h_t = (1 − z_t) ⊙ n_t + z_t ⊙ h_{t-1}
        return HiddenState((1 - z) * n + z * h)

    def _step_reset_before(self, projected_t: Tensor, h: Tensor) -> HiddenState:
        H = self.hidden_size
        W_r, W_z, W_n = projected_t.split(H, dim=1)
        U_r, U_z = nn.functional.linear(h, self.U[: 2 * H]).split(H, dim=1)
        # r_t = σ(W_r x_t + b_r + U_r h_{t-1})
        r = self.gate("r", torch.sigmoid(W_r + U_r))
        # z_t = σ(W_z x_t + b_z + U_z h_{t-1})
        z = self.gate("z", torch.sigmoid(W_z + U_z))
        # n_t = tanh(W_n x_t + b_n + U_n (r_t ⊙ h_{t-1}))
        n = self.gate("n", torch.tanh(W_n + nn.functional.linear(r * h, self.U[2 * H :])))
        # h_t = (1 − z_t) ⊙ n_t + z_t ⊙ h_{t-1}
        return HiddenState((1 - z) * n + z * h)

    def options_to_torch(self) -> dict[str, Any]:
        """The bias, for `torch.nn.GRU`.

        Raises:
            TypeError: if the reset gate acts before the product: `torch.nn.GRU` cannot.
        """
        if not self.reset_after:
            raise TypeError("torch.nn.GRU has no counterpart of reset_after=False")
        return super().options_to_torch()

    @torch.no_grad()
    def load_torch(self, W: Tensor, U: Tensor, b_W: Tensor | None, b_U: Tensor | None) -> Self:
        """Copy torch's weights; of its second bias, only ``n``'s part is kept by itself."""
        if b_W is None or b_U is None or self.b_U is None:
            return super().load_torch(W, U, None, None)
        r_and_z, n = b_U.split([2 * self.hidden_size, self.hidden_size])
        super().load_torch(W, U, b_W, torch.cat([r_and_z, torch.zeros_like(n)]))
        self.b_U.copy_(n)
        return self

    def freeze_as_torch(self, W: Tensor, U: Tensor, b_W: Tensor | None, b_U: Tensor | None) -> Self:
        """Let learn what learns in torch; ``b_U`` is made from torch's second bias alone."""
        if b_U is not None and self.b_U is not None:
            self.b_U.requires_grad_(b_U.requires_grad)
        return super().freeze_as_torch(W, U, b_W, b_U)

    def torch_weights(self) -> tuple[Tensor, Tensor, Tensor | None, Tensor | None]:
        """The weights as `torch.nn.GRU` keeps them: its second bias is zero but for ``n``."""
        W, U, b, _ = super().torch_weights()
        if b is None or self.b_U is None:
            return W, U, None, None
        return W, U, b, torch.cat([self.b_U.new_zeros(2 * self.hidden_size), self.b_U])
