"""What three readers of Python hang on: simple, LSTM and GRU, with as many weights.

The task is that of `reads_python`: code, comment or string, said at every character. Two numbers
are measured for a character that was read and a cursor behind it. The *real* change is how far the
answer at the cursor moves if that character is replaced; the *foretold* one is what the gradient
says of the same replacement. The answer is the log-odds of the true kind, in bits.

All is measured on weights rounded to 63 levels a row, as the book's page carries them.
"""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from typing import NamedTuple

import torch
from torch import Tensor

from rnnbook.cells import Cell, GRUCell, LSTMCell, SimpleCell
from rnnbook.data import KINDS, TRAINED_ON, Vocabulary, code_kinds, stdlib_text
from rnncourse.experiments.packing import round_weights
from rnncourse.experiments.reader import Reader, changes, learn_kinds, margin

DESCRIPTION = "Which characters three readers of Python hang on, and which the gradient names"
GRID = {"cell": ["simple", "lstm", "gru"]}
RATES = [0.002, 0.004, 0.008, 0.016, 0.032, 0.064]
TUNE_ON = "last_loss"
CHEAP = {"cell": "gru", "lr": 0.016, "steps": 20, "characters": 8000}

SYMBOLS = 64
SIZES: dict[str, tuple[type[Cell], int]] = {
    "simple": (SimpleCell, 44),  # 4,931 weights
    "lstm": (LSTMCell, 16),  # 5,235
    "gru": (GRUCell, 20),  # 5,183
}
OTHER = "\ufffd"  # stands for all others
LETTER, INSTEAD = "e", "a"  # what a character becomes; the second where it is the first

STEPS = 1500
LAST = 200  # updates whose losses are averaged
AFTER = 30  # characters from the opening quote to the cursor
BEFORE = 100  # characters that are read before the quote
PASSAGES, PASSAGE, FROM = 40, 120, 60  # cursors stand from 60 to the end
FAR = 20
STRONG = 4.0  # bits: odds times 16


class Source(NamedTuple):
    """The standard library's text as readers get it.

    Attributes:
        text: all of it.
        ids: (N).
        kinds: (N).
        cut: how many characters are for training.
        vocabulary: the 63 characters that are commonest in those, and one for all others.
    """

    text: str
    ids: Tensor
    kinds: Tensor
    cut: int
    vocabulary: Vocabulary


@lru_cache(maxsize=1)
def source() -> Source:
    """The standard library; the last tenth is not trained on."""
    text = stdlib_text().text
    cut = int(TRAINED_ON * len(text))
    common = (character for character, _ in Counter(text[:cut]).most_common(SYMBOLS - 1))
    vocabulary = Vocabulary.from_text("".join(common), unknown=OTHER)
    return Source(text, vocabulary.encode(text), code_kinds(text), cut, vocabulary)


def make_reader(cell: str) -> Reader:
    """A reader with weights as torch draws them; the three have about the same number of weights.

    Args:
        cell: ``"simple"``, ``"lstm"`` or ``"gru"``.

    Raises:
        ValueError: if there is no such reader.
    """
    if cell not in SIZES:
        raise ValueError(f"cell must be one of {', '.join(SIZES)}, got {cell!r}")
    kind, hidden_size = SIZES[cell]
    return Reader(kind, SYMBOLS, hidden_size)


def train(cell: str, seed: int, lr: float, steps: int = STEPS) -> tuple[Reader, list[float]]:
    """A reader trained as that of `reads_python`, and the loss of each update in nats."""
    text = source()
    torch.manual_seed(seed)
    model = make_reader(cell)
    seen = slice(text.cut)
    history = learn_kinds(model, text.ids[seen], text.kinds[seen], lr=lr, steps=steps, seed=seed)
    return model, history.loss


@torch.no_grad()
def accuracy(model: Reader, characters: int | None = None) -> float:
    """The share of the unseen tenth's characters whose kind is told, read in one go.

    Args:
        model: the reader.
        characters: how many it reads; all if not given.
    """
    text = source()
    unseen = slice(text.cut, None if characters is None else text.cut + characters)
    # torch.nn's loop over eighty thousand steps is faster, and computes the same.
    states, _ = model.layer.to_torch()(model.one_hot(text.ids[unseen, None]))
    said = model.readout(states).argmax(dim=-1).flatten()
    return (said == text.kinds[unseen]).float().mean().item()


def opening_quotes() -> dict[int, Tensor]:
    """Where strings of the unseen tenth open that have at least 30 characters after that.

    Returns:
        The places of the first quotation mark, by how many marks there are: 1 or 3.
    """
    text = source()
    string = text.kinds == KINDS.index("string")
    begins = string & ~string.roll(1)
    places: dict[int, list[int]] = {1: [], 3: []}
    for start in begins.nonzero().flatten().tolist():
        rest = text.text[start : start + 5]
        mark = rest.lstrip("bBfFrRuU")[:1]
        # From 3.12 on, an f-string goes on after its braces: no quotation mark opens that.
        if start < text.cut or not mark or mark not in "\"'":
            continue
        quote = start + rest.index(mark)
        marks = 3 if text.text[quote : quote + 3] == 3 * mark else 1
        if string[quote : quote + marks + AFTER].all():
            places[marks].append(quote)
    return {marks: torch.tensor(found) for marks, found in places.items()}


def replacements(ids: Tensor, letter: str = LETTER) -> Tensor:
    """What characters are replaced by: a letter, or another where it is that letter already."""
    instead = INSTEAD if letter != INSTEAD else LETTER
    first, second = source().vocabulary.encode(letter + instead)
    return torch.where(ids == first, second, first)


def quote_replaced(model: Reader, marks: int, letter: str = LETTER) -> dict[str, float]:
    """Whether the answer 30 characters on is another if the opening quotation mark is replaced.

    Args:
        model: the reader.
        marks: of which strings: those with 1 or with 3 opening marks.
        letter: what is put in their place.

    Returns:
        ``right``, the share of strings that are known as such 30 characters on. Of those, the
        shares whose answer is another if the ``first`` mark is replaced, ``all`` marks, or only
        the character ``next`` to them; and for the first mark ``foretold``, the median of the
        foretold change over the real one.
    """
    text, quotes = source(), opening_quotes()[marks]
    ids = text.ids[quotes + torch.arange(-BEFORE, marks + AFTER)[:, None]]  # (T, B)
    string = torch.full_like(quotes, KINDS.index("string"))
    old, new = ids[BEFORE], replacements(ids[BEFORE], letter)

    x, each = model.one_hot(ids).requires_grad_(), torch.arange(len(quotes))
    scores = model(x)[-1]
    right = scores.argmax(-1) == string
    (gradient,) = torch.autograd.grad(margin(scores, string).sum(), x)
    foretold = gradient[BEFORE, each, new] - gradient[BEFORE, each, old]

    @torch.no_grad()
    def after(first: int, last: int) -> Tensor:
        other = ids.clone()
        other[first:last] = replacements(ids[first:last], letter)
        return model(other)[-1]

    def flipped(first: int, last: int) -> float:
        return (after(first, last).argmax(-1) != string)[right].float().mean().item()

    real = margin(after(BEFORE, BEFORE + 1), string) - margin(scores.detach(), string)
    return {
        "right": right.float().mean().item(),
        "first": flipped(BEFORE, BEFORE + 1),
        "all": flipped(BEFORE, BEFORE + marks),
        "next": flipped(BEFORE + marks, BEFORE + marks + 1),
        "foretold": (foretold / real).abs()[right].median().item(),
    }


def compare(model: Reader, letter: str = LETTER) -> dict[str, float]:
    """Real and foretold changes on 40 passages of 120 characters, evenly over the unseen tenth.

    Cursors stand where 60 characters or more have been read.

    Returns:
        ``same_first``, the share of cursors at which the same character changes most by both
        accounts, and ``norm_first``, the same for the gradient's norm. Of the cursors that hang on
        some character by 4 bits or more, ``strong`` of all: ``strong_far``, the share where that
        character is more than 20 back; ``strong_first``, where the gradient names it, and
        ``strong_foretold``, the median of its foretold change over its real one. Of all changes:
        ``far_real`` and ``far_foretold``, the share of bits from more than 20 characters back;
        ``rank``, the median rank correlation of the two accounts at a cursor, and
        ``rank_nearness``, that of the real changes with nearness alone.
    """
    text = source()
    starts = torch.linspace(text.cut, len(text.ids) - PASSAGE, PASSAGES).long()
    steps = starts[:, None] + torch.arange(PASSAGE)  # (passages, T)
    tables = (
        changes(model, i, k, replacements(i, letter))
        for i, k in zip(text.ids[steps], text.kinds[steps], strict=True)
    )
    real, foretold, norm = (torch.cat([t[FROM:] for t in ts]) for ts in zip(*tables, strict=True))
    cursor = torch.arange(FROM, PASSAGE).repeat(PASSAGES)
    place = torch.arange(PASSAGE).expand_as(real)
    far = place < cursor[:, None] - FAR
    most, first = real.max(dim=1)
    strong, same = most >= STRONG, foretold.argmax(dim=1) == first
    share = foretold.gather(1, first[:, None]).squeeze(1) / most

    def share_of(which: Tensor) -> float:
        return which.float().mean().item()

    return {
        "same_first": share_of(same),
        "norm_first": share_of(norm.argmax(dim=1) == first),
        "strong": share_of(strong),
        "strong_far": share_of(far.gather(1, first[:, None])[strong]),
        "strong_first": share_of(same[strong]),
        "strong_foretold": share[strong].median().item(),
        "far_real": (real[far].sum() / real.sum()).item(),
        "far_foretold": (foretold[far].sum() / foretold.sum()).item(),
        "rank": _rank_correlation(real, foretold, cursor),
        "rank_nearness": _rank_correlation(real, place, cursor),
    }


def _rank_correlation(a: Tensor, b: Tensor, cursor: Tensor) -> float:
    """The median over cursors, each with the characters up to it; a and b (cursors, T)."""
    rhos = []
    for x, y, t in zip(a, b, cursor.tolist(), strict=True):
        ranks = torch.stack([x[: t + 1], y[: t + 1]]).argsort().argsort().float()
        rhos.append(torch.corrcoef(ranks)[0, 1])
    return torch.stack(rhos).median().item()


def run(
    seed: int, cell: str, lr: float, steps: int = STEPS, characters: int | None = None
) -> dict[str, float]:
    """Train a reader, round its weights, and see what it hangs on.

    Returns:
        ``accuracy`` on the unseen tenth, and ``rounded``, that of the rounded weights; what
        `compare` returns; of `quote_replaced` as ``quote_…``, with a blank for the letter as
        ``blank_…``, of strings with three marks as ``three_…``; ``last_loss``, for tuning: the
        mean of the last 200 updates, in nats.
    """
    model, losses = train(cell, seed, lr, steps)
    before = accuracy(model, characters)
    round_weights(model)
    quotes = {
        "quote": quote_replaced(model, 1),
        "blank": quote_replaced(model, 1, " "),
        "three": quote_replaced(model, 3),
    }
    return {
        "accuracy": before,
        "rounded": accuracy(model, characters),
        **compare(model),
        **{
            f"{name}_{key}": value for name, found in quotes.items() for key, value in found.items()
        },
        "last_loss": sum(losses[-LAST:]) / LAST,
    }
