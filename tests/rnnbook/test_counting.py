"""The words aⁿbⁿ and aⁿbⁿcⁿ: what is read, what is to be answered, and when a word is right."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from rnnbook.tasks import AnBn, AnBnCn


@given(n=st.integers(1, 12), more=st.integers(0, 3), kind=st.sampled_from([AnBn, AnBnCn]))
def test_words(n, more, kind):
    x, target, mask = kind(n + more).words(torch.tensor([n]))
    letters = "abc"[: kind.letters]
    word = "".join(letter * n for letter in letters).ljust(len(x), ".")
    read = "".join(letters[row.argmax()] if row.any() else "." for row in x[:, 0])
    assert read == word
    # After an a nobody knows; later it is the next letter, or the end.
    following = [0 if t < n else (letters + ".").index((word + ".")[t + 1]) for t in range(len(x))]
    assert target[:, 0].tolist() == following
    assert mask.all()


def test_a_word_is_right_if_all_its_steps_are():
    task = AnBn(5)
    batch = task.words(torch.tensor([1, 5]))
    output = torch.nn.functional.one_hot(batch.target, 3).float()
    assert task.whole(output, batch).tolist() == [True, True]
    output[9, 1] = output[9, 1].roll(1)
    assert task.whole(output, batch).tolist() == [True, False]


@pytest.mark.parametrize("n", [[0], [6], [], [1.0], 3])
def test_numbers_out_of_range(n):
    with pytest.raises((ValueError, TypeError), match="n must"):
        AnBn(5).words(torch.tensor(n))
