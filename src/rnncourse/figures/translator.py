"""The translator: an encoder reads a date or a number, and a decoder with attention writes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, ClassVar

import traitlets

from rnncourse.figures._letters import percent, visible
from rnncourse.figures._translator import (
    END,
    Translation,
    as_read,
    kind_of,
    opened,
    translated,
    vocabulary,
)
from rnncourse.figures.base import Figure

MOST_TYPED = 60  # characters
_LEAST = 0.005  # a weight that the still picture names
_OF_WORDS = "rnnbook-translator-of-words"


class Translator(Figure):
    """An encoder reads a date, and a decoder with attention writes it, character by character.

    Or it reads a number in English words, and writes it in German morphemes.

    The reader types or chooses a text, and sees what is written and where attention looks while it
    is: at once, or step by step. Each letter of a date, or word of a number, can be blocked, so
    that its weight is 0, and a letter can be replaced; what is then written otherwise is marked.
    For each step the page shows the likeliest characters, and below what a beam finds::

        network = {"H": 32, "D": 24, "parameters": pack_all(model)}
        Translator(network, reads="·abc…", writes="·<>-0123456789", text="7 mar 2024")
        Translator(network, ["·", ",", "and", …], ["·", "<", ">", …], text="97")

    In a date an accent that was typed apart is read as one character with its letter (NFC), and
    characters that the network does not know are left out. A number is typed in digits, 0 to
    999,999, with or without separators; of another text nothing is read. Places count the letters
    or words that are read, from 0.

    Args:
        network: a trained `EncoderDecoder` of `GRUCell`, with two directions, one layer and
            additive attention: its ``H``, the size ``D`` of its embeddings, and its ``parameters``,
            as `rnncourse.experiments.packing.pack_all` gives them.
        reads: the tokens of the sources, in the order of their ids; the first pads them. A string
            of characters, to read dates; or a list of words, to read numbers.
        writes: those of the targets, after what pads, starts and ends them.
        text: what is translated at first, a line of at most 60 characters; the first example if not
            given, or nothing.
        examples: texts to choose from.
        blocked: the places that attention must not look at; those beyond the text do not count.
        written: how many tokens are shown before the reader touches anything, 0 to 11 of a date, to
            14 of a number; all if not given.
        question: what the reader is asked to find out.

    Raises:
        traitlets.TraitError: if one of them is none of those, here or when a trait is set later.

    Attributes:
        network: as it was given; of each parameter ``levels``, the rows of
            `rnncourse.experiments.packing` in one line, and ``scales``, one a row.
    """

    name: ClassVar[str] = "translator"

    network: Any = traitlets.Dict().tag(sync=True)
    reads: Any = traitlets.Union([traitlets.Unicode(), traitlets.List(traitlets.Unicode())]).tag(
        sync=True
    )
    writes: Any = traitlets.Union([traitlets.Unicode(), traitlets.List(traitlets.Unicode())]).tag(
        sync=True
    )
    text = traitlets.Unicode("").tag(sync=True)
    examples: Any = traitlets.List(traitlets.Unicode()).tag(sync=True)
    blocked: Any = traitlets.List(traitlets.Int()).tag(sync=True)
    written = traitlets.Int().tag(sync=True)
    question = traitlets.Unicode().tag(sync=True)

    def __init__(
        self,
        network: Mapping[str, Any],
        reads: str | Sequence[str],
        writes: str | Sequence[str],
        *,
        text: str | None = None,
        examples: Sequence[str] = (),
        blocked: Sequence[int] = (),
        written: int | None = None,
        question: str = "Which letters does the network need? Block one, and see what it writes.",
    ) -> None:
        self._known = vocabulary("reads", reads, 2), vocabulary("writes", writes, END + 2)
        if not isinstance(network, Mapping):
            raise traitlets.TraitError(f"network must be a dict, got {network!r}")
        self._network, packed = opened(network, *map(len, self._known))
        shown = [examples] if isinstance(examples, str) else list(examples)
        super().__init__(
            network=packed,
            reads=reads if isinstance(reads, str) else list(reads),
            writes=writes if isinstance(writes, str) else list(writes),
            text=(shown[0] if shown else "") if text is None else text,
            examples=shown,
            blocked=list(blocked),
            written=kind_of(reads).steps if written is None else written,
            question=question,
        )

    @traitlets.validate("text")
    def _check_text(self, proposal: Any) -> str:
        text = _one_line("text", proposal["value"])
        self._check_some_are_left(text, self.blocked)
        return text

    @traitlets.validate("blocked")
    def _check_blocked(self, proposal: Any) -> list[int]:
        places = proposal["value"]
        if any(place < 0 for place in places):
            raise traitlets.TraitError(f"each of blocked must be 0 or more, got {places!r}")
        self._check_some_are_left(self.text, places)
        return places

    def _check_some_are_left(self, text: str, blocked: Sequence[int]) -> None:
        letters = as_read(text, self.reads)
        if letters and set(range(len(letters))) <= set(blocked):
            token = kind_of(self.reads).token
            raise traitlets.TraitError(
                f"blocked must leave a {token} of {letters!r}, got {blocked}"
            )

    @traitlets.validate("written")
    def _check_written(self, proposal: Any) -> int:
        value, steps = proposal["value"], kind_of(self.reads).steps
        if not 0 <= value <= steps:
            raise traitlets.TraitError(f"written must be 0 to {steps}, got {value!r}")
        return value

    @traitlets.validate("examples")
    def _check_examples(self, proposal: Any) -> list[str]:
        lines = [_one_line("each of examples", example) for example in proposal["value"]]
        texts = [as_read(line, self.reads) for line in lines]
        if not all(texts):
            token = kind_of(self.reads).token
            raise traitlets.TraitError(f"each of examples must have a {token} that is known")
        if twice := sorted({text for text in texts if texts.count(text) > 1}, key=str):
            raise traitlets.TraitError(f"examples must differ as they are read, got {twice} twice")
        return proposal["value"]

    def translation(
        self, text: str | None = None, blocked: Sequence[int] | None = None
    ) -> Translation:
        """What is written for a text, in double precision, with the weights as the page has them.

        Args:
            text: the figure's own if not given.
            blocked: the figure's own if not given.
        """
        letters = as_read(self.text if text is None else text, self.reads)
        places = self.blocked if blocked is None else blocked
        steps = kind_of(self.reads).steps
        return translated(self._network, self._known, letters, set(places), steps)

    def still(self) -> str:
        """The text, what is written for it, and the map of attention."""
        made, kind = self.translation(), kind_of(self.reads)
        if not made.letters:
            return f"<p>Here you can type a {kind.name}, and a network translates it.</p>"
        heads = "".join(self._head(place, one) for place, one in enumerate(made.letters))
        of_words, space = ("", "") if isinstance(self.reads, str) else (f" {_OF_WORDS}", " ")
        rows = "".join(
            f'<tr><th scope="row">{"end" if k == END else escape(self.writes[k])}</th>'
            + "".join(map(_cell, weights.tolist()))
            + "</tr>"
            for k, weights in zip(made.tokens, made.weights, strict=True)
        )
        return (
            f'<div class="rnnbook-translator{of_words}">'
            f'<p class="rnnbook-translator-line">{escape(made.line)}</p>'
            '<div class="rnnbook-translator-scroll">'
            f'<table class="rnnbook-translator-map" style="--letters:{len(made.letters)}">'
            f"<caption>Read: “{escape(space.join(made.letters))}”. Written: {escape(made.line)}. "
            f"A row is a {kind.written} that is written: the stronger a {kind.token}’s colour, the "
            "larger its weight."
            f"</caption><thead><tr><td></td>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
            "</div>"
        )

    def _head(self, place: int, letter: str) -> str:
        name = escape(visible(letter))
        return f'<th scope="col">{f"<s>{name}</s>" if place in self.blocked else name}</th>'


def _cell(weight: float) -> str:
    if weight < _LEAST:
        return "<td></td>"
    words = f'<span class="rnnbook-hidden">{percent(weight)}</span>'
    return f'<td style="--weight:{100 * weight:.0f}%">{words}</td>'


def _one_line(name: str, text: object) -> str:
    if not isinstance(text, str) or len(text) > MOST_TYPED or {"\n", "\r"} & set(text):
        raise traitlets.TraitError(
            f"{name} must be one line of at most {MOST_TYPED} characters, got {text!r}"
        )
    return text
