"""The book's exercises by name, each imported when it is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rnncourse import rooms
from rnncourse.checking.exercise import Exercise


class Catalogue(Mapping[str, Exercise]):
    """Exercises by name, lesson after lesson: ``lstm-step`` is ``chNN/exercises/lstm_step.py``."""

    def __getitem__(self, name: str) -> Exercise:
        path = rooms.find("exercises/*.py").get(name.replace("-", "_"))
        if path is None or "_" in name:
            raise KeyError(name)
        exercise: Exercise = rooms.module(path).EXERCISE
        return exercise

    def __iter__(self) -> Iterator[str]:
        return (stem.replace("_", "-") for stem in rooms.find("exercises/*.py"))

    def __len__(self) -> int:
        return len(rooms.find("exercises/*.py"))

    def by_room(self) -> dict[str, list[str]]:
        """The names of the exercises in each room."""
        names: dict[str, list[str]] = {}
        for stem, path in rooms.find("exercises/*.py").items():
            names.setdefault(rooms.room_of(path), []).append(stem.replace("_", "-"))
        return names


EXERCISES = Catalogue()
