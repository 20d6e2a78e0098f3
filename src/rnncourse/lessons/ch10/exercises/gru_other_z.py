"""Exercise: weights of a GRU whose z writes, for a GRU whose z keeps."""

from __future__ import annotations

import torch
from torch import Tensor

from rnncourse.checking.exercise import Exercise, Mistake


def convert(W: Tensor, U: Tensor, b: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Weights (3H, D), (3H, H), (3H) with ``1 − z`` in place of ``z``; blocks r z n.

    Since ``σ(−a) = 1 − σ(a)``, it is enough to change the sign of everything that feeds z.
    """
    W_r, W_z, W_n = W.chunk(3)
    U_r, U_z, U_n = U.chunk(3)
    b_r, b_z, b_n = b.chunk(3)
    W_new = torch.cat([W_r, -W_z, W_n])
    U_new = torch.cat([U_r, -U_z, U_n])
    b_new = torch.cat([b_r, -b_z, b_n])
    return W_new, U_new, b_new


def _blocks(blocks: str) -> dict[str, str]:
    """The reference with other blocks in all three, such as ``"-r, z, n"``."""
    changed = {}
    for name in ("W", "U", "b"):
        named = blocks
        for block in "rzn":
            named = named.replace(block, f"{name}_{block}")
        changed[f"{name}_r, -{name}_z, {name}_n"] = named
    return changed


def _signs(signs: str) -> dict[str, str]:
    """The reference with each row multiplied by a sign, an expression of the number H."""
    return {
        f"torch.cat([{name}_r, -{name}_z, {name}_n])": f"({signs})[:, None] * {name}"
        if name != "b"
        else f"({signs}) * b"
        for name in ("W", "U", "b")
    }


EXERCISE = Exercise(
    name="gru-other-z",
    title="The other convention for z",
    level="write",
    minutes=10,
    objective="10.2",
    hints=(
        "The new gate must be 1 - z wherever the old one was z. What has to happen to the sum "
        "inside a sigmoid, for 1 - σ to come out of it?",
        "1 - σ(a) = σ(-a). The sum that feeds z has three parts, and every one of them must "
        "change its sign: which rows of W, of U and of b are they?",
        "Cut each of the three into r, z, n with chunk(3), change the sign of the middle one, and "
        "put them together again with torch.cat. The blocks of r and n stay as they are.",
    ),
    notice="σ(-a) = 1 - σ(a) holds exactly, so nothing is lost on the way: each GRU of one "
    "convention is one of the other. With the two places for the reset gate it is not so.",
    takes={"W": "3H D", "U": "3H H", "b": "3H"},
    returns={"W_new": "3H D", "U_new": "3H H", "b_new": "3H"},
    reference=convert,
    mistakes=(
        Mistake(
            "nothing-changed",
            "the weights come back as they were. Then z would keep what it should write.",
            _blocks("r, z, n"),
        ),
        Mistake(
            "one-minus-the-weights",
            "1 - z holds for the gate, not for the weights that feed it. What does a sigmoid do "
            "when its argument changes sign?",
            _blocks("r, 1 - z, n"),
        ),
        Mistake(
            "bias-forgotten",
            "the block of z in b is as it was. b feeds z, as W and U do.",
            {"-b_z": "b_z"},
        ),
        Mistake(
            "recurrent-weights-forgotten",
            "the block of z in U is as it was. U feeds z, as W and b do.",
            {"-U_z": "U_z"},
        ),
        Mistake(
            "input-weights-forgotten",
            "the block of z in W is as it was. W feeds z, as U and b do.",
            {"-W_z": "W_z"},
        ),
        Mistake(
            "one-minus-the-bias",
            "in b the block of z became 1 - b. The whole sum inside the sigmoid changes its sign, "
            "and b is a part of it.",
            {"-b_z": "1 - b_z"},
        ),
        Mistake(
            "zeroed",
            "the block of z was set to zero: then z is one half, whatever comes.",
            _blocks("r, 0 * z, n"),
        ),
        Mistake(
            "reset-gate-changed",
            "the first block was changed. It belongs to r; the order is r z n.",
            _blocks("-r, z, n"),
        ),
        Mistake(
            "candidate-changed",
            "the last block was changed. It belongs to the candidate; the order is r z n.",
            _blocks("r, z, -n"),
        ),
        Mistake(
            "both-gates-changed",
            "r was changed as well as z. Both conventions use the same r.",
            _blocks("-r, -z, n"),
        ),
        Mistake(
            "candidate-changed-too",
            "n was changed as well as z. Does your slice run from H to the end? z ends at 2H.",
            _blocks("r, -z, -n"),
        ),
        Mistake(
            "everything-changed",
            "every weight changed its sign. Only what feeds z should.",
            _blocks("-r, -z, -n"),
        ),
        Mistake(
            "r-and-z-exchanged",
            "the blocks of r and z have changed places. Each stays at its place; what must become "
            "of z is 1 - z, not r.",
            _blocks("z, r, n"),
        ),
        Mistake(
            "r-and-z-exchanged-with-a-sign",
            "the blocks of r and z have changed places, and the middle one its sign. The order is "
            "r z n, before and after.",
            _blocks("z, -r, n"),
        ),
        Mistake(
            "z-and-n-exchanged",
            "the blocks of z and n have changed places. What the new convention exchanges is z "
            "and 1 - z: which change of z's own block does that?",
            _blocks("r, n, z"),
        ),
        Mistake(
            "one-row",
            "one row has changed its sign. A gate is a vector: z has H rows, one for each unit.",
            _signs("1 - 2 * (torch.arange(len(b)) == 1)"),
        ),
        Mistake(
            "every-third-row",
            "every third row has changed its sign. The rows of a gate stand together in a block "
            "of H.",
            _signs("1 - 2 * (torch.arange(len(b)) % 3 == 1)"),
        ),
    ),
)
