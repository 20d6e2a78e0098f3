"""Exercise: the gates with which a GRU recalls one step of many, and nothing else."""

from __future__ import annotations

import torch
from torch import Tensor

from rnncourse.checking.exercise import Complaint, Exercise, Mistake, Tensors

STEPS, RECALLED = 12, 5
"""``T`` and the step that is to be recalled, counted from 1."""

_SEQUENCES, _INPUTS, _UNITS = 4, 2, 3
_SEED = 10


class RecallExercise(Exercise):
    """Judges gates by the last state of a GRU that they run: which gates make no odds is free."""

    def behaviour(self, returned: Tensors) -> Tensors:
        """Run sequences through a drawn GRU and return ``h_T``, (B, H), and what it depends on.

        The second tensor, (T + 1), is how far ``h_T`` follows ``h_0``, ``x_1`` … ``x_T``.

        Raises:
            Complaint: A gate is something else than 0 or 1.
        """
        self.require_shapes(returned, {})
        for name, gate in zip(self.returns, returned, strict=True):
            between = (gate != 0) & (gate != 1)
            if between.any():
                index = int(between.nonzero()[0])
                raise Complaint(
                    f"{name}[{index}] is {gate[index].item():.10g}. Asked are gates with nothing "
                    "but zeros and ones in them: the gates themselves, not the sums that go into "
                    "their sigmoids.",
                    "not-0-or-1",
                )
        h_0, x, *weights = _drawn()
        with torch.enable_grad():
            for tensor in (h_0, x):
                tensor.requires_grad_()
            r, z = returned
            h_n = _run(r, z, h_0, x, *weights)
            to_start, to_inputs = torch.autograd.grad(h_n.sum(), (h_0, x))
        felt = torch.cat([to_start.norm()[None], to_inputs.norm(dim=(1, 2))])
        return h_n.detach(), felt

    def alike(self, mine: Tensors, other: Tensors) -> bool:
        """Compare the last states."""
        return torch.allclose(mine[0], other[0], *self.tolerance)

    def explain(self, mine: Tensors, expected: Tensors) -> str:
        """Say what the last state depends on, and which step is to blame."""
        names = ["h_0", *(f"x_{t}" for t in range(1, STEPS + 1))]
        felt = [name for name, size in zip(names, mine[1], strict=True) if size > 0]
        on = f"{', '.join(felt[:-1])} and {felt[-1]}" if len(felt) > 1 else felt[0]
        last = int(mine[1].nonzero()[-1])
        if last > RECALLED:
            why = f"Step {last} still writes, since z is 0 there."
        elif last == RECALLED:
            why = f"The candidate of step {RECALLED} looks back, since r is 1 there."
        else:
            why = f"Step {RECALLED} writes nothing, since z is 1 there."
        return (
            f"with your gates h_{STEPS} depends on {on}; it should depend on x_{RECALLED} alone. "
            f"{why}"
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
    r: Tensor, z: Tensor, h: Tensor, x: Tensor, W: Tensor, U: Tensor, b: Tensor, b_U: Tensor
) -> Tensor:
    for r_t, z_t, x_t in zip(r, z, x, strict=True):
        # n_t = tanh(W x_t + b + r_t ⊙ (U h_{t-1} + b_U))
        n = torch.tanh(x_t @ W.T + b + r_t * (h @ U.T + b_U))
        # h_t = (1 − z_t) ⊙ n_t + z_t ⊙ h_{t-1}
        h = (1 - z_t) * n + z_t * h
    return h


def gates() -> tuple[Tensor, Tensor]:
    """``r`` and ``z``, (T) each, such that ``h_12 = tanh(W x_5 + b)`` whatever else came."""
    r = torch.ones(12)
    z = torch.ones(12)
    r[4] = 0.0
    z[4] = 0.0
    return r, z


R, Z = "r = torch.ones(12)", "z = torch.ones(12)"
R_5, Z_5 = "r[4] = 0.0", "z[4] = 0.0"

EXERCISE = RecallExercise(
    name="gru-recall",
    title="Recall one step, and nothing else",
    level="transfer",
    minutes=10,
    objective="10.1",
    hints=(
        "Go backwards from h_12. Which gate decides whether the steps 6 to 12 change the state, "
        "and what must it be there?",
        "At step 5 the state must be replaced whole, and by a candidate that sees x_5 alone. One "
        "gate does the first, the other the second.",
        "z is 1 from step 6 on and 0 at step 5; r is 0 at step 5, and step 5 is index 4. All "
        "other places are yours to choose.",
    ),
    notice="r matters at one step of the twelve. Where z is 1, r may be what it likes: a reset "
    "gate at 0 erases nothing that is kept.",
    takes={},
    returns={"r": str(STEPS), "z": str(STEPS)},
    reference=gates,
    mistakes=(
        Mistake(
            "last-input",
            "h_12 is tanh(W_n x_12 + b_n): the last step replaces everything, since z is 0 "
            "there. In this book z = 1 keeps; at which steps must the state be kept?",
            {R: "r = torch.zeros(12)", Z: "z = torch.zeros(12)"},
        ),
        Mistake(
            "z-turned-round",
            "every input has its say but x_5: z is 1 at that step, and 0 at all others. In this "
            "book z = 1 keeps.",
            {Z: "z = torch.zeros(12)", Z_5: "z[4] = 1.0"},
        ),
        Mistake(
            "candidate-looks-back",
            "the right step is written, and held. But r is 1 at step 5, so that its candidate "
            "looks at the state before it as well.",
            {R_5: "r[4] = 1.0"},
        ),
        Mistake(
            "emptied-before",
            "step 4 replaces the state by what its candidate makes of x_4, and step 5, with r at "
            "1, looks back at that. A reset empties no state: r must be 0 where x_5 is written.",
            {"r[4]": "r[3]", Z_5: "z[3:5] = 0.0"},
        ),
        Mistake(
            "whole-past",
            "a simple network runs up to step 5, and what it ends with is held. Only x_5 should "
            "be in it: which gate hides the past from a candidate?",
            {R_5: "r[4] = 1.0", "z[4]": "z[:5]"},
        ),
        Mistake(
            "simple-network",
            "with r = 1 and z = 0 at every step this is a simple network: every input has its say.",
            {R_5: "r[4] = 1.0", Z: "z = torch.zeros(12)"},
        ),
        Mistake(
            "goes-on-afterwards",
            "x_5 is taken up alone, and then the later inputs come in: from there on it is a "
            "simple network. Which gate has to hold it? (r is the first that you return.)",
            {Z: "z = torch.zeros(12)"},
        ),
        Mistake(
            "nothing-written",
            "h_12 is h_0: z is 1 at every step, so nothing is ever written, whatever r says.",
            {Z_5: "z[4] = 1.0"},
        ),
        Mistake(
            "one-late",
            "what is recalled is step 6: z and r are 0 there. x_5 is x[4], and a slice up to 6 "
            "ends with index 5, which is step 6.",
            {"r[4]": "r[5]", "z[4]": "z[5]"},
        ),
        Mistake(
            "one-early",
            "what is recalled is step 4, the last at which z is 0. Python counts from 0: step 5 "
            "is index 4, and a slice [:4] ends with step 4.",
            {"r[4]": "r[3]", "z[4]": "z[3]"},
        ),
        Mistake(
            "one-late-looking-back",
            "step 6 is written, not step 5, and as r is 1 there its candidate looks at the state "
            "before it as well. Python counts from 0: step 5 is index 4.",
            {"z[4]": "z[5]"},
        ),
        Mistake(
            "counted-from-the-end",
            "what is recalled is step 8, the fifth from the end.",
            {"r[4]": "r[-5]", "z[4]": "z[-5]"},
        ),
    ),
)
