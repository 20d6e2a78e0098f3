"""Delayed echo, trained in windows shorter and longer than its lag, the state carried or reset.

One long stream of coin tosses is read in windows of ``k`` steps. In the setting "carried" each
window starts from the state that the one before it left, detached: information passes, gradient
does not. In the setting "reset" it starts from zeros. Every update sees the same number of
answers, whatever ``k`` is: the shorter the window, the more streams lie side by side.

The rate is the one at which the loss came lowest at any time: each setting is given its best chance
to learn. Whether it keeps what it learned is another question.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from statistics import median

import torch
from torch import Tensor, nn

from rnnbook.cells import SimpleCell
from rnnbook.tasks import Batch, DelayedEcho
from rnnbook.training import History, fit
from rnnbook.unroll import Recurrent

DESCRIPTION = "Delayed echo: chunks of truncated backpropagation below, at and above the lag"
GRID = {
    "setting": [
        *(f"lag 5 window {k} carried" for k in (3, 5, 6, 10)),
        *(f"lag 5 window {k} reset" for k in (6, 10)),
        *(f"lag 10 window {k} carried" for k in (8, 10, 11)),
    ]
}
RATES = [0.001, 0.003, 0.01]
TUNE_ON = "lowest_loss"
CHEAP = {"setting": "lag 5 window 6 carried", "lr": 0.003, "updates": 100}

HIDDEN_SIZE = 32
UPDATES = 1500
ANSWERS = 512  # an update
MEASURED = (2000, 8)  # answers, streams
BLOCK = 50  # updates whose losses are averaged
EVERY, EARLY = 100, 5  # updates between looks at the gradient, and how many looks count
HELD_ON = (400, 64)  # steps, streams


@dataclass(frozen=True)
class Setting:
    """What is echoed, and how training cuts it.

    Attributes:
        lag: steps from a bit to its echo, ``d``.
        window: steps of a window, ``k``.
        carried: whether a window starts from the state that the one before it left.
    """

    lag: int
    window: int
    carried: bool = True

    @classmethod
    def of(cls, name: str) -> Setting:
        """The setting of a point of the grid, by its name there."""
        _, lag, _, window, state = name.split()
        return cls(int(lag), int(window), carried=state == "carried")


class Echo(nn.Module):
    """A simple recurrent layer and a linear read-out: the logit of "the bit was 1"."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = Recurrent(SimpleCell, 1, HIDDEN_SIZE)
        self.readout = nn.Linear(HIDDEN_SIZE, 1)

    def forward(self, x: Tensor, state: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """From bits (T, B, 1) and a state to logits (T, B, 1) and the state after them."""
        h, state = self.layer(x, state)
        return self.readout(h), state


def stream(lag: int, answers: int, batch_size: int, seed: int) -> Batch:
    """Tosses and their echoes, with ``T = lag + answers`` steps."""
    task = DelayedEcho(lag=lag, echoes=answers)
    return task.sample(batch_size, torch.Generator().manual_seed(seed))


def outputs(model: Echo, x: Tensor, setting: Setting) -> Tensor:
    """The logits (T, B, 1) of a stream that is read in windows."""
    parts, state = [], None
    for start in range(0, len(x), setting.window):
        output, state = model(x[start : start + setting.window], state)
        state = state.detach() if setting.carried else None
        parts.append(output)
    return torch.cat(parts)


def cosine(model: Echo, setting: Setting, seed: int) -> float:
    """The cosine between the recurrent layer's gradient in windows and its whole gradient."""
    batch = stream(setting.lag, 3 * setting.lag, 32, seed)

    def gradient(window: int) -> Tensor:
        with torch.enable_grad():
            logits = outputs(model, batch.x, replace(setting, window=window))
            loss = DelayedEcho(lag=setting.lag).loss(logits, batch)
            parts = torch.autograd.grad(loss, list(model.layer.parameters()))
        return torch.cat([part.flatten() for part in parts])

    cut, whole = gradient(setting.window), gradient(len(batch.x))
    return nn.functional.cosine_similarity(cut, whole, dim=0).item()


@torch.no_grad()
def held(layer: Recurrent, lag: int, seed: int) -> float:
    """How much of the bit of ``lag`` steps ago the state holds, for a linear read-out.

    Returns:
        The accuracy, on half of some streams, of the read-out that is best on the other half in
        the sense of least squares (float64).
    """
    batch = stream(lag, *HELD_ON, seed)
    h, _ = layer(batch.x)
    features = torch.cat([h, torch.ones_like(h[..., :1])], dim=-1)[lag:].double()
    signs = 2 * batch.target[lag:].double() - 1
    fitted, tested = (slice(None, HELD_ON[1] // 2), slice(HELD_ON[1] // 2, None))
    weights = torch.linalg.lstsq(
        features[:, fitted].flatten(0, 1), signs[:, fitted].reshape(-1, 1)
    ).solution
    right = (features[:, tested] @ weights).squeeze(-1) * signs[:, tested] > 0
    return right.double().mean().item()


def train(model: Echo, setting: Setting, seed: int, lr: float, updates: int = UPDATES) -> History:
    """Train in windows; ``history.validation`` holds the gradient's cosines, every 100 updates."""
    k = setting.window
    # The stream began before training listens, so that every step has an answer.
    whole = stream(setting.lag, updates * k, ANSWERS // k, 40_000 + seed)
    x, target, mask = (part[setting.lag :] for part in whole)
    starts = iter(range(0, updates * k, k))
    state: Tensor | None = None

    def sample(_: torch.Generator) -> Batch:
        steps = slice(start := next(starts), start + k)
        return Batch(x[steps], target[steps], mask[steps])

    def loss(_: nn.Module, batch: Batch) -> Tensor:
        nonlocal state
        output, state = model(batch.x, state)
        state = state.detach() if setting.carried else None
        return DelayedEcho(lag=setting.lag).loss(output, batch)

    return fit(
        model,
        sample,
        loss,
        steps=updates,
        lr=lr,
        validate=lambda _: cosine(model, setting, 20_000 + seed),
        every=EVERY,
        progress=False,
    )


def run(seed: int, setting: str, lr: float = 0.001, updates: int = UPDATES) -> dict[str, float]:
    """Train, and measure on streams that training has not seen.

    Returns:
        ``accuracy``, the share of right answers on streams read in one go; ``accuracy_windows``,
        read as in training; ``lowest_loss`` and ``last_loss``, in nats, of 50 training updates in
        a row; ``held_before`` and ``held_after`` training, see `held`; ``cosine``, the median over
        the first 500 updates, see `cosine`.
    """
    chosen = Setting.of(setting)
    torch.manual_seed(seed)
    model = Echo()
    held_before = held(model.layer, chosen.lag, 30_000 + seed)
    history = train(model, chosen, seed, lr, updates)
    losses = torch.tensor(history.loss).view(-1, BLOCK).mean(dim=1)
    batch = stream(chosen.lag, *MEASURED, 10_000 + seed)
    task = DelayedEcho(lag=chosen.lag)
    with torch.no_grad():
        in_one_go, _ = model(batch.x)
        in_windows = outputs(model, batch.x, chosen)
    return {
        "accuracy": task.accuracy(in_one_go, batch),
        "accuracy_windows": task.accuracy(in_windows, batch),
        "lowest_loss": losses.min().item(),
        "last_loss": losses[-1].item(),
        "held_before": held_before,
        "held_after": held(model.layer, chosen.lag, 30_000 + seed),
        "cosine": median(value for _, value in history.validation[:EARLY]),
    }
