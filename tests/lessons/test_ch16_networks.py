"""Chapter 16's models: dropout that is locked, weights that are tied, and what learning keeps."""

from __future__ import annotations

import copy
from math import log

import pytest
import torch
from torch import nn
from torch.nn.functional import cross_entropy

from rnnbook.data import Vocabulary
from rnncourse.lessons.ch16 import texts, while_reading, writer, written
from rnncourse.lessons.ch16.dropped import PLACES, Dropped
from rnncourse.lessons.ch16.networks import LockedDropout, NextToken, Plan, bits, learn

V, H = 7, 6
IDS = torch.randint(V, (1500,), generator=torch.Generator().manual_seed(0))
TEXT = texts.Text(IDS[:300], IDS[300:900], IDS[900:], tuple("abcdefg"))
PLAN = Plan(H, 0.3, 4, 5, 20)


def model(seed=0, **options):
    torch.manual_seed(seed)
    return NextToken("lstm", V, H, **options)


class TestTexts:
    def test_the_parts_follow_each_other(self):
        for text in (texts.characters(), texts.words()):
            whole = sum(map(len, text[:3]))
            assert len(text.train) == int(0.85 * whole)
            assert max(map(max, text[:3])) < len(text.tokens)

    def test_words_are_known_from_training_alone(self):
        text, words = texts.words(5), texts.prose()
        train = words[: len(text.train)]
        assert text.tokens[0] == texts.UNKNOWN
        assert all(train.count(word) >= 5 for word in text.tokens[1:40])
        known = set(text.tokens)
        for word, id in zip(words[-200:], text.test[-200:].tolist(), strict=True):
            assert text.tokens[id] == (word if word in known else texts.UNKNOWN)

    def test_fewer_are_known_where_more_is_asked(self):
        few, many = texts.words(20), texts.words(2)
        assert set(few.tokens) < set(many.tokens)
        assert (few.test == 0).sum() > (many.test == 0).sum()


class TestDropout:
    @pytest.mark.draws
    def test_one_mask_for_all_steps_and_one_for_each_sequence(self):
        dropped = LockedDropout(0.5)(torch.ones(9, 40, 50))
        assert torch.equal(dropped, dropped[:1].expand_as(dropped))
        assert set(dropped.unique().tolist()) == {0.0, 2.0}
        assert not torch.equal(dropped[:, 0], dropped[:, 1])

    def test_nothing_is_dropped_when_it_is_asked(self):
        x = torch.ones(3, 2, 4)
        assert torch.equal(LockedDropout(0.5).eval()(x), x)
        assert torch.equal(LockedDropout(0.0)(x), x)

    @pytest.mark.parametrize("place", PLACES)
    def test_asked_it_is_the_lstm_wherever_it_drops(self, place):
        torch.manual_seed(0)
        network = Dropped(nn.Identity(), 3, H, 2, place, 0.4).eval()
        x = torch.randn(5, 2, 3)
        output, state = network.layer(x)
        torch.testing.assert_close(network(x)[0], network.readout(output))
        torch.testing.assert_close(network(x)[1], state)

    @pytest.mark.parametrize("place", ["state, fresh", "state, locked"])
    def test_step_by_step_without_loss_is_the_lstm(self, place):
        torch.manual_seed(0)
        network = Dropped(nn.Identity(), 3, H, 2, place, 0.0)
        x = torch.randn(5, 2, 3)
        torch.testing.assert_close(network(x)[0], network.readout(network.layer(x)[0]))

    def test_an_unknown_place_is_named(self):
        with pytest.raises(ValueError, match=r"place must be one of nowhere; .*got 'everywhere'"):
            Dropped(nn.Identity(), 3, H, 2, "everywhere", 0.4)


class TestNextToken:
    def test_tied_weights_are_one(self):
        tied = model(tied=True)
        assert tied.readout.weight is tied.embedding.weight
        assert sum(p.numel() for p in model().parameters()) == V * H + sum(
            p.numel() for p in tied.parameters()
        )

    def test_bits_are_those_of_the_text_in_one_go(self):
        network = model()
        strip = IDS[:41]
        scores, _ = network(strip[:-1, None])
        whole = cross_entropy(scores[:, 0], strip[1:]).item() / log(2)
        assert bits(network, strip, 1, 8) == pytest.approx(whole)

    def test_the_best_look_is_kept(self):
        plan = PLAN._replace(updates=200)  # long enough to learn three hundred tokens by heart
        network, looks = learn(model(), TEXT, plan, ["stopping"], lr=0.03, seed=0)
        assert len(looks) == 10
        assert looks.index(min(looks)) < 9
        assert bits(network, TEXT.validation) == pytest.approx(min(looks))
        network, looks = learn(model(), TEXT, plan, [], lr=0.03, seed=0)
        assert bits(network, TEXT.validation) == pytest.approx(looks[-1])

    def test_the_average_lies_between(self):
        """With a decay of 0.99 the first update weighs what all others leave it."""
        last, average = model(), model()
        learn(last, TEXT, PLAN, [], lr=0.01, seed=0)
        measured, _ = learn(average, TEXT, PLAN, ["averaging"], lr=0.01, seed=0)
        for after, own, mean in zip(
            last.parameters(), average.parameters(), measured.parameters(), strict=True
        ):
            assert torch.equal(after, own)
            assert not torch.equal(mean, own)

    def test_the_rate_falls_to_nothing(self):
        still, moved = model(), model()
        learn(still, TEXT, PLAN._replace(updates=40), ["schedule"], lr=0.01, seed=0)
        learn(moved, TEXT, PLAN._replace(updates=40), [], lr=0.01, seed=0)
        first = model().readout.weight
        assert (still.readout.weight - first).norm() < (moved.readout.weight - first).norm()


class TestWhileReading:
    def test_frozen_it_is_what_bits_says(self):
        network = model()
        found = while_reading.read(network, IDS[:65])
        assert found.shape == (64,)
        assert found.mean().item() == pytest.approx(bits(network, IDS[:65], 1, 32), rel=1e-5)

    def test_each_character_is_paid_before_it_is_learned(self):
        """What comes later changes nothing that was paid; and the first chunk is paid as frozen."""
        other = IDS[:129].clone()
        other[100:] = (other[100:] + 1) % V
        first = while_reading.read(model(), IDS[:129], lr=0.5)
        second = while_reading.read(model(), other, lr=0.5)
        frozen = while_reading.read(model(), IDS[:129])
        assert torch.equal(first[:99], second[:99])
        assert torch.allclose(first[:32], frozen[:32])
        assert not torch.allclose(first[32:64], frozen[32:64])

    def test_frozen_weights_stay(self):
        network = model()
        before = copy.deepcopy(network.state_dict())
        while_reading.read(network, IDS[:65])
        assert all(torch.equal(before[name], w) for name, w in network.state_dict().items())

    def test_names_are_exchanged_throughout(self):
        text, places = while_reading.with_invented_names(3)
        assert len(places) == while_reading.NAMES
        assert text.isprintable() or "\n" in text
        for some in places:
            names = {text[at : at + 8] for at in some}
            assert len(names) == 1
            assert text.count(names.pop()) == len(some)
        assert while_reading.with_invented_names(3)[0] == text
        assert while_reading.with_invented_names(4)[0] != text


class TestWritten:
    def test_repetition(self):
        assert written.repeated("abcdefghijklmnop") == 0
        assert written.repeated(" " * 200) == pytest.approx(192 / 193)
        assert written.repeated("abcdefgh" * 2) == pytest.approx(1 / 9)

    def test_spelling(self):
        assert written.spelled("return xyzzyq no") == 0.5
        assert written.spelled("") == 0

    def test_a_beam_of_one_is_greedy(self):
        content = writer.shipped()
        letters = Vocabulary(content["alphabet"])
        prompt, true = written.beginnings(letters)
        assert prompt.shape == (written.READ, written.PROMPTS)
        assert true.shape == (written.WRITTEN, written.PROMPTS)
        model, few = writer.writer(), prompt[:, :2]
        beam = written.by_beam(model, few, 1)
        assert torch.equal(beam, written.by_sampling(model, few, top_k=1))

    def test_the_writer_is_as_good_as_the_page_says(self):
        assert bits(writer.writer(), texts.characters().test) < 2.6
