"""Dates among words: every piece has an id, and the batch says what the texts say."""

import pytest
import torch
from torch import Generator

from rnncourse.lessons.ch18 import dates
from rnncourse.lessons.ch18.among import (
    HERE,
    LANGUAGES,
    batch,
    draw,
    exact,
    pieces,
    vocabularies,
)
from rnncourse.lessons.ch18.dates import FILLER, PAD


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("7. März 2024", "7 . März 2 0 2 4"),
        ("lorem Thu, Mar 7, 2024", "lorem Thu , Mar 7 , 2 0 2 4"),
        ("07.03.24", "0 7 . 0 3 . 2 4"),
    ],
)
def test_words_digits_and_marks_are_pieces(text, found):
    assert pieces(text) == found.split()


def test_no_date_of_any_part_has_a_piece_without_an_id():
    known = set(vocabularies()[0].words)
    for days in dates.days().values():
        for day in days[::7]:
            for kind in HERE:
                assert set(pieces(dates.write(day, *kind))) <= known
    assert set(FILLER) <= known


def test_a_batch_is_its_texts():
    pairs = draw(20, Generator().manual_seed(0), "test", filler=4)
    reads, writes = vocabularies()
    made = batch(pairs)
    assert {pair.locale for pair in pairs} == set(LANGUAGES)
    for column, pair in enumerate(pairs):
        length = int(made.lengths[column])
        assert reads.decode(made.source[:length, column]) == pieces(pair.text)
        assert set(reads.decode(made.source[length:, column])) <= {PAD}
        assert writes.decode(made.wanted[:, column]) == pair.iso + dates.END
        assert writes.decode(made.fed[:, column]) == dates.START + pair.iso


def test_exact_counts_texts_without_a_fault():
    class Right:
        def translate(self, source, lengths, start, end, steps):
            ids = batch(pairs).wanted.clone()
            ids[0, 0] = start  # one of four is wrong
            return ids

    pairs = draw(4, Generator().manual_seed(1), "test", filler=2)
    assert exact(Right(), pairs) == 0.75
    assert torch.equal(batch(pairs).source, batch(pairs).source)
