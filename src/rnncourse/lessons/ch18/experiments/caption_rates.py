"""Which learning rate suits captions, with attention and without: two epochs, on validation."""

from __future__ import annotations

from rnncourse.lessons.ch18.sentences import CORPORA, Plan, train

DESCRIPTION = "Captions into German: three learning rates, two epochs of Multi30k"
SEEDS = 1
GRID = {"attention": ["none", "additive"], "lr": [0.004, 0.008, 0.016]}
CHEAP = {
    **{"attention": "none", "lr": 0.004, "corpus": "number words"},
    **{"subwords": 60, "hidden_size": 16, "batch_size": 20},
}


def run(
    seed: int,
    attention: str,
    lr: float,
    corpus: str = "captions",
    subwords: int = 2000,
    hidden_size: int = 128,
    batch_size: int = 64,
) -> dict[str, float]:
    """Train a translator for two epochs, whose rate falls to nothing within them.

    Returns:
        ``loss``, nats a subword of validation.
    """
    score = None if attention == "none" else attention
    sizes = {"hidden_size": hidden_size, "batch_size": batch_size, "subwords": subwords}
    plan = Plan(corpus, score, epochs=2, lr=lr, seed=1000 + seed, **sizes)
    return {"loss": train(plan, say=lambda line: None).loss(CORPORA[corpus]().validation)}
