"""A trained encoder and decoder as a figure is given it, and what it makes of a text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import torch
import traitlets
from torch import Tensor

from rnnbook.cells.gru import GRUCell
from rnnbook.data import Vocabulary, WordVocabulary
from rnnbook.models import EncoderDecoder
from rnncourse.experiments.packing import unpack_all
from rnncourse.figures._reader import in_one_line

Known = Vocabulary | WordVocabulary
START, END = 1, 2  # among the tokens that are written; 0 is padding
_LARGEST = 999_999
_IN_DIGITS = re.compile(r"[0-9]+|[0-9]{1,3}([ ,\u00a0\u202f][0-9]{3})+")


class Kind(NamedTuple):
    """What a translator is given to read.

    Attributes:
        name: what is typed.
        steps: the most tokens of a target, with its end.
        cut: the tokens of a text, as far as it is one of this kind.
        token: what a token of the sources is called.
        written: what one of the targets is called.
    """

    name: str
    steps: int
    cut: Callable[[str], Sequence[str]]
    token: str
    written: str


def words_of(text: str) -> tuple[str, ...]:
    """A number in digits, 0 to 999,999, as English words and commas; none if it is not one."""
    from num2words import num2words

    if not _IN_DIGITS.fullmatch(text.strip()):
        return ()
    number = int(re.sub("[^0-9]", "", text))
    return tuple(re.findall(r"\w+|,", num2words(number))) if number <= _LARGEST else ()


def kind_of(reads: str | Sequence[str]) -> Kind:
    """Dates are read in characters, and numbers in words."""
    return _DATE if isinstance(reads, str) else _NUMBER


_DATE = Kind("date", 11, partial(unicodedata.normalize, "NFC"), "letter", "character")
_NUMBER = Kind("number", 14, words_of, "word", "morpheme")


class Translation(NamedTuple):
    """What is written for a text.

    Attributes:
        letters: the tokens of the text, as they are read: letters, or words.
        line: what is written, without its end.
        tokens: the same in ids, with the end, if it came.
        p: the probability of each token at each step, shape (T, K).
        weights: of each letter at each step, shape (T, S).
    """

    letters: Sequence[str]
    line: str
    tokens: list[int]
    p: Tensor
    weights: Tensor


def vocabulary(name: str, tokens: str | Sequence[str], least: int) -> Known:
    """The tokens of one side: the characters of a string, or some words.

    Raises:
        traitlets.TraitError: if they do not differ, or are too few.
    """
    are = "characters" if isinstance(tokens, str) else "words"
    try:
        known = Vocabulary(tokens) if isinstance(tokens, str) else WordVocabulary(tuple(tokens))
    except (TypeError, ValueError) as wrong:
        raise traitlets.TraitError(f"{name} must be different {are}: {wrong}") from wrong
    if len(known) < least:
        raise traitlets.TraitError(f"{name} must be {least} {are} or more, got {tokens!r}")
    return known


def opened(
    network: Mapping[str, Any], reads: int, writes: int
) -> tuple[EncoderDecoder, dict[str, Any]]:
    """A network that a figure was given: in double precision, and as the trait for the page.

    Raises:
        traitlets.TraitError: if it is none of so many tokens.
    """
    try:
        with torch.random.fork_rng(devices=[]):
            model = EncoderDecoder(
                GRUCell,
                reads,
                writes,
                network["H"],
                embedding_size=network["D"],
                attention="additive",
            ).double()
        return unpack_all(model, network["parameters"]), in_one_line(network)
    except KeyError as missing:
        raise traitlets.TraitError(f"network must have {missing}, got none") from missing
    except (TypeError, ValueError) as wrong:
        raise traitlets.TraitError(
            f"network must be an EncoderDecoder that reads {reads} tokens and writes {writes}, "
            f"its parameters as pack_all gives them: {wrong}"
        ) from wrong


def as_read(text: str, reads: str | Sequence[str]) -> Sequence[str]:
    """The tokens of a text as the network reads them, without those that it does not know."""
    known = [token for token in kind_of(reads).cut(text) if token in reads[1:]]
    return "".join(known) if isinstance(reads, str) else tuple(known)


@torch.no_grad()
def translated(
    model: EncoderDecoder,
    known: tuple[Known, Known],
    letters: Sequence[str],
    blocked: Collection[int],
    steps: int,
) -> Translation:
    """The likeliest token at each step, up to the end, or so many."""
    reads, writes = known
    if not letters:
        return Translation(letters, "", [], torch.empty(0, len(writes)), torch.empty(0, 0))
    source = reads.encode(letters)[:, None]  # type: ignore[arg-type]
    block = torch.tensor([[place in blocked] for place in range(len(letters))])
    state, tokens = model.encode(source, [len(letters)], block), [START]
    made: list[tuple[Tensor, Tensor]] = []
    while tokens[-1] != END and len(made) < steps:
        logits, weights, state = model.read(torch.tensor([tokens[-1:]]), state)
        made.append((logits[0, 0].softmax(dim=0), weights[0, :, 0]))
        tokens.append(int(logits.argmax()))
    p, looks = map(torch.stack, zip(*made, strict=True))
    line = "".join(writes.decode([token for token in tokens[1:] if token != END]))
    return Translation(letters, line, tokens[1:], p, looks)
