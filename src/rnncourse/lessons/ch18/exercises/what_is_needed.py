"""Exercise: which tokens change when attention cannot look at one place of the source."""

from __future__ import annotations

import torch
from torch import Tensor

from rnncourse.checking.exercise import Exercise, Mistake, Tensors

_SIZES = (
    *((7, 4, 5, 9), (6, 5, 4, 8), (8, 6, 5, 7), (5, 7, 4, 9)),
    *((1, 5, 4, 8), (6, 1, 5, 8), (7, 5, 1, 6), (5, 4, 3, 1)),
)
"""``(T, S, H, D)`` of each call."""


class NeededExercise(Exercise):
    """Draws translators that need some places for some tokens, and make mistakes."""

    def draw(self, generator: torch.Generator) -> list[Tensors]:
        """Draw the arguments; target is what is written, but for some tokens.

        Of several drawn translators the one is taken in which most is to be told apart.
        """

        def weights(scale: float, *shape: int) -> Tensor:
            drawn = torch.rand(shape, generator=generator, dtype=torch.float64)
            return scale * (2 * drawn - 1)

        trials: list[Tensors] = []
        with torch.device("cpu"):
            for T, S, H, D in _SIZES:
                drawn = []
                for _ in range(30):
                    values, U, V = weights(2, S, H), weights(1.5, H, H), weights(2, D, H)
                    free = write(torch.zeros(S, dtype=torch.bool), values, T, U, V)
                    target = torch.where(torch.arange(T) % 3 == 0, (free + 1) % D, free)
                    drawn.append((values, target, U, V))
                trials.append(max(drawn, key=_told_apart))
        return trials


def _told_apart(trial: Tensors) -> float:
    """How much a trial shows: different rows and columns, and tokens that come back."""
    changed = needed(*trial)
    rows, columns = (changed.unique(dim=dim).shape[dim] for dim in (0, 1))
    back = bool((changed[:-1] > changed[1:]).any())
    first = 0 < changed[0].sum().item() < changed.shape[1]
    return rows + columns + 6 * (back + first) - 10 * abs(changed.mean().item() - 0.5)


def write(block: Tensor, values: Tensor, T: int, U: Tensor, V: Tensor) -> Tensor:
    """The ids (T) that a small translator writes, each time the likeliest token.

    Args:
        block: where attention must not look, bools (S).
        values: the encoder's outputs, (S, H); the last one is the first state.
        T: how many tokens it writes.
        U: (H, H), acts on the state.
        V: (D, H), a row for each token: it makes the token's score, and is read back.
    """
    h, text = values[-1], []
    for _ in range(T):
        scores = (values @ h).masked_fill(block, -torch.inf)
        weights = torch.softmax(scores, dim=0).nan_to_num()
        h = torch.tanh(U @ h + weights @ values)
        token = (V @ h).argmax()
        h = h + V[token]
        text.append(token)
    return torch.stack(text)


def needed(values: Tensor, target: Tensor, U: Tensor, V: Tensor) -> Tensor:
    """Whether token t of what is written changes when place s alone is blocked, (T, S).

    Args:
        values: the encoder's outputs, (S, H).
        target: what should be written, (T); only its length is used.
        U: (H, H), acts on the state.
        V: (D, H), makes scores of the state.
    """
    S, T = len(values), len(target)
    nothing = torch.zeros(S, dtype=torch.bool)
    free = write(nothing, values, T, U, V)
    changed = torch.zeros(T, S)
    for s in range(S):
        block = nothing.clone()
        block[s] = True
        changed[:, s] = write(block, values, T, U, V) != free
    return changed


BLOCKED = "write(block, values, T, U, V)"
COMPARED = f"{BLOCKED} != free"
SET = "block[s] = True"
PLAIN = "changed compares with the text that is written while nothing is blocked."

EXERCISE = NeededExercise(
    name="what-is-needed",
    title="What it looked at, and what it needed",
    level="transfer",
    minutes=20,
    starred=True,
    objective="18.2",
    hints=(
        "An experiment with a control: change one thing, and compare with the same run without "
        "the change. Which run is the control here, and how many others are there?",
        "Write once with nothing blocked, and keep the text. Then, for each s, make a new block "
        "in which only place s is true, and write again: S + 1 texts in all.",
        "block = torch.zeros(S, dtype=torch.bool); block[s] = True. Two texts are compared with "
        "!=, which gives (T); that is column s of the table, changed[:, s].",
    ),
    notice="where a column has a first true, the ones below it are of two kinds: the token needed "
    "that place, or it only followed from an earlier token, which the decoder has read. "
    "The table cannot tell them apart; feeding the unblocked text can.",
    takes={"values": "S H", "target": "T", "U": "H H", "V": "D H"},
    returns={"changed": "T S"},
    places={"S": "source place {i}"},
    reference=needed,
    mistakes=(
        Mistake(
            "compared-with-the-target",
            "each text is compared with the target. Then the translator's ordinary mistakes count "
            f"as well, which no block has caused. {PLAIN}",
            {"!= free": "!= target"},
        ),
        Mistake(
            "right-tokens",
            "the table is true where a token is right, that is, equal to the target's. The "
            f"question is whether it changes: {PLAIN}",
            {"!= free": "== target"},
        ),
        Mistake(
            "true-for-unchanged",
            "true and false are exchanged: yours is true where the token stays the same.",
            {"!= free": "== free"},
        ),
        Mistake(
            "blocks-add-up",
            "the places before s are still blocked when s is: one tensor is changed in each turn "
            "and never set back. Only place s should be blocked, so make a new block each time.",
            {"nothing.clone()": "nothing"},
        ),
        Mistake(
            "all-but-one",
            "all places are blocked except s. That asks what s is enough for. What needs s shows "
            "when s alone is blocked.",
            {SET: "block[:] = True\n        block[s] = False"},
        ),
        Mistake(
            "never-blocked",
            "nothing changes anywhere, because nothing is blocked: is the block set before the "
            "translator writes, and is it this block that the translator gets?",
            {SET: "block[s] = False"},
        ),
        Mistake(
            "compared-with-the-one-before",
            "each text is compared with the one written before it, in which another place was "
            f"blocked. {PLAIN}",
            {
                f"changed[:, s] = {COMPARED}": f"text = {BLOCKED}\n"
                "        changed[:, s] = text != free\n"
                "        free = text"
            },
        ),
        Mistake(
            "compared-with-all-blocked",
            "each text is compared with the one that is written while every place is blocked. "
            f"{PLAIN}",
            {"write(nothing, values, T, U, V)": "write(~nothing, values, T, U, V)"},
        ),
        Mistake(
            "transposed",
            "the table has a row for each place of the source. A row should belong to a token that "
            "is written: (T, S).",
            {"return changed": "return changed.T"},
        ),
        Mistake(
            "as-long-as-the-source",
            "the translator writes S tokens, as many as the source has. How many it should write "
            "is the length of target.",
            {"len(target)": "len(values)"},
        ),
        Mistake(
            "whole-text",
            "a column is true throughout as soon as one token differs. Compare token by token.",
            {COMPARED: f"({COMPARED}).any()"},
        ),
        Mistake(
            "first-token-only",
            "only the first token is compared, and its answer stands for all T. Compare token by "
            "token.",
            {COMPARED: f"({COMPARED})[0]"},
        ),
        Mistake(
            "last-token-only",
            "only the last token is compared, and its answer stands for all T. Compare token by "
            "token.",
            {COMPARED: f"({COMPARED})[-1]"},
        ),
        Mistake(
            "first-change-only",
            "only the first token that changes is marked. Later ones may follow from it, but they "
            "change as well: mark each.",
            {COMPARED: f"{COMPARED}\n        changed[:, s] *= changed[:, s].cumsum(dim=0) == 1"},
        ),
        Mistake(
            "all-from-the-first-change",
            "every token from the first change on is marked. Some later ones are the same as "
            "before: the text has come back. Compare token by token.",
            {COMPARED: f"({COMPARED}).cumsum(dim=0) > 0"},
        ),
        Mistake(
            "anywhere-in-the-text",
            "you ask whether a token occurs anywhere in the unblocked text. Compare it with the "
            "token at the same t.",
            {COMPARED: f"~torch.isin({BLOCKED}, free)"},
        ),
        Mistake(
            "texts-for-comparisons",
            "the columns are the texts themselves. Each should say where its text differs from "
            "the one with nothing blocked.",
            {COMPARED: BLOCKED},
        ),
        Mistake(
            "how-many",
            "these are numbers of changed tokens, one for each place. The table keeps them apart: "
            "true or false for each t and s, (T, S).",
            {"return changed": "return changed.sum(dim=0)"},
        ),
        Mistake(
            "first-place-left-out",
            "place 0 is never blocked. The source has S places, counted from 0.",
            {"range(S)": "range(1, S)"},
        ),
        Mistake(
            "last-place-left-out",
            "the last place is never blocked. range(S) ends before S by itself.",
            {"range(S)": "range(S - 1)"},
        ),
        Mistake(
            "zeroed-not-blocked",
            "place s has a value of zeros, but it is still looked at: its score is 0, and it takes "
            "weight from the others. block takes the weight itself away.",
            {BLOCKED: "write(nothing, values * ~block[:, None], T, U, V)"},
        ),
        Mistake(
            "taken-out",
            "place s is taken out of values. For the last place that is more than a block: the "
            "translator's first state is values[-1], and it becomes another one.",
            {BLOCKED: "write(nothing[1:], values[~block], T, U, V)"},
        ),
    ),
)
