"""What the read-out gets of a GRU that names languages: the last state, or all of them."""

from __future__ import annotations

from rnncourse.lessons.ch13.experiments import depth_and_direction

DESCRIPTION = "Which language: the last state, the mean, the maximum, or attention over all steps"
GRID = {"network": ["gru, mean", "gru, max", "gru, attention"]}
RATES = depth_and_direction.RATES
TUNE_ON = "error"
TUNING_SEEDS = 1
CHEAP = {"network": "gru, attention", "lr": 0.003, "epochs": 1, "part": 0.1}


def run(
    seed: int, network: str, lr: float, epochs: int = depth_and_direction.EPOCHS, part: float = 1.0
) -> dict[str, float]:
    """As `depth_and_direction.run`, of the names."""
    return depth_and_direction.run(seed, "which language", network, lr, epochs, part)
