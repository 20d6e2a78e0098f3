"""Texts, vocabularies, batches that continue each other, and downloads that can fail."""

import errno
import gzip
import hashlib
import os
import platform
import subprocess
import sys
import sysconfig
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pooch
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from rnnbook import data
from rnnbook.data import registry, stdlib


class TestStdlib:
    def test_text(self):
        text, modules, version, digest = data.stdlib_text()
        assert modules == stdlib.MODULES
        assert len(set(modules)) == len(modules) >= 12
        assert version == platform.python_version()
        assert hashlib.sha256(text.encode()).hexdigest() == digest
        assert 500_000 < len(text) < 1_100_000
        assert "\r" not in text
        assert "def wrap(text, width=70" in text
        for module in ("argparse", "uuid"):
            source = Path(sysconfig.get_paths()["stdlib"], f"{module}.py").read_text("utf-8")
            assert source in text

    def test_reading_is_repeatable(self):
        first = data.stdlib_text()
        stdlib.stdlib_text.cache_clear()
        assert data.stdlib_text() == first

    def test_missing_source(self, tmp_path):
        with pytest.raises(data.DataUnavailable, match=r"source of 'argparse' is missing .*conda"):
            stdlib._source(tmp_path, "argparse")


class TestVocabulary:
    @given(st.text(min_size=1))
    def test_round_trip(self, text):
        vocabulary = data.Vocabulary.from_text(text)
        ids = vocabulary.encode(text)
        assert ids.dtype == torch.long
        assert ids.shape == (len(text),)
        assert len(vocabulary) == len(set(text))
        assert ids.min() == 0
        assert ids.max() == len(vocabulary) - 1
        assert vocabulary.decode(ids) == text
        assert vocabulary.decode(ids.tolist()) == text

    def test_order_is_that_of_code_points(self):
        assert data.Vocabulary.from_text("banana\n").characters == "\nabn"

    def test_unknown_characters_are_named(self):
        vocabulary = data.Vocabulary.from_text("abc")
        with pytest.raises(ValueError, match=r"outside the vocabulary: 'x', 'é'$"):
            vocabulary.encode("abxéax")
        with pytest.raises(ValueError, match=r"'3', '4' and 2 more$"):
            vocabulary.encode("0123456")

    def test_unknown_characters_can_be_mapped(self):
        vocabulary = data.Vocabulary.from_text("abc", unknown="?")
        assert len(vocabulary) == 4
        assert vocabulary.decode(vocabulary.encode("axbyc")) == "a?b?c"

    def test_empty_text(self):
        assert data.Vocabulary("a").encode("").shape == (0,)

    @pytest.mark.parametrize(
        ("make", "message"),
        [
            (lambda: data.Vocabulary(""), "characters must hold at least one"),
            (lambda: data.Vocabulary("aba"), r"characters must differ .*\['a'\] twice"),
            (lambda: data.Vocabulary("ab", unknown="c"), "unknown must be one of the characters"),
            (lambda: data.Vocabulary("ab", unknown="ab"), "unknown must be one of the characters"),
            (lambda: data.Vocabulary("ab").decode([2]), "ids must lie between 0 and 1, got 2"),
            (lambda: data.Vocabulary("ab").decode([-1]), "ids must lie between 0 and 1, got -1"),
        ],
    )
    def test_bad_arguments_are_named(self, make, message):
        with pytest.raises(ValueError, match=message):
            make()


class TestWordVocabulary:
    @given(st.lists(st.text("abc", min_size=1)))
    def test_round_trip(self, text):
        vocabulary = data.WordVocabulary.from_words(text)
        ids = vocabulary.encode(text)
        assert ids.dtype == torch.long
        assert 0 not in ids
        assert vocabulary.decode(ids) == text

    def test_rare_words_are_the_first(self):
        text = ["a", "rose", "is", "a", "rose"]
        vocabulary = data.WordVocabulary.from_words(text, seen=2, first=("?", "<end>"))
        assert vocabulary.words == ("?", "<end>", "a", "rose")
        assert vocabulary.encode([*text, "<end>"]).tolist() == [2, 3, 0, 2, 3, 1]
        assert vocabulary.decode(torch.tensor([0, 3])) == ["?", "rose"]

    def test_bad_arguments_are_named(self):
        with pytest.raises(ValueError, match="words must differ"):
            data.WordVocabulary(("a", "a"))
        with pytest.raises(ValueError, match="words must differ"):
            data.WordVocabulary(())
        with pytest.raises(ValueError, match="ids must lie between 0 and 0, got -1"):
            data.WordVocabulary(("a",)).decode([-1])


class TestCarriedBatches:
    @given(st.integers(2, 200), st.integers(1, 6), st.integers(1, 12))
    def test_rows_continue(self, n, batch_size, length):
        ids = torch.arange(n)
        if (n - 1) // batch_size < length:
            with pytest.raises(ValueError, match=f"ids must hold at least .* got {n}"):
                list(data.carried_batches(ids, batch_size, length))
            return
        chunks = list(data.carried_batches(ids, batch_size, length))
        for x, y in chunks:
            assert x.shape == y.shape == (length, batch_size)
            assert torch.equal(y, x + 1)  # each answer is the next id
        for (before, _), (after, _) in pairwise(chunks):
            assert torch.equal(after[0], before[-1] + 1)
        # No id is read twice, and what is not read is less than a chunk and the division's rest.
        read = torch.cat([x.flatten() for x, _ in chunks])
        assert len(read.unique()) == len(read)
        assert len(read) > n - 1 - batch_size * length - batch_size
        rows = torch.cat([x for x, _ in chunks]).t()
        assert torch.equal(rows, rows[:, :1] + torch.arange(rows.shape[1]))

    def test_bad_arguments_are_named(self):
        ids = torch.arange(10)
        for arguments, message in (
            ((ids, 0, 2), "batch_size must be a positive int, got 0"),
            ((ids, 2, 0), "length must be a positive int, got 0"),
            ((ids.view(2, 5), 1, 2), r"ids must have shape \(N\), got \(2, 5\)"),
        ):
            with pytest.raises(ValueError, match=message):
                list(data.carried_batches(*arguments))


FILES = [file for dataset in data.DATASETS.values() for file in dataset.files]


class TestDatasets:
    def test_every_entry_is_whole(self):
        for name, dataset in data.DATASETS.items():
            assert dataset is data.card(name)
            assert dataset.name == name
            assert all((dataset.title, dataset.about, dataset.source, dataset.licence))
            assert dataset.split
            assert bool(dataset.files) != bool(dataset.ships_with)
        for file in FILES:
            assert file.name == Path(file.name).name
            assert file.url.startswith("https://")
            assert len(file.sha256) == 64
            assert int(file.sha256, 16)
            assert file.size > 0
        for column in ("name", "url", "sha256"):
            assert len({getattr(file, column) for file in FILES}) == len(FILES)

    def test_files_in_the_folder_are_used_in_place(self, corpora):
        here = [file for file in FILES if (corpora / file.name).is_file()]
        assert here
        for dataset in data.DATASETS.values():
            assert not set(dataset.files) <= set(here) or dataset.here
        for file in here:
            assert data.fetch(file.name) == corpora / file.name
            assert (corpora / file.name).stat().st_size == file.size

    def test_cards_say_what_is_so(self, corpora):
        """Numbers that stand on cards, counted."""
        lines = {
            name: len(gzip.decompress(data.fetch(name).read_bytes()).splitlines())
            for name in (f"multi30k-{part}.gz" for part in ("train.de", "val.en"))
        }
        assert list(lines.values()) == [29_000, 1_014]
        assert "29,000 pairs to train, 1,014 to validate" in data.card("multi30k").split
        rows = data.fetch("etth1.csv").read_text().splitlines()
        assert f"{len(rows) - 1:,} hours" in data.card("etth1").about
        assert f"{len(stdlib.MODULES)} modules" in data.card("stdlib").about

    def test_tiny_shakespeare(self, corpora):
        text = data.tiny_shakespeare()
        assert len(text) == 1_115_394
        assert len(data.Vocabulary.from_text(text)) == 65
        assert text.startswith("First Citizen:\n")

    @pytest.mark.parametrize("name", ["bible", None, ["JSB"]])
    def test_unknown_name(self, name):
        with pytest.raises(ValueError, match=r"name must be one of .*shakespeare.txt.*, got .*"):
            data.fetch(name)
        with pytest.raises(ValueError, match=r"name must be one of .*shakespeare, .*, got .*"):
            data.card(name)

    @pytest.mark.parametrize("name", data.DATASETS)
    def test_a_card_in_words(self, name):
        dataset = data.card(name)
        first, *lines = str(dataset).splitlines()
        assert first == f"{name}: {dataset.title}"
        assert [line.split(":")[0].strip() for line in lines] == [
            *("What", "From", "Licence", "Split", "Size")
        ]
        assert repr(dataset) == str(dataset)
        assert " at 0x" not in str(dataset)
        assert (f"comes with {dataset.ships_with}" in lines[-1]) == bool(dataset.ships_with)
        assert (f"{dataset.size:,} bytes" in lines[-1]) == bool(dataset.files)

    def test_a_card_as_a_table(self):
        bad = {name: f"<{name}> & more" for name in ("title", "about", "source", "licence")}
        dataset = data.Dataset(name="<b>", split="<i>", files=(FILES[0],), **bad)
        table = ElementTree.fromstring(dataset._repr_html_())  # as XML: all is closed and escaped
        assert table.find("caption").text == "<b>: <title> & more"
        heads = table.findall("tbody/tr/th")
        assert {head.get("scope") for head in heads} == {"row"}
        assert len(heads) == len(table.findall("tbody/tr/td")) == 5
        assert table.findall("tbody/tr/td")[0].text == "<about> & more"


def hash_of(content):
    return hashlib.sha256(content).hexdigest()


def files_in(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *arguments):
        pass


def serve(monkeypatch, file):
    dataset = data.Dataset("a", *["…"] * 5, files=(file,))
    monkeypatch.setattr(registry, "DATASETS", {"a": dataset})


@pytest.fixture
def served(tmp_path, monkeypatch):
    """A corpus ``a.txt`` on a server of our own, and an empty cache: (server folder, cache)."""
    site, cache = tmp_path / "site", tmp_path / "cache"
    site.mkdir()
    (site / "a.txt").write_bytes(b"all the world\r\n")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(site)))
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    digest = hash_of(b"all the world\r\n")
    address = f"http://127.0.0.1:{server.server_port}/a.txt"
    serve(monkeypatch, registry.File("a.txt", address, digest, 15))
    monkeypatch.setattr(registry.platformdirs, "user_cache_dir", lambda name: str(cache / name))
    monkeypatch.delenv("RNNBOOK_DATA", raising=False)
    for proxy in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(proxy, raising=False)
    yield site, cache / "rnnbook"
    server.shutdown()
    server.server_close()


class TestFetch:
    def test_is_it_here(self, served):
        (dataset,) = (one for one in registry.DATASETS.values() if one.files)
        assert not dataset.here
        data.fetch("a.txt")
        assert dataset.here
        assert data.Dataset("", "", "", "", "", "", ships_with="Python").here

    def test_downloads_once(self, served, capsys):
        site, cache = served
        path = data.fetch("a.txt")
        assert path == cache / "a.txt"
        assert path.read_bytes() == b"all the world\r\n"
        (site / "a.txt").unlink()
        assert data.fetch("a.txt") == path
        assert capsys.readouterr() == ("", "")

    def test_another_hash_leaves_nothing_behind(self, served):
        site, cache = served
        (site / "a.txt").write_bytes(b"all the wor")
        found, wanted = hash_of(b"all the wor"), hash_of(b"all the world\r\n")
        says = (
            rf"^what arrived from \S+ as a.txt has sha256 {found} in place of {wanted}: try again"
        )
        with pytest.raises(data.DataUnavailable, match=says + ".*set RNNBOOK_DATA") as caught:
            data.fetch("a.txt")
        assert "\n" not in str(caught.value)
        assert files_in(cache) == []

    def test_a_connection_that_breaks_off(self, served, monkeypatch):
        """The server promises 15 bytes, and hangs up after seven."""
        _, cache = served

        def half(handler):
            handler.send_response(200)
            handler.send_header("Content-Length", "15")
            handler.end_headers()
            handler.wfile.write(b"all the")

        with monkeypatch.context() as patch:
            patch.setattr(Quiet, "do_GET", half)
            with pytest.raises(
                data.DataUnavailable, match=r"could not be downloaded .*try again .*set RNNBOOK_"
            ) as caught:
                data.fetch("a.txt")
            assert "\n" not in str(caught.value)
            assert files_in(cache) == []
        assert data.fetch("a.txt").read_bytes() == b"all the world\r\n"

    def test_a_disk_that_fills_up_midway(self, served, monkeypatch):
        _, cache = served

        def fill(url, path, pooch_):
            Path(path).write_bytes(b"all the")
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr(registry.pooch, "HTTPDownloader", lambda **options: fill)
        with pytest.raises(data.DataUnavailable, match=r"a.txt could not be kept .*15 bytes"):
            data.fetch("a.txt")
        assert files_in(cache) == []

    def test_a_download_that_was_killed(self, served):
        """What it leaves has another name, and the next attempt succeeds."""
        _, cache = served
        program = """
import os, sys
from pathlib import Path
from rnnbook.data import registry
def die(url, path, pooch_):
    Path(path).write_bytes(b"all the")
    os._exit(9)
registry.platformdirs.user_cache_dir = lambda name: sys.argv[1]
registry.pooch.HTTPDownloader = lambda **options: die
registry.fetch("tinyshakespeare.txt")
"""
        environment = {**os.environ, "RNNBOOK_DATA": ""}
        command = [sys.executable, "-c", program, str(cache)]
        assert subprocess.run(command, env=environment, check=False).returncode == 9
        (left,) = files_in(cache)
        assert left.read_bytes() == b"all the"
        assert left.name != "tinyshakespeare.txt"
        assert data.fetch("a.txt").read_bytes() == b"all the world\r\n"

    def test_a_broken_file_in_the_cache_is_replaced(self, served):
        _, cache = served
        cache.mkdir(parents=True)
        (cache / "a.txt").write_bytes(b"all the wor")
        assert data.fetch("a.txt").read_bytes() == b"all the world\r\n"

    def test_not_found(self, served):
        site, cache = served
        (site / "a.txt").unlink()
        with pytest.raises(data.DataUnavailable, match=r"could not be downloaded .*\(HTTPError\)"):
            data.fetch("a.txt")
        assert files_in(cache) == []

    def test_no_network_says_what_to_do(self, served, monkeypatch):
        file = registry.DATASETS["a"].files[0]
        serve(monkeypatch, file._replace(url="http://127.0.0.1:9/a.txt"))
        with pytest.raises(data.DataUnavailable) as caught:
            data.fetch("a.txt")
        message = str(caught.value)
        assert "a.txt could not be downloaded from http://127.0.0.1:9/a.txt" in message
        assert "set RNNBOOK_DATA to that folder" in message
        assert "\n" not in message

    def test_own_folder_first(self, served, tmp_path, monkeypatch):
        folder = tmp_path / "mine"
        folder.mkdir()
        monkeypatch.setenv("RNNBOOK_DATA", str(folder))
        assert data.fetch("a.txt") == served[1] / "a.txt"  # not there: downloaded
        (folder / "a.txt").write_bytes(b"all the world\r\n")
        assert data.fetch("a.txt") == folder / "a.txt"
        (folder / "a.txt").write_bytes(b"all the worl")
        both = (
            f"{hash_of(b'all the worl')} in place of {hash_of(b'all the world' + bytes([13, 10]))}"
        )
        with pytest.raises(data.DataUnavailable, match=rf"mine.a.txt has sha256 {both}: replace"):
            data.fetch("a.txt")

    def test_poochs_own_voice_is_put_back(self, served):
        level = pooch.get_logger().level
        data.fetch("a.txt")
        assert pooch.get_logger().level == level

    def test_a_cache_that_cannot_be_written_is_no_matter_of_the_network(self, served, monkeypatch):
        """Where the cache should be, there is a file; then the disk refuses, in several ways."""
        _, cache = served
        cache.parent.mkdir()
        cache.touch()
        says = r"could not be kept in the cache folder .*rnnbook \(.*set RNNBOOK_DATA to it"
        with pytest.raises(data.DataUnavailable, match=says):
            data.fetch("a.txt")
        for error in (
            PermissionError("[Errno 13] Permission denied | Pooch could not create"),
            OSError(errno.ENOSPC, "No space left on device"),
            OSError(errno.EROFS, "Read-only file system", str(cache)),
        ):

            def refuse(*arguments, error=error, **options):
                raise error

            monkeypatch.setattr(registry.pooch, "retrieve", refuse)
            with pytest.raises(data.DataUnavailable, match=says) as caught:
                data.fetch("a.txt")
            assert "network" not in str(caught.value)

    def test_a_folder_that_cannot_be_entered(self, served, monkeypatch):
        def refuse(path):
            raise PermissionError(errno.EACCES, "Permission denied", str(path))

        monkeypatch.setenv("RNNBOOK_DATA", "closed")
        monkeypatch.setattr(registry.Path, "is_file", refuse)
        with pytest.raises(
            data.DataUnavailable, match=r"closed, which RNNBOOK_DATA names, cannot be read"
        ):
            data.fetch("a.txt")
