"""English sentences into German: cut into subwords, translated by a network, and scored."""

from __future__ import annotations

import gzip
import io
import os
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from math import cos, inf, pi
from pathlib import Path
from typing import Any, NamedTuple

import sacrebleu
import torch
from sentencepiece import SentencePieceProcessor, SentencePieceTrainer
from torch import Generator
from torch.nn.functional import cross_entropy
from torch.optim import Adam

from rnnbook.cells import GRUCell
from rnnbook.data import fetch, length_buckets
from rnnbook.data.padding import mask, pad
from rnnbook.models import EncoderDecoder, Hypothesis, beam_search
from rnncourse.lessons.ch18 import numbers
from rnncourse.lessons.ch18.dates import DateBatch
from rnncourse.lessons.ch18.translating import step_of

FILES = ("train", "val", "test_2016_flickr")
"""Of Multi30k: to train with, to choose on and to test."""
PAD, UNKNOWN, START, END = range(4)
LONGEST = 60
"""Subwords that a translation has at most. No reference has as many."""
WARM = 200
"""After so many updates the learning rate is what it is to be; then it falls along a cosine."""


class Pairs(NamedTuple):
    """Sentences side by side: a source, and what a person made of it."""

    english: list[str]
    german: list[str]


class Corpus(NamedTuple):
    """Pairs to train with, to choose on and to test."""

    train: Pairs
    validation: Pairs
    test: Pairs


@lru_cache(maxsize=1)
def captions() -> Corpus:
    """Multi30k: captions of photographs, 29,000 + 1,014 + 1,000 pairs.

    Raises:
        DataUnavailable: if the files cannot be had.

    Source: Elliott, Frank, Sima'an & Specia (2016).
    """

    def lines(part: str, of: str) -> list[str]:
        text = gzip.decompress(fetch(f"multi30k-{part}.{of}.gz").read_bytes()).decode("utf-8")
        return text.rstrip("\n").split("\n")

    return Corpus(*(Pairs(lines(part, "en"), lines(part, "de")) for part in FILES))


@lru_cache(maxsize=1)
def number_words() -> Corpus:
    """Numbers in words, 200 + 20 + 20 pairs: a corpus to try things on, without a download."""

    def sentences(pairs: list[numbers.Pair]) -> Pairs:
        german = [numbers.joined(pair.target) for pair in pairs]
        return Pairs([numbers.joined(pair.source, "en") for pair in pairs], german)

    held = [numbers.draw(20, Generator().manual_seed(0), part) for part in numbers.PARTS[1:]]
    return Corpus(*map(sentences, (numbers.training(200), *held)))


CORPORA: dict[str, Callable[[], Corpus]] = {"captions": captions, "number words": number_words}


@dataclass(frozen=True)
class Plan:
    """How a translator is made and trained.

    Attributes:
        corpus: one of ``CORPORA``.
        attention: its score, or None.
        subwords: of each language, with the four marks.
        hidden_size: units of the decoder, and of each direction of the encoder.
        embedding_size: numbers of an embedded subword.
        dropout: the share of them, and of what the read-out reads, that is taken away in training.
        batch_size: pairs an update.
        epochs: how often each pair is read.
        lr: the highest learning rate of Adam.
        seed: of weights, order and dropout.
    """

    corpus: str = "captions"
    attention: str | None = "additive"
    subwords: int = 2000
    hidden_size: int = 128
    embedding_size: int = 128
    dropout: float = 0.2
    batch_size: int = 64
    epochs: int = 8
    lr: float = 0.004
    seed: int = 0


@lru_cache(maxsize=4)
def subwords(corpus: str, language: str, size: int) -> SentencePieceProcessor:
    """Cuts sentences into ids, and puts ids together again, without loss.

    Args:
        corpus: one of ``CORPORA``; its part to train with decides on the pieces.
        language: a field of `Pairs`.
        size: how many pieces there are, with ``PAD``, ``UNKNOWN``, ``START`` and ``END``.

    Source: Kudo & Richardson (2018), SentencePiece; its unigram model.
    """
    made = io.BytesIO()
    SentencePieceTrainer.train(
        sentence_iterator=iter(getattr(CORPORA[corpus]().train, language)),
        model_writer=made,
        vocab_size=size,
        pad_id=PAD,
        unk_id=UNKNOWN,
        bos_id=START,
        eos_id=END,
        num_threads=1,
        minloglevel=2,
    )
    return SentencePieceProcessor(model_proto=made.getvalue())


class Sentences:
    """A network that translates, with all that it needs to read and to write text.

    Args:
        plan: how it is made. Its weights are random; `train` makes better ones.
        device: where it computes, such as ``"cuda"``.

    Attributes:
        model: the encoder and decoder.
    """

    def __init__(self, plan: Plan, device: str = "cpu") -> None:
        self.plan, self.device = plan, device
        self.reads = subwords(plan.corpus, "english", plan.subwords)
        self.writes = subwords(plan.corpus, "german", plan.subwords)
        torch.manual_seed(plan.seed)
        self.model = EncoderDecoder(
            GRUCell,
            len(self.reads),
            len(self.writes),
            plan.hidden_size,
            embedding_size=plan.embedding_size,
            attention=plan.attention,
            dropout=plan.dropout,
        ).to(device)

    def batch(self, english: Sequence[str], german: Sequence[str]) -> DateBatch:
        """Pairs as ids, ready for the model; lengths stay on the CPU, where packing wants them."""
        targets = [torch.tensor([START, *ids, END]) for ids in self.writes.encode(list(german))]
        source, lengths = pad([torch.tensor(ids) for ids in self.reads.encode(list(english))])
        fed, count = pad([target[:-1] for target in targets])
        wanted, _ = pad([target[1:] for target in targets])
        own = mask(count, len(fed))
        source, fed, wanted, own = (one.to(self.device) for one in (source, fed, wanted, own))
        return DateBatch(source, lengths, fed, wanted, own)

    @torch.no_grad()
    def loss(self, pairs: Pairs) -> float:
        """Nats a subword, where the right target is fed."""
        self.model.eval()
        nats, count = 0.0, 0
        for english, german in zip(*map(_hundreds, pairs), strict=True):
            of = self.batch(english, german)
            logits = self.model(of.source, of.lengths, of.fed)[of.mask]
            nats += cross_entropy(logits, of.wanted[of.mask], reduction="sum").item()
            count += len(logits)
        return nats / count

    def translate(self, english: Sequence[str]) -> list[str]:
        """In German, by the likeliest subword at each step."""
        texts = []
        for some in _hundreds(english):
            of = self.batch(some, [""] * len(some))
            ids = self.model.translate(of.source, of.lengths, START, END, LONGEST)
            texts += [self.text(column) for column in ids.T.tolist()]
        return texts

    @torch.no_grad()
    def beam(self, english: str, width: int, length_power: float = 0.0) -> Hypothesis:
        """The best that a beam finds for one sentence, on the CPU; a width of 1 is `translate`."""
        of = self.batch([english], [""])
        state = self.model.eval().encode(of.source, of.lengths)
        options: dict[str, Any] = {"width": width, "steps": LONGEST, "length_power": length_power}
        return beam_search(self.model.step, state, START, end=END, **options)[0]

    def text(self, ids: Sequence[int]) -> str:
        """Ids as a sentence, without its end."""
        return str(self.writes.decode([token for token in ids if token != END]))


def train(
    plan: Plan,
    *,
    path: Path | None = None,
    device: str = "cpu",
    say: Callable[[str], None] = print,
) -> Sentences:
    """Train a translator, going on from where it was stopped.

    Each epoch has draws of its own, so that a run which was stopped and went on is the run which
    was not.

    Args:
        plan: how.
        path: of the checkpoint that is written after each epoch, whole or not at all.
        device: where, such as ``"cuda"``.
        say: takes a line an epoch.

    Returns:
        The translator, with the weights of the epoch that had the lowest loss on validation.

    Raises:
        ValueError: if the checkpoint is of another plan.
        DataUnavailable: if the corpus cannot be had.
    """
    made, pairs = Sentences(plan, device), CORPORA[plan.corpus]()
    model, optimizer = made.model, Adam(made.model.parameters(), lr=plan.lr)
    first, lowest, best = 0, inf, _copy(model)
    if path is not None and path.exists():
        saved = torch.load(path, map_location=device, weights_only=True)
        if saved["plan"] != asdict(plan):
            raise ValueError(f"path must have a checkpoint of {plan}, got one of {saved['plan']}")
        model.load_state_dict(saved["model"])
        optimizer.load_state_dict(saved["optimizer"])
        first, lowest, best = saved["epoch"], saved["lowest"], saved["best"]
    lengths = torch.tensor([len(ids) for ids in made.reads.encode(pairs.train.english)])
    for epoch in range(first, plan.epochs):
        torch.manual_seed(plan.seed * plan.epochs + epoch)  # of dropout
        order = Generator().manual_seed(plan.seed * plan.epochs + epoch)
        batches = length_buckets(lengths, plan.batch_size, order)
        updates = plan.epochs * len(batches)
        model.train()
        for update, columns in enumerate(batches, epoch * len(batches)):
            warm, falls = min(1, (update + 1) / WARM), (1 + cos(pi * update / updates)) / 2
            optimizer.param_groups[0]["lr"] = plan.lr * warm * falls
            english, german = ([part[n] for n in columns.tolist()] for part in pairs.train)
            step_of(model, optimizer, made.batch(english, german))
        nats = made.loss(pairs.validation)
        if nats < lowest:
            lowest, best = nats, _copy(model)
        say(f"epoch {epoch + 1} of {plan.epochs}: {nats:.3f} nats a subword on validation")
        if path is not None:
            run = {"plan": asdict(plan), "epoch": epoch + 1, "lowest": lowest, "best": best}
            run |= {"model": model.state_dict(), "optimizer": optimizer.state_dict()}
            _save(run, path)
    model.load_state_dict(best)
    model.eval()
    return made


class Scores(NamedTuple):
    """Of translations, against what people wrote.

    Attributes:
        bleu: of runs of one to four words, how many are in the reference too; 0 to 100.
        chrf: of runs of one to six characters, found and not missed; 0 to 100.
        length: words of all translations, for one of the references.
    """

    bleu: float
    chrf: float
    length: float


def scores(german: Sequence[str], references: Sequence[str]) -> Scores:
    """BLEU and chrF by sacrebleu, cased, with its own tokens; `signatures` says how.

    Source: Papineni et al. (2002); Popović (2015); Post (2018).
    """
    bleu = sacrebleu.BLEU().corpus_score(list(german), [list(references)])
    chrf = sacrebleu.CHRF().corpus_score(list(german), [list(references)])
    return Scores(bleu.score, chrf.score, bleu.sys_len / bleu.ref_len)


def signatures() -> list[str]:
    """What sacrebleu signs `scores` with, so that others can measure the same."""
    found = []
    for metric in (sacrebleu.BLEU(), sacrebleu.CHRF()):
        metric.corpus_score(["ein Hund"], [["ein Hund"]])
        found.append(f"{type(metric).__name__} {metric.get_signature()}")
    return found


def _hundreds(texts: Sequence[str]) -> list[list[str]]:
    """Texts in order, a hundred at a time."""
    return [list(texts[at : at + 100]) for at in range(0, len(texts), 100)]


def _copy(model: EncoderDecoder) -> dict[str, Any]:
    return {name: one.detach().clone() for name, one in model.state_dict().items()}


def _save(run: dict[str, Any], path: Path) -> None:
    """Write a checkpoint: it is there whole, or the one before it is."""
    part = path.with_name(f"{path.name}.part")
    with part.open("wb") as file:
        torch.save(run, file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(part, path)
