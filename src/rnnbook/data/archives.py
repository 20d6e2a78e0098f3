"""Archives of many files, unpacked once and without trust."""

from __future__ import annotations

import gzip
import tarfile
import tempfile
import zlib
from pathlib import Path

from rnnbook.data.registry import DataUnavailable, cache_folder, fetch

MOST_BYTES = 1 << 28  # 256 MiB, more than ten times what the book's archive holds
MOST_MEMBERS = 20_000  # files and folders


def unpack(name: str) -> Path:
    """The folder of an archive's files: fetched, and unpacked the first time.

    It is moved to its place when it is whole, so what was interrupted is done again. An archive is
    refused as a whole if it has links, devices or paths that lead outside, or grows too large.

    Args:
        name: of a file in one of ``DATASETS`` that ends in ``.tar.gz``.

    Raises:
        ValueError: if there is no such archive.
        DataUnavailable: if it cannot be had, unpacked or kept, or is not safe to unpack.
    """
    if not (isinstance(name, str) and name.endswith(".tar.gz")):
        raise ValueError(f"name must be of a .tar.gz archive, got {name!r}")
    if not hasattr(tarfile, "data_filter"):
        raise DataUnavailable("unpacking safely needs Python 3.11.4 or later: install a newer one")
    archive, place = fetch(name), cache_folder() / name.removesuffix(".tar.gz")
    if place.is_dir():
        return place
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=place.parent, prefix="unpacking-") as beside:
            whole = Path(beside, "whole")
            _extract(archive, whole)
            try:
                whole.rename(place)
            except OSError:
                if not place.is_dir():  # if it is, somebody else was quicker
                    raise
    except tarfile.FilterError as error:
        raise DataUnavailable(f"{name} is not safe to unpack ({error}): do not use it") from error
    except (tarfile.TarError, gzip.BadGzipFile, EOFError, zlib.error) as error:
        remedy = f"delete {archive} and fetch it again"
        raise DataUnavailable(f"{name} is broken ({error}): {remedy}") from error
    except OSError as error:
        remedy = "allow writing there, or make room"
        raise DataUnavailable(f"{name} could not be unpacked ({error}): {remedy}") from error
    return place


class _Bounded(gzip.GzipFile):
    """A stream that ends in a refusal where it grows too long, whatever it is that grows."""

    total = 0

    def read(self, size: int | None = -1) -> bytes:
        found = super().read(size)
        self.total += len(found)
        if self.total > MOST_BYTES:
            raise tarfile.FilterError(f"it holds more than {MOST_BYTES:,} bytes")
        return found


def _extract(archive: Path, folder: Path) -> None:
    folder.mkdir()
    with _Bounded(archive) as stream, tarfile.open(fileobj=stream, mode="r|") as members:
        for count, member in enumerate(members, 1):
            if count > MOST_MEMBERS:
                raise tarfile.FilterError(f"it holds more than {MOST_MEMBERS:,} files")
            if not (member.isdir() or member.isreg()) or member.issparse():
                raise tarfile.FilterError(f"{member.name!r} is neither a file nor a folder")
            members.extract(member, folder, filter="data")
