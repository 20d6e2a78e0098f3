"""How fast: forward and backward of the book's cells, beside `torch.nn` and the textbook loop.

Everything is measured in one run, interleaved, with one thread; what counts are the ratios.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import torch
from torch import Tensor, nn

from rnnbook import Recurrent

SHAPES = [(100, 32, 32, 64), (100, 32, 64, 128), (35, 20, 200, 200), (500, 16, 32, 64)]
ROUNDS = 15


def textbook_simple(module: nn.RNN) -> Callable[[Tensor], Tensor]:
    """The loop as textbooks write it: the input product inside the loop, one matrix a gate."""
    W, U, b = module.weight_ih_l0, module.weight_hh_l0, module.bias_ih_l0 + module.bias_hh_l0

    def run(x: Tensor) -> Tensor:
        h = torch.zeros(x.shape[1], U.shape[0])
        outputs = []
        for t in range(x.shape[0]):
            h = torch.tanh(x[t] @ W.T + h @ U.T + b)
            outputs.append(h)
        return torch.stack(outputs)

    return run


def textbook_lstm(module: nn.LSTM) -> Callable[[Tensor], Tensor]:
    """The loop as textbooks write it: each gate by itself."""
    W, U = module.weight_ih_l0.chunk(4), module.weight_hh_l0.chunk(4)
    b = (module.bias_ih_l0 + module.bias_hh_l0).chunk(4)

    def run(x: Tensor) -> Tensor:
        h = c = torch.zeros(x.shape[1], module.hidden_size)
        outputs = []
        for t in range(x.shape[0]):
            i = torch.sigmoid(x[t] @ W[0].T + h @ U[0].T + b[0])
            f = torch.sigmoid(x[t] @ W[1].T + h @ U[1].T + b[1])
            g = torch.tanh(x[t] @ W[2].T + h @ U[2].T + b[2])
            o = torch.sigmoid(x[t] @ W[3].T + h @ U[3].T + b[3])
            c = f * c + i * g
            h = o * torch.tanh(c)
            outputs.append(h)
        return torch.stack(outputs)

    return run


def textbook_gru(module: nn.GRU) -> Callable[[Tensor], Tensor]:
    """The loop as textbooks write it: each gate by itself."""
    W, U = module.weight_ih_l0.chunk(3), module.weight_hh_l0.chunk(3)
    b, b_U = module.bias_ih_l0.chunk(3), module.bias_hh_l0.chunk(3)

    def run(x: Tensor) -> Tensor:
        h = torch.zeros(x.shape[1], module.hidden_size)
        outputs = []
        for t in range(x.shape[0]):
            r = torch.sigmoid(x[t] @ W[0].T + b[0] + h @ U[0].T + b_U[0])
            z = torch.sigmoid(x[t] @ W[1].T + b[1] + h @ U[1].T + b_U[1])
            n = torch.tanh(x[t] @ W[2].T + b[2] + r * (h @ U[2].T + b_U[2]))
            h = (1 - z) * n + z * h
            outputs.append(h)
        return torch.stack(outputs)

    return run


CELLS = {
    "simple": (nn.RNN, textbook_simple),
    "lstm": (nn.LSTM, textbook_lstm),
    "gru": (nn.GRU, textbook_gru),
}


def median_times(runs: dict[str, Callable[[], None]]) -> dict[str, float]:
    """Median milliseconds of each, taken in turns so that all meet the same machine."""
    times: dict[str, list[float]] = {name: [] for name in runs}
    for round_ in range(ROUNDS + 2):
        for name, run in runs.items():
            start = time.perf_counter()
            run()
            if round_ >= 2:
                times[name].append(1e3 * (time.perf_counter() - start))
    return {name: statistics.median(values) for name, values in times.items()}


def forward_backward(function: Callable[[Tensor], Tensor], x: Tensor) -> Callable[[], None]:
    def run() -> None:
        function(x).square().sum().backward()

    return run


def main() -> None:
    torch.set_num_threads(1)
    print(f"torch {torch.__version__}, one thread, forward + backward, median of {ROUNDS} runs")
    print(
        f"{'cell':8}{'(T, B, D, H)':22}{'torch.nn':>10}{'ours':>10}{'textbook':>10}"
        f"{'ours/torch':>12}{'textbook/ours':>15}"
    )
    for name, (torch_class, textbook) in CELLS.items():
        for T, B, D, H in SHAPES:
            torch.manual_seed(0)
            module = torch_class(D, H)
            layer = Recurrent.from_torch(module)
            x = torch.randn(T, B, D, requires_grad=True)
            ms = median_times(
                {
                    "torch": forward_backward(lambda x, m=module: m(x)[0], x),
                    "ours": forward_backward(lambda x, m=layer: m(x)[0], x),
                    "textbook": forward_backward(textbook(module), x),
                }
            )
            print(
                f"{name:8}{(T, B, D, H)!s:22}{ms['torch']:8.2f}ms{ms['ours']:8.2f}ms"
                f"{ms['textbook']:8.2f}ms{ms['ours'] / ms['torch']:12.2f}"
                f"{ms['textbook'] / ms['ours']:15.2f}"
            )


if __name__ == "__main__":
    main()
