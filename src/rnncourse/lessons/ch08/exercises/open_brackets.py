"""Exercise: an LSTM that counts open brackets, its weights set by hand."""

from __future__ import annotations

from functools import cache

import torch
from torch import Tensor

from rnncourse.checking.exercise import Complaint, Exercise, Mistake, Tensors
from rnncourse.lessons.ch08.exercises.lstm_step import step

OPEN, SHUT = 0.3, 0.1
"""The read-out is at least the one where a bracket is open, and within ± the other elsewhere."""

LARGEST_HIDDEN_SIZE = 8
DEEPEST = 5
_SYMBOLS = "();a"
_STEPS, _SEQUENCES, _SEED = 100, 62, 3
_SHOWN = 30

Weights = tuple[Tensor, Tensor, Tensor, Tensor]
"""``(W, U, b, v)`` with shapes (4H, 3), (4H, H), (4H,), (H,)."""


class BracketExercise(Exercise):
    """Judges weights by the read-out ``y_t = v · h_t`` on texts of brackets."""

    def behaviour(self, returned: Tensors) -> Tensors:
        """Run the LSTM from zero states; return its read-out and the count behind it, (T, N)."""
        sizes = self.require_shapes(returned, {})
        H = sizes["H"]
        if not 1 <= H <= LARGEST_HIDDEN_SIZE:
            raise Complaint(
                f"the hidden size H is {H}; choose one from 1 to {LARGEST_HIDDEN_SIZE}."
            )
        for name, tensor in zip(self.returns, returned, strict=True):
            if not tensor.isfinite().all():
                raise Complaint(f"{name} holds a number that is not finite.")
        W, U, b, v = (tensor.double() for tensor in returned)
        h = c = W.new_zeros(_drawn().shape[1], H)
        read = v.sign() if v.any() else torch.ones_like(v)
        readouts, counts = [], []
        for x_t in _inputs():
            h, c = step(x_t, h, c, W, U, b)
            readouts.append(h @ v)
            counts.append(c @ read)
        return torch.stack(readouts), torch.stack(counts)

    def accepts(self, mine: Tensors, expected: Tensors) -> bool:
        """Ask for the right verdict at every step."""
        return torch.equal(_verdict(mine[0]), _depth().sign())

    def alike(self, mine: Tensors, other: Tensors) -> bool:
        """Compare verdicts, on the read-out and on the count behind it, not numbers."""
        return all(torch.equal(_verdict(a), _verdict(b)) for a, b in zip(mine, other, strict=True))

    def explain(self, mine: Tensors, expected: Tensors) -> str:
        """Name the shortest text after which the read-out is wrong."""
        depth = _depth()
        wrong = _verdict(mine[0]) != depth.sign()
        t, n = wrong.nonzero()[0].tolist()
        text = "".join(_SYMBOLS[k] for k in _drawn()[: t + 1, n])
        if len(text) > _SHOWN:
            text = f"{text[: _SHOWN // 2]}…{text[-_SHOWN // 2 :]}"
        open_ = int(depth[t, n])
        should = f"{OPEN} or more" if open_ else f"within ±{SHUT}"
        brackets = "1 bracket is" if open_ == 1 else f"{open_ or 'no'} brackets are"
        return (
            f"after “{text}” {brackets} open, so y should be {should}; "
            f"yours is {mine[0][t, n]:+.2f}, and the cell state that v reads holds "
            f"{mine[1][t, n]:+.2f}."
        )


@cache
def _drawn() -> Tensor:
    """Draw texts as indices of `_SYMBOLS`, (T, N): always the same; none closes too much.

    Two are set: one in which nothing happens for long while all brackets are open, and one that
    fills and empties the count over and over.
    """
    generator = torch.Generator(device="cpu").manual_seed(_SEED)
    drawn = torch.rand(_STEPS, _SEQUENCES, generator=generator, device="cpu")
    depth = torch.zeros(_SEQUENCES, dtype=torch.long)
    texts = []
    for u in drawn:
        kind = torch.bucketize(u, torch.tensor([0.35, 0.65, 0.75]))  # ( ) ; a
        kind = torch.where((kind == 0) & (depth == DEEPEST), 3, kind)
        kind = torch.where((kind == 1) & (depth == 0), 3, kind)
        depth = torch.where(kind == 2, 0, depth + (kind == 0).long() - (kind == 1).long())
        texts.append(kind)
    idle = "((((( )))))".replace(" ", "a" * (_STEPS - 2 * DEEPEST))
    busy = ("(((((" + ")))))") * (_STEPS // (2 * DEEPEST))
    fixed = [[_SYMBOLS.index(character) for character in text] for text in (idle, busy)]
    return torch.cat([torch.stack(texts), torch.tensor(fixed).T], dim=1)


def _inputs() -> Tensor:
    """One-hot ``( ) ;``, and zeros for any other character, (T, N, 3)."""
    return torch.nn.functional.one_hot(_drawn(), 4)[..., :3].double()


def _depth() -> Tensor:
    """How many brackets are open after each step, (T, N)."""
    depth, after = torch.zeros(_drawn().shape[1]), []
    for x_t in _inputs().float():
        opens, closes, ends = x_t.unbind(dim=1)
        depth = (1 - ends) * (depth + opens - closes)
        after.append(depth)
    return torch.stack(after)


def _verdict(y: Tensor) -> Tensor:
    """1 where a read-out says open, 0 where it says shut, −1 for the opposite of open, else ½."""
    verdict = torch.full_like(y, 0.5)
    verdict[y.abs() <= SHUT] = 0.0
    verdict[y >= OPEN] = 1.0
    verdict[y <= -OPEN] = -1.0
    return verdict


def bracket_weights() -> Weights:
    """Weights of one unit whose cell state goes up at ``(``, down at ``)``, and to 0 at ``;``."""
    #             (      )      ;     bias
    i, b_i = [40.0, 40.0, 0.0], -20.0
    f, b_f = [0.0, 0.0, -40.0], 20.0
    g, b_g = [1.0, -1.0, 0.0], 0.0
    o, b_o = [0.0, 0.0, 0.0], 20.0
    v = 1.0
    W, b = torch.tensor([i, f, g, o]), torch.tensor([b_i, b_f, b_g, b_o])
    return W, torch.zeros(4, 1), b, torch.tensor([v])


I_ROW, F_ROW, G_ROW, O_ROW = (
    "[40.0, 40.0, 0.0], -20.0", "[0.0, 0.0, -40.0], 20.0", "[1.0, -1.0, 0.0], 0.0",
    "[0.0, 0.0, 0.0], 20.0",
)  # fmt: skip

EXERCISE = BracketExercise(
    name="open-brackets",
    title="Count open brackets, by hand",
    level="transfer",
    minutes=20,
    objective="08.2",
    hints=(
        "Let c be the number of open brackets: up by one at “(”, down by one at “)”, to 0 at “;”, "
        "and untouched by anything else. Which gate has to do what at each of the four?",
        "A weight of 40 against a bias of -20 makes a gate that is shut until its character comes, "
        "and then open; the other signs make one that is open until then.",
        "i: 40 for “(” and “)”, bias -20. f: -40 for “;”, bias 20. g: a positive weight for “(”, "
        "its opposite for “)”. o stands open.",
    ),
    notice="one unit counted to five, and would to a thousand: c has no ceiling. What h shows of "
    "it is squashed, so the read-out tells open from shut, and hardly four from five.",
    varied=False,
    takes={},
    returns={"W": "4H 3", "U": "4H H", "b": "4H", "v": "H"},
    reference=bracket_weights,
    mistakes=(
        Mistake(
            "a-flag",
            "a closing bracket clears everything: after “(()” one bracket is still open, and your "
            "read-out has shut. You need a count, not a flag. What should “)” do to c?",
            {I_ROW: "[40.0, 0.0, 0.0], -20.0", F_ROW: "[0.0, -40.0, -40.0], 20.0"},
        ),
        Mistake(
            "never-cleared",
            "brackets are counted well, but a “;” does not clear the count. Which gate must shut "
            "there?",
            {F_ROW: "[0.0, 0.0, 0.0], 20.0"},
        ),
        Mistake(
            "never-down",
            "the read-out opens at “(” and stays open until “;”: nothing goes down at “)”. What "
            "sign must the candidate have there?",
            {I_ROW: "[40.0, 0.0, 0.0], -20.0"},
        ),
        Mistake(
            "leaks",
            "the count leaks away: with a bias of 0 the forget gate keeps half of c at each step.",
            {F_ROW: "[0.0, 0.0, -40.0], 0.0"},
        ),
        Mistake(
            "leaks-slowly",
            "the count leaks away, slowly: with a bias of 1 the forget gate keeps 0.73 of c at "
            "each step. How far open must it be?",
            {F_ROW: "[0.0, 0.0, -40.0], 1.0"},
        ),
        Mistake(
            "sign-flipped",
            "the read-out has the wrong sign: it is negative where a bracket is open. Which of c "
            "and v should be turned round?",
            {"v = 1.0": "v = -1.0"},
        ),
        Mistake(
            "never-written",
            "c stays at 0, whatever comes: nothing is ever written. Two things have to be there at "
            "“(”: an input gate that opens, and a candidate that is not 0.",
            {I_ROW: "[0.0, 0.0, 0.0], -20.0"},
        ),
        Mistake(
            "too-weak",
            f"c counts, but the read-out stays below {OPEN} while brackets are open: tanh, the "
            "output gate and v stand between the two. Which of them makes it so small?",
            {"v = 1.0": "v = 0.3"},
        ),
        Mistake(
            "not-shown",
            "c counts well, and the read-out is next to 0 all the same: the output gate is shut, "
            "or v is too small.",
            {"v = 1.0": "v = 0.1"},
        ),
        Mistake(
            "small-steps",
            f"one bracket moves c by too little: the read-out comes to {OPEN} only with two or "
            "more. How far does “(” move c?",
            {G_ROW: "[0.2, -0.2, 0.0], 0.0"},
        ),
        Mistake(
            "leaks-hardly",
            "the count leaks away over a long text: the forget gate keeps nearly all of c, and not "
            "all of it. How far open must it be, so that a hundred steps do no harm?",
            {F_ROW: "[0.0, 0.0, -46.3], 6.3"},
        ),
        Mistake(
            "clears-at-once",
            "c is cleared at every step but one after another is written anew: the forget gate is "
            "shut where nothing is to be forgotten.",
            {F_ROW: "[0.0, 0.0, -40.0], -20.0"},
        ),
        Mistake(
            "order-i-f-o-g",
            "the rows of g and o seem to have changed places: the order is i f g o.",
            {G_ROW: "[0.0, 0.0, 0.0], 20.0", f"o, b_o = {O_ROW}": "o, b_o = [1.0, -1.0, 0.0], 0.0"},
        ),
        Mistake(
            "i-and-f-exchanged",
            "the rows of i and f seem to have changed places: the order is i f g o.",
            {I_ROW: "[0.0, 0.0, -40.0], 20.0", F_ROW: "[40.0, 40.0, 0.0], -20.0"},
        ),
        Mistake(
            "counts-everything",
            "every character counts as an opening bracket, letters too: the candidate is positive "
            "even where there is nothing to count. Look at its bias, or at the input gate.",
            {I_ROW: "[0.0, 0.0, 0.0], 20.0", G_ROW: "[0.0, 0.0, 0.0], 1.0"},
        ),
    ),
)
