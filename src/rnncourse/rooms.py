"""The door to the lessons: what their rooms hold, found by file name.

A room is a folder of ``lessons/``, one a page: ``ch05``, ``playground``. In it,
``exercises/NAME.py`` declares an exercise, ``experiments/NAME.py`` an experiment with its results
beside it, and ``quiz.toml`` asks the page's questions. Names of exercises and of experiments are
unique in the book. Nothing else in this package knows a lesson; only what is asked for is imported.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from types import ModuleType

LESSONS = Path(__file__).resolve().parent / "lessons"


def find(pattern: str) -> dict[str, Path]:
    """The files that match in any room, by their names without ending, room after room.

    Args:
        pattern: below a room, such as ``"exercises/*.py"``.
    """
    return {path.name.partition(".")[0]: path for path in sorted(LESSONS.glob(f"*/{pattern}"))}


def room_of(path: Path) -> str:
    """The room that a file is in, such as ``"ch05"``."""
    return path.relative_to(LESSONS).parts[0]


def module(path: Path) -> ModuleType:
    """Import a file of a room."""
    parts = path.relative_to(LESSONS).with_suffix("").parts
    return import_module(".".join((f"{__package__}.lessons", *parts)))
