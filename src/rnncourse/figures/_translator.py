"""A trained encoder and decoder as a figure is given it, and what it makes of a text."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

import torch
import traitlets
from torch import Tensor

from rnnbook.cells.gru import GRUCell
from rnnbook.data import Vocabulary
from rnnbook.models import EncoderDecoder
from rnncourse.experiments.packing import unpack_all
from rnncourse.figures._reader import in_one_line

START, END = 1, 2  # among the characters that are written; 0 is padding
STEPS = 11  # characters of a date, and its end


class Translation(NamedTuple):
    """What is written for a text.

    Attributes:
        letters: the text as it is read.
        line: what is written, without its end.
        tokens: the same in ids, with the end, if it came.
        p: the probability of each character at each step, shape (T, K).
        weights: of each letter at each step, shape (T, S).
    """

    letters: str
    line: str
    tokens: list[int]
    p: Tensor
    weights: Tensor


def vocabulary(name: str, characters: str, least: int) -> Vocabulary:
    """The characters of one side.

    Raises:
        traitlets.TraitError: if they are no string of different characters, or too few.
    """
    try:
        known = Vocabulary(characters)
    except (TypeError, ValueError) as wrong:
        raise traitlets.TraitError(f"{name} must be different characters: {wrong}") from wrong
    if len(known) < least:
        raise traitlets.TraitError(f"{name} must be {least} characters or more, got {characters!r}")
    return known


def opened(
    network: Mapping[str, Any], reads: int, writes: int
) -> tuple[EncoderDecoder, dict[str, Any]]:
    """A network that a figure was given: in double precision, and as the trait for the page.

    Raises:
        traitlets.TraitError: if it is none of so many characters.
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
            f"network must be an EncoderDecoder that reads {reads} characters and writes {writes}, "
            f"its parameters as pack_all gives them: {wrong}"
        ) from wrong


def as_read(text: str, reads: str) -> str:
    """A text as the network reads it: as NFC, and without the characters that it does not know."""
    return "".join(c for c in unicodedata.normalize("NFC", text) if c in reads[1:])


@torch.no_grad()
def translated(
    model: EncoderDecoder,
    known: tuple[Vocabulary, Vocabulary],
    letters: str,
    blocked: Collection[int],
) -> Translation:
    """The likeliest character at each step, up to the end."""
    reads, writes = known
    if not letters:
        return Translation("", "", [], torch.empty(0, len(writes)), torch.empty(0, 0))
    source = reads.encode(letters)[:, None]
    block = torch.tensor([[place in blocked] for place in range(len(letters))])
    state, tokens = model.encode(source, [len(letters)], block), [START]
    made: list[tuple[Tensor, Tensor]] = []
    while tokens[-1] != END and len(made) < STEPS:
        logits, weights, state = model.read(torch.tensor([tokens[-1:]]), state)
        made.append((logits[0, 0].softmax(dim=0), weights[0, :, 0]))
        tokens.append(int(logits.argmax()))
    p, looks = map(torch.stack, zip(*made, strict=True))
    line = writes.decode([token for token in tokens[1:] if token != END])
    return Translation(letters, line, tokens[1:], p, looks)
