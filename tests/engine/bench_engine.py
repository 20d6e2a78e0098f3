"""How fast the JavaScript engine trains, beside straightforward loops and `torch.nn`.

A training step is a batch of the adding problem, forward, loss, back, clipping and Adam. The engine
and the loops take turns in one Node, a fresh one for each cell; what counts is their ratio.
"""

from __future__ import annotations

import json
import statistics
import time

import torch
from engine_node import node
from torch import nn

from rnnbook.tasks import Adding

T, B, H = 50, 16, 16
WARM_UP, ROUNDS = 20, 100
CELLS = {"lstm": nn.LSTM, "gru": nn.GRU, "simple": nn.RNN}


def torch_milliseconds(module_class: type[nn.RNNBase]) -> float:
    """The median of the same step in torch, with one thread."""
    task, generator = Adding(T), torch.Generator().manual_seed(0)
    layer, readout = module_class(task.input_size, H), nn.Linear(H, 1)
    parameters = [*layer.parameters(), *readout.parameters()]
    optimizer = torch.optim.Adam(parameters)
    times = []
    for _ in range(WARM_UP + ROUNDS):
        start = time.perf_counter()
        batch = task.sample(B, generator)
        batch.x.requires_grad_()  # the engine's figures show this gradient too
        optimizer.zero_grad()
        task.loss(readout(layer(batch.x)[0]), batch).backward()
        nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        times.append(1e3 * (time.perf_counter() - start))
    return statistics.median(times[WARM_UP:])


def main() -> None:
    torch.set_num_threads(1)
    found = {name: json.loads(node("bench.mjs", name)) for name in CELLS}
    print(
        f"JavaScript engine, Node {found['lstm']['node']}: training step at (T, B, H) = "
        f"{(T, B, H)}, two inputs, median"
    )
    print(f"{'cell':8}{'engine':>10}{'loops':>10}{'torch.nn':>10}{'engine/loops':>14}")
    for name, ms in found.items():
        in_torch = torch_milliseconds(CELLS[name])
        print(
            f"{name:8}{ms['engine']:8.2f}ms{ms['straightforward']:8.2f}ms{in_torch:8.2f}ms"
            f"{ms['engine'] / ms['straightforward']:14.2f}"
        )


if __name__ == "__main__":
    main()
