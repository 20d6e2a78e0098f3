"""Constants that no other beats, n-grams by hand, guessed networks run one by one."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnbook import baselines, tasks
from rnnbook.baselines import (
    CharacterNgram,
    constant_distribution,
    constant_value,
    guess_weights,
)

numbers = st.floats(-10, 10, allow_nan=False, width=32)


@given(st.lists(numbers, min_size=1), numbers)
def test_no_constant_beats_the_mean(values, other):
    target = torch.tensor(values)
    prediction, loss = constant_value(target)
    assert prediction.item() == pytest.approx(sum(values) / len(values), abs=1e-5)
    assert loss == pytest.approx((target.double() - prediction).square().mean().item())
    assert loss <= (target.double() - other).square().mean().item() + 1e-9


@given(st.lists(st.integers(0, 3), min_size=1), st.integers(0, 100))
def test_no_distribution_beats_the_frequencies(values, seed):
    target = torch.tensor(values)
    frequencies, loss = constant_distribution(target, classes=4)
    assert frequencies.tolist() == [values.count(c) / len(values) for c in range(4)]
    other = torch.rand(4, generator=torch.Generator().manual_seed(seed)).double() + 1e-6
    other = other / other.sum()
    assert loss <= -other[target].log().mean().item() + 1e-9
    assert loss == pytest.approx(-frequencies[target].log().mean().item())


def test_kneser_ney_by_hand():
    # abracadabra over {a, b, c, d, r, e}. Too short to tell discounts: 0.5, 1 and 1.5 are taken.
    letters = "abcdre"
    model = CharacterNgram(torch.tensor([letters.index(c) for c in "abracadabra"]), 2, size=6)

    def expected(kept, given, total, shorter):
        return [(n + given * p) / total for n, p in zip(kept, shorter, strict=True)]

    # After how many different letters? a after three, b, c, d and r after one each.
    unigram = expected((1.5, 0.5, 0.5, 0.5, 0.5, 0), 1.5 + 4 * 0.5, 7, [1 / 6] * 6)
    assert model.probabilities(torch.tensor([], dtype=torch.long)).tolist() == pytest.approx(
        unigram
    )
    # ab, ac and ad each came after one letter (ab at the beginning came after none).
    after_a = expected((0, 0.5, 0.5, 0.5, 0, 0), 3 * 0.5, 3, unigram)
    assert model.probabilities(torch.tensor([0])).tolist() == pytest.approx(after_a)
    # ra came after one letter; at the longest context it is counted how often: bra twice
    after_r = expected((0.5, 0, 0, 0, 0, 0), 0.5, 1, unigram)
    after_br = expected((2 - 1, 0, 0, 0, 0, 0), 1, 2, after_r)
    for history in ([1, 4], [3, 3, 1, 4]):
        assert model.probabilities(torch.tensor(history)).tolist() == pytest.approx(after_br)
    # ea was never seen: as after a; e was never seen: as after nothing
    assert model.probabilities(torch.tensor([5, 0])).tolist() == pytest.approx(after_a)
    assert model.probabilities(torch.tensor([5])).tolist() == pytest.approx(unigram)


def test_discounts_are_those_of_chen_and_goodman():
    counts = torch.repeat_interleave(torch.arange(1, 6), torch.tensor([40, 20, 10, 5, 9])).numpy()
    Y = 40 / (40 + 2 * 20)
    expected = [0, 1 - 2 * Y * 20 / 40, 2 - 3 * Y * 10 / 20, 3 - 4 * Y * 5 / 10]
    assert baselines._discounts(counts).tolist() == pytest.approx(expected)
    # Fives alone: nothing to estimate from.
    assert baselines._discounts(counts[-9:]).tolist() == [0, 0.5, 1, 1.5]


TEXTS = st.lists(st.integers(0, 4), min_size=4, max_size=40)


@settings(deadline=None)
@given(train=TEXTS, test=TEXTS, context=st.integers(0, 3))
def test_ngram_probabilities_sum_to_one_and_give_the_bits(train, test, context):
    model = CharacterNgram(torch.tensor(train), context, size=5)
    ids = torch.tensor(test)
    for end in range(len(test) + 1):
        p = model.probabilities(ids[:end])
        assert p.sum().item() == pytest.approx(1)
        assert (p > 0).all()
    bits = model.bits(ids)
    assert len(bits) == context + 1
    one_by_one = [
        -math.log2(model.probabilities(ids[:t])[test[t]].item()) for t in range(context, len(test))
    ]
    assert bits[-1] == pytest.approx(sum(one_by_one) / len(one_by_one))


@settings(deadline=None)
@given(train=TEXTS, context=st.integers(1, 3))
def test_less_context_is_a_smaller_model(train, context):
    ids = torch.tensor(train)
    long, short = (CharacterNgram(ids, k, size=5) for k in (context, context - 1))
    assert long.bits(ids)[:-1] == pytest.approx(short.bits(ids[1:]))


def test_more_context_helps_up_to_the_order_of_the_source():
    # A first-order source: the next id is the last one plus 1 or 2, modulo 10.
    generator = torch.Generator().manual_seed(0)
    steps = torch.randint(1, 3, (20_000,), generator=generator)
    ids = steps.cumsum(0) % 10
    bits = CharacterNgram(ids[:15_000], context=4, size=10).bits(ids[15_000:])
    assert bits[0] == pytest.approx(math.log2(10), abs=0.01)
    assert bits[1:] == pytest.approx([1] * 4, abs=0.01)


def test_more_context_hurts_where_counts_are_thin():
    ids = torch.randint(10, (3000,), generator=torch.Generator().manual_seed(0))
    bits = CharacterNgram(ids[:2000], context=3, size=10).bits(ids[2000:])
    assert bits[0] == pytest.approx(math.log2(10), abs=0.02)
    assert bits[0] < bits[1] < bits[2] < bits[3]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: CharacterNgram(torch.tensor([0, 5]), 0, 5), "ids must lie between 0 and 4"),
        (lambda: CharacterNgram(torch.zeros(2, 2).long(), 0, 5), r"ids must have shape \(N\)"),
        (lambda: CharacterNgram(torch.tensor([0, 1]), 2, 5), "ids must hold more than context = 2"),
        (lambda: CharacterNgram(torch.tensor([0]), -1, 5), "context must be an int of at least 0"),
        (lambda: CharacterNgram(torch.tensor([0]), 0, 0), "size must be a positive int, got 0"),
        (lambda: CharacterNgram(torch.zeros(99).long(), 12, 99), "context must be shorter"),
        (lambda: guess_weights(tasks.Cue(3), 0, 2), "networks must be a positive int, got 0"),
        (lambda: guess_weights(tasks.Cue(3), 2, 0), "hidden_size must be a positive int, got 0"),
    ],
)
def test_bad_arguments_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def reference_accuracy(task, N, H, scale, sequences, seed):
    """The same networks, one after the other, as torch.nn runs them."""
    generator = torch.Generator().manual_seed(seed)
    batch = task.sample(sequences, generator)

    def draw(*shape):
        return scale * (2 * torch.rand(N, *shape, generator=generator) - 1)

    W, U, b = draw(task.input_size, H), draw(H, H), draw(1, H)
    V, c = draw(H, task.output_size), draw(1, task.output_size)
    found = []
    for n in range(N):
        rnn = torch.nn.RNN(task.input_size, H)
        with torch.no_grad():
            rnn.weight_ih_l0.copy_(W[n].T)
            rnn.weight_hh_l0.copy_(U[n].T)
            rnn.bias_ih_l0.copy_(b[n, 0])
            rnn.bias_hh_l0.zero_()
            found.append(task.accuracy(rnn(batch.x)[0] @ V[n] + c[n], batch))
    return found


@pytest.mark.draws
@pytest.mark.parametrize(
    "task", [tasks.Cue(4), tasks.DelayedEcho(2, 5), tasks.TemporalOrder(10), tasks.CopyMemory(3, 2)]
)
def test_guessed_networks_are_simple_rnns(task):
    guesses = guess_weights(task, 20, 3, scale=0.8, sequences=30, seed=4)
    expected = reference_accuracy(task, 20, 3, 0.8, 30, seed=4)
    assert guesses.accuracy.tolist() == pytest.approx(expected, abs=0.021)
    assert len(set(expected)) > 2


def test_luck_solves_the_cue_and_not_parity():
    cue = guess_weights(tasks.Cue(20), 3000, 2, sequences=50)
    assert cue.solved == (cue.accuracy >= 0.99).sum()
    assert cue.solved > 10
    assert guess_weights(tasks.RunningParity(20), 3000, 2, sequences=50).solved == 0
