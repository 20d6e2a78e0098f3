"""Archives: unpacked once, whole or not at all, and never beyond their folder."""

from __future__ import annotations

import gzip
import io
import tarfile

import pytest

from rnnbook import data
from rnnbook.data import archives


@pytest.fixture
def pack(tmp_path, monkeypatch):
    """A function that makes ``a.tar.gz`` of members, and an empty cache to unpack it into."""
    path = tmp_path / "a.tar.gz"
    monkeypatch.setattr(archives, "fetch", lambda name: path)
    monkeypatch.setattr(archives, "cache_folder", lambda: tmp_path / "cache")

    def make(*members):
        with tarfile.open(path, "w:gz") as archive:
            for member, content in members:
                archive.addfile(member, io.BytesIO(content))
        return tmp_path / "cache" / "a"

    return make


def member(name, content=b"", **fields):
    found = tarfile.TarInfo(name)
    found.size = len(content)
    for key, value in fields.items():
        setattr(found, key, value)
    return found, content


def folder(name):
    return member(name, type=tarfile.DIRTYPE, mode=0o755)


def test_it_is_unpacked_once(pack, monkeypatch):
    place = pack(folder("top"), member("top/a.txt", b"one"), member("top/b/c.txt", b"two"))
    assert data.unpack("a.tar.gz") == place
    assert (place / "top" / "a.txt").read_bytes() == b"one"
    assert (place / "top" / "b" / "c.txt").read_bytes() == b"two"
    monkeypatch.setattr(archives, "_extract", None)
    assert data.unpack("a.tar.gz") == place
    assert [path.name for path in place.parent.iterdir()] == ["a"]


@pytest.mark.parametrize(
    "bad",
    [
        member("../outside.txt", b"x"),
        member("top/../../outside.txt", b"x"),
        member("link", type=tarfile.SYMTYPE, linkname="/etc/passwd"),
        member("link", type=tarfile.SYMTYPE, linkname="top/a.txt"),
        member("link", type=tarfile.LNKTYPE, linkname="../../outside.txt"),
        member("null", type=tarfile.CHRTYPE, devmajor=1, devminor=3),
        member("disk", type=tarfile.BLKTYPE),
        member("pipe", type=tarfile.FIFOTYPE),
        member("sparse", type=tarfile.GNUTYPE_SPARSE),
        member("holes", b"1\n0\n1\n", pax_headers={"GNU.sparse.major": "1",
            "GNU.sparse.minor": "0", "GNU.sparse.realsize": str(1 << 40)}),
    ],
    ids=lambda bad: f"{bad[0].type!r} {bad[0].name}",
)  # fmt: skip
def test_what_leads_elsewhere_is_refused_as_a_whole(pack, bad):
    place = pack(member("top/a.txt", b"one"), bad)
    with pytest.raises(data.DataUnavailable, match=r"^a.tar.gz is not safe to unpack \(") as caught:
        data.unpack("a.tar.gz")
    assert "\n" not in str(caught.value)
    assert list(place.parent.iterdir()) == []
    assert not list(place.parent.parent.rglob("outside.txt"))


def test_an_absolute_path_stays_inside(pack, tmp_path):
    outside = tmp_path / "elsewhere" / "absolute.txt"
    place = pack(member(str(outside), b"x"))
    data.unpack("a.tar.gz")
    assert [path.name for path in place.rglob("*.txt")] == ["absolute.txt"]
    assert not outside.exists()


def test_neither_size_nor_number_goes_beyond_a_bound(pack, monkeypatch):
    place = pack(*(member(f"{k}.txt", b"x" * 4000) for k in range(10)))
    monkeypatch.setattr(archives, "MOST_MEMBERS", 9)
    with pytest.raises(data.DataUnavailable, match=r"not safe .* holds more than 9 files"):
        data.unpack("a.tar.gz")
    monkeypatch.setattr(archives, "MOST_MEMBERS", 10)
    monkeypatch.setattr(archives, "MOST_BYTES", 30_000)
    with pytest.raises(data.DataUnavailable, match=r"not safe .* holds more than 30,000 bytes"):
        data.unpack("a.tar.gz")
    assert list(place.parent.iterdir()) == []
    monkeypatch.setattr(archives, "MOST_BYTES", 100_000)
    assert len(list(data.unpack("a.tar.gz").iterdir())) == 10


def test_a_header_without_end_goes_beyond_the_bound_too(pack, monkeypatch):
    pack(member("a.txt", pax_headers={"comment": "x" * 100_000}))
    monkeypatch.setattr(archives, "MOST_BYTES", 50_000)
    with pytest.raises(data.DataUnavailable, match="not safe"):
        data.unpack("a.tar.gz")


@pytest.mark.parametrize("broken", ["short", "no gzip", "no tar"])
def test_a_broken_archive_says_what_to_do(pack, tmp_path, broken):
    place, path = pack(member("a.txt", bytes(range(256)) * 100)), tmp_path / "a.tar.gz"
    whole = path.read_bytes()
    content = {
        "short": whole[: len(whole) // 2],
        "no gzip": b"not an archive",
        "no tar": gzip.compress(b"x" * 1000),
    }
    path.write_bytes(content[broken])
    with pytest.raises(data.DataUnavailable, match=r"a.tar.gz is broken .*delete .* fetch it"):
        data.unpack("a.tar.gz")
    assert list(place.parent.iterdir()) == []


def test_what_was_interrupted_is_done_again(pack, monkeypatch):
    place = pack(member("a.txt", b"one"), member("b.txt", b"two"))
    real = tarfile.TarFile.extract

    def stop(archive, found, *arguments, **options):
        if found.name == "b.txt":
            raise KeyboardInterrupt
        real(archive, found, *arguments, **options)

    with monkeypatch.context() as patch:
        patch.setattr(tarfile.TarFile, "extract", stop)
        with pytest.raises(KeyboardInterrupt):
            data.unpack("a.tar.gz")
    assert not place.exists()
    (place.parent / "unpacking-killed" / "whole").mkdir(parents=True)  # as a killed one leaves it
    assert sorted(path.name for path in data.unpack("a.tar.gz").iterdir()) == ["a.txt", "b.txt"]


def test_somebody_else_is_quicker(pack, monkeypatch):
    place = pack(member("a.txt", b"one"))
    real = archives._extract

    def slow(archive, whole):
        real(archive, whole)
        real(archive, place)

    monkeypatch.setattr(archives, "_extract", slow)
    assert (data.unpack("a.tar.gz") / "a.txt").read_bytes() == b"one"


def test_a_disk_that_refuses(pack, monkeypatch):
    place = pack(member("a.txt", b"one"))
    place.parent.touch()  # where the cache should be, there is a file
    with pytest.raises(data.DataUnavailable, match=r"could not be unpacked \(.*make room"):
        data.unpack("a.tar.gz")
    monkeypatch.delattr(tarfile, "data_filter")
    with pytest.raises(data.DataUnavailable, match=r"needs Python 3.11.4 or later"):
        data.unpack("a.tar.gz")


@pytest.mark.parametrize("name", ["a.zip", None, 3])
def test_what_is_no_archive(name):
    with pytest.raises(ValueError, match=r"^name must be of a .tar.gz archive, got "):
        data.unpack(name)
    with pytest.raises(ValueError, match=r"^name must be one of "):
        data.unpack("unknown.tar.gz")


def test_the_spoken_digits(corpora, tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "cache_folder", lambda: tmp_path)
    top = data.unpack("fsdd-1.0.9.tar.gz")
    (recordings,) = top.glob("*/recordings")
    assert len(list(recordings.glob("*.wav"))) == 2500
    for path in recordings.glob("*.wav"):
        if not path.stem.endswith("_0"):
            path.unlink()
    waves, labels, rate = data.from_wavs(recordings)
    assert rate == 8000
    assert len({label.split("_")[1] for label in labels}) == 5
    assert len(waves) == 50
    assert all(0.01 < wave.abs().max() <= 1 for wave in waves)
