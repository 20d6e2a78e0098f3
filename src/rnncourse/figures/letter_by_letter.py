"""Letter by letter: a network reads a word, and changes its mind about what it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, ClassVar, NamedTuple

import torch
import traitlets
from torch import Tensor

from rnncourse.figures._letters import as_read, percent, visible, vocabulary, whole_percent
from rnncourse.figures._reader import opened
from rnncourse.figures.base import Figure

MOST_TYPED = 30  # characters of a word
SHOWN = 3  # guesses a letter
_HEADS = ("First guess", "Second", "Third")
_TURN = '<span class="rnnbook-letters-turn" role="img" aria-label="changes its mind:">⇄</span> '


class _Row(NamedTuple):
    """What is guessed once a letter is read: all classes, the likeliest first."""

    before: str
    letter: str
    known: bool
    guesses: list[tuple[int, float]]
    turned: bool


class LetterByLetter(Figure):
    """A network reads a word, and says after each letter which class it takes it for.

    The reader types a word, or chooses an example. A row a letter shows the three likeliest classes
    with their probabilities, and where the first of them is another than before::

        reader = {"kind": "gru", "H": 64, "parameters": model.pack()}
        LetterByLetter(reader=reader, alphabet="abc…?", classes=["German", "Polish"], word="Haus")

    An accent that was typed apart is read as one character with its letter (NFC), and where the
    alphabet has no capitals, a word is read in small letters.

    Args:
        reader: the trained network: its ``kind`` (``"simple"``, ``"lstm"`` or ``"gru"``), ``H``,
            and its ``parameters`` by letter, as `rnncourse.experiments.reader.Reader.pack` gives
            them of a reader of so many ``classes``.
        alphabet: the characters that it knows; the last stands for all others.
        classes: the names of what it tells apart, in the order of its read-out.
        word: what is read first, a line of at most 30 characters; if not given the first example,
            or nothing.
        examples: words with the name of the true class, ``{"word": "Haus", "class": "German"}``.
        question: what the reader is asked to find out.

    Raises:
        traitlets.TraitError: if one of them is none of those, here or when a trait is set later.

    Attributes:
        reader: as it was given; of each parameter ``levels``, the rows of
            `rnncourse.experiments.packing` in one line, and ``scales``, one a row.
    """

    name: ClassVar[str] = "letter_by_letter"

    reader: Any = traitlets.Dict().tag(sync=True)
    alphabet = traitlets.Unicode().tag(sync=True)
    classes: Any = traitlets.List(traitlets.Unicode()).tag(sync=True)
    word = traitlets.Unicode("").tag(sync=True)
    examples: Any = traitlets.List(traitlets.Dict()).tag(sync=True)
    question = traitlets.Unicode().tag(sync=True)

    def __init__(
        self,
        *,
        reader: Mapping[str, Any],
        alphabet: str,
        classes: Sequence[str],
        word: str | None = None,
        examples: Sequence[Mapping[str, str]] = (),
        question: str = "At which letter does the network make up its mind?",
    ) -> None:
        names, known = _some_names(classes), vocabulary(alphabet)
        self._network, packed = opened(reader, len(known), len(names))
        self._known = known
        shown = [dict(example) for example in examples]
        super().__init__(
            reader=packed,
            alphabet=alphabet,
            classes=names,
            word=(shown[0].get("word", "") if shown else "") if word is None else word,
            examples=shown,
            question=question,
        )

    @traitlets.validate("word")
    def _check_word(self, proposal: Any) -> str:
        return _one_word("word", proposal["value"])

    @traitlets.validate("examples")
    def _check_examples(self, proposal: Any) -> list[dict[str, str]]:
        words = []
        for example in proposal["value"]:
            if example.keys() != {"word", "class"} or not example["word"]:
                raise traitlets.TraitError(
                    f"each of examples must have a word and its class, got {example!r}"
                )
            if example["class"] not in self.classes:
                raise traitlets.TraitError(
                    f"class of an example must be one of classes, got {example['class']!r}"
                )
            words.append(self._as_read(_one_word("word of an example", example["word"])))
        if twice := sorted({word for word in words if words.count(word) > 1}):
            raise traitlets.TraitError(f"examples must differ as they are read, got {twice} twice")
        return proposal["value"]

    def guesses(self, word: str) -> Tensor:
        """The probability of each class after each letter of a word, shape (T, K).

        In double precision, with the weights as the page has them; T letters as they are read.
        """
        ids = self._known.encode(self._as_read(word))
        if not len(ids):
            return torch.empty(0, len(self.classes), dtype=torch.float64)
        with torch.no_grad():
            return self._network(ids[:, None])[:, 0].softmax(dim=-1)

    def _as_read(self, word: str) -> str:
        return as_read(word, self.alphabet)

    def _rows(self, word: str) -> list[_Row]:
        read, rows = self._as_read(word), list[_Row]()
        unknown = len(self.alphabet) - 1
        for t, p in enumerate(self.guesses(word).tolist()):
            order = sorted(enumerate(p), key=lambda guess: -guess[1])
            turned = t > 0 and order[0][0] != rows[-1].guesses[0][0]
            known = int(self._known.encode(read[t])) != unknown
            rows.append(_Row(read[:t], read[t], known, order, turned))
        return rows

    def still(self) -> str:
        """The table that the page shows for the word, and what is true of it, if that is known."""
        if not self.word:
            return "<p>Here you can type a word, and a network says what it takes it for.</p>"
        shown = min(SHOWN, len(self.classes))
        heads = "".join(f'<th scope="col">{head}</th>' for head in _HEADS[:shown])
        body = "".join(f"<tr>{self._cells(row, shown)}</tr>" for row in self._rows(self.word))
        own = self._as_read(self.word)
        true = [e["class"] for e in self.examples if self._as_read(e["word"]) == own]
        truth = f" In truth: {escape(true[0])}." if true else ""
        return (
            '<table class="rnnbook-letters"><caption>What the network takes '
            f"“{escape(self.word)}” for, letter by letter.{truth} ⇄ it changes its mind</caption>"
            f'<thead><tr><th scope="col">Read so far</th>{heads}</tr></thead>'
            f"<tbody>{body}</tbody></table>"
        )

    def _cells(self, row: _Row, shown: int) -> str:
        unknown = "" if row.known else " <small>unknown letter</small>"
        letter = f"{escape(row.before)}<b>{escape(visible(row.letter))}</b>{unknown}"
        cells = "".join(
            f'<td style="--share:{whole_percent(p)}%">{_TURN if row.turned and not place else ""}'
            f"{escape(self.classes[k])} <span>{percent(p)}</span></td>"
            for place, (k, p) in enumerate(row.guesses[:shown])
        )
        return f'<th scope="row">{letter}</th>{cells}'


def _one_word(name: str, word: object) -> str:
    if not isinstance(word, str) or len(word) > MOST_TYPED or {"\n", "\r"} & set(word):
        raise traitlets.TraitError(
            f"{name} must be one line of at most {MOST_TYPED} characters, got {word!r}"
        )
    return word


def _some_names(classes: Sequence[str]) -> list[str]:
    names = [classes] if isinstance(classes, str) else list(classes)
    if len(names) < 2 or len(set(names)) < len(names):
        raise traitlets.TraitError(f"classes must be two or more different names, got {classes!r}")
    return names
