"""Sequences side by side: as torch pads and packs them, and in batches of similar lengths."""

from __future__ import annotations

from itertools import pairwise

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn
from torch.nn.utils.rnn import pack_sequence, pad_packed_sequence, pad_sequence

from rnnbook import Recurrent, data

LENGTHS = st.lists(st.integers(1, 9), min_size=1, max_size=6)


def sequences(lengths, *rest, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return [torch.randn(T, *rest, generator=generator, dtype=torch.float64) for T in lengths]


@given(LENGTHS, st.lists(st.integers(1, 3), max_size=2))
def test_padded_as_torch_does(lengths, rest):
    given = sequences(lengths, *rest)
    padded, found = data.pad(given)
    assert torch.equal(padded, pad_sequence(given))
    assert padded.shape == (max(lengths), len(lengths), *rest)
    assert found.tolist() == lengths
    assert found.dtype == torch.int64
    own = data.mask(found, len(padded))
    assert own.dtype == torch.bool
    assert own.shape == padded.shape[:2]
    for b, one in enumerate(given):
        assert torch.equal(padded[own[:, b], b], one)
    assert not padded[~own].any()


def test_ids_are_padded_too():
    padded, lengths = data.pad([torch.tensor([3, 1]), torch.tensor([2])])
    assert padded.tolist() == [[3, 2], [1, 0]]
    assert lengths.tolist() == [2, 1]


def test_a_mask_may_be_of_nothing_and_of_all():
    assert data.mask(torch.tensor([0, 2, 1]), 2).tolist() == [[False, True, True],
                                                              [False, True, False]]  # fmt: skip


@pytest.mark.parametrize("kind", [nn.RNN, nn.LSTM, nn.GRU])
@pytest.mark.parametrize("two_ways", [False, True])
def test_from_sequences_to_states_as_torch_packs_them(kind, two_ways):
    """The whole way: ours by ``pad`` and ``lengths``, torch's by ``pack_sequence``."""
    torch.manual_seed(0)
    given = sequences([2, 5, 1, 5], 3)
    module = kind(3, 4, num_layers=2, bidirectional=two_ways).double()
    packed, expected = module(pack_sequence(given, enforce_sorted=False))
    padded, lengths = data.pad(given)
    output, state = Recurrent.from_torch(module)(padded, lengths=lengths)
    close = {"rtol": 1e-10, "atol": 1e-10}
    torch.testing.assert_close(output, pad_packed_sequence(packed)[0], **close)
    torch.testing.assert_close(state, expected, **close)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ([], r"sequences must hold one tensor .* got none"),
        ([torch.ones(2), torch.tensor(1.0)], r"each of sequences must have shape .* got \(\)"),
        ([torch.ones(0)], r"shape \(T of at least 1\), got \(0,\)"),
        ([torch.ones(2, 3), torch.ones(2, 4)], r"shape \(T of at least 1, 3\), got \(2, 4\)"),
    ],
)
def test_what_cannot_stand_side_by_side(given, says):
    with pytest.raises(ValueError, match=says):
        data.pad(given)


@given(
    st.lists(st.integers(0, 50), max_size=40), st.integers(1, 9), st.integers(0, 2**31)
)  # fmt: skip
def test_every_sequence_once(lengths, batch_size, seed):
    batches = data.length_buckets(
        torch.tensor(lengths, dtype=torch.long), batch_size, torch.Generator().manual_seed(seed)
    )
    assert sorted(index for batch in batches for index in batch.tolist()) == list(
        range(len(lengths))
    )
    sizes = sorted((len(batch) for batch in batches if len(batch)), reverse=True)
    assert all(size == batch_size for size in sizes[:-1])
    # No batch reaches past another by more than the tenth that lengths are moved by.
    ends = sorted((min(found), max(found)) for batch in batches
                  if (found := [lengths[k] for k in batch.tolist()]))  # fmt: skip
    for (_, top), (bottom, _) in pairwise(ends):
        assert top <= 1.1 * bottom + 1e-4


def test_little_is_padded_and_epochs_differ():
    generator = torch.Generator().manual_seed(0)
    lengths = torch.randint(5, 100, (200,), generator=generator)

    def padding(batches):
        return sum(int((lengths[b].max() - lengths[b]).sum()) for b in batches)

    first, second = (data.length_buckets(lengths, 16, generator) for _ in range(2))
    shuffled = torch.randperm(200, generator=generator).split(16)
    assert padding(first) < 0.25 * padding(shuffled)
    assert [b.tolist() for b in first] != [b.tolist() for b in second]
    assert {tuple(sorted(b.tolist())) for b in first} != {tuple(sorted(b.tolist())) for b in second}
    # Their order is by chance too: not from short to long.
    shortest = [int(lengths[b].min()) for b in first]
    assert shortest != sorted(shortest)
