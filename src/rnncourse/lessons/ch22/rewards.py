"""A policy that learns from rewards alone: the world is tried, and no gradient goes through it."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Generator, Tensor
from torch.nn.functional import logsigmoid

from rnnbook.cells.checks import positive_int
from rnnbook.tasks.cartpole import CartPole
from rnncourse.lessons.ch22.balancing import CAP, FORCE, SCALE, FramePolicy, Policy
from rnncourse.lessons.ch22.probing import last_frames


class Tried(NamedTuple):
    """What a policy tried with B carts, until all had fallen.

    Attributes:
        seen: what it read: the observations and the last action, (T, B, D).
        actions: −1 or 1, drawn, (T, B).
        up: where the pole was up before the action, (T, B).
    """

    seen: Tensor
    actions: Tensor
    up: Tensor


@torch.no_grad()
def try_out(
    policy: Policy, start: Tensor, generator: Generator, *, noise: float = 0.1, steps: int = CAP
) -> Tried:
    """Let a policy act by chance: to the right with the probability ``(1 + tanh(u)) / 2``.

    Args:
        policy: what it says, ``u``, is drawn from.
        start: states to begin from, (B, 4).
        generator: of noise and actions.
        noise: as `balancing.run` has it.
        steps: the most that are made.
    """
    world, seen = CartPole(), list(policy.seen)
    state, memory, action = start, None, torch.zeros(len(start))
    up = ~world.fallen(state)
    kept: list[tuple[Tensor, Tensor, Tensor]] = []
    for _ in range(positive_int("steps", steps)):
        if not up.any():
            break
        clear = (state / SCALE)[:, seen]
        observed = clear + noise * torch.randn(clear.shape, generator=generator)
        x = torch.cat([observed, action[:, None]], dim=1)
        u, memory = policy(x, memory)
        right = torch.rand(len(u), generator=generator) < (2 * u).sigmoid()
        action = torch.where(right, 1.0, -1.0)
        kept.append((x, action, up))
        state = world.step(state, FORCE * action)
        up = up & ~world.fallen(state)
    return Tried(*(torch.stack(each) for each in zip(*kept, strict=True)))


def says(policy: Policy, seen: Tensor) -> Tensor:
    """What a policy says (T, B) once it has read ``seen`` (T, B, D), all steps at once."""
    if isinstance(policy, FramePolicy):
        return policy.net(last_frames(seen, policy.frames))[..., 0]
    return policy.readout(policy.layer(seen)[0])[..., 0]


def to_go(up: Tensor) -> Tensor:
    """The reward still to come from each step on, (T, B); a step with the pole up earns 1."""
    return up.float().flip(0).cumsum(dim=0).flip(0)


def advantage(up: Tensor) -> Tensor:
    """How much better each run goes on than others that are up at the same step: (T, B).

    Reward to go, less its mean over the batch, in deviations; 0 where a pole is down, and where
    all fare alike.
    """
    reward, count = to_go(up), up.sum(dim=1, keepdim=True).clamp(min=1)
    off = torch.where(up, reward - (reward * up).sum(dim=1, keepdim=True) / count, 0.0)
    deviation = (off.square().sum(dim=1, keepdim=True) / count).sqrt()
    return off / (deviation + 1e-6)


def whole_episodes(up: Tensor) -> Tensor:
    """How much longer a run was than others, in deviations, the same at all its steps: (T, B)."""
    length = up.float().sum(dim=0)
    return ((length - length.mean()) / (length.std(correction=0) + 1e-6)).expand(up.shape)


def surrogate(
    policy: Policy, tried: Tried, credit: Callable[[Tensor], Tensor] = advantage
) -> Tensor:
    """A scalar whose gradient is the policy gradient, turned round (REINFORCE with a baseline).

    Args:
        policy: that has tried.
        tried: what it did.
        credit: how good each action was, of where poles were up: (T, B) of (T, B).

    Source: Williams (1992); the baseline is the mean over the batch.
    """
    chosen = logsigmoid(2 * tried.actions * says(policy, tried.seen))
    return -(chosen * credit(tried.up))[tried.up].mean()
