"""An encoder and a decoder, with attention and without: what each may know, and what it may not."""

import copy

import pytest
import torch
from torch.nn.functional import one_hot

from rnnbook.cells import GRUCell, LSTMCell, SimpleCell
from rnnbook.data import padding
from rnnbook.models import EncoderDecoder, beam_search, next_token_loss

V_SOURCE, V, H, D, S, T, B = 7, 6, 5, 4, 6, 5, 3
LENGTHS = torch.tensor([3, 6, 1])
START, END = 0, 1
KINDS = [None, "additive", "dot", "scaled"]

every_cell = pytest.mark.parametrize("cell", [SimpleCell, LSTMCell, GRUCell])
every_kind = pytest.mark.parametrize("attention", KINDS)
every_attention = pytest.mark.parametrize("attention", KINDS[1:])
one_or_two = pytest.mark.parametrize("bidirectional", [False, True])


def model(cell=LSTMCell, attention="additive", seed=0, **options):
    torch.manual_seed(seed)
    made = EncoderDecoder(cell, V_SOURCE, V, H, embedding_size=D, attention=attention, **options)
    with torch.no_grad():
        for parameter in made.parameters():
            parameter.mul_(2)  # so that what is read matters
    return made.double()


def ids(size, *shape, seed=1):
    return torch.randint(size, shape, generator=torch.Generator().manual_seed(seed))


SOURCE, TARGET = ids(V_SOURCE, S, B), ids(V, T, B)


@every_cell
@every_kind
@one_or_two
class TestEveryKind:
    def test_a_longer_neighbour_changes_nothing(self, cell, attention, bidirectional):
        made = model(cell, attention, bidirectional=bidirectional)
        together = made(SOURCE, LENGTHS, TARGET)
        assert together.shape == (T, B, V)
        for b, length in enumerate(LENGTHS):
            alone = made(SOURCE[:length, b : b + 1], [length], TARGET[:, b : b + 1])
            torch.testing.assert_close(together[:, b : b + 1], alone)

    def test_what_is_in_the_padding_changes_nothing(self, cell, attention, bidirectional):
        made = model(cell, attention, bidirectional=bidirectional)
        counts = padding.mask(LENGTHS, S)
        other = torch.where(counts, SOURCE, (SOURCE + 1) % V_SOURCE)
        assert torch.equal(made(SOURCE, LENGTHS, TARGET), made(other, LENGTHS, TARGET))
        last = (LENGTHS - 1)[None]  # but the last token that counts does
        other = SOURCE.scatter(0, last, (SOURCE.gather(0, last) + 1) % V_SOURCE)
        changed = made(SOURCE, LENGTHS, TARGET) != made(other, LENGTHS, TARGET)
        assert changed.flatten(1).any(dim=1).all()

    def test_step_by_step_is_reading(self, cell, attention, bidirectional):
        made = model(cell, attention, bidirectional=bidirectional)
        logits, state = [], made.encode(SOURCE, LENGTHS)
        for tokens in TARGET:
            row, state = made.step(tokens, state)
            logits.append(row)
        torch.testing.assert_close(torch.stack(logits), made(SOURCE, LENGTHS, TARGET))

    def test_a_beam_of_one_is_what_is_translated(self, cell, attention, bidirectional):
        for seed in range(3):
            made = model(cell, attention, seed, bidirectional=bidirectional)
            written = made.translate(SOURCE, LENGTHS, START, END, 8)
            assert written.shape == (8, B)
            for b, length in enumerate(LENGTHS):
                state = made.encode(SOURCE[:length, b : b + 1], [length])
                (found,) = beam_search(made.step, state, START, width=1, steps=8, end=END)
                text = written[:, b].tolist()
                assert text == found.tokens + [END] * (8 - len(found.tokens))

    def test_wider_beams_score_as_reading_does(self, cell, attention, bidirectional):
        made = model(cell, attention, bidirectional=bidirectional)
        state = made.encode(SOURCE[:3, :1], [3])
        for found in beam_search(made.step, state, START, width=4, steps=4, end=END):
            text = torch.tensor([START, *found.tokens])[:, None]
            with torch.no_grad():
                log_p = made.read(text[:-1], state)[0].log_softmax(dim=2)
            expected = log_p.gather(2, text[1:, :, None]).sum().item()
            assert found.log_probability == pytest.approx(expected)

    def test_logits_know_nothing_of_later_tokens(self, cell, attention, bidirectional):
        made = model(cell, attention, bidirectional=bidirectional)
        later = TARGET.clone()
        later[3:] = (later[3:] + 1) % V
        before, after = made(SOURCE, LENGTHS, TARGET), made(SOURCE, LENGTHS, later)
        assert torch.equal(before[:3], after[:3])
        assert (before[3] != after[3]).any(dim=1).all()


@every_attention
class TestAttention:
    def test_weights_of_every_step(self, attention):
        made = model(attention=attention)
        _, weights, _ = made.read(TARGET, made.encode(SOURCE, LENGTHS))
        assert weights.shape == (T, S, B)
        torch.testing.assert_close(weights.sum(dim=1), torch.ones(T, B).double())
        assert (weights[:, ~padding.mask(LENGTHS, S)] == 0).all()

    def test_weights_of_what_it_wrote(self, attention):
        """Those of a greedy pass are those of reading it."""
        made, weights = model(attention=attention), []
        written = made.translate(SOURCE, LENGTHS, START, END, 8)
        fed = torch.cat([torch.full((1, B), START), written[:-1]])
        state = made.encode(SOURCE, LENGTHS)
        read = made.read(fed, state)[1]
        for tokens in fed:
            _, weights_t, state = made.read(tokens[None], state)
            weights.append(weights_t[0])
        torch.testing.assert_close(torch.stack(weights), read)

    def test_gradients_reach_the_encoder_through_the_context(self, attention):
        """Also where the first state passes none."""
        made = model(attention=attention)
        layer, memory = made.encode(SOURCE, LENGTHS)
        state = made.encode(SOURCE, LENGTHS)._replace(
            layer=tuple(part.detach() for part in layer), memory=memory
        )
        made.read(TARGET, state)[0].pow(2).sum().backward()
        for cells in made.encoder.cells:
            assert all((cell.U.grad != 0).any() for cell in cells)
        read = one_hot(SOURCE, V_SOURCE)[padding.mask(LENGTHS, S)].sum(dim=0) > 0
        assert torch.equal((made.source.weight.grad != 0).any(dim=1), read)

    def test_what_is_blocked_is_not_attended_to(self, attention):
        made = model(attention=attention)
        block = torch.zeros(S, B, dtype=torch.bool)
        plain = made(SOURCE, LENGTHS, TARGET)
        assert torch.equal(made(SOURCE, LENGTHS, TARGET, block=block), plain)
        block[1:3, :2] = True
        _, weights, _ = made.read(TARGET, made.encode(SOURCE, LENGTHS, block))
        assert (weights[:, block] == 0).all()
        torch.testing.assert_close(weights.sum(dim=1), torch.ones(T, B).double())
        changed = (made(SOURCE, LENGTHS, TARGET, block=block) != plain).flatten(2).any(2).any(0)
        assert changed.tolist() == [True, True, False]
        assert made.translate(SOURCE, LENGTHS, START, END, 3, block=block).shape == (3, B)
        with pytest.raises(ValueError, match="mask must let one value or more through"):
            made(SOURCE, LENGTHS, TARGET, block=torch.ones_like(block))
        with pytest.raises(TypeError, match=r"block must be bools, got torch.int64"):
            made(SOURCE, LENGTHS, TARGET, block=block.long())
        with pytest.raises(ValueError, match=r"block must have shape \(S, B\) = \(6, 3\), got"):
            made(SOURCE, LENGTHS, TARGET, block=block[1:])

    def test_context_and_query_are_bahdanaus(self, attention):
        """At each step the state before is the query; cell and read-out get the context."""
        made = model(GRUCell, attention, bidirectional=False)
        output, h = made.encoder(made.source(SOURCE), lengths=LENGTHS)
        h, expected = h[0], []
        for tokens in TARGET:
            context, _ = made.attention(h, output, padding.mask(LENGTHS, S))
            h = made.decoder.cell(
                torch.cat([made.target(tokens), context], dim=1), (made.decoder.cell.State(h))
            ).h
            expected.append(made.readout(torch.cat([h, context], dim=1)))
        torch.testing.assert_close(made(SOURCE, LENGTHS, TARGET), torch.stack(expected))


@every_kind
@every_cell
def test_gradients(cell, attention):
    made = model(cell, attention)
    source, target = SOURCE[:3, :2], TARGET[:2, :2]
    names, weights = zip(*made.named_parameters(), strict=True)

    def logits(*values):
        state = dict(zip(names, values, strict=True))
        return torch.func.functional_call(made, state, (source, [2, 3], target))

    assert torch.autograd.gradcheck(logits, weights, fast_mode=True)


@every_cell
def test_both_ends_begin_the_decoder(cell):
    made = model(cell, None, num_layers=2)
    state = made.encode(SOURCE, LENGTHS)
    assert state.memory == ()
    _, last = made.encoder(made.source(SOURCE), lengths=LENGTHS)
    fields = [last] if torch.is_tensor(last) else last
    found = [state.layer] if torch.is_tensor(state.layer) else state.layer
    assert len(fields) == len(found) == len(made.joins) == len(cell.State._fields)
    for join, ends, first in zip(made.joins, fields, found, strict=True):
        for layer in range(2):
            both = torch.cat([ends[2 * layer], ends[2 * layer + 1]], dim=1)
            torch.testing.assert_close(first[layer], join(both))


def test_in_one_direction_the_last_state_itself_begins_it():
    made = model(attention=None, bidirectional=False)
    _, last = made.encoder(made.source(SOURCE), lengths=LENGTHS)
    torch.testing.assert_close(made.encode(SOURCE, LENGTHS).layer, last)


def test_without_attention_the_first_state_is_all_there_is():
    """Two sources with the same first state are translated alike."""
    made = model(attention=None)
    state = made.encode(SOURCE, LENGTHS)
    other = made.encode(SOURCE.flip(0), [6, 6, 6])._replace(layer=state.layer)
    assert torch.equal(made.read(TARGET, state)[0], made.read(TARGET, other)[0])
    assert made.read(TARGET, state)[1] is None
    with pytest.raises(ValueError, match="block must be None without attention, got another"):
        made.encode(SOURCE, LENGTHS, torch.zeros(S, B, dtype=torch.bool))


def test_after_an_end_there_are_only_ends():
    made = model(seed=2)
    with torch.no_grad():
        made.readout.bias[END] += 3
    written = made.translate(SOURCE, LENGTHS, START, END, 12)
    over = (written == END).cumsum(dim=0) > 0
    assert over[-1].any()
    assert (written[over] == END).all()


def test_translating_asks_without_dropout_and_leaves_the_mode():
    made = model(num_layers=2, dropout=0.9)
    first = made.train().translate(SOURCE, LENGTHS, START, END, 6)
    assert made.training
    assert made.decoder.training
    assert torch.equal(made.eval().translate(SOURCE, LENGTHS, START, END, 6), first)
    assert all(parameter.grad is None for parameter in made.parameters())


@pytest.mark.parametrize("attention", [None, "additive"])
def test_dropout_is_in_training_alone(attention):
    made = model(attention=attention, dropout=0.5)
    torch.manual_seed(0)
    first, other = (made.train()(SOURCE, LENGTHS, TARGET) for _ in range(2))
    assert not torch.equal(first, other)
    assert torch.equal(made.eval()(SOURCE, LENGTHS, TARGET), made(SOURCE, LENGTHS, TARGET))
    without = model(attention=attention)
    without.load_state_dict(made.state_dict())
    assert torch.equal(made(SOURCE, LENGTHS, TARGET), without(SOURCE, LENGTHS, TARGET))


def test_learns_to_reverse_three_letters():
    """Thirty updates: the loss falls, with the loss of the language models."""
    torch.manual_seed(0)
    made = EncoderDecoder(GRUCell, V_SOURCE, V_SOURCE, 16, embedding_size=8, attention="scaled")
    optimizer = torch.optim.Adam(made.parameters(), lr=0.02)
    losses = []
    for update in range(30):
        source, lengths = ids(V_SOURCE - 1, 3, 32, seed=update) + 1, torch.full((32,), 3)
        wanted = source.flip(0)
        fed = torch.cat([torch.zeros(1, 32, dtype=torch.long), wanted[:-1]])
        loss = next_token_loss(made(source, lengths, fed), wanted, torch.ones(3, 32).bool())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < 0.75 * losses[0]


def test_state_dict_goes_round():
    made = model()
    other = model(seed=1)
    other.load_state_dict(copy.deepcopy(made.state_dict()))
    assert torch.equal(other(SOURCE, LENGTHS, TARGET), made(SOURCE, LENGTHS, TARGET))


def test_what_does_not_fit_is_named():
    made = model()
    state = made.encode(SOURCE, LENGTHS)
    for call, says in (
        (lambda: made(SOURCE, [3, 7, 1], TARGET), "lengths must lie between 1 and T = 6, got"),
        (lambda: made(SOURCE + V_SOURCE, LENGTHS, TARGET), "source must lie between 0 and 6, got"),
        (lambda: made(SOURCE, LENGTHS, TARGET[:, :2]),
         r"target must have shape \(T, N\) = \(5, 3\), got \(5, 2\)"),
        (lambda: made.step(TARGET[0, :2], state), r"target must have shape \(T, N\) = \(1, 3\)"),
        (lambda: made.step(TARGET[0] + V, state), "tokens must lie between 0 and 5, got"),
        (lambda: made.read(TARGET, tuple(state)), "state must be a DecoderState, as encode gives"),
        (lambda: made.translate(SOURCE, LENGTHS, V, END, 3), "start must lie between 0 and 5"),
        (lambda: made.translate(SOURCE, LENGTHS, START, None, 3), "end must be an int, got None"),
        (lambda: made.translate(SOURCE, LENGTHS, START, END, 0), "steps must be a positive int"),
        (lambda: EncoderDecoder(GRUCell, 3, 3, 3, attention="general"),
         "attention must be None, additive, dot, scaled, got 'general'"),
    ):  # fmt: skip
        with pytest.raises((TypeError, ValueError), match=says):
            call()
