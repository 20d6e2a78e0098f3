"""What clipping buys: an IRNN on the cue, by plain gradient descent, at growing rates.

Plain gradient descent, because Adam divides by the size of past gradients and so hides most of
what clipping does. Both kinds of clipping let the same longest step through: a norm of 1, or every
one of the N elements within ±1/√N.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import nan, sqrt
from statistics import median
from typing import Any

import torch
from torch import Tensor, nn

from rnnbook.tasks import Cue
from rnnbook.training import TrainingDiverged, fit
from rnncourse.lessons.ch06.experiments.remedies import WORST_SHARE, Network

DESCRIPTION = "An IRNN on the cue by plain gradient descent: clipping against learning rate"
GRID = {"clipping": ["none", "norm", "value"], "rate": [0.003, 0.01, 0.03, 0.1]}
CHEAP = {"clipping": "value", "rate": 0.003, "steps": 30}

TASK = Cue(lag=60)
STEPS = 200
BATCH_SIZE = 32
SOLVED = 0.05


class ValueClippedSGD(torch.optim.SGD):
    """Plain gradient descent with every element of the gradient cut off at ±limit.

    Args:
        parameters: of the model.
        lr: learning rate.
        limit: the largest element that is let through; 1/√N if not given, which bounds the norm
            of the whole gradient by 1.

    Attributes:
        angles: by how many degrees clipping turned the gradient, for each step.
    """

    def __init__(
        self, parameters: Iterable[nn.Parameter], lr: float, limit: float | None = None
    ) -> None:
        parameters = list(parameters)
        super().__init__(parameters, lr=lr)
        self.limit = limit or 1 / sqrt(sum(p.numel() for p in parameters))
        self.angles: list[float] = []

    @torch.no_grad()
    def step(self, closure: Any = None) -> None:  # type: ignore[override]
        """Clip, note the angle, and take the step."""
        gradients = [p.grad for group in self.param_groups for p in group["params"]]
        before = _flat(gradients)
        nn.utils.clip_grad_value_(self.param_groups[0]["params"], self.limit)
        self.angles.append(angle(before, _flat(gradients)))
        super().step(closure)


def angle(one: Tensor, other: Tensor) -> float:
    """The angle between two vectors, in degrees; 0 where one of them is zero."""
    lengths = one.norm() * other.norm()
    if lengths == 0:
        return 0.0
    return torch.rad2deg(torch.arccos((one @ other / lengths).clamp(-1, 1))).item()


def _flat(tensors: list[Tensor]) -> Tensor:
    # In float64, for the square of a gradient at the wall is beyond float32.
    return torch.cat([tensor.detach().double().flatten() for tensor in tensors])


def run(seed: int, clipping: str, rate: float, steps: int = STEPS) -> dict[str, float]:
    """Train, and measure on sequences that were neither trained nor stopped on.

    Returns:
        ``accuracy``; ``share``: the loss as a share of the loss without memory, at most 10 (10 if
        training diverged; the accuracy is then that of the last finite weights); ``updates``;
        ``diverged`` 0 or 1; ``angle``: the median, over the updates, of the degrees by which
        clipping by value turned the gradient (NaN without it).
    """
    torch.manual_seed(seed)
    model = Network(TASK, "relu identity")
    descent = ValueClippedSGD(model.parameters(), rate)
    plain = torch.optim.SGD(model.parameters(), rate)
    held_out = TASK.sample(300, torch.Generator().manual_seed(10_000 + seed))
    diverged = False
    try:
        history = fit(
            model,
            sample=lambda generator: TASK.sample(BATCH_SIZE, generator),
            loss=lambda model, batch: TASK.loss(model(batch.x), batch),
            steps=steps,
            optimizer=lambda _: descent if clipping == "value" else plain,
            clip=1.0 if clipping == "norm" else None,
            validate=lambda model: TASK.loss(model(held_out.x), held_out).item(),
            every=25,
            stop_below=SOLVED,
            seed=seed,
            progress=False,
        )
    except TrainingDiverged as error:
        diverged, history = True, error.history
    test = TASK.sample(1000, torch.Generator().manual_seed(30_000 + seed))
    with torch.no_grad():
        output = model(test.x)
    share = TASK.loss(output, test).item() / TASK.baseline()
    return {
        "accuracy": TASK.accuracy(output, test),
        "share": WORST_SHARE if diverged or share != share else min(share, WORST_SHARE),
        "updates": len(history.loss),
        "diverged": float(diverged),
        "angle": median(descent.angles) if descent.angles else nan,
    }
