"""How many random bits three cells of equal weights can hold, after Collins et al. (2017).

N sequences of random signs, each with a random label: nothing generalises, so that whatever is
answered rightly has been memorised. There is no test part, because the question is what fits in.
If a share q of the answers is wrong, N (1 − H(q)) bits are held, H being the entropy of a coin that
falls on one side with probability q.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import log2

import torch
from torch import nn

from rnnbook.training import TrainingDiverged, fit
from rnncourse.lessons.ch11.networks import Network, hidden_size, parameters

DESCRIPTION = "Random labels of random sequences, memorised: bits a weight, for three cells"
GRID = {"cell": ["simple", "lstm", "gru"], "sequences": [200, 400, 800, 1600]}
RATES = [0.01, 0.03, 0.1]
TUNE_ON = "loss"
CHEAP = {"cell": "gru", "sequences": 200, "lr": 0.03, "steps": 150}

BUDGET = 190
"""Weights, the read-out included: 10 simple units have 181, 5 of a GRU 186, 4 of an LSTM 181."""
INPUTS, LENGTH = 5, 5
STEPS = 2000
WORST = 2.0


def entropy(q: float) -> float:
    """Of a coin that falls on one side with probability ``q``, in bits."""
    return -sum(p * log2(p) for p in (q, 1 - q) if p > 0)


def run(seed: int, cell: str, sequences: int, lr: float, steps: int = STEPS) -> dict[str, float]:
    """Train on all sequences at once, the rate falling to zero along a line.

    Returns:
        ``loss`` at the end, in nats a sequence (2 if training diverged); ``wrong``, a share;
        ``bits`` held for each weight of the network.
    """
    generator = torch.Generator().manual_seed(20_000 + seed)
    x = 2.0 * torch.randint(2, (LENGTH, sequences, INPUTS), generator=generator) - 1
    label = torch.randint(2, (sequences,), generator=generator).float()
    torch.manual_seed(seed)
    H = hidden_size(cell, INPUTS, 1, BUDGET)
    network = Network(cell, INPUTS, H, 1)

    def falling(weights: Iterable[nn.Parameter]) -> torch.optim.Optimizer:
        adam = torch.optim.Adam(weights, lr)
        rate = torch.optim.lr_scheduler.LinearLR(adam, 1.0, 0.0, steps)
        adam.register_step_post_hook(lambda *_: rate.step())
        return adam

    def loss(network: nn.Module, _: None) -> torch.Tensor:
        return nn.functional.binary_cross_entropy_with_logits(network(x)[-1, :, 0], label)

    try:
        fit(
            network,
            lambda _: None,
            loss,
            steps=steps,
            optimizer=falling,
            seed=seed,
            progress=False,
        )
    except TrainingDiverged:
        return {"loss": WORST, "wrong": 0.5, "bits": 0.0}
    with torch.no_grad():
        scores = network(x)[-1, :, 0]
        wrong = ((scores > 0) != (label > 0.5)).double().mean().item()
        final = loss(network, None).item()
    bits = sequences * (1 - entropy(wrong)) / parameters(cell, INPUTS, H, 1)
    return {"loss": final, "wrong": wrong, "bits": bits}
