"""The LSTM with peepholes, less one of its parts."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from rnnbook.cells import LSTMCell, LSTMState

MISSING = {"input gate": "i", "output gate": "o"}
PARTS = (
    *("", "input gate", "forget gate", "output gate"),
    *("input activation", "output activation", "peepholes"),
)


class AblatedLSTMCell(LSTMCell):
    """An LSTM with peepholes that does without one part from the start, weights and all.

    Without a gate, 1 stands in its place; without an activation, what it would have squashed.
    With ``coupled=True`` and nothing missing it is the variant whose input and forget gate are
    coupled.

    Args:
        input_size: ``D``.
        hidden_size: ``H``.
        without: ``input gate``, ``forget gate``, ``output gate``, ``input activation`` (the tanh
            of ``g``), ``output activation`` (the tanh of ``c`` on its way to ``h``) or
            ``peepholes``; nothing if not given.
        **options: of `LSTMCell`, less ``peepholes`` and ``forget``.

    Raises:
        ValueError: if there is no such part.

    Source: Greff et al. (2017), where the eight variants are NIG, NFG, NOG, NIAF, NOAF, NP, CIFG
    and FGR. The last, in which the gates see each other's last values too, is not here.
    """

    def __init__(
        self, input_size: int, hidden_size: int, *, without: str = "", **options: Any
    ) -> None:
        if without not in PARTS:
            known = ", ".join(PARTS[1:])
            raise ValueError(f"without must be one of {known}, got {without!r}")
        self.without, self.missing = without, MISSING.get(without, "")
        super().__init__(
            input_size,
            hidden_size,
            peepholes=without != "peepholes",
            forget=without != "forget gate",
            **options,
        )
        self.gates = tuple(gate for gate in self.gates if gate != self.missing)

    def step(self, projected_t: Tensor, state: LSTMState) -> LSTMState:
        """One step: ``W x_t + b``, ``h_{t-1}`` and ``c_{t-1}`` give ``h_t`` and ``c_t`` (B, H)."""
        h, c = state
        # a = W x_t + b + U h_{t-1}, then cut into a block for each gate that there is
        a = self._by_gate(projected_t + nn.functional.linear(h, self.U))
        i = self._open("i", a, c)
        f = self._forget_gate(a, i, c)
        g = self.gate("g", a["g"] if self.without == "input activation" else torch.tanh(a["g"]))
        c = f * c + i * g
        o = self._open("o", a, c)
        return LSTMState(o * (c if self.without == "output activation" else torch.tanh(c)), c)

    def _open(self, gate: str, a: dict[str, Tensor], c: Tensor) -> Tensor:
        """``σ(a + p ⊙ c)``, or 1 where there is no such gate."""
        if gate == self.missing:
            return torch.ones_like(c)
        return self.gate(gate, torch.sigmoid(self._peep(a, gate, c)))
