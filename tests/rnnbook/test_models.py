"""Language models, and the text drawn from them."""

from math import log

import pytest
import torch

from rnnbook.cells import SimpleCell
from rnnbook.models import LanguageModel, next_token_loss, sample, temper

V, H = 5, 7


@pytest.fixture
def model():
    torch.manual_seed(0)
    return LanguageModel(SimpleCell, V, H)


def ids(T, B, seed=0):
    return torch.randint(0, V, (T, B), generator=torch.Generator().manual_seed(seed))


class TestLanguageModel:
    def test_is_the_equation(self, model):
        text = ids(4, 3)
        logits, h_n = model(text)
        cell, h = model.layer.cell, torch.zeros(3, H)
        for t in range(4):
            # W x_t is the column of W that belongs to the token
            h = torch.tanh(cell.W.T[text[t]] + h @ cell.U.T + cell.b)
            y = h @ model.readout.weight.T + model.readout.bias
            torch.testing.assert_close(logits[t], y)
        torch.testing.assert_close(h_n, h[None])

    def test_logits_know_nothing_of_later_tokens(self, model):
        text = ids(6, 2)
        later = text.clone()
        later[4:] = (later[4:] + 1) % V
        assert torch.equal(model(text)[0][:4], model(later)[0][:4])
        assert not torch.equal(model(text)[0][4], model(later)[0][4])

    def test_carried_state_makes_chunks_one_text(self, model):
        text = ids(6, 2)
        whole, last = model(text)
        first, state = model(text[:2])
        second, state = model(text[2:], state)
        torch.testing.assert_close(torch.cat([first, second]), whole)
        torch.testing.assert_close(state, last)

    def test_lengths(self, model):
        text = ids(6, 2)
        _, padded = model(text, lengths=[2, 6])
        _, alone = model(text[:2, :1])
        torch.testing.assert_close(padded[:, :1], alone)
        assert not torch.allclose(model(text)[1][:, :1], alone)

    @pytest.mark.draws
    def test_an_embedding_is_a_product_with_one_hot_vectors(self):
        """Scores and gradients are those of a model that reads one-hot, whose W is W times it."""
        model = LanguageModel(SimpleCell, V, H, embedding_size=3)
        assert isinstance(model.embedding, torch.nn.Embedding)
        other = LanguageModel(SimpleCell, V, H)
        weights = model.state_dict()
        table = weights.pop("embedding.weight")
        W = next(name for name in weights if name.endswith(".W"))
        other.load_state_dict({**weights, W: weights[W] @ table.T})
        text = ids(4, 3)
        torch.testing.assert_close(model(text)[0], other(text)[0])
        for each in (model, other):
            next_token_loss(each(text)[0], text.roll(-1, 0)).backward()
        through = dict(other.named_parameters())[W].grad  # (H, V)
        torch.testing.assert_close(model.embedding.weight.grad, through.T @ weights[W])

    @pytest.mark.draws
    def test_layers_and_dtype_pass_through(self):
        model = LanguageModel(SimpleCell, V, H, num_layers=2, dtype=torch.float64)
        model.readout.double()
        logits, h_n = model(ids(3, 2))
        assert logits.dtype == torch.float64
        assert h_n.shape == (2, 2, H)

    def test_arguments(self, model):
        with pytest.raises(ValueError, match="symbols must be a positive int, got 0"):
            LanguageModel(SimpleCell, 0, H)
        with pytest.raises(ValueError, match="embedding_size must be a positive int, got 0"):
            LanguageModel(SimpleCell, V, H, embedding_size=0)
        with pytest.raises(ValueError, match="bidirectional must be False"):
            LanguageModel(SimpleCell, V, H, bidirectional=True)
        with pytest.raises(ValueError, match=r"ids must have shape \(T, B\), got \(3,\)"):
            model(torch.zeros(3, dtype=torch.long))


class TestLoss:
    def test_uniform_costs_log_v(self):
        loss = next_token_loss(torch.zeros(4, 2, V), ids(4, 2))
        assert loss.item() == pytest.approx(log(V))

    @pytest.mark.draws
    def test_is_the_mean_log_probability(self):
        logits, target = torch.randn(4, 2, V), ids(4, 2)
        p = torch.softmax(logits, dim=-1)
        expected = -torch.stack(
            [p[t, b, target[t, b]].log() for t in range(4) for b in range(2)]
        ).mean()
        torch.testing.assert_close(next_token_loss(logits, target), expected)

    @pytest.mark.draws
    def test_mask_leaves_padding_out(self):
        logits, target = torch.randn(5, 2, V), ids(5, 2)
        mask = torch.arange(5)[:, None] < torch.tensor([2, 5])
        parts = [next_token_loss(logits[:n, [b]], target[:n, [b]]) * n for b, n in ((0, 2), (1, 5))]
        torch.testing.assert_close(next_token_loss(logits, target, mask), sum(parts) / 7)
        other = target.clone()
        other[2:, 0] = (other[2:, 0] + 1) % V
        assert next_token_loss(logits, other, mask) == next_token_loss(logits, target, mask)

    @pytest.mark.draws
    def test_no_gradient_from_padding(self):
        logits = torch.randn(3, 1, V, requires_grad=True)
        mask = torch.tensor([[True], [False], [True]])
        next_token_loss(logits, ids(3, 1), mask).backward()
        assert logits.grad[1].abs().sum() == 0
        assert logits.grad[0].abs().sum() > 0

    @pytest.mark.parametrize(
        ("logits", "target", "mask", "says"),
        [
            ((3, 2, V), (2, 3), None, r"for a target \(T, B\) = \(2, 3\)"),
            ((3, 2, V), (3, 2), torch.ones(3, dtype=torch.bool), "mask must be bools of shape"),
            ((3, 2, V), (3, 2), torch.ones(3, 2), "got torch.float32"),
            ((3, 2, V), (3, 2), torch.zeros(3, 2, dtype=torch.bool), "one step through at least"),
        ],
    )
    def test_arguments(self, logits, target, mask, says):
        with pytest.raises(ValueError, match=says):
            next_token_loss(torch.zeros(logits), torch.zeros(target, dtype=torch.long), mask)


class TestSampling:
    def test_temperature(self):
        logits = torch.tensor([1.0, 2.0, 4.0])
        torch.testing.assert_close(temper(logits, 1.0), torch.softmax(logits, dim=-1))
        p = temper(logits, 0.5)
        assert (p[2] / p[1]).item() == pytest.approx(torch.tensor(4.0).exp().item(), rel=1e-5)
        assert temper(logits, 100.0).max() < 0.35
        assert temper(logits, 0.01)[2] > 0.999

    @pytest.mark.parametrize("temperature", [0, -1.0, float("inf"), float("nan")])
    def test_temperature_must_be_positive(self, model, temperature):
        with pytest.raises(ValueError, match="temperature must be a positive number"):
            sample(model, ids(2, 1), 3, temperature=temperature)
        with pytest.raises(ValueError, match="steps must be a positive int"):
            sample(model, ids(2, 1), 0)

    def test_cold_sampling_feeds_token_and_state_back(self, model):
        prompt = ids(4, 3)
        torch.manual_seed(0)
        drawn = sample(model, prompt, 6, temperature=1e-4)
        assert drawn.shape == (6, 3)
        # The likeliest continuation, read anew from the beginning at every step.
        text = prompt
        for _ in range(6):
            text = torch.cat([text, model(text)[0][-1:].argmax(dim=-1)])
        assert torch.equal(drawn, text[4:])

    def test_draws_follow_the_distribution(self, model):
        prompt = ids(3, 1).expand(-1, 4000)
        drawn = sample(model, prompt, 1, generator=torch.Generator().manual_seed(1))
        found = torch.bincount(drawn[0], minlength=V) / 4000
        expected = torch.softmax(model(prompt[:, :1])[0][-1, 0], dim=-1)
        assert (found - expected).abs().max() < 0.04

    def test_same_seed_same_text(self, model):
        one, other, third = (
            sample(model, ids(3, 2), 20, generator=torch.Generator().manual_seed(seed))
            for seed in (0, 0, 1)
        )
        assert torch.equal(one, other)
        assert not torch.equal(one, third)

    @pytest.mark.parametrize("seed", range(5))
    def test_padded_prompts(self, model, seed):
        torch.manual_seed(0)
        prompts = ids(5, 2, seed)
        drawn = sample(model, prompts, 6, lengths=[2, 5], temperature=1e-4)
        alone = sample(model, prompts[:2, :1], 6, temperature=1e-4)
        assert torch.equal(drawn[:, :1], alone)
