"""What the networks of depth and direction must beat: the same questions without recurrence."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, partial
from typing import Any, NamedTuple

import numpy as np
import torch
from sklearn.feature_extraction import FeatureHasher
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import MultinomialNB

from rnncourse.lessons.ch13.networks import Examples
from rnncourse.lessons.ch13.three_tasks import (
    DAY,
    Parts,
    made_up,
    names,
    where_words_begin,
    which_hour,
    which_language,
)

START_N, START_C, START_ALPHA = 4, 10.0, 0.1
"""Where the search begins: the longest n-gram; how little regression is held back; what naive
Bayes adds to each count."""


class Fitted(NamedTuple):
    """A baseline at the setting that does best on validation.

    Attributes:
        hits: of each test target, whether it is found.
        error: the share of validation targets that are not found.
        setting: what was chosen, in words.
    """

    hits: np.ndarray
    error: float
    setting: str


Features = tuple[Any, Any, Any]
MakeFeatures = Callable[[int], Features]
MakeModel = Callable[[float], Any]


def _best(
    parts: Parts, features: MakeFeatures, model: MakeModel, n: int, strength: float
) -> Fitted:
    """From a first setting to its best neighbour, n-grams by one letter and strength tenfold."""
    asked = [torch.cat([target.flatten() for target in part.targets]).numpy() for part in parts]
    made = lru_cache(features)

    @lru_cache
    def fit(n: int, strength: float) -> Fitted:
        train, validation, test = made(n)
        fitted = model(strength).fit(train, asked[0])
        error = float((fitted.predict(validation) != asked[1]).mean())
        return Fitted(fitted.predict(test) == asked[2], error, f"n to {n}, strength {strength:g}")

    at = (n, strength)
    while True:
        n, strength = at
        near = [at, (n + 1, strength), (n, 10 * strength), (n, strength / 10), (n - 1, strength)]
        better = min((setting for setting in near if setting[0]), key=lambda at: fit(*at).error)
        if better == at:
            return fit(*at)
        at = better


def _regression(strength: float) -> LogisticRegression:
    return LogisticRegression(C=strength, max_iter=1000)


def _counted(counter: type[CountVectorizer], n: int) -> Features:
    train, validation, test = names().texts
    made = counter(analyzer="char_wb", ngram_range=(1, n))
    return made.fit_transform(train), made.transform(validation), made.transform(test)


def letters_regression() -> Fitted:
    """Names: logistic regression on tf–idf of the n-grams of letters."""
    features = partial(_counted, TfidfVectorizer)
    return _best(which_language(), features, _regression, START_N, START_C)


def letters_bayes() -> Fitted:
    """Names: naive Bayes on the counts of the n-grams of letters."""
    features = partial(_counted, CountVectorizer)
    return _best(which_language(), features, lambda a: MultinomialNB(alpha=a), START_N, START_ALPHA)


def _around(examples: Examples, n: int, ahead: bool) -> Any:
    """Of each letter, the n-grams that end with it and, if asked, those that begin with it."""
    rows = []
    for ids in examples.inputs:
        text = "".join(chr(ord("a") + k) for k in ids.tolist())
        padded = "^" * n + text + "$" * n
        for place in range(n, n + len(text)):
            row = [f"<{padded[place - k + 1 : place + 1]}" for k in range(1, n + 1)]
            row += [f">{padded[place : place + k]}" for k in range(2, n + 1) if ahead]
            rows.append(row)
    return FeatureHasher(2**18, input_type="string").transform(rows)


def _places(ahead: bool) -> Fitted:
    parts = where_words_begin()

    def features(n: int) -> Features:
        train, validation, test = (_around(part, n, ahead) for part in parts)
        return train, validation, test

    return _best(parts, features, _regression, START_N, START_C)


def before_regression() -> Fitted:
    """Where words begin: logistic regression on the n-grams that end at a letter."""
    return _places(ahead=False)


def around_regression() -> Fitted:
    """Where words begin: logistic regression on the n-grams on both sides of a letter."""
    return _places(ahead=True)


def _rows(parts: Parts, hours: int) -> Features:
    """The last hours in a row, the last one last, each with a 1; zeros before a window's first."""
    found = []
    for part in parts:
        rows = np.zeros((len(part.inputs), hours, part.symbols + 1), dtype=np.float32)
        for row, window in zip(rows, part.inputs, strict=True):
            some = window[-hours:].numpy()
            row[hours - len(some) :, :-1] = some
            row[hours - len(some) :, -1] = 1
        found.append(rows.reshape(len(rows), -1))
    train, validation, test = found
    return train, validation, test


def hours_regression() -> Fitted:
    """Which hour: logistic regression on the hours in a row."""
    parts = which_hour()
    return _best(parts, lambda n: _rows(parts, min(n, DAY)), _regression, DAY, 1.0)


def short_regression() -> Fitted:
    """As `hours_regression`, of sensors that are made up, and few windows."""
    some = [
        part._replace(inputs=part.inputs[:300], targets=part.targets[:300]) for part in made_up()
    ]
    parts = Parts(*some)
    return _best(parts, lambda n: _rows(parts, min(n, DAY)), _regression, 3, 1.0)


BASELINES: dict[str, Callable[[], Fitted]] = {
    "n-grams, regression": letters_regression,
    "n-grams, naive Bayes": letters_bayes,
    "letters before, regression": before_regression,
    "letters around, regression": around_regression,
    "hours in a row, regression": hours_regression,
    "made up": short_regression,
}


@lru_cache
def fitted(baseline: str) -> Fitted:
    """A baseline, fitted once."""
    return BASELINES[baseline]()
