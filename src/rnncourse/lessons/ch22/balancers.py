"""The policies that chapter 22's figure carries: frames and a GRU, which balance a pole on a cart.

Each is trained as the experiment `frames_or_memory` trains it, with one of its seeds: one where
all of them balance about as long as the median of ten. Their weights are rounded as
`rnncourse.experiments.packing` says, and they are tested as rounded. ``balancers.json`` holds
``policies``: what `rnncourse.figures.CartAndPole` is made of; and ``steps``: for how many of 500
steps each of them balanced the median of a hundred new poles. To train them anew and replace the
file, in a minute and a half:

    python -m rnncourse.lessons.ch22.balancers
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import torch
from torch import Generator, Tensor

from rnnbook.tasks.cartpole import CartPole
from rnncourse.experiments.files import write_atomically
from rnncourse.experiments.packing import pack_all, round_weights, unpack_all
from rnncourse.lessons.ch22.balancing import CAP, FramePolicy, Policy, balance, run
from rnncourse.lessons.ch22.experiments.frames_or_memory import RATES_FOUND, made

SHIPPED = Path(__file__).with_name("balancers.json")
KINDS = {
    "One frame": "1 frame",
    "Two frames": "2 frames",
    "Four frames": "4 frames",
    "Sixteen frames": "16 frames",
    "GRU": "gru",
    "One frame, with velocities": "sees all",
}
"""What the figure calls them, and what the experiment calls them."""
H, UPDATES, SEED = 16, 200, 3
TESTED, TEST_SEED, PROBE_SEED = 100, 22, 23
TURN = 3
"""Of a state: the angular velocity of the pole, which the probe reads."""
_SIGNIFICANT = 6


@cache
def shipped() -> dict[str, Any]:
    """What the file holds: `rnncourse.figures.CartAndPole` is made of its ``policies``."""
    return json.loads(SHIPPED.read_text(encoding="utf-8"))


def balancer(name: str) -> Policy:
    """A trained policy, with the weights as the page has them.

    Args:
        name: one of ``KINDS``.
    """
    found = next(one for one in shipped()["policies"] if one["name"] == name)
    return unpack_all(_made(name, SEED), found["parameters"])


@torch.no_grad()
def steps(policy: Policy, seed: int = TEST_SEED) -> float:
    """For how many of 500 steps it balances the median of a hundred new poles."""
    return float(_acted(policy, seed).steps.double().median())


@torch.no_grad()
def probe(policy: Policy, seed: int = PROBE_SEED) -> tuple[Tensor, float]:
    """Weights (H) and bias that read the angular velocity, in rad/s, from the state of a GRU.

    They are the least squares of a hundred runs, of each as long as the pole is up.
    """
    h, turn = known(policy, seed)
    ones = torch.ones(len(h), 1, dtype=h.dtype)
    found = torch.linalg.pinv(torch.cat([h, ones], dim=1)) @ turn
    return found[:-1], float(found[-1])


@torch.no_grad()
def known(policy: Policy, seed: int) -> tuple[Tensor, Tensor]:
    """States of a GRU (N, H), in a hundred runs while poles were up, and angular velocities (N)."""
    done = _acted(policy, seed)
    h = torch.cat(done.memories)  # (T, B, H)
    up = torch.arange(len(h))[:, None] < done.steps
    return h[up].double(), done.states[up][:, TURN].double()


def trained(name: str, updates: int = UPDATES) -> Policy:
    """A policy that has learned, its weights rounded.

    Args:
        name: one of ``KINDS``.
        updates: how many.
    """
    policy = _made(name, SEED)
    balance(policy, updates=updates, lr=RATES_FOUND[KINDS[name]], seed=SEED)
    return round_weights(policy)


def described(name: str, policy: Policy) -> dict[str, Any]:
    """A policy as the file has it."""
    found: dict[str, Any] = {"name": name, "kind": "gru", "sees": list(policy.seen), "H": H}
    if isinstance(policy, FramePolicy):
        found |= {"kind": "frames", "frames": policy.frames}
    else:
        weights, bias = probe(policy)
        found["probe"] = {"weights": [_short(w) for w in weights.tolist()], "bias": _short(bias)}
    return {**found, "parameters": pack_all(policy)}


def renew() -> None:
    """Train all, round their weights, test them, and write them down."""
    policies = {name: trained(name) for name in KINDS}
    content = {
        "policies": [described(name, policy) for name, policy in policies.items()],
        "steps": {name: steps(policy) for name, policy in policies.items()},
    }
    write_atomically(SHIPPED, json.dumps(content, separators=(",", ":")) + "\n")


def _made(name: str, seed: int) -> Policy:
    with torch.random.fork_rng(devices=[]):  # the caller's random numbers are left alone
        torch.manual_seed(seed)
        return made(KINDS[name])


def _acted(policy: Policy, seed: int) -> Any:
    generator = Generator().manual_seed(seed)
    return run(policy, CartPole().start(TESTED, generator), CAP, generator)


def _short(number: float) -> float:
    return float(f"{number:.{_SIGNIFICANT}g}")


if __name__ == "__main__":
    renew()
