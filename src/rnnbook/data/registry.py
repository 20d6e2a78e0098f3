"""The data sets of the book: what each of them is, and a way to fetch its files."""

from __future__ import annotations

import errno
import logging
import os
import tomllib
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any, NamedTuple

import platformdirs
import pooch

FOLDER_VARIABLE = "RNNBOOK_DATA"


class DataUnavailable(RuntimeError):
    """Data cannot be had here and now; the message says what to do."""


class File(NamedTuple):
    """One file: its name here, its address, what its bytes must hash to, and how many they are."""

    name: str
    url: str
    sha256: str
    size: int


@dataclass(frozen=True, repr=False)
class Dataset:
    """A data set; printed, or at the end of a notebook's cell, it is a card that describes it.

    Attributes:
        name: its key in ``DATASETS``; ``title`` says it in a line, ``about`` what is in it.
        source: from whom it is; ``licence`` as stated there.
        split: into which parts to train, to validate and to test it comes, or is to be cut.
        ships_with: the installed package that brings it; empty where ``files`` are downloaded.
    """

    name: str
    title: str
    about: str
    source: str
    licence: str
    split: str
    ships_with: str = ""
    files: tuple[File, ...] = ()

    @property
    def size(self) -> int:
        """Bytes to download."""
        return sum(file.size for file in self.files)

    @property
    def here(self) -> bool:
        """Whether nothing has to be downloaded any more; the files are checked when fetched."""
        return all(where(file) for file in self.files)

    @property
    def _rows(self) -> dict[str, str]:
        ships = f"nothing to download: it comes with {self.ships_with}"
        return {
            "What": self.about,
            "From": self.source,
            "Licence": self.licence,
            "Split": self.split,
            "Size": ships if self.ships_with else f"{self.size:,} bytes to download",
        }

    def __repr__(self) -> str:
        lines = [f"{head}: {text}" for head, text in self._rows.items()]
        return "\n  ".join([f"{self.name}: {self.title}", *lines])

    def _repr_html_(self) -> str:
        rows = "".join(
            f'<tr><th scope="row" style="text-align:left">{escape(head)}</th>'
            f'<td style="text-align:left">{escape(text)}</td></tr>'
            for head, text in self._rows.items()
        )
        caption = f"<caption>{escape(self.name)}: {escape(self.title)}</caption>"
        return f"<table>{caption}<tbody>{rows}</tbody></table>"


_LIST = Path(__file__).with_name("datasets.toml").read_text(encoding="utf-8")

DATASETS: dict[str, Dataset] = {
    name: Dataset(name, **{**entry, "files": tuple(File(**file) for file in entry["files"])})
    for name, entry in tomllib.loads(_LIST).items()
}
"""The data sets by name, as ``datasets.toml`` beside this module lists them."""


def card(name: str) -> Dataset:
    """A data set's card: what it is, from whom, its licence, its size and its parts.

    Args:
        name: a key of ``DATASETS``, such as ``"tinyshakespeare"``.

    Raises:
        ValueError: if there is no data set of that name.
    """
    if name not in tuple(DATASETS):
        raise ValueError(f"name must be one of {', '.join(DATASETS)}, got {name!r}")
    return DATASETS[name]


def cache_folder() -> Path:
    """The folder of the user's that downloads go to; nothing else is kept there."""
    return Path(platformdirs.user_cache_dir("rnnbook"))


def own_folder() -> Path | None:
    """The folder that ``RNNBOOK_DATA`` names, whose files are read and never changed."""
    folder = os.environ.get(FOLDER_VARIABLE)
    return Path(os.path.expanduser(folder)) if folder else None


def where(file: File) -> Path | None:
    """The path of a file that is here, in the reader's own folder or in the cache."""
    paths = [folder / file.name for folder in (own_folder(), cache_folder()) if folder]
    return next(filter(os.path.isfile, paths), None)  # which never raises


def verify(file: File, path: Path, what: str = "", remedy: str = "") -> None:
    """Refuse a file whose bytes are not those that they should be, with both hashes."""
    found = pooch.file_hash(str(path))
    if found != file.sha256:
        hashes = f"sha256 {found} in place of {file.sha256}"
        remedy = remedy or f"replace it by the file at {file.url}"
        raise DataUnavailable(f"{what or path} has {hashes}: {remedy}")


def fetch(name: str) -> Path:
    """The path of a file, downloaded once and checked each time.

    A file in the folder that the environment variable ``RNNBOOK_DATA`` names is used in place.
    Otherwise it is downloaded into the user's cache folder, under another name until it is whole.

    Args:
        name: of a file in one of ``DATASETS``, such as ``"tinyshakespeare.txt"``.

    Raises:
        ValueError: if there is no file of that name.
        DataUnavailable: if the file cannot be had or kept, or is not what it should be.
    """
    files = {file.name: file for dataset in DATASETS.values() for file in dataset.files}
    if name not in tuple(files):
        raise ValueError(f"name must be one of {', '.join(files)}, got {name!r}")
    folder = own_folder()
    if folder is not None and _is_file(folder / name):
        verify(files[name], folder / name)
        return folder / name
    return _download(files[name])


def tiny_shakespeare() -> str:
    """Karpathy's collection of Shakespeare's plays: 1,115,394 characters, 65 different ones.

    Raises:
        DataUnavailable: if the text is neither here nor can be downloaded.
    """
    return fetch("tinyshakespeare.txt").read_bytes().decode()


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError as error:  # its folder cannot be entered
        raise DataUnavailable(
            f"{path.parent}, which {FOLDER_VARIABLE} names, cannot be read ({error.strerror}): "
            f"allow reading there, or unset {FOLDER_VARIABLE}"
        ) from error


def _download(file: File) -> Path:
    cache = cache_folder()
    by_hand = f"save the file in a folder and set {FOLDER_VARIABLE} to that folder"

    def get(url: str, path: str, pooch_: Any) -> None:
        pooch.HTTPDownloader(timeout=10)(url, path, pooch_)
        what = f"what arrived from {url} as {file.name}"
        verify(file, Path(path), what, f"try again later, or {by_hand}")

    logger = pooch.get_logger()
    level = logger.level
    logger.setLevel(logging.WARNING)  # its notes would end in a notebook's outputs
    try:
        known = f"sha256:{file.sha256}"
        return Path(pooch.retrieve(file.url, known, fname=file.name, path=cache, downloader=get))
    except OSError as error:
        if _of_the_disk(error):
            raise DataUnavailable(
                f"{file.name} could not be kept in the cache folder {cache} ({error}): allow "
                f"writing there, make room for {file.size:,} bytes, or save {file.url} in another "
                f"folder and set {FOLDER_VARIABLE} to it"
            ) from error
        raise DataUnavailable(
            f"{file.name} could not be downloaded from {file.url} ({type(error).__name__}): try "
            f"again with a network, or {by_hand}"
        ) from error
    finally:
        logger.setLevel(level)


def _of_the_disk(error: OSError) -> bool:
    """Whether the cache, and not the network, is at fault: the network's errors name no file."""
    return (
        isinstance(error, PermissionError)
        or error.filename is not None
        or error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EROFS)
    )
