"""Captions into German on Multi30k: what attention is worth in BLEU, by length, and what a beam is.

The sentences are the download `multi30k`. The learning rate is the one of `caption_rates`. On one
busy thread of the machine that recorded it, an epoch took about 100 s without attention and 165
with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean

from rnncourse.lessons.ch18.sentences import CORPORA, Plan, Scores, scores, train

DESCRIPTION = "Captions into German with attention and without: BLEU, chrF, length, beam"
SEEDS = 3
GRID = {"attention": ["none", "additive"]}
CHEAP = {
    **{"attention": "additive", "corpus": "number words", "longest": [7]},
    **{"subwords": 60, "hidden_size": 16, "batch_size": 20, "epochs": 2, "beamed": 3},
}

RATES_FOUND = {"none": 0.008, "additive": 0.008}
"""By `caption_rates`."""
LONGEST = (9, 12, 16)
"""Words of the longest source of each group but the last, which has all that are longer."""
WIDTH = 4
ROUNDING = 1e-3
"""Nats. The same text, in a beam and alone, differs by some 1e-5."""


def run(
    seed: int,
    attention: str,
    corpus: str = "captions",
    subwords: int = 2000,
    hidden_size: int = 128,
    batch_size: int = 64,
    epochs: int = 4,
    longest: Sequence[int] = LONGEST,
    beamed: int = 500,
) -> dict[str, float]:
    """Train a translator, and score what it makes of the test part.

    Args:
        seed: of weights, order and dropout.
        attention: its score, or ``none``.
        corpus: as `Plan` has it, also for ``subwords`` to ``epochs``.
        longest: how the sources are grouped by their words.
        beamed: how many sentences are translated by a beam, the first ones.

    Returns:
        ``loss``, nats a subword of test. ``bleu``, ``chrf`` and ``length`` of greedy translations,
        as `Scores`; ``bleu_1`` …, BLEU of each group of sources, shorter ones first. Of the
        sentences for the beam: ``greedy_bleu`` and ``greedy_length``; the same of the likeliest
        that a beam finds, and of the one with the most nats a subword (``beam_…``, ``mean_…``);
        ``likelier`` and ``less_likely``, the share of the beam's that is likelier than greedy's, or
        less.
    """
    score = None if attention == "none" else attention
    sizes = {"subwords": subwords, "hidden_size": hidden_size, "batch_size": batch_size}
    plan = Plan(corpus, score, epochs=epochs, lr=RATES_FOUND[attention], seed=seed, **sizes)
    trained, test = train(plan, say=lambda line: None), CORPORA[corpus]().test
    german = trained.translate(test.english)
    found = {"loss": trained.loss(test), **scores(german, test.german)._asdict()}
    words = [len(text.split()) for text in test.english]
    ends = (0, *longest, max(words))
    for n in range(1, len(ends)):
        of = [at for at, count in enumerate(words) if ends[n - 1] < count <= ends[n]]
        group = ([texts[at] for at in of] for texts in (german, test.german))
        found[f"bleu_{n}"] = scores(*group).bleu
    some = test.english[:beamed]
    searched = {
        name: [trained.beam(text, width, power) for text in some]
        for name, width, power in (("greedy", 1, 0.0), ("beam", WIDTH, 0.0), ("mean", WIDTH, 1.0))
    }
    for name, hypotheses in searched.items():
        texts = [trained.text(hypothesis.tokens) for hypothesis in hypotheses]
        of_them: Scores = scores(texts, test.german[:beamed])
        found |= {f"{name}_bleu": of_them.bleu, f"{name}_length": of_them.length}
    gains = [
        of_beam.log_probability - of_greedy.log_probability
        for of_beam, of_greedy in zip(searched["beam"], searched["greedy"], strict=True)
    ]
    found["likelier"] = fmean(gain > ROUNDING for gain in gains)
    found["less_likely"] = fmean(gain < -ROUNDING for gain in gains)
    return found
