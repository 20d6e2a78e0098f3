"""The long short-term memory cell, as `torch.nn.LSTM` computes it, and its best-known variants."""

from __future__ import annotations

from typing import Any, ClassVar, NamedTuple

import torch
from torch import Tensor, nn

from rnnbook.cells import checks, init
from rnnbook.cells.base import Cell
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


class LSTMState(NamedTuple):
    """The state of an LSTM: hidden state ``h`` and cell state ``c``, each of shape (B, H)."""

    h: Tensor
    c: Tensor


class LSTMByHand(ByHand):
    """The LSTM over all steps; for the form that `torch.nn.LSTM` has.

    Forwards, ``tanh(a_g)`` is taken as ``2σ(2a_g) − 1``: torch's σ is several times faster than
    its tanh, and with ``a_g`` doubled one σ serves all four gates. In float32, ``g`` is then
    good to about 1e-7 as a whole, not in proportion to itself where it is tiny.
    """

    def forward(self, weights: dict[str, Any], projected: Tensor, state: LSTMState) -> Forward:
        """Forwards: keeps ``h``, ``c_0 … c_T``, the four gates, and ``tanh(c)``."""
        a, U = projected, weights["U"].t().clone(memory_format=torch.contiguous_format)
        T, B, H = a.shape[0], a.shape[1], a.shape[2] // 4
        for rows in (a[:, :, 2 * H : 3 * H], U[:, 2 * H : 3 * H]):
            rows.mul_(2)
        minus_1 = a.new_full((1,), -1)
        h, c, tanh_c = a.new_empty(T, B, H), a.new_empty(T + 1, B, H), a.new_empty(T, B, H)
        h_before, c_before = state.h, c[0].copy_(state.c)
        steps = zip(a, *a.split(H, dim=2), h, c[1:], tanh_c, strict=True)
        for a_t, i, f, g, o, h_t, c_t, tanh_c_t in steps:
            # a_t = W x_t + b + U h_{t-1}, in place, and in its place the gates
            a_t.addmm_(h_before, U).sigmoid_()
            torch.add(minus_1, g, alpha=2, out=g)
            # c_t = f_t ⊙ c_{t-1} + i_t ⊙ g_t
            torch.mul(f, c_before, out=c_t).addcmul_(i, g)
            # h_t = o_t ⊙ tanh(c_t)
            torch.mul(o, torch.tanh(c_t, out=tanh_c_t), out=h_t)
            h_before, c_before = h_t, c_t
        return Forward(h.clone(), (h[-1].clone(), c[-1].clone()), (a, h, c, tanh_c))

    def backward(
        self,
        weights: dict[str, Any],
        state: LSTMState,
        saved: tuple[Tensor, ...],
        doutput: Tensor,
        dlast: tuple[Tensor, ...],
    ) -> Backward:
        """Backwards: ``c`` hands on its gradient through ``f``, ``h`` through ``U``."""
        (gates, h, c, tanh_c), U = saved, weights["U"]
        H = doutput.shape[2]
        i, f, g, o = gates.split(H, dim=2)
        # What ∂ℓ/∂c_t is multiplied by on its way to c_{t-1}, a_i, a_f and a_g, and ∂ℓ/∂h_t to
        # a_o and c_t: known for every step before the first one back.
        blocks = gates.new_empty(*gates.shape[:2], 5, H)
        to_before, to_i, to_f, to_g, to_o = blocks.unbind(2)
        to_before.copy_(f)
        sigmoid_backward.grad_input(g, i, grad_input=to_i)
        sigmoid_backward.grad_input(c[:-1], f, grad_input=to_f)
        tanh_backward.grad_input(i, g, grad_input=to_g)
        sigmoid_backward.grad_input(tanh_c, o, grad_input=to_o)
        h_to_c = tanh_backward(o, tanh_c)
        from_c = blocks[:, :, :4].transpose(1, 2)  # (T, 4, B, H), so that (B, H) fits each block
        da = blocks[:, :, 1:].flatten(2)  # where the gradients of a_t will stand
        dh, dc = dlast[0].clone(), dlast[1]
        for da_t, from_c_t, to_before_t, to_o_t, to_c, direct in backwards(
            da, from_c, to_before, to_o, h_to_c, doutput
        ):
            # ∂ℓ/∂h_t: directly, and through the gates of step t+1
            dh += direct
            # ∂ℓ/∂c_t: through c_{t+1}, and through h_t
            dc = torch.addcmul(dc, dh, to_c)
            to_o_t.mul_(dh)
            from_c_t.mul_(dc)
            # what the state before gets: c_{t-1} through f_t alone, h_{t-1} through a_t
            dc = to_before_t
            torch.mm(da_t, U, out=dh)
        return Backward(da, (dh, dc), {"U": over_time(da, one_earlier(state.h, h))})


class LSTMCell(Cell):
    """The LSTM: a cell state ``c`` that is kept, written and read through gates.

    ``W``, ``U`` and ``b`` hold one block of ``H`` rows for each of ``i f g o``, in torch's order,
    without ``f`` where there is no forget gate to learn (``coupled=True``, ``forget=False``).

    Args:
        input_size: ``D``, the number of features of one input.
        hidden_size: ``H``, the number of hidden units.
        peepholes: whether the gates also look at the cell state, each unit at its own: ``i`` and
            ``f`` at ``c_{t-1}``, ``o`` at ``c_t``. Their weights are ``P``, a row of ``H`` for
            each such gate, in the order ``i f o``.
        coupled: whether ``f = 1 − i``: a unit forgets as much as it writes.
        forget: whether there is a forget gate; without one, ``f = 1``, the carousel of 1997.
        forget_bias: start ``b_f`` at exactly this number; drawn like the others if not given.
        bias: whether there is a bias ``b``.
        dtype: of the parameters.
        device: of the parameters.

    Gates ``i f g o`` can be traced and clamped (no ``f`` with ``forget=False``). In a coupled
    cell, a clamp on ``i`` moves ``f`` with it; a clamp on ``f`` acts on ``f`` alone.

    Raises:
        TypeError, ValueError: as `Cell`, and if options contradict each other.

    Source: Hochreiter & Schmidhuber (1997); the forget gate: Gers, Schmidhuber & Cummins (2000);
    peepholes: Gers & Schmidhuber (2000); coupled gates: Greff et al. (2017). With peepholes or
    coupled gates it computes what ONNX's LSTM operator defines (``P``, ``input_forget=1``).
    """

    State: ClassVar[Any] = LSTMState
    gates: tuple[str, ...] = ("i", "f", "g", "o")
    torch_class: ClassVar[Any] = nn.LSTM
    by_hand: Any = LSTMByHand()
    missing: str = ""
    """Blocks that a subclass does without, as well as ``f``."""
    P: nn.Parameter | None

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        *,
        peepholes: bool = False,
        coupled: bool = False,
        forget: bool = True,
        forget_bias: float | None = None,
        bias: bool = True,
        dtype: torch.dtype | None = None,
        device: torch.device | str | None = None,
    ) -> None:
        for name, option in (("peepholes", peepholes), ("coupled", coupled), ("forget", forget)):
            checks.flag(name, option)
        if coupled and not forget:
            raise ValueError("coupled must be False where forget is False: f cannot be 1 − i and 1")
        if forget_bias is not None and not (bias and forget):
            raise ValueError("forget_bias needs bias=True and forget=True")
        blocks = "ifgo" if forget and not coupled else "igo"
        self.block_names = tuple(name for name in blocks if name not in self.missing)
        self.peepholes, self.coupled, self.forget = peepholes, coupled, forget
        self.forget_bias = forget_bias
        if peepholes or coupled or not forget:
            self.by_hand = None
        if not forget:
            self.gates = ("i", "g", "o")
        peeping = len(self.block_names) - 1  # every gate but g, which is none
        super().__init__(
            input_size,
            hidden_size,
            rows=len(self.block_names),
            bias=bias,
            extra={"P": (peeping, hidden_size) if peepholes else None},
            dtype=dtype,
            device=device,
        )

    def reset_parameters(self) -> None:
        """Draw every parameter anew; then set the forget gate's bias, where one is wanted."""
        super().reset_parameters()
        if self.forget_bias is not None:
            init.forget_bias(self, self.forget_bias)

    def step(self, projected_t: Tensor, state: LSTMState) -> LSTMState:
        """One step; what stands in square brackets comes with peepholes.

        Args:
            projected_t: ``W x_t + b``, shape (B, 4H); (B, 3H) without a block for ``f``.
            state: ``h_{t-1}`` and ``c_{t-1}``, each (B, H).

        Returns:
            ``h_t`` and ``c_t``, each (B, H).
        """
        h, c = state
        # a = W x_t + b + U h_{t-1}, then cut into a block for each gate
        a = self._by_gate(projected_t + nn.functional.linear(h, self.U))
        # i_t = σ(a_i [+ p_i ⊙ c_{t-1}])
        i = self.gate("i", torch.sigmoid(self._peep(a, "i", c)))
        # f_t = σ(a_f [+ p_f ⊙ c_{t-1}])
        f = self._forget_gate(a, i, c)
        # g_t = tanh(a_g)
        g = self.gate("g", torch.tanh(a["g"]))
        # c_t = f_t ⊙ c_{t-1} + i_t ⊙ g_t
        c = f * c + i * g
        # o_t = σ(a_o [+ p_o ⊙ c_t])
        o = self.gate("o", torch.sigmoid(self._peep(a, "o", c)))
        # h_t = o_t ⊙ tanh(c_t)
        return LSTMState(o * torch.tanh(c), c)

    def _forget_gate(self, a: dict[str, Tensor], i: Tensor, c: Tensor) -> Tensor | float:
        if not self.forget:
            return 1.0
        return self.gate("f", 1 - i if self.coupled else torch.sigmoid(self._peep(a, "f", c)))

    def _by_gate(self, a: Tensor) -> dict[str, Tensor]:
        return dict(zip(self.block_names, a.split(self.hidden_size, dim=1), strict=True))

    def _peep(self, a: dict[str, Tensor], gate: str, c: Tensor) -> Tensor:
        if self.P is None:
            return a[gate]
        row = [name for name in self.block_names if name != "g"].index(gate)
        return a[gate] + self.P[row] * c

    def options_to_torch(self) -> dict[str, Any]:
        """The bias, for `torch.nn.LSTM`.

        Raises:
            TypeError: if the cell has an option that `torch.nn.LSTM` has not.
        """
        for option, plain in (("peepholes", False), ("coupled", False), ("forget", True)):
            if getattr(self, option) is not plain:
                raise TypeError(f"torch.nn.LSTM has no counterpart of {option}={not plain}")
        return super().options_to_torch()
