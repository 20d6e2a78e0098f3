"""The exercises of chapter 16: right answers in other words, and mistakes in other words."""

from math import log, log2

import pytest
import torch
import torch.nn.functional as F

from rnncourse.checking import EXERCISES, engine
from rnncourse.checking.recognise import quiet
from rnncourse.lessons.ch16.exercises.read_and_learn import scores


def picked(logits, target, mask):
    bits = F.cross_entropy(logits[mask], target[mask]) / log(2)
    return bits, 2**bits


def ignored_where_it_does_not_count(logits, target, mask):
    target = target.masked_fill(~mask, -100)
    nats = F.cross_entropy(logits.flatten(0, 1), target.flatten())
    return nats / torch.log(torch.tensor(2.0)), nats.exp()


def one_by_one(logits, target, mask):
    total, count = 0.0, 0
    for t in range(len(logits)):
        for b in range(logits.shape[1]):
            if mask[t, b]:
                total -= log2(logits[t, b].softmax(0)[target[t, b]])
                count += 1
    return total / count, 2 ** (total / count)


def masked_by_where(x, p, u, training):
    mask = torch.where(u[:1] < p, 0.0, 1 / (1 - p))
    return torch.where(training, x * mask, x)


def step_by_step(x, p, u, training):
    if not bool(training):
        return x.clone()
    scale = (u[0] >= p).to(x.dtype) / (1 - p.item())
    return torch.stack([x_t * scale for x_t in x])


def filled(x, p, u, training):
    dropped = x.masked_fill((u[0] < p).expand_as(x), 0) / (1 - p)
    return dropped if training else x


def masked_in_order(p, top_p):
    sorted_p, order = torch.sort(p, descending=True)
    before = sorted_p.cumsum(0) - sorted_p
    kept = torch.where(before < top_p, sorted_p, 0)
    return torch.empty_like(p).scatter_(0, order, kept / kept.sum())


def from_the_likeliest_down(p, top_p):
    q, left = torch.zeros(len(p)), p.clone()
    while q.sum() < top_p:
        q[left.argmax()] = left.max()
        left[left.argmax()] = 0
    return q / q.sum()


def at_least_the_last_one_kept(p, top_p):
    down = p.sort(descending=True).values
    least = down[torch.searchsorted(down.cumsum(0), top_p)]
    least_of_equal = p >= least
    if (p == least).sum() > 1 and p[p > least].sum() >= top_p:
        least_of_equal = p > least
    return p * least_of_equal / p[least_of_equal].sum()


def with_an_optimizer(x, y, lr, W, U, V):
    weights = [torch.nn.Parameter(w.clone()) for w in (W, U, V)]
    optimizer = torch.optim.SGD(weights, lr=float(lr))
    h, bits = torch.zeros(U.shape[0]), torch.empty(y.shape)
    for k in range(len(x)):
        logits, h = scores(x[k], h.detach(), *weights)
        nats = F.cross_entropy(logits, y[k], reduction="none")
        bits[k] = nats.detach() / log(2)
        optimizer.zero_grad()
        nats.mean().backward()
        optimizer.step()
    return bits


def with_a_tensor_for_rate(x, y, lr, W, U, V):
    weights = [w.clone().requires_grad_() for w in (W, U, V)]
    optimizer = torch.optim.SGD(weights, lr=lr)
    h, bits = torch.zeros(U.shape[0]), []
    for x_k, y_k in zip(x, y, strict=True):
        logits, h = scores(x_k, h, *weights)
        loss = F.cross_entropy(logits, y_k)
        with torch.no_grad():
            bits.append(-logits.log_softmax(1)[range(len(y_k)), y_k] / log(2))
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        h = h.detach()
    return torch.stack(bits)


def new_weights_each_time(x, y, lr, W, U, V):
    weights, h, bits = [W, U, V], torch.zeros(len(U)), []
    for x_k, y_k in zip(x, y, strict=True):
        weights = [w.detach().requires_grad_() for w in weights]
        logits, h = scores(x_k, h.detach(), *weights)
        cost = F.nll_loss(logits.log_softmax(-1), y_k, reduction="none")
        bits.append(cost.detach() / log(2))
        slopes = torch.autograd.grad(cost.mean(), weights)
        weights = [w - lr * slope for w, slope in zip(weights, slopes, strict=True)]
    return torch.stack(bits)


@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("perplexity", picked),
        ("perplexity", ignored_where_it_does_not_count),
        ("perplexity", one_by_one),
        ("locked-dropout", masked_by_where),
        ("locked-dropout", step_by_step),
        ("locked-dropout", filled),
        ("nucleus", masked_in_order),
        ("nucleus", from_the_likeliest_down),
        ("nucleus", at_least_the_last_one_kept),
        ("read-and-learn", with_an_optimizer),
        ("read-and-learn", with_a_tensor_for_rate),
        ("read-and-learn", new_weights_each_time),
    ],
)
def test_right_answer_in_other_words(name, function):
    verdict = engine.judge(EXERCISES[name], function)
    assert verdict.kind == "passed", verdict.sentence


def of_all(logits, target, mask):
    nats = F.cross_entropy(logits.flatten(0, 1), target.flatten())
    return nats / log(2), nats.exp()


def sequence_by_sequence(logits, target, mask):
    means = [
        F.cross_entropy(logits[mask[:, b], b], target[mask[:, b], b]) for b in range(mask.shape[1])
    ]
    bits = torch.stack(means).mean() / log(2)
    return bits, 2**bits


def e_to_the_bits(logits, target, mask):
    bits = F.cross_entropy(logits[mask], target[mask]) / log(2)
    return bits, bits.exp()


def nats_and_two(logits, target, mask):
    nats = F.cross_entropy(logits[mask], target[mask])
    return nats, 2**nats


def nats_and_e(logits, target, mask):
    nats = F.cross_entropy(logits[mask], target[mask])
    return nats, nats.exp()


def each_token(logits, target, mask):
    nats = F.cross_entropy(logits[mask], target[mask], reduction="none")
    return nats.mean() / log(2), nats.exp().mean()


def torchs_module(x, p, u, training):
    dropout = torch.nn.Dropout(p.item())
    return dropout.train(bool(training))(x)


def a_mask_a_step(x, p, u, training):
    if not training:
        return x
    return torch.stack([x_t * (u_t > p) for x_t, u_t in zip(x, u, strict=True)]) / (1 - p)


def one_for_the_batch(x, p, u, training):
    return x * (u[:1, :1] >= p) / (1 - p) if training else x


def bernoulli(x, p, u, training):
    if not training:
        return x
    return x * (u[0] < p).to(x) / (1 - p)


def always(x, p, u, training):
    return x * (u[0] >= p) / (1 - p)


def sorted_and_cut(p, top_p):
    down, order = p.sort(descending=True)
    down = torch.where(down.cumsum(0) > top_p, 0, down)
    q = torch.zeros_like(p).scatter(0, order, down)
    return q / q.sum()


def the_same_cut_earlier(p, top_p):
    order = p.argsort(descending=True)
    kept = order[p[order].cumsum(0) < top_p]
    q = torch.zeros_like(p)
    q[kept] = p[kept] / p[kept].sum()
    return q


def always_one(p, top_p):
    down, order = p.sort(descending=True)
    away = down.cumsum(0) > top_p
    away[0] = False
    q = torch.zeros_like(p).scatter(0, order, down.masked_fill(away, 0))
    return q / q.sum()


def by_single_probability(p, top_p):
    return p * (p > top_p) / (p * (p > top_p)).sum()


def from_below(p, top_p):
    up, order = p.sort()
    kept = torch.where(up.cumsum(0) - up < top_p, up, 0)
    return torch.zeros_like(p).scatter(0, order, kept / kept.sum())


def left_sorted(p, top_p):
    down = p.sort(descending=True).values
    kept = torch.where(down.cumsum(0) - down < top_p, down, 0)
    return kept / kept.sum()


def loop(x, y, lr, W, U, V, *, first=False, carried=True, zeroed=True, learning=True):
    """A reader's loop, right but for what is asked for."""
    weights = [w.clone().requires_grad_() for w in (W, U, V)]
    sgd = torch.optim.SGD(weights, lr=float(lr) * learning)
    h, bits = torch.zeros(len(U)), []
    for x_k, y_k in zip(x, y, strict=True):
        start = h.detach() if carried else torch.zeros(len(U))
        logits, h = scores(x_k, start, *weights)
        if zeroed:
            sgd.zero_grad()
        F.cross_entropy(logits, y_k).backward()
        if first:
            sgd.step()
            logits, h = scores(x_k, start, *weights)
        bits.append(F.cross_entropy(logits, y_k, reduction="none").detach() / log(2))
        if not first:
            sgd.step()
    return torch.stack(bits)


def leak(*args):
    return loop(*args, first=True)


def frozen(*args):
    return loop(*args, learning=False)


def forgetful(*args):
    return loop(*args, carried=False)


def gathering(*args):
    return loop(*args, zeroed=False)


def with_its_history(x, y, lr, W, U, V):
    weights = [w.clone().requires_grad_() for w in (W, U, V)]
    optimizer = torch.optim.SGD(weights, lr=float(lr))
    h, bits = torch.zeros(len(U)), []
    for x_k, y_k in zip(x, y, strict=True):
        logits, h = scores(x_k, h, *weights)
        nats = F.cross_entropy(logits, y_k, reduction="none")
        bits.append(nats.detach() / log(2))
        optimizer.zero_grad()
        nats.mean().backward()
        optimizer.step()
        h.detach()
    return torch.stack(bits)


def weights_anew(x, y, lr, W, U, V):
    h, bits = torch.zeros(len(U)), []
    for x_k, y_k in zip(x, y, strict=True):
        weights = [w.clone().requires_grad_() for w in (W, U, V)]
        logits, h = scores(x_k, h.detach(), *weights)
        nats = F.cross_entropy(logits, y_k, reduction="none")
        bits.append(nats.detach() / log(2))
        nats.mean().backward()
        for w in weights:
            w.data -= lr * w.grad
    return torch.stack(bits)


@pytest.mark.parametrize(
    ("name", "mistake", "function"),
    [
        ("perplexity", "mask-ignored", of_all),
        ("perplexity", "mean-of-means", sequence_by_sequence),
        ("perplexity", "exp-of-bits", e_to_the_bits),
        ("perplexity", "nats-throughout", nats_and_two),
        ("perplexity", "nats-for-bits", nats_and_e),
        ("perplexity", "perplexity-of-each", each_token),
        ("locked-dropout", "torchs-own", torchs_module),
        ("locked-dropout", "fresh-mask", a_mask_a_step),
        ("locked-dropout", "shared-by-the-batch", one_for_the_batch),
        ("locked-dropout", "kept-with-p", bernoulli),
        ("locked-dropout", "dropped-in-evaluation", always),
        ("nucleus", "crossing-one-dropped", sorted_and_cut),
        ("nucleus", "reaching-one-dropped", the_same_cut_earlier),
        ("nucleus", "crossing-one-dropped-but-the-first", always_one),
        ("nucleus", "cut-at-top-p", by_single_probability),
        ("nucleus", "smallest-first", from_below),
        ("nucleus", "sorted", left_sorted),
        ("read-and-learn", "learns-first", leak),
        ("read-and-learn", "not-learning", frozen),
        ("read-and-learn", "not-learning", weights_anew),
        ("read-and-learn", "state-not-carried", forgetful),
        ("read-and-learn", "gradient-not-zeroed", gathering),
        ("read-and-learn", "not-detached", with_its_history),
    ],
)
def test_wrong_answers_are_named(name, mistake, function):
    verdict = engine.judge(EXERCISES[name], function)
    assert verdict.mistake == mistake, verdict.sentence


def gap_in_perplexity(logits, target, mask):
    log_p = torch.log_softmax(logits, dim=-1)
    nats = -log_p.gather(2, target[:, :, None])[:, :, 0]  # noqa: F841
    bits = ...
    return bits, ...


def gap_in_read_and_learn(x, y, lr, W, U, V):
    weights = [w.clone().requires_grad_() for w in (W, U, V)]  # noqa: F841
    ...


@pytest.mark.parametrize(
    ("name", "stub"),
    [
        ("perplexity", gap_in_perplexity),
        ("locked-dropout", lambda x, p, u, training: ...),
        ("nucleus", lambda p, top_p: ...),
        ("read-and-learn", gap_in_read_and_learn),
    ],
)
def test_the_pages_stub_is_not_attempted_yet(name, stub):
    verdict = engine.judge(EXERCISES[name], stub)
    assert verdict.kind == "untouched"
    assert verdict.sentence.startswith("not attempted yet")


def test_each_exercise_gives_what_it_needs_to_be_told_apart():
    for logits, target, mask in EXERCISES["perplexity"].trials:
        assert mask.dtype == torch.bool
        assert target.max() < logits.shape[2]
        assert mask.any(dim=0).all()
    counts = EXERCISES["perplexity"].trials[0][2].sum(dim=0)
    assert len(counts.unique()) > 1, "a mean of means must show"
    for _, p, u, _ in EXERCISES["locked-dropout"].trials:
        assert 0 < p < 1
        assert p != 0.5
        assert 0 <= u.min() <= u.max() < 1
    assert {bool(trial[3]) for trial in EXERCISES["locked-dropout"].trials} == {True, False}
    p, top_p = EXERCISES["nucleus"].trials[0]
    kept = EXERCISES["nucleus"].reference(p, top_p) > 0
    assert 2 < kept.sum() < len(p) - 1
    assert not torch.equal(p, p.sort(descending=True).values)
    for p, _ in EXERCISES["nucleus"].trials:
        assert torch.isclose(p.sum(), torch.tensor(1.0, dtype=p.dtype))


def test_one_nucleus_has_just_as_much_as_is_asked():
    p, top_p = next(t for t in EXERCISES["nucleus"].trials if len(t[0]) == 5 and t[1] == 0.75)
    found = EXERCISES["nucleus"].reference(p, top_p)
    assert found.count_nonzero() == 2
    assert p[found > 0].sum() == top_p


def test_to_learn_first_looks_better():
    with quiet():
        for trial in EXERCISES["read-and-learn"].trials[:4]:
            right = EXERCISES["read-and-learn"].reference(*trial)
            assert leak(*trial).mean() < right.mean()


def test_the_first_chunk_is_measured_with_the_weights_as_they_were():
    with quiet():
        for trial in EXERCISES["read-and-learn"].trials:
            right = EXERCISES["read-and-learn"].reference(*trial)
            assert torch.equal(right[0], frozen(*trial)[0])


@pytest.mark.draws
def test_the_locked_mask_keeps_the_mean_and_is_the_lessons():
    from rnncourse.lessons.ch16.networks import LockedDropout

    x = torch.ones(3, 400, 50)
    found = EXERCISES["locked-dropout"].reference(
        x, torch.tensor(0.3), torch.rand(x.shape), torch.tensor(True)
    )
    assert abs(found.mean() - 1) < 0.02
    assert torch.equal(found[0], found[2])
    layer = LockedDropout(0.3)
    assert torch.allclose(found.unique(), layer(x).unique())
    assert torch.equal(layer.eval()(x), x)


@pytest.mark.draws
def test_the_nucleus_is_the_libraries():
    from rnnbook.models.decoding import truncate

    for p, top_p in EXERCISES["nucleus"].trials:
        found = EXERCISES["nucleus"].reference(p, top_p)
        assert torch.allclose(found, truncate(p, top_p=float(top_p)))


@pytest.mark.draws
def test_read_and_learn_is_the_lessons():
    """`read` in the lesson's room, with chunks of its own length and gradients that it clips."""
    from rnncourse.lessons.ch16.while_reading import CHUNK, read

    class Net(torch.nn.Module):
        def __init__(self, *weights):
            super().__init__()
            self.weights = torch.nn.ParameterList(w.clone() for w in weights)

        def forward(self, x, state):
            state = torch.zeros(len(self.weights[1])) if state is None else state
            found, state = scores(x[:, 0], state, *self.weights)
            return found[:, None], state

    D, H, C = 5, 4, 3
    weights = [0.3 * torch.randn(shape) for shape in ((H, D), (H, H), (D, H))]
    ids = torch.randint(D, (C * CHUNK + 1,))
    x, y = ids[:-1].view(C, CHUNK), ids[1:].view(C, CHUNK)
    mine = EXERCISES["read-and-learn"].reference(x, y, torch.tensor(0.1), *weights)
    found = read(Net(*weights), ids, lr=0.1)
    assert torch.allclose(mine.flatten(), found, atol=1e-5)
    assert not torch.allclose(mine[-1], read(Net(*weights), ids).view(C, CHUNK)[-1], atol=1e-3)
