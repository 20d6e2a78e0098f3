"""What control theory does about a pole on a cart: a Kalman filter, and a linear-quadratic law.

Both take the world as it is near its rest, where it is nearly linear: ``F`` and ``G`` are the
derivatives of a step by the state and by the force.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.func import jacrev

from rnnbook.cells.checks import positive_number
from rnnbook.tasks.cartpole import ANGLE, START, TRACK, CartPole
from rnncourse.lessons.ch22.balancing import FORCE, PLACES, SCALE

PROCESS, ACTION = 0.0003, 0.003
"""Found by the experiment `classical_choices`: the noise of the world, the cost of a push."""


class Linear(NamedTuple):
    """The world near its rest: a step makes ``F @ state + G * force`` of a state.

    Attributes:
        F: shape (4, 4).
        G: shape (4), a newton.
    """

    F: Tensor
    G: Tensor


def linearised(world: CartPole | None = None) -> Linear:
    """The derivatives of a step at rest, in float64.

    Args:
        world: half a metre of half a pole, if not given.
    """
    world = world or CartPole()
    state, force = torch.zeros(4, dtype=torch.float64), torch.zeros((), dtype=torch.float64)

    def step(state: Tensor, force: Tensor) -> Tensor:
        return world.step(state[None], force[None])[0]

    F, G = jacrev(step, argnums=(0, 1))(state, force)
    return Linear(F, G)


def gain(linear: Linear, action: float = ACTION, steps: int = 3000) -> Tensor:
    """The law that costs least: push by ``−gain @ state`` newtons; shape (4).

    It is the cost of `balancing.cost`, as long as nothing has fallen, and that of the push.

    Args:
        linear: the world.
        action: the cost of a step's push of `FORCE`, where the end of track or angle costs 1.
        steps: of Riccati's iteration.
    """
    positive_number("action", action)
    F, G = linear
    state_cost = torch.tensor([TRACK**-2, 0.0, ANGLE**-2, 0.0], dtype=F.dtype).diag()
    action_cost, P = action / FORCE**2, state_cost
    for _ in range(steps):
        K = G @ P @ F / (action_cost + G @ P @ G)
        P = state_cost + F.T @ P @ (F - torch.outer(G, K))
    return K


class Belief(NamedTuple):
    """What a Kalman filter knows.

    Attributes:
        mean: its estimate of the state, (B, 4), in float64.
        covariance: of its error, in float64, (4, 4); (B, 4, 4) where the carts were observed at
            different times.
    """

    mean: Tensor
    covariance: Tensor


class KalmanFilter:
    """Estimates the state from noisy observations of some of its numbers and from the pushes.

    Args:
        seen: which numbers of a state are observed.
        noise: the deviation of what is added to each, after it was scaled.
        process: the deviation, scaled as well, by which a step of the world may differ from
            the linear one.
        spread: how many times wider than `CartPole.start` it takes the states at its beginning
            to be spread.
        world: that it knows; half a metre of half a pole, if not given.

    Raises:
        TypeError, ValueError: if a deviation is not a positive number.

    Source: Kalman (1960).
    """

    def __init__(
        self,
        seen: tuple[int, ...] = PLACES,
        noise: float = 0.1,
        process: float = PROCESS,
        spread: float = 1.0,
        world: CartPole | None = None,
    ) -> None:
        for name, value in (("noise", noise), ("process", process), ("spread", spread)):
            positive_number(name, value)
        self.F, self.G = linearised(world)
        scale = SCALE.double()
        self.H = scale.reciprocal().diag()[list(seen)]
        self.R = noise**2 * torch.eye(len(seen), dtype=torch.float64)
        self.Q = (process * scale).square().diag()
        self.start = spread**2 * START**2 / 3 * torch.eye(4, dtype=torch.float64)

    def begin(self, batch_size: int) -> Belief:
        """What is known before anything was seen."""
        return Belief(torch.zeros(batch_size, 4, dtype=torch.float64), self.start)

    def predict(self, belief: Belief, force: Tensor) -> Belief:
        """What is known a step later.

        Args:
            belief: of now.
            force: of the step, in newtons, (B).
        """
        mean = belief.mean @ self.F.T + force.double()[:, None] * self.G
        return Belief(mean, self.F @ belief.covariance @ self.F.T + self.Q)

    def update(self, belief: Belief, observed: Tensor, there: Tensor | None = None) -> Belief:
        """What is known once the state was observed.

        Args:
            belief: before.
            observed: numbers of the state, scaled and noisy, (B, D).
            there: 1 where there is an observation, 0 where it is missing and nothing is learned,
                (B); all are there if not given.
        """
        mean, P = belief
        S = self.H @ P @ self.H.T + self.R
        K = torch.linalg.solve(S, self.H @ P).mT
        if there is not None:
            K = K * there.double()[:, None, None]
        surprise = observed.double() - mean @ self.H.T
        kept = torch.eye(4, dtype=torch.float64) - K @ self.H
        learned = (K @ surprise[:, :, None])[:, :, 0]
        return Belief(mean + learned, kept @ P @ kept.mT + K @ self.R @ K.mT)


class FilteredLaw(nn.Module):
    """A policy: a Kalman filter, and the linear law on its estimate (LQG).

    Args:
        estimate: the filter.
        action: the cost of a push, as `gain` has it.
    """

    def __init__(self, estimate: KalmanFilter, action: float = ACTION) -> None:
        super().__init__()
        self.estimate = estimate
        self.seen = tuple(self.estimate.H.nonzero()[:, 1].tolist())
        self.gain = gain(linearised(), action)

    def forward(self, x: Tensor, memory: Belief | None = None) -> tuple[Tensor, Belief]:
        """How much to push (B), and what is known.

        Args:
            x: an observation and the last action, (B, D + 1), and in a last column, where it is
                told, 1 for an observation that is there and 0 for one that is missing.
            memory: what was known a step ago; None at the beginning.
        """
        D = len(self.seen)
        if memory is None:
            belief = self.estimate.begin(len(x))
        else:
            belief = self.estimate.predict(memory, FORCE * x[:, D])
        belief = self.estimate.update(belief, x[:, :D], x[:, D + 1] if x.shape[1] > D + 1 else None)
        return -(belief.mean @ self.gain).to(x.dtype) / FORCE, belief


class Law(nn.Module):
    """A policy: the linear law on what is seen (LQR), which must be all of the state.

    Args:
        action: the cost of a push, as `gain` has it.
    """

    seen = (0, 1, 2, 3)

    def __init__(self, action: float = ACTION) -> None:
        super().__init__()
        self.gain = gain(linearised(), action).float()

    def forward(self, x: Tensor, memory: None = None) -> tuple[Tensor, None]:
        """How much to push (B), and nothing that is kept.

        Args:
            x: an observation and the last action, (B, 5).
            memory: none.
        """
        return -(x[:, :-1] * SCALE @ self.gain) / FORCE, None
