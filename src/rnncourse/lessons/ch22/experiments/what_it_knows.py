"""What a policy's memory knows of the velocities that it does not see, and how soon again."""

from __future__ import annotations

import torch
from torch import Generator, Tensor

from rnncourse.lessons.ch22.balancing import CAP, balance
from rnncourse.lessons.ch22.experiments.frames_or_memory import HALF, RATES_FOUND, made
from rnncourse.lessons.ch22.probing import (
    NAMES,
    differences,
    explained,
    filtered,
    last_frames,
    probe,
    watch,
)

DESCRIPTION = "Pole on a cart: what can be read of the state from memories, filters and frames"
GRID = {"policy": ["simple", "lstm", "gru", "16 frames"]}
CHEAP = {"policy": "lstm", "updates": 8, "episodes": 20, "wipe_at": 20, "begin": 4}
FRAMES = {"four": (4, 0), "sixteen": (16, 0), "pushes": (16, 2)}
"""How many of the last steps least squares reads, and from which column of them."""
AFTER = (1, 2, 3, 5, 10, 20, 50)
"""Steps after a wipe; after 1, one observation was read."""
WIDE = 10.0
"""How many times wider than at a start the filter takes states to be spread after a wipe."""


def run(
    seed: int,
    policy: str,
    updates: int = 200,
    episodes: int = 100,
    wipe_at: int = HALF,
    begin: int = 16,
) -> dict[str, float]:
    """Train a policy as `frames_or_memory` does, and read the state of the world from its memory.

    Args:
        seed: of weights, starts and noise.
        policy: one that sees places.
        updates: of training.
        episodes: poles to fit probes on, and poles to test them on.
        wipe_at: the step at which its memory is taken away.
        begin: the first step that counts.

    Returns:
        R² of ``x``, ``speed``, ``angle`` and ``turn`` (angular velocity) on new runs, while poles
        are up: by a linear probe of its ``memory``, by a ``kalman`` filter, by the ``difference``
        of the last two observations, by least squares on the last ``four`` and ``sixteen``, and
        on the last sixteen ``pushes`` without what was observed; in ``…_turn_rms`` the deviation
        of its error in rad/s. ``memory_after_N`` and ``kalman_after_N``: the same of the turn,
        N steps after a wipe. ``steps``: the median number for which poles were up, and
        ``wiped_up`` the share that were so to the end of the wiped runs.
    """
    torch.manual_seed(seed)
    model = made(policy)
    balance(model, updates=updates, lr=RATES_FOUND[policy], seed=seed)
    generator = Generator().manual_seed(20_000 + seed)
    fit = watch(model, episodes, generator)
    test = watch(model, episodes, generator)
    late = torch.arange(CAP)[:, None] >= begin
    fit_rows, rows = fit.up & late, test.up & late
    of_memory = probe(fit.memories, fit.states, fit_rows)
    estimates = {
        "memory": of_memory(test.memories),
        "kalman": filtered(test.seen),
        "difference": differences(test.seen),
    }
    for name, (frames, first) in FRAMES.items():
        of_frames = probe(last_frames(fit.seen[..., first:], frames), fit.states, fit_rows)
        estimates[name] = of_frames(last_frames(test.seen[..., first:], frames))
    true = test.states[rows].double()
    found = {"steps": float(test.up.sum(dim=0).double().median().item())}
    for name, estimate in estimates.items():
        found |= _by_number(name, explained(estimate[rows], true))
        found[f"{name}_turn_rms"] = _rms(estimate[rows][:, 3] - true[:, 3])
    found["turn_deviation"] = _rms(true[:, 3] - true[:, 3].mean())

    steps = wipe_at + AFTER[-1]
    wiped = watch(model, 2 * episodes, generator, steps=steps, wipe_at=wipe_at)
    again = {
        "memory": of_memory(wiped.memories[wipe_at:]),
        "kalman": filtered(wiped.seen[wipe_at:], spread=WIDE),
    }
    for name, estimate in again.items():
        for after in AFTER:
            t = wipe_at + after - 1
            up = wiped.up[t]
            said, turn = estimate[after - 1][up][:, 3:], wiped.states[t][up][:, 3:].double()
            found[f"{name}_after_{after}"] = float(explained(said, turn).item())
            found[f"{name}_after_{after}_rms"] = _rms(said - turn)
    return found | {"wiped_up": float(wiped.up[-1].double().mean().item())}


def _by_number(name: str, values: Tensor) -> dict[str, float]:
    return {f"{name}_{number}": float(v) for number, v in zip(NAMES, values.tolist(), strict=True)}


def _rms(values: Tensor) -> float:
    return float(values.square().mean().sqrt().item())
