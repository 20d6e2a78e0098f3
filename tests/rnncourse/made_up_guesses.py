"""Names in a few languages, and what a network might take them for: the same in every run."""

from __future__ import annotations

from typing import Any

from rnncourse.figures import ConfusionMatrix

CLASSES = ["German", "Danish", "Norwegian <b>", "Finnish", "Breton"]
TAKEN = [
    *[("German", "German")] * 5,
    ("German", "Danish"),
    *[("Danish", "Danish")] * 2,
    *[("Danish", "Norwegian <b>")] * 3,
    ("Danish", "German"),
    *[("Norwegian <b>", "Norwegian <b>")] * 4,
    *[("Norwegian <b>", "Danish")] * 2,
    *[("Finnish", "Finnish")] * 4,
]
"""No name is Breton, and none is taken for it."""
GUESSES = [
    {"text": f"{true[:3].lower()}-{n} & co", "true": true, "guess": guess}
    for n, (true, guess) in enumerate(TAKEN)
]


def figure(**options: Any) -> ConfusionMatrix:
    """The figure of these names."""
    return ConfusionMatrix(CLASSES, GUESSES, **{"question": "Which?", **options})


def large(classes: int = 31, each: int = 44) -> ConfusionMatrix:
    """As many classes and names as a page may have: four in five are right, the rest near by."""
    known = [f"Language {k} by name" if k % 7 == 2 else f"Lang. {k}" for k in range(classes)]
    rows = []
    for k in range(classes):
        for n in range(each):
            away = 0 if n % 5 else 1 + (n * n + k) % 6
            guess = known[(k + away) % classes]
            rows.append({"text": f"naam número {n} {k}", "true": known[k], "guess": guess})
    return ConfusionMatrix(known, rows, question="Which?")
