"""A corpus that every reader has: the source of Python's own standard library."""

from __future__ import annotations

import hashlib
import platform
import sysconfig
import tokenize
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from torch import Tensor

from rnnbook.data.kinds import code_kinds
from rnnbook.data.registry import DataUnavailable
from rnnbook.data.vocabulary import Vocabulary

# Modules of one file each, written in Python, present in 3.11 to 3.14.
MODULES = (
    "argparse",
    "bisect",
    "calendar",
    "configparser",
    "contextlib",
    "copy",
    "csv",
    "dataclasses",
    "difflib",
    "enum",
    "graphlib",
    "queue",
    "random",
    "shutil",
    "subprocess",
    "tempfile",
    "textwrap",
    "threading",
    "uuid",
)


TRAINED_ON = 0.9
"""The share of the text that networks are trained on; they are measured on the rest."""
CHOSEN_ON = 0.05
"""The share before that rest, taken from training where rates or sizes are chosen on text."""


class StdlibText(NamedTuple):
    """The text and where it is from; it differs from one Python version to the next.

    Attributes:
        text: the modules' sources one after the other, lines ended by newlines.
        modules: their names, in the order of the text.
        python_version: such as ``3.11.2``.
        sha256: of the text in UTF-8.
    """

    text: str
    modules: tuple[str, ...]
    python_version: str
    sha256: str


@lru_cache(maxsize=1)
def stdlib_text() -> StdlibText:
    """Read the standard library of the running Python, without importing it.

    Returns:
        `StdlibText`, about 0.8 million characters.

    Raises:
        DataUnavailable: if this Python came without the source of a module.
    """
    folder = Path(sysconfig.get_paths()["stdlib"])
    text = "".join(_source(folder, module) for module in MODULES)
    digest = hashlib.sha256(text.encode()).hexdigest()
    return StdlibText(text, MODULES, platform.python_version(), digest)


class Split(NamedTuple):
    """A text in ids, in three pieces that follow each other.

    Attributes:
        train: what weights are fitted to.
        validation: what everything else is chosen on, a twentieth of the text.
        test: what is measured on, once all is chosen; the last tenth.
        vocabulary: the characters.
    """

    train: Tensor
    validation: Tensor
    test: Tensor
    vocabulary: Vocabulary


@lru_cache(maxsize=1)
def stdlib_split() -> Split:
    """The standard library in ids, to train, to choose and to measure on."""
    text = stdlib_text().text
    vocabulary = Vocabulary.from_text(text)
    ids = vocabulary.encode(text)
    first, second = int((TRAINED_ON - CHOSEN_ON) * len(ids)), int(TRAINED_ON * len(ids))
    return Split(ids[:first], ids[first:second], ids[second:], vocabulary)


@lru_cache(maxsize=1)
def stdlib_kinds() -> tuple[Tensor, Tensor, int]:
    """The standard library's characters as ids (N), their kinds (N), and how many are known."""
    text = stdlib_text().text
    ids = Vocabulary.from_text(text).encode(text)
    return ids, code_kinds(text), len(set(text))


def _source(folder: Path, module: str) -> str:
    path = folder / f"{module}.py"
    try:
        with tokenize.open(path) as file:  # heeds the file's coding line, unifies line ends
            return file.read()
    except FileNotFoundError:
        raise DataUnavailable(
            f"the source of {module!r} is missing ({path}): this Python came without its standard "
            "library in files; run the book with one from python.org or conda-forge"
        ) from None
