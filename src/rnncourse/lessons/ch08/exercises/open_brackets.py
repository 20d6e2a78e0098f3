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
        """Name the shortest text after which the read-out is wrong, and what moves c wrongly."""
        y, c = mine
        depth = _depth()
        wrong = _verdict(y) != depth.sign()
        t, n = wrong.nonzero()[0].tolist()
        symbols = _drawn()[: t + 1, n]
        text = "".join(_SYMBOLS[k] for k in symbols)
        if len(text) > _SHOWN:
            text = f"{text[: _SHOWN // 2]}…{text[-_SHOWN // 2 :]}"
        open_ = int(depth[t, n])
        should = f"{OPEN} or more" if open_ else f"within ±{SHUT}"
        brackets = "1 bracket is" if open_ == 1 else f"{open_ or 'no'} brackets are"
        cause = _wrongly_moved(symbols, c[: t + 1, n], open_)
        if not cause and _verdict(c[t, n]) == depth[t, n].sign():
            cause = "c is as it should be; tanh, the output gate and v stand between c and y."
        return (
            f"after “{text}” {brackets} open, so y should be {should}; yours is {y[t, n]:+.2f}. "
            f"{cause or 'How far does “(” move c, and which way?'} (c, added up over the units "
            f"with the signs of v, is {c[t, n]:+.2f}.)"
        )


def _wrongly_moved(symbols: Tensor, c: Tensor, depth: int) -> str:
    """Say which kind of character has moved ``c`` (T) most wrongly in this line; empty if none."""
    is_open, is_end = (symbols == _SYMBOLS.index(symbol) for symbol in "(;")
    moves = c.diff(prepend=c.new_zeros(1))
    up = float(moves[is_open][0]) if is_open.any() else 0.0
    start = int(is_end.nonzero().max()) + 1 if is_end.any() else 0
    kept = float(c[start - 1]) if start else 0.0
    line, moves = symbols[start:], moves[start:]
    brackets, letters = float(moves[line < 2].sum()), float(moves[line > 2].sum())
    causes = {
        f"“;” leaves c at {kept:+.2f}, and should clear it.": kept,
        f"Letters have moved c by {letters:+.2f}, and should leave it as it is.": letters,
        f"The first “(” moves c by {up:+.2f}, and the brackets of this line by {brackets:+.2f} in "
        f"all, where {depth * up:+.2f} should be: are “(” and “)” alike in size, and is nothing "
        "lost in between?": brackets - depth * up,
    }
    cause = max(causes, key=lambda words: abs(causes[words]))
    return cause if abs(causes[cause]) > SHUT * max(0.5, depth * abs(up)) else ""


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
    objective="08.1",
    hints=(
        "Let c be the number of open brackets: up by one at “(”, down by one at “)”, to 0 at “;”, "
        "and untouched by anything else. Which gate has to do what at each of the four?",
        "A weight of 40 against a bias of -20 makes a gate that is shut until its character comes, "
        "and then open; the other signs make one that is open until then.",
        "i: 40 for “(” and “)”, bias -20. f: -40 for “;”, bias 20. g: a positive weight for “(”, "
        "its opposite for “)”. o stands open.",
    ),
    notice="one unit is enough to count to five, and to a thousand: c has no ceiling. What h shows "
    "of it is squashed, so the read-out tells open from shut, and hardly four from five.",
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
            "the read-out opens at “(” and stays open until “;”: “)” takes c down too little, or "
            "not at all. What must the input gate let in there, and with which sign and size?",
            {I_ROW: "[40.0, 0.0, 0.0], -20.0"},
        ),
        Mistake(
            "leaks",
            "the count leaks away, fast: the forget gate keeps about half of c at each step, as it "
            "does with a bias of 0.",
            {F_ROW: "[0.0, 0.0, -40.0], 0.0"},
        ),
        Mistake(
            "leaks-slowly",
            "the count leaks away, slowly: the forget gate keeps about 0.73 of c at each step, as "
            "it does with a bias of 1. How far open must it be?",
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
            "c stays at 0, or next to it, whatever comes: hardly anything is written. Two things "
            "have to be there at “(”: an input gate that opens, and a candidate far from 0.",
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
            "half-cleared",
            "a “;” leaves half of the count: the forget gate stands at ½ there, since weight and "
            "bias cancel. It has to be shut.",
            {F_ROW: "[0.0, 0.0, -20.0], 20.0"},
        ),
        Mistake(
            "open-at-brackets-only",
            "the output gate is shut at letters, so that nothing is shown between two brackets. "
            "Is there anything that it has to hide at all?",
            {f"o, b_o = {O_ROW}": "o, b_o = [40.0, 40.0, 0.0], -20.0"},
        ),
        Mistake(
            "hidden-at-the-end",
            "at “;” the output gate shuts, so that y is 0 there; but c keeps its count, and shows "
            "it again at the next character. Which gate clears?",
            {
                F_ROW: "[0.0, 0.0, 0.0], 20.0",
                f"o, b_o = {O_ROW}": "o, b_o = [0.0, 0.0, -40.0], 20.0",
            },
        ),
        Mistake(
            "forget-gate-upside-down",
            "the forget gate is shut at every character but “;”, where it is open: it is to be the "
            "other way round.",
            {F_ROW: "[0.0, 0.0, 40.0], -20.0"},
        ),
        Mistake(
            "clears-at-once",
            "each bracket is forgotten at the next character, whatever it is: the forget gate is "
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
            "letters open the read-out, too: the candidate is positive even where there is nothing "
            "to count. Look at its bias, or at the input gate.",
            {I_ROW: "[0.0, 0.0, 0.0], 20.0", G_ROW: "[0.0, 0.0, 0.0], 1.0"},
        ),
    ),
)
