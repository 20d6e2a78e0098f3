"""Characters as a page shows them, and a network that reads them: what figures have in common."""

from __future__ import annotations

import unicodedata
from html import escape

import traitlets

from rnnbook.data import Vocabulary

_SEEN = {" ": "␣", "\n": "⏎", "\t": "⇥"}


def visible(letter: str) -> str:
    """A letter or word that can be seen by itself: white space, an accent without its letter."""
    alone = unicodedata.category(letter[0])[0] == "M"
    return f"◌{letter}" if alone else _SEEN.get(letter, letter)


def percent(p: float) -> str:
    """A probability in whole per cents: never 0 or 100, since nothing is so certain."""
    whole = whole_percent(p)
    words = {0: "< 1", 100: "> 99"}.get(whole, str(whole))
    return escape(f"{words}\u00a0%".replace(" ", "\u00a0"))


def whole_percent(p: float) -> int:
    """The same as a number, rounded as the page rounds."""
    return int(100 * p + 0.5)


def vocabulary(alphabet: str) -> Vocabulary:
    """The characters of a figure's ``alphabet``, whose last stands for all others.

    Raises:
        traitlets.TraitError: if it is no string of different characters.
    """
    try:
        return Vocabulary(alphabet, unknown=alphabet[-1:])
    except (TypeError, ValueError) as wrong:
        raise traitlets.TraitError(f"alphabet must be different characters: {wrong}") from wrong


def as_read(text: str, alphabet: str) -> str:
    """How a network reads a text: as NFC, and small if its alphabet has no capitals."""
    small = alphabet == alphabet.lower()
    return unicodedata.normalize("NFC", text.lower() if small else text)
