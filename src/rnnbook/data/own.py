"""A data set of one's own: sequences from a table, a text or a folder of recordings."""

from __future__ import annotations

import csv
import wave
from collections.abc import Iterator, Sequence
from contextlib import suppress
from math import isfinite, nan
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from torch import Tensor

from rnnbook.cells import checks

PathLike = str | Path


def from_csv(
    path: PathLike,
    *,
    sequence: str,
    features: Sequence[str],
    time: str | None = None,
    label: str | None = None,
) -> tuple[list[Tensor], list[str]]:
    """Sequences of numbers from a table in UTF-8, with commas, whose first row names the columns.

    Args:
        path: of the table.
        sequence: the column that says which sequence a row belongs to.
        features: the D columns of numbers.
        time: the column that orders a sequence's rows: numbers, or texts that sort, as the dates
            2024-04-30 and 2024-05-01 do; the table's order if not given.
        label: the column of labels, one a sequence; ``sequence`` itself will do.

    Returns:
        The sequences in the order of their first rows, floats of shape (T, D); and their labels,
        none where no column is named.

    Raises:
        TypeError, ValueError: if an argument is none of these, there is no such file or column, the
            table is empty, a cell is no finite number, or a sequence has two labels.
    """
    checks.instance("features", features or None, list | tuple, "a list of columns")
    rows = _rows(path)
    columns = [("sequence", sequence), *(("each of features", column) for column in features)]
    columns += [(k, v) for k, v in (("time", time), ("label", label)) if v is not None]
    for name, column in columns:
        if not isinstance(column, str) or column not in rows[0]:
            raise ValueError(f"{name} must be a column ({', '.join(rows[0])}), got {column!r}")
    numbers = torch.tensor([_numbers("features", rows, column) for column in features]).t()
    times: list[Any] = [0 if time is None else row[time] for row in rows]
    if time is not None and isfinite(_number(times[0])):
        times = _numbers("time", rows, time)
    groups: dict[str, list[int]] = {row[sequence]: [] for row in rows}
    for index in sorted(range(len(rows)), key=times.__getitem__):
        groups[rows[index][sequence]].append(index)
    labels: dict[str, str] = {}
    if label is not None:
        for row in rows:
            if labels.setdefault(row[sequence], row[label]) != row[label]:
                both = f"{labels[row[sequence]]!r} and {row[label]!r} in {row[sequence]!r}"
                raise ValueError(f"label must be one in each sequence, got {both}")
    return [numbers[group] for group in groups.values()], list(labels.values())


def from_lines(
    path: PathLike, *, label: Literal["first", "last"] | None = None
) -> tuple[list[str], list[str]]:
    """Texts from a file in UTF-8, one a line, and a label before or after a tab if there are any.

    Args:
        path: of the file.
        label: where each line has one; None if there are none.

    Returns:
        The texts, which ``Vocabulary.encode`` makes sequences of; and their labels, if any.

    Raises:
        TypeError, ValueError: if there is no such file, or a line without a text or a label.
    """
    if label not in (None, "first", "last"):
        raise ValueError(f"label must be 'first', 'last' or None, got {label!r}")
    found = []
    for number, line in enumerate(_lines(path), 1):
        whole = line.rstrip("\n")
        parts = [whole] if label is None else whole.split("\t", 1)
        if label == "last":
            parts = whole.rsplit("\t", 1)[::-1]
        if not all(parts) or (label and len(parts) < 2):
            wanted = "a text, a tab and a label" if label else "a text"
            raise ValueError(f"path must have {wanted} in each line, got {line!r} in {number}")
        found.append(parts)
    if not found:
        raise ValueError(f"path must name a file with one line at least, got {str(path)!r}")
    return [parts[-1] for parts in found], [parts[0] for parts in found if label]


def from_wavs(folder: PathLike) -> tuple[list[Tensor], list[str], int]:
    """Recordings from all ``.wav`` files in a folder and in those below, in the order of the paths.

    Args:
        folder: with files of 8, 16, 24 or 32 bits, without compression (PCM), all of one rate.

    Returns:
        The recordings, floats in [−1, 1) of shape (T): several channels become their mean. Their
        labels: the name of the folder below that a file lies in, else the file's without its
        ending. And the rate, in samples a second.

    Raises:
        TypeError, ValueError: if there is no such folder or nothing in it, or a recording is empty,
            broken off, in another format or of another rate.
    """
    checks.instance("folder", folder, PathLike, "a path")
    top = Path(folder)
    paths = sorted(path for path in top.rglob("*") if path.suffix.lower() == ".wav")
    if not paths:
        raise ValueError(f"folder must hold .wav files, got {str(top)!r}, where there are none")
    found = [_wave(path) for path in paths]
    rates = {rate: path for path, (_, rate) in zip(paths, found, strict=True)}
    if len(rates) > 1:
        each = " and ".join(f"{rate} Hz ({path})" for rate, path in rates.items())
        raise ValueError(f"folder must hold recordings of one rate, got {each}")
    labels = [path.stem if path.parent == top else path.parent.name for path in paths]
    return [samples for samples, _ in found], labels, found[0][1]


def _lines(path: PathLike) -> Iterator[str]:
    checks.instance("path", path, PathLike, "a path")
    if not Path(path).is_file():
        raise ValueError(f"path must name a file that is there, got {str(path)!r}")
    try:
        with open(path, encoding="utf-8-sig") as file:
            yield from file
    except UnicodeDecodeError as error:
        raise ValueError(f"path must be text in UTF-8, got {str(path)!r} ({error})") from None


def _rows(path: PathLike) -> list[dict[str, str]]:
    try:
        rows = list(csv.DictReader(_lines(path), restval="", strict=True))
    except csv.Error as error:
        raise ValueError(f"path must be a table with commas, got {str(path)!r} ({error})") from None
    if not rows:
        raise ValueError(f"path must be a table with a row below its names, got {str(path)!r}")
    if long := [place for place, row in enumerate(rows, 2) if None in row]:
        raise ValueError(f"path must have a name for each cell, got more cells in row {long[0]}")
    return rows


def _numbers(name: str, rows: list[dict[str, str]], column: str) -> list[float]:
    for place, row in enumerate(rows, 2):
        if not isfinite(_number(row[column])):
            where = f"row {place}, column {column!r}"
            raise ValueError(f"{name} must be finite numbers, got {row[column]!r} in {where}")
    return [_number(row[column]) for row in rows]


def _number(cell: str) -> float:
    with suppress(ValueError):
        return float(cell)
    return nan


def _wave(path: Path) -> tuple[Tensor, int]:
    try:
        with wave.open(str(path)) as file:
            channels, width, rate, frames, *_ = file.getparams()
            raw = file.readframes(frames)
    except (wave.Error, EOFError) as error:
        raise ValueError(f"folder must hold .wav files of PCM, got {path} ({error})") from None
    if not raw or len(raw) != frames * channels * width:
        raise ValueError(f"folder must hold whole recordings, got {path}, empty or broken off")
    # Each sample's bytes on top of 32 bits: whatever its width, the full scale is that of an int32.
    samples = np.zeros((frames * channels, 4), dtype=np.uint8)
    samples[:, 4 - width :] = np.frombuffer(raw, dtype=np.uint8).reshape(-1, width)
    samples[:, 3] ^= 0x80 if width == 1 else 0  # 8 bits alone have no sign
    mono = samples.view("<i4").reshape(-1, channels).mean(axis=1) / 2**31
    return torch.from_numpy(mono).to(torch.get_default_dtype()), rate
