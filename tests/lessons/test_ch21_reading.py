"""Chapter 21's networks: how they begin, what they read, and how they learn."""

from __future__ import annotations

from math import cos, log, pi

import pytest
import torch
from torch import nn

from rnncourse.lessons.ch21.images import Images, by_pixels, by_rows, digits, shuffled
from rnncourse.lessons.ch21.reading import (
    CELLS,
    ImageReader,
    accuracy,
    accuracy_by_step,
    convolution,
    cross_entropy,
    last,
    learn,
    linear,
)
from rnncourse.lessons.ch21.studies import MODELS, ORDERS, WHOLE, made, reading, trained


def drawn(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def reader(cell, seed=0, steps=8):
    torch.manual_seed(seed)
    return ImageReader(cell, 8, 16, steps)


class TestNetworks:
    @pytest.mark.parametrize("cell", CELLS)
    def test_it_answers_after_each_step(self, cell):
        model, x = reader(cell), drawn(8, 3, 8)
        logits = model(x)
        assert logits.shape == (8, 3, 10)
        assert torch.equal(last(model, x), logits[-1])

    @pytest.mark.parametrize("cell", CELLS)
    def test_the_last_answer_is_that_of_a_plain_call(self, cell):
        model, x = reader(cell), drawn(8, 3, 8)
        state = model.layer(x)[1]
        h = state[0] if isinstance(state, tuple) else state  # an LSTM has two
        torch.testing.assert_close(last(model, x), model.readout(h[0]))

    @pytest.mark.parametrize("cell", CELLS)
    def test_an_answer_depends_on_nothing_later(self, cell):
        model, x = reader(cell), drawn(8, 3, 8)
        other = x.clone()
        other[5:] += 1
        before, after = model(x), model(other)
        assert torch.equal(before[:5], after[:5])
        assert not torch.equal(before[5:], after[5:])

    @pytest.mark.draws
    def test_what_sees_the_whole_image(self):
        pixels = drawn(3, 8, 8)
        for model in (linear(8), convolution(8)):
            assert model(pixels).shape == last(model, pixels).shape == (3, 10)
        assert sum(one.numel() for one in linear(8).parameters()) == 650
        assert convolution(28)(drawn(2, 28, 28)).shape == (2, 10)

    def test_errors_are_named(self):
        with pytest.raises(ValueError, match=r"cell must be one of simple, irnn, .*, got 'relu'"):
            ImageReader("relu", 8, 16, 8)


class TestStarts:
    def test_an_irnn_begins_by_keeping(self):
        """Le, Jaitly & Hinton 2015: identity, no bias, rectified; inputs from N(0, 0.001)."""
        torch.manual_seed(0)
        layer = CELLS["irnn"](50, 60, 8)
        assert layer.nonlinearity == "relu"
        assert torch.equal(layer.weight_hh_l0, torch.eye(60))
        assert not layer.bias_ih_l0.any()
        assert not layer.bias_hh_l0.any()
        assert layer.weight_ih_l0.std().item() == pytest.approx(0.001, rel=0.05)
        state = drawn(1, 2, 60).relu()
        assert torch.equal(layer(torch.zeros(30, 2, 50), state)[1], state)

    def test_chrono_spreads_time_constants(self):
        """Tallec & Ollivier 2018, equation 16: b_f = log U(1, T − 1), b_i = −b_f; else 0."""
        torch.manual_seed(0)
        H, T = 2000, 64
        layer = CELLS["chrono"](3, H, T)
        bias = layer.bias_ih_l0 + layer.bias_hh_l0
        i, f, g, o = bias.split(H)
        assert torch.equal(i, -f)
        assert not torch.cat([g, o]).any()
        constants = f.exp()
        assert 1 <= constants.min() < 1.5
        assert T - 1.5 < constants.max() <= T - 1
        assert constants.mean().item() == pytest.approx(T / 2, abs=1.5)

    def test_the_others_begin_as_torch_has_them(self):
        for cell, kind in (("simple", nn.RNN), ("lstm", nn.LSTM), ("gru", nn.GRU)):
            torch.manual_seed(3)
            ours = CELLS[cell](5, 6, 8).state_dict()
            torch.manual_seed(3)
            torchs = kind(5, 6).state_dict()
            assert all(torch.equal(ours[name], torchs[name]) for name in torchs)


class TestLearning:
    def test_it_learns(self):
        model, parts = reader("gru"), digits()
        untaught = accuracy(model, parts.test, by_rows)
        history = learn(
            model, parts.train, parts.validation, by_rows, updates=80, lr=0.02, every=40
        )
        assert [step for step, _ in history.validation] == [40, 80]
        assert history.validation[-1][1] == cross_entropy(model, parts.validation, by_rows)
        assert untaught < 0.3
        assert accuracy(model, parts.test, by_rows) > 0.7

    def test_the_rate_falls_to_nothing(self, monkeypatch):
        rates, step = [], torch.optim.Adam.step

        def noted(adam, *arguments):
            rates.append(adam.param_groups[0]["lr"])
            return step(adam, *arguments)

        monkeypatch.setattr(torch.optim.Adam, "step", noted)
        parts = digits()
        torch.manual_seed(0)
        learn(linear(8), parts.train, parts.validation, lambda x: x, updates=10, lr=0.02)
        assert rates == pytest.approx([0.01 * (1 + cos(pi * k / 10)) for k in range(10)])

    def test_it_is_left_as_it_was_when_validation_was_best(self):
        parts = digits()
        wrong = Images(parts.validation.pixels, (parts.validation.labels + 1) % 10)
        torch.manual_seed(0)
        model = linear(8)
        how = {"updates": 60, "lr": 0.02, "every": 10}
        history = learn(model, parts.train, wrong, lambda x: x, **how)
        losses = [value for _, value in history.validation]
        # What it learns is not what is true of the others: it gets worse and worse there.
        assert losses == sorted(losses)
        assert cross_entropy(model, wrong, lambda x: x) == losses[0] < losses[-1]

    def test_asked_at_every_step_it_answers_early(self):
        parts, found = digits(), {}
        for every_step in (False, True):
            model = reader("gru", seed=1)
            data = (parts.train, parts.validation, by_rows)
            learn(model, *data, updates=150, lr=0.02, every=150, every_step=every_step)
            found[every_step] = accuracy_by_step(model, parts.test, by_rows)
        assert found[True].shape == (8,)
        assert found[True][3] > found[False][3] + 0.3
        assert found[True][-1] > 0.5
        assert found[False][-1] > 0.7

    def test_the_last_of_all_steps_is_the_accuracy(self):
        model, test = reader("lstm"), digits().test
        assert accuracy_by_step(model, test, by_rows)[-1] == accuracy(model, test, by_rows)

    @pytest.mark.draws
    def test_a_loss_is_cut_off(self):
        """Sure and wrong: a loss counts as ten times that of knowing nothing, and no more."""
        images = Images(torch.zeros(4, 8, 8), torch.zeros(4, dtype=torch.long))
        sure = nn.Sequential(nn.Flatten(), nn.Linear(64, 10))
        with torch.no_grad():
            sure[1].weight.zero_()
            sure[1].bias.copy_(torch.tensor([0.0, *[1e6] * 9]))
        assert cross_entropy(sure, images, lambda x: x) == pytest.approx(10 * log(10))
        with torch.no_grad():
            sure[1].bias.zero_()
        assert cross_entropy(sure, images, lambda x: x) == pytest.approx(log(10))

    def test_errors_are_named(self):
        parts = digits()
        with pytest.raises(TypeError, match="model must be a module, got str"):
            learn("gru", parts.train, parts.validation, by_rows, updates=1, lr=0.1)


class TestStudies:
    @pytest.mark.draws
    def test_each_network_reads_what_it_was_made_for(self):
        pixels = drawn(3, 8, 8)
        for model in MODELS:
            for order in ORDERS:
                network = made(model, 8, 16)
                assert last(network, reading(model, 8, order, 0)(pixels)).shape == (3, 10)
        for cell in CELLS:
            network = made(cell, 8, 16, pixels=True)
            read = reading(cell, 8, "as is", 0, pixels=True)(pixels)
            assert read.shape == (64, 3, 1)
            assert last(network, read).shape == (3, 10)

    @pytest.mark.parametrize("model", MODELS)
    def test_pixels_are_shuffled_alike_for_all_networks(self, model):
        pixels = drawn(3, 8, 8)
        expected = pixels.flatten(1)[:, shuffled(64, 5)].view(3, 8, 8)
        read = reading(model, 8, "shuffled", 5)(pixels)
        if model not in WHOLE:
            read = read.transpose(0, 1)
        assert torch.equal(read, expected)
        assert not torch.equal(read, pixels)

    def test_a_pixel_a_step_shuffled(self):
        pixels = drawn(3, 8, 8)
        read = reading("gru", 8, "shuffled", 5, pixels=True)(pixels)
        assert torch.equal(read, by_pixels(pixels, shuffled(64, 5)))

    def test_where_it_diverges_learning_ends(self):
        parts, how = digits(), {"lr": 1e30, "updates": 3, "pixels": True}
        network, _ = trained("irnn", "as is", parts, 0, **how)
        assert all(one.isfinite().all() for one in network.parameters())
        torch.manual_seed(0)
        start = made("irnn", 8, 64, pixels=True)
        moved = zip(network.parameters(), start.parameters(), strict=True)
        assert any(not torch.equal(one, other) for one, other in moved)

    def test_a_seed_is_a_run(self):
        parts = digits()

        def weights(seed):
            network, _ = trained("gru", "as is", parts, seed, lr=0.01, updates=3, hidden_size=4)
            return torch.cat([one.flatten() for one in network.parameters()])

        assert torch.equal(weights(0), weights(0))
        assert not torch.equal(weights(0), weights(1))

    def test_shuffling_makes_no_difference_to_a_linear_layer_but_for_its_start(self):
        """Its weights can be shuffled too: started alike, it learns the same."""
        parts, order = digits(), shuffled(64, 2)
        torch.manual_seed(0)
        plain, other = linear(8), linear(8)
        with torch.no_grad():
            other[1].weight.copy_(plain[1].weight[:, order])
            other[1].bias.copy_(plain[1].bias)
        as_is, moved = reading("linear", 8, "as is", 2), reading("linear", 8, "shuffled", 2)
        for model, reads in ((plain, as_is), (other, moved)):
            learn(model, parts.train, parts.validation, reads, updates=30, lr=0.03)
        torch.testing.assert_close(plain[1].weight[:, order], other[1].weight, rtol=1e-3, atol=1e-4)
