"""Observations missing, as in `gaps`, after four times as many updates."""

from __future__ import annotations

from rnncourse.lessons.ch22.experiments import gaps

DESCRIPTION = "Pole on a cart, observations missing: GRUs and frames after 800 updates"
GRID = {"policy": ["16 frames", "gru", "gru, told"]}
SEEDS = 3
CHEAP = {"policy": "gru, told", "updates": 3, "episodes": 4}
RATE_FOUND = 0.03
"""For each of the three, by `gaps`, with 200 updates."""


def run(seed: int, policy: str, updates: int = 800, episodes: int = 100) -> dict[str, float]:
    """Train a policy for longer, with half of the observations missing.

    Args:
        seed: of weights, starts and noise.
        policy: a network of `gaps`.
        updates: how many.
        episodes: new poles of each test.

    Returns:
        As `gaps.run`.
    """
    return gaps.run(seed, policy, RATE_FOUND, updates=updates, episodes=episodes)
