"""What forty seconds of training are compared with: strings counted in Shakespeare's plays."""

from __future__ import annotations

from rnnbook.baselines import CharacterNgram
from rnncourse.lessons.ch16.texts import characters, shakespeare

DESCRIPTION = "Bits a character of Shakespeare by modified Kneser-Ney"
GRID = {"longest": [9]}
SEEDS = 1
CHEAP = {"longest": 4, "text": "code", "symbols": 20_000}


def run(
    seed: int, longest: int, text: str = "shakespeare", symbols: int | None = None
) -> dict[str, float]:
    """Count the training part, and measure the context that is best on validation.

    Args:
        seed: with `symbols`, which piece of the training part is counted; else nothing is drawn.
        longest: the longest context that is tried, in characters.
        text: ``shakespeare``, or ``code``, which needs no download.
        symbols: how much of a part is used; all of it if not given.

    Returns:
        ``context``, the best; ``test`` and ``validation``, bits a character.
    """
    pieces = shakespeare() if text == "shakespeare" else characters()
    train = pieces.train[seed * symbols :][:symbols] if symbols else pieces.train
    counts = CharacterNgram(train, longest, len(pieces.tokens))
    validation = counts.bits(pieces.validation[:symbols])
    best = validation.index(min(validation))
    test = counts.bits(pieces.test[:symbols])
    return {"context": best, "test": test[best], "validation": validation[best]}
