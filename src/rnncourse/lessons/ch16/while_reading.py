"""A model that goes on learning while it reads: dynamic evaluation."""

from __future__ import annotations

import keyword
import re
from collections import Counter

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from rnnbook.data import stdlib_split, stdlib_text
from rnnbook.models.chunks import each_part

CHUNK = 32
"""Characters between two updates."""
NAMES = 20
"""How many names of the test part, the commonest, are exchanged for invented ones."""
CONSONANTS, VOWELS = "bdfgklmnprtvz", "aeiou"


def invented(generator: torch.Generator) -> str:
    """A name of eight letters that no program has, such as ``zorivake``."""

    def one(letters: str) -> str:
        return letters[int(torch.randint(len(letters), (1,), generator=generator))]

    return "".join(one(CONSONANTS) + one(VOWELS) for _ in range(4))


def with_invented_names(seed: int) -> tuple[str, list[list[int]]]:
    """The test part with its commonest long names exchanged, each for an invented one throughout.

    Returns:
        The text; and for each name, where in the text it stands.
    """
    text = stdlib_text().text[-len(stdlib_split().test) :]
    generator = torch.Generator().manual_seed(seed)
    counts = Counter(re.findall(r"(?<![\w.])[a-z_]{6,12}(?!\w)", text))
    names = [n for n, _ in counts.most_common() if not keyword.iskeyword(n)][:NAMES]
    new = {name: invented(generator) for name in names}
    pattern = re.compile(rf"(?<!\w)({'|'.join(map(re.escape, names))})(?!\w)")
    text = pattern.sub(lambda found: new[found[0]], text)
    return text, [[m.start() for m in re.finditer(new[name], text)] for name in names]


def read(model: nn.Module, ids: Tensor, lr: float = 0.0) -> Tensor:
    """Bits of each character of a text, read once from the left; with ``lr``, learning from it.

    Args:
        model: gives scores (T, B, V) and a state; changed in place where it learns.
        ids: the text, shape (N).
        lr: of one step of plain gradient descent after each chunk; none if 0.

    Returns:
        Shape (N − 1): entry ``k`` is about character ``k + 1``, measured before it is learned from.

    Source: Mikolov et al. (2010); Krause et al. (2018), Dynamic evaluation.
    """
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    state, found = None, []
    model.eval()
    for start in range(0, len(ids) - 1, CHUNK):
        x = ids[start : start + CHUNK]
        y = ids[start + 1 : start + CHUNK + 1]
        with torch.set_grad_enabled(lr > 0):
            scores, state = model(x[: len(y), None], state)
            nats = cross_entropy(scores[:, 0], y, reduction="none")
        state = each_part(state, Tensor.detach)
        found.append(nats.detach() / torch.log(torch.tensor(2.0)))
        if lr > 0:
            optimizer.zero_grad()
            nats.mean().backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
    return torch.cat(found)
