"""The exercises of chapter 18: right answers in other words, and mistakes in other words."""

import math

import pytest
import torch
import torch.nn.functional as F

from rnncourse.checking import EXERCISES, engine
from rnncourse.checking.quiz import load_file
from rnncourse.checking.recognise import quiet
from rnncourse.lessons.ch18.exercises.translate_greedily import step, translate
from rnncourse.lessons.ch18.exercises.what_is_needed import needed, write


def scores_of(query, values, W, U, v):
    return torch.tanh(query @ W.T + values @ U.T) @ v


def made_to_add_up_again(query, values, mask, W, U, v):
    weights = torch.softmax(scores_of(query, values, W, U, v), dim=0) * mask
    weights = weights / weights.sum(dim=0)
    return torch.einsum("sb,sbe->be", weights, values), weights


def with_a_large_number(query, values, mask, W, U, v):
    scores = torch.where(mask, scores_of(query, values, W, U, v), torch.tensor(-1e9))
    weights = scores.softmax(0)
    return (weights.T[:, None] @ values.transpose(0, 1))[:, 0], weights


def text_by_text(query, values, mask, W, U, v):
    scores = scores_of(query, values, W, U, v)
    contexts, weights = [], torch.zeros(scores.shape)
    for b in range(len(query)):
        n = int(mask[:, b].sum())
        weights[:n, b] = scores[:n, b].softmax(0)
        contexts.append(weights[:n, b] @ values[:n, b])
    return torch.stack(contexts), weights


def with_linear_maps(query, values, mask, W, U, v):
    to_query, to_values, to_score = (
        torch.nn.Linear(m.shape[1], m.shape[0], bias=False) for m in (W, U, v[None])
    )
    for linear, m in ((to_query, W), (to_values, U), (to_score, v[None])):
        linear.weight.data = m.clone()
    scores = to_score(torch.tanh(to_query(query) + to_values(values)))  # (S, B, 1)
    scores[~mask] = -torch.inf
    weights = torch.softmax(scores, dim=0)
    return (weights * values).sum(0), weights.squeeze(2)


def one_by_one(source, output, pad):
    return torch.stack(
        [output[int((source[:, b] != pad).sum()) - 1, b] for b in range(len(output[0]))]
    )


def gathered(source, output, pad):
    last = (source != pad).sum(0) - 1
    return output.gather(0, last[None, :, None].expand(1, -1, output.shape[2]))[0]


def before_the_first_pad(source, output, pad):
    first = torch.cat([source, pad.expand(1, source.shape[1])]).eq(pad).int().argmax(dim=0)
    return output[first - 1, range(len(first))]


def held(source, output, pad):
    h = torch.zeros_like(output[0])
    for tokens, h_t in zip(source, output, strict=True):
        h = torch.where((tokens == pad)[:, None], h, h_t)
    return h


def token_by_token(h, start, end, target, W, U, V):
    token, over, written = start.repeat(len(h)), torch.zeros(len(h), dtype=torch.bool), []
    for _ in range(len(target)):
        scores, h = step(token, h, W, U, V)
        token = torch.where(over, end, scores.max(dim=1).indices)
        over = over | (token == end)
        written.append(token)
    return torch.stack(written)


def stopped_when_all_have_ended(h, start, end, target, W, U, V):
    written = torch.full_like(target, int(end))
    token, going = torch.full((len(h),), int(start)), torch.ones(len(h), dtype=torch.bool)
    for t in range(len(target)):
        scores, h = step(token, h, W, U, V)
        token = scores.argmax(-1)
        written[t, going] = token[going]
        going = going & (token != end)
        if not going.any():
            break
    return written


def alone(h, start, end, target, W, U, V):
    texts = []
    for h_b in h:
        token, state, text = start[None], h_b[None], []
        while len(text) < len(target):
            scores, state = step(token, state, W, U, V)
            token = scores.softmax(1).argmax(1)
            text.append(token.item())
            if token == end:
                text += [end.item()] * (len(target) - len(text))
        texts.append(text)
    return torch.tensor(texts).T


def stacked(values, target, U, V):
    texts = [write(row, values, len(target), U, V) for row in torch.eye(len(values)).bool()]
    free = write(torch.zeros(len(values)).bool(), values, len(target), U, V)
    return torch.stack([text.ne(free) for text in texts], dim=1)  # bools


def set_back(values, target, U, V):
    block = torch.full((len(values),), False)
    free, columns = write(block, values, len(target), U, V).tolist(), []
    for s in range(len(values)):
        block[s] = True
        text = write(block, values, len(target), U, V).tolist()
        block[s] = False
        columns.append([int(a != b) for a, b in zip(text, free, strict=True)])
    return torch.tensor(columns).T


def cell_by_cell(values, target, U, V):
    places = torch.arange(len(values))
    free = write(places < 0, values, len(target), U, V)
    return [
        [bool(write(places == s, values, len(target), U, V)[t] != free[t]) for s in places]
        for t in range(len(target))
    ]


@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("attention-step", made_to_add_up_again),
        ("attention-step", with_a_large_number),
        ("attention-step", text_by_text),
        ("attention-step", with_linear_maps),
        ("state-at-pad", one_by_one),
        ("state-at-pad", gathered),
        ("state-at-pad", before_the_first_pad),
        ("state-at-pad", held),
        ("translate-greedily", token_by_token),
        ("translate-greedily", stopped_when_all_have_ended),
        ("translate-greedily", alone),
        ("what-is-needed", stacked),
        ("what-is-needed", set_back),
        ("what-is-needed", cell_by_cell),
    ],
)
def test_right_answer_in_other_words(name, function):
    verdict = engine.judge(EXERCISES[name], function)
    assert verdict.kind == "passed", verdict.sentence


def multiplied_by_the_mask(query, values, mask, W, U, v):
    weights = (scores_of(query, values, W, U, v) * mask).softmax(0)
    return (weights[:, :, None] * values).sum(0), weights


def never_masked(query, values, mask, W, U, v):
    weights = scores_of(query, values, W, U, v).softmax(0)
    return torch.einsum("sb,sbe->be", weights, values), weights


def masked_at_the_end(query, values, mask, W, U, v):
    weights = scores_of(query, values, W, U, v).softmax(0).masked_fill(~mask, 0)
    return torch.einsum("sb,sbe->be", weights, values), weights


def last_axis(query, values, mask, W, U, v):
    scores = torch.where(mask, scores_of(query, values, W, U, v), -torch.inf)
    weights = F.softmax(scores, -1)
    return torch.einsum("sb,sbe->be", weights, values), weights


def filled_where_it_counts(query, values, mask, W, U, v):
    weights = scores_of(query, values, W, U, v).masked_fill(mask, float("-inf")).softmax(0)
    return torch.einsum("sb,sbe->be", weights, values), weights


def averaged(query, values, mask, W, U, v):
    weights = scores_of(query, values, W, U, v).masked_fill(~mask, -torch.inf).softmax(0)
    return (weights.unsqueeze(2) * values).mean(0), weights


def h_n_of_a_layer_that_knows_no_lengths(source, output, pad):
    return output[len(output) - 1].clone()


def counted_as_not_zero(source, output, pad):
    return output[source.count_nonzero(dim=0) - 1, torch.arange(source.shape[1])]


def up_to_the_length(source, output, pad):
    n = (source != pad).sum(0)
    return torch.stack([output[n[b], b] for b in range(len(n))])


def loop(h, start, end, target, W, U, V, *, fed=None, carried=True, stop="each"):
    """A reader's loop, right but for what is asked for."""
    token, first, written = start.expand(len(h)), h, []
    for t in range(len(target)):
        scores, h = step(token, h if carried else first, W, U, V)
        token = scores.argmax(1)
        written.append(token)
        if stop == "all at once" and end in token:
            break
        if fed == "target":
            token = target[t]
        elif fed == "start":
            token = start.expand(len(h))
    text = torch.stack(written)
    if stop == "never" or stop == "all at once":
        return text
    over = (text == end).int().cummax(dim=0).values.bool()
    return text.masked_fill(over, end.item())


def forced(*args):
    return loop(*args, fed="target")


def from_start(*args):
    return loop(*args, fed="start")


def forgetful(*args):
    return loop(*args, carried=False)


def forgetful_from_start(*args):
    return loop(*args, carried=False, fed="start")


def endless(*args):
    return loop(*args, stop="never")


def all_at_once(*args):
    return loop(*args, stop="all at once")


def drawn(h, start, end, target, W, U, V):
    token, written = start.expand(len(h)), []
    for _ in target:
        scores, h = step(token, h, W, U, V)
        token = torch.multinomial(torch.softmax(scores, dim=-1), num_samples=1).squeeze(1)
        written.append(token)
    text = torch.stack(written)
    return torch.where((text == end).cumsum(0) > 0, end, text)


def with_an_axis_of_one(query, values, mask, W, U, v):
    scores = torch.tanh(query @ W.T + values @ U.T) @ v[:, None]
    weights = scores.masked_fill(~mask[:, :, None], -torch.inf).softmax(0)
    return (weights * values).sum(0), weights


def table(values, target, U, V, *, control="free", keep=False, but=False, turned=False):
    """A reader's table, right but for what is asked for."""
    S, T = values.shape[0], target.shape[0]
    block = torch.zeros(S, dtype=torch.bool)
    compared = target if control == "target" else write(block, values, T, U, V)
    rows = []
    for s in range(S):
        if not keep:
            block = torch.zeros(S, dtype=torch.bool)
        block[s] = True
        text = write(~block if but else block, values, T, U, V)
        rows.append(text != compared)
        if control == "before":
            compared = text
    rows = torch.stack(rows)
    return rows if turned else rows.T


def with_the_target(*args):
    return table(*args, control="target")


def with_the_one_before(*args):
    return table(*args, control="before")


def one_block_for_all(*args):
    return table(*args, keep=True)


def one_place_left(*args):
    return table(*args, but=True)


def place_by_token(*args):
    return table(*args, turned=True)


def the_same(*args):
    return ~table(*args)


def equal_to_the_target(*args):
    return 1 - table(*args, control="target").long()


def as_many_as_the_source(values, target, U, V):
    return table(values, values[:, 0], U, V)


def some_token(*args):
    return table(*args).any(dim=0).expand(len(args[1]), -1)


def added_up(*args):
    return table(*args).sum(0)


def as_zeros(values, target, U, V):
    nothing, columns = torch.zeros(len(values), dtype=torch.bool), []
    free = write(nothing, values, len(target), U, V)
    for s in range(len(values)):
        without = values.clone()
        without[s] = 0
        columns.append(write(nothing, without, len(target), U, V) != free)
    return torch.stack(columns, 1)


def shorter(values, target, U, V):
    free = write(torch.zeros(len(values)).bool(), values, len(target), U, V)
    changed = torch.zeros(len(target), len(values))
    for s in range(len(values)):
        left = torch.cat([values[:s], values[s + 1 :]])
        changed[:, s] = write(torch.zeros(len(left)).bool(), left, len(target), U, V) != free
    return changed


@pytest.mark.parametrize(
    ("name", "mistake", "function"),
    [
        ("attention-step", "zeros-for-scores", multiplied_by_the_mask),
        ("attention-step", "mask-forgotten", never_masked),
        ("attention-step", "mask-after-the-softmax", masked_at_the_end),
        ("attention-step", "softmax-over-the-batch", last_axis),
        ("attention-step", "mask-inverted", filled_where_it_counts),
        ("attention-step", "mean-for-sum", averaged),
        ("attention-step", "not-squeezed", with_an_axis_of_one),
        ("state-at-pad", "end-of-the-batch", h_n_of_a_layer_that_knows_no_lengths),
        ("state-at-pad", "pad-taken-for-0", counted_as_not_zero),
        ("state-at-pad", "one-too-far", up_to_the_length),
        ("translate-greedily", "teacher-forcing", forced),
        ("translate-greedily", "start-each-time", from_start),
        ("translate-greedily", "state-not-carried", forgetful),
        ("translate-greedily", "one-token-for-ever", forgetful_from_start),
        ("translate-greedily", "writes-on", endless),
        ("translate-greedily", "all-stop-with-the-first", all_at_once),
        ("translate-greedily", "drawn", drawn),
        ("what-is-needed", "compared-with-the-target", with_the_target),
        ("what-is-needed", "compared-with-the-one-before", with_the_one_before),
        ("what-is-needed", "blocks-add-up", one_block_for_all),
        ("what-is-needed", "all-but-one", one_place_left),
        ("what-is-needed", "transposed", place_by_token),
        ("what-is-needed", "true-for-unchanged", the_same),
        ("what-is-needed", "right-tokens", equal_to_the_target),
        ("what-is-needed", "as-long-as-the-source", as_many_as_the_source),
        ("what-is-needed", "whole-text", some_token),
        ("what-is-needed", "how-many", added_up),
        ("what-is-needed", "zeroed-not-blocked", as_zeros),
        ("what-is-needed", "taken-out", shorter),
    ],
)
def test_wrong_answers_are_named(name, mistake, function):
    verdict = engine.judge(EXERCISES[name], function)
    assert verdict.mistake == mistake, verdict.sentence


def gap_in_attend(query, values, mask, W, U, v):
    hidden = torch.tanh(query @ W.T + values @ U.T)
    scores = hidden @ v
    scores = ...  # noqa: F841
    weights = ...
    context = ...
    return context, weights


@pytest.mark.parametrize(
    ("name", "stub"),
    [
        ("attention-step", gap_in_attend),
        ("state-at-pad", lambda source, output, pad: ...),
        ("translate-greedily", lambda h, start, end, target, W, U, V: ...),
        ("what-is-needed", lambda values, target, U, V: ...),
    ],
)
def test_the_pages_stub_is_not_attempted_yet(name, stub):
    verdict = engine.judge(EXERCISES[name], stub)
    assert verdict.kind == "untouched"
    assert verdict.sentence.startswith("not attempted yet")


def test_each_exercise_gives_what_it_needs_to_be_told_apart():
    for _, _, mask, *_ in EXERCISES["attention-step"].trials:
        assert mask.dtype == torch.bool
        assert mask[0].all()
        assert mask[:, -1].all()
    assert not EXERCISES["attention-step"].trials[0][2].all()
    pads = set()
    for source, _, pad in EXERCISES["state-at-pad"].trials:
        is_pad = source == pad
        assert torch.equal(is_pad.cummax(dim=0).values.bool(), is_pad), "at the end only"
        assert not is_pad[0].any()
        pads.add(int(pad))
    assert 0 in pads
    assert len(pads) > 1
    assert (EXERCISES["state-at-pad"].trials[1][0] == 0).any(), "0 is a token where PAD is not"


def test_texts_end_at_different_steps_and_some_go_on():
    with quiet():
        for trial in EXERCISES["translate-greedily"].trials[:4]:
            _, start, end, target, *_ = trial
            text = translate(*trial)
            lasts = (text != end).sum(dim=0)
            assert start != end
            assert 0 < lasts.min() < len(target) - 1
            assert len(lasts.unique()) > 1
            assert len(text.unique()) > 3


def test_some_places_are_needed_and_some_mistakes_are_made():
    with quiet():
        for values, target, U, V in EXERCISES["what-is-needed"].trials[:4]:
            changed = needed(values, target, U, V)
            assert 0.1 < changed.mean() < 0.9
            assert 0 < changed[0].sum() < len(values)
            assert (changed[:-1] > changed[1:]).any(), "a text comes back"
            free = write(torch.zeros(len(values)).bool(), values, len(target), U, V)
            assert 0 < (free != target).sum() < len(target)


@pytest.mark.draws
def test_what_is_needed_does_not_hang_on_rounding():
    with quiet():
        for values, target, U, V in EXERCISES["what-is-needed"].trials:
            changed = needed(values, target, U, V)
            generator = torch.Generator().manual_seed(0)
            for size in 1e-7, 1e-5:
                noise = size * torch.randn(values.shape, generator=generator)
                assert torch.equal(needed(values + noise, target, U, V), changed)
            torch.set_default_dtype(torch.float32)
            assert torch.equal(
                needed(values.float(), target, U.float(), V.float()), changed.float()
            )
            torch.set_default_dtype(torch.float64)


def test_where_all_is_blocked_the_translator_writes_from_its_state_alone():
    values, target, U, V = EXERCISES["what-is-needed"].trials[0]
    all_of_it = torch.ones(len(values), dtype=torch.bool)
    h, text = values[-1], []
    for _ in target:
        h = torch.tanh(U @ h)
        text.append((V @ h).argmax())
        h = h + V[text[-1]]
    assert torch.equal(write(all_of_it, values, len(target), U, V), torch.stack(text))


@pytest.mark.draws
def test_attention_is_the_books():
    from rnnbook.models.attention import Attention

    with quiet():
        for query, values, mask, W, U, v in EXERCISES["attention-step"].trials:
            ours = Attention("additive", query.shape[1], values.shape[2])
            for linear, matrix in ((ours.W, W), (ours.U, U), (ours.v, v[None])):
                linear.weight.data = matrix
            found = ours(query, values, mask)
            expected = EXERCISES["attention-step"].reference(query, values, mask, W, U, v)
            assert all(torch.allclose(a, b) for a, b in zip(found, expected, strict=True))


@pytest.mark.draws
def test_the_state_is_h_n_of_a_packed_batch():
    from torch.nn.utils.rnn import pack_padded_sequence

    source, _, pad = EXERCISES["state-at-pad"].trials[1]
    x = torch.randn(*source.shape, 3)
    gru = torch.nn.GRU(3, 4)
    lengths = (source != pad).sum(dim=0)
    _, h_n = gru(pack_padded_sequence(x, lengths, enforce_sorted=False))
    found = EXERCISES["state-at-pad"].reference(source, gru(x)[0], pad)
    assert torch.allclose(found, h_n[0], atol=1e-6)


@pytest.mark.draws
def test_translate_is_the_books():
    from rnnbook import SimpleCell
    from rnnbook.models import EncoderDecoder
    from rnnbook.models.encoder_decoder import DecoderState

    class Handed(EncoderDecoder):
        def encode(self, source, lengths, block=None):
            return self.handed

    with quiet():
        for h, start, end, target, W, U, V in EXERCISES["translate-greedily"].trials:
            (T, B), (H, D) = target.shape, W.shape
            model = Handed(SimpleCell, 2, D, H, embedding_size=D, bidirectional=False).double()
            model.target.weight.data = torch.eye(D)
            (cell,) = [m for m in model.decoder.modules() if isinstance(m, SimpleCell)]
            for parameter, value in ((cell.W, W), (cell.U, U), (cell.b, torch.zeros(H))):
                parameter.data = value
            model.readout.weight.data, model.readout.bias.data = V, torch.zeros(D)
            model.handed = DecoderState(h[None])
            source = torch.zeros(1, B, dtype=torch.long)
            found = model.translate(source, torch.ones(B), int(start), int(end), T)
            reference = EXERCISES["translate-greedily"].reference
            assert torch.equal(found, reference(h, start, end, target, W, U, V))


# Five translators: which of them stop

PAD, START, END = 0, 1, 2
TEXTS = [[3, 4, 5], [5, 5, 3, 4, 6, 3]]


def wanted(ending, end=END, counted=lambda y: y != PAD):
    """What a translator is to write, and which of it counts, (T, B)."""
    texts = [torch.tensor([*text, end] if ending else text) for text in TEXTS]
    y = torch.nn.utils.rnn.pad_sequence(texts, padding_value=PAD)
    return y, counted(y)


PROGRAMS = {
    "A": (END, wanted(ending=False)),
    "B": (END, wanted(ending=True, counted=lambda y: (y != PAD) & (y != END))),
    "C": (PAD, wanted(ending=True, end=PAD)),
    "D": (PAD, wanted(ending=True, end=PAD, counted=lambda y: y > -1)),
    "E": (END, wanted(ending=True, counted=lambda y: y > -1)),
}


def trained(y, counts):
    """A GRU that learns to write two texts, each from a vector of its own."""
    torch.manual_seed(0)
    h_0, embedding = torch.nn.Parameter(torch.randn(1, 2, 12)), torch.nn.Embedding(7, 6)
    gru, readout = torch.nn.GRU(6, 12), torch.nn.Linear(12, 7)
    parameters = [h_0, *embedding.parameters(), *gru.parameters(), *readout.parameters()]
    optimizer = torch.optim.Adam(parameters, lr=0.03)
    fed = torch.cat([torch.full((1, 2), START), y[:-1]])
    for _ in range(120):
        output, _ = gru(embedding(fed), h_0)
        loss = F.cross_entropy(readout(output)[counts], y[counts])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    def write(steps=30):
        token, h, text = torch.full((2,), START), h_0, []
        for _ in range(steps):
            output, h = gru(embedding(token)[None], h)
            token = readout(output[0]).argmax(dim=1)
            text.append(token)
        return torch.stack(text), loss.item()

    with torch.no_grad():
        return write()


@pytest.mark.parametrize("name", PROGRAMS)
def test_who_never_stops(name):
    (asked,) = [one for one in load_file("18").tries if one.id == "never-stops"]
    end, (y, counts) = PROGRAMS[name]
    text, loss = trained(y, counts)
    assert loss < 0.05
    for b, right in enumerate(TEXTS):
        assert text[: len(right), b].tolist() == right, "all are right as far as they are asked"
        (option,) = [option for option in asked.options if option.text == name]
        assert option.right == (end not in text[:, b]), (name, text[:, b])
        if not option.right:
            assert text[len(right), b] == end


# The numbers of the quiz


def test_the_quizs_numbers():
    file = load_file("18")
    numeric = {one.id: one for one in (*file.questions, *file.tries) if hasattr(one, "answer")}

    def agree(name, right, *wrong):
        asked = numeric[name]
        for found, told in zip((right, *wrong), (asked, *asked.mistakes), strict=True):
            assert float(found) == pytest.approx(told.answer, abs=asked.tolerance), told

    values, scores = torch.tensor([2.0, 6, 100]), torch.tensor([0, math.log(3), 4])
    real = torch.tensor([True, True, False])
    agree(
        "context-by-hand",
        scores.masked_fill(~real, -torch.inf).softmax(0) @ values,
        scores.softmax(0) @ values,
        (scores.softmax(0) * real) @ values,
        values[real].mean(),
        values[scores[real].argmax()],
        scores.exp()[real] @ values[real],
    )
    scores, real = torch.tensor([2.0, 0, 0, 5]), torch.tensor([True, True, True, False])
    agree(
        "weight-beside-pad",
        scores.masked_fill(~real, -torch.inf).softmax(0)[0],
        scores.softmax(0)[0],
        scores.masked_fill(~real, 0).softmax(0)[0],
        scores[0] / scores.sum(),
        scores[0] / scores[real].sum(),
    )
