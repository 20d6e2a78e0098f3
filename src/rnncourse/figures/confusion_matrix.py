"""A confusion matrix that opens: what each class was taken for, and which texts these were."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

import numpy as np
import traitlets

from rnncourse.figures.base import Figure

if TYPE_CHECKING:
    import pandas as pd

MOST_CLASSES = 40
FIRST_LETTER = ord("A")  # of class 0, in `guessed`
PAIRS_IN_PRINT = 10
_COLUMNS = ("text", "true", "guess")


class Pair(NamedTuple):
    """Two classes that are confused.

    Attributes:
        true: the true class, as an index into the classes.
        guess: what it was taken for.
        number: how many names of the true class were.
        of: how many names the true class has.
    """

    true: int
    guess: int
    number: int
    of: int


class ConfusionMatrix(Figure):
    """Which class each name was taken for, as a grid: a row a true class, a column a guess.

    A cell is as dark as its share of the row is large. The reader opens a cell, which lists its
    names; lights a class, which tells its recall, its precision and what it is mixed up with most;
    and hides what is right, to see the mistakes alone::

        guesses = [{"text": "søndag", "true": "Danish", "guess": "Norwegian"}, …]
        ConfusionMatrix(["Danish", "Norwegian"], guesses)

    Args:
        classes: their names, 2 to 40 different ones, in the order of rows and columns.
        guesses: a name a row, or a table, with ``text``, the name itself, one line; ``true``, the
            name of its class; ``guess``, that of the class it was taken for.
        question: what the reader is asked to find out.

    Raises:
        traitlets.TraitError: if one of them is none of those, here or when a trait is set later.

    Attributes:
        texts: for each true class its names, a line each.
        guessed: for each true class what these were taken for, a character a name: ``"A"`` is the
            first class, ``"B"`` the second, and so on by Unicode.
        true_class: the row of the cell that is open; at first that of the most confused pair.
        taken_for: its column.
        lit_class: the class whose row and column are lit, or ``""``.
        only_mistakes: whether what is right is hidden.
    """

    name: ClassVar[str] = "confusion_matrix"

    classes: Any = traitlets.List(traitlets.Unicode()).tag(sync=True)
    texts: Any = traitlets.List(traitlets.Unicode()).tag(sync=True)
    guessed: Any = traitlets.List(traitlets.Unicode()).tag(sync=True)
    true_class = traitlets.Unicode().tag(sync=True)
    taken_for = traitlets.Unicode().tag(sync=True)
    lit_class = traitlets.Unicode("").tag(sync=True)
    only_mistakes = traitlets.Bool(False).tag(sync=True)
    question = traitlets.Unicode().tag(sync=True)

    def __init__(
        self,
        classes: Sequence[str],
        guesses: Sequence[Mapping[str, str]] | pd.DataFrame,
        *,
        question: str = "Which classes are confused, and by which names?",
    ) -> None:
        known = _some_classes(classes)
        texts: list[list[str]] = [[] for _ in known]
        guessed = [""] * len(known)
        for text, true, guess in _rows(guesses, known):
            texts[true].append(text)
            guessed[true] += chr(FIRST_LETTER + guess)
        pairs = _confused(_counted(guessed))
        first = pairs[0] if pairs else Pair(0, 0, 0, 0)
        super().__init__(
            classes=known,
            texts=["\n".join(some) for some in texts],
            guessed=guessed,
            true_class=known[first.true],
            taken_for=known[first.guess],
            question=question,
        )

    @traitlets.validate("true_class", "taken_for", "lit_class")
    def _check_class(self, proposal: Any) -> str:
        name, value = proposal["trait"].name, proposal["value"]
        nothing = name == "lit_class" and value == ""
        if value not in self.classes and not nothing:
            raise traitlets.TraitError(
                f"{name} must be one of classes{' or empty' if name == 'lit_class' else ''}, "
                f"got {value!r}"
            )
        return value

    def counts(self) -> np.ndarray:
        """How many names of each true class (row) were taken for each class (column), (K, K)."""
        return _counted(self.guessed)

    def pairs(self) -> list[Pair]:
        """All pairs that are confused, the most confused first: by number, then by share."""
        return _confused(self.counts())

    def names(self, true_class: str, taken_for: str) -> list[str]:
        """The names of one class that were taken for one class."""
        row, column = (self.classes.index(name) for name in (true_class, taken_for))
        # A class without names has one empty line, and no guess.
        some = zip(self.texts[row].split("\n"), self.guessed[row], strict=False)
        return [text for text, guess in some if ord(guess) - FIRST_LETTER == column]

    def still(self) -> str:
        """How many are right, the most confused pairs with their names, and each class's recall."""
        counts, pairs = self.counts(), self.pairs()[:PAIRS_IN_PRINT]
        right, total = int(counts.trace()), int(counts.sum())
        words = f"{right:,} of {total:,} names are right ({percent(right / total)})."
        found = "".join(
            f"<li>{escape(name)} {_often(counts[k, k], counts[k].sum())}</li>"
            for k, name in enumerate(self.classes)
        )
        return (
            f"<p>{words}{'' if pairs else ' No two classes are confused.'}</p>"
            f"{self._table_of(pairs) if pairs else ''}"
            "<p>How many names of each class are found:</p>"
            f'<ul class="rnnbook-confusion-found">{found}</ul>'
        )

    def _table_of(self, pairs: list[Pair]) -> str:
        rows = ""
        for true, guess, number, of in pairs:
            row, column = self.classes[true], self.classes[guess]
            rows += (
                f'<tr><th scope="row">{escape(row)}</th><td>{escape(column)}</td>'
                f"<td>{_often(number, of)}</td></tr>"
            )
        first = [self.classes[k] for k in pairs[0][:2]]
        some = ", ".join(f"<bdi>{escape(text)}</bdi>" for text in self.names(*first))
        heads = ("True class", "Taken for", "How many")
        head = "".join(f'<th scope="col">{words}</th>' for words in heads)
        return (
            '<table class="rnnbook-confusion-pairs"><caption>The most confused pairs</caption>'
            f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
            f"<p>True {escape(first[0])}, taken for {escape(first[1])}: {some}</p>"
        )


def percent(share: float) -> str:
    """A share in whole per cents; 0 and 100 only where it is exactly that."""
    if 0 < share < 0.005:
        return "&lt;\u00a01\u00a0%"
    if 0.995 <= share < 1:
        return "&gt;\u00a099\u00a0%"
    return f"{int(100 * share + 0.5)}\u00a0%"


def _often(number: int, of: int) -> str:
    return f"{number}\u00a0of\u00a0{of}"


def _counted(guessed: Sequence[str]) -> np.ndarray:
    counts = np.zeros((len(guessed), len(guessed)), dtype=int)
    for true, letters in enumerate(guessed):
        for letter in letters:
            counts[true, ord(letter) - FIRST_LETTER] += 1
    return counts


def _confused(counts: np.ndarray) -> list[Pair]:
    found = [
        Pair(int(true), int(guess), int(counts[true, guess]), int(counts[true].sum()))
        for true, guess in np.argwhere(counts)
        if true != guess
    ]
    return sorted(found, key=lambda pair: (-pair.number, -pair.number / pair.of))


def _some_classes(classes: Sequence[str]) -> list[str]:
    names = [] if isinstance(classes, str) or not isinstance(classes, Iterable) else list(classes)
    usable = all(isinstance(name, str) and name.strip() for name in names)
    if not usable or not 2 <= len(names) <= MOST_CLASSES or len(set(names)) < len(names):
        raise traitlets.TraitError(
            f"classes must be 2 to {MOST_CLASSES} different names, got {classes!r}"
        )
    return names


def _rows(guesses: Any, classes: list[str]) -> list[tuple[str, int, int]]:
    rows = guesses.to_dict("records") if hasattr(guesses, "to_dict") else guesses
    if not isinstance(rows, Sequence) or isinstance(rows, str) or not rows:
        raise traitlets.TraitError(f"guesses must be one row or more, got {rows!r}")
    place = {name: k for k, name in enumerate(classes)}
    found = []
    for row in rows:
        if not isinstance(row, Mapping) or not set(_COLUMNS) <= row.keys():
            raise traitlets.TraitError(
                f"each of guesses must have {', '.join(_COLUMNS)}, got {row!r}"
            )
        text, true, guess = (row[column] for column in _COLUMNS)
        if not isinstance(text, str) or len(text.splitlines()) != 1 or not text.strip():
            raise traitlets.TraitError(f"text of guesses must be one line, got {text!r}")
        for column, name in (("true", true), ("guess", guess)):
            if not isinstance(name, str) or name not in place:
                raise traitlets.TraitError(
                    f"{column} of guesses must be one of classes, got {name!r}"
                )
        found.append((text, place[true], place[guess]))
    return found
