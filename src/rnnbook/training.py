"""One honest training loop: seeds, clipping, history, progress, interruption."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from math import inf, isfinite, nan
from typing import Any, Self, TypeVar

import torch
from torch import Tensor, nn
from tqdm import tqdm

from rnnbook.cells import checks
from rnnbook.cells.checks import positive_int, positive_number
from rnnbook.cells.modes import evaluating, modes_kept

Drawn = TypeVar("Drawn")
MakeOptimizer = Callable[[Iterable[nn.Parameter]], torch.optim.Optimizer]


@dataclass
class History:
    """What happened in a run, as plain data.

    Attributes:
        loss: the training loss of each step, before its update.
        grad_norm: the norm of the whole gradient at each step, before clipping.
        validation: pairs of a step and the validation value after it.
        stopped: why and where the run stopped, in words.
        seconds: wall time of the run.
    """

    loss: list[float] = field(default_factory=list)
    grad_norm: list[float] = field(default_factory=list)
    validation: list[tuple[int, float]] = field(default_factory=list)
    stopped: str = ""
    seconds: float = 0.0

    def to_dict(self) -> dict[str, Any]:
        """A dictionary that JSON can hold."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        """The history that ``to_dict`` gave, also after a journey through JSON."""
        pairs = [(int(step), float(value)) for step, value in data["validation"]]
        return cls(**{**data, "validation": pairs})


class TrainingDiverged(FloatingPointError):
    """The loss, its gradient or the validation is not finite any more.

    Attributes:
        history: the run up to the last step whose loss and gradient were finite.
    """

    def __init__(self, message: str, history: History) -> None:
        super().__init__(message)
        self.history = history


def fit(
    model: nn.Module,
    sample: Callable[[torch.Generator], Drawn],
    loss: Callable[[nn.Module, Drawn], Tensor],
    *,
    steps: int,
    lr: float = 1e-3,
    optimizer: str | MakeOptimizer = "adam",
    clip: float | None = 1.0,
    validate: Callable[[nn.Module], float] | None = None,
    every: int = 100,
    patience: int | None = None,
    stop_below: float | None = None,
    seed: int = 0,
    progress: bool = True,
) -> History:
    """Train a model in place.

    The run is determined by the weights that the model starts from, ``seed``, and the versions of
    torch and the processor: ``sample`` draws from a generator of its own, dropout from torch's
    global one, which is seeded for the run and put back as it was. Neither stream is that of
    ``torch.manual_seed(seed)``, so that weights and batches share no numbers.

    Ctrl-C ends the run and keeps what was learned. With ``patience``, the model is left with the
    weights of its best validation wherever later ones were no better, however the run ends; without
    it, with those of the last update. ``History.stopped`` says which weights were put back.

    Args:
        model: any module; it is in training mode while it learns, and each of its modules is left
            in the mode that it had.
        sample: draws one batch from the generator that it is given.
        loss: takes the model and a batch, returns a scalar.
        steps: the most updates to make.
        lr: learning rate; a callable ``optimizer`` brings its own.
        optimizer: ``"adam"``, ``"sgd"``, or a function that makes a `torch.optim.Optimizer` of the
            parameters.
        clip: the largest gradient norm that is let through (Pascanu et al. 2013); None for any.
        validate: measures the model, smaller is better; called without gradients, in
            evaluation mode.
        every: steps between validations; the last step is validated too.
        patience: stop when this many validations in a row were no better than the best one. If
            the last one was not, put the best one's weights back: also after the last step, and
            after Ctrl-C.
        stop_below: stop when a validation falls below this.
        seed: of the batches and of dropout.
        progress: show a bar on a live terminal or notebook (never in committed outputs: the
            environment variable ``RNNBOOK_PROGRESS_BAR=0`` switches it off).

    Returns:
        `History`.

    Raises:
        TrainingDiverged: (a `FloatingPointError`) if a loss, gradient or validation is not finite;
            the model keeps the last finite weights.
        TypeError: if ``model`` is no module, ``sample``, ``loss`` or ``validate`` no function, or
            the last two give no number.
        ValueError: if an argument is out of range, the model has nothing to learn, or ``loss``
            gives several numbers or one that does not depend on the model.
    """
    checks.instance("model", model, nn.Module, "a module")
    checks.function("sample", sample)
    checks.function("loss", loss)
    if validate is not None:
        checks.function("validate", validate)
    _check(steps, lr, clip, every, patience, stop_below, seed, validate)
    parameters = [p for p in model.parameters() if p.requires_grad]
    if not parameters:
        raise ValueError("model must have a parameter that is not frozen, got none")
    updater = _optimizer(optimizer, parameters, lr)
    of_batches, of_dropout = _streams(seed)
    generator = torch.Generator(device="cpu").manual_seed(of_batches)
    history, before, start = History(), _Snapshot(model), time.perf_counter()
    early = _EarlyStop(_Snapshot(model), patience, stop_below)

    def check_finite(what: str, value: float, step: int) -> None:
        if not isfinite(value):
            before.restore_if_broken()
            raise TrainingDiverged(
                f"{what} is {value} at step {step}: {_advice(lr, clip)}", history
            )

    def update(step: int) -> None:
        updater.zero_grad()
        value = checks.loss_value(loss(model, sample(generator)), "what the model learns")
        check_finite("the loss", value.item(), step)
        value.backward()
        norm = nn.utils.clip_grad_norm_(parameters, inf if clip is None else clip).item()
        check_finite("the gradient's norm", norm, step)
        before.keep()
        updater.step()
        history.loss.append(value.item())
        history.grad_norm.append(norm)

    def measure(step: int) -> float:
        with evaluating(model), torch.no_grad():
            value = _number(validate(model)) if validate is not None else nan
        check_finite("the validation", value, step)
        history.validation.append((step, value))
        return value

    bar = tqdm(total=steps, disable=not (progress and _is_live()), leave=False, mininterval=0.5)
    try:
        with modes_kept(model), torch.random.fork_rng(devices=[]), bar:
            torch.default_generator.manual_seed(of_dropout)
            model.train()
            for step in range(1, steps + 1):
                update(step)
                bar.update()
                if validate is not None and (step % every == 0 or step == steps):
                    value = measure(step)
                    bar.set_postfix(validation=f"{value:.4g}")
                    history.stopped = early.reason(step, value)
                    if history.stopped:
                        break
            else:
                history.stopped = f"finished {steps} steps"
    except KeyboardInterrupt:
        history.stopped = f"interrupted at step {len(history.loss)} of {steps}"
    finally:
        history.seconds = time.perf_counter() - start
    history.stopped += early.put_best_back()
    return history


class _Snapshot:
    """A copy of a model's weights, and the way back to it."""

    def __init__(self, model: nn.Module) -> None:
        self._weights = list(model.state_dict().values())  # these share memory with the model
        self._kept = [weight.clone() for weight in self._weights]

    def keep(self) -> None:
        for kept, weight in zip(self._kept, self._weights, strict=True):
            kept.copy_(weight)

    def restore(self) -> None:
        for kept, weight in zip(self._kept, self._weights, strict=True):
            weight.copy_(kept)

    def restore_if_broken(self) -> None:
        if not all(weight.isfinite().all() for weight in self._weights):
            self.restore()


@dataclass
class _EarlyStop:
    """Says when to stop; keeps the best weights."""

    snapshot: _Snapshot
    patience: int | None
    stop_below: float | None
    best: float = inf
    best_step: int = 0
    waited: int = 0

    def reason(self, step: int, value: float) -> str:
        """Why to stop after this validation, or nothing."""
        if value < self.best:
            self.best, self.best_step, self.waited = value, step, 0
            if self.patience is not None:
                self.snapshot.keep()
        else:
            self.waited += 1
        if self.stop_below is not None and value < self.stop_below:
            return f"validation fell below {self.stop_below:g} at step {step}"
        if self.patience is None or self.waited < self.patience:
            return ""
        return f"no better validation after step {self.best_step}: stopped at step {step}"

    def put_best_back(self) -> str:
        """Put the best weights back if the last validation was no better; what was done."""
        if self.patience is None or not self.waited:
            return ""
        self.snapshot.restore()
        return f", weights of step {self.best_step} restored"


def _optimizer(
    optimizer: str | MakeOptimizer, parameters: list[nn.Parameter], lr: float
) -> torch.optim.Optimizer:
    if callable(optimizer):
        return optimizer(parameters)
    known = {"adam": torch.optim.Adam, "sgd": torch.optim.SGD}
    if optimizer not in tuple(known):
        raise ValueError(f"optimizer must be 'adam', 'sgd' or a function, got {optimizer!r}")
    return known[optimizer](parameters, lr=lr)


def _check(
    steps: int,
    lr: float,
    clip: float | None,
    every: int,
    patience: int | None,
    stop_below: float | None,
    seed: int,
    validate: object,
) -> None:
    positive_int("steps", steps)
    positive_int("every", every)
    positive_number("lr", lr)
    if clip is not None:
        positive_number("clip", clip, "a positive number or None")
    if patience is not None:
        positive_int("patience", patience)
    if stop_below is not None:
        checks.finite_number("stop_below", stop_below, "a number or None", lambda _: True)
    checks.whole_number("seed", seed)
    for name, value in (("patience", patience), ("stop_below", stop_below)):
        if value is not None and validate is None:
            raise ValueError(f"{name} needs validate, got {name}={value!r} and no validate")


def _number(value: Any) -> float:
    """What ``validate`` gave, as a number."""
    try:
        return float(value)
    except (TypeError, ValueError, RuntimeError):
        raise TypeError(f"validate must return a number, got {type(value).__name__}") from None


def _advice(lr: float, clip: float | None) -> str:
    clipping = "clip=1.0 (now None)" if clip is None else f"a smaller clip (now {clip:g})"
    return f"try a smaller lr (now {lr:g}) or {clipping}, and look for NaN in the batch"


def _streams(seed: int) -> tuple[int, int]:
    """Seeds of the batches and of dropout, whose streams have nothing to do with that of ``seed``.

    ``torch.manual_seed(seed)`` often has drawn the weights: from the same stream, the numbers of
    the first batch would be those of the weights again.
    """
    generator = torch.Generator(device="cpu").manual_seed(seed)
    first, second = torch.randint(2**62, (2,), generator=generator, device="cpu").tolist()
    return first, second


def _is_live() -> bool:
    """Whether somebody watches: a terminal, or a notebook that no tool executes."""
    if os.environ.get("RNNBOOK_PROGRESS_BAR") == "0":
        return False
    IPython = sys.modules.get("IPython")
    shell = IPython.get_ipython() if IPython else None
    return sys.stderr.isatty() or hasattr(shell, "kernel")
