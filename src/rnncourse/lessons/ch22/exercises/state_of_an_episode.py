"""Exercise: a state that is carried as long as an episode lasts, to be mended."""

from __future__ import annotations

import torch
from torch import Tensor

from rnncourse.checking.exercise import Exercise, Mistake, Tensors


class EpisodesExercise(Exercise):
    """Draws where episodes end: within a stream and with it, never for all carts at one step."""

    def draw(self, generator: torch.Generator) -> list[Tensors]:
        """Draw the arguments; ``done`` holds bools, and the last cart's episode goes on."""
        trials: list[Tensors] = []
        for x, done, h, *weights in super().draw(generator):
            T, B = done.shape
            done = torch.randint(0, 10, (T, B), generator=generator, device="cpu") < 3
            if B > 1:
                done[:, -1] = False
                done[T - 1, 0] = True
            done[T // 2, B // 2 - 1] = True
            trials.append((x, done, h, *weights))
        return trials


def read_stream(
    x: Tensor, done: Tensor, h: Tensor, W: Tensor, U: Tensor, b: Tensor
) -> tuple[Tensor, Tensor]:
    """States (T, B, H) of a stream of observations, and those (B, H) to go on with.

    Args:
        x: observations, (T, B, D).
        done: true where an observation is the last of its episode, bools (T, B).
        h: the states before the first of them, (B, H).
        W: (H, D).
        U: (H, H).
        b: (H).
    """
    output = []
    for t in range(len(x)):
        new = torch.tanh(x[t] @ W.T + h @ U.T + b)
        output.append(new)
        h = new.masked_fill(done[t][:, None], 0.0)
    return torch.stack(output), h


LOOP = "for t in range(len(x)):\n"
CARRIED = "h @ U.T"
KEPT = "output.append(new)"
RESET = "new.masked_fill(done[t][:, None], 0.0)"
RETURN = "return torch.stack(output), h"
BEFORE = "        h = h.masked_fill(done[t][:, None], 0.0)\n"

EXERCISE = EpisodesExercise(
    name="state-of-an-episode",
    title="The state of an episode",
    level="find the fault",
    minutes=10,
    starred=True,
    objective="22.3",
    hints=(
        "Two carts, and the first one's episode ends with its third observation. Go through the "
        "loop by hand: which states does each cart read its third and its fourth observation with?",
        "Two things are wrong. The last observation of an episode still belongs to it, so the "
        "reset comes after it was read. And only the carts that are done lose their state.",
        "First the step and the append, with the state as it is. Then "
        "h = h.masked_fill(done[t][:, None], 0.0): a column of B flags meets B rows of H numbers.",
    ),
    notice="with the reset at the end of the loop, the state that is returned is ready for the "
    "next call. With one cart, or where all episodes end together, half of the fault would not "
    "have shown.",
    takes={"x": "T B D", "done": "T B", "h": "B H", "W": "H D", "U": "H H", "b": "H"},
    returns={"output": "T B H", "h_n": "B H"},
    places={"B": "cart {i}"},
    reference=read_stream,
    mistakes=(
        Mistake(
            "as-it-was",
            "it does what the colleague's does: where one cart is done, every cart loses its "
            "state, and before the last observation of the episode is read, not after it.",
            {
                LOOP: f"{LOOP}        h = torch.zeros_like(h) if done[t].any() else h\n",
                RESET: "new",
            },
        ),
        Mistake(
            "all-reset",
            "the reset comes at the right time, but where one cart is done, every cart loses its "
            "state. done[t] has a flag for each of them.",
            {RESET: "torch.zeros_like(new) if done[t].any() else new"},
        ),
        Mistake(
            "reset-before-the-last-observation",
            "only the carts that are done are reset now, but one step early: the last observation "
            "of an episode is read without its state. What follows it begins with zeros.",
            {LOOP: f"{LOOP}{BEFORE}", RESET: "new"},
        ),
        Mistake(
            "reset-twice",
            "a cart that is done is reset twice: before its last observation, and after it. Its "
            "last observation is read without its state; only the second is right.",
            {LOOP: f"{LOOP}{BEFORE}"},
        ),
        Mistake(
            "reset-one-step-late",
            "the reset comes one step late: the first observation of the next episode is still "
            "read with the old one's state.",
            {RESET: "new.masked_fill((done[t - 1] & (t > 0))[:, None], 0.0)"},
        ),
        Mistake(
            "not-ready-for-the-next-call",
            "the output is right. But where the last observation ends an episode, h_n is still the "
            "old one's state, and the next call would begin with it.",
            {RETURN: "return torch.stack(output), new"},
        ),
        Mistake(
            "flag-of-the-very-last-step",
            "before the first observation, done[t - 1] is done[-1]: the flag of the very last "
            "step. Nothing has ended yet when the first one is read; and what has ended with the "
            "last one is still in h_n.",
            {LOOP: f"{LOOP}{BEFORE.replace('done[t]', 'done[t - 1]')}", RESET: "new"},
        ),
        Mistake(
            "output-after-the-reset",
            "the reset comes before the output is kept: at the last step of each episode the "
            "output is 0, and what the policy knew there is lost.",
            {KEPT: "output.append(new.masked_fill(done[t][:, None], 0.0))"},
        ),
        Mistake(
            "never-reset",
            "no state is ever reset: each episode begins with what the one before has left.",
            {RESET: "new"},
        ),
        Mistake(
            "only-when-all-are-done",
            "states are reset only at steps where all carts are done. Each has an end of its own.",
            {RESET: "torch.zeros_like(new) if done[t].all() else new"},
        ),
        Mistake(
            "no-memory",
            "every observation is read with a state of zeros, as if the state were None at each "
            "step. That is a policy of one frame.",
            {CARRIED: "torch.zeros_like(h) @ U.T"},
        ),
        Mistake(
            "state-never-changes",
            "every observation is read with the state that came in: the new one is not carried to "
            "the next step.",
            {"h = new.masked_fill": "end = new.masked_fill", RETURN: f"{RETURN[:-1]}end"},
        ),
        Mistake(
            "begins-with-zeros",
            "the stream begins with zeros, and not with the state h that came in. Episodes that "
            "began in an earlier call go on in this one.",
            {"output = []": "output, h = [], torch.zeros_like(h)"},
        ),
        Mistake(
            "back-to-the-first-state",
            "a cart that is done goes back to the state that the call began with. That belongs to "
            "another episode; a new one begins with zeros.",
            {
                "output = []": "output, first = [], h",
                RESET: "torch.where(done[t][:, None], first, new)",
            },
        ),
        Mistake(
            "mask-inverted",
            "the carts whose episode goes on are reset, and those that are done keep their state. "
            "done is true where an episode ends.",
            {"(done[t]": "(~done[t]"},
        ),
        Mistake(
            "reset-for-ever",
            "once a cart was done, its state is reset at every later step: its second episode has "
            "no memory.",
            {"(done[t][": "(done[: t + 1].any(dim=0)["},
        ),
        Mistake(
            "observation-wiped",
            "it is the last observation of an episode that is set to zeros. The observation is to "
            "be read; it is the state that is reset, after it.",
            {"x[t] @": "x[t].masked_fill(done[t][:, None], 0.0) @", RESET: "new"},
        ),
        Mistake(
            "flags-without-an-axis",
            "done[t] (B) meets the states (B, H), and torch lines shapes up from the right. The "
            "flags need an axis more, so that they are a column.",
            {"done[t][:, None]": "done[t]"},
        ),
    ),
)
