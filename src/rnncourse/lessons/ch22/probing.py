"""What can be read of the state of the world: from a policy's memory, and from what it saw."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import torch
from torch import Generator, Tensor, nn

from rnnbook.cells.checks import positive_int
from rnnbook.tasks.cartpole import SECONDS, CartPole
from rnncourse.lessons.ch22.balancing import CAP, FORCE, SCALE, FramePolicy, MemoryPolicy
from rnncourse.lessons.ch22.balancing import run as act
from rnncourse.lessons.ch22.filters import KalmanFilter

NAMES = ("x", "speed", "angle", "turn")
"""The numbers of a state: metres, metres a second, radians, radians a second."""


class Watched(NamedTuple):
    """Runs of a policy that sees places, with all that can be read of them.

    Attributes:
        states: (T, B, 4), before each action.
        seen: what the policy read: position and angle, scaled and noisy, and the last action,
            (T, B, 3).
        memories: what it kept after reading it, or what its hidden layer says, (T, B, H).
        up: where the pole has not fallen, (T, B).
    """

    states: Tensor
    seen: Tensor
    memories: Tensor
    up: Tensor


@torch.no_grad()
def watch(
    policy: FramePolicy | MemoryPolicy,
    episodes: int,
    generator: Generator,
    *,
    steps: int = CAP,
    wipe_at: int | None = None,
) -> Watched:
    """Let a policy balance new poles, and keep what it reads and what it remembers.

    Args:
        policy: it must see places alone.
        episodes: poles, B.
        generator: of starts and noise.
        steps: T.
        wipe_at: the step before which its memory is taken away, if any.
    """
    positive_int("episodes", episodes)
    heard: list[Tensor] = []

    def listening(x: Tensor, memory: Any) -> tuple[Tensor, Any]:
        heard.append(x)
        return policy(x, memory)

    listening.seen = policy.seen  # type: ignore[attr-defined]
    ear: Any = listening
    start = CartPole().start(episodes, generator)
    done = act(
        ear, start, steps, generator, between=lambda t, memory: None if t == wipe_at else memory
    )
    up = torch.arange(steps)[:, None] < done.steps
    read = _hidden(policy) if isinstance(policy, FramePolicy) else _flat
    return Watched(done.states, torch.stack(heard), torch.stack([*map(read, done.memories)]), up)


def _hidden(policy: FramePolicy) -> Callable[[Tensor], Tensor]:
    first: nn.Module = policy.net[:2]
    return lambda frames: first(frames.flatten(1))


def _flat(memory: Any) -> Tensor:
    """(B, H) of a layer's state as torch returns it; an LSTM's hidden state, then its cell's."""
    return torch.cat([part[0] for part in (memory if isinstance(memory, tuple) else (memory,))], 1)


def last_frames(seen: Tensor, frames: int) -> Tensor:
    """Of ``seen`` (T, B, D) the last so many rows, as `FramePolicy` has them: (T, B, ·)."""
    before = seen[:1].expand(positive_int("frames", frames) - 1, -1, -1)
    return torch.cat([before, seen]).unfold(0, frames, 1).transpose(2, 3).flatten(2)


class Probe(NamedTuple):
    """A linear map, fitted by least squares: ``features @ weight[:-1] + weight[-1]``."""

    weight: Tensor

    def __call__(self, features: Tensor) -> Tensor:
        """Estimates (…, 4) from features (…, N), in float64."""
        return features.double() @ self.weight[:-1] + self.weight[-1]


def probe(features: Tensor, states: Tensor, where: Tensor) -> Probe:
    """Fit all four numbers of a state at once.

    Args:
        features: shape (T, B, N).
        states: shape (T, B, 4).
        where: which of the steps to fit, (T, B).
    """
    rows = features[where].double()
    rows = torch.cat([rows, torch.ones(len(rows), 1, dtype=torch.float64)], dim=1)
    # A unit that is saturated says the same at all steps: gelsd bears that.
    fitted = torch.linalg.lstsq(rows, states[where].double(), driver="gelsd")
    return Probe(fitted.solution)


def differences(seen: Tensor) -> Tensor:
    """The last observation and its change over a step, in the units of states: (T, B, 4)."""
    places = seen[..., :2] * SCALE[[0, 2]]
    change = places.diff(dim=0, prepend=places[:1]) / SECONDS
    return torch.stack([places[..., 0], change[..., 0], places[..., 1], change[..., 1]], dim=-1)


def filtered(seen: Tensor, spread: float = 1.0) -> Tensor:
    """A Kalman filter's estimates (T, B, 4) from what was seen (T, B, 3).

    Args:
        seen: as `Watched` has it.
        spread: as `KalmanFilter` has it.
    """
    estimate, means = KalmanFilter(spread=spread), []
    belief = estimate.begin(seen.shape[1])
    for t, x in enumerate(seen):
        if t:
            belief = estimate.predict(belief, FORCE * x[:, -1])
        belief = estimate.update(belief, x[:, :-1])
        means.append(belief.mean)
    return torch.stack(means)


def explained(estimates: Tensor, states: Tensor) -> Tensor:
    """R² of estimates (N, K) of numbers (N, K): 1 less the share of the variance missed, (K)."""
    spread = (states - states.mean(dim=0)).square().sum(dim=0)
    return 1 - (estimates - states).square().sum(dim=0) / spread
