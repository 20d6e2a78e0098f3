"""The likeliest tokens: which are kept to draw from, and which a beam search finds."""

from fractions import Fraction
from itertools import product
from math import log
from typing import Any, NamedTuple

import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st
from torch import nn

from rnnbook.cells import LSTMCell
from rnnbook.models import Hypothesis, LanguageModel, beam_search, sample, temper, truncate

WEIGHTS = st.lists(st.integers(0, 50), min_size=1, max_size=9).filter(any)
SHARES = st.floats(0.01, 1)
SEEDS = st.integers(0, 2**32 - 1)
POWERS = st.sampled_from([0.0, 0.5, 1.0, 2.0])
ROWS = torch.tensor([[1.0, 1, 2, 4], [2, 4, 1, 1], [8, 0, 0, 0]]) / 8


def probabilities(weights):
    return torch.tensor(weights, dtype=torch.float64) / sum(weights)


class TestTruncate:
    @given(weights=WEIGHTS, top_k=st.integers(1, 10), top_p=SHARES)
    def test_is_the_rule_written_out(self, weights, top_k, top_p):
        order = sorted(range(len(weights)), key=lambda k: (-weights[k], k))[:top_k]
        whole, kept, share = sum(weights[k] for k in order), [], Fraction(0)
        for k in order:
            if share < Fraction(top_p) or top_p == 1:
                kept.append(k)
                share += Fraction(weights[k], whole)
                # On the border itself, rounding decides.
                assume(top_p == 1 or abs(share - Fraction(top_p)) > 1e-12)
        expected = [weights[k] / sum(weights[j] for j in kept) if k in kept else 0
                    for k in range(len(weights))]  # fmt: skip
        found = truncate(probabilities(weights), top_k=top_k, top_p=top_p)
        assert found.tolist() == pytest.approx(expected, abs=1e-12)

    @given(weights=WEIGHTS, top_k=st.integers(1, 10), top_p=SHARES)
    def test_keeps_the_likeliest_in_their_order(self, weights, top_k, top_p):
        p = probabilities(weights)
        found = truncate(p, top_k=top_k, top_p=top_p)
        kept = found > 0
        assert found.sum().item() == pytest.approx(1)
        assert 1 <= kept.sum() <= top_k
        assert p[kept].min() >= p[~kept].max() if (~kept).any() else True
        torch.testing.assert_close(found[kept] / found.max(), p[kept] / p.max())
        assert p[kept].sum() / p.sort(descending=True)[0][:top_k].sum() >= top_p - 1e-12

    @given(weights=WEIGHTS)
    def test_without_a_cut_nothing_changes(self, weights):
        p = probabilities(weights)
        assert truncate(p) is p
        torch.testing.assert_close(truncate(p, top_k=len(p), top_p=1.0), p)
        torch.testing.assert_close(truncate(p, top_k=len(p) + 3), p)

    @given(rows=st.lists(WEIGHTS, min_size=6, max_size=6), top_k=st.integers(1, 9), top_p=SHARES)
    def test_cuts_each_row_for_itself(self, rows, top_k, top_p):
        each = [probabilities((row + [0] * 8)[:9]) for row in rows]
        cuts = {"top_k": top_k, "top_p": top_p}
        found = truncate(torch.stack(each).view(2, 3, 9), **cuts).view(6, 9)
        torch.testing.assert_close(found, torch.stack([truncate(row, **cuts) for row in each]))

    def test_by_hand(self):
        third = 1 / 3
        assert truncate(ROWS, top_k=2).tolist() == [
            [0, 0, pytest.approx(third), pytest.approx(2 * third)],
            [pytest.approx(third), pytest.approx(2 * third), 0, 0],
            [1, 0, 0, 0],
        ]
        assert truncate(ROWS, top_k=3)[0].tolist() == pytest.approx([1 / 7, 0, 2 / 7, 4 / 7])
        # At least top_p: half is reached by half, and a little more needs the next.
        assert truncate(ROWS, top_p=0.5).tolist() == [[0, 0, 0, 1], [0, 1, 0, 0], [1, 0, 0, 0]]
        assert (truncate(ROWS, top_p=0.51) > 0).sum(dim=1).tolist() == [2, 2, 1]
        assert (truncate(ROWS, top_p=0.75) > 0).sum(dim=1).tolist() == [2, 2, 1]
        assert (truncate(ROWS, top_p=0.76) > 0).sum(dim=1).tolist() == [3, 3, 1]
        assert truncate(torch.full((4,), 0.25), top_k=2).tolist() == [0.5, 0.5, 0, 0]

    @pytest.mark.parametrize(
        "wrong",
        [torch.tensor(1.0), torch.zeros(3), torch.tensor([1.5, -0.5]), torch.ones(0, 3),
         torch.tensor([0.5, float("nan")]), torch.tensor([[1.0], [0.0]]), torch.ones(2, 0)],
    )  # fmt: skip
    def test_what_is_no_probability_is_refused(self, wrong):
        with pytest.raises(ValueError, match="probabilities must be 0 or more, and not all 0, got"):
            truncate(wrong, top_p=0.5)

    def test_shares(self):
        for wrong in (0, 1.1):
            with pytest.raises(
                ValueError, match=f"top_p must be above 0 and at most 1, got {wrong}"
            ):
                truncate(ROWS, top_p=wrong)


class TestSample:
    @given(seed=SEEDS, top_k=st.sampled_from([None, 1, 2, 4]), top_p=SHARES)
    def test_only_what_is_kept_is_drawn(self, seed, top_k, top_p):
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            model = LanguageModel(LSTMCell, 5, 4)
        prompt = torch.arange(6).view(2, 3) % 5
        generator = torch.Generator().manual_seed(seed)
        options = {"temperature": 0.8, "top_k": top_k, "top_p": top_p}
        drawn = sample(model, prompt, 5, generator=generator, **options)
        logits = model(torch.cat([prompt, drawn]))[0][1:-1].detach()
        # What is read anew, and all at once, may differ by rounding: a border may be another.
        allowed = truncate(temper(logits, 0.8), top_k=top_k, top_p=min(1, top_p + 1e-5))
        assert (allowed.gather(2, drawn[..., None]) > 0).all()

    def test_of_the_likeliest_alone_it_is_greedy(self):
        torch.manual_seed(0)
        model = LanguageModel(LSTMCell, 5, 4)
        prompt = torch.arange(6).view(2, 3) % 5
        generator = torch.Generator().manual_seed(0)
        for cut in ({"top_k": 1}, {"top_p": 0.01}):
            drawn = sample(model, prompt, 5, temperature=2.0, generator=generator, **cut)
            assert torch.equal(drawn, model(torch.cat([prompt, drawn]))[0][1:-1].argmax(dim=2))


class Speaker(nn.Module):
    """A network of `torch.nn`, of whose state a search knows only where hypotheses are."""

    def __init__(self, seed, V=3, kind=nn.LSTM, layers=1):
        super().__init__()
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            self.embedding = nn.Embedding(V, 4)
            self.layer = kind(4, 6, layers)
            self.readout = nn.Linear(6, V)
        self.double()
        with torch.no_grad():
            for parameter in self.parameters():
                parameter.mul_(3)  # so that what is read matters
        self.V, self.calls = V, 0

    def read(self, ids, state=None):
        h, state = self.layer(self.embedding(ids), state)
        return self.readout(h).log_softmax(dim=-1), state

    def step(self, tokens, state):
        self.calls += 1
        logits, state = self.read(tokens[None], state)
        return logits[0] + 5, state  # logits are scores, and no probabilities

    @torch.no_grad()
    def log_probability(self, start, tokens):
        """Read in one go, from the beginning."""
        text = torch.tensor([start, *tokens])
        rows = self.read(text[:-1, None])[0][:, 0]
        return sum(float(row[token]) for row, token in zip(rows, tokens, strict=True))

    @torch.no_grad()
    def start_state(self, seed=0):
        """A state that is not zero: that after a prompt."""
        prompt = torch.randint(self.V, (3, 1), generator=torch.Generator().manual_seed(seed))
        return self.read(prompt)[1]

    def search(self, start=0, state=None, **options):
        return beam_search(self.step, state, start, **options)


def every_text(V, steps, end):
    """All that can be written: it ends at the first `end`, or has `steps` tokens."""
    for length in range(1, steps + 1):
        for text in product(range(V), repeat=length):
            if end not in text[:-1] and (length == steps or text[-1] == end):
                yield list(text)


def plainly(model, width, steps, end, length_power, start=0):
    """A beam search that reads every hypothesis from its beginning, and never stops early."""
    opened, over = [[]], []
    for length in range(1, steps + 1):
        longer = [[*text, token] for text in opened for token in range(model.V)]
        longer.sort(key=lambda text: -model.log_probability(start, text))
        for text in longer[:width]:
            if text[-1] == end or length == steps:
                p = model.log_probability(start, text)
                over.append(Hypothesis(text, p, p / length**length_power))
        opened = [text for text in longer[:width] if text[-1] != end]
    return sorted(over, key=lambda found: -found.score)[:width]


def agree(found, expected):
    assert [one.tokens for one in found] == [one.tokens for one in expected]
    for one, other in zip(found, expected, strict=True):
        assert one[1:] == pytest.approx(other[1:])


ENDS = st.sampled_from([None, 0, 2])


class TestBeamSearch:
    @given(seed=SEEDS, end=ENDS, steps=st.integers(1, 6), power=POWERS)
    def test_a_width_of_one_is_greedy(self, seed, end, steps, power):
        model, greedy, state, tokens = Speaker(seed), [], None, torch.tensor([1])
        while len(greedy) < steps and (not greedy or greedy[-1] != end):
            logits, state = model.step(tokens, state)
            tokens = logits.argmax(dim=1)
            greedy.append(int(tokens))
        (found,) = model.search(1, width=1, steps=steps, end=end, length_power=power)
        assert found.tokens == greedy

    @given(seed=SEEDS, end=ENDS, steps=st.integers(1, 4), power=POWERS)
    def test_wide_enough_it_finds_all_there_is(self, seed, end, steps, power):
        model = Speaker(seed)
        texts = [(text, model.log_probability(0, text)) for text in every_text(3, steps, end)]
        every = [Hypothesis(text, p, p / len(text) ** power) for text, p in texts]
        found = model.search(width=3**steps, steps=steps, end=end, length_power=power)
        agree(found, sorted(every, key=lambda one: -one.score))
        if not power:
            assert sum(torch.tensor(one.log_probability).exp() for one in found) == pytest.approx(1)

    @given(seed=SEEDS, end=ENDS, width=st.integers(1, 5), steps=st.integers(1, 6), power=POWERS,
           kind=st.sampled_from([nn.RNN, nn.LSTM, nn.GRU]), layers=st.integers(1, 2))  # fmt: skip
    def test_is_the_plain_search(self, seed, end, width, steps, power, kind, layers):
        model = Speaker(seed, kind=kind, layers=layers)
        found = model.search(width=width, steps=steps, end=end, length_power=power)
        agree(found, plainly(model, width, steps, end, power))
        assert len(found) <= width
        scores = [one.score for one in found]
        assert scores == sorted(scores, reverse=True)
        for one in found:
            assert one.log_probability == pytest.approx(model.log_probability(0, one.tokens))
            assert one.score == one.log_probability / len(one.tokens) ** power

    @given(seed=SEEDS)
    def test_goes_on_from_the_state_that_it_is_given(self, seed):
        model = Speaker(seed)
        state = model.start_state(seed)
        for one in model.search(2, state, width=4, steps=5, end=0):
            text = torch.tensor([2, *one.tokens])
            rows = model.read(text[:-1, None], state)[0][:, 0].detach()
            expected = rows.gather(1, text[1:, None]).sum()
            assert one.log_probability == pytest.approx(float(expected))

    @given(seed=SEEDS, axis=st.sampled_from([0, 1, 2, -1, -3]))
    def test_states_of_any_form_on_any_axis(self, seed, axis):
        class Both(NamedTuple):
            lstm: Any
            read: torch.Tensor

        model = Speaker(seed)
        last = axis % 3

        def moved(parts, there):
            return tuple(part.movedim(*((1, last) if there else (last, 1))) for part in parts)

        def step(tokens, state):
            # What was read is carried as well: it must stay with its hypothesis.
            assert isinstance(state, Both)
            assert type(state.lstm) is tuple
            read = torch.cat([state.read.movedim(last, 1), tokens[None, :, None]])
            logits, lstm = model.step(tokens, moved(state.lstm, False))
            torch.testing.assert_close(model.read(read[..., 0])[0][-1] + 5, logits)
            return logits, Both(moved(lstm, True), read.movedim(1, last))

        state = tuple(torch.zeros(1, 1, 6).double() for _ in range(2))
        state = Both(moved(state, True), torch.empty(0, 1, 1).long().movedim(1, last))
        found = beam_search(step, state, 0, width=4, steps=4, end=1, axis=axis)
        agree(found, plainly(Speaker(seed), 4, 4, 1, 0.0))

    def test_stops_when_no_other_can_be_better_and_not_before(self):
        # Token 0 ends with probability 0.6; 1 and 2 go on.
        p = torch.tensor([[0.6, 0.3, 0.1]])
        calls = []

        def step(tokens, state):
            calls.append(len(tokens))
            return p.log().expand(len(tokens), 3), state

        def search(**options):
            calls.clear()
            found = beam_search(step, torch.zeros(1, 1, 1), 1, end=0, steps=20, **options)
            return found, len(calls)

        found, made = search(width=1)
        assert (found[0].tokens, made) == ([0], 1)
        # Ended are (0) and (1 0), 0.18: after (1 1), 0.09, nothing as likely as these can come.
        found, made = search(width=2)
        assert ([one.tokens for one in found], made) == ([[0], [1, 0]], 2)

    def test_a_late_winner_by_the_mean_is_waited_for(self):
        # Token 1 goes on with probability 0.5, then 0.1, and then always.
        p = torch.tensor([[0.5, 0.5], [0.9, 0.1], [0.0, 1.0]]).log()

        def step(tokens, read):
            return p[read[0, :, 0].clamp(max=2)], read + 1

        start = torch.zeros(1, 1, 1).long()
        found = beam_search(step, start, 1, width=2, steps=20, end=0, length_power=1.0)
        assert [one.tokens for one in found] == [[1] * 20, [1, 0]]
        assert [one.score for one in found] == pytest.approx([log(0.05) / 20, log(0.45) / 2])
        found = beam_search(step, start, 1, width=2, steps=20, end=0)
        assert [one.tokens for one in found] == [[0], [1, 0]]

    def test_what_is_impossible_is_not_found(self):
        logits = torch.tensor([[0.0, -torch.inf, 1.0, -torch.inf]])

        def step(tokens, state):
            return logits.expand(len(tokens), 4), state

        found = beam_search(step, torch.zeros(1, 1, 1), 0, width=10, steps=2)
        assert [one.tokens for one in found] == [[2, 2], [2, 0], [0, 2], [0, 0]]

    def test_leaves_no_gradient_and_gives_plain_numbers(self):
        model = Speaker(0)
        (found, *_) = model.search(width=2, steps=3)
        assert [type(part) for part in found] == [list, float, float]
        assert [type(token) for token in found.tokens] == [int] * 3
        assert all(parameter.grad is None for parameter in model.parameters())

    @pytest.mark.parametrize(
        ("logits", "says"),
        [
            (torch.zeros(3), r"logits must have shape \(N, V\), got \(3,\)"),
            (torch.zeros(2, 3), r"logits must have shape \(N, V\) = \(1, 3\), got \(2, 3\)"),
            (torch.zeros(1, 3).long(), "logits must be floats, got torch.int64"),
            (torch.tensor([[0.0, 1.0, float("nan")]]), "logits must hold no NaN, got"),
            ([0.0], "logits must be a tensor, got list"),
        ],
    )
    def test_what_is_no_step_is_refused(self, logits, says):
        with pytest.raises((TypeError, ValueError), match=says):
            beam_search(lambda tokens, state: (logits, state), None, 0, width=2, steps=2)

    def test_states_and_ends_that_do_not_fit(self):
        model = Speaker(0)
        with pytest.raises(
            ValueError, match=r"state must have N = 1 on axis 2, got shape \(1, 1, 6"
        ):
            model.search(width=2, steps=3, axis=2)
        with pytest.raises(ValueError, match="end must lie between 0 and 2, got 3"):
            model.search(width=2, steps=3, end=3)
        with pytest.raises(TypeError, match="state must be a tensor, got NoneType"):
            beam_search(lambda ids, _: (torch.zeros(len(ids), 3), None), 0, 0, width=2, steps=3)
