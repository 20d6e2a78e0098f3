"""Texts, vocabularies, batches that continue each other, and downloads that can fail."""

import errno
import hashlib
import platform
import sysconfig
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path

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


class TestCorpora:
    def test_every_entry_is_whole(self):
        for name, corpus in data.CORPORA.items():
            assert name == Path(name).name
            assert corpus.url.startswith("https://")
            assert len(corpus.sha256) == 64
            assert int(corpus.sha256, 16)
            assert corpus.licence
        assert len({corpus.sha256 for corpus in data.CORPORA.values()}) == len(data.CORPORA)

    def test_files_in_the_folder_are_used_in_place(self, corpora):
        here = [name for name in data.CORPORA if (corpora / name).is_file()]
        assert here
        for name in here:
            assert data.fetch(name) == corpora / name

    def test_tiny_shakespeare(self, corpora):
        text = data.tiny_shakespeare()
        assert len(text) == 1_115_394
        assert len(data.Vocabulary.from_text(text)) == 65
        assert text.startswith("First Citizen:\n")

    def test_unknown_name(self):
        with pytest.raises(ValueError, match=r"name must be one of .*tinyshakespeare.txt.*'bible'"):
            data.fetch("bible")


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *arguments):
        pass


@pytest.fixture
def served(tmp_path, monkeypatch):
    """A corpus ``a.txt`` on a server of our own, and an empty cache: (server folder, cache)."""
    site, cache = tmp_path / "site", tmp_path / "cache"
    site.mkdir()
    (site / "a.txt").write_bytes(b"all the world\r\n")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(site)))
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    digest = hashlib.sha256(b"all the world\r\n").hexdigest()
    corpus = registry.Corpus(f"http://127.0.0.1:{server.server_port}/a.txt", digest, "none")
    monkeypatch.setattr(registry, "CORPORA", {"a.txt": corpus})
    monkeypatch.setattr(registry.platformdirs, "user_cache_dir", lambda name: str(cache / name))
    monkeypatch.delenv("RNNBOOK_DATA", raising=False)
    for proxy in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(proxy, raising=False)
    yield site, cache / "rnnbook"
    server.shutdown()
    server.server_close()


class TestFetch:
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
        with pytest.raises(data.DataUnavailable, match=r"another hash.*set RNNBOOK_DATA"):
            data.fetch("a.txt")
        assert [p for p in cache.rglob("*") if p.is_file()] == []

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
        assert [p for p in cache.rglob("*") if p.is_file()] == []

    def test_no_network_says_what_to_do(self, served, monkeypatch):
        corpus = registry.CORPORA["a.txt"]._replace(url="http://127.0.0.1:9/a.txt")
        monkeypatch.setattr(registry, "CORPORA", {"a.txt": corpus})
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
        with pytest.raises(data.DataUnavailable, match=r"mine.a.txt has sha256 .*replace it"):
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
