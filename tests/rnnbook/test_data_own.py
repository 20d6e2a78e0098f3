"""A reader's own files: tables, texts and recordings, and what is said of those that do not fit."""

from __future__ import annotations

import struct
import wave

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from rnnbook import data

TABLE = """who,when,x,y,kind
ann,2,0.5,1,up
bob,1,3,-1e3,down
ann,10,2,2,up
ann,1,0.25,3,up
"""
COLUMNS = {"sequence": "who", "features": ["x", "y"]}


@pytest.fixture
def write(tmp_path):
    def make(text, name="own.csv"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return make


class TestTable:
    def test_rows_are_grouped_and_ordered(self, write):
        path = write(TABLE)
        found, labels = data.from_csv(path, **COLUMNS, time="when", label="kind")
        assert labels == ["up", "down"]
        assert [one.tolist() for one in found] == [
            [[0.25, 3], [0.5, 1], [2, 2]],  # by number: 10 comes after 2
            [[3, -1000]],
        ]
        assert all(one.dtype == torch.float32 for one in found)
        found, labels = data.from_csv(str(path), **COLUMNS)
        assert labels == []
        assert found[0][:, 0].tolist() == [0.5, 2, 0.25]  # as the table has them
        padded, lengths = data.pad(found)
        assert padded.shape == (3, 2, 2)
        assert lengths.tolist() == [3, 1]

    def test_a_sequence_may_be_its_own_label(self, write):
        assert data.from_csv(write(TABLE), **COLUMNS, label="who")[1] == ["ann", "bob"]

    def test_dates_sort_as_texts(self, write):
        path = write("s,day,x\na,2024-10-02,1\na,2024-09-30,0\na,2024-10-01,0.5\n")
        (found,), _ = data.from_csv(path, sequence="s", features=["x"], time="day")
        assert found.flatten().tolist() == [0, 0.5, 1]

    def test_what_spreadsheets_write(self, write):
        path = write('\ufeffs,"the x"\r\n"a,b",1\r\n"a,b",2\r\n')
        (found,), labels = data.from_csv(path, sequence="s", features=["the x"], label="s")
        assert found.tolist() == [[1], [2]]
        assert labels == ["a,b"]

    @given(st.lists(st.tuples(st.sampled_from("abc"), st.floats(-1e6, 1e6, width=32)), min_size=1))
    def test_every_row_is_in_its_sequence(self, tmp_path_factory, rows):
        path = tmp_path_factory.mktemp("own") / "own.csv"
        path.write_text("s,x\n" + "".join(f"{s},{x!r}\n" for s, x in rows))
        found, labels = data.from_csv(path, sequence="s", features=["x"], label="s")
        assert labels == list(dict.fromkeys(s for s, _ in rows))
        for one, label in zip(found, labels, strict=True):
            assert one[:, 0].tolist() == [x for s, x in rows if s == label]

    @pytest.mark.parametrize(
        ("change", "says"),
        [
            ({"sequence": "whom"}, r"sequence must be a column \(who, when, x, y, kind\), got 'wh"),
            ({"features": ["x", "z"]}, r"each of features must be a column .* got 'z'"),
            ({"features": ["x", 3]}, r"each of features must be a column .* got 3"),
            ({"time": "then"}, r"time must be a column .* got 'then'"),
            ({"label": "sort"}, r"label must be a column .* got 'sort'"),
            ({"features": ["kind"]}, r"got 'up' in row 2, column 'kind'"),
        ],
    )
    def test_columns_that_are_not_there(self, write, change, says):
        with pytest.raises(ValueError, match=says):
            data.from_csv(write(TABLE), **{**COLUMNS, **change})

    @pytest.mark.parametrize("features", [[], "x", None])
    def test_no_features(self, write, features):
        with pytest.raises(TypeError, match=r"features must be a list of columns, got"):
            data.from_csv(write(TABLE), sequence="who", features=features)

    @pytest.mark.parametrize("cell", ["", "n/a", "nan", "-inf", "1,5"])
    def test_a_cell_that_is_no_number(self, write, cell):
        with pytest.raises(ValueError, match=r"finite numbers, got .* in row 6, column 'y'"):
            data.from_csv(write(TABLE + f'cat,1,2,"{cell}",up\n'), **COLUMNS)
        with pytest.raises(ValueError, match=r"got '' in row 6, column 'y'"):
            data.from_csv(write(TABLE + "cat,1,2\n"), **COLUMNS)  # a row too short

    @pytest.mark.parametrize("when", ["", "nan", "2024-10-01"])
    def test_times_are_all_numbers_or_none(self, write, when):
        with pytest.raises(ValueError, match=r"time must be finite .* in row 6, column 'when'"):
            data.from_csv(write(TABLE + f"cat,{when},1,2,up\n"), **COLUMNS, time="when")

    @pytest.mark.parametrize("row", [2, 6])
    def test_a_row_with_more_cells_than_names(self, write, row):
        """As where a comma stands for the decimal point."""
        lines = TABLE.splitlines()
        lines.insert(row - 1, "cat,1,2,5,3,up")
        with pytest.raises(ValueError, match=f"a name for each cell, got more cells in row {row}"):
            data.from_csv(write("\n".join(lines)), **COLUMNS)

    @pytest.mark.parametrize(
        ("text", "says"),
        [
            ("", r"path must be a table with a row below its names, got .*own.csv"),
            ("who,x,y\n", r"path must be a table with a row below"),
            ('who,x,y\n"a,1,2\n', r"path must be a table with commas, got .*own.csv"),
            ("who,x,y\nä,1,2\n".encode("latin-1"), r"path must be text in UTF-8, got .*own.csv"),
        ],
    )
    def test_what_is_no_table(self, write, text, says):
        with pytest.raises(ValueError, match=says):
            data.from_csv(write(text), **COLUMNS)

    def test_two_labels(self, write):
        says = r"label must be one in each sequence, got 'up' and 'down' in 'ann'"
        with pytest.raises(ValueError, match=says):
            data.from_csv(write(TABLE + "ann,4,0,0,down\n"), **COLUMNS, label="kind")


class TestLines:
    def test_texts_and_labels(self, write):
        path = write("to be\tyes\r\nor not\tto be\tno\n")
        assert data.from_lines(path) == (["to be\tyes", "or not\tto be\tno"], [])
        assert data.from_lines(path, label="last") == (["to be", "or not\tto be"], ["yes", "no"])
        assert data.from_lines(path, label="first") == (["yes", "to be\tno"], ["to be", "or not"])

    @pytest.mark.parametrize(
        ("text", "label", "says"),
        [
            ("", None, r"path must name a file with one line at least, got .*own.csv"),
            ("a\n\nb\n", None, r"path must have a text in each line, got '\\n' in 2"),
            ("a\tx\nb\n", "last", r"a text, a tab and a label in each line, got 'b\\n' in 2"),
            ("\tx\n", "first", r"a text, a tab and a label"),
            ("a\t\n", "last", r"a text, a tab and a label"),
            ("a\n", "middle", r"label must be 'first', 'last' or None, got 'middle'"),
        ],
    )
    def test_lines_that_lack_something(self, write, text, label, says):
        with pytest.raises(ValueError, match=says):
            data.from_lines(write(text), label=label)


@pytest.mark.parametrize("read", [data.from_lines, lambda path: data.from_csv(path, **COLUMNS)])
def test_a_file_that_is_not_there(read, tmp_path):
    for path in (tmp_path / "none", tmp_path):
        with pytest.raises(ValueError, match=r"path must name a file that is there, got "):
            read(path)
    with pytest.raises(TypeError, match=r"path must be a path, got int"):
        read(3)


def record(path, samples, width=2, rate=8000, channels=1):
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setparams((channels, width, rate, 0, "NONE", ""))
        for sample in samples:
            file.writeframes((sample + 128 * (width == 1)).to_bytes(width, "little",
                                                                    signed=width > 1))  # fmt: skip


class TestRecordings:
    @pytest.mark.parametrize("width", [1, 2, 3, 4])
    @given(st.lists(st.floats(-1, 1, exclude_max=True), min_size=1, max_size=20))
    def test_every_width(self, tmp_path_factory, width, values):
        folder = tmp_path_factory.mktemp("own")
        scale = 2 ** (8 * width - 1)
        samples = [int(value * scale) for value in values]
        record(folder / "one.wav", [*samples, 0, -scale, scale - 1], width)
        (found,), labels, rate = data.from_wavs(folder)
        assert (labels, rate) == (["one"], 8000)
        expected = torch.tensor([*samples, 0, -scale, scale - 1], dtype=torch.float64) / scale
        torch.testing.assert_close(found.double(), expected, rtol=0, atol=1e-7)
        assert found[-2] == -1

    def test_folders_name_what_is_in_them(self, tmp_path):
        record(tmp_path / "yes" / "b.WAV", [1])
        record(tmp_path / "yes" / "a.wav", [2])
        record(tmp_path / "no" / "c.wav", [3])
        record(tmp_path / "7_ann_0.wav", [4])
        (tmp_path / "readme.txt").touch()
        found, labels, _ = data.from_wavs(str(tmp_path))
        assert labels == ["7_ann_0", "no", "yes", "yes"]
        assert [int(one[0] * 2**15) for one in found] == [4, 3, 2, 1]

    def test_channels_become_their_mean(self, tmp_path):
        record(tmp_path / "two.wav", [100, 300, -2, 2], channels=2)
        (found,), _, _ = data.from_wavs(tmp_path)
        assert (found * 2**15).tolist() == [200, 0]

    def test_what_does_not_fit(self, tmp_path):
        with pytest.raises(ValueError, match=r"folder must hold .wav files, got .* there are none"):
            data.from_wavs(tmp_path)
        with pytest.raises(TypeError, match=r"folder must be a path, got"):
            data.from_wavs(None)
        record(tmp_path / "a.wav", [1, 2, 3])
        record(tmp_path / "b.wav", [1], rate=16000)
        with pytest.raises(ValueError, match=r"one rate, got 8000 Hz .*a.wav.* and 16000 Hz .*b"):
            data.from_wavs(tmp_path)

    def test_what_is_no_whole_recording(self, tmp_path):
        path = tmp_path / "a.wav"
        record(path, [1, 2, 3])
        whole = path.read_bytes()
        record(path, [])
        empty = path.read_bytes()
        # The format's tag is 3 for floats.
        floats = whole[:20] + struct.pack("<H", 3) + whole[22:]
        for content, says in (
            (empty, "whole recordings, got .*a.wav, empty or broken off"),
            (whole[:-2], "whole recordings, got .*a.wav, empty or broken off"),
            (floats, r"\.wav files of PCM, got .*a.wav \(unknown format"),
            (b"RIFF", r"\.wav files of PCM, got .*a.wav"),
            (b"", r"\.wav files of PCM, got .*a.wav"),
        ):
            path.write_bytes(content)
            with pytest.raises(ValueError, match=says):
                data.from_wavs(tmp_path)
