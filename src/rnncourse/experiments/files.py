"""Writing results so that nothing is ever half written."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any


def write_atomically(path: Path, text: str) -> None:
    """Write a text file so that a reader sees the old one or the new one, never a part."""
    beside = path.with_name(f"{path.name}.new")
    with beside.open("w", encoding="utf-8", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def to_csv(columns: Iterable[str], rows: Iterable[dict[str, Any]]) -> str:
    """Rows as CSV, numbers to six significant digits, so that a repeat gives the same file."""
    columns = list(columns)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        cells = (row[c] for c in columns)
        writer.writerow(f"{v:.6g}" if isinstance(v, float) else v for v in cells)
    return text.getvalue()
