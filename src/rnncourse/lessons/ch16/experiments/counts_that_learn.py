"""The baseline of `learns_while_reading`: a table of counts, frozen, and counting on as it reads.

Nothing is left to chance here but the invented names.
"""

from __future__ import annotations

from statistics import fmean

from rnnbook.data import stdlib_split, stdlib_text
from rnncourse.lessons.ch16.counting import CONTEXT, Counts
from rnncourse.lessons.ch16.while_reading import with_invented_names

DESCRIPTION = "Bits at the first to the fifth time a name is read: counts, frozen and counting on"
GRID = {"context": [CONTEXT]}
CHEAP = {"context": CONTEXT, "trained_on": 5000, "characters": 9000}

TIMES = 5


def run(
    seed: int, context: int, trained_on: int | None = None, characters: int | None = None
) -> dict[str, float]:
    """Count the training part, then read the test part with invented names twice.

    Args:
        seed: of the names.
        context: `CONTEXT`, so that the record says it.
        trained_on: how many characters of the training part are counted; all if not given.
        characters: how many of the test part are read; all if not given.

    Returns:
        ``test`` and ``test_frozen``, bits a character; ``name_1`` … ``name_5`` and
        ``name_1_frozen`` …, bits a character of a name the first time it comes, and so on.
    """
    split = stdlib_split()
    train = stdlib_text().text[: len(split.train)][:trained_on]
    text, places = with_invented_names(seed)
    text, found = text[:characters], {}
    for suffix, learn in (("_frozen", False), ("", True)):
        counts = Counts(len(split.vocabulary))
        for at, character in enumerate(train):
            counts.add(train[max(at - context, 0) : at], character)
        bits = counts.read(text, learn)
        found[f"test{suffix}"] = fmean(bits)
        for time in range(TIMES):
            starts = [some[time] for some in places if len(some) >= TIMES]
            each = [fmean(bits[k : k + 8]) for k in starts if k + 8 <= len(bits)]
            found[f"name_{time + 1}{suffix}"] = fmean(each)
    return found
