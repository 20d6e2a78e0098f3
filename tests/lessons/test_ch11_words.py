"""The words aⁿbⁿ and aⁿbⁿcⁿ: what is read, what is to be answered, and when a word is right."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from rnncourse.lessons.ch11.words import AnBn, AnBnCn


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


@pytest.mark.parametrize("task", [AnBn(4), AnBnCn(3)])
def test_samples_are_words_and_their_answers_as_often_as_said(task):
    n = 20_000
    batch, same, other = (task.sample(n, torch.Generator().manual_seed(seed)) for seed in (5, 5, 6))
    assert all(map(torch.equal, batch, same))
    assert not torch.equal(batch.x, other.x)
    assert batch.x.shape == (task.steps, n, task.input_size)
    expected = task.target_distribution()
    found = torch.nn.functional.one_hot(batch.target, task.output_size).double().mean(dim=1)
    assert torch.all((found - expected).abs() <= 5 * (expected * (1 - expected) / n).sqrt())
    blind = expected.clamp_min(1e-30).log().float()[:, None].expand(-1, n, -1)
    assert task.loss(blind, batch).item() == pytest.approx(task.baseline(), rel=0.01)


@pytest.mark.parametrize("longest", [0, -1, 2.0, True])
def test_the_longest_word_has_a_letter_at_least(longest):
    with pytest.raises(ValueError, match="longest must be a positive int, got"):
        AnBn(longest)


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
