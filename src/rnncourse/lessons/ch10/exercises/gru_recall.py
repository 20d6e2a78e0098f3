"""Exercise: the gates with which a GRU recalls one step of many, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from rnncourse.checking.exercise import Complaint, Exercise, Mistake, Tensors

STEPS, RECALLED = 12, 5
"""``T`` and the step that is to be recalled, counted from 1."""

_SEQUENCES, _INPUTS, _UNITS = 4, 2, 3
_SEED = 10
_FELT = 1e-9

Gates = tuple[Tensor, Tensor]


@dataclass(frozen=True, kw_only=True)
class RecallExercise(Exercise):
    """Judges gates by the last state of a GRU that they run: which gates make no odds is free."""

    def behaviour(self, returned: Tensors) -> Tensors:
        """Run sequences through a drawn GRU and return ``h_T``, (B, H), and what it depends on.

        The second tensor, (T + 1), is how far ``h_T`` follows ``h_0``, ``x_1`` … ``x_T``.
        """
        self.require_shapes(returned, {})
        for name, gate in zip(self.returns, returned, strict=True):
            if not ((gate >= 0) & (gate <= 1)).all():
                raise Complaint(
                    f"{name} holds a number that is not between 0 and 1. Asked are the gates "
                    "themselves, not the sums that go into their sigmoids."
                )
        r, z = returned
        h_0, x, *weights = _drawn()
        with torch.enable_grad():
            for tensor in (h_0, x):
                tensor.requires_grad_()
            h_n = _run((r, z), h_0, x, *weights)
            to_start, to_inputs = torch.autograd.grad(h_n.sum(), (h_0, x))
        felt = torch.cat([to_start.norm()[None], to_inputs.norm(dim=(1, 2))])
        return h_n.detach(), felt

    def alike(self, mine: Tensors, other: Tensors) -> bool:
        """Compare the last states."""
        return torch.allclose(mine[0], other[0], rtol=0, atol=_FELT)

    def explain(self, mine: Tensors, expected: Tensors) -> str:
        """Say what the last state depends on, and how far it is off."""
        names = ["h_0", *(f"x_{t}" for t in range(1, STEPS + 1))]
        felt = [name for name, size in zip(names, mine[1], strict=True) if size > _FELT]
        on = f"{', '.join(felt[:-1])} and {felt[-1]}" if len(felt) > 1 else "".join(felt)
        off = (mine[0] - expected[0]).abs().max().item()
        return (
            f"with your gates h_{STEPS} depends on {on or 'nothing'}; it should be "
            f"tanh(W x_{RECALLED} + b), and depend on x_{RECALLED} alone. "
            f"It is up to {off:.2g} away from that."
        )


def _drawn() -> tuple[Tensor, ...]:
    """Draw ``h_0`` (B, H), ``x`` (T, B, D), ``W`` (H, D), ``U`` (H, H), ``b`` and ``b_U`` (H)."""
    generator = torch.Generator(device="cpu").manual_seed(_SEED)
    H, D, B = _UNITS, _INPUTS, _SEQUENCES
    return tuple(
        torch.rand(size, generator=generator, dtype=torch.float64, device="cpu") * 2 - 1
        for size in ((B, H), (STEPS, B, D), (H, D), (H, H), (H,), (H,))
    )


def _run(
    gates: Gates, h: Tensor, x: Tensor, W: Tensor, U: Tensor, b: Tensor, b_U: Tensor
) -> Tensor:
    for r_t, z_t, x_t in zip(*gates, x, strict=True):
        # n_t = tanh(W x_t + b + r_t ⊙ (U h_{t-1} + b_U))
        n = torch.tanh(x_t @ W.T + b + r_t * (h @ U.T + b_U))
        # h_t = (1 − z_t) ⊙ n_t + z_t ⊙ h_{t-1}
        h = (1 - z_t) * n + z_t * h
    return h


def gates() -> Gates:
    """``r`` and ``z``, (T) each, such that ``h_12 = tanh(W x_5 + b)`` whatever else came."""
    return _gates()


def _gates(
    *, at: int = RECALLED, r: float = 0.0, r_at: float = 0.0, before: float = 1.0,
    z_at: float = 0.0, after: float = 1.0,
) -> Gates:  # fmt: skip
    """Gates that do something at a step, counted from 1, and else what is said."""
    z = torch.full((STEPS,), before)
    z[at - 1], z[at:] = z_at, after
    reset = torch.full((STEPS,), r)
    reset[at - 1] = r_at
    return reset, z


def _with(**changes: float) -> Callable[[], Gates]:
    return lambda: _gates(**changes)  # type: ignore[arg-type]


MISTAKES = (
    Mistake(
        "last-input",
        f"h_{STEPS} is tanh(W x_{STEPS} + b): the last step replaces everything, since z is 0 "
        "there. In this book z = 1 keeps; at which steps must the state be kept?",
        _with(before=0.0, after=0.0),
    ),
    Mistake(
        "z-turned-round",
        f"every input has its say but x_{RECALLED}: z is 1 at that step, and 0 at all others. In "
        "this book z = 1 keeps.",
        _with(r=1.0, r_at=1.0, before=0.0, z_at=1.0, after=0.0),
    ),
    Mistake(
        "candidate-looks-back",
        f"the right step is written, and held. But r is 1 at step {RECALLED}, so that its "
        f"candidate looks at h_{RECALLED - 1} as well.",
        _with(r_at=1.0),
    ),
    Mistake(
        "whole-past",
        f"a simple network runs up to step {RECALLED}, and what it ends with is held. Only "
        f"x_{RECALLED} should be in it: which gate hides the past from a candidate?",
        _with(r=1.0, r_at=1.0, before=0.0),
    ),
    Mistake(
        "simple-network",
        "with r = 1 and z = 0 at every step this is a simple network: every input has its say.",
        _with(r=1.0, r_at=1.0, before=0.0, after=0.0),
    ),
    Mistake(
        "goes-on-afterwards",
        f"x_{RECALLED} is taken up alone, and then the later inputs come in: from there on it is "
        "a simple network. Which gate has to hold it? (r is the first that you return.)",
        _with(r=1.0, before=0.0, after=0.0),
    ),
    Mistake(
        "nothing-written",
        f"h_{STEPS} is h_0: z is 1 at every step, so nothing is ever written, whatever r says.",
        _with(z_at=1.0),
    ),
    Mistake(
        "half-written",
        f"at step {RECALLED} one half of the old state stays, because z is ½ there. All of it is "
        "to be replaced.",
        _with(z_at=0.5),
    ),
    Mistake(
        "half-kept",
        f"after step {RECALLED} z is ½: at each step one half is replaced, and by the end little "
        "is left.",
        _with(after=0.5),
    ),
    Mistake(
        "half-kept-looking-back",
        f"after step {RECALLED} z is ½, and r lets the later candidates look back: what was "
        "taken up is mixed with all that follows. z must be 1 there, and then r is free.",
        _with(r=1.0, after=0.5),
    ),
    Mistake(
        "all-half",
        "both gates are ½ at every step, close to where torch starts them. Which of them must be "
        "0 or 1, and when?",
        _with(r=0.5, r_at=0.5, before=0.5, z_at=0.5, after=0.5),
    ),
    Mistake(
        "one-late",
        f"the step that is recalled is step {RECALLED + 1}. Python counts from 0: x_{RECALLED} "
        f"is x[{RECALLED - 1}].",
        _with(at=RECALLED + 1),
    ),
    Mistake(
        "one-early",
        f"the step that is recalled is step {RECALLED - 1}. Python counts from 0: x_{RECALLED} "
        f"is x[{RECALLED - 1}].",
        _with(at=RECALLED - 1),
    ),
    Mistake(
        "counted-from-the-end",
        f"the step that is recalled is step {STEPS + 1 - RECALLED}, the fifth from the end.",
        _with(at=STEPS + 1 - RECALLED),
    ),
)

EXERCISE = RecallExercise(
    name="gru-recall",
    title="Recall one step, and nothing else",
    takes={},
    returns={"r": str(STEPS), "z": str(STEPS)},
    reference=gates,
    mistakes=MISTAKES,
)
