"""The cart and the pole: trained networks balance it, and the reader pushes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from math import degrees, isfinite
from typing import Any, ClassVar

import traitlets

from rnnbook.tasks.cartpole import SECONDS, TRACK
from rnncourse.figures._cart import HALFWAY, STEPS, Policy, Run, opened, simulated
from rnncourse.figures.base import Figure

_WIDTH, _GROUND, _METRE = 640, 196, 118.0  # of the still picture, in pixels
_STRIPS = ((272, 40, 12.0), (374, 40, 90.0))  # a strip's middle, half its height, and its reach
_LEFT, _RIGHT = 40, 10


class CartAndPole(Figure):
    """A pole on a cart that a trained network keeps upright, until the reader has other ideas.

    The reader pushes the cart, changes who balances it, and freezes or wipes the memory of whoever
    does; below run the last ten seconds: the angle of the pole, its angular velocity, and, where
    there is a probe, the angular velocity that the state of the network tells::

        CartAndPole(shipped()["policies"])

    A step takes 0.02 s. A policy sees some of the four numbers of `rnnbook.tasks.CartPole`, each
    over its ``scale`` and with noise, and its own last action; the motor pushes with 10 N to the
    side that it says. A push of the reader is a force on the cart for 0.1 s. Before anything is
    touched there is a whole run: 500 steps, with a push to the right at step 250; or with the
    memory frozen from there on, if ``frozen``.

    A policy whose memory is frozen still sees each new step, but what it carries there from the
    steps before stays as it was.

    Args:
        policies: who can balance, at least one, each a dict of

            ``name``; ``kind``, ``"frames"`` or ``"gru"``;
            ``sees``, which of position, velocity, angle and angular velocity it reads, from 0;
            ``frames``, of that kind: how many, this one and those before it, oldest first;
            ``H`` and ``parameters``, as `rnncourse.experiments.packing.pack_all` gives those of an
            `torch.nn.GRU`, ``layer``, and a `torch.nn.Linear` to a number, ``readout``; or of
            `torch.nn.Linear` to H, `torch.nn.Tanh` and `torch.nn.Linear`, in a sequence ``net``;
            ``probe``, of a gru, if there is one: ``weights`` (H) and ``bias`` that read the
            angular velocity in rad/s from its state.
        scale: what each of the four numbers is divided by.
        chosen: who balances, from 0.
        noise: standard deviation of what is added to what is seen, 0 to 0.3.
        length: of half the pole, in metres, 0.125 to 1.
        push_force: of a push, in newtons, 2.5 to 20.
        frozen: whether the memory is frozen.
        slow: whether time goes at a quarter of its speed.
        seed: of where the pole begins, and of the noise.
        question: what the reader is asked to find out.

    Raises:
        traitlets.TraitError: if one of them is none of those, here or when a trait is set later.
    """

    name: ClassVar[str] = "cart_and_pole"

    policies: Any = traitlets.List(traitlets.Dict()).tag(sync=True)
    scale: Any = traitlets.List(traitlets.Float()).tag(sync=True)
    chosen = traitlets.Int(0).tag(sync=True)
    noise = traitlets.Float(0.1).tag(sync=True)
    length = traitlets.Float(0.5).tag(sync=True)
    push_force = traitlets.Float(7.5).tag(sync=True)
    frozen = traitlets.Bool(False).tag(sync=True)
    slow = traitlets.Bool(False).tag(sync=True)
    seed = traitlets.Int(22).tag(sync=True)
    question = traitlets.Unicode().tag(sync=True)

    def __init__(
        self,
        policies: Sequence[Mapping[str, Any]],
        *,
        scale: Sequence[float] = (2.4, 3.0, 0.2095, 3.0),
        chosen: int = 0,
        noise: float = 0.1,
        length: float = 0.5,
        push_force: float = 7.5,
        frozen: bool = False,
        slow: bool = False,
        seed: int = 22,
        question: str = "Who can balance a pole without being told how fast it turns?",
    ) -> None:
        pairs = [opened(k, one) for k, one in enumerate(policies)]
        if not pairs:
            raise traitlets.TraitError("policies must hold one at least, got none")
        self._policies = [policy for policy, _ in pairs]
        super().__init__(
            policies=[trait for _, trait in pairs],
            scale=list(scale),
            chosen=chosen,
            noise=noise,
            length=length,
            push_force=push_force,
            frozen=frozen,
            slow=slow,
            seed=seed,
            question=question,
        )

    @traitlets.validate("scale")
    def _check_scale(self, proposal: Any) -> list[float]:
        found = proposal["value"]
        if len(found) != 4 or not all(isfinite(one) and one > 0 for one in found):
            raise traitlets.TraitError(f"scale must be four numbers above 0, got {found}")
        return found

    @traitlets.validate("chosen", "noise", "length", "push_force", "seed")
    def _check_number(self, proposal: Any) -> Any:
        name, value = proposal["trait"].name, proposal["value"]
        least, most = {
            "chosen": (0, len(self._policies) - 1),
            "noise": (0, 0.3),
            "length": (0.125, 1),
            "push_force": (2.5, 20),
            "seed": (0, 2**53 - 1),
        }[name]
        if not least <= value <= most:
            raise traitlets.TraitError(f"{name} must be {least} to {most}, got {value!r}")
        return value

    def run(
        self,
        policy: int | None = None,
        steps: int = STEPS,
        *,
        push: int | None = None,
        freeze: int | None = None,
        noise: float | None = None,
        length: float | None = None,
        seed: int | None = None,
    ) -> Run:
        """How a run goes, in double precision, with the weights as the page has them.

        Args:
            policy: who balances, from 0; the figure's own if not given, and so are the last three.
            steps: how many there are, if it does not fall before.
            push: the step from which on it is pushed to the right, for five steps.
            freeze: the step from which on its memory stays as it is.
            noise: standard deviation of what is added to what is seen.
            length: of half the pole, in metres.
            seed: of where it begins, and of the noise.
        """
        return simulated(
            self._policies[self.chosen if policy is None else policy],
            self.scale,
            steps=steps,
            push=push,
            freeze=freeze,
            noise=self.noise if noise is None else noise,
            length=self.length if length is None else length,
            push_force=self.push_force,
            seed=self.seed if seed is None else seed,
        )

    def still(self) -> str:
        """The cart where the first run leaves it, and the strips of that run; who held how long."""
        runs = [self._first(k) for k in range(len(self._policies))]
        event = "memory frozen" if self.frozen else "a push"
        held = "; ".join(
            f"{escape(policy.name)}: {in_seconds(one)}"
            for policy, one in zip(self._policies, runs, strict=True)
        )
        whose = self._policies[self.chosen]
        return (
            f"{_picture(whose, runs[self.chosen], self.length, event)}"
            f"<p>How long each of them balanced the pole, of 10 s with {event} after 5 s: {held}. "
            f"Drawn is {escape(whose.name)}; dashed, what its state says of the angular velocity, "
            "where it was asked.</p>"
        )

    def _first(self, policy: int) -> Run:
        """The run that is there before anything is touched."""
        event = "freeze" if self.frozen else "push"
        return self.run(policy, **{event: HALFWAY})


def in_seconds(run: Run) -> str:
    """How long it was balanced, in words."""
    seconds = len(run.actions) * SECONDS
    return f"fell after {seconds:.1f} s" if run.fell else f"{seconds:.0f} s, and stands"


def _picture(policy: Policy, run: Run, length: float, event: str) -> str:
    x, _, angle, _ = run.states[-1].tolist()
    metre = min(_METRE, (_GROUND - 40) / (2 * length))
    middle, top = _WIDTH / 2 + metre * x, _GROUND - 34
    ends = [_WIDTH / 2 + side * metre * TRACK for side in (-1, 1)]
    color = "var(--rnnbook-gru)" if policy.kind == "gru" else "var(--rnnbook-accent)"
    parts = [
        f'<path d="M{ends[0]:.1f} {_GROUND}H{ends[1]:.1f}M{ends[0]:.1f} {_GROUND - 8}v16'
        f'M{ends[1]:.1f} {_GROUND - 8}v16" stroke="currentColor" stroke-width="2"/>',
        f'<rect x="{middle - 30:.1f}" y="{top}" width="60" height="26" rx="4" '
        'fill="currentColor" fill-opacity="0.3"/>',
        *(
            f'<circle cx="{middle + side:.1f}" cy="{_GROUND - 6}" r="6" fill="currentColor"/>'
            for side in (-18, 18)
        ),
        f'<path d="M{middle:.1f} {top}v{-2 * length * metre:.1f}" stroke="{color}" '
        f'stroke-width="7" stroke-linecap="round" '
        f'transform="rotate({degrees(angle):.2f} {middle:.1f} {top})"/>',
        *_strips(run, color),
    ]
    if len(run.actions) > HALFWAY:
        parts.append(
            f'<path d="M{_across(HALFWAY):.1f} {_STRIPS[0][0] - _STRIPS[0][1]}'
            f'V{_STRIPS[1][0] + _STRIPS[1][1]}" stroke="var(--rnnbook-accent)" stroke-width="2"/>'
        )
    words = (
        f"{policy.name}: the cart and the pole at the end of a run with {event} after 5 seconds: "
        f"{in_seconds(run)}; the angle of the pole and its angular velocity over time"
    )
    bottom = _STRIPS[-1][0] + _STRIPS[-1][1] + 22
    return (
        f'<svg class="rnnbook-chart rnnbook-cart-still" role="img" aria-label="{escape(words)}" '
        f'width="{_WIDTH}" height="{bottom}" viewBox="0 0 {_WIDTH} {bottom}">{"".join(parts)}</svg>'
    )


def _strips(run: Run, color: str) -> list[str]:
    parts = []
    turned = [degrees(one) for one in run.believed.tolist()]
    grey = 'stroke="currentColor" stroke-width="1.5"'
    for (middle, half, reach), column, name in zip(
        _STRIPS, (2, 3), ("angle, °", "angular velocity, °/s"), strict=True
    ):
        lines = [([degrees(y) for y in run.states[:, column].tolist()], grey)]
        if column == 3 and turned and isfinite(turned[0]):
            lines.append((turned, f'stroke="{color}" stroke-width="2" stroke-dasharray="5 3"'))
        parts.append(
            f'<path d="M{_LEFT} {middle}H{_WIDTH - _RIGHT}" stroke="currentColor" '
            f'stroke-opacity="0.3"/><text x="{_LEFT - 6}" y="{middle + 4}" text-anchor="end">0'
            f'</text><text x="{_LEFT}" y="{middle - half - 2}">{name}</text>'
        )
        for values, look in lines:
            points = " ".join(
                f"{_across(t):.1f} {middle - half * max(-1.0, min(y / reach, 1.0)):.1f}"
                for t, y in enumerate(values)
            )
            parts.append(f'<polyline points="{points}" fill="none" {look}/>')
    bottom = _STRIPS[-1][0] + _STRIPS[-1][1] + 16
    for t, words in ((0, "0 s"), (HALFWAY, "5 s"), (STEPS, "10 s")):
        anchor = "end" if t == STEPS else "middle"
        parts.append(
            f'<text x="{_across(t):.1f}" y="{bottom}" text-anchor="{anchor}">{words}</text>'
        )
    return parts


def _across(t: int) -> float:
    return _LEFT + t / STEPS * (_WIDTH - _LEFT - _RIGHT)
