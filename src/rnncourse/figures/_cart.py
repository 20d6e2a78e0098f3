"""A pole on a cart as a figure is given it: who balances it, and how that goes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import cos, log, pi, sin, sqrt
from typing import Any, NamedTuple

import torch
import traitlets
from torch import Tensor, nn

from rnnbook.cells.checks import positive_int
from rnnbook.tasks.cartpole import ANGLE, START, TRACK, CartPole
from rnncourse.experiments.packing import unpack_all
from rnncourse.figures._reader import in_one_line
from rnncourse.figures._sampler import Random

FORCE, PUSHED_FOR = 10.0, 5  # N of the motor; steps that a push lasts
STEPS, HALFWAY = 500, 250  # of the run that is shown first, and where its push begins


class Run(NamedTuple):
    """A pole that is balanced until it falls, T steps at most.

    Attributes:
        states: position in m, velocity in m/s, angle in rad, angular velocity in rad/s, before
            each step and after the last, shape (T + 1, 4).
        actions: where the motor pushed, −1 or 1, shape (T).
        believed: what the probe reads from the state of the network, in rad/s, shape (T); NaN
            where there is no probe.
        fell: ``"pole"`` if it leant too far, ``"track"`` if the cart left its track, else empty.
    """

    states: Tensor
    actions: Tensor
    believed: Tensor
    fell: str


class Policy:
    """Who balances: a network that reads some of the four numbers, in double precision.

    Attributes:
        name: what it is called.
        sees: which of the four numbers it reads.
        memory: what it carries from step to step: the state (H), or the frames before this one; of
            frames None, where there are none yet.
        frozen: whether that stays as it is.
    """

    def __init__(self, given: Mapping[str, Any]) -> None:
        self.name, self.kind, self.sees = str(given["name"]), given["kind"], list(given["sees"])
        if self.kind not in ("frames", "gru"):
            raise ValueError(f"kind must be 'frames' or 'gru', got {self.kind!r}")
        if not self.sees or len({*self.sees}) < len(self.sees) or not {*self.sees} <= {0, 1, 2, 3}:
            raise ValueError(f"sees must be different numbers from 0 to 3, got {self.sees}")
        H, D = positive_int("H", given["H"]), len(self.sees) + 1
        self.frames = 1 if self.kind == "gru" else positive_int("frames", given["frames"])
        with torch.random.fork_rng(devices=[]):
            self.network = (
                nn.ModuleDict({"layer": nn.GRU(D, H), "readout": nn.Linear(H, 1)})
                if self.kind == "gru"
                else nn.ModuleDict({"net": _layers(D * self.frames, H)})
            ).double()
        unpack_all(self.network, given["parameters"])
        self._probe = _probe(given.get("probe"), self.kind, H)
        self._H = H
        self.frozen = False
        self.wipe()

    def wipe(self) -> None:
        """Carry nothing of what was."""
        gru = self.kind == "gru"
        self.memory: Tensor | None = torch.zeros(self._H).double() if gru else None

    @torch.no_grad()
    def act(self, frame: Tensor) -> float:
        """Where to push, −1 or 1 (0 if it does not know), after what is seen and the last action.

        Args:
            frame: shape (``len(sees) + 1``).
        """
        if self.kind == "gru":
            assert self.memory is not None
            h = self.network["layer"](frame[None], self.memory[None])[0][0]
            self._h, after, u = h, h, self.network["readout"](h)
        else:
            before = self.memory
            if before is None:
                before = frame.expand(self.frames - 1, -1)
            seen = torch.cat([before, frame[None]])
            after, u = seen[1:], self.network["net"](seen.flatten())
        if not self.frozen:
            self.memory = after
        return float(u.sign())

    def believed(self) -> float:
        """The angular velocity that the probe reads from the state at the last step, in rad/s."""
        if self._probe is None:
            return float("nan")
        weights, bias = self._probe
        return float(weights @ self._h + bias)


def simulated(
    policy: Policy,
    scale: Sequence[float],
    *,
    steps: int,
    push: int | None,
    freeze: int | None,
    noise: float,
    length: float,
    push_force: float,
    seed: int,
) -> Run:
    """A run as the page makes it.

    Each number of a state is rounded to a billionth. Without that, what differs in the sixteenth
    digit from one machine to the next becomes ten times as large each 0.6 s, because an upright
    pole is unstable, and the page would show another run than Python.
    """
    world, random = CartPole(length), Random(seed)
    state = _doubles([(2 * random.uniform() - 1) * START for _ in range(4)])
    state = _rounded(state)
    divisors, noises = _doubles(scale), normals(random)
    policy.wipe()
    action, fell = 0.0, ""
    states, actions, believed = [state], [], []
    for t in range(steps):
        policy.frozen = freeze is not None and t >= freeze
        seen = [float((state / divisors)[k]) + noise * next(noises) for k in policy.sees]
        action = policy.act(_doubles([*seen, action]))
        pushed = push is not None and push <= t < push + PUSHED_FOR
        force = _doubles([FORCE * action + push_force * pushed])
        state = _rounded(world.step(state[None], force)[0])
        states.append(state)
        actions.append(action)
        believed.append(policy.believed())
        fell = how_fallen(state)
        if fell:
            break
    return Run(torch.stack(states), _doubles(actions), _doubles(believed), fell)


def how_fallen(state: Tensor) -> str:
    """``"pole"`` or ``"track"``, or empty where it still stands."""
    if abs(float(state[2])) > ANGLE:
        return "pole"
    return "track" if abs(float(state[0])) > TRACK else ""


def normals(random: Random) -> Iterator[float]:
    """The page's standard normal numbers, by Box & Muller (1958)."""
    while True:
        radius = sqrt(-2 * log(1 - random.uniform()))
        angle = 2 * pi * random.uniform()
        yield radius * cos(angle)
        yield radius * sin(angle)


def opened(k: int, given: object) -> tuple[Policy, dict[str, Any]]:
    """Policy number k that a figure was given: the network, and the trait for the page.

    Raises:
        traitlets.TraitError: if something of it is missing or does not fit.
    """
    if not isinstance(given, Mapping):
        raise traitlets.TraitError(f"policies must be dicts, got {given!r} as number {k}")
    try:
        return Policy(given), in_one_line(given)
    except KeyError as missing:
        raise traitlets.TraitError(f"policy number {k} must have {missing}, got none") from missing
    except (TypeError, ValueError, RuntimeError) as wrong:
        raise traitlets.TraitError(f"policy number {k}: {wrong}") from wrong


def _layers(inputs: int, H: int) -> nn.Sequential:
    return nn.Sequential(nn.Linear(inputs, H), nn.Tanh(), nn.Linear(H, 1))


def _rounded(state: Tensor) -> Tensor:
    """To a billionth, up from 0.49 on: a step adds fiftieths, which may lie right at 0.5."""
    return (state * 1e9 + 0.51).floor() / 1e9


def _doubles(values: Sequence[float]) -> Tensor:
    return torch.tensor(values, dtype=torch.float64)


def _probe(given: Any, kind: str, H: int) -> tuple[Tensor, float] | None:
    if given is None:
        return None
    weights = _doubles(given["weights"])
    if kind != "gru" or weights.shape != (H,) or not weights.isfinite().all():
        raise ValueError(
            f"probe must be of a gru, with H = {H} finite weights, got one of {kind} with "
            f"{weights.numel()}"
        )
    return weights, float(given["bias"])
