"""What chapter 13 compares: networks of equal weights, three tasks, and what has no recurrence."""

from itertools import chain
from math import ceil, log10

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from rnnbook.data import country_names, split_names, stdlib_text
from rnncourse.lessons.ch13 import baselines, networks, three_tasks
from rnncourse.lessons.ch13.networks import Classifier, Examples, batch, scored, wrong
from rnncourse.lessons.ch13.three_tasks import DAY, MONTH

SPECIALS = (*networks.DEPTHS, "two directions", "learned start", "mean", "max", "attention")
KINDS = ["simple", "lstm", "gru", *(f"gru, {special}" for special in SPECIALS)]
LENGTHS = st.lists(st.integers(1, 7), min_size=1, max_size=5)
kinds = pytest.mark.parametrize("kind", KINDS)
shapes = pytest.mark.parametrize("at_every_step", [False, True])


def some(lengths, D=3, K=4, at_every_step=False):
    """Ids and classes, drawn from a seed."""
    g = torch.Generator().manual_seed(len(lengths))
    inputs = [torch.randint(D, (T,), generator=g) for T in lengths]
    targets = [torch.randint(K, (T,) if at_every_step else (), generator=g) for T in lengths]
    return Examples(inputs, targets, D, K)


def made(kind, examples):
    model = Classifier(kind, examples, 800).double().eval()
    if model.start is not None:
        nn.init.normal_(model.start)
    return model


def everything(examples):
    found = batch(examples, torch.arange(len(examples.inputs)))
    return found._replace(x=found.x.double())


def by_hand(model, x):
    """What the read-out gets of one sequence (T, 1, D) that is alone."""
    output, H = model.layer(x, model.start)[0][:, 0], model.layer.hidden_size
    return {
        "two directions": lambda: torch.cat([output[-1, :H], output[0, H:]]),
        "mean": lambda: output.mean(dim=0),
        "max": lambda: output.amax(dim=0),
        "attention": lambda: (model.scorer(output).softmax(dim=0) * output).sum(dim=0),
        "every step": lambda: output,
    }.get("every step" if model.at_every_step else model.special, lambda: output[-1])()


@pytest.mark.parametrize("kind", ["gru, tow layers", "mean", "lstm, learned start"])
def test_a_kind_that_is_none_is_refused(kind):
    with pytest.raises(ValueError, match=rf"kind must .* got '{kind}'"):
        Classifier(kind, some([3]), 100)


@kinds
@pytest.mark.draws
@pytest.mark.parametrize("sizes", [(152, 31, 30_000), (26, 2, 15_000), (7, 24, 15_000)])
def test_a_network_has_as_many_parameters_as_fit(kind, sizes):
    *sizes, budget = sizes
    model = Classifier(kind, some([3], *sizes), budget)
    assert 0.9 * budget <= sum(p.numel() for p in model.parameters()) <= budget
    assert model._build(model.layer.hidden_size + 1) > budget


@kinds
@shapes
@settings(max_examples=25)
@given(lengths=LENGTHS)
def test_what_stands_beside_a_sequence_and_behind_it_does_not_matter(kind, at_every_step, lengths):
    examples = some(lengths, at_every_step=at_every_step)
    if at_every_step and kind.removeprefix("gru, ") in networks.SUMMARIES:
        with pytest.raises(ValueError, match="at every step"):
            made(kind, examples)
        return
    model, (x, own, _) = made(kind, examples), everything(examples)
    other = torch.where(torch.arange(len(x))[:, None, None] < own[:, None], x, 100)
    for b, T in enumerate(lengths):
        steps = (slice(T), b) if at_every_step else b
        alone = by_hand(model, x[:T, b : b + 1])
        torch.testing.assert_close(model.read(x, own)[steps], alone)
        torch.testing.assert_close(model(x, own)[steps], model.readout(alone))
        assert torch.equal(model(x, own)[steps], model(other, own)[steps])


@pytest.mark.draws
def test_a_learned_start_begins_at_zero_and_is_learned():
    model = Classifier("gru, learned start", some([3, 5, 2]), 800)
    assert (model.start == 0).all()
    scored(model.double(), everything(some([3, 5, 2]))).backward()
    assert (model.start.grad != 0).any()


@shapes
@given(lengths=LENGTHS)
def test_a_batch_is_one_hot_and_its_loss_is_the_mean_over_own_steps(at_every_step, lengths):
    examples = some(lengths, at_every_step=at_every_step)
    found, model, losses = everything(examples), made("gru", examples), []
    for b, (ids, target) in enumerate(zip(examples.inputs, examples.targets, strict=True)):
        assert found.lengths[b] == len(ids)
        assert torch.equal(found.x[: len(ids), b], torch.eye(3).double()[ids])
        padding = [-100] * (max(lengths) - len(ids)) if at_every_step else []
        own = target.flatten().tolist()
        assert found.targets[..., b].flatten().tolist() == own + padding
        scores = model(found.x[: len(ids), b : b + 1], found.lengths[b : b + 1]).view(-1, 4)
        losses.append(-scores.log_softmax(dim=1)[torch.arange(len(own)), own])
    torch.testing.assert_close(scored(model, found), torch.cat(losses).mean())


@given(lengths=st.lists(st.integers(1, 7), min_size=1, max_size=20), size=st.integers(1, 8))
def test_an_epoch_is_each_example_once_and_a_seed_is_an_order(lengths, size):
    numbered = some(lengths)._replace(targets=list(torch.arange(len(lengths))))
    runs, updates = [], ceil(len(lengths) / size)
    for _ in range(2):
        draw, generator = networks.Shuffled(numbered, size), torch.Generator().manual_seed(0)
        runs.append([draw(generator).targets.tolist() for _ in range(2 * updates)])
    assert runs[0] == runs[1]
    for epoch in (runs[0][:updates], runs[0][updates:]):
        assert sorted(chain(*epoch)) == list(range(len(lengths)))


class Oracle(nn.Module):
    """Scores highest what is read, at each step or at the last."""

    def __init__(self, at_every_step):
        super().__init__()
        self.at_every_step, self.frozen = at_every_step, nn.Dropout().eval()

    def forward(self, x, lengths):
        assert not self.training
        return x if self.at_every_step else x[lengths - 1, torch.arange(len(lengths))]


@shapes
def test_who_is_always_right_is_never_wrong(at_every_step):
    examples = some([1 + k % 3 for k in range(1003)])  # in two batches; the last has one step
    right = [ids if at_every_step else ids[-1] for ids in examples.inputs]
    model = Oracle(at_every_step)
    assert all(map(torch.equal, networks.guesses(model, examples), right))
    assert wrong(model, examples._replace(targets=right)) == 0
    share = wrong(model, examples._replace(targets=[*right[:-1], (right[-1] + 1) % 3]))
    assert share == pytest.approx(1 / sum(target.numel() for target in right))
    assert (model.training, model.frozen.training) == (True, False)


def test_what_can_be_told_apart_is_learned_and_the_same_twice():
    examples, runs = some([1 + k % 5 for k in range(60)]), []
    examples = examples._replace(targets=[ids[-1] for ids in examples.inputs])
    options = {"lr": 0.03, "seed": 0, "epochs": 30, "batch_size": 10}  # six updates an epoch
    for _ in range(2):
        torch.manual_seed(0)
        model = Classifier("gru", examples, 800)
        history = networks.learn(model, examples, examples, **options)
        assert wrong(model, examples) == 0
        runs.append((history.loss, history.validation, model.readout.weight.tolist()))
    assert runs[0] == runs[1]
    first = next(step for step, error in history.validation if error == 0)
    assert first <= 10 * 6
    assert history.validation[-1][0] == first + networks.PATIENCE * 6


def test_what_is_named_is_in_one_part_and_training_has_known_letters():
    known, split = three_tasks.names(), split_names(country_names())
    concepts = [set(part.concepts) for part in split]
    assert sum(map(len, concepts)) == len(set.union(*concepts))
    for texts, part, examples in zip(known.texts, split, known.parts, strict=True):
        assert texts == [text.lower() for text in part.texts]
        assert torch.stack(examples.targets).tolist() == part.labels
        assert (examples.symbols, examples.classes) == (len(known.letters), len(known.languages))
    assert [known.letters.decode(ids) for ids in known.parts.train.inputs] == known.texts[0]
    assert "?" in known.letters.decode(known.letters.encode("ж"))


def test_targets_cut_letters_into_words_of_the_text():
    text, at = stdlib_text().text.lower(), 0
    for part in three_tasks.where_words_begin():
        for ids, begins in zip(part.inputs, part.targets, strict=True):
            pairs = zip(ids.tolist(), begins.tolist(), strict=True)
            run = "".join(" " * begin + chr(ord("a") + k) for k, begin in pairs)
            assert run[0] == " "
            at = text.index(run[1:], at) + len(run) - 1  # in the order of the text, nothing twice


def test_windows_end_at_the_hour_asked_for_and_no_two_parts_share_one():
    index, seen = torch.arange(20 * MONTH), []
    for part in three_tasks._windows(index[:, None].float().expand(-1, 7), index % DAY):
        assert {len(window) for window in part.inputs} == set(range(3, DAY + 1))
        assert all((window.diff(dim=0) == 1).all() for window in part.inputs)
        lasts = torch.stack([window[-1, 0] for window in part.inputs])
        assert torch.equal(lasts.long() % DAY, torch.stack(part.targets))
        seen.append(torch.cat(part.inputs))
    assert seen[0].max() < seen[1].min() <= seen[1].max() < seen[2].min()


@pytest.mark.parametrize("back", range(3))
def test_made_up_sensors_are_a_wave_whose_phase_is_the_hour(back):
    for part in three_tasks.made_up():
        cells, hours = torch.stack([window[-1 - back] for window in part.inputs]), torch.arange(DAY)
        means = torch.stack([cells[torch.stack(part.targets) == hour].mean() for hour in hours])
        wave = (torch.pi * (hours - back) / 12).sin()
        torch.testing.assert_close(means, wave, atol=0.08, rtol=0)


def test_the_hour_of_a_real_window_is_that_of_its_last_row(corpora):
    rows = [line.split(",") for line in (corpora / "etth1.csv").read_text().splitlines()[1:]]
    sensors = torch.tensor([[float(cell) for cell in row[1:]] for row in rows])
    sensors = (sensors - sensors[: 12 * MONTH].mean(dim=0)) / sensors[: 12 * MONTH].std(dim=0)
    for part in three_tasks.which_hour():
        for window, target in zip(part.inputs[:30], part.targets[:30], strict=True):
            far = (sensors.unfold(0, len(window), 1) - window.t()).abs().amax(dim=(1, 2))
            ends = (far < 1e-4).nonzero().flatten() + len(window) - 1
            assert f" {target:02}:00" in {rows[k][0][10:16] for k in ends.tolist()}


def spelt(texts):
    return Examples([torch.tensor([ord(c) - 97 for c in text]) for text in texts], [], 26, 2)


@given(st.lists(st.text("abc", min_size=1, max_size=9), min_size=1, max_size=4), st.data())
def test_no_row_looks_ahead_unless_asked(texts, data):
    place = data.draw(st.integers(0, len(texts[0]) - 1))
    changed = [texts[0][:place] + "z" + texts[0][place + 1 :], *texts[1:]]
    for ahead in (False, True):
        one, other = (baselines._around(spelt(t), 4, ahead) for t in (texts, changed))
        assert one.shape[0] == other.shape[0] == len("".join(texts))
        moved = (one != other).nonzero()[0]
        assert max(moved) < len(texts[0])
        assert min(moved) == place if not ahead or place == 0 else min(moved) < place


@given(st.integers(1, 5), st.integers(1, 5), st.integers(-2, 2), st.integers(-2, 2))
def test_the_search_climbs_to_what_is_best_on_validation(n, best_n, power, best_power):
    class Model:
        def __init__(self, strength):
            self.power = round(log10(strength))

        def fit(self, x, asked):
            assert (x[0], len(asked)) == ("train", 40)
            assert x[1] > 0
            return self

        def predict(self, x):
            far = abs(x[1] - best_n) + abs(self.power - best_power)
            errors = far if x[0] == "validation" else 30 - far  # test is worst where it is best
            return (torch.arange(40) < errors).numpy()

    parts = three_tasks.Parts(*[Examples([], list(torch.zeros(40)), 1, 2)] * 3)
    names = ("train", "validation", "test")
    found = baselines._best(parts, lambda n: [(x, n) for x in names], Model, n, 10.0**power)
    assert (found.error, found.hits.sum()) == (0, 40 - 30)
    assert found.setting == f"n to {best_n}, strength {10.0**best_power:g}"


def test_made_up_hours_are_found_without_recurrence():
    found = baselines.fitted("made up")
    assert found.hits.shape == (300,)
    assert found.hits.mean() > 5 / DAY
