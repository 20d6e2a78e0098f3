"""Write with it: a character language model goes on with what the reader types."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, ClassVar

import torch
import traitlets
from torch import Tensor

from rnnbook.models import temper, truncate
from rnncourse.figures._letters import as_read, percent, visible, vocabulary
from rnncourse.figures._reader import opened
from rnncourse.figures._sampler import Random, drawn
from rnncourse.figures.base import Figure

MOST_TYPED = 500  # characters
MOST_WRITTEN = 1000  # characters
AT_ONCE = 200  # characters that it writes before it stops
SHOWN = 10  # characters that may come next
_RANGES = {"temperature": (0.1, 2), "top_p": (0.1, 1), "seed": (0, 2**53 - 1)}
_HEADS = ("Next", "Given", "Drawn")


class WriteWithIt(Figure):
    """A character language model goes on with a text: the reader types, and it writes.

    The reader types or chooses a text, sets the temperature, top-p, top-k and the seed, and has the
    network write a character or 200. What it wrote is underlined. For each place of the text the
    page shows the characters that were likeliest to come next, how probably each was drawn, how
    many bits the one that came has cost, and the hidden state::

        reader = {"kind": "gru", "H": 128, "parameters": model.pack()}
        WriteWithIt(reader, "\\n abc…?", text="The time has co", examples=["Once upon", "def f("])

    An accent that was typed apart is read as one character with its letter (NFC), and where the
    alphabet has no capitals, a text is read in small letters. The n-th character that is written is
    drawn with the n-th number of the seed: a text, settings and a seed have one continuation.

    Args:
        reader: the trained network: its ``kind`` (``"simple"``, ``"lstm"`` or ``"gru"``), ``H``,
            and its ``parameters`` by letter, as `rnncourse.experiments.reader.Reader.pack` gives
            them of a reader with a class a character of the alphabet: its read-out scores the next
            one.
        alphabet: the characters that it knows; the last stands for all others, and is never
            written.
        text: what it goes on with at first, at most 500 characters; the first example if not given,
            or nothing.
        examples: texts to choose from.
        question: what the reader is asked to find out.
        temperature: what the scores are divided by, 0.1 to 2.
        top_p: which share of the probability the characters that may be drawn have, 0.1 to 1.
        top_k: how many characters may be drawn at most; all but the last of the alphabet if not
            given.
        seed: of the draws.
        length: how many characters are written before the reader touches anything, 0 to 1,000.

    Raises:
        traitlets.TraitError: if one of them is none of those, here or when a trait is set later.

    Attributes:
        written: what the network has written after ``text``.
        reader: as it was given; of each parameter ``levels``, the rows of
            `rnncourse.experiments.packing` in one line, and ``scales``, one a row.
    """

    name: ClassVar[str] = "write_with_it"

    reader: Any = traitlets.Dict().tag(sync=True)
    alphabet = traitlets.Unicode().tag(sync=True)
    text = traitlets.Unicode("").tag(sync=True)
    written = traitlets.Unicode("").tag(sync=True)
    examples: Any = traitlets.List(traitlets.Unicode()).tag(sync=True)
    question = traitlets.Unicode().tag(sync=True)
    temperature = traitlets.Float(0.7).tag(sync=True)
    top_p = traitlets.Float(1.0).tag(sync=True)
    top_k = traitlets.Int(1).tag(sync=True)
    seed = traitlets.Int(0).tag(sync=True)

    def __init__(
        self,
        reader: Mapping[str, Any],
        alphabet: str,
        *,
        text: str | None = None,
        examples: Sequence[str] = (),
        question: str = "What does the network write at a low temperature, and what at a high one?",
        temperature: float = 0.7,
        top_p: float = 1.0,
        top_k: int | None = None,
        seed: int = 0,
        length: int = AT_ONCE,
    ) -> None:
        self._known = vocabulary(alphabet)
        if len(self._known) < 2:
            raise traitlets.TraitError(
                f"alphabet must be two or more different characters, got {alphabet!r}"
            )
        if not isinstance(length, int) or not 0 <= length <= MOST_WRITTEN:
            raise traitlets.TraitError(f"length must be 0 to {MOST_WRITTEN}, got {length!r}")
        self._network, packed = opened(reader, len(self._known), len(self._known))
        shown = [examples] if isinstance(examples, str) else list(examples)
        super().__init__(
            reader=packed,
            alphabet=alphabet,
            text=(shown[0] if shown else "") if text is None else text,
            examples=shown,
            question=question,
            temperature=temperature,
            top_p=top_p,
            top_k=len(self._known) - 1 if top_k is None else top_k,
            seed=seed,
        )
        self.written = self.continuation(length)

    @traitlets.validate("text")
    def _check_text(self, proposal: Any) -> str:
        return _short("text", proposal["value"])

    @traitlets.validate("written")
    def _check_written(self, proposal: Any) -> str:
        value = proposal["value"]
        if len(value) > MOST_WRITTEN or set(value) - set(self.alphabet[:-1]):
            raise traitlets.TraitError(
                f"written must be at most {MOST_WRITTEN} characters of the alphabet, without its "
                f"last, got {value!r}"
            )
        return value

    @traitlets.validate("examples")
    def _check_examples(self, proposal: Any) -> list[str]:
        shown = [_short("each of examples", one) for one in proposal["value"]]
        texts = [as_read(one, self.alphabet) for one in shown]
        if "" in texts:
            raise traitlets.TraitError("each of examples must be some text, got ''")
        if twice := sorted({text for text in texts if texts.count(text) > 1}):
            raise traitlets.TraitError(f"examples must differ as they are read, got {twice} twice")
        return proposal["value"]

    @traitlets.validate("temperature", "top_p", "top_k", "seed")
    def _check_range(self, proposal: Any) -> float:
        name, value = proposal["trait"].name, proposal["value"]
        low, high = _RANGES.get(name, (1, len(self.alphabet) - 1))
        if not low <= value <= high:
            raise traitlets.TraitError(f"{name} must be {low} to {high}, got {value!r}")
        return value

    @torch.no_grad()
    def scores(self, text: str) -> Tensor:
        """The scores of the next character, before anything is read and after each letter.

        Shape (T + 1, K), in double precision, with the weights as the page has them. The first row
        is the read-out's bias, as the state before the first character is zero.
        """
        first = self._network.readout.bias.detach()[None]
        ids = self._known.encode(as_read(text, self.alphabet))
        return torch.cat([first, self._network(ids[:, None])[:, 0]]) if len(ids) else first

    def probabilities(self, text: str) -> Tensor:
        """The probability that the network gives each next character: softmax of `scores`."""
        return self.scores(text).softmax(dim=-1)

    def chances(self, scores: Tensor) -> Tensor:
        """How probably each character is drawn, by the settings: shape (K), the last always 0."""
        p = temper(scores[:-1], self.temperature)
        some = truncate(p, top_k=self.top_k, top_p=self.top_p)
        return torch.cat([some, some.new_zeros(1)])

    @torch.no_grad()
    def continuation(self, length: int) -> str:
        """What the network writes after the text, by the settings and the seed."""
        network, uniforms = self._network, Random(self.seed)
        ids, state, letters = self._known.encode(as_read(self.text, self.alphabet)), None, ""
        scores = network.readout.bias
        for _ in range(length + 1):
            if len(ids):
                h, state = network.layer(network.one_hot(ids[:, None]), state)
                scores = network.readout(h[-1, 0])
            if len(letters) == length:
                break
            ids = torch.LongTensor([drawn(self.chances(scores), uniforms.uniform())])
            letters += self.alphabet[int(ids)]
        return letters

    def still(self) -> str:
        """The text with what it wrote, and what may come next."""
        p = self.probabilities(self.text + self.written)[-1]
        chances = self.chances(self.scores(self.text + self.written)[-1])
        heads = "".join(f'<th scope="col">{head}</th>' for head in _HEADS)
        rows = "".join(
            self._row(int(k), float(p[k]), float(chances[k]))
            for k in p.argsort(descending=True, stable=True)[:SHOWN]
        )
        read = escape(as_read(self.text, self.alphabet))
        cuts = f", top-p {self.top_p:g}" if self.top_p < 1 else ""
        cuts += f", top-k {self.top_k}" if self.top_k < len(self.alphabet) - 1 else ""
        return (
            f'<p class="rnnbook-write-text">{read}<ins>{escape(self.written)}</ins></p>'
            f"<p>Underlined: what the network wrote, at temperature {self.temperature:g}{cuts}.</p>"
            '<table class="rnnbook-write-next"><caption>What may come next: how probable the '
            "network finds it, and how probably it is drawn</caption>"
            f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
        )

    def _row(self, k: int, p: float, chance: float) -> str:
        other = k == len(self.alphabet) - 1
        name = "any other" if other else escape(visible(self.alphabet[k]))
        words = percent(chance) if chance else "never" if other else "cut"
        bar = f"--given:{p:.2f};--drawn:{chance:.2f}"
        return (
            f'<tr><th scope="row">{name if chance else f"<s>{name}</s>"}</th>'
            f'<td style="{bar}">{percent(p)}</td><td>{words}</td></tr>'
        )


def _short(name: str, text: object) -> str:
    if not isinstance(text, str) or len(text) > MOST_TYPED:
        raise traitlets.TraitError(
            f"{name} must have at most {MOST_TYPED} characters, got {text!r}"
        )
    return text
