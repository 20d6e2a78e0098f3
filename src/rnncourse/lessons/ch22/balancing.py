"""Policies that balance a pole on a cart whose velocities they do not see."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from math import cos, pi
from typing import Any, NamedTuple

import torch
from torch import Generator, Tensor, nn

from rnnbook.cells.checks import finite_number, floats, of_shape, positive_int
from rnnbook.tasks.cartpole import ANGLE, TRACK, CartPole
from rnnbook.training import History, fit

LAYERS: dict[str, Callable[..., nn.RNNBase]] = {"simple": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}
PLACES = (0, 2)
"""Of a state: the position of the cart and the angle of the pole, without their velocities."""
SCALE = torch.tensor([TRACK, 3.0, ANGLE, 3.0])
"""What each number of a state is divided by before it is seen."""
FORCE = 10.0  # newtons
CAP = 500  # steps of an episode, as in CartPole-v1: ten seconds


class FramePolicy(nn.Module):
    """Decides from the last few observations: a layer of tanh units, and a linear one.

    Args:
        frames: how many observations it reads, the oldest first.
        seen: which numbers of a state it sees.
        hidden_size: units.
    """

    def __init__(
        self, frames: int = 1, seen: tuple[int, ...] = PLACES, hidden_size: int = 16
    ) -> None:
        super().__init__()
        self.frames, self.seen = positive_int("frames", frames), seen
        size = (len(seen) + 1) * frames
        self.net = nn.Sequential(nn.Linear(size, hidden_size), nn.Tanh(), nn.Linear(hidden_size, 1))

    def forward(self, x: Tensor, memory: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """How much to push (B), and the frames (B, frames, D) that are kept.

        Args:
            x: an observation and the last action, (B, D).
            memory: frames so far; None at the beginning, where ``x`` is repeated.
        """
        kept = x[:, None].repeat(1, self.frames, 1) if memory is None else memory
        kept = torch.cat([kept[:, 1:], x[:, None]], dim=1)
        return self.net(kept.flatten(1))[:, 0], kept


class MemoryPolicy(nn.Module):
    """Decides from the state of a recurrent layer, which reads an observation a step.

    Args:
        cell: one of ``LAYERS``.
        seen: which numbers of a state it sees.
        hidden_size: units.
        told: whether it reads as well which observations are missing.
    """

    def __init__(
        self,
        cell: str = "gru",
        seen: tuple[int, ...] = PLACES,
        hidden_size: int = 16,
        told: bool = False,
    ) -> None:
        super().__init__()
        if cell not in tuple(LAYERS):
            raise ValueError(f"cell must be one of {', '.join(LAYERS)}, got {cell!r}")
        self.seen = seen
        self.layer, self.readout = (
            LAYERS[cell](len(seen) + 1 + told, hidden_size),
            nn.Linear(hidden_size, 1),
        )

    def forward(self, x: Tensor, memory: Any = None) -> tuple[Tensor, Any]:
        """How much to push (B), and the layer's state, as torch returns it.

        Args:
            x: an observation and the last action, (B, D); with a column more if it is ``told``.
            memory: the layer's state; None at the beginning.
        """
        output, memory = self.layer(x[None], memory)
        return self.readout(output[0])[:, 0], memory


Policy = FramePolicy | MemoryPolicy


class Run(NamedTuple):
    """What happened to B carts in T steps.

    Attributes:
        states: before each action, (T, B, 4).
        actions: −1 … 1, (T, B).
        memories: what the policy kept after each step, T of them.
        steps: for how many steps each pole was up, (B); T if it was up to the end.
    """

    states: Tensor
    actions: Tensor
    memories: list[Any]
    steps: Tensor


def run(
    policy: Policy,
    start: Tensor,
    steps: int,
    generator: Generator,
    *,
    noise: float = 0.1,
    unseen: float = 0.0,
    told: bool = False,
    world: CartPole | None = None,
    hard: bool = True,
    between: Callable[[int, Any], Any] | None = None,
) -> Run:
    """Let a policy act in a world.

    Args:
        policy: a `FramePolicy` or a `MemoryPolicy`.
        start: states to begin from, (B, 4).
        steps: how many, T.
        generator: of the noise.
        noise: the deviation of what is added to each number that is seen, after it was scaled.
        unseen: the probability that a step's observation is missing: zeros and noise are seen.
        told: whether the policy reads in a last column 1 where it is there, 0 where it is missing.
        world: half a metre of half a pole, if not given.
        hard: whether it pushes with all its force, one way or the other, as CartPole-v1 has it.
            The gradient that comes back is that of the soft push, the hyperbolic tangent.
        between: changes what the policy has kept, before each step: called with the step and it.

    Raises:
        TypeError, ValueError: if states, steps, noise or unseen are none of those.
    """
    positive_int("steps", steps)
    of_shape("start", start, "B, 4", (len(floats("start", start, "B, 4")), 4))
    finite_number("noise", noise, "0 or more", lambda found: found >= 0)
    finite_number("unseen", unseen, "0 to 1", lambda found: 0 <= found <= 1)
    world, seen = world or CartPole(), list(policy.seen)
    state, memory, action = start, None, torch.zeros(len(start))
    states, actions, memories = [], [], []
    for t in range(steps):
        clear, there = (state / SCALE)[:, seen], torch.ones(len(start), 1)
        if unseen:
            there = (torch.rand(len(start), 1, generator=generator) >= unseen).to(clear.dtype)
        observed = clear * there + noise * torch.randn(clear.shape, generator=generator)
        if between:
            memory = between(t, memory)
        read = [observed, action[:, None], there][: 3 if told else 2]
        u, memory = policy(torch.cat(read, dim=1), memory)
        action = u.tanh()
        if hard:
            action = action + (u.sign() - action).detach()
        states.append(state)
        actions.append(action)
        memories.append(memory)
        state = world.step(state, FORCE * action)
    path = torch.stack(states)
    return Run(path, torch.stack(actions), memories, upright(path, world))


def upright(states: Tensor, world: CartPole) -> Tensor:
    """For how many steps of (T, B, 4) each pole was up before it first fell, (B)."""
    T, B, _ = states.shape
    up = ~world.fallen(states.flatten(0, 1)).view(T, B)
    return up.long().cumprod(dim=0).sum(dim=0)


def balance(
    policy: Policy,
    *,
    updates: int = 200,
    lr: float = 1e-2,
    noise: float = 0.1,
    unseen: float = 0.0,
    told: bool = False,
    batch_size: int = 32,
    steps: tuple[int, int] = (20, 150),
    seed: int = 0,
) -> History:
    """Train a policy by back-propagation through the world, which it changes by its actions.

    The rate falls to nothing along a cosine, and gradients are clipped at 1.

    Args:
        policy: changed in place.
        updates: how many.
        lr: the learning rate of Adam that is begun with.
        noise, unseen, told: as `run` has them.
        batch_size: carts of an update.
        steps: of a run, at the beginning and at the end.
        seed: of starts and noise.
    """
    world, done = CartPole(), count()
    adam = torch.optim.Adam(policy.parameters(), lr=lr)

    def sample(generator: Generator) -> tuple[Tensor, int, Generator]:
        part = next(done) / updates
        adam.param_groups[0]["lr"] = lr * (1 + cos(pi * part)) / 2
        T = round(steps[0] + part * (steps[1] - steps[0]))
        return world.start(batch_size, generator), T, generator

    def loss(policy: Any, drawn: tuple[Tensor, int, Generator]) -> Tensor:
        start, T, generator = drawn
        return cost(run(policy, start, T, generator, noise=noise, unseen=unseen, told=told).states)

    return fit(policy, sample, loss, steps=updates, optimizer=lambda _: adam, seed=seed)


def cost(states: Tensor) -> Tensor:
    """How far from upright and from the middle, squared, where 1 is the end of either: a scalar.

    Args:
        states: shape (T, B, 4); one that has fallen costs no more than 25.
    """
    x, angle = states[..., 0] / TRACK, states[..., 2] / ANGLE
    return (x.square() + angle.square()).clamp(max=25.0).mean()
