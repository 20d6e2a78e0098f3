"""Which exercises a reader has passed, kept in a small file.

The file stands in the user's data folder, or where the environment variable ``RNNBOOK_PROGRESS``
says. It is replaced in one move, so that a crash leaves the old file or the new one.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from itertools import count
from pathlib import Path

import platformdirs
from filelock import FileLock

from rnncourse.checking.catalogue import EXERCISES
from rnncourse.console import say

ENVIRONMENT_VARIABLE = "RNNBOOK_PROGRESS"
_LOCK_SECONDS = 10.0


def path() -> Path:
    """Return the file's place."""
    given = os.environ.get(ENVIRONMENT_VARIABLE)
    if given:
        return Path(os.path.expanduser(given))  # which never raises
    return platformdirs.user_data_path("rnnbook", appauthor=False) / "progress.json"


def load() -> frozenset[str]:
    """Return the names of the exercises that are passed.

    A file that cannot be understood is set aside under another name, and a sentence printed.

    Raises:
        OSError: If there is a file and it cannot be read.
    """
    try:
        return _read()
    except ValueError:
        with _lock():
            return _read_or_set_aside()


def record(name: str) -> None:
    """Add an exercise to those that are passed; other programs may do so at the same time.

    Raises:
        OSError: If the file cannot be written, or another program holds it for too long.
    """
    path().parent.mkdir(parents=True, exist_ok=True)
    with _lock():
        passed = _read_or_set_aside()
        if name not in passed:
            _write(passed | {name})


def clear() -> None:
    """Forget all passed exercises.

    Raises:
        OSError: If the file cannot be removed.
    """
    if path().exists():
        with _lock():
            path().unlink(missing_ok=True)


def summary() -> str:
    """Return one line a chapter: how many exercises are passed, and which remain."""
    passed = load()
    lines = []
    for room, names in EXERCISES.by_room().items():
        remaining = [name for name in names if name not in passed]
        where = re.sub(r"^ch(?=\d)", "chapter ", room)
        line = f"{where}: {len(names) - len(remaining)} of {len(names)} passed"
        lines.append(line + (f"; remaining: {', '.join(remaining)}" if remaining else ""))
    return "\n".join(lines)


def _lock() -> FileLock:
    return FileLock(f"{path()}.lock", timeout=_LOCK_SECONDS)


def _read() -> frozenset[str]:
    """Read the file; ``ValueError`` if it is not one of ours."""
    try:
        content = json.loads(path().read_text(encoding="utf-8"))
    except FileNotFoundError:
        return frozenset()
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    passed = content.get("passed") if isinstance(content, dict) else None
    if not isinstance(passed, list) or not all(isinstance(name, str) for name in passed):
        raise ValueError("no list of names under 'passed'")
    return frozenset(passed)


def _read_or_set_aside() -> frozenset[str]:
    try:
        return _read()
    except ValueError:
        file = path()
        names = (file.with_name(f"{file.stem}.unreadable-{i}{file.suffix}") for i in count(1))
        aside = next(name for name in names if not name.exists())
        file.rename(aside)
        say(
            f"Your progress file could not be understood. It is kept as {aside.name}, "
            "and a new one is begun."
        )
        return frozenset()


def _write(passed: frozenset[str]) -> None:
    file = path()
    text = json.dumps({"passed": sorted(passed)}, indent=1) + "\n"
    descriptor, temporary = tempfile.mkstemp(dir=file.parent, prefix=f"{file.name}.", suffix=".tmp")
    try:
        with open(descriptor, "w", encoding="utf-8") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(temporary, file)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
