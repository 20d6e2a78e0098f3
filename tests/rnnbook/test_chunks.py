"""The state that goes from chunk to chunk, in a cell with one state and in one with two."""

import pytest
import torch

from rnnbook.cells import GRUCell, LSTMCell, SimpleCell
from rnnbook.models import ChunkLoss, LanguageModel, next_token_loss

V, T, B = 5, 4, 3
CELLS = [SimpleCell, LSTMCell, GRUCell]


@pytest.fixture(params=CELLS)
def model(request):
    torch.manual_seed(0)
    return LanguageModel(request.param, V, 7)


def parts(state):
    return state if isinstance(state, tuple) else (state,)


def chunks(number):
    ids = torch.randint(V, (number * T + 1, B), generator=torch.Generator().manual_seed(1))
    for k in range(number):
        yield ids[k * T : (k + 1) * T], ids[k * T + 1 : (k + 1) * T + 1], k == 0


def test_a_carried_state_is_that_of_one_text_and_bears_no_history(model):
    loss = ChunkLoss("carried")
    read = list(chunks(3))
    found = torch.stack([loss(model, chunk) for chunk in read])
    logits, last = model(torch.cat([x for x, *_ in read]))
    whole = next_token_loss(logits, torch.cat([y for _, y, _ in read]))
    torch.testing.assert_close(found.mean(), whole)
    assert len(parts(loss.state)) == len(parts(last))
    for mine, theirs in zip(parts(loss.state), parts(last), strict=True):
        torch.testing.assert_close(mine, theirs)
        assert not mine.requires_grad


def test_every_chunk_can_be_trained_on(model):
    loss = ChunkLoss("carried")
    for chunk in chunks(3):
        loss(model, chunk).backward()


def test_another_rows_state_is_taken_whole(model):
    (first, second) = chunks(2)
    loss = ChunkLoss("another row's")
    loss(model, first)
    _, state = model(first[0].roll(1, dims=1))  # row b has read what row b − 1 read
    logits, _ = model(second[0], state)
    torch.testing.assert_close(loss(model, second), next_token_loss(logits, second[1]))


def test_zeros_and_a_new_beginning_forget(model):
    (first, second) = chunks(2)
    fresh = next_token_loss(model(second[0])[0], second[1])
    for start, begins in (("zeros", False), ("carried", True), ("another row's", True)):
        loss = ChunkLoss(start)
        loss(model, first)
        torch.testing.assert_close(loss(model, (second[0], second[1], begins)), fresh)


def test_an_unknown_start_is_named():
    with pytest.raises(ValueError, match=r"start must be one of zeros, .*, got 'reset'"):
        ChunkLoss("reset")
