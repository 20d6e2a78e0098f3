"""What a lattice is drawn of: symbols, a few recordings, a word, and a path through its states."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import prod
from typing import Any, NamedTuple

import numpy as np
import torch
import traitlets
from torch import Tensor

from rnnbook.models.ctc import collapse, ctc_lattice

BLANK = 0
MOST_FRAMES = 12
MOST_LETTERS = 5
MOST_SYMBOLS = 30
_DIGITS = 6  # of a probability: what the page carries

SYMBOLS = "–aeost"
RECORDINGS: dict[str, list[list[float]]] = {
    "“see”, slowly": [
        [0.70, 0.02, 0.02, 0.02, 0.20, 0.04],
        [0.15, 0.01, 0.02, 0.01, 0.75, 0.06],
        [0.33, 0.02, 0.06, 0.01, 0.55, 0.03],
        [0.28, 0.08, 0.60, 0.01, 0.02, 0.01],
        [0.25, 0.06, 0.66, 0.01, 0.01, 0.01],
        [0.78, 0.03, 0.15, 0.01, 0.01, 0.02],
        [0.20, 0.07, 0.70, 0.01, 0.01, 0.01],
        [0.62, 0.04, 0.30, 0.01, 0.01, 0.02],
    ],
    "“see”, in a hurry": [
        [0.20, 0.02, 0.02, 0.02, 0.70, 0.04],
        [0.30, 0.02, 0.12, 0.02, 0.50, 0.04],
        [0.20, 0.10, 0.66, 0.02, 0.01, 0.01],
        [0.42, 0.07, 0.48, 0.01, 0.01, 0.01],
        [0.25, 0.06, 0.66, 0.01, 0.01, 0.01],
        [0.70, 0.04, 0.22, 0.01, 0.01, 0.02],
    ],
    "“to”": [
        [0.60, 0.01, 0.01, 0.02, 0.04, 0.32],
        [0.25, 0.02, 0.02, 0.05, 0.06, 0.60],
        [0.50, 0.03, 0.02, 0.25, 0.02, 0.18],
        [0.20, 0.10, 0.05, 0.63, 0.01, 0.01],
        [0.35, 0.08, 0.04, 0.51, 0.01, 0.01],
        [0.80, 0.04, 0.02, 0.12, 0.01, 0.01],
    ],
    "Two frames: blank or a": [[0.6, 0.4, 0.0, 0.0, 0.0, 0.0]] * 2,
}
WORDS = ("see", "see", "to", "a")


class Reading(NamedTuple):
    """What a figure shows of its word and its path.

    Attributes:
        paths: how many paths collapse to the word.
        p: their probability together.
        path: the path, a symbol a frame; shorter than the recording while it is walked.
        collapsed: what the path collapses to so far.
        p_path: the probability of the path.
    """

    paths: int
    p: float
    path: str
    collapsed: str
    p_path: float


def checked_symbols(symbols: Any) -> str:
    """Different characters, the first of them the blank.

    Raises:
        traitlets.TraitError: if they are none, too few or too many.
    """
    good = isinstance(symbols, str) and 2 <= len(symbols) <= MOST_SYMBOLS
    if not good or len(set(symbols)) < len(symbols):
        raise traitlets.TraitError(
            f"symbols must be 2 to {MOST_SYMBOLS} different characters, first the blank, "
            f"got {symbols!r}"
        )
    return symbols


def packed_recordings(recordings: Any, V: int) -> list[dict[str, Any]]:
    """Recordings as the page has them: a name, and rows of V probabilities with six digits.

    Raises:
        traitlets.TraitError: if one of them is no such array, or there is none.
    """
    if not isinstance(recordings, Mapping) or not recordings:
        raise traitlets.TraitError(
            f"recordings must be a dict of arrays (T, V) by name, got {recordings!r}"
        )
    return [{"name": str(name), "p": _rows(name, p, V)} for name, p in recordings.items()]


def _rows(name: str, p: Any, V: int) -> list[list[float]]:
    whose = f"recordings[{name!r}]"
    try:
        rows = np.asarray(p.detach().cpu() if isinstance(p, Tensor) else p, dtype=float)
    except (TypeError, ValueError) as wrong:
        raise traitlets.TraitError(f"{whose} must be an array (T, V) of numbers: {wrong}") from None
    if rows.ndim != 2 or rows.shape[1] != V or not 1 <= len(rows) <= MOST_FRAMES:
        raise traitlets.TraitError(
            f"{whose} must have shape (T, V) with T from 1 to {MOST_FRAMES} and V = {V}, one a "
            f"symbol, got {rows.shape}"
        )
    if not (rows >= 0).all() or not (np.abs(rows.sum(axis=1) - 1) < 1e-3).all():
        raise traitlets.TraitError(
            f"{whose} must hold probabilities, each row adding up to 1, got the row "
            f"{rows[_worst(rows)].tolist()}"
        )
    return [[float(f"{value:.{_DIGITS}g}") for value in row] for row in rows.tolist()]


def _worst(rows: np.ndarray) -> int:
    faults = np.abs(rows.sum(axis=1) - 1) + np.where((rows >= 0).all(axis=1), 0, np.inf)
    return int(np.nan_to_num(faults, nan=np.inf).argmax())


def ids_of(name: str, word: Any, symbols: str) -> list[int]:
    """The places of a word's letters among the symbols.

    Raises:
        traitlets.TraitError: if it is no word of at most five of them.
    """
    letters = unicodedata.normalize("NFC", word) if isinstance(word, str) else None
    if letters is None or len(letters) > MOST_LETTERS or not set(letters) <= set(symbols[1:]):
        raise traitlets.TraitError(
            f"{name} must be at most {MOST_LETTERS} letters of {symbols[1:]!r}, got {word!r}"
        )
    return [symbols.index(letter) for letter in letters]


def with_blanks(ids: Sequence[int]) -> list[int]:
    """The states of a word: a blank before, between and after its symbols."""
    return [BLANK, *(state for k in ids for state in (k, BLANK))]


def frames_needed(ids: Sequence[int]) -> int:
    """One frame a letter, and one more between equal letters; one where there is no letter."""
    return max(1, len(ids) + sum(a == b for a, b in pairwise(ids)))


def came_from(states: Sequence[int], s: int) -> list[int]:
    """The states from which an arrow leads to ``s``: stay, one on, and a jump over a blank."""
    jump = [s - 2] if s >= 2 and states[s] != states[s - 2] else []
    return [s, *([s - 1] if s else []), *jump]


def ways(T: int, states: Sequence[int]) -> np.ndarray:
    """How many ways lead to each state in each frame, ``(T, S)``."""
    counts = np.zeros((T, len(states)), dtype=int)
    counts[0, :2] = 1
    for t in range(1, T):
        for s in range(len(states)):
            counts[t, s] = sum(counts[t - 1, r] for r in came_from(states, s))
    return counts


def likeliest_path(p: Sequence[Sequence[float]], states: Sequence[int]) -> list[int]:
    """The likeliest path, a state a frame; of equal ones, that which stays longest. Else none."""
    S = len(states)
    best = [p[0][states[s]] if s < 2 else -1.0 for s in range(S)]
    steps: list[list[int]] = []
    for row in p[1:]:
        steps.append([max(came_from(states, s), key=best.__getitem__) for s in range(S)])
        came = [best[r] for r in steps[-1]]
        best = [-1.0 if c < 0 else c * row[k] for c, k in zip(came, states, strict=True)]
    s = S - 2 if S > 1 and best[-2] >= best[-1] else S - 1
    if best[s] < 0:
        return []
    path = [s]
    for came_by in reversed(steps):
        path.insert(0, came_by[path[0]])
    return path


def checked_path(path: list[int], T: int, states: Sequence[int]) -> list[int]:
    """A path, or the beginning of one, that leads to the word's end.

    Raises:
        traitlets.TraitError: if it is none; the message says where.
    """
    counts, back = ways(T, states), ways(T, states[::-1])[::-1, ::-1]
    for t, s in enumerate(path):
        allowed = 0 <= s < len(states) and t < T and counts[t, s] and back[t, s]
        if not allowed or (t and path[t - 1] not in came_from(states, s)):
            raise traitlets.TraitError(
                f"path must be states from 0 to {len(states) - 1}, at most {T}, that arrows join "
                f"and that lead to the end, got {path} (frame {t + 1})"
            )
    return path


def read(
    p: Sequence[Sequence[float]], ids: Sequence[int], path: Sequence[int], symbols: str
) -> Reading:
    """All paths of a word together, and one of them."""
    states, T = with_blanks(ids), len(p)
    walked = [states[s] for s in path]
    return Reading(
        paths=int(ways(T, states)[-1, -2:].sum()),
        p=_together(p, ids),
        path="".join(symbols[k] for k in walked),
        collapsed="".join(symbols[k] for k in collapse(walked)),
        p_path=prod(row[k] for row, k in zip(p, walked, strict=False)),
    )


def _together(p: Sequence[Sequence[float]], ids: Sequence[int]) -> float:
    if frames_needed(ids) > len(p):
        return 0.0
    try:
        log_p = torch.tensor(p, dtype=torch.float64).log()
        return float(ctc_lattice(log_p, torch.tensor(ids, dtype=torch.long)).log_likelihood.exp())
    except ValueError:  # it fits, but the network rules out what it needs
        return 0.0
