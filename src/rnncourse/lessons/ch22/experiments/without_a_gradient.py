"""Rewards alone against the gradient through the world: steps of the world until poles stay up."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Generator, Tensor
from torch.nn.utils import clip_grad_norm_

from rnnbook.tasks.cartpole import CartPole
from rnncourse.lessons.ch22.balancing import CAP, Policy, cost
from rnncourse.lessons.ch22.balancing import run as act
from rnncourse.lessons.ch22.experiments.frames_or_memory import made, tried
from rnncourse.lessons.ch22.rewards import advantage, surrogate, try_out, whole_episodes

DESCRIPTION = "Pole on a cart: learned by a gradient through the world, and from rewards alone"
GRID = {"policy": ["sees all", "gru"], "way": ["world", "rewards", "episodes"]}
RATES = [0.003, 0.01, 0.03]
TUNE_ON = "shortfall"
TUNING_SEEDS = 2
CHEAP = {"policy": "gru", "way": "rewards", "lr": 0.01, "updates": 4, "every": 2, "episodes": 4}
BATCH = 32
CREDIT = {"rewards": advantage, "episodes": whole_episodes}


def run(
    seed: int,
    policy: str,
    way: str,
    lr: float,
    updates: int = 100,
    every: int = 10,
    episodes: int = 50,
) -> dict[str, float]:
    """Train a policy, and look every few updates for how long it balances new poles.

    Args:
        seed: of weights, starts, noise and actions.
        policy: ``gru`` sees places, ``sees all`` velocities, too.
        way: the gradient through the ``world``; the policy gradient from ``rewards`` to go; or
            from the length of whole ``episodes``.
        lr: of Adam; it stays.
        updates: of 32 carts each.
        every: updates from one look to the next.
        episodes: poles of a look; twice as many in the test.

    Returns:
        ``median_N``: for how many steps half of the poles were up after N updates, pushed with all
        its force to the side that it prefers; ``steps_N``: of the world until then. ``reached``: 1
        if two looks in a row found 500, and the ``updates`` and ``steps`` up to the first of the
        two (or to the end). ``shortfall``: what the looks' medians lack of 500, on average. At the
        end, on poles of a test: ``test``, the median, ``full``, the share that were up to the end,
        and ``cost``.
    """
    torch.manual_seed(seed)
    model = made(policy)
    adam = torch.optim.Adam(model.parameters(), lr=lr)
    generator = Generator().manual_seed(seed)
    count, found, medians = 0, {}, []
    for update in range(updates):
        if way == "world":
            loss, steps = _through_the_world(model, update / updates, generator)
        else:
            loss, steps = _from_rewards(model, CREDIT[way], generator)
        count += steps
        adam.zero_grad()
        loss.backward()
        if clip_grad_norm_(model.parameters(), 1.0).isfinite():  # through 500 steps it may explode
            adam.step()
        if (update + 1) % every == 0:
            look = tried(model, episodes, Generator().manual_seed(30_000 + seed))
            medians.append(float(look.double().median().item()))
            found[f"median_{update + 1}"] = medians[-1]
            found[f"steps_{update + 1}"] = float(count)
    there = [n for n in range(len(medians) - 1) if medians[n] == medians[n + 1] == CAP]
    needed = every * (1 + there[0]) if there else updates
    test = Generator().manual_seed(10_000 + seed)
    with torch.no_grad():
        done = act(model, CartPole().start(2 * episodes, test), CAP, test)
    return {
        **found,
        "reached": float(bool(there)),
        "updates": float(needed),
        "steps": found[f"steps_{needed}"],
        "shortfall": 1 - sum(medians) / len(medians) / CAP,
        "test": float(done.steps.double().median().item()),
        "full": float((done.steps == CAP).double().mean().item()),
        "cost": float(cost(done.states).item()),
    }


def _through_the_world(model: Policy, part: float, generator: Generator) -> tuple[Tensor, int]:
    """A loss, and how many steps of the world it took; runs grow as in `balancing.balance`."""
    T = round(20 + part * 130)
    done = act(model, CartPole().start(BATCH, generator), T, generator)
    return cost(done.states), T * BATCH


def _from_rewards(
    model: Policy, credit: Callable[[Tensor], Tensor], generator: Generator
) -> tuple[Tensor, int]:
    """A loss, and how many steps of the world were made while poles were up."""
    done = try_out(model, CartPole().start(BATCH, generator), generator)
    return surrogate(model, done, credit), int(done.up.sum().item())
