"""Exercise: tell from a log of norms and losses whether clipping could have saved the run."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from rnncourse.checking.exercise import Exercise, Mistake, Tensors

_INF, _NAN = math.inf, math.nan
_CPU: dict[str, Any] = {"dtype": torch.float64, "device": "cpu"}
_LOGS: tuple[tuple[int, float, float, Mapping[int, float], Mapping[int, float]], ...] = (
    # steps, first loss, c, {update: its norm, below 1 elsewhere}, {update: its loss / the first}
    (12, 0.7, 4.0, {5: 40.0}, dict.fromkeys(range(6, 12), 30.0)),  # a spike, and it breaks
    (10, 0.7, 4.0, {}, {}),  # nothing happens
    (11, 2.1, 4.0, dict.fromkeys(range(11), 1e-7), {}),  # vanished
    (10, 0.7, 4.0, {}, {t: 3.0**t for t in range(10)}),  # breaks by itself: the rate
    (12, 2.1, 4.0, {6: 60.0, 7: 9.0}, dict.fromkeys(range(4, 12), 25.0)),  # breaks, then spikes
    (9, 0.7, 4.0, {4: 50.0}, dict.fromkeys(range(4, 9), 40.0)),  # both at one update
    (10, 0.7, 4.0, {5: _INF, **dict.fromkeys(range(6, 10), _NAN)},
     dict.fromkeys(range(6, 10), _NAN)),  # overflow
    (13, 2.1, 4.0, {5: 40.0}, {6: 3.0}),  # a spike that it survives
    (14, 0.7, 4.0, {2: 30.0}, dict.fromkeys(range(9, 14), 20.0)),  # a spike, and it breaks later
    (10, 0.7, 4.0, {4: 1e9, **dict.fromkeys(range(5, 10), _NAN)},
     dict.fromkeys(range(5, 10), _NAN)),  # finite, and then NaN
    (11, 0.7, 4.0, {3: 30.0, 6: _INF, **dict.fromkeys(range(7, 11), _NAN)},
     dict.fromkeys(range(7, 11), _NAN)),  # finite first, then infinite
    (12, 0.7, 4.0, {5: 40.0, 8: _INF, **dict.fromkeys(range(9, 12), _NAN)},
     {6: 30.0, 7: 1e5, 8: 1e20, **dict.fromkeys(range(9, 12), _NAN)}),  # too large, then infinite
    (12, 2.1, 4.0, {4: 25.0}, {5: 6.0, 6: 4.0}),  # up to six times, and back
    (13, 0.7, 4.0, {7: 25.0}, {5: 0.03, 6: 0.02, 7: 0.02, 8: 0.5, 9: 0.4}),  # 25 times the last
    (12, 0.7, 4.0, {3: 25.0}, {4: 20.0, 5: 15.0}),  # breaks and comes back
    (11, 0.7, 0.05, {}, dict.fromkeys(range(7, 11), 50.0)),  # every gradient is longer than c
    (12, 0.7, 200.0, {5: 40.0}, dict.fromkeys(range(6, 12), 30.0)),  # c is too large
    (1, 0.7, 4.0, {0: 40.0}, {}),
    (9, 0.7, 4.0, {7: 30.0}, {8: 20.0}),  # at the very end
    (9, 0.7, 4.0, {8: 30.0}, {}),  # a spike at the end
    (10, 0.7, 4.0, {5: 80.0}, {6: 1e30, **dict.fromkeys(range(7, 10), _INF)}),
    (10, 35.0, 4.0, {5: 30.0}, {6: 4.0}),  # a large loss, that is all
    (10, 35.0, 4.0, {5: 7.0}, dict.fromkeys(range(6, 10), 12.0)),  # not much above c
    (11, 0.02, 4.0, {5: 30.0}, dict.fromkeys(range(6, 11), 15.0)),  # a small one that breaks
    (10, 0.7, 4.0, {2: 3.0, 6: 30.0}, {7: 12.0}),  # nearly c, then far above
)  # fmt: skip


class LogsExercise(Exercise):
    """Draws logs of runs of many kinds."""

    def draw(self, generator: torch.Generator) -> list[Tensors]:
        """Draw a log for each kind: norms, losses and a threshold."""
        calls: list[Tensors] = []
        for steps, first, c, long, broken in _LOGS:
            u = torch.rand(2, steps, generator=generator, **_CPU)
            norms = 0.3 + 0.6 * u[0]
            losses = (0.95 + 0.1 * u[1]) * torch.linspace(1, 0.8, steps, **_CPU)
            for t, value in long.items():
                norms[t] = value
            for t, value in broken.items():
                losses[t] = value
            losses = first * losses / losses[0]
            calls.append((norms, losses, torch.tensor(c, **_CPU)))
        return calls

    def introduce(self, inputs: Tensors) -> str:
        """Tell what happens in a log."""
        norms, losses, c = inputs
        loss = "never breaks"
        if broken := _places(~(losses <= 10 * losses[0])):
            at = broken[0]
            ratio = (losses[at] / losses[0]).item()
            size = f"{ratio:.3g} times the first" if math.isfinite(ratio) else "not finite"
            loss = f"breaks at update {at + 1} ({size})"
        gradient = f"no gradient is longer than c = {c.item():g}"
        if long := _places(norms > c):
            at = long[0]
            gradient = (
                f"the first gradient longer than c = {c.item():g} is that of update {at + 1} "
                f"({norms[at].item():.3g})"
            )
        return f"in a log of {len(norms)} updates whose loss {loss}, and in which {gradient}, "

    def explain(self, mine: Tensors, expected: Tensors) -> str:
        """Say what the answer is to be."""
        return f"could first differs: yours {mine[0].item():g}, expected {expected[0].item():g}."


def _places(true: Tensor) -> list[int]:
    """Where something is so."""
    found: list[int] = true.nonzero().flatten().tolist()
    return found


def could_help(norms: Tensor, losses: Tensor, c: Tensor) -> Tensor:
    """Whether clipping at ``c`` could have saved a run, from its log without, ``(T), (T) -> ()``.

    Both are taken before each update. The run is broken from the first loss on that is above ten
    times the first one, or not finite. Until the first gradient that is not at most ``c`` long, a
    clipped run is the very same.
    """
    T, steps = len(norms), torch.arange(len(norms))
    broken = ~(losses <= 10 * losses[0])
    changed = ~(norms <= c)
    breaks = torch.where(broken, steps, T).min()
    first = torch.where(changed, steps, T).min()
    in_time = first < breaks
    finite = norms[first.clamp(max=T - 1)].isfinite()
    could = broken.any() & in_time & finite
    return could.long()


BROKEN, CHANGED = "~(losses <= 10 * losses[0])", "~(norms <= c)"
FIRST, IN_TIME = "torch.where(changed, steps, T).min()", "in_time = first < breaks"
FINITE = "norms[first.clamp(max=T - 1)].isfinite()"
COULD = "broken.any() & in_time & finite"

EXERCISE = LogsExercise(
    name="could-clipping-help",
    title="Could clipping have helped?",
    level="transfer",
    minutes=15,
    objective="06.2",
    hints=(
        "Clipping multiplies by 1 wherever the gradient is at most c long. So up to which update "
        "is the clipped run the very same run, number by number?",
        "Find two updates: the one at which the loss breaks (NaN compares as False, so ask with "
        "not … <=), and the first whose gradient is longer than c. Which must come first, and may "
        "they be the same one?",
        "True only where the run breaks, an earlier update has a norm above c, and the first such "
        "norm is finite: infinity times c over infinity is NaN.",
    ),
    notice="the log says when clipping *could* have helped, never that it would: from the first "
    "clipped update on, the clipped run is another run, and only running it tells.",
    takes={"norms": "T", "losses": "T", "c": ""},
    returns={"could": ""},
    reference=could_help,
    varied=False,
    mistakes=(
        Mistake(
            "unbroken-runs",
            "you say yes to runs that never break. Where nothing is broken there is nothing to "
            "save.",
            {COULD: "in_time & finite"},
        ),
        Mistake(
            "order-ignored",
            "you say yes wherever the run breaks and some gradient is too long, in whichever "
            "order. A gradient that comes after the break did not break it.",
            {IN_TIME: "in_time = changed.any()"},
        ),
        Mistake(
            "same-update",
            "you say yes where the first long gradient belongs to the update whose loss is broken "
            "already. Both are taken before the update: whose step made that loss?",
            {IN_TIME: "in_time = first <= breaks"},
        ),
        Mistake(
            "infinite-clipped",
            "you say yes where the first long gradient is infinite. What is infinity, multiplied "
            "by c over infinity?",
            {COULD: "broken.any() & in_time"},
        ),
        Mistake(
            "infinite-before-the-break",
            "you say no where an infinite gradient comes between a long one and the break. From "
            "the first long one on the clipped run is another run: it need not overflow.",
            {FINITE: "norms[:breaks].isfinite().all()"},
        ),
        Mistake(
            "infinite-anywhere",
            "you say no where a gradient is infinite, or NaN, *after* one that clipping would have "
            "shortened. From that one on the clipped run is another run.",
            {FINITE: "norms.isfinite().all()"},
        ),
        Mistake(
            "nan-is-not-larger",
            "you miss the runs whose loss becomes NaN. NaN > 10 is False, as every comparison with "
            "NaN is. (Or must the gradient be finite at the break, too? It is NaN there.)",
            {BROKEN: "losses > 10 * losses[0]"},
        ),
        Mistake(
            "only-not-finite",
            "for you a run breaks only where its loss is not finite. Above ten times the first "
            "one it is broken, too.",
            {BROKEN: "~losses.isfinite()"},
        ),
        Mistake(
            "only-nan",
            "for you a run breaks only where its loss is NaN. Above ten times the first one, and "
            "at infinity, it is broken, too.",
            {BROKEN: "losses.isnan()"},
        ),
        Mistake(
            "every-broken-run",
            "you say yes to every run that breaks. Clipping changes only updates whose gradient is "
            "longer than c: was there one, in time?",
            {COULD: "broken.any()"},
        ),
        Mistake(
            "every-long-gradient",
            "you say yes wherever a gradient is longer than c, whatever becomes of the loss. Does "
            "the run break, and when?",
            {COULD: "(norms > c).any()"},
        ),
        Mistake(
            "long-and-broken",
            "you say yes wherever the run breaks and a gradient is longer than c, at any update "
            "and even if it is infinite. What is the order of the two, and what does clipping make "
            "of infinity?",
            {COULD: "broken.any() & changed.any()"},
        ),
        Mistake(
            "last-long-gradient",
            "you look at the last gradient that is too long. From the *first* on, the clipped run "
            "is another one.",
            {FIRST: "torch.where(changed, steps, -1).max() % (T + 1)"},
        ),
        Mistake(
            "just-before",
            "you look at the gradient just before the break alone. A long one that the run "
            "survived for a while makes the clipped run another one, too.",
            {FIRST: "torch.where(changed[breaks - 1], breaks - 1, T)"},
        ),
        Mistake(
            "argmax-of-nothing",
            "where no gradient is longer than c, you find one at the first update: argmax of a row "
            "of False is 0.",
            {FIRST: "changed.int().argmax()"},
        ),
        Mistake(
            "largest-gradient",
            "you look at the longest gradient of the run. Asked is the first that is longer than "
            "c: there clipping begins to matter.",
            {FIRST: "torch.where(changed.any(), norms.nan_to_num(0.0, posinf=1e300).argmax(), T)"},
        ),
        Mistake(
            "against-the-last-loss",
            "you compare each loss with the one before it. The run is broken above ten times its "
            "*first* loss.",
            {BROKEN: "~(losses <= 10 * losses.roll(1).index_fill(0, steps[:1], torch.inf))"},
        ),
        Mistake(
            "ten-for-ten-times",
            "you take 10 itself for the limit. A run is broken above ten *times* its first loss.",
            {BROKEN: "~(losses <= 10)"},
        ),
        Mistake(
            "above-the-first",
            "for you a run is broken as soon as its loss is above the first one. Losses wobble: "
            "the limit is ten times that.",
            {BROKEN: "~(losses <= losses[0])"},
        ),
        Mistake(
            "last-loss-alone",
            "you ask whether the loss is broken at the end. A run that comes back from a loss ten "
            "times the first was broken all the same.",
            {BROKEN: "~(losses <= 10 * losses[0]) & ~(losses[-1] <= 10 * losses[0])"},
        ),
        Mistake(
            "mean-norm",
            "you compare the mean norm with c. Clipping looks at each gradient by itself, and one "
            "is enough.",
            {CHANGED: "~(norms.nanmean().expand(T) <= c)"},
        ),
        Mistake(
            "mean-before-the-break",
            "you compare the mean of the norms before the break with c. One gradient that is too "
            "long is enough to make the clipped run another one.",
            {FIRST: "torch.where(norms[:breaks].mean() > c, breaks - 1, T)"},
        ),
        Mistake(
            "short-gradients",
            "you look for gradients that are shorter than c. Those clipping leaves as they are.",
            {CHANGED: "norms < c"},
        ),
        Mistake(
            "fixed-threshold",
            "c is not used: for you a gradient is long above 1. Clipping at c leaves all that are "
            "at most c long.",
            {CHANGED: "~(norms <= 1)"},
        ),
        Mistake(
            "turned-round",
            "every answer is the wrong way round: yours says yes where clipping could not have "
            "helped.",
            {"could.long()": "1 - could.long()"},
        ),
        Mistake(
            "always-no",
            "you say no to every run.",
            {COULD: "broken.any() & ~broken.any()"},
        ),
        Mistake(
            "the-update-returned",
            "that is the number of an update. Asked is yes or no.",
            {"could.long()": "first"},
        ),
    ),
)
